//! What a program asks of the kernel: its requests as trees of attributes, without regard to order.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Types of messages of `linux/rtnetlink.h` that change something.
const CHANGES: &[(u16, &str)] = &[
    (16, "RTM_NEWLINK"),
    (17, "RTM_DELLINK"),
    (19, "RTM_SETLINK"),
    (88, "RTM_NEWNSID"),
    (108, "RTM_NEWLINKPROP"),
    (109, "RTM_DELLINKPROP"),
];
/// `IFLA_NET_NS_FD`: which descriptor it is says nothing.
const NET_NS_FD: u16 = 28;
/// `NETNSA_FD` in a message that gives a namespace a number; the same.
const NETNSA_FD: u16 = 3;
/// Where such a message's attributes are, for no nest has this number.
const NEW_NSID: &[u16] = &[u16::MAX];
/// `IFLA_LINKINFO`, the nest of a kind.
const LINKINFO: u16 = 18;
/// `IFLA_EXT_MASK`: what an answer should hold.
const EXT_MASK: u16 = 29;
/// Attributes of a link that are nests: ports of bridges, kinds, families, virtual functions, programs, names, reasons.
const NESTS: &[u16] = &[12, 18, 22, 24, 25, 26, 43, 52, 55];

/// `command` under strace, which writes what it sends to `log`.
pub fn traced(command: &Command, log: &Path) -> Command {
    let mut out = Command::new("strace");
    out.args(["-f", "-e", "trace=sendmsg,sendto,sendmmsg", "-e", "write=all", "-o"]).arg(log);
    out.arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => out.env(key, value),
            None => out.env_remove(key),
        };
    }
    out
}

/// Whether strace is there.
pub fn can_trace() -> bool {
    Command::new("strace").arg("-V").output().is_ok_and(|o| o.status.success())
}

/// The bytes that were sent, from strace's dump: one entry a buffer.
pub fn dumped(log: &str) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut dumping = false;
    for line in log.lines() {
        let Some(row) = line.strip_prefix(" | ") else {
            dumping = false;
            continue;
        };
        let Some((offset, rest)) = row.split_once(' ') else { continue };
        if !dumping || offset.bytes().all(|b| b == b'0') {
            out.push(Vec::new());
            dumping = true;
        }
        let hex = rest.get(..rest.len().min(50)).unwrap_or_default();
        if let Some(buffer) = out.last_mut() {
            buffer.extend(
                hex.split_whitespace().map_while(|b| u8::from_str_radix(b, 16).ok().filter(|_| b.len() == 2)),
            );
        }
    }
    out
}

/// The requests in some buffers that change something, each as text of one line an attribute.
pub fn changes(buffers: &[Vec<u8>]) -> Vec<String> {
    let mut out = Vec::new();
    for buffer in buffers {
        let mut rest = buffer.as_slice();
        while let Some(length) = number(rest, 0, 4).filter(|n| *n >= 16) {
            let Some(message) = rest.get(..length) else { break };
            out.extend(request(message));
            rest = rest.get(align(length)..).unwrap_or_default();
        }
    }
    out
}

/// One request as text; `None` where it only reads.
fn request(message: &[u8]) -> Option<String> {
    let kind = number(message, 4, 2)? as u16;
    let name = CHANGES.iter().find(|(k, _)| *k == kind)?.1;
    // REQUEST, ACK and ECHO say how it is answered, not what is done.
    let flags = number(message, 6, 2)? & !0x0f;
    let body = message.get(16..)?;
    let mut out = String::new();
    if kind == 88 {
        let _ = writeln!(out, "{name} flags {flags:#x}");
        return Some(out + &tree(body.get(4..)?, NEW_NSID, false));
    }
    let field = |at, size| number(body, at, size).unwrap_or(0);
    let _ = writeln!(
        out,
        "{name} flags {flags:#x} family {} index {} flags {:#x} change {:#x}",
        field(0, 1),
        field(4, 4),
        // What is not to be changed counts for nothing.
        field(8, 4) & field(12, 4),
        field(12, 4)
    );
    Some(out + &tree(body.get(16..)?, &[], true))
}

fn tree(bytes: &[u8], path: &[u16], link: bool) -> String {
    let depth = path.len() + 1;
    let Some(list) = attributes(bytes) else { return leaf(bytes) + "\n" };
    let mut sorted: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (kind, value) in list {
        let inside = [path, &[kind]].concat();
        let text = match kind {
            NET_NS_FD if link => "*\n".to_owned(),
            NETNSA_FD if path == NEW_NSID => "*\n".to_owned(),
            EXT_MASK if link => continue,
            _ if link && !NESTS.contains(&kind) => leaf(value) + "\n",
            _ if value.is_empty() => "\n".to_owned(),
            _ => branch(value, &inside),
        };
        let told = sorted.entry(kind).or_default();
        // Of two the kernel takes the last, but in lists.
        if link || matches!(path, [12] | [.., LINKINFO, 2 | 5]) {
            told.clear();
        }
        told.push(format!("{}{kind}: {text}", "  ".repeat(depth)));
    }
    sorted.into_values().flatten().collect()
}

/// What looks like attributes is taken for them; the other end of a pair has a header before them.
fn branch(value: &[u8], path: &[u16]) -> String {
    if attributes(value).is_some() {
        return format!("\n{}", tree(value, path, false));
    }
    match value.split_at_checked(16) {
        Some((header, rest)) if header[0] == 0 && !rest.is_empty() && attributes(rest).is_some() => {
            format!("header {}\n{}", leaf(header), tree(rest, path, true))
        }
        _ => leaf(value) + "\n",
    }
}

/// The attributes in a nest; `None` where these bytes are none.
fn attributes(bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = number(rest, 0, 2).filter(|n| *n >= 4)?;
        let kind = number(rest, 2, 2)? as u16 & 0x3fff;
        let value = rest.get(4..length)?;
        let padded = rest.get(length..align(length)).unwrap_or_default();
        if kind > 300 || padded.iter().any(|b| *b != 0) {
            return None;
        }
        out.push((kind, value));
        rest = rest.get(align(length)..).unwrap_or_default();
    }
    Some(out)
}

/// Bytes: a text where they are one, whether it is ended by a zero or not.
fn leaf(bytes: &[u8]) -> String {
    let text = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if text.len() > 1 && text.iter().all(|b| (0x20..0x7f).contains(b)) {
        return format!("{:?}", String::from_utf8_lossy(text));
    }
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let part = bytes.get(at..at + size)?;
    // The machine's order; every machine that this runs on is little-endian.
    Some(part.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b)))
}

fn align(n: usize) -> usize {
    n.div_ceil(4) * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ip link add va mtu 1400 type veth peer name vb`, as strace tells it.
    const LOG: &str = "\
1 sendmsg(3, {msg_name={sa_family=AF_NETLINK, nl_pid=0}}, 0) = 96
 * 96 bytes in buffer 0
 | 00000  60 00 00 00 10 00 05 06  17 d1 05 6b 00 00 00 00  `..........k.... |
 | 00010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................ |
 | 00020  08 00 04 00 78 05 00 00  07 00 03 00 76 61 00 00  ....x.......va.. |
 | 00030  30 00 12 00 09 00 01 00  76 65 74 68 00 00 00 00  0.......veth.... |
 | 00040  20 00 02 00 1c 00 01 00  00 00 00 00 00 00 00 00   ............... |
 | 00050  00 00 00 00 00 00 00 00  07 00 03 00 76 62 00 00  ............vb.. |
1 +++ exited with 0 +++
";

    #[test]
    fn a_request_is_told_attribute_for_attribute() {
        let buffers = dumped(LOG);
        assert_eq!(buffers.iter().map(Vec::len).collect::<Vec<_>>(), [96]);
        let told = changes(&buffers);
        assert_eq!(
            told,
            [
                "RTM_NEWLINK flags 0x600 family 0 index 0 flags 0x0 change 0x0\n  3: \"va\"\n  4: 78050000\n  18: \n    1: \"veth\"\n    2: \n      1: header 00000000000000000000000000000000\n        3: \"vb\"\n"
            ]
        );
    }

    #[test]
    fn order_and_descriptors_do_not_count_and_everything_else_does() {
        let message = |attributes: &[&[u8]]| {
            let body = [&[0u8; 16][..], &attributes.concat()].concat();
            let mut out = ((16 + body.len()) as u32).to_le_bytes().to_vec();
            out.extend([16, 0, 5, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
            out.extend(body);
            changes(&[out])
        };
        let (mtu, name): (&[u8], &[u8]) = (&[8, 0, 4, 0, 1, 0, 0, 0], &[6, 0, 3, 0, b'v', b'a', 0, 0]);
        assert_eq!(message(&[mtu, name]), message(&[name, mtu]));
        assert_ne!(message(&[mtu]), message(&[&[8, 0, 4, 0, 2, 0, 0, 0]]));
        assert_eq!(message(&[&[8, 0, 28, 0, 3, 0, 0, 0]]), message(&[&[8, 0, 28, 0, 9, 0, 0, 0]]));
    }
}
