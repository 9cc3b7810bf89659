//! Requests and their answers, from the real kernel.
#![allow(unsafe_code)]

mod common;

use std::os::fd::{AsFd, AsRawFd};

use common::*;
use linkctl_kernel::{Accepted, Error, Refusal, Socket};
use linkctl_wire::{Attrs, Header, Writer};

#[test]
fn a_request_is_acknowledged_and_done() {
    if !alone() {
        return;
    }
    let mut socket = open();
    assert_eq!(socket.request(create("br0", "bridge")), Ok(Accepted { warning: None }));
    assert_eq!(socket.get(named(GETLINK, "br0"), name), Ok("br0".to_owned()));
    assert_eq!((socket.strangers(), socket.late()), (0, 0));
}

#[test]
fn a_refusal_carries_the_kernels_own_sentence() {
    if !alone() {
        return;
    }
    let mut socket = open();
    if !makes("veth", &mut socket) {
        return;
    }
    socket.request(create("va", "veth")).expect("the name is free");
    let mut writer = Writer::message(NEWLINK, 0, &ifinfo(0));
    writer.put_str(IFNAME, "va");
    writer.put_u32(MTU, 70_000);
    let Err(error) = socket.request(writer.finish().expect("short")) else {
        panic!("an MTU of 70000 is not possible")
    };
    assert_eq!(error.to_string(), "refused: mtu greater than device maximum (EINVAL)");
    let Error::Refused(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.errno, libc::EINVAL);
    assert_eq!(refusal.message.as_deref(), Some(&b"mtu greater than device maximum"[..]));
    let (links, _) = names(&mut socket).expect("a refusal ends the exchange cleanly");
    assert_eq!(links.len(), 3);
}

#[test]
fn a_refusal_says_where_the_attribute_is_and_what_its_bounds_are() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let mut writer = Writer::message(NEWLINK, 0, &ifinfo(1));
    writer.put_u32(MTU, 1500);
    let at = writer.len();
    writer.put_str(IFNAME, "a-name-of-twenty-five-byt");
    let refusal = match socket.request(writer.finish().expect("short")) {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal.errno, libc::ERANGE);
    assert_eq!(refusal.offset, Some(at as u32));
    assert_eq!(refusal.policy.and_then(|policy| policy.max_len), Some(15));
}

#[test]
fn a_refusal_without_a_sentence_reads_as_the_error_number() {
    let refusal = Refusal { errno: libc::EEXIST, ..Refusal::default() };
    assert_eq!(refusal.to_string(), "refused: file exists (EEXIST)");
    let hostile = Refusal { errno: 524, message: Some(b"a\x1b[31m".to_vec()), ..Refusal::default() };
    assert_eq!(hostile.to_string(), "refused: a\\x1b[31m (ENOTSUPP)");
    let unknown = Error::Io { call: "recvmsg", errno: 4000 };
    assert_eq!(unknown.to_string(), "recvmsg: unknown error 4000 (errno 4000)");
}

#[test]
fn an_object_that_is_not_there_is_refused() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let answer = socket.get(named(GETLINK, "nowhere0"), |_| ());
    assert_eq!(answer.unwrap_err().errno(), Some(libc::ENODEV));
}

#[test]
fn a_message_that_is_not_one_is_never_sent() {
    if !alone() {
        return;
    }
    let mut socket = open();
    for bytes in [&[][..], &[0; 15], &Header::default().bytes(15), &Header::default().bytes(17)] {
        let answer = socket.request(bytes.to_vec());
        assert!(matches!(answer, Err(Error::Malformed(_))), "{answer:?}");
    }
    assert!(socket.request(create("br0", "bridge")).is_ok(), "the socket is as it was");
}

#[test]
fn a_forged_acknowledgement_is_dropped_and_counted() {
    if !alone() {
        return;
    }
    let mut socket = open();
    // What the kernel would say to our first request, had it been carried out.
    let mut forged = Header { kind: 2, flags: 0x100, seq: 1, port: socket.port() }.bytes(36).to_vec();
    forged.extend([0; 20]);
    forge(socket.port(), 0, &forged);
    let answer = socket.request(delete("nowhere0"));
    assert_eq!(answer.unwrap_err().errno(), Some(libc::ENODEV));
    assert_eq!(socket.strangers(), 1);
}

#[test]
fn a_forged_flood_beyond_the_buffer_does_not_grow_it_or_hide_the_answer() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let mut forged = Header { kind: 2, flags: 0, seq: 1, port: socket.port() }.bytes(100_000).to_vec();
    forged.resize(100_000, 0xa5);
    forge(socket.port(), 0, &forged);
    assert!(socket.request(create("br0", "bridge")).is_ok());
    assert_eq!(socket.strangers(), 1);
}

#[test]
fn an_answer_to_an_earlier_request_is_not_taken_for_ours() {
    if !alone() {
        return;
    }
    let mut socket = open();
    // A request behind the socket's back: its answer, a success, waits in the queue.
    let mut stray = create("br0", "bridge");
    stray[6] |= 5;
    stray[8..12].copy_from_slice(&999u32.to_ne_bytes());
    // SAFETY: the buffer is valid for its length; without an address, netlink sends to the kernel.
    let sent = unsafe { libc::send(socket.as_fd().as_raw_fd(), stray.as_ptr().cast(), stray.len(), 0) };
    assert_eq!(sent, stray.len() as isize);
    assert_eq!(socket.request(delete("nowhere0")).unwrap_err().errno(), Some(libc::ENODEV));
    assert_eq!((socket.late(), socket.strangers()), (1, 0));
    assert_eq!(names(&mut socket).expect("quiet").0, ["lo", "br0"]);
}

#[test]
fn an_object_longer_than_the_buffer_is_asked_for_again() {
    if !alone() {
        return;
    }
    let mut socket = open();
    socket.request(create("br0", "bridge")).expect("the name is free");
    add_altnames(&mut socket, "br0", 490).expect("490 names of 127 bytes are allowed");
    let (length, found) = socket
        .get(named(GETLINK, "br0"), |message| {
            let list = Attrs::new(&message.payload[16..]).find(PROP_LIST).expect("names");
            (message.payload.len(), Attrs::new(list).flatten().count())
        })
        .expect("the buffer grows");
    assert!(length > 64 * 1024, "{length} bytes would have fitted");
    assert_eq!(found, 490);
}

#[test]
fn sockets_have_ports_of_their_own_and_are_closed_on_exec() {
    if !alone() {
        return;
    }
    let (one, two) = (open(), open());
    assert_ne!(one.port(), two.port());
    // SAFETY: no pointers.
    let flags = unsafe { libc::fcntl(one.as_fd().as_raw_fd(), libc::F_GETFD) };
    assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
}

#[test]
fn a_panic_amid_a_dump_leaves_the_socket_spent_not_confused() {
    if !alone() {
        return;
    }
    let mut socket = open();
    let mut panicking = || socket.dump(all_links(), |_| panic!("on purpose"));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut panicking)).is_err());
    assert_eq!(socket.request(create("br0", "bridge")), Err(Error::Spent));
    assert!(Socket::open().is_ok());
}
