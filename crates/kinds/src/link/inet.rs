//! Settings of IPv4 and IPv6 that a link has as an array each: the sysctls of `net.ipv4.conf` and `net.ipv6.conf`.

use linkctl_schema::Knob;

/// On or off.
const fn switch(name: &'static str, number: u16, born: i32) -> Knob {
    Knob { name, number, switch: true, born, bounds: (0, 1) }
}

/// A number.
const fn count(name: &'static str, number: u16, born: i32) -> Knob {
    Knob { name, number, switch: false, born, bounds: (i32::MIN, i32::MAX) }
}

/// IPv4's (`IPV4_DEVCONF_*` of `linux/ip.h`), with what `net/ipv4/devinet.c` gives a new link (`ipv4_devconf_dflt`), and the
/// bounds that Linux 7.1 holds them to (`inet_devconf_policy`). Multicast forwarding is not among them: a routing daemon's
/// socket sets it.
pub const INET: &[Knob] = &[
    switch("forwarding", 1, 0),
    switch("proxy_arp", 3, 0),
    switch("accept_redirects", 4, 1),
    switch("secure_redirects", 5, 1),
    switch("send_redirects", 6, 1),
    switch("shared_media", 7, 1),
    count("rp_filter", 8, 0).within(0, 2),
    switch("accept_source_route", 9, 1),
    switch("bootp_relay", 10, 0),
    switch("log_martians", 11, 0),
    count("tag", 12, 0),
    switch("arp_filter", 13, 0),
    count("medium_id", 14, 0).within(-1, i32::MAX),
    switch("disable_xfrm", 15, 0),
    switch("disable_policy", 16, 0),
    count("force_igmp_version", 17, 0).within(0, 3),
    count("arp_announce", 18, 0).within(0, 2),
    count("arp_ignore", 19, 0).within(0, 8),
    switch("promote_secondaries", 20, 0),
    count("arp_accept", 21, 0).within(0, 2),
    switch("arp_notify", 22, 0),
    switch("accept_local", 23, 0),
    switch("src_vmark", 24, 0),
    switch("proxy_arp_pvlan", 25, 0),
    switch("route_localnet", 26, 0),
    count("igmpv2_unsolicited_report_interval", 27, 10000),
    count("igmpv3_unsolicited_report_interval", 28, 1000),
    switch("ignore_routes_with_linkdown", 29, 0),
    switch("drop_unicast_in_l2_multicast", 30, 0),
    switch("drop_gratuitous_arp", 31, 0),
    switch("bc_forwarding", 32, 0),
    switch("arp_evict_nocarrier", 33, 1),
];

/// IPv6's (`DEVCONF_*` of `linux/ipv6.h`); no message sets them.
pub const INET6: &[Knob] = &[
    switch("forwarding", 0, 0),
    count("hoplimit", 1, 0),
    count("mtu6", 2, 0),
    count("accept_ra", 3, 0),
    switch("accept_redirects", 4, 0),
    switch("autoconf", 5, 0),
    count("dad_transmits", 6, 0),
    count("rtr_solicits", 7, 0),
    count("rtr_solicit_interval", 8, 0),
    count("rtr_solicit_delay", 9, 0),
    count("use_tempaddr", 10, 0),
    count("temp_valid_lft", 11, 0),
    count("temp_prefered_lft", 12, 0),
    count("regen_max_retry", 13, 0),
    count("max_desync_factor", 14, 0),
    count("max_addresses", 15, 0),
    count("force_mld_version", 16, 0),
    switch("accept_ra_defrtr", 17, 0),
    switch("accept_ra_pinfo", 18, 0),
    switch("accept_ra_rtr_pref", 19, 0),
    count("rtr_probe_interval", 20, 0),
    count("accept_ra_rt_info_max_plen", 21, 0),
    switch("proxy_ndp", 22, 0),
    switch("optimistic_dad", 23, 0),
    count("accept_source_route", 24, 0),
    switch("mc_forwarding", 25, 0),
    switch("disable_ipv6", 26, 0),
    count("accept_dad", 27, 0),
    switch("force_tllao", 28, 0),
    switch("ndisc_notify", 29, 0),
    count("mldv1_unsolicited_report_interval", 30, 0),
    count("mldv2_unsolicited_report_interval", 31, 0),
    switch("suppress_frag_ndisc", 32, 0),
    switch("accept_ra_from_local", 33, 0),
    switch("use_optimistic", 34, 0),
    switch("accept_ra_mtu", 35, 0),
    count("stable_secret", 36, 0),
    switch("use_oif_addrs_only", 37, 0),
    count("accept_ra_min_hop_limit", 38, 0),
    switch("ignore_routes_with_linkdown", 39, 0),
    switch("drop_unicast_in_l2_multicast", 40, 0),
    switch("drop_unsolicited_na", 41, 0),
    count("keep_addr_on_down", 42, 0),
    count("rtr_solicit_max_interval", 43, 0),
    switch("seg6_enabled", 44, 0),
    count("seg6_require_hmac", 45, 0),
    switch("enhanced_dad", 46, 0),
    count("addr_gen_mode", 47, 0),
    switch("disable_policy", 48, 0),
    count("accept_ra_rt_info_min_plen", 49, 0),
    count("ndisc_tclass", 50, 0),
    switch("rpl_seg_enabled", 51, 0),
    count("ra_defrtr_metric", 52, 0),
    switch("ioam6_enabled", 53, 0),
    count("ioam6_id", 54, 0),
    count("ioam6_id_wide", 55, 0),
    switch("ndisc_evict_nocarrier", 56, 0),
    count("accept_untracked_na", 57, 0),
    count("accept_ra_min_lft", 58, 0),
    switch("force_forwarding", 59, 0),
];
