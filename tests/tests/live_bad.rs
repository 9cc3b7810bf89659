//! Bad input: each gets a clear message and its status, and no link is changed.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use linkctl::link::{Key, Link, message};
use linkctl::schema::Name;
use linkctl_conformance::peer::Everything;
use linkctl_conformance::stage::Stage;
use linkctl_conformance::{Said, Space, skip};

/// A bridge br0 with a port va, and br1.
fn world() -> Option<Space> {
    let space = Space::new()?;
    for words in [
        "link add br0 type bridge",
        "link add br1 type bridge",
        "link add va master br0 type veth peer name vb",
    ] {
        space.ip(words).ok();
    }
    Some(space)
}

/// Links of a goal file.
fn links(text: &str) -> String {
    format!("version: 1\nlinks:\n  first: {{kind: bridge}}\n{text}")
}

#[test]
fn a_file_that_is_wrong_is_refused_with_the_place_and_nothing_is_done() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, &[]);
    for (text, told) in [
        (links("  va: {mtuu: 1400}\n"), "mtuu"),
        (links("  va: {mtu: high}\n"), "a number"),
        (links("  va: {mtu: [1, 2]}\n"), "mtu"),
        (links("  va: {mtu: 99999999999}\n"), "mtu"),
        (links("  br0: {kind: bridge, bridge: {hello_time: 50}}\n"), "hello_time"),
        (links("  br0: {kind: bridge, bridge: {hello_time: fast}}\n"), "hello_time"),
        (links("  br0: {kind: bridge, vxlan: {id: 5}}\n"), "vxlan"),
        (links("  vx: {kind: vxlan, vxlan: {id: 16777216}}\n"), "16777215"),
        (links("  vx: {kind: vxlam}\n"), "vxlan"),
        (links("  va: {master: br0}\n  va: {master: br1}\n"), "va"),
        (links("  va: {master: br0, master: br1}\n"), "master"),
        (links("  b2: {kind: bridge, master: b3}\n  b3: {kind: bridge, master: b2}\n"), "b3"),
        (links("  m2: {kind: macvlan, link: m3}\n  m3: {kind: macvlan, link: m2}\n"), "m3"),
        (links("  m2: {kind: macvlan, link: m2}\n"), "m2"),
        (links("  a-name-of-16-byt: {kind: bridge}\n"), "15"),
        (links("  a/b: {kind: bridge}\n"), "/"),
        (links("  \"a b\": {kind: bridge}\n"), "a b"),
        (links("  \"a\\nb\": {kind: bridge}\n"), "\\n"),
        (links("  \"a\\e[31m\": {kind: bridge}\n"), "first"),
        (links("  \"\": {kind: bridge}\n"), "name"),
        (links("  va: {netns: \"../etc\"}\n"), "netns"),
        ("version: 2\nlinks: {}\n".into(), "version"),
        ("links: {}\n".into(), "version"),
        ("version: 1\nlink: {}\n".into(), "links"),
        (String::new(), "goal.yaml"),
        ("[1, 2".into(), "goal.yaml"),
        ("\u{0}\u{1}\u{2}".into(), "goal.yaml"),
        ("version: 1\nlinks:\n\t- x".into(), "goal.yaml"),
    ] {
        for said in [space.plan(&text), space.apply(&text, &[])] {
            let err = said.fails(3).err;
            let about = told == "first" || err.contains(told);
            assert!(about && err.starts_with("error"), "no {told:?} about {text:?} in: {err}");
            assert!(!err.contains('\x1b') && !err.contains("panicked"), "{err:?}");
        }
    }
    before.assert_same(&space, "no file changed a link");
}

#[test]
fn a_goal_that_the_links_do_not_allow_is_refused_before_anything_is_done() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, &[]);
    for (text, told) in [
        (links("  m2: {kind: macvlan, link: nowhere}\n"), "nowhere"),
        (links("  va: {master: nowhere}\n"), "nowhere"),
        (links("  nobody: {mtu: 1400}\n"), "nobody"),
        (links("  va: {kind: bridge}\n"), "--rebuild"),
        (links("  vb: {master: va}\n"), "va"),
        (links("  lo: {state: absent}\n"), "lo"),
        (links("  x: {kind: veth}\n"), "x"),
        (links("  x: {netns: nowhere, kind: bridge}\n"), "nowhere"),
        (links("  br0: {kind: bridge, master: br1}\n  va: {master: br0}\n"), "br"),
    ] {
        let said = space.apply(&text, &[]);
        assert!([1, 3].contains(&said.status), "{text}: {} {}", said.status, said.err);
        assert!(said.err.contains(told), "no {told:?} about {text:?} in: {}", said.err);
        before.assert_same(&space, &text);
    }
}

#[test]
fn a_bomb_of_aliases_and_a_tower_of_brackets_are_defused() {
    let Some(space) = world() else { return };
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let line = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb += &format!("a{i}: &a{i} [{line}]\n");
    }
    bomb += "version: 1\nlinks: {va: *a11}\n";
    let tower = format!("version: 1\nlinks: {}", "[".repeat(100_000));
    let flow = format!("version: 1\nlinks: {}", "{a: ".repeat(100_000));
    for text in [bomb, tower, flow] {
        space.apply(&text, &[]).fails(3);
    }
}

#[test]
fn what_is_no_file_of_a_goals_size_is_refused_unread() {
    let Some(space) = world() else { return };
    let sparse = space.file("sparse.yaml", "");
    std::fs::File::options().write(true).open(&sparse).and_then(|f| f.set_len(100 << 20)).expect("room");
    let fifo = space.file("x", "").with_file_name("fifo.yaml");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo starts").success());
    let folder = fifo.with_file_name("folder.yaml");
    std::fs::create_dir_all(&folder).expect("room");
    let gone = fifo.with_file_name("gone.yaml");
    let before = Everything::read(&space, &[]);
    for path in [&sparse, &fifo, &folder, &gone, std::path::Path::new("/dev/zero")] {
        let path = path.to_str().expect("text");
        for words in [&["plan", path], &["apply", path]] {
            space.linkctl_with(words).fails(3).err_has(path);
        }
    }
    let mut noise = vec![0_u8; 3 << 20];
    let mut dice = linkctl::schema::arbitrary::Dice::new(1);
    noise.chunks_mut(8).for_each(|c| c.copy_from_slice(&dice.roll().to_ne_bytes()));
    let path = space.file("noise.yaml", "");
    for size in [1, 1000, 100_000, 3 << 20] {
        std::fs::write(&path, &noise[..size]).expect("room");
        space.linkctl_with(&["apply", path.to_str().expect("text")]).fails(3);
        space.linkctl_fed(&["apply", "-"], &noise[..size]).fails(3);
    }
    before.assert_same(&space, "nothing was done");
}

#[test]
fn a_name_that_no_link_can_have_is_refused_by_every_command() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, &[]);
    for bad in ["a-name-of-16-byt", "a/b", "a b", "a\nb", "", ".", "..", "a:b"] {
        for words in [
            &["add", bad, "type", "bridge"][..],
            &["add", "x", "type", "veth", "peer", "name", bad],
            &["set", "va", "name", bad],
            &["set", "va", "master", bad],
        ] {
            let said = space.linkctl_with(words);
            let err = said.fails(3).err;
            assert!(!err.trim_end().lines().any(|l| l.contains('\x1b')), "{err:?}");
        }
        for command in ["set", "show", "del"] {
            // What is there under such a name can be spoken of; what cannot be is a mistake.
            let said = space
                .linkctl_with(&[&[command, bad][..], if command == "set" { &["up"] } else { &[] }].concat());
            let fine = command == "del" && said.status == 0;
            assert!(fine || [1, 3].contains(&said.status), "{command} {bad:?}: {} {}", said.status, said.err);
        }
    }
    before.assert_same(&space, "no name changed a link");
}

#[test]
fn words_that_are_wrong_are_shown_with_a_caret() {
    let Some(space) = world() else { return };
    for (words, told) in [
        ("set va mtuu 1400", "mtu"),
        ("set va mtu", "mtu wants"),
        ("set va mtu high", "a number"),
        ("set va mtu 1400 mtu 1500", "twice"),
        ("set va master br0 master br1", "twice"),
        ("set va address 02:zz", "an address"),
        ("set va up type bridge_slave cost 70000", "65535"),
        ("add x type vxlan id 99999999", "16777215"),
        ("add x type nokind", "nokind"),
        ("show type nokind", "nokind"),
    ] {
        space.linkctl(words).fails(3).err_has(told).err_has("^");
    }
    for words in ["", "nocommand", "set", "set va", "add", "add x", "del", "plan", "apply", "show --nosuch"] {
        space.linkctl(words).fails(3);
    }
}

#[test]
fn a_namespace_that_is_none_is_refused() {
    let Some(space) = world() else { return };
    let file = space.file("regular", "no namespace");
    let fifo = file.with_file_name("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo starts").success());
    for place in [file.to_str().expect("text"), fifo.to_str().expect("text"), "/dev/null", "/tmp"] {
        space.linkctl_with(&["--netns", place, "show"]).fails(1).err_has(place);
    }
    space.ip("netns add blue").ok();
    space.linkctl("--netns bleu show").fails(1).err_has("bleu").err_has("blue");
    space.linkctl("--netns ../../etc/hosts set va up").fails(1);
    space.linkctl("set va netns nowhere").fails(1).err_has("nowhere");
    space.linkctl("set va netns /proc/self/ns/net").fails(3);
    space.linkctl("--netns 4194304 show").fails(1);
}

/// Runs linkctl as a user who may nothing.
fn unprivileged(space: &Space, words: &[&str]) -> Option<Said> {
    let reachable = |p: &std::path::Path| p.metadata().is_ok_and(|m| m.permissions().mode() & 0o001 != 0);
    if !space.binary().ancestors().all(|p| p.as_os_str().is_empty() || reachable(p)) {
        skip("linkctl lies where other users cannot reach it");
        return None;
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(space.binary())
        .args(words);
    let Ok(output) = command.env("NO_COLOR", "1").output() else {
        skip("setpriv is not installed");
        return None;
    };
    Some(output.into())
}

#[test]
fn without_privilege_links_are_shown_and_every_change_is_refused_with_ways_out() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, &[]);
    let goal = space.file("goal.yaml", "version: 1\nlinks:\n  va: {mtu: 1400}\n");
    let goal = goal.to_str().expect("text");
    let Some(said) = unprivileged(&space, &["show", "-d"]) else { return };
    said.ok().out_has("va@vb");
    unprivileged(&space, &["set", "va", "mtu", "1500"]).expect("as before").ok().out_has("already so");
    unprivileged(&space, &["plan", goal]).expect("as before").fails(2);
    let own = std::env::temp_dir().join(format!("linkctl-nobody-{}", std::process::id()));
    let own = own.to_str().expect("text");
    for words in [
        &["set", "va", "mtu", "1400"][..],
        &["set", "va", "name", "vz"],
        &["set", "va", "altname", "x"],
        &["add", "x", "type", "bridge"],
        &["del", "va"],
        &["apply", goal, "--state", own],
    ] {
        unprivileged(&space, words).expect("as before").fails(8).err_has("CAP_NET_ADMIN").err_has("hint");
    }
    unprivileged(&space, &["apply", goal]).expect("as before").fails(8).err_has("--state");
    before.assert_same(&space, "nothing was done");
    let _ = std::fs::remove_dir_all(own);
}

#[test]
fn hostile_names_and_texts_are_shown_escaped_on_pipes_and_terminals() {
    let Some(space) = world() else { return };
    let mut stage = Stage::new();
    let names: [&[u8]; 4] = [b"a\x1b[31mred", b"\x07bell\x7f", "x\u{202e}y".as_bytes(), b"\xff\xfe"];
    for bytes in names {
        let key = Key::here(Name::from_kernel(bytes).expect("the kernel may hold it"));
        let link = Link::new(linkctl::kinds::kind("bridge"));
        let made = message::create(&key, &link, None, &stage.live).expect("short");
        stage.send(made).expect("the kernel takes it");
    }
    let alias = "line\nbreak \x1b]0;title\x07 \u{9b}31m";
    space.linkctl_with(&["set", "va", "alias", alias]).ok();
    let altname = "alt\x1b[2J";
    space.linkctl_with(&["set", "va", "altname", altname]).ok();
    let clean = |out: &str, about: &str| {
        // JSON is for programs: it keeps what turns the direction of text, and no control byte either.
        let turns = |c: char| !about.contains("json") && matches!(c, '\u{202a}'..='\u{202e}');
        let found = out.find(|c: char| c.is_control() && c != '\n' && c != '\r' || turns(c));
        let found = found.map(|at| out[at..].chars().take(40).collect::<String>());
        assert_eq!(found, None, "{about}");
    };
    let bin = space.binary().display().to_string();
    for words in
        ["show", "show -d -s", "show -o -d", "show --json", "show --json --pretty -d", "show type bridge"]
    {
        let said = space.linkctl(words).ok();
        clean(&said.out, words);
        let lines = said.out.lines().count();
        if words == "show" {
            // lo, br0, br1, va, vb and four more, two lines each; an alias and an alternative name.
            assert_eq!(lines, 9 * 2 + 2, "{}", said.out);
        }
        if words.contains("json") {
            assert!(said.json().to_string().contains("break"), "the alias is kept whole");
        }
        let terminal = Command::new("script")
            .args(["-qec", &format!("{bin} {words}"), "/dev/null"])
            .env("NO_COLOR", "1")
            .output();
        if let Ok(output) = terminal {
            clean(&String::from_utf8_lossy(&output.stdout), &format!("{words} on a terminal"));
        }
    }
    for words in [
        &["set", "va", "alias", alias][..],
        &["set", "va", "nosuch\x1b[31m"],
        &["show", "nobody\x1b[31m"],
        &["add", "q\x1b[1m", "type", "bridge"],
    ] {
        let said = space.linkctl_with(words);
        clean(&said.out, "standard output");
        clean(&said.err, "standard error");
    }
    // They are links like any other.
    for bytes in names {
        let output = Command::new(&bin)
            .arg("del")
            .arg(std::ffi::OsStr::from_bytes(bytes))
            .output()
            .expect("it starts");
        let said: Said = output.into();
        clean(&said.ok().out_has("deleted").out, "del");
    }
    let left = space.ip("-j link show type bridge").ok().json();
    assert_eq!(left.as_array().map(Vec::len), Some(2));
}
