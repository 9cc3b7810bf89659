//! Goal files: which ones, and whether they can be trusted.
//!
//! Everything is looked at by what is held open, never by its name a second time. Nothing but regular files is read.

use std::ffi::OsString;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use linkctl::apply::{Sources, lookup};
use linkctl::kernel::{self, Error, Held, Place, errno, privilege};
use linkctl::link::load::{self, MOST_FILES, Text};
use linkctl::link::{Goal, Netns};
use linkctl::schema::Safe;

use crate::exit::{Failure, Status};
use crate::snippet;

/// Where goal files are unless told otherwise.
pub(crate) const FOLDER: &str = "/etc/linkctl/links.d";
/// Everything below is only for root to write.
const ETC: &str = "/etc/linkctl";
/// The most bytes that all files together may have.
const MOST: u64 = load::MOST_BYTES as u64;
/// Whose names end so is read.
const ENDINGS: &[&str] = &["yaml", "yml", "json", "toml"];

/// A file that was read.
pub(crate) struct File {
    /// As an error calls it.
    pub(crate) name: PathBuf,
    pub(crate) bytes: Vec<u8>,
    exposed: bool,
}

impl File {
    fn text(&self) -> Text<'_> {
        Text { file: &self.name, bytes: &self.bytes, exposed: self.exposed }
    }
}

/// What the files are read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// To say something of them.
    Telling,
    /// To change links as they say.
    Doing,
}

/// What tells files from others, and from the same as they were at another time; `None` where they are not those of
/// folders alone, which are what is applied at boot.
pub(crate) fn sources(paths: &[PathBuf], files: &[File]) -> Option<Sources> {
    let mut place = Vec::new();
    for path in paths {
        if !path.is_dir() {
            return None;
        }
        place.extend(std::path::absolute(path).ok()?.as_os_str().as_encoded_bytes());
        place.push(0);
    }
    if paths.is_empty() {
        place.extend(FOLDER.as_bytes());
        place.push(0);
    }
    let parts = files.iter().map(|f| (f.name.as_os_str().as_encoded_bytes(), f.bytes.as_slice()));
    Some(Sources::of(&place, parts))
}

/// A number for what files say, where and to whom: as long as it is the same, they are.
pub(crate) fn number(files: &[File]) -> u64 {
    let mut sum = DefaultHasher::new();
    for File { name, bytes, exposed } in files {
        (name, bytes, exposed).hash(&mut sum);
    }
    sum.finish()
}

fn texts(files: &[File]) -> Vec<Text<'_>> {
    files.iter().map(File::text).collect()
}

/// A failure with the place in these files that it is about.
pub(crate) fn placed(files: &[File], failure: Failure) -> Failure {
    failure.at(&texts(files))
}

/// The goal that files say together.
pub(crate) fn goal_of(files: &[File]) -> Result<Goal, Failure> {
    let texts = texts(files);
    load::load_all(&texts).map_err(|errors| snippet::failure(&texts, errors))
}

/// Refuses a goal that names a namespace that is not there, at the place where it does.
pub(crate) fn spaces(files: &[File], goal: &Goal) -> Result<(), Failure> {
    let missing = |n: &Netns| {
        if goal.namespaces.contains_key(n) {
            return false;
        }
        let place = n.name().map(|name| Place::Name(name.into()));
        place.is_some_and(|p| {
            matches!(kernel::Netns::open(&p), Err(Error::Netns { errno: errno::ENOENT, .. }))
        })
    };
    let Some(netns) = lookup::spaces(goal).into_iter().find(missing) else { return Ok(()) };
    let texts: Vec<Text<'_>> = files.iter().map(File::text).collect();
    let mut places = load::mentions(&texts, &netns).into_iter();
    let Some(load::Place { file, span }) = places.next() else { return Ok(()) };
    let error = load::Error {
        file,
        span,
        path: String::new(),
        what: format!("there is no network namespace {netns}"),
        doc: None,
        hint: Some(format!(
            "have it made: namespaces: {{{netns}: present}}; or make it: ip netns add {netns}"
        )),
        also: places.next(),
    };
    let mut failure = snippet::failure(&texts, vec![error]);
    failure.status = Status::Refused;
    Err(failure)
}

/// Reads files, and those of folders in the order of their names.
pub(crate) fn read(paths: &[PathBuf], what_for: For) -> Result<Vec<File>, Failure> {
    let default = [PathBuf::from(FOLDER)];
    let paths = if paths.is_empty() { default.as_slice() } else { paths };
    if paths == default && !Path::new(FOLDER).exists() {
        let what = format!("no file is named, and there is no {FOLDER}");
        return Err(Failure::usage(what).hint("name a file, or - for standard input"));
    }
    let mut out = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            out.push(standard_input()?);
        } else {
            named(path, what_for, &mut out)?;
        }
        if out.len() > MOST_FILES {
            return Err(Failure::usage(format!("at most {MOST_FILES} files are read together")));
        }
    }
    Ok(out)
}

/// Reads one file that is no goal file, as carefully.
pub(crate) fn one(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let (full, strict) = place(path, For::Doing)?;
    let (folder, name) = walk(path, &full, strict)?;
    let held = within(&folder, &name, path)?;
    Ok(file(path, &folder, &name, &held, strict, most)?.bytes)
}

fn standard_input() -> Result<File, Failure> {
    let mut bytes = Vec::new();
    let name = PathBuf::from("standard input");
    match std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes) {
        Ok(_) => Ok(File { name, bytes, exposed: false }),
        Err(e) => Err(refused(&name, e)),
    }
}

fn named(path: &Path, what_for: For, out: &mut Vec<File>) -> Result<(), Failure> {
    let (full, strict) = place(path, what_for)?;
    let (folder, name) = walk(path, &full, strict)?;
    let held = within(&folder, &name, path)?;
    let found = held.metadata().map_err(|e| refused(path, e))?;
    if !found.is_dir() {
        out.push(file(path, &folder, &name, &held, strict, MOST)?);
        return Ok(());
    }
    strict.check(path, &found, false)?;
    let mut names: Vec<OsString> = std::fs::read_dir(&full)
        .and_then(|all| all.map(|e| e.map(|e| e.file_name())).collect())
        .map_err(|e| refused(path, e))?;
    names.sort();
    let (ours, mut others): (Vec<_>, Vec<_>) = names.into_iter().partition(|n| {
        let ending = Path::new(n).extension().and_then(|e| e.to_str());
        ending.is_some_and(|e| ENDINGS.contains(&e)) && !n.as_encoded_bytes().starts_with(b".")
    });
    if ours.len() > MOST_FILES {
        return Err(refused(path, format!("at most {MOST_FILES} files are read together")));
    }
    let before = out.len();
    for name in ours {
        let path = path.join(&name);
        let one = within(&held, &name, &path)?;
        if one.metadata().is_ok_and(|found| found.is_dir()) {
            others.push(name);
            continue;
        }
        out.push(file(&path, &held, &name, &one, strict, MOST)?);
    }
    passed_over(path, &others);
    if out.len() == before && path != Path::new(FOLDER) {
        return Err(refused(
            path,
            format!("there is no goal file in this folder: none ends in {}", ENDINGS.join(", ")),
        ));
    }
    Ok(())
}

/// Says what of a folder is not read.
fn passed_over(path: &Path, names: &[OsString]) {
    let names: Vec<String> = names.iter().map(|n| Safe(n.as_encoded_bytes()).to_string()).collect();
    if !names.is_empty() {
        let endings = ENDINGS.join(", *.");
        eprintln!("note: in {} only files *.{endings} are read, not {}", shown(path), names.join(", "));
    }
}

fn within(folder: &Held, name: &OsString, path: &Path) -> Result<Held, Failure> {
    let missing = |e: linkctl::kernel::Error| {
        refused(path, std::io::Error::from_raw_os_error(e.errno().unwrap_or_default()))
    };
    folder.within(name).map_err(missing)
}

fn file(
    path: &Path,
    folder: &Held,
    name: &OsString,
    held: &Held,
    strict: Strict,
    most: u64,
) -> Result<File, Failure> {
    let found = held.metadata().map_err(|e| refused(path, e))?;
    // Whoever may write what is never read is no matter.
    if !found.is_file() && !found.is_symlink() {
        return Err(refused(path, "it is no regular file"));
    }
    strict.check(path, &found, false)?;
    if found.is_symlink() {
        return Err(refused(path, "it is a symbolic link").hint("name the file that it leads to"));
    }
    if found.len() > most {
        return Err(refused(path, format!("it has {} bytes; such a file has at most {most}", found.len())));
    }
    let mut bytes = Vec::new();
    let opened = folder.read(name, held);
    opened.and_then(|f| f.take(most + 1).read_to_end(&mut bytes)).map_err(|e| refused(path, e))?;
    Ok(File { name: path.into(), bytes, exposed: found.mode() & 0o004 != 0 })
}

/// How much a file and the folders above it are distrusted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strict {
    /// Whoever reads it does so at his own risk.
    No,
    /// Nobody else may have written it.
    Written,
    /// Nor may any symbolic link lead to it.
    Etc,
}

impl Strict {
    /// Refuses what somebody else could have written. In a folder far `above`, whose sticky bit keeps others from
    /// replacing what is not theirs, they may write.
    fn check(self, path: &Path, found: &Metadata, above: bool) -> Result<(), Failure> {
        if self == Self::No {
            return Ok(());
        }
        if found.is_symlink() {
            let fix = format!("put a regular file or folder in the place of {}", shown(path));
            return Err(refused(path, "it is a symbolic link, which can lead anywhere").hint(fix));
        }
        let sticky = above && !path.starts_with(ETC) && found.is_dir() && found.mode() & 0o1000 != 0;
        let who = match found.mode() & 0o022 {
            0 => None,
            0o020 => Some("its group"),
            _ => Some("everyone"),
        };
        if let Some(who) = who.filter(|_| !sticky) {
            let what = format!("{who} can write it, and links are changed as it says");
            return Err(refused(path, what).hint(format!("chmod go-w {}", shown(path))));
        }
        if self == Self::Etc && found.uid() != 0 && privilege::is_root() {
            let what = format!("it belongs to user {}, and links are changed as it says", found.uid());
            return Err(refused(path, what).hint(format!("chown root {}", shown(path))));
        }
        Ok(())
    }
}

/// Where a path leads, and how much that is distrusted.
fn place(path: &Path, what_for: For) -> Result<(PathBuf, Strict), Failure> {
    let absolute = std::path::absolute(path).map_err(|e| refused(path, e))?;
    if absolute.starts_with(ETC) && !absolute.components().any(|c| c == Component::ParentDir) {
        return Ok((absolute, Strict::Etc));
    }
    let doing = what_for == For::Doing && privilege::is_root();
    let full = match (doing, absolute.parent(), absolute.file_name()) {
        // A link that is named is seen as a link.
        (true, Some(above), Some(name)) => above.canonicalize().map(|above| above.join(name)),
        _ => absolute.canonicalize(),
    };
    let full = full.map_err(|e| refused(path, e))?;
    let strict = match (full.starts_with(ETC), doing) {
        (true, _) => Strict::Etc,
        (_, true) => Strict::Written,
        _ => Strict::No,
    };
    Ok((full, strict))
}

/// Goes down to the folder that holds a path's last part, and looks at each folder on the way.
fn walk(path: &Path, full: &Path, strict: Strict) -> Result<(Held, OsString), Failure> {
    let mut held = Held::root().map_err(|e| refused(path, e))?;
    let mut parts: Vec<OsString> = full.components().skip(1).map(|c| c.as_os_str().to_owned()).collect();
    let last = parts.pop().unwrap_or_else(|| ".".into());
    let mut way = PathBuf::from("/");
    for part in parts {
        way.push(&part);
        held = within(&held, &part, path)?;
        let found = held.metadata().map_err(|e| refused(path, e))?;
        strict.check(&way, &found, true)?;
    }
    Ok((held, last))
}

fn shown(path: &Path) -> String {
    Safe(path.as_os_str().as_encoded_bytes()).to_string()
}

fn refused(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::new(Status::Usage, format!("{}: {why}", shown(path)))
}
