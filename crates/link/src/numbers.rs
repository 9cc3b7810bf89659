//! Numbers of rtnetlink that are not attributes of links (`linux/rtnetlink.h`, `linux/if_link.h`).

/// Creates or changes a link.
pub const RTM_NEWLINK: u16 = 16;
/// Deletes a link.
pub const RTM_DELLINK: u16 = 17;
/// Asks for one link or all.
pub const RTM_GETLINK: u16 = 18;
/// Adds alternative names.
pub const RTM_NEWLINKPROP: u16 = 108;
/// Removes alternative names.
pub const RTM_DELLINKPROP: u16 = 109;

/// Bytes of `struct ifinfomsg`, the fixed part of every link message.
pub const IFINFOMSG: usize = 16;

/// The link's name.
pub const IFLA_IFNAME: u16 = 3;
/// The link below, by index.
pub const IFLA_LINK: u16 = 5;
/// The link above that this is a port of, by index.
pub const IFLA_MASTER: u16 = 10;
/// The nest of kind and kind's attributes.
pub const IFLA_LINKINFO: u16 = 18;
/// The namespace that the link is made in or moves to, by file descriptor.
pub const IFLA_NET_NS_FD: u16 = 28;
/// What a dump should tell besides the usual.
pub const IFLA_EXT_MASK: u16 = 29;
/// The namespace of the other end, as numbered from the message's own.
pub const IFLA_LINK_NETNSID: u16 = 37;

/// In `IFLA_LINKINFO`: the kind's name.
pub const IFLA_INFO_KIND: u16 = 1;
/// In `IFLA_LINKINFO`: the kind's attributes.
pub const IFLA_INFO_DATA: u16 = 2;
/// In `IFLA_LINKINFO`: the kind's counters.
pub const IFLA_INFO_XSTATS: u16 = 3;
/// In `IFLA_LINKINFO`: the name of the master's kind.
pub const IFLA_INFO_SLAVE_KIND: u16 = 4;
/// In `IFLA_LINKINFO`: what the master's kind says of this port.
pub const IFLA_INFO_SLAVE_DATA: u16 = 5;

/// In `IFLA_EXT_MASK`: tell of virtual functions.
pub const RTEXT_FILTER_VF: u32 = 1;
/// In `IFLA_EXT_MASK`: leave the counters out.
pub const RTEXT_FILTER_SKIP_STATS: u32 = 8;

/// The link is up (`linux/if.h`).
pub const IFF_UP: u32 = 0x1;

/// Asks for counters.
pub const RTM_GETSTATS: u16 = 94;
/// Counters of a link.
pub const RTM_NEWSTATS: u16 = 92;
/// Bytes of `struct if_stats_msg`, the fixed part of messages of counters.
pub const IF_STATS_MSG: usize = 12;
/// Counters of a link's kind, by kind.
pub const IFLA_STATS_LINK_XSTATS: u16 = 2;
/// Counters of the kind that a port's master is of.
pub const IFLA_STATS_LINK_XSTATS_SLAVE: u16 = 3;
/// Counters of an address family, by family.
pub const IFLA_STATS_AF_SPEC: u16 = 5;

/// The family of messages about ports of bridges (`linux/socket.h`).
pub const AF_BRIDGE: u8 = 7;
