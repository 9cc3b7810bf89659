//! `linkctl owned`: the links that are ours, so that `scope: owned` may take them away.

use linkctl::apply::Owned;
use linkctl::schema::Safe;
use linkctl::schema::out::Out;

use super::journal::unusable;
use super::{live, print, unread};
use crate::args::{self, Common};
use crate::exit::Failure;

/// Lists them. Who is not there any more, or was made anew by somebody else, is not among them.
pub(crate) fn run(args: &args::History, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let owned = Owned::read(&args.state, &mut live).map_err(|f| unusable(&f))?;
    let spaces: Vec<_> = owned.spaces().into_iter().collect();
    let now = live.snapshot(&spaces, false).map_err(|e| unread(&e))?;
    let (mut text, mut out) = (String::new(), Out::new(common.pretty));
    out.array();
    for key in owned.among(&now) {
        let Some((seen, _)) = now.seen(&key) else { continue };
        let kind = Safe(seen.kind_word()).to_string();
        text += &format!("{key}  {kind}\n");
        out.object();
        out.key("ifname");
        out.text(&key.name.to_string());
        if let Some(netns) = key.netns.name() {
            out.key("netns");
            out.text(&Safe(netns.as_bytes()).to_string());
        }
        out.key("ifindex");
        out.plain(seen.index);
        out.key("link_kind");
        out.text(&kind);
        out.end();
    }
    out.end_array();
    print(&if common.json { out.into_string() + "\n" } else { text })
}
