//! Names of numbers in a link's head: flags and link-layer types.

/// Flags in the order in which iproute2 names them (`linux/if.h`). `RUNNING` is told by its absence.
const FLAGS: &[(u32, &str)] = &[
    (0x8, "LOOPBACK"),
    (0x2, "BROADCAST"),
    (0x10, "POINTOPOINT"),
    (0x1000, "MULTICAST"),
    (0x80, "NOARP"),
    (0x200, "ALLMULTI"),
    (0x100, "PROMISC"),
    (0x400, "MASTER"),
    (0x800, "SLAVE"),
    (0x4, "DEBUG"),
    (0x8000, "DYNAMIC"),
    (0x4000, "AUTOMEDIA"),
    (0x2000, "PORTSEL"),
    (0x20, "NOTRAILERS"),
    (0x1, "UP"),
    (0x10000, "LOWER_UP"),
    (0x20000, "DORMANT"),
    (0x40000, "ECHO"),
];

/// Up.
pub const UP: u32 = 0x1;
/// Point to point: the broadcast address is the other end's.
pub const POINTOPOINT: u32 = 0x10;
const RUNNING: u32 = 0x40;

/// Tells each flag's name, and returns the bits that have none.
pub fn each(flags: u32, mut tell: impl FnMut(&'static str)) -> u32 {
    if flags & UP != 0 && flags & RUNNING == 0 {
        tell("NO-CARRIER");
    }
    let mut rest = flags & !RUNNING;
    for (bit, name) in FLAGS {
        if flags & bit != 0 {
            tell(name);
            rest &= !bit;
        }
    }
    rest
}

/// Link-layer types (`linux/if_arp.h`).
const TYPES: &[(u16, &str)] = &[
    (0, "netrom"),
    (1, "ether"),
    (2, "eether"),
    (3, "ax25"),
    (4, "pronet"),
    (5, "chaos"),
    (6, "ieee802"),
    (7, "arcnet"),
    (8, "atalk"),
    (15, "dlci"),
    (19, "atm"),
    (23, "metricom"),
    (24, "ieee1394"),
    (27, "eui64"),
    (32, "infiniband"),
    (256, "slip"),
    (257, "cslip"),
    (258, "slip6"),
    (259, "cslip6"),
    (260, "rsrvd"),
    (264, "adapt"),
    (270, "rose"),
    (271, "x25"),
    (272, "hwx25"),
    (280, "can"),
    (290, "mctp"),
    (512, "ppp"),
    (513, "hdlc"),
    (516, "lapb"),
    (517, "ddcmp"),
    (518, "rawhdlc"),
    (768, "ipip"),
    (769, "tunnel6"),
    (770, "frad"),
    (771, "skip"),
    (772, "loopback"),
    (773, "ltalk"),
    (774, "fddi"),
    (775, "bif"),
    (776, "sit"),
    (777, "ip/ddp"),
    (778, "gre"),
    (779, "pimreg"),
    (780, "hippi"),
    (781, "ash"),
    (782, "econet"),
    (783, "irda"),
    (784, "fcpp"),
    (785, "fcal"),
    (786, "fcpl"),
    (800, "tr"),
    (801, "ieee802.11"),
    (802, "ieee802.11/prism"),
    (803, "ieee802.11/radiotap"),
    (804, "ieee802.15.4"),
    (805, "ieee802.15.4/monitor"),
    (820, "phonet"),
    (821, "phonet_pipe"),
    (822, "caif"),
    (823, "gre6"),
    (824, "netlink"),
    (825, "6lowpan"),
    (0xfffe, "none"),
    (0xffff, "void"),
];

/// A link-layer type's name.
pub fn layer(iftype: u16) -> Option<&'static str> {
    TYPES.binary_search_by_key(&iftype, |(n, _)| *n).ok().map(|i| TYPES[i].1)
}

/// Writes a link-layer address as its type writes it: IPv4 and IPv6 tunnels have theirs as IP addresses.
pub fn write_address(bytes: &[u8], iftype: u16, out: &mut String) {
    use std::fmt::Write;
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    match (iftype, bytes) {
        (768 | 776 | 778, [a, b, c, d]) => _ = write!(out, "{a}.{b}.{c}.{d}"),
        (769 | 823, _) if bytes.len() == 16 => {
            let octets: [u8; 16] = bytes.try_into().unwrap_or_default();
            let _ = write!(out, "{}", std::net::Ipv6Addr::from(octets));
        }
        _ => {
            for (i, b) in bytes.iter().enumerate() {
                if i > 0 {
                    out.push(':');
                }
                out.push(char::from(DIGITS[usize::from(b >> 4)]));
                out.push(char::from(DIGITS[usize::from(b & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_order_so_that_they_are_found() {
        assert!(TYPES.is_sorted_by_key(|(n, _)| *n));
        assert_eq!((layer(1), layer(9999)), (Some("ether"), None));
    }

    fn names(flags: u32) -> (Vec<&'static str>, u32) {
        let mut names = Vec::new();
        let rest = each(flags, |name| names.push(name));
        (names, rest)
    }

    #[test]
    fn a_link_that_is_up_without_a_signal_says_so_first() {
        assert_eq!(names(0x1003).0, ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP"]);
        assert_eq!(names(0x8000_0001 | 0x40), (vec!["UP"], 0x8000_0000));
    }

    #[test]
    fn addresses_are_written_as_their_type_has_them() {
        let shown = |bytes: &[u8], iftype| {
            let mut out = String::new();
            write_address(bytes, iftype, &mut out);
            out
        };
        assert_eq!(shown(&[2, 0, 0xab, 0, 0, 1], 1), "02:00:ab:00:00:01");
        assert_eq!(shown(&[127, 0, 0, 1], 768), "127.0.0.1");
        assert_eq!(shown(&[0; 16], 823), "::");
        assert_eq!(shown(&[], 1), "");
    }
}
