//! Everything that a watcher listens to, in one place to wait.

use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use linkctl::kernel::culprit::Culprits;
use linkctl::kernel::process::{Alarm, Folder, boottime, wait};
use linkctl::kernel::signal::{Asked, Held};
use linkctl::kernel::{Error, Event, Live, Monitor, netns};
use linkctl::link::Netns;

use super::desk::Desk;

/// After the first event of a burst, how long it has to be quiet.
const QUIET: Duration = Duration::from_millis(50);
/// How long a burst may last before it is looked at all the same.
const BURST: Duration = Duration::from_millis(500);

/// What was heard.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    /// Links may be otherwise than they were.
    pub(super) links: bool,
    /// The files, or what the journal knows of them, may say something else.
    pub(super) files: bool,
    /// Namespaces came or went.
    pub(super) spaces: bool,
    /// To read the files again: a person asked for it.
    pub(super) again: bool,
    /// To end.
    pub(super) end: bool,
}

/// The listeners.
pub(super) struct Ears {
    monitors: Vec<(Netns, Monitor)>,
    folders: Vec<(bool, Folder)>,
    held: Held,
    signals: OwnedFd,
    /// Who changes links, where that is asked for and can be told.
    pub(super) culprits: Option<Culprits>,
    alarm: Alarm,
    /// How often notifications were lost, and all was read again.
    pub(super) losses: u64,
}

impl Ears {
    /// Listens to signals, to folders with files, to the journal's folder and to that of namespaces.
    pub(super) fn new(held: Held, files: &[PathBuf], journal: &Path) -> Result<Self, Error> {
        let signals = held.waiting()?;
        let mut folders = Vec::new();
        for (spaces, path) in files
            .iter()
            .map(|f| (false, f.as_path()))
            .chain([(false, journal), (true, Path::new(netns::NAMES))])
        {
            // What is not there cannot be watched; a hangup makes it be looked for again.
            let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
            folders.extend(Folder::watch(folder).ok().map(|f| (spaces, f)));
        }
        Ok(Self {
            monitors: Vec::new(),
            folders,
            held,
            signals,
            culprits: None,
            alarm: Alarm::new()?,
            losses: 0,
        })
    }

    /// Listens to the links of some namespaces; those that are not there are left out.
    pub(super) fn open(&mut self, live: &mut Live, spaces: &[Netns]) {
        self.monitors.retain(|(netns, _)| spaces.contains(netns));
        for netns in spaces {
            if !self.monitors.iter().any(|(n, _)| n == netns)
                && let Ok(monitor) = live.monitor(netns)
            {
                self.monitors.push((netns.clone(), monitor));
            }
        }
    }

    /// Listens to no links any more: their namespaces are to be opened anew.
    pub(super) fn close(&mut self) {
        self.monitors.clear();
    }

    /// Waits until something is heard, or until a time of [`boottime`]; who comes to the desk meanwhile is served.
    pub(super) fn listen(
        &mut self,
        until: Duration,
        desk: Option<&Desk>,
        answer: &str,
    ) -> Result<Heard, Error> {
        let mut heard = Heard::default();
        let (mut until, mut first) = (until, None);
        loop {
            self.alarm.set(Some(until))?;
            let late = self.once(&mut heard, desk, answer)? || boottime() >= until;
            if heard.end || late {
                return Ok(heard);
            }
            if heard.links || heard.files || heard.spaces || heard.again {
                let now = boottime();
                until = (now + QUIET).min(*first.get_or_insert(now) + BURST);
            }
        }
    }

    /// Waits once; whether the time has come.
    fn once(&mut self, heard: &mut Heard, desk: Option<&Desk>, answer: &str) -> Result<bool, Error> {
        let mut fds = vec![self.alarm.as_fd(), self.signals.as_fd()];
        fds.extend(self.folders.iter().map(|(_, f)| f.as_fd()));
        fds.extend(self.monitors.iter().map(|(_, m)| m.as_fd()));
        fds.extend(desk.map(AsFd::as_fd));
        let ready = wait(&fds)?;
        let is = |at: usize| ready.get(at) == Some(&true);
        while let Some(asked) = self.held.take() {
            heard.end |= asked == Asked::End;
            heard.again |= asked == Asked::Again;
        }
        for (at, (spaces, folder)) in self.folders.iter().enumerate() {
            if is(2 + at) {
                folder.drain();
                heard.spaces |= *spaces;
                heard.files |= !*spaces;
            }
        }
        let first = 2 + self.folders.len();
        for (at, (_, monitor)) in self.monitors.iter_mut().enumerate() {
            if is(first + at) {
                heard.links = true;
                self.losses += drain(monitor)?;
            }
        }
        if is(first + self.monitors.len())
            && let Some(desk) = desk
        {
            desk.serve(answer);
        }
        Ok(is(0))
    }
}

/// Takes all that a monitor has to say: that something happened is enough, for all is read anew. Returns how often
/// something was lost.
fn drain(monitor: &mut Monitor) -> Result<u64, Error> {
    let mut lost = 0;
    // A flood that does not end is interrupted: what comes then is heard the next time.
    for _ in 0..10_000 {
        match monitor.next(Some(Duration::ZERO))? {
            Event::Timeout => break,
            Event::Lost => lost += 1,
            Event::Notice(_) => {}
        }
    }
    Ok(lost)
}
