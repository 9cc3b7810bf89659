//! What is on disk before the first change, and who may touch it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use linkctl_apply::{About, Fault, Journal, Record, State};
use linkctl_kernel::Id;
use linkctl_link::{Goal, Key};
use linkctl_schema::Name;

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linkctl-journal-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const NETNS: Id = (4, 4_026_531_999, 7);

fn open(folder: &Path, netns: Id) -> Result<Journal, Fault> {
    Journal::open(folder, netns, Duration::ZERO)
}

/// Begins a transaction, and has its guardian come to its post: a file.
fn begin(journal: &Journal) -> Record {
    let record = journal.begin(&home(), &home(), &About::now("test", 2, None)).expect("a record");
    fs::write(journal.guard(&record), "").expect("written");
    record
}

fn home() -> Goal {
    let mut goal = Goal { rebuild: true, ..Goal::new() };
    goal.forbid(Key::here(Name::new("br0").expect("a name")));
    // A name that no person could type, as the kernel may hold it.
    goal.forbid(Key::here(Name::from_kernel(b"\x1b[31m\xff").expect("a name")));
    goal
}

#[test]
fn the_way_home_is_read_back_as_it_was_written() {
    let folder = Folder::new("roundtrip");
    let journal = open(&folder.0, NETNS).expect("a journal");
    assert_eq!(journal.last().expect("a list"), None);
    let mut record = begin(&journal);
    assert_eq!(record.state, State::Pending);
    assert_eq!(journal.home(&record).expect("a goal"), home());
    journal.mark(&mut record, State::Done, "").expect("marked");
    assert_eq!(journal.last().expect("a list"), Some(record.clone()));
    assert_eq!(journal.home(&record).expect("a goal"), home());
    journal.mark(&mut record, State::Undone, "undone").expect("marked");
    assert_eq!(journal.last().expect("a list"), None);
}

#[test]
fn one_apply_at_a_time_has_the_lock_in_whatever_namespace() {
    let folder = Folder::new("lock");
    let first = open(&folder.0, NETNS).expect("a journal");
    assert!(matches!(open(&folder.0, NETNS), Err(Fault::Locked(..))));
    let told = open(&folder.0, (4, 5, 6)).expect_err("one a host").to_string();
    assert!(told.contains(&std::process::id().to_string()), "{told}");
    drop(first);
    assert!(open(&folder.0, NETNS).is_ok());
}

#[test]
fn a_folder_that_others_can_write_to_is_refused() {
    let folder = Folder::new("open");
    fs::create_dir_all(&folder.0).expect("a folder");
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o777)).expect("permissions");
    assert!(matches!(open(&folder.0, NETNS), Err(Fault::Open(_))));
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let folder = Folder::new("whole");
    let journal = open(&folder.0, NETNS).expect("a journal");
    let record = begin(&journal);
    // What a power cut leaves of a write that was not finished is no record.
    let space = journal.folder();
    fs::write(space.join("zzzzzzzzzzzz.new"), b"{\"version\":1,\"li").expect("written");
    assert_eq!(journal.list().expect("a list"), std::slice::from_ref(&record));
    // A record that was damaged is told, not carried out.
    fs::write(space.join(format!("{}.pending", record.id)), b"{\"version\":1,\"li").expect("written");
    assert!(matches!(journal.home(&record), Err(Fault::Broken(..))));
}

#[test]
fn the_oldest_are_forgotten_and_what_is_pending_never_is() {
    let folder = Folder::new("prune");
    let journal = open(&folder.0, NETNS).expect("a journal");
    let pending = begin(&journal);
    for _ in 0..60 {
        std::thread::sleep(std::time::Duration::from_micros(50));
        let mut record = begin(&journal);
        journal.mark(&mut record, State::Done, "").expect("marked");
    }
    let count = |state| journal.list().expect("a list").iter().filter(|r| r.state == state).count();
    // They make room for one that is begun.
    let mut last = begin(&journal);
    assert_eq!(count(State::Done), 50);
    journal.mark(&mut last, State::Done, "").expect("marked");
    assert_eq!(journal.list().expect("a list").first(), Some(&pending));
    // What takes them back, and is itself taken back then, removes none that is still to be.
    for left in (1..51).rev() {
        let mut own = begin(&journal);
        for state in [State::Done, State::Undone] {
            journal.mark(&mut own, state, "").expect("marked");
        }
        let mut taken =
            journal.list().expect("a list").into_iter().rfind(|r| r.state == State::Done).expect("one");
        journal.mark(&mut taken, State::Undone, "").expect("marked");
        assert!(count(State::Done) >= left - 1, "{left}");
    }
}

#[test]
fn a_transaction_without_a_guardian_never_began() {
    let folder = Folder::new("never");
    let journal = open(&folder.0, NETNS).expect("a journal");
    let about = About { pid: 0, ..About::now("test", 2, None) };
    let record = journal.begin(&home(), &home(), &about).expect("a record");
    assert!(journal.never_began(&record));
    assert_eq!(journal.open_one().expect("a list"), None);
    drop(journal);
    let journal = open(&folder.0, NETNS).expect("a journal");
    let all = journal.list().expect("a list");
    assert_eq!(all, [Record { state: State::Undone, ..record }]);
    assert!(journal.note(&all[0]).is_some_and(|n| n.contains("before the first change")));
}

#[test]
fn what_is_kept_of_a_namespace_does_not_pass_to_the_next_of_its_inode() {
    let folder = Folder::new("passes");
    let first = open(&folder.0, NETNS).expect("a journal");
    begin(&first);
    let kept = first.folder().to_owned();
    drop(first);
    let (dev, inode, cookie) = NETNS;
    // Another inode is another namespace, that may live as well.
    for (other, there) in [((dev, inode + 1, cookie + 1), true), ((dev, inode, cookie + 1), false)] {
        let journal = open(&folder.0, other).expect("a journal");
        assert_eq!(journal.list().expect("a list"), []);
        assert_eq!(kept.exists(), there);
    }
}
