//! What a plan cuts, as JSON.

use linkctl_schema::out::Out;

use super::effects::other;
use crate::guard::{Cut, How, Use};

/// Writes `{"cuts":"session","path":[…],"how":"down",…}`.
pub(super) fn json(cut: &Cut, out: &mut Out) {
    out.object();
    out.key("cuts");
    match &cut.used {
        Use::Session { local, remote } => {
            out.text("session");
            out.key("local");
            out.text(&local.to_string());
            out.key("remote");
            out.text(&remote.to_string());
        }
        Use::Default { six, gateway } => {
            out.text(if *six { "default6" } else { "default4" });
            super::effects::gateway(*gateway, out);
        }
    }
    out.key("path");
    out.array();
    cut.path.iter().for_each(|key| other(key, out));
    out.end_array();
    out.key("how");
    out.text(word(cut.how));
    out.key("text");
    out.text(&cut.to_string());
    out.end();
}

fn word(how: How) -> &'static str {
    match how {
        How::Deleted => "delete",
        How::Rebuilt => "rebuild",
        How::Paused => "down",
        How::Down => "stopped",
        How::Moved => "move",
        How::Released => "released",
        How::Joined(_) => "joined",
        How::Mtu(_) => "mtu",
        How::Setting(_) => "setting",
        How::Address(_) => "address",
        How::Route => "route",
    }
}
