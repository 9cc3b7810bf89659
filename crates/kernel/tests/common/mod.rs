//! A world for a test, links to put in it, and skipping aloud.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(unsafe_code)]

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use linkctl_kernel::{Accepted, Dumped, Error, Part, Socket, isolate};
use linkctl_wire::{Attrs, Message, NLM_F_CREATE, NLM_F_EXCL, Writer};

pub(crate) const NEWLINK: u16 = 16;
pub(crate) const DELLINK: u16 = 17;
pub(crate) const GETLINK: u16 = 18;
pub(crate) const NEWLINKPROP: u16 = 108;
pub(crate) const IFNAME: u16 = 3;
pub(crate) const MTU: u16 = 4;
pub(crate) const LINKINFO: u16 = 18;
pub(crate) const IFALIAS: u16 = 20;
pub(crate) const EXT_MASK: u16 = 29;
pub(crate) const PROP_LIST: u16 = 52;
pub(crate) const ALT_IFNAME: u16 = 53;
pub(crate) const INFO_KIND: u16 = 1;

/// Says that a test could not be made, to stderr and to the file that `LINKCTL_SKIPS` names.
pub(crate) fn skip(reason: &str) {
    let thread = std::thread::current();
    let line = format!("SKIP {}: {reason}\n", thread.name().unwrap_or("?"));
    // Past libtest's capture, which would hide it: a skipped test passes.
    std::io::stderr().write_all(line.as_bytes()).expect("stderr is open");
    if let Some(path) = std::env::var_os("LINKCTL_SKIPS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of skips is writable");
    }
}

/// Moves the test into a world of its own; false, having said so, where that is not allowed.
pub(crate) fn alone() -> bool {
    match isolate() {
        Ok(()) => true,
        Err(error) => {
            skip(&error.to_string());
            false
        }
    }
}

pub(crate) fn open() -> Socket {
    Socket::open().expect("a socket in our own namespace")
}

/// `struct ifinfomsg` for a link of that index.
pub(crate) fn ifinfo(index: i32) -> Vec<u8> {
    [[0; 4], index.to_ne_bytes(), [0; 4], [0; 4]].concat()
}

pub(crate) fn create(name: &str, kind: &str) -> Vec<u8> {
    create_with(name, kind, |_| {})
}

pub(crate) fn create_with(name: &str, kind: &str, more: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::message(NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifinfo(0));
    writer.put_str(IFNAME, name);
    more(&mut writer);
    writer.nest(LINKINFO, |writer| writer.put_str(INFO_KIND, kind));
    writer.finish().expect("short")
}

pub(crate) fn delete(name: &str) -> Vec<u8> {
    named(DELLINK, name)
}

pub(crate) fn named(kind: u16, name: &str) -> Vec<u8> {
    let mut writer = Writer::message(kind, 0, &ifinfo(0));
    writer.put_str(IFNAME, name);
    writer.put_u32(EXT_MASK, 1);
    writer.finish().expect("short")
}

/// A question for all links, with the mask that keeps large ones from ending the answer.
pub(crate) fn all_links() -> Vec<u8> {
    let mut writer = Writer::message(GETLINK, 0, &ifinfo(0));
    writer.put_u32(EXT_MASK, 1);
    writer.finish().expect("short")
}

pub(crate) fn name(message: Message<'_>) -> String {
    let bytes = Attrs::new(&message.payload[16..]).find(IFNAME).expect("a link has a name");
    String::from_utf8(linkctl_wire::number::text(bytes).to_vec()).expect("tests name links in ASCII")
}

/// The names of all links, in the order of the dump.
pub(crate) fn names(socket: &mut Socket) -> Result<(Vec<String>, Dumped), Error> {
    let mut names = Vec::new();
    let dumped = socket.dump(all_links(), |message| names.push(name(message)))?;
    Ok((names, dumped))
}

pub(crate) fn names_consistent(socket: &mut Socket) -> Result<(Vec<String>, Dumped), Error> {
    let mut names = Vec::new();
    let dumped = socket.dump_consistent(all_links(), |part| match part {
        Part::Begin => names.clear(),
        Part::Message(message) => names.push(name(message)),
    })?;
    Ok((names, dumped))
}

/// Whether the kernel makes links of that kind; says so if not.
pub(crate) fn makes(kind: &str, socket: &mut Socket) -> bool {
    let made = socket.request(create("probe0", kind)).and_then(|_| socket.request(delete("probe0")));
    if let Err(error) = &made {
        skip(&format!("{kind}: {error}"));
    }
    made.is_ok()
}

/// Gives a link alternative names of 127 bytes, so that its message is as long as a test needs it.
pub(crate) fn add_altnames(socket: &mut Socket, link: &str, count: usize) -> Result<Accepted, Error> {
    let mut writer = Writer::message(NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL, &ifinfo(0));
    writer.put_str(IFNAME, link);
    writer.nest(PROP_LIST, |writer| {
        for at in 0..count {
            writer.put_str(ALT_IFNAME, &format!("{link}-{at:0>123}"));
        }
    });
    socket.request(writer.finish().expect("short"))
}

/// Runs `f` while another thread of the same world creates and deletes a link over and over.
pub(crate) fn amid_churn<T>(f: impl FnOnce() -> T) -> T {
    let on = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let churn = scope.spawn(|| {
            let mut socket = open();
            while on.load(Ordering::Relaxed) {
                socket.request(create("churn0", "bridge")).expect("the name is free");
                socket.request(delete("churn0")).expect("just created");
            }
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
        on.store(false, Ordering::Relaxed);
        churn.join().expect("churn goes on");
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Sends bytes to a netlink port from a socket of its own, as any process with `CAP_NET_ADMIN` can.
pub(crate) fn forge(port: u32, groups: u32, bytes: &[u8]) {
    // SAFETY: plain calls with valid pointers and lengths; the descriptor is closed at the end.
    unsafe {
        let fd = libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE);
        let mut to: libc::sockaddr_nl = std::mem::zeroed();
        to.nl_family = libc::AF_NETLINK as u16;
        to.nl_pid = port;
        to.nl_groups = groups;
        let length = size_of::<libc::sockaddr_nl>() as u32;
        let sent = libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), 0, (&raw const to).cast(), length);
        assert_eq!(sent, bytes.len() as isize, "{}", std::io::Error::last_os_error());
        libc::close(fd);
    }
}

/// Shrinks a socket's queue to the least that the kernel allows.
pub(crate) fn shrink(fd: impl std::os::fd::AsRawFd) {
    let least: libc::c_int = 1;
    // SAFETY: the pointer and length are of one integer that lives through the call.
    let result = unsafe {
        libc::setsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, libc::SO_RCVBUF, (&raw const least).cast(), 4)
    };
    assert_eq!(result, 0);
}
