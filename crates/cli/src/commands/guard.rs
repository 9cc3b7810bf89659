//! `linkctl guard`: the guardian's own process. People do not start it; apply does.

use std::os::unix::net::UnixDatagram;

use linkctl::apply::guard::{End, Guard};
use linkctl::kernel::process;

use super::live;
use crate::args::{self, Common};
use crate::exit::{Failure, Status};

/// Watches over a transaction until it is settled.
pub(crate) fn run(args: &args::Guard, common: &Common) -> Result<(), Failure> {
    let live = live(common)?;
    // One that is started by systemd is the first of its session already.
    let _ = process::detach();
    let refuse = |e: &dyn std::fmt::Display| Failure::new(Status::Refused, e);
    let guard = Guard::stand(&args.state, &args.id, args.applier, live).map_err(|e| refuse(&e))?;
    match guard.watch().map_err(|e| refuse(&e))? {
        End::Settled => Ok(()),
        End::TakenBack(why) => {
            tell(4, &format!("the apply {} was taken back: {why}", args.id));
            Ok(())
        }
        End::Broken(why) => {
            tell(2, &format!("the apply {} is half done: {why}; linkctl status tells more", args.id));
            Err(Failure::new(Status::Broken, why))
        }
    }
}

/// Tells the terminal, where there is one, and the system's log, where it listens (facility daemon, RFC 5424).
fn tell(severity: u8, text: &str) {
    eprintln!("\r\nlinkctl: {text}");
    let line = format!("<{}>linkctl[{}]: {text}", 3 * 8 + severity, std::process::id());
    let _ = UnixDatagram::unbound().and_then(|s| s.send_to(line.as_bytes(), "/dev/log"));
}
