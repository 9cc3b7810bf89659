//! The first line of a record: who, when, and whether what follows is whole.

use std::fmt::Write as _;
use std::io::{Seek, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use linkctl_kernel::process;
use linkctl_link::load::{escape, unescape};
use linkctl_link::{Goal, Netns, save};
use linkctl_schema::Safe;

use super::{Fault, Sources};
use crate::disk;

/// What begins every record.
const SIGN: &str = "linkctl-journal 1 ";

/// What is known of an apply besides what it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// When it was begun, in seconds since 1970.
    pub made: u64,
    /// In which run of the machine.
    pub boot: String,
    /// Which process made it.
    pub pid: u32,
    /// When that process was started, in ticks since boot.
    pub started: u64,
    /// The user who logged in to do so.
    pub user: Option<u32>,
    /// How long it waits to be confirmed once it is applied.
    pub window: Option<Duration>,
    /// How many steps it has.
    pub steps: usize,
    /// The apply that it takes back, where it is an undo: that holds until this is confirmed.
    pub undoes: Option<String>,
    /// What tells the files that it was made from, where it was files.
    pub sources: Option<Sources>,
    /// The namespaces that the way home speaks of; `None` where that is not said.
    pub spaces: Option<Vec<Netns>>,
    /// What was typed, escaped.
    pub command: String,
}

impl About {
    /// Of this process, now.
    pub fn now(command: &str, steps: usize, window: Option<Duration>) -> Self {
        let pid = std::process::id();
        Self {
            made: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()),
            boot: process::boot_id(),
            pid,
            started: process::started(pid).unwrap_or(0),
            user: process::login(),
            window,
            steps,
            undoes: None,
            sources: None,
            spaces: None,
            command: Safe(command.as_bytes()).to_string(),
        }
    }

    /// Whether the process that made it is still at it.
    pub fn is_alive(&self) -> bool {
        self.boot == process::boot_id() && process::started(self.pid) == Some(self.started)
    }

    /// Writes a record: this line, and a goal.
    pub(super) fn write(&self, path: &Path, goal: &Goal) -> Result<(), Fault> {
        disk::write_by(path, |file| {
            // Length and sum are known when all is written, and take the place that was left for them.
            file.write_all(self.head(0, 0).as_bytes())?;
            let (mut length, mut sum, mut done) = (0, disk::NOTHING, Ok(()));
            save::json_to(goal, &mut |piece| {
                (length, sum) = (length + piece.len(), disk::more(sum, piece.as_bytes()));
                done = std::mem::replace(&mut done, Ok(())).and_then(|()| file.write_all(piece.as_bytes()));
            });
            done?;
            file.rewind()?;
            file.write_all(self.head(length, sum).as_bytes())
        })
    }

    /// The line that goes before a body of that length and sum: as long as for any other.
    fn head(&self, length: usize, sum: u64) -> String {
        let mut out = format!("{SIGN}length={length:020} sum={sum:016x}");
        let _ =
            write!(out, " made={} boot={} pid={} started={}", self.made, self.boot, self.pid, self.started);
        if let Some(user) = self.user {
            let _ = write!(out, " user={user}");
        }
        if let Some(window) = self.window {
            let _ = write!(out, " window={}", window.as_millis());
        }
        if let Some(id) = &self.undoes {
            let _ = write!(out, " undoes={id}");
        }
        if let Some(sources) = self.sources {
            let _ = write!(out, " place={:016x} content={:016x}", sources.place, sources.content);
        }
        if let Some(spaces) = &self.spaces {
            let _ = write!(out, " spaces={}", listed(spaces));
        }
        let _ = writeln!(out, " steps={} command={}", self.steps, self.command);
        out
    }

    /// Takes a record apart; the error says what is wrong with it.
    pub(crate) fn split(bytes: &[u8]) -> Result<(Self, &[u8]), &'static str> {
        let end = bytes.iter().position(|b| *b == b'\n').ok_or("it has no first line")?;
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "its first line is no text")?;
        let head = head.strip_prefix(SIGN).ok_or("it is no record of this version")?;
        let body = &bytes[end + 1..];
        let (fields, command) = head.split_once(" command=").ok_or("its first line is cut")?;
        let field = |name: &str| fields.split(' ').find_map(|f| f.strip_prefix(name)?.strip_prefix('='));
        let number = |name: &str| field(name).and_then(|t| t.parse::<u64>().ok());
        let sixteen = |name: &str| field(name).and_then(|t| u64::from_str_radix(t, 16).ok());
        if number("length") != Some(body.len() as u64) || sixteen("sum") != Some(disk::sum(body)) {
            return Err("it is damaged: length and sum do not fit");
        }
        let narrow = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        let about = Self {
            made: number("made").unwrap_or(0),
            boot: field("boot").unwrap_or_default().to_owned(),
            pid: narrow("pid").unwrap_or(0),
            started: number("started").unwrap_or(0),
            user: narrow("user"),
            window: number("window").map(Duration::from_millis),
            steps: number("steps").and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
            undoes: field("undoes").map(str::to_owned),
            sources: sixteen("place")
                .zip(sixteen("content"))
                .map(|(place, content)| Sources { place, content }),
            spaces: field("spaces").and_then(spaces),
            command: command.to_owned(),
        };
        Ok((about, body))
    }
}

/// The names of namespaces as one word; that of the command has none.
pub(crate) fn listed(spaces: &[Netns]) -> String {
    spaces.iter().filter_map(Netns::name).map(plain).collect::<Vec<_>>().join(",")
}

/// A namespace's name as part of a list in one word.
fn plain(name: &str) -> String {
    escape(name.as_bytes()).replace(' ', "\\x20").replace(',', "\\x2c")
}

/// The namespaces of such a list, and the one of the command, which has no name.
pub(crate) fn spaces(list: &str) -> Option<Vec<Netns>> {
    let named = |word| Netns::named(std::str::from_utf8(&unescape(word)).ok()?);
    let names = list.split(',').filter(|word| !word.is_empty()).map(named);
    std::iter::once(Some(Netns::HERE)).chain(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_taken_apart_as_it_was_put_together_and_no_damage_goes_unseen() {
        let mut about = About::now("linkctl apply a=b\nsite.yaml command=", 7, Some(Duration::from_mins(1)));
        about.sources = Some(Sources { place: 5, content: u64::MAX });
        about.user = Some(1000);
        about.undoes = Some("00hokuk9uwxv".to_owned());
        about.spaces = Some(
            [None, Netns::named("a, b=\\ steps=9"), Netns::named("blue")]
                .map(Option::unwrap_or_default)
                .into(),
        );
        let body = b"{\"version\": 1}\n";
        let whole = [about.head(body.len(), disk::sum(body)).as_bytes(), body].concat();
        assert_eq!(About::split(&whole), Ok((about.clone(), &body[..])));
        assert!(about.is_alive());
        for cut in 0..whole.len() {
            assert!(About::split(&whole[..cut]).is_err(), "cut at {cut}");
        }
        let start = whole.len() - body.len();
        for at in start..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 1;
            assert!(About::split(&other).is_err(), "changed at {at}");
        }
    }
}
