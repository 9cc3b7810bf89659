//! linkctl under the names `ip` and `bridge`: what is not about links goes to the next program of that name, intact.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use linkctl_conformance::{Said, Space};

/// Folders of a `PATH`: linkctl as `ip` and `bridge`, and behind it programs that tell how they were called.
struct Path2 {
    shims: PathBuf,
    others: PathBuf,
}

const TELL: &str = "#!/bin/sh\n\
    echo \"name=${0##*/} count=$#\"\n\
    for word in \"$@\"; do echo \"<$word>\"; done\n\
    echo \"env=$LINKCTL_PROBE\"\n\
    echo told >&2\n\
    exit ${LINKCTL_EXIT:-0}\n";

fn folders(space: &Space, name: &str) -> Path2 {
    let base = space.file("placeholder", "").parent().expect("a folder").join(name);
    let (shims, others) = (base.join("shims"), base.join("others"));
    let _ = std::fs::remove_dir_all(&base);
    std::fs::create_dir_all(&others).expect("the temporary folder is writable");
    space.linkctl_with(&["install-shims", shims.to_str().expect("text")]).ok();
    for program in ["ip", "bridge"] {
        let path = others.join(program);
        std::fs::write(&path, TELL).expect("writable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("ours");
    }
    Path2 { shims, others }
}

impl Path2 {
    fn run(&self, program: &str, words: &[&str], input: &str, exit: &str) -> Said {
        let path = format!("{}:{}:/usr/bin:/bin", self.shims.display(), self.others.display());
        let mut command = Command::new(self.shims.join(program));
        command.args(words).env("PATH", path).env("LINKCTL_PROBE", "a b").env("LINKCTL_EXIT", exit);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("linkctl starts");
        {
            use std::io::Write;
            let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        }
        child.wait_with_output().expect("it ends").into()
    }
}

#[test]
fn other_objects_go_on_with_words_environment_and_status() {
    let Some(space) = Space::new() else { return };
    let path = folders(&space, "objects");
    space.ip("netns add blue").ok();
    let said = path.run("ip", &["-n", "blue", "-j", "addr", "show", "dev", "a b", "", "*"], "", "42");
    assert_eq!(said.status, 42);
    assert_eq!(
        said.out,
        "name=ip count=9\n<-n>\n<blue>\n<-j>\n<addr>\n<show>\n<dev>\n<a b>\n<>\n<*>\nenv=a b\n"
    );
    assert_eq!(said.err, "told\n");
    let said = path.run("bridge", &["fdb", "show"], "", "0").ok();
    assert_eq!(said.out, "name=bridge count=2\n<fdb>\n<show>\nenv=a b\n");
    // Words that are prefixes of other objects are theirs, as iproute2 reads them.
    path.run("ip", &["m"], "", "0").ok().out_has("<m>");
    // Links are ours.
    let said = path.run("ip", &["l", "ls", "lo"], "", "9").ok();
    assert!(said.out.starts_with("1: lo: <LOOPBACK"), "{}", said.out);
    let said = path.run("bridge", &["link"], "", "9").ok();
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
}

#[test]
fn lines_of_a_batch_that_are_not_about_links_are_handed_on_in_order() {
    let Some(space) = Space::new() else { return };
    let path = folders(&space, "batch");
    let batch =
        "link add a1 type veth peer name a2\naddr add 192.0.2.1/24 dev 'a 1'\nlink show a1\nroute show\n";
    let said = path.run("ip", &["-o", "-b", "-"], batch, "0").ok();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "name=ip count=6", "the option of the batch stays, the batch itself does not");
    assert_eq!(lines[1..7], ["<-o>", "<addr>", "<add>", "<192.0.2.1/24>", "<dev>", "<a 1>"]);
    assert!(lines.iter().any(|l| l.contains(": a1@a2: ")), "{}", said.out);
    let at = |text: &str| lines.iter().position(|l| l.contains(text)).unwrap_or(usize::MAX);
    assert!(at("<addr>") < at(": a1@a2: ") && at(": a1@a2: ") < at("<route>"), "in order: {}", said.out);
    // A line that fails elsewhere fails the batch, with its number; without -force nothing follows.
    let said = path.run("ip", &["-b", "-"], "link show lo\naddr\nlink show a1\n", "3").fails(1);
    assert!(said.err.ends_with("Command failed -:2\n"), "{}", said.err);
    assert!(!said.out.contains("a1"), "{}", said.out);
    let said = path.run("ip", &["-force", "-b", "-"], "addr\nlink show a1\n", "3").fails(1);
    assert!(said.out.contains(": a1@a2: "), "{}", said.out);
}

#[test]
fn linkctl_never_calls_itself_and_says_so_where_nobody_else_is() {
    let Some(space) = Space::new() else { return };
    let path = folders(&space, "itself");
    // A copy further down is linkctl too: the search goes on behind it, never back.
    let copy = path.others.join("ip");
    std::fs::remove_file(&copy).expect("ours");
    // Another process writes it: a file that one of our threads holds open while another forks cannot be run.
    let copied = Command::new("cp").arg(space.binary()).arg(&copy).status().expect("cp starts");
    assert!(copied.success());
    let alone = |program: &Path| -> Said {
        let folders = format!("{}:{}", path.shims.display(), path.others.display());
        let mut command = Command::new(program);
        command.args(["addr", "show"]).env("PATH", folders).stdin(Stdio::null());
        command.output().expect("it starts and ends").into()
    };
    for program in [path.shims.join("ip"), copy] {
        let said = alone(&program).fails(1);
        assert!(said.err.contains("next ip on PATH, and there is none"), "{}", said.err);
    }
    // By a path that is not in PATH the first that is another is called.
    let aside = path.shims.parent().expect("a folder").join("aside");
    std::fs::create_dir_all(&aside).expect("writable");
    symlink(space.binary(), aside.join("ip")).expect("writable");
    alone(&aside.join("ip")).fails(1).err_has("there is none");
}

#[test]
fn shims_are_made_once_and_replace_nothing() {
    let Some(space) = Space::new() else { return };
    let path = folders(&space, "shims");
    let shims = path.shims.to_str().expect("text");
    space.linkctl_with(&["install-shims", shims]).ok();
    assert_eq!(std::fs::read_link(path.shims.join("bridge")).expect("a link"), space.binary());
    let others = path.others.to_str().expect("text");
    let said = space.linkctl_with(&["install-shims", others]).fails(1).err_has("is a file");
    assert!(said.err.contains("hint:"), "{}", said.err);
    assert_eq!(std::fs::read_to_string(path.others.join("ip")).expect("untouched"), TELL);
}

#[test]
fn a_reader_that_goes_ends_the_monitor() {
    let Some(space) = Space::new() else { return };
    let mut command = Command::new(space.binary());
    command.args(["ip", "monitor", "link"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("linkctl starts");
    drop(child.stdout.take());
    // Events until one finds the pipe closed; the monitor may not listen yet when the first come.
    for i in 0..200 {
        space.linkctl(&format!("ip link add m{i} type bridge"));
        if let Some(status) = child.try_wait().expect("it can be asked") {
            assert_eq!(status.code(), Some(141));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let _ = child.kill();
    panic!("the monitor goes on though nobody reads");
}
