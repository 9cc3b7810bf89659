//! `linkctl install-units`: puts our systemd units where systemd finds them.

use std::fs;
use std::path::Path;

use super::print;
use crate::args;
use crate::exit::{Failure, Status};

/// The units, as they are for a program in /usr/bin.
const UNITS: &[(&str, &str)] = &[
    ("linkctl-apply.service", include_str!("../../../../systemd/linkctl-apply.service")),
    ("linkctl-watch.service", include_str!("../../../../systemd/linkctl-watch.service")),
];
/// Where the units say that the program is.
const PLACE: &str = "/usr/bin/linkctl";

/// Writes them with the path of this program. One that is there and says otherwise is not replaced.
pub(crate) fn run(args: &args::Units) -> Result<(), Failure> {
    let refused = |path: &Path, e: std::io::Error| {
        let status =
            if e.kind() == std::io::ErrorKind::PermissionDenied { Status::Denied } else { Status::Refused };
        Failure::new(status, format!("{}: {e}", path.display()))
    };
    let program = std::env::current_exe().map_err(|e| refused(Path::new("/proc/self/exe"), e))?;
    let program = program.to_str().filter(|p| !p.contains([' ', '%', '"', '\\', '\n'])).ok_or_else(|| {
        Failure::usage("a unit cannot name this program's path: it has odd characters")
            .hint("put it into /usr/bin")
    })?;
    let mut out = String::new();
    for (name, text) in UNITS {
        let path = args.folder.join(name);
        let text = text.replace(PLACE, program);
        match fs::read_to_string(&path) {
            Ok(there) if there == text => {
                out += &format!("{}: already so\n", path.display());
                continue;
            }
            Ok(_) => {
                return Err(Failure::new(
                    Status::Refused,
                    format!("{} is there and says otherwise", path.display()),
                )
                .hint(
                    "changes belong into a drop-in: systemctl edit; remove the file to have it written anew",
                ));
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(refused(&path, e)),
        }
        fs::write(&path, text).map_err(|e| refused(&path, e))?;
        out += &format!("{}: written\n", path.display());
    }
    print(&(out + "next: systemctl daemon-reload; systemctl enable --now linkctl-apply linkctl-watch\n"))
}
