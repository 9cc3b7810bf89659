//! `linkctl fmt`: goal files in their one layout.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::ExitCode;

use linkctl::link::load::{Text, layout};
use linkctl::schema::Safe;
use linkctl::schema::out::Out;

use super::print;
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::files::{self, For};
use crate::snippet;

/// Lays files out, or says which are not.
pub(crate) fn run(args: &args::Fmt, common: &Common) -> Result<ExitCode, Failure> {
    let mut changed = Vec::new();
    for file in files::read(&args.files, For::Telling)? {
        let out = layout(&file.name, &file.bytes).map_err(|errors| {
            let text = Text { file: &file.name, bytes: &file.bytes, exposed: false };
            snippet::failure(&[text], errors)
        })?;
        let name = Safe(file.name.as_os_str().as_encoded_bytes()).to_string();
        let input = file.name.as_os_str() == "standard input";
        if input && !args.check {
            print(&out)?;
        } else if out.as_bytes() != file.bytes {
            if !args.check {
                replace(&file.name, &file.bytes, &out)
                    .map_err(|e| Failure::new(Status::Refused, format!("{name}: {e}")))?;
            }
            changed.push(name);
        }
    }
    let text = if common.json {
        json(&changed, common.pretty)
    } else {
        changed.iter().map(|n| format!("{n}\n")).collect()
    };
    print(&text)?;
    Ok(if args.check && !changed.is_empty() {
        ExitCode::from(Status::Pending as u8)
    } else {
        ExitCode::SUCCESS
    })
}

fn json(changed: &[String], pretty: bool) -> String {
    let mut out = Out::new(pretty);
    out.array();
    changed.iter().for_each(|n| out.text(n));
    out.end_array();
    out.into_string() + "\n"
}

/// Puts a new text into a file's place, whole: with its mode and its owner. A file that is another by now stays.
fn replace(path: &Path, old: &[u8], new: &str) -> io::Result<()> {
    // What a symbolic link leads to is written, not the link.
    let path = path.canonicalize()?;
    let was = std::fs::metadata(&path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside)?;
    let write = |file: &mut File| {
        file.write_all(new.as_bytes())?;
        std::os::unix::fs::fchown(&*file, Some(was.uid()), Some(was.gid())).or_else(|e| {
            // Whoever is not root keeps his own.
            if e.kind() == io::ErrorKind::PermissionDenied { Ok(()) } else { Err(e) }
        })?;
        file.set_permissions(std::fs::Permissions::from_mode(was.mode() & 0o7777))?;
        file.sync_all()?;
        if std::fs::read(&path)? != old {
            return Err(io::Error::other("it was changed meanwhile"));
        }
        std::fs::rename(&beside, &path)
    };
    write(&mut file).inspect_err(|_| _ = std::fs::remove_file(&beside))
}
