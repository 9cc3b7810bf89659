//! Notifications of the real kernel, and their loss.

mod common;

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::time::Duration;

use common::*;
use linkctl_kernel::{Event, Monitor, Netns, Place, Socket, ids, netns};
use linkctl_wire::{Header, Writer};

/// The group of links (`RTNLGRP_LINK`).
const LINK: u32 = 1;
const SOON: Option<Duration> = Some(Duration::from_millis(500));
const NOW: Option<Duration> = Some(Duration::ZERO);

/// The first notice of a link whose name is wanted, with its namespace; `None` if none comes soon.
fn told_of(monitor: &mut Monitor, wanted: &str) -> Option<(u16, Option<i32>)> {
    loop {
        match monitor.next(SOON).expect("listening") {
            Event::Notice(notice) => {
                for message in notice.messages() {
                    let message = message.expect("well-formed");
                    if name(message) == wanted {
                        return Some((message.header.kind, notice.nsid));
                    }
                }
            }
            Event::Lost => panic!("lost"),
            Event::Timeout => return None,
        }
    }
}

#[test]
fn what_happens_is_told_and_silence_is_a_timeout() {
    if !alone() {
        return;
    }
    let mut monitor = Monitor::open(&[LINK]).expect("a monitor");
    assert!(matches!(monitor.next(NOW), Ok(Event::Timeout)));
    let mut socket = open();
    socket.request(create("br0", "bridge")).expect("the name is free");
    assert_eq!(told_of(&mut monitor, "br0"), Some((NEWLINK, None)));
    socket.request(delete("br0")).expect("just created");
    let mut last = None;
    while let Some((kind, _)) = told_of(&mut monitor, "br0") {
        last = Some(kind);
    }
    assert_eq!(last, Some(DELLINK));
}

#[test]
fn after_a_loss_reading_again_and_listening_on_misses_nothing() {
    if !alone() {
        return;
    }
    let mut monitor = Monitor::open(&[LINK]).expect("a monitor");
    shrink(monitor.as_fd());
    let mut socket = open();
    for at in 0..200 {
        socket.request(create(&format!("br{at}"), "bridge")).expect("the name is free");
    }
    let mut known = BTreeSet::new();
    let mut late = Some(create("late0", "bridge"));
    loop {
        match monitor.next(SOON).expect("listening") {
            Event::Notice(notice) => {
                for message in notice.messages().flatten() {
                    match message.header.kind {
                        NEWLINK => known.insert(name(message)),
                        _ => known.remove(&name(message)),
                    };
                }
            }
            Event::Lost => {
                // Something happens between the loss and the reading, and something after the reading.
                let _ = socket.request(delete("br7"));
                known = names_consistent(&mut socket).expect("quiet").0.into_iter().collect();
                late.take().map(|late| socket.request(late).expect("the name is free"));
            }
            Event::Timeout => break,
        }
    }
    assert!(monitor.losses() > 0, "200 links in the smallest queue and no loss");
    let now: BTreeSet<_> = names_consistent(&mut socket).expect("quiet").0.into_iter().collect();
    assert!(now.contains("late0") && !now.contains("br7"));
    assert_eq!(known, now);
}

#[test]
fn a_queue_of_16_mib_holds_two_thousand_notices_of_links() {
    if !alone() {
        return;
    }
    let mut socket = open();
    socket.request(create("br0", "bridge")).expect("the name is free");
    // The kernel tells of a new alias only if the link is up (`do_setlink` in `net/core/rtnetlink.c`).
    let up = (libc::IFF_UP as u32).to_ne_bytes();
    let mut writer = Writer::message(NEWLINK, 0, &[[0; 4], [0; 4], up, up].concat());
    writer.put_str(IFNAME, "br0");
    socket.request(writer.finish().expect("short")).expect("a bridge can be up");
    let mut monitor = Monitor::open(&[LINK]).expect("a monitor");
    for at in 0..2000 {
        let mut writer = Writer::message(NEWLINK, 0, &ifinfo(0));
        writer.put_str(IFNAME, "br0");
        writer.put_str(IFALIAS, &at.to_string());
        socket.request(writer.finish().expect("short")).expect("an alias");
    }
    let mut heard = 0;
    while let Event::Notice(notice) = monitor.next(NOW).expect("listening") {
        heard += notice.messages().flatten().count();
    }
    assert_eq!(monitor.losses(), 0);
    assert!(heard >= 2000, "{heard} heard");
}

#[test]
fn a_forged_notice_is_dropped_and_counted() {
    if !alone() {
        return;
    }
    let mut monitor = Monitor::open(&[LINK]).expect("a monitor");
    let forged = Header { kind: NEWLINK, flags: 0, seq: 0, port: 0 }.bytes(16);
    forge(0, 1 << (LINK - 1), &forged);
    assert!(matches!(monitor.next(SOON), Ok(Event::Timeout)));
    assert_eq!(monitor.strangers(), 1);
}

#[test]
fn a_monitor_of_everywhere_says_which_namespace_it_heard() {
    if !alone() {
        return;
    }
    netns::create("blue").expect("the name is free");
    let blue = Netns::open(&Place::Name("blue".to_owned())).expect("just created");
    ids::assign(&mut open(), &blue, Some(7)).expect("the number is free");
    let mut monitor = Monitor::open(&[LINK]).and_then(Monitor::everywhere).expect("a monitor");
    let mut inside = Socket::open_in(&blue).expect("entered");
    inside.request(create("br0", "bridge")).expect("the name is free");
    assert_eq!(told_of(&mut monitor, "br0"), Some((NEWLINK, Some(7))));
}
