//! Dumps of the real kernel: nothing lost, nothing cut, no mixture passed off as a state.

mod common;

use std::collections::BTreeSet;

use common::*;
use linkctl_kernel::{Error, Part, Socket};
use linkctl_wire::{Attrs, Writer};

fn bridges(socket: &mut Socket, count: usize) {
    for at in 0..count {
        socket.request(create(&format!("br{at}"), "bridge")).expect("the name is free");
    }
}

#[test]
fn a_dump_of_three_hundred_bridges_has_each_of_them_once() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 300);
    let (mut found, dumped) = names(&mut socket).expect("a quiet world");
    assert!(!dumped.interrupted);
    // Kernels before 6.10 tell links by the hash of their index, later ones by the index.
    found.sort_unstable();
    let names = std::iter::once("lo".to_owned()).chain((0..300).map(|at| format!("br{at}")));
    let want: std::collections::BTreeSet<_> = names.collect();
    assert!(found.iter().eq(want.iter()), "{} names, some twice or missing", found.len());
}

#[test]
fn an_undisturbed_dump_is_right_and_a_disturbed_one_says_so() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 300);
    let want: BTreeSet<_> = names(&mut socket).expect("a quiet world").0.into_iter().collect();
    let (mut flagged, mut wrong) = (0, 0);
    amid_churn(|| {
        for _ in 0..200 {
            let (found, dumped) = names(&mut socket).expect("disturbance is no failure");
            let count = found.len();
            let mut found: BTreeSet<_> = found.into_iter().collect();
            let twice = count != found.len();
            found.remove("churn0");
            flagged += usize::from(dumped.interrupted);
            wrong += usize::from(!dumped.interrupted && (found != want || twice));
        }
    });
    assert_eq!(wrong, 0, "a dump was wrong and not flagged");
    assert!(flagged > 0, "200 dumps amid churn and none was flagged");
}

#[test]
fn a_disturbed_dump_is_read_again_until_it_is_right() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 100);
    amid_churn(|| {
        let mut right = 0;
        for _ in 0..20 {
            let (found, dumped) = names_consistent(&mut socket).expect("disturbance is no failure");
            let links = found.iter().filter(|name| *name != "churn0").count();
            match dumped.consistent() {
                Ok(()) => assert_eq!(links, 101),
                Err(error) => assert_eq!(error, Error::Interrupted),
            }
            right += usize::from(!dumped.interrupted);
        }
        assert!(right > 0, "no dump in twenty was ever undisturbed");
    });
}

#[test]
fn a_link_whose_message_passes_32_kib_loses_neither_itself_nor_those_after_it() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 6);
    add_altnames(&mut socket, "br0", 240).expect("240 names are allowed");
    let mut found = Vec::new();
    let dumped = socket.dump(all_links(), |message| found.push((name(message), message.payload.len())));
    assert!(!dumped.expect("it fits 64 KiB").interrupted);
    let links: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(links, ["lo", "br0", "br1", "br2", "br3", "br4", "br5"]);
    assert!(found[1].1 > 32 * 1024, "{} bytes would have fitted", found[1].1);
}

#[test]
fn a_truncated_datagram_is_never_read_in_part() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 3);
    add_altnames(&mut socket, "br0", 490).expect("490 names are allowed");
    let mut found = Vec::new();
    let first = socket.dump(all_links(), |message| found.push(name(message)));
    assert!(matches!(first, Err(Error::Truncated { want }) if want > 64 * 1024), "{first:?}");
    assert!(!found.contains(&"br0".to_owned()), "read from a datagram that was cut");
    let (second, _) = names(&mut socket).expect("the buffer has grown");
    assert_eq!(second, ["lo", "br0", "br1", "br2"]);
}

#[test]
fn a_consistent_dump_gets_over_a_truncation_by_itself() {
    if !alone() {
        return;
    }
    let mut socket = open();
    bridges(&mut socket, 3);
    add_altnames(&mut socket, "br1", 490).expect("490 names are allowed");
    let mut begins = 0;
    let mut altnames = 0;
    let dumped = socket.dump_consistent(all_links(), |part| match part {
        Part::Begin => (begins, altnames) = (begins + 1, 0),
        Part::Message(message) => {
            let list = Attrs::new(&message.payload[16..]).find(PROP_LIST).unwrap_or_default();
            altnames += Attrs::new(list).flatten().count();
        }
    });
    assert!(!dumped.expect("the second reading fits").interrupted);
    assert_eq!((begins, altnames), (2, 490));
}

#[test]
fn a_dump_that_the_kernel_refuses_is_an_error_and_leaves_the_socket_usable() {
    if !alone() {
        return;
    }
    let mut socket = open();
    if !socket.strict() {
        return skip("no strict checking");
    }
    let question = Writer::message(GETLINK, 0, &ifinfo(7)).finish().expect("short");
    let refused = socket.dump(question, |_| panic!("nothing was asked that has an answer"));
    assert!(matches!(&refused, Err(Error::Refused(refusal)) if refusal.message.is_some()), "{refused:?}");
    assert_eq!(names(&mut socket).expect("usable").0, ["lo"]);
}
