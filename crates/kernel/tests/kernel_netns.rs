//! Namespaces: made, entered, left, taken away; the calling thread never moves.
#![allow(unsafe_code)]

mod common;

use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use common::*;
use linkctl_kernel::netns::{NAMES, create, first, list, remove};
use linkctl_kernel::{Error, Netns, Place, Socket, driver, ids, inside, isolate, privilege};

fn blue() -> Place {
    Place::Name("blue".to_owned())
}

/// The calling thread's own namespace.
fn here() -> u64 {
    std::fs::metadata("/proc/thread-self/ns/net").expect("proc is mounted").ino()
}

#[test]
fn a_namespace_is_made_entered_and_taken_away_while_the_caller_stays() {
    if !alone() {
        return;
    }
    let before = here();
    assert_eq!(list(), Ok(vec![]));
    create("blue").expect("the name is free");
    assert_eq!(list(), Ok(vec!["blue".to_owned()]));
    let netns = Netns::open(&blue()).expect("just created");
    assert_ne!(netns.id().1, before);
    assert_eq!(inside(&netns, here), Ok(netns.id().1));
    assert_eq!(here(), before, "the calling thread moved");
    let mut socket = Socket::open_in(&netns).expect("entered");
    socket.request(common::create("br0", "bridge")).expect("the name is free");
    assert_eq!(names(&mut socket).expect("quiet").0, ["lo", "br0"]);
    assert_eq!(names(&mut open()).expect("quiet").0, ["lo"]);
    remove("blue").expect("created");
    assert_eq!(list(), Ok(vec![]));
    assert_eq!(names(&mut socket).expect("a socket keeps its namespace").0, ["lo", "br0"]);
    assert_eq!(here(), before, "the calling thread moved");
}

#[test]
fn the_namespace_of_the_first_process_is_told_from_others() {
    let told = first();
    if !alone() {
        return;
    }
    assert_ne!(first(), Netns::here().ok().map(|here| here.id()));
    create("blue").expect("the name is free");
    let blue = Netns::open(&blue()).expect("just created");
    assert!(inside(&blue, move || first().is_none() || first() == told).expect("entered"));
    remove("blue").expect("created");
}

#[test]
fn a_name_is_made_once_and_removed_once() {
    if !alone() {
        return;
    }
    create("blue").expect("the name is free");
    assert_eq!(create("blue").unwrap_err().errno(), Some(libc::EEXIST));
    remove("blue").expect("created");
    assert_eq!(remove("blue").unwrap_err().errno(), Some(libc::ENOENT));
    assert_eq!(Netns::open(&blue()).unwrap_err().errno(), Some(libc::ENOENT));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["", ".", "..", "a/b", "/etc", "a\0b", &"x".repeat(256)] {
        let bad = Err(Error::BadName(name.to_owned()));
        assert_eq!(create(name), bad);
        assert_eq!(remove(name), bad);
        assert_eq!(Place::Name(name.to_owned()).path().map(drop), bad);
    }
}

#[test]
fn a_word_is_a_path_a_name_or_a_process_in_that_order() {
    if !alone() {
        return;
    }
    create("12").expect("the name is free");
    let rows = [
        ("/proc/1/ns/net", Place::Path(PathBuf::from("/proc/1/ns/net"))),
        ("./x", Place::Path(PathBuf::from("./x"))),
        ("12", Place::Name("12".to_owned())),
        ("13", Place::Pid(13)),
        ("+13", Place::Name("+13".to_owned())),
        ("99999999999", Place::Name("99999999999".to_owned())),
        ("blue", blue()),
    ];
    for (word, place) in rows {
        assert_eq!(Place::parse(word), Ok(place), "{word}");
    }
    assert!(matches!(Place::parse(""), Err(Error::BadName(_))));
    assert!(matches!(Place::parse(".."), Err(Error::BadName(_))));
    assert!(matches!(Place::parse("/a\0"), Err(Error::BadName(_))));
}

#[test]
fn what_is_no_namespace_is_refused_untouched_and_links_to_one_are_followed() {
    if !alone() {
        return;
    }
    create("blue").expect("the name is free");
    let names = Path::new(NAMES);
    std::fs::write(names.join("leftover"), "").expect("writable");
    std::os::unix::fs::symlink("/etc/hostname", names.join("astray")).expect("writable");
    std::os::unix::fs::symlink("/proc/self/ns/mnt", names.join("mounts")).expect("writable");
    std::os::unix::fs::symlink(names.join("blue"), names.join("docker")).expect("writable");
    // Opening a FIFO to read would wait for a writer.
    let made = std::process::Command::new("mkfifo").arg(names.join("fifo")).status();
    assert!(made.expect("coreutils").success());
    for name in ["leftover", "astray", "mounts", "fifo"] {
        let found = Netns::open(&Place::Name(name.to_owned()));
        assert!(matches!(found, Err(Error::NotNetns(_))), "{name}: {found:?}");
    }
    let direct = Netns::open(&blue()).expect("created");
    let linked = Netns::open(&Place::Name("docker".to_owned())).expect("a link to one");
    assert_eq!(direct.id(), linked.id());
    remove("leftover").expect("a leftover is a file");
    remove("docker").expect("a link is a file");
    assert!(Netns::open(&blue()).is_ok(), "removing a link leaves what it points at");
}

#[test]
fn the_same_namespace_is_known_by_its_identity_and_by_its_name() {
    if !alone() {
        return;
    }
    create("blue").expect("the name is free");
    let named = Netns::open(&blue()).expect("created");
    let path = Netns::open(&Place::Path(Path::new(NAMES).join("blue"))).expect("created");
    assert_eq!(named.id(), path.id());
    assert_eq!(path.name().as_deref(), Some("blue"));
    let own = Netns::here().expect("we are somewhere");
    assert_eq!((own.id().1, own.name()), (here(), None));
    // SAFETY: no pointers.
    let flags = unsafe { libc::fcntl(own.as_fd().as_raw_fd(), libc::F_GETFD) };
    assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
}

#[test]
fn a_panic_inside_goes_on_in_the_caller_where_it_was() {
    if !alone() {
        return;
    }
    let before = here();
    create("blue").expect("the name is free");
    let netns = Netns::open(&blue()).expect("created");
    let outcome = std::panic::catch_unwind(|| inside(&netns, || panic!("on purpose")));
    let panic = outcome.expect_err("the panic is not swallowed");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"on purpose"));
    assert_eq!(here(), before);
}

#[test]
fn a_thousand_visits_to_eight_namespaces_each_land_in_the_right_one() {
    if !alone() {
        return;
    }
    let before = here();
    let all: Vec<_> = (0..8)
        .map(|at| {
            let name = format!("n{at}");
            create(&name).expect("the name is free");
            Netns::open(&Place::Name(name)).expect("just created")
        })
        .collect();
    for visit in 0..1000 {
        let netns = &all[visit * 5 % 8];
        assert_eq!(inside(netns, here), Ok(netns.id().1));
    }
    assert_eq!(here(), before);
}

#[test]
fn what_is_done_in_isolation_is_not_seen_outside() {
    if !alone() {
        return;
    }
    let before = here();
    create("outer").expect("the name is free");
    std::thread::scope(|scope| {
        let within = scope.spawn(|| {
            isolate().expect("allowed a moment ago");
            assert_eq!(list(), Ok(vec![]), "names from outside are not seen inside");
            create("inner").expect("the name is free");
            open().request(common::create("br0", "bridge")).expect("the name is free");
            let flags = open().get(named(GETLINK, "lo"), |message| message.payload[8]).expect("lo is there");
            assert_eq!(i32::from(flags) & libc::IFF_UP, libc::IFF_UP, "the loopback link is up");
            (here(), list(), std::fs::exists("/sys/class/net/br0").ok())
        });
        let (inner, named, seen) = within.join().expect("no panic");
        assert_ne!(inner, before);
        assert_eq!(named, Ok(vec!["inner".to_owned()]));
        if seen != Some(true) {
            skip("/sys cannot be mounted here");
        }
    });
    assert_eq!(here(), before);
    assert_eq!(list(), Ok(vec!["outer".to_owned()]));
    assert_eq!(names(&mut open()).expect("quiet").0, ["lo"]);
}

#[test]
fn a_namespace_has_a_number_once_it_is_given_one() {
    if !alone() {
        return;
    }
    let mut socket = open();
    create("blue").expect("the name is free");
    create("red").expect("the name is free");
    std::fs::write(Path::new(NAMES).join("leftover"), "").expect("writable");
    let blue = Netns::open(&blue()).expect("created");
    assert_eq!(ids::of(&mut socket, &blue), Ok(None));
    assert_eq!(ids::list(&mut socket), Ok(vec![]));
    ids::assign(&mut socket, &blue, Some(42)).expect("the number is free");
    let again = ids::assign(&mut socket, &blue, None);
    assert_eq!(again.unwrap_err().errno(), Some(libc::EEXIST));
    let red = Netns::open(&Place::Name("red".to_owned())).expect("created");
    ids::assign(&mut socket, &red, None).expect("the kernel finds one");
    let number = ids::of(&mut socket, &red).expect("asked").expect("assigned");
    assert_eq!(ids::of(&mut socket, &blue), Ok(Some(42)));
    let mut both = vec![number, 42];
    both.sort_unstable();
    assert_eq!(ids::list(&mut socket), Ok(both));
    let known = ids::names(&mut socket).expect("asked");
    assert_eq!(known.into_iter().collect::<Vec<_>>().len(), 2);
    assert_eq!(ids::names(&mut socket).expect("asked").get(&42).map(String::as_str), Some("blue"));
}

#[test]
fn the_driver_of_a_veth_is_veth() {
    if !alone() {
        return;
    }
    let mut socket = open();
    if !makes("veth", &mut socket) {
        return;
    }
    socket.request(common::create("va", "veth")).expect("the name is free");
    socket.request(common::create("br0", "bridge")).expect("the name is free");
    let name = |link: &str| Ok::<_, Error>(driver::of(&socket, link.as_bytes())?.map(|driver| driver.name));
    assert_eq!(name("va"), Ok(Some("veth".to_owned())));
    assert_eq!(name("br0"), Ok(Some("bridge".to_owned())));
    assert_eq!(name("nowhere0"), Ok(None));
    assert_eq!(name("a-name-of-sixteen"), Ok(None));
    assert_eq!(name("a\0"), Ok(None));
    create("blue").expect("the name is free");
    let elsewhere = Socket::open_in(&Netns::open(&blue()).expect("created")).expect("entered");
    assert_eq!(driver::of(&elsewhere, b"va"), Ok(None), "asked in the socket's namespace");
}

#[test]
fn what_we_may_do_agrees_with_what_we_can() {
    if !alone() {
        return;
    }
    assert!(privilege::has_net_admin() && privilege::has_sys_admin());
    let root = privilege::is_root();
    // SAFETY: no pointers.
    assert_eq!(root, unsafe { libc::geteuid() } == 0);
}
