//! `inet`: settings of IPv4 (`IFLA_AF_SPEC`, `AF_INET`, `IFLA_INET_CONF`).

use linkctl_kinds::link::AF_SPEC;
use linkctl_wire::Writer;

use crate::args::{Args, text};
use crate::number;
use crate::request::Request;
use crate::stop::Stop;

/// `AF_INET` as a nest, and `IFLA_INET_CONF` in it.
const NESTS: (u16, u16) = (2, 1);

/// The words, their numbers (`IPV4_DEVCONF_*` of `linux/ip.h`), and whether they are on or off.
pub const WORDS: &[(&str, u16, bool)] = &[
    ("forwarding", 1, true),
    ("proxy_arp", 3, true),
    ("accept_redirects", 4, true),
    ("secure_redirects", 5, true),
    ("send_redirects", 6, true),
    ("shared_media", 7, true),
    ("rp_filter", 8, false),
    ("accept_source_route", 9, true),
    ("bootp_relay", 10, true),
    ("log_martians", 11, true),
    ("tag", 12, false),
    ("arp_filter", 13, true),
    ("medium_id", 14, false),
    ("disable_xfrm", 15, true),
    ("disable_policy", 16, true),
    ("force_igmp_version", 17, false),
    ("arp_announce", 18, false),
    ("arp_ignore", 19, false),
    ("promote_secondaries", 20, true),
    ("arp_accept", 21, false),
    ("arp_notify", 22, true),
    ("accept_local", 23, true),
    ("src_vmark", 24, true),
    ("proxy_arp_pvlan", 25, true),
    ("route_localnet", 26, true),
    ("igmpv2_unsolicited_report_interval", 27, false),
    ("igmpv3_unsolicited_report_interval", 28, false),
    ("ignore_routes_with_linkdown", 29, true),
    ("drop_unicast_in_l2_multicast", 30, true),
    ("drop_gratuitous_arp", 31, true),
    ("bc_forwarding", 32, true),
    ("arp_evict_nocarrier", 33, true),
];

/// Reads settings up to the first word that is none; there must be one.
pub fn read(args: &mut Args<'_>, request: &mut Request) -> Result<(), Stop> {
    let mut conf: Vec<(u16, u32)> = Vec::new();
    while let Some(word) = args.peek() {
        let Some((name, attr, switch)) = WORDS.iter().find(|(name, ..)| name.as_bytes() == word) else {
            break;
        };
        args.take();
        let word = args.value()?;
        let n = match (switch, text(word)) {
            (true, "on") => 1,
            (true, "off") => 0,
            (true, _) => return Err(Stop::one_of(name, &["off", "on"], word, 1)),
            (false, _) => number::int(word)
                .ok_or_else(|| Stop::argument(word, &format!("Invalid \"{name}\" value\n")))?
                as u32,
        };
        conf.push((*attr, n));
    }
    if conf.is_empty() {
        return Err(Stop::incomplete());
    }
    let (family, nest) = NESTS;
    let mut out = Writer::new();
    out.nest_plain(AF_SPEC, |w| {
        w.nest_plain(family, |w| {
            w.nest_plain(nest, |w| conf.iter().for_each(|(attr, n)| w.put_u32(*attr, *n)));
        });
    });
    request.append(out);
    Ok(())
}
