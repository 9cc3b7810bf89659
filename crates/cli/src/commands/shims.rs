//! `linkctl install-shims`: this program under the names `ip` and `bridge`, in a folder of the user's choice.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::args;
use crate::exit::{Failure, Status};

/// The names that the compatibility face goes by.
const NAMES: &[&str] = &["ip", "bridge"];

/// Makes the links; one that is already so is left alone, and nothing else is ever replaced.
pub(crate) fn run(args: &args::Shims) -> Result<(), Failure> {
    let me = std::env::current_exe()
        .map_err(|e| Failure::new(Status::Refused, format!("where this program is cannot be read: {e}")))?;
    std::fs::create_dir_all(&args.folder).map_err(|e| {
        Failure::new(Status::Refused, format!("{}: {e}", args.folder.display()))
            .hint("the folder must be one that you may write to, such as ~/bin")
    })?;
    let paths: Vec<_> = NAMES.iter().map(|name| args.folder.join(name)).collect();
    // Both or none: what is in the way is found before anything is made.
    for path in &paths {
        if let Ok(found) = path.symlink_metadata()
            && !is_shim(path, &me)
        {
            let what = if found.is_symlink() { "a link to something else" } else { "a file" };
            return Err(Failure::new(Status::Refused, format!("{} is {what}", path.display()))
                .hint("choose a folder of its own and put it first in PATH; no other program is replaced"));
        }
    }
    for path in &paths {
        if !is_shim(path, &me) {
            symlink(&me, path)
                .map_err(|e| Failure::new(Status::Refused, format!("{}: {e}", path.display())))?;
        }
    }
    super::print(&format!(
        "{0}/ip and {0}/bridge are linkctl now; for a shell: PATH={0}:$PATH\n",
        args.folder.display()
    ))
}

fn is_shim(path: &Path, me: &Path) -> bool {
    std::fs::read_link(path).is_ok_and(|target| target == me)
}
