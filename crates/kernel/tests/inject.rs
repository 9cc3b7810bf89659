//! System calls that fail, by way of `strace -e inject`: what is passing is retried, what is not is an error.
//!
//! Each test runs this very binary under strace, asking it for the one test that is otherwise ignored.

mod common;

use std::process::Command;
use std::time::Duration;

use common::*;

/// The traced part: a dump of seven links, told on stdout. The world's own making takes one recvmsg; the sevenfold
/// creation takes seven; so the dump begins with the ninth.
#[test]
#[ignore = "run by the others under strace"]
fn victim() {
    if !alone() {
        return;
    }
    let mut socket = open();
    socket.set_patience(Duration::from_millis(300)).expect("set");
    for at in 0..7 {
        if let Err(error) = socket.request(create(&format!("br{at}"), "bridge")) {
            println!("outcome: create: {error}");
            return;
        }
    }
    match names(&mut socket) {
        Ok((names, _)) => println!("outcome: {} links", names.len()),
        Err(error) => println!("outcome: {error}, then: {:?}", names(&mut socket).map(drop)),
    }
}

/// What the victim says when a system call is tampered with; `None`, said aloud, where there is no strace.
fn outcome(inject: &str) -> Option<String> {
    let binary = std::env::current_exe().expect("we were started from somewhere");
    let traced = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=recvmsg,sendto",
            "-e",
            &format!("inject={inject}"),
        ])
        .arg(binary)
        .args(["--ignored", "--exact", "victim", "--nocapture", "--test-threads=2"])
        .output();
    let Ok(traced) = traced else {
        skip("no strace");
        return None;
    };
    let said = String::from_utf8_lossy(&traced.stdout).into_owned();
    let Some((_, outcome)) = said.split_once("outcome: ") else {
        skip(&format!("the victim said nothing: {}", String::from_utf8_lossy(&traced.stderr)));
        return None;
    };
    outcome.lines().next().map(str::to_owned)
}

#[track_caller]
fn expect(inject: &str, want: &str) {
    if let Some(said) = outcome(inject) {
        assert_eq!(said, want, "{inject}");
    }
}

#[test]
fn an_interrupted_or_early_receive_is_retried() {
    expect("recvmsg:error=EINTR:when=2..7", "8 links");
    expect("recvmsg:error=EAGAIN:when=3..5", "8 links");
}

#[test]
fn an_interrupted_send_is_retried() {
    expect("sendto:error=EINTR:when=2..5", "8 links");
}

#[test]
fn a_send_that_fails_leaves_the_socket_usable() {
    expect("sendto:error=ENOBUFS:when=9", "sendto: no buffer space available (ENOBUFS), then: Ok(())");
}

#[test]
fn a_receive_that_fails_amid_a_dump_is_an_error_and_spends_the_socket() {
    expect("recvmsg:error=EIO:when=9", "recvmsg: input/output error (EIO), then: Err(Spent)");
    expect("recvmsg:error=ENOBUFS:when=10", "recvmsg: no buffer space available (ENOBUFS), then: Err(Spent)");
}

#[test]
fn an_end_amid_a_dump_is_an_error_and_not_a_short_list() {
    expect("recvmsg:retval=0:when=9", "the kernel ended the exchange early, then: Err(Spent)");
    expect("recvmsg:retval=0:when=10", "the kernel ended the exchange early, then: Err(Spent)");
}

#[test]
fn silence_ends_at_the_deadline() {
    expect("recvmsg:error=EAGAIN:when=9+", "the kernel did not answer in time, then: Err(Spent)");
    expect("recvmsg:error=EINTR:when=9+", "the kernel did not answer in time, then: Err(Spent)");
}
