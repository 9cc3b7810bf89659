//! Bulk against the real kernel: the account is exact.

mod common;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};
use std::os::fd::AsFd;

use common::*;
use linkctl_kernel::{Error, Report, Socket, Stop, WINDOW};

/// Creates of bridges, but for one in the middle that is there already.
fn creates(count: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..count)
        .map(move |at| create(&if at == count / 2 { "lo".to_owned() } else { format!("br{at}") }, "bridge"))
}

fn run(
    socket: &mut Socket,
    count: usize,
    window: usize,
    stop: Stop,
) -> (Report, BTreeSet<usize>, Vec<usize>) {
    let (mut accepted, mut refused, mut last) = (BTreeSet::new(), Vec::new(), None);
    let report = socket.pipeline(creates(count), window, stop, |at, answer| {
        assert!(last < Some(at), "answers come in order");
        last = Some(at);
        match answer {
            Ok(_) => assert!(accepted.insert(at), "answered twice"),
            Err(refusal) => {
                assert_eq!(refusal.errno, libc::EEXIST);
                refused.push(at);
            }
        }
        Continue(())
    });
    (report, accepted, refused)
}

fn existing(socket: &mut Socket) -> BTreeSet<usize> {
    let (names, _) = names_consistent(socket).expect("a quiet world");
    names.iter().filter_map(|name| name.strip_prefix("br")?.parse().ok()).collect()
}

#[test]
fn the_first_refusal_stops_what_is_not_yet_sent_and_the_rest_is_accounted_for() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let (report, accepted, refused) = run(&mut socket, 1000, WINDOW, Stop::AtFirstRefusal);
    assert_eq!(refused, [500]);
    assert_eq!(report.refused, [500]);
    assert!(!report.clean() && report.failure.is_none() && report.unknown.is_empty(), "{report:?}");
    assert!((501..=500 + WINDOW).contains(&report.sent), "{} sent", report.sent);
    assert_eq!(report.acked, report.sent);
    assert_eq!(accepted, (0..report.sent).filter(|&at| at != 500).collect());
    assert_eq!(existing(&mut socket), accepted, "what was reported is what is there");
}

#[test]
fn with_a_window_of_one_nothing_after_the_refused_request_is_carried_out() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let (report, accepted, _) = run(&mut socket, 40, 1, Stop::AtFirstRefusal);
    assert_eq!((report.sent, report.acked), (21, 21));
    assert_eq!(accepted, (0..20).collect());
    assert_eq!(existing(&mut socket), accepted);
}

#[test]
fn independent_requests_all_go_through() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let (report, accepted, _) = run(&mut socket, 300, WINDOW, Stop::AtEnd);
    assert_eq!((report.sent, report.acked, &report.refused[..]), (300, 300, &[150][..]));
    assert_eq!(existing(&mut socket), accepted);
    assert_eq!(accepted.len(), 299);
}

#[test]
fn no_more_than_the_window_is_in_flight_and_the_caller_may_stop() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let taken = Cell::new(0);
    let requests = creates(1000).inspect(|_| taken.set(taken.get() + 1));
    let report = socket.pipeline(requests, 7, Stop::AtFirstRefusal, |at, _| {
        assert!(taken.get() <= at + 7 + 1, "{} taken when {at} was answered", taken.get());
        if at == 30 { Break(()) } else { Continue(()) }
    });
    assert_eq!((report.sent, report.acked), (35, 35), "five sends of seven");
    assert!(report.clean());
    assert_eq!(existing(&mut socket), (0..35).collect());
}

#[test]
fn acknowledgements_that_overflow_the_queue_are_listed_as_unknown() {
    if !alone() {
        return;
    }
    let mut socket = open();
    shrink(socket.as_fd());
    let mut answered = Vec::new();
    let report = socket.pipeline(creates(300), WINDOW, Stop::AtEnd, |at, answer| {
        assert!(answer.is_ok());
        answered.push(at);
        Continue(())
    });
    assert_eq!(report.failure, Some(Error::Lost { unknown: report.unknown.len() }));
    assert_eq!(report.sent, WINDOW, "nothing is sent after a loss");
    assert_eq!(report.acked, answered.len());
    assert!(!report.unknown.is_empty());
    answered.extend(&report.unknown);
    assert_eq!(answered, (0..report.sent).collect::<Vec<_>>(), "each request is in one list");
    assert_eq!(existing(&mut socket), (0..report.sent).collect(), "unknown ones were carried out, here");
    assert!(socket.request(delete("br0")).is_ok(), "the socket is usable");
}

#[test]
fn a_malformed_request_is_not_sent_and_ends_the_work() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let requests = [create("br0", "bridge"), vec![1, 2, 3], create("br2", "bridge")];
    let report = socket.pipeline(requests.into_iter(), WINDOW, Stop::AtEnd, |_, _| Continue(()));
    assert!(matches!(report.failure, Some(Error::Malformed(_))), "{report:?}");
    assert_eq!((report.sent, report.acked), (1, 1));
    assert_eq!(existing(&mut socket), BTreeSet::from([0]));
}

#[test]
fn nothing_to_do_is_done() {
    if !alone() {
        return;
    }
    let report = open().pipeline(std::iter::empty(), WINDOW, Stop::AtEnd, |_, _| Continue(()));
    assert!(report.clean());
    assert_eq!(report.sent, 0);
}

#[test]
fn requests_too_long_to_share_a_send_go_one_by_one() {
    if !alone() {
        return;
    }
    let mut socket = open();
    // An attribute of a number that no kernel knows, in a liberal request, is ignored and takes room.
    let large = |at: usize| create_with(&format!("br{at}"), "bridge", |w| w.put(0x1fff, &vec![0; 40_000]));
    let report = socket.pipeline((0..5).map(large), WINDOW, Stop::AtFirstRefusal, |_, _| Continue(()));
    assert_eq!((report.sent, report.acked), (5, 5), "{report:?}");
    assert_eq!(existing(&mut socket).len(), 5);
}
