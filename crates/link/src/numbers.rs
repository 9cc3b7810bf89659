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
/// Counters of 32 bits.
pub const IFLA_STATS: u16 = 7;
/// Counters of 64 bits.
pub const IFLA_STATS64: u16 = 23;
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

/// The type of frames with a customer's VLAN tag (`linux/if_ether.h`).
pub const ETH_P_8021Q: u16 = 0x8100;
/// The type of frames with a provider's VLAN tag.
pub const ETH_P_8021AD: u16 = 0x88a8;

/// Settings of virtual functions (`IFLA_VF_*`). Where nothing else is said, a struct whose first word is the function's
/// number.
pub mod vf {
    /// In `IFLA_VFINFO_LIST`: one function.
    pub const INFO: u16 = 1;
    /// Its address, in 32 bytes.
    pub const MAC: u16 = 1;
    /// Its one VLAN: number and priority.
    pub const VLAN: u16 = 2;
    /// Its highest rate in Mbit/s, the older way.
    pub const TX_RATE: u16 = 3;
    /// Whether it may send from its own address only.
    pub const SPOOFCHK: u16 = 4;
    /// Whether its link is up: as the port's, always, never.
    pub const LINK_STATE: u16 = 5;
    /// Its lowest and highest rate in Mbit/s.
    pub const RATE: u16 = 6;
    /// Whether it may ask how receive queues are chosen.
    pub const RSS_QUERY: u16 = 7;
    /// Its counters: a nest.
    pub const STATS: u16 = 8;
    /// Whether it may change what only the host may.
    pub const TRUST: u16 = 9;
    /// Its InfiniBand node.
    pub const NODE_GUID: u16 = 10;
    /// Its InfiniBand port.
    pub const PORT_GUID: u16 = 11;
    /// Its VLANs: a nest of [`VLAN_INFO`].
    pub const VLAN_LIST: u16 = 12;
    /// The broadcast address that it has: no number before it.
    pub const BROADCAST: u16 = 13;
    /// In [`VLAN_LIST`]: number, priority and protocol of one.
    pub const VLAN_INFO: u16 = 1;
}
