//! What single kinds do that no table says. Each habit stands here once; the model and the planner ask here.

use linkctl_link::Link;
use linkctl_schema::{Below, Value};

fn kind(link: &Link) -> &str {
    link.kind.map_or("", |k| k.name)
}

/// The master takes only ports that are down, and takes them up itself; a port that it releases goes down
/// (`bond_enslave`, `__bond_release_one` of `drivers/net/bonding/bond_main.c`; `team_port_add`, `team_port_del`).
pub(crate) fn opens_ports(master: &Link) -> bool {
    matches!(kind(master), "bond" | "team")
}

/// The master takes its ports down and up again when they come and go, if they are up (`cycle_netdev` of
/// `drivers/net/vrf.c`).
pub(crate) fn cycles_ports(master: &Link) -> bool {
    kind(master) == "vrf"
}

/// The master takes over what its port receives, which only one can (`netdev_rx_handler_register`).
pub(crate) fn takes_packets(master: &Link) -> bool {
    matches!(kind(master), "bond" | "bridge" | "team")
}

/// The link takes over what its lower link receives (`macvlan_port_create`).
pub(crate) fn taps_lower(link: &Link) -> bool {
    matches!(kind(link), "macvlan" | "macvtap" | "ipvlan" | "ipvtap" | "macsec" | "rmnet")
}

/// The link does not stand on such a link but beside it, on what that one stands on (`macvlan_common_newlink`, `ipvlan_link_new`).
pub(crate) fn stands_beside(link: &Link, lower: &Link) -> bool {
    let family = |l: &Link| match kind(l) {
        "macvlan" | "macvtap" => "macvlan",
        "ipvlan" | "ipvtap" => "ipvlan",
        _ => "",
    };
    !family(link).is_empty() && family(link) == family(lower)
}

/// It goes up and down with the link below, and cannot be up without it (`vlan_device_event`, `vlan_dev_open`).
pub(crate) fn follows_lower(link: &Link) -> bool {
    let loose = || link.data.fields().find("loose_binding").and_then(|f| link.data.value(f));
    kind(link) == "vlan" && loose() != Some(&Value::Bool(true))
}

/// Its MTU is at most that of the link below, which takes it along on the way down (`vlan_device_event`,
/// `macvlan_device_event`).
pub(crate) fn fits_lower(link: &Link) -> bool {
    matches!(kind(link), "vlan" | "macvlan" | "macvtap")
}

/// It vanishes when the link that it stands on moves to another namespace (`vxlan_handle_lowerdev_unregister`);
/// kinds that stand on `IFLA_LINK` stay.
pub(crate) fn falls_on_move(link: &Link) -> bool {
    link.kind.is_some_and(|k| matches!(k.below, Below::Field(_)))
}

/// The hardware gives it its address, and the fabric the address of all: what one had another does not get
/// (`ipoib_dev_init`, `ipoib_intf_init` of `drivers/infiniband/ulp/ipoib/ipoib_main.c`).
pub(crate) fn is_addressed(link: &Link) -> bool {
    kind(link) == "ipoib"
}

/// Its kind's settings decide which MTU it takes, and none that it is told at creation lasts (`ipoib_change_mtu`,
/// `ipoib_mcast_join_finish`).
pub(crate) fn settles_mtu(link: &Link) -> bool {
    kind(link) == "ipoib"
}

/// Whether links of this kind can be masters; a kind that the book does not know may.
pub(crate) fn is_master(link: &Link) -> bool {
    link.kind.map_or(link.foreign.is_some(), |k| k.master)
}

/// Whether the master takes such a port at all: no bridge in a bridge, no VRF in a VRF or bond (`br_add_if`,
/// `do_vrf_add_slave`, `bond_enslave`).
pub(crate) fn takes(master: &Link, port: &Link) -> bool {
    !matches!((kind(master), kind(port)), ("bridge", "bridge") | ("vrf" | "bond", "vrf"))
}
