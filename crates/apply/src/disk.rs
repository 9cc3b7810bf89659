//! Files that are there whole or not at all, also after a power cut.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::journal::Fault;

/// Writes a file for root alone: beside it, synced, renamed into its place, and its folder synced.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    write_by(path, |file| file.write_all(bytes))
}

/// The same, written by a function.
pub(crate) fn write_by(path: &Path, f: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Fault> {
    place(path, |file| f(file).and_then(|()| file.sync_all()))?;
    sync(path.parent().unwrap_or(path))
}

/// Writes a file that may be lost: whole or not at all, but for a power cut.
pub(crate) fn jot(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    place(path, |file| file.write_all(bytes))
}

/// Has a file written beside its place, and renames it into that.
fn place(path: &Path, f: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Fault> {
    let new = path.with_extension("new");
    let fault = |e| Fault::Io(new.clone(), e);
    let mut file =
        OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new).map_err(fault)?;
    if let Err(e) = f(&mut file) {
        // A full disk is not made fuller by what is no use.
        let _ = fs::remove_file(&new);
        return Err(fault(e));
    }
    fs::rename(&new, path).map_err(|e| Fault::Io(path.into(), e))
}

/// Writes a file that a person named: the same, by a name of this process's own that is nobody else's.
pub(crate) fn write_beside(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let fault = |e| Fault::Io(new.clone(), e);
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new).map_err(fault)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let placed =
        written.map_err(fault).and_then(|()| fs::rename(&new, path).map_err(|e| Fault::Io(path.into(), e)));
    if placed.is_err() {
        // It is ours, made a moment ago, and no use.
        let _ = fs::remove_file(&new);
    }
    placed?;
    let above = path.parent().filter(|p| !p.as_os_str().is_empty());
    sync(above.unwrap_or(Path::new(".")))
}

/// Makes renames last: they are entries of the folder.
pub(crate) fn sync(folder: &Path) -> Result<(), Fault> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Fault::Io(folder.into(), e))
}

/// Makes a folder, and those above it, for root alone; refuses one that others can write to.
pub(crate) fn folder(path: &Path) -> Result<(), Fault> {
    let fault = |e: io::Error| Fault::Io(path.into(), e);
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fault)?;
    let found = fs::symlink_metadata(path).map_err(fault)?;
    if !found.is_dir() || found.mode() & 0o022 != 0 {
        return Err(Fault::Open(path.into()));
    }
    Ok(())
}

/// A sum that tells damage, not forgery (FNV-1a, 64 bits).
pub(crate) fn sum(bytes: &[u8]) -> u64 {
    more(NOTHING, bytes)
}

/// The sum of no bytes.
pub(crate) const NOTHING: u64 = 0xcbf2_9ce4_8422_2325;

/// The sum of what has that sum and of these bytes behind it.
pub(crate) fn more(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, b| (sum ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
