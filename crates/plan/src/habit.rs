//! What single kinds do that no table says. Each habit stands here once; the model and the planner ask here.

use linkctl_kinds::link as base;
use linkctl_link::Link;
use linkctl_schema::{Below, Kind, Mac, Name, Record, Rule, Value, rules};

pub(crate) mod driver;
pub(crate) mod identity;
pub(crate) mod macsec;
pub(crate) mod outlet;
pub(crate) mod tunnel;

fn kind(link: &Link) -> &str {
    link.kind.map_or("", |k| k.name)
}

/// The master takes only ports that are down, and takes them up itself; a port that it releases goes down
/// (`bond_enslave`, `__bond_release_one` of `drivers/net/bonding/bond_main.c`; `team_port_add`, `team_port_del`).
pub(crate) fn opens_ports(master: &Link) -> bool {
    matches!(kind(master), "bond" | "team")
}

/// It is a bond, which lets its ports become what they will.
pub(crate) fn bonds(master: &Link) -> bool {
    kind(master) == "bond"
}

/// Its packets are another link's with a tag.
pub(crate) fn is_tagged(link: &Link) -> bool {
    kind(link) == "vlan"
}

/// Nobody can take over its packets (`IFF_NO_RX_HANDLER`).
pub(crate) fn is_router(link: &Link) -> bool {
    kind(link) == "vrf"
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

/// The link below it cannot become one of another sort (`NETDEV_PRE_TYPE_CHANGE`).
pub(crate) fn holds_lower(link: &Link) -> bool {
    matches!(kind(link), "vlan" | "macvlan" | "macvtap" | "ipvlan" | "ipvtap")
}

/// The link receives for a program, so that nobody else can take over its packets (`macvtap_newlink`, `ipvtap_newlink`).
pub(crate) fn is_tap(link: &Link) -> bool {
    matches!(kind(link), "macvtap" | "ipvtap")
}

/// It is a bond or team that became what a port without an address is, and so has none itself (`team_setup_by_port`,
/// `bond_setup_by_slave`).
pub(crate) fn is_unaddressed<'l>(link: &Link, mut ports: impl Iterator<Item = &'l Link>) -> bool {
    sizes_ports(link) && link.base.get(base::ADDRESS).is_none() && ports.any(|port| sort(port) != "ether")
}

/// What it carries, as far as links of one bond or team have to carry the same (`net_device::type`).
pub(crate) fn sort(link: &Link) -> &str {
    match kind(link) {
        _ if is_ethernet(link) => "ether",
        "ipip" | "vti" => "tunnel",
        "ip6tnl" | "vti6" => "tunnel6",
        "can" | "vcan" | "vxcan" => "can",
        "wireguard" | "xfrm" | "gtp" | "ovpn" | "tun" | "vxlan" | "geneve" => "none",
        other => other,
    }
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

/// It takes over what its ends receive, which its own settings name (`hsr_portdev_setup`).
pub(crate) fn takes_ends(link: &Link) -> bool {
    kind(link) == "hsr"
}

/// The ends without which it vanishes (`hsr_slave_empty`).
pub(crate) fn ends(link: &Link) -> impl Iterator<Item = Name> {
    let ends = ["slave1", "slave2"].into_iter().filter(|_| takes_ends(link));
    ends.filter_map(|f| if let Value::Link(name) = value(link, f)? { Some(*name) } else { None })
}

/// It goes up and down with the link below, and cannot be up without it (`vlan_device_event`, `vlan_dev_open`).
pub(crate) fn follows_lower(link: &Link) -> bool {
    let loose = || link.data.fields().find("loose_binding").and_then(|f| link.data.value(f));
    kind(link) == "vlan" && loose() != Some(&Value::Bool(true))
}

/// Its MTU is at most what the link below leaves it, which takes it along on the way down (`vlan_device_event`,
/// `macvlan_device_event`, `macsec_notify`).
pub(crate) fn fits_lower(link: &Link) -> bool {
    matches!(kind(link), "vlan" | "macvlan" | "macvtap" | "macsec")
}

/// How much of a lower link's MTU its own headers take (`macsec_change_mtu`, `vxlan_headroom`, `netif_reduces_vlan_mtu`);
/// `None` where its own does not depend on that.
pub(crate) fn headroom(link: &Link, lower: &Link) -> Option<u32> {
    match kind(link) {
        // MACsec takes no tag on top.
        "vlan" if kind(lower) == "macsec" => Some(4),
        "vlan" | "macvlan" | "macvtap" => Some(0),
        "macsec" => match value(link, "icvlen") {
            Some(Value::Num(n)) => u32::try_from(*n).ok().map(|n| n + 16),
            _ => Some(32),
        },
        // IP, UDP, VXLAN and Ethernet.
        "vxlan" => Some(if link.data.iter().any(|(_, v)| is_v6(v)) { 70 } else { 50 }),
        _ => None,
    }
}

fn is_v6(value: &Value<'_>) -> bool {
    matches!(value, Value::Ip(ip) if ip.is_ipv6())
}

/// It has the MTU of the link below as that changes, and may be told another (`ipvlan_adjust_mtu`).
pub(crate) fn takes_lower_mtu(link: &Link) -> bool {
    family(link) == "ipvlan"
}

/// Its ports have its MTU (`bond_change_mtu`, `bond_enslave`, `team_change_mtu`, `team_port_add`).
pub(crate) fn sizes_ports(master: &Link) -> bool {
    opens_ports(master)
}

/// Its ports may not change theirs (`team_device_event`).
pub(crate) fn rules_mtu(master: &Link) -> bool {
    kind(master) == "team"
}

/// Its MTU follows those of its ports, unless it was told one (`br_mtu_auto_adjust`).
pub(crate) fn fits_ports(master: &Link) -> bool {
    kind(master) == "bridge"
}

/// It has an MTU of its own choice whatever is said as it is made (`macsec_newlink`).
pub(crate) fn late_mtu(link: &Link) -> bool {
    kind(link) == "macsec"
}

/// All on one link below share its settings (`ipvlan_set_port_mode`).
pub(crate) fn shares(link: &Link) -> bool {
    matches!(kind(link), "ipvlan" | "ipvtap")
}

/// Settings that a link has together with another: those on one link below, or its other end.
pub(crate) fn is_common(link: &Link, field: &str) -> bool {
    let mirrored = || kind(link) == "netkit" && matches!(field, "policy" | "peer_policy");
    shares(link) && matches!(field, "mode" | "flags") || mirrored()
}

/// Whether the kernel works out the MTU anew as a link's settings change so: a tunnel that goes another way
/// (`ip_tunnel_update`, `ip6_tnl_link_config`).
pub(crate) fn resizes(before: &Link, after: &Link) -> bool {
    let ends = |l: &Link| (value(l, "dev").cloned(), value(l, "remote").cloned());
    before.kind.is_some_and(|k| k.whole) && before.data != after.data
        || kind(before) == "vxlan" && ends(before) != ends(after)
}

/// It vanishes when the link that it stands on moves to another namespace (`vxlan_handle_lowerdev_unregister`, `macsec_notify`);
/// other kinds that stand on `IFLA_LINK` stay.
pub(crate) fn falls_on_move(link: &Link) -> bool {
    kind(link) == "macsec" || link.kind.is_some_and(|k| matches!(k.below, Below::Field(_)))
}

/// The hardware gives it its address, and the fabric the address of all: what one had another does not get
/// (`ipoib_dev_init`, `ipoib_intf_init` of `drivers/infiniband/ulp/ipoib/ipoib_main.c`).
pub(crate) fn is_addressed(link: &Link) -> bool {
    kind(link) == "ipoib"
}

/// Its addresses are the ends of the tunnel (`ip_tunnel_bind_dev`, `ip6_tnl_link_config`, `ipgre_tunnel_init`).
pub(crate) fn is_addressed_by_ends(link: &Link) -> bool {
    link.kind.is_some_and(|k| k.whole && !k.frames)
}

/// It is a master that became what its first port is, and no Ethernet: a new one is told no address of another length
/// (`bond_setup_by_slave`, `team_setup_by_port`).
pub(crate) fn is_addressed_by_ports(link: &Link) -> bool {
    let strange = |a: Option<Mac>| a.is_some_and(|a| a.as_bytes().len() != 6);
    opens_ports(link) && (strange(link.base.get(base::ADDRESS)) || strange(link.base.get(base::BROADCAST)))
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

/// Whether the master takes such a port at all: no bridge in a bridge, no mesh in a mesh, no VRF in a VRF or bond
/// (`br_add_if`, `batadv_is_valid_iface`, `do_vrf_add_slave`, `bond_enslave`).
pub(crate) fn takes(master: &Link, port: &Link) -> bool {
    !matches!(
        (kind(master), kind(port)),
        ("bridge", "bridge") | ("batadv", "batadv") | ("vrf" | "bond" | "bridge" | "team", "vrf")
    )
}

/// The value of a kind's own field.
pub(crate) fn value<'l>(link: &'l Link, field: &str) -> Option<&'l Value<'static>> {
    link.data.value(link.data.fields().find(field)?)
}

fn is(link: &Link, field: &str, word: &str) -> bool {
    matches!(value(link, field), Some(Value::Word(w)) if *w == word)
}

fn on(link: &Link, field: &str) -> bool {
    value(link, field) == Some(&Value::Bool(true))
}

/// The loopback: hardware whose broadcast address is all zeros, as is its own, unless that was set (`eth_mac_addr`).
pub(crate) fn is_loopback(link: &Link) -> bool {
    let zero =
        |a: Option<Mac>| a.is_some_and(|a| !a.as_bytes().is_empty() && a.as_bytes().iter().all(|b| *b == 0));
    !link.can_go() && (zero(link.base.get(base::ADDRESS)) || zero(link.base.get(base::BROADCAST)))
}

/// It carries Ethernet frames; links of kinds that the book does not know, and hardware, count as such.
pub(crate) fn is_ethernet(link: &Link) -> bool {
    match kind(link) {
        "vxlan" => !on(link, "gpe"),
        "geneve" => !on(link, "innerprotoinherit"),
        // A TAP has an address, a TUN has none; a team or bond stays what its first port was (`team_setup_by_port`). That of one
        // that was not read is not known.
        "team" | "bond" if link.base.get(base::ADDRESS).is_none() => link.index == 0,
        "tun" | "team" | "bond" => link.base.get(base::ADDRESS).is_some_and(|a| a.as_bytes().len() == 6),
        _ => link.kind.is_none_or(|k| k.frames) && !is_loopback(link),
    }
}

/// It can go to another namespace.
pub(crate) fn may_move(link: &Link) -> bool {
    !link.kind.is_some_and(|k| k.bound) && !is_loopback(link)
}

/// What about the link below it cannot stand on, as a clause about that one.
pub(crate) fn unfit_lower(link: &Link, lower: &Link) -> Option<&'static str> {
    let frames = matches!(kind(link), "macvlan" | "macvtap" | "ipvlan" | "ipvtap" | "macsec");
    if frames && !is_ethernet(lower) {
        return Some("carries no Ethernet frames");
    }
    if frames && kind(lower) == "vrf" {
        return Some("only routes");
    }
    if family(link) == "macvlan" && family(lower) == "ipvlan" {
        return Some("has no address of its own");
    }
    // `NETIF_F_VLAN_CHALLENGED`; `batadv_interface_add_vid` takes one sort.
    let plain = matches!(kind(lower), "vrf" | "ipvlan" | "ipvtap" | "hsr")
        || kind(lower) == "batadv" && is(link, "protocol", "802.1ad");
    if kind(link) == "vlan" && (!is_ethernet(lower) || plain) {
        return Some("takes no VLANs");
    }
    None
}

/// Why a base field cannot be set of such a link, whatever the value, as a clause.
pub(crate) fn unsettable(link: &Link, field: &str) -> Option<&'static str> {
    let known = link.kind.is_some();
    match field {
        // `dev_change_proto_down`: hardware may.
        "protodown"
            if is_loopback(link) || known && !matches!(kind(link), "macvlan" | "macvtap" | "vxlan") =>
        {
            Some("cannot be held down")
        }
        // `ndo_change_carrier`.
        "carrier" if is_loopback(link) || known && !matches!(kind(link), "dummy" | "team") => {
            Some("has no signal that a program could say")
        }
        "mctp_net" if known || is_loopback(link) => Some("does not speak MCTP"),
        "inet6_token"
            if is_loopback(link) || known && (is_mute(link) || is_odd(link) && !opens_ports(link)) =>
        {
            Some("does not listen to routers")
        }
        // It has that of the link below.
        "address" if family(link) == "ipvlan" => Some("has no address that could be chosen"),
        "addrgenmode" | "inet6_token" if is_small(link) && link.base.get(base::ADDRGENMODE).is_none() => {
            Some("has packets too small for IPv6, which wants 1280 bytes")
        }
        "address" if kind(link) == "ifb" || kind(link) == "netkit" && !is(link, "mode", "l2") => {
            Some("has no address that could be chosen")
        }
        "address" if is_addressed(link) => None,
        "address" | "broadcast" if known && !is_ethernet(link) => Some("has no address that could be chosen"),
        _ => None,
    }
}

/// The same for a link that is made, which is given an address before its driver is asked.
pub(crate) fn unmakable(link: &Link, field: &str) -> Option<&'static str> {
    let ignored = field == "address" && (kind(link) == "ifb" || family(link) == "ipvlan");
    unsettable(link, field).filter(|_| !ignored)
}

/// Its packets are too small for IPv6, whose settings it has not, then (`addrconf_notify`).
pub(crate) fn is_small(link: &Link) -> bool {
    link.base.get(base::MTU).map_or(matches!(kind(link), "can" | "vcan" | "vxcan"), |mtu| mtu < 1280)
}

/// What goes with IPv6.
pub(crate) fn lose_ipv6(link: &mut Link) {
    if is_small(link) {
        link.base.take(&base::ADDRGENMODE.0);
        link.base.take(&base::INET6_TOKEN.0);
    }
}

/// Whether a setting goes with IPv6.
pub(crate) fn is_of_ipv6(field: &str) -> bool {
    [base::ADDRGENMODE.0.name, base::INET6_TOKEN.0.name].contains(&field)
}

/// It carries no Ethernet, and does not tell whether it looks for neighbours.
fn is_odd(link: &Link) -> bool {
    !is_ethernet(link) && link.base.get(base::ARP).is_none()
}

/// It does not look for neighbours (`IFF_NOARP`).
fn is_mute(link: &Link) -> bool {
    match link.base.get(base::ARP) {
        Some(arp) => !arp,
        None => {
            matches!(kind(link), "dummy" | "ifb" | "vrf") || kind(link) == "netkit" && !is(link, "mode", "l2")
        }
    }
}

/// Its MTU changes only while it is down (`can_change_mtu`).
pub(crate) fn is_firm(link: &Link) -> bool {
    matches!(kind(link), "can" | "vcan" | "vxcan")
}

/// The MTU of a new link of which none is said, where that never depends on anything.
pub(crate) fn born_mtu(link: &Link) -> Option<u32> {
    matches!(kind(link), "veth" | "dummy" | "ifb" | "bridge" | "bond" | "team" | "netkit").then_some(1500)
}

/// What one end's settings make of the other end's, where the two are told together (`netkit_new_link`).
pub(crate) fn mirrored(data: &Record) -> Record {
    let mut out = Record::new(data.fields());
    for (f, value) in data.iter() {
        let name = match f.name {
            "policy" => "peer_policy",
            "peer_policy" => "policy",
            "scrub" => "peer_scrub",
            "peer_scrub" => "scrub",
            same => same,
        };
        if let Some(f) = data.fields().list().iter().find(|f| f.name == name) {
            out.put(f, value.clone());
        }
    }
    out
}

/// Of a pair of these only the end that was asked for changes the settings of both (`netkit_change_link`).
pub(crate) fn has_first(link: &Link) -> bool {
    kind(link) == "netkit"
}

/// Which links share the packets of the link below: those of one family can stand on it together, others not.
pub(crate) fn family(link: &Link) -> &'static str {
    match kind(link) {
        "macvlan" | "macvtap" => "macvlan",
        "ipvlan" | "ipvtap" => "ipvlan",
        "macsec" => "macsec",
        "rmnet" => "rmnet",
        _ => "",
    }
}

/// It cannot go up: Ethernet wants an address, and it has none but zeros (`eth_validate_addr`). A VLAN takes that of the link
/// below as it is made (`vlan_dev_init`), as does a macvlan that is alone there.
pub(crate) fn lacks_address(link: &Link, lower: Option<&Link>) -> bool {
    let zero = |l: &Link| l.base.get(base::ADDRESS).map(|a| a.as_bytes().iter().all(|b| *b == 0));
    let bare = |l: &Link| kind(l) == "netkit" && !is(l, "mode", "l2");
    (kind(link) == "vlan" || is_alone(link))
        && zero(link).unwrap_or_else(|| lower.is_some_and(|l| bare(l) && zero(l) != Some(false)))
}

/// The port of UDP that it listens on while it is up, and what those that share it have alike (`vxlan_find_sock`,
/// `geneve_find_sock`).
pub(crate) fn socket(link: &Link) -> Option<(u64, String)> {
    let (usual, sort): (u64, &[&str]) = match kind(link) {
        "vxlan" => (8472, &["gbp", "gpe", "remcsumrx", "external", "udp6zerocsumrx", "vnifilter"]),
        "geneve" => (6081, &[]),
        _ => return None,
    };
    let port = match value(link, "dstport") {
        Some(Value::Num(n)) => *n,
        _ => usual,
    };
    let sort = sort.iter().filter(|f| on(link, f)).fold(String::from(kind(link)), |all, f| all + " " + f);
    Some((port, sort))
}

/// Two such links hear one family of addresses; one for whoever sends hears both.
pub(crate) fn hear_alike(one: &Link, other: &Link) -> bool {
    let six = |l: &Link| l.data.iter().any(|(_, v)| is_v6(v));
    on(one, "external") || on(other, "external") || six(one) == six(other)
}

/// Why an address cannot be a link's, as a clause: one of Ethernet is neither a group's nor zero (`eth_validate_addr`).
pub(crate) fn bad_address(link: &Link, said: &Record) -> Option<&'static str> {
    let address = said.get(base::ADDRESS).filter(|_| is_ethernet(link) && link.kind.is_some())?;
    match address.as_bytes() {
        [first, ..] if first & 1 != 0 => Some("the address is a group's"),
        all if all.iter().all(|b| *b == 0) => Some("the address is zero"),
        all if all.len() != 6 => Some("the address is not six bytes long"),
        _ => None,
    }
}

/// The settings with those that decide over others as they are where nothing is said of them.
pub(crate) fn usual(link: &Link) -> Record {
    let mut data = link.data.clone();
    let word = match kind(link) {
        "bond" => "balance-rr",
        "macvlan" | "macvtap" => "vepa",
        "ipvlan" | "ipvtap" => "l3",
        _ => return data,
    };
    if let Some(f) = data.fields().find("mode").filter(|f| data.value(f).is_none()) {
        data.put(f, Value::Word(word));
    }
    data
}

/// Why settings that every rule allows are refused for being said at all: out of the mode that a new link has where none is said
/// (`bond_opt_check_deps`).
pub(crate) fn untimely(link: &Link) -> Option<&'static str> {
    let (usual, kind) = (usual(link), link.kind?);
    let mode = usual.value(usual.fields().find("mode")?)?;
    let Value::Word(mode) = mode else { return None };
    let said = value(link, "mode").is_some();
    let sent = rules::creatable(kind, &link.data);
    let says = |name: &str| sent.iter().any(|(f, _)| f.name == name);
    kind.rules.iter().find_map(|rule| match *rule {
        Rule::When(a, "mode", words) if !said && !words.contains(mode) && says(a) => Some(a),
        _ => None,
    })
}

/// Whether a field is gone in the mode that the link is in, and not taken there: the list of a macvlan that sorts by source
/// (`macvlan_changelink`).
pub(crate) fn leaves_behind(link: &Link, field: &str) -> bool {
    family(link) == "macvlan" && field == "macaddr" && !is(link, "mode", "source")
}

/// One way of watching ends the other (`bond_option_miimon_set`, `bond_option_arp_interval_set`): `whole` is what there was
/// before what excludes each other was dropped.
pub(crate) fn cease(kind: &Kind, data: &mut Record, whole: &Record, said: &Record) {
    if kind.name != "bond" {
        return;
    }
    let number = |r: &Record, f: &str| match r.value(kind.fields.find(f)?)? {
        Value::Num(n) => Some(*n),
        _ => None,
    };
    // What is said of one ends the other; that the answers are looked at ends nothing, and goes with what is asked.
    let asks = number(said, "arp_interval").is_some_and(|n| n != 0);
    let asked = number(whole, "arp_interval").is_some_and(|n| n != 0);
    for (name, none, ends) in [
        ("miimon", Value::Num(0), asks),
        ("arp_interval", Value::Num(0), true),
        ("arp_validate", Value::Word("none"), asked),
    ] {
        if let Some(f) = kind.fields.find(name).filter(|f| data.value(f).is_none())
            && let Some(was) = whole.value(f)
        {
            data.put(f, if ends { none } else { was.clone() });
        }
    }
}

/// What a bond's new mode brings with it: some modes watch carriers and ask nobody (`bond_option_mode_set`).
pub(crate) fn follow_mode(link: &mut Link, record: &Record) {
    let behind: Vec<_> = link.data.iter().map(|(f, _)| f).filter(|f| leaves_behind(link, f.name)).collect();
    behind.into_iter().for_each(|f| _ = link.data.take(f));
    let watches = ["802.3ad", "balance-tlb", "balance-alb"].iter().any(|m| is(link, "mode", m));
    let says = |f: &str| record.fields().find(f).is_some_and(|f| record.value(f).is_some());
    if kind(link) != "bond" || !watches || !says("mode") {
        return;
    }
    let none = |v: Option<&Value<'_>>| v.is_none_or(|v| *v == Value::Num(0));
    let fields = link.data.fields();
    if let Some(f) = fields.find("miimon").filter(|f| none(link.data.value(f)) && record.value(f).is_none()) {
        link.data.put(f, Value::Num(100));
    }
    let balances = is(link, "mode", "balance-alb") && !says("tlb_dynamic_lb");
    if let Some(f) = fields.find("tlb_dynamic_lb").filter(|f| balances && link.data.value(f).is_some()) {
        link.data.put(f, Value::Num(1));
    }
    if let Some(f) = fields.find("arp_interval").filter(|f| link.data.value(f).is_some()) {
        link.data.put(f, Value::Num(0));
    }
    if let Some(f) = fields.find("arp_validate").filter(|f| link.data.value(f).is_some()) {
        link.data.put(f, Value::Word("none"));
    }
}

fn is_unset(value: &Value<'_>) -> bool {
    match value {
        Value::Ip(ip) => ip.is_unspecified(),
        Value::Link(name) => name.is_none(),
        Value::Word("none") | Value::Num(0) => true,
        _ => false,
    }
}

/// What a driver refuses of settings that every rule allows, as a clause.
pub(crate) fn spurned(link: &Link) -> Option<&'static str> {
    let number = |field: &str| match value(link, field) {
        Some(Value::Num(n)) => Some(*n),
        _ => None,
    };
    match kind(link) {
        // `crypto_gcm_check_authsize`.
        "macsec" => number("icvlen")
            .is_some_and(|n| (9..=11).contains(&n))
            .then_some("its ciphers have check values of 8 or 12 to 16 bytes"),
        "bond" => {
            let system = value(link, "ad_actor_system");
            let group =
                matches!(system, Some(Value::Mac(mac)) if mac.as_bytes().first().is_some_and(|b| b & 1 != 0));
            group.then_some("ad_actor_system cannot be a group's address")
        }
        "hsr" => {
            let ends = ["slave1", "slave2", "interlink"].map(|f| value(link, f));
            let twice = |a: usize, b: usize| ends[a].is_some() && ends[a] == ends[b];
            let prp = number("proto") == Some(1);
            match () {
                () if twice(0, 1) || twice(0, 2) || twice(1, 2) => Some("two links of a ring are one"),
                // `hsr_newlink`.
                () if prp && number("version").is_some() => {
                    Some("version is one of HSR, which proto 1 is not")
                }
                () if prp && ends[2].is_some() => Some("interlink is for HSR, which proto 1 is not"),
                () => None,
            }
        }
        // `BR_GROUPFWD_RESTRICTED`: pause frames and the like stay where they are.
        "bridge" => {
            let mask = number("group_fwd_mask").is_some_and(|m| m & 7 != 0);
            let group = match value(link, "group_address") {
                Some(Value::Mac(mac)) => {
                    let local = mac.as_bytes().starts_with(&[1, 0x80, 0xc2, 0, 0]);
                    !local || !matches!(mac.as_bytes().last(), Some(0 | 4..=15))
                }
                _ => false,
            };
            let slow = number("stp_state").is_some_and(|n| n != 0)
                && number("forward_delay").is_some_and(|d| !(200..=3000).contains(&d));
            match () {
                () if slow => Some("with stp_state, forward_delay is 2 to 30 seconds"),
                () if mask => Some("the first three bits of group_fwd_mask are not to be had"),
                () if group => Some("group_address is one of 01:80:c2:00:00:00 and :04 to :0f"),
                () => None,
            }
        }
        _ => tunnel::spurned(link),
    }
}

/// A link that cannot be a port for what it carries, as a clause; `frames` is whether that is Ethernet, and `first` whether the
/// master has no port yet.
pub(crate) fn unfit_port(master: &Link, port: &Link, frames: bool, first: bool) -> Option<&'static str> {
    let spare = is(master, "mode", "active-backup") && (first || is(master, "fail_over_mac", "active"));
    match kind(master) {
        // It has no address.
        "bridge" if kind(port) == "netkit" && !is(port, "mode", "l2") => Some("carries no Ethernet frames"),
        "bridge" | "team" if matches!(kind(port), "ipvlan" | "ipvtap") => Some("has no address of its own"),
        "bridge" | "batadv" if !frames => Some("carries no Ethernet frames"),
        // `bond_enslave`.
        "bond" if matches!(kind(port), "can" | "vcan" | "vxcan") => Some("is a CAN device"),
        "bond" if keeps_address(port, frames) && !spare => Some("has no address that a bond could change"),
        "team" | "vrf" if is_loopback(port) => Some("is the loopback"),
        _ => None,
    }
}

/// Its driver takes no address; `frames` is whether it carries Ethernet. A bond in active-backup that gets it for its first port
/// leaves every port its own from then on (`bond_enslave`).
pub(crate) fn keeps_address(port: &Link, frames: bool) -> bool {
    let fixed = !frames && kind(port) != "team" || matches!(kind(port), "ifb" | "ipvlan" | "ipvtap");
    fixed && !is_loopback(port)
}

/// What a master refuses of its port's settings, as a clause: `all` is how the port would be, `said` what it is told (`br_setport`
/// of `net/bridge/br_netlink.c`).
pub(crate) fn spurned_port(master: &Link, all: &Record, said: &Record) -> Option<&'static str> {
    let of = |r: &Record, name: &str| r.fields().find(name).and_then(|f| r.value(f).cloned());
    let is = |name: &str, usual: bool| of(all, name).unwrap_or(Value::Bool(usual)) == Value::Bool(true);
    let pause = matches!(of(said, "group_fwd_mask"), Some(Value::Num(mask)) if mask & 2 != 0);
    match kind(master) {
        "bridge" if is("mab", false) && !(is("locked", false) && is("learning", true)) => {
            Some("with mab, locked and learning have to be on")
        }
        "bridge" if pause => Some("frames that pause a sender are never forwarded: bit 1 of group_fwd_mask"),
        _ => None,
    }
}

/// Whether a port's setting counts in its master's mode (`bond_opt_check_deps`).
pub(crate) fn counts_in(master: &Link, field: &str) -> bool {
    let mode = |words: &[&str]| {
        let usual = usual(master);
        let mode = usual.fields().find("mode").and_then(|f| usual.value(f));
        matches!(mode, Some(Value::Word(w)) if words.contains(w))
    };
    match (kind(master), field) {
        ("bond", "prio") => mode(&["active-backup", "balance-tlb", "balance-alb"]),
        ("bond", "actor_port_prio") => mode(&["802.3ad"]),
        _ => true,
    }
}

/// It has the address of the link below, whatever it is told as it is made, and follows it (`macvlan_common_newlink`,
/// `ipvlan_link_new`, `ipvlan_device_event`).
pub(crate) fn borrows_address(link: &Link) -> bool {
    is_alone(link) || family(link) == "ipvlan"
}

/// What it has for an address nobody can say as it is made: another's, or none but zeros, its own or those of the link below
/// (`netkit_validate`, `vlan_validate`).
pub(crate) fn has_no_choice(link: &Link) -> bool {
    let own = || unmakable(link, "address").or_else(|| bad_address(link, &link.base)).is_some();
    borrows_address(link) || !is_addressed(link) && own()
}

/// It is made without another end (`netkit_new_link`).
pub(crate) fn is_single(link: &Link) -> bool {
    kind(link) == "netkit" && is(link, "pairing", "single")
}

/// It has all packets of the link below for itself, and its address: that one's is set as this one's is (`macvlan_passthru`,
/// `macvlan_set_mac_address`).
pub(crate) fn is_alone(link: &Link) -> bool {
    family(link) == "macvlan" && is(link, "mode", "passthru")
}

/// It cannot have the address of the link below, unless it has that for itself (`macvlan_open`, `macvlan_set_mac_address`).
pub(crate) fn shuns_lower_address(link: &Link) -> bool {
    family(link) == "macvlan" && !is_alone(link)
}

/// Nothing of its kind can be changed any more: a tunnel for whoever sends (`ipip_changelink`, `ip6_tnl_changelink`,
/// `geneve_changelink`).
pub(crate) fn is_frozen(link: &Link) -> bool {
    matches!(kind(link), "ipip" | "ip6tnl" | "xfrm" | "geneve") && on(link, "external")
}

/// A kernel that takes what is not said for not wanted takes a remote address from a tunnel, or gives it one, and may not.
pub(crate) fn loses_end(link: &Link, record: &Record) -> bool {
    let none = |v: Option<&Value<'_>>| v.is_none_or(is_unset);
    let sticky = link.data.fields().find("remote").filter(|f| !f.sticky.is_empty());
    link.kind.is_some_and(|k| k.whole)
        && sticky.is_some_and(|f| none(link.data.value(f)) != none(record.value(f)))
}

/// A tunnel is of one family of addresses for life, which is IPv4 where none was said (`vxlan_nl2conf`, `geneve_nl2info`).
pub(crate) fn changes_family(link: &Link, record: &Record) -> bool {
    let six = |r: &Record| r.iter().any(|(_, v)| matches!(v, Value::Ip(ip) if ip.is_ipv6()));
    let any = record.iter().any(|(_, v)| matches!(v, Value::Ip(_)));
    matches!(kind(link), "vxlan" | "geneve") && any && six(record) != six(&link.data)
}

/// What going up changes: without an address of Ethernet to make addresses of, IPv6 draws them (`addrconf_dev_config`), and
/// wireguard wants none (`wg_open`).
pub(crate) fn went_up(link: &mut Link) {
    let word = match kind(link) {
        "wireguard" => "none",
        "xfrm" | "gtp" | "ovpn" => "random",
        "geneve" if on(link, "innerprotoinherit") => "random",
        "vxlan" if on(link, "gpe") => "random",
        "gre" if on(link, "external") => "random",
        _ => "",
    };
    if link.base.get(base::ADDRGENMODE) == Some("eui64") && !word.is_empty() || word == "none" {
        link.base.set(base::ADDRGENMODE, word);
    }
    if let (true, Some(mut pairs)) = (word == "none", link.base.get(base::INET4)) {
        // net.ipv4.conf: send_redirects.
        pairs.iter_mut().filter(|(n, _)| *n == 6).for_each(|p| p.1 = 0);
        link.base.set(base::INET4, pairs);
    }
    // A tunnel's MTU may have shrunk unnoticed before (`addrconf_notify`).
    lose_ipv6(link);
    resolve(link);
}

/// Whether a link is in another mode than before.
pub(crate) fn shifts(before: &Link, after: &Link) -> bool {
    value(before, "mode") != value(after, "mode")
}

/// A link that shares the address of the one below resolves neighbours only in mode l2 (`ipvlan_open`, `ipvlan_set_port_mode`).
pub(crate) fn resolve(link: &mut Link) {
    if shares(link) && value(link, "mode").is_some() {
        let arp = is(link, "mode", "l2");
        link.base.set(base::ARP, arp);
    }
}
