//! Documents of nmstate, netplan and networkd as ours (`examples/peers`): each of ours makes what theirs say, as the genuine `ip`
//! tells it.

use std::path::{Path, PathBuf};

use linkctl_conformance::{Space, skip};
use serde_json::{Value, json};

/// What the documents of a kind say, as pointers into what `ip -d -j` shows of a link.
type Facts = &'static [(&'static str, &'static str, &'static str)];

const BOND: Facts = &[
    ("bond0", "/linkinfo/info_kind", "\"bond\""),
    ("bond0", "/mtu", "9000"),
    ("bond0", "/address", "\"02:00:00:00:00:aa\""),
    ("bond0", "/linkinfo/info_data/mode", "\"802.3ad\""),
    ("bond0", "/linkinfo/info_data/miimon", "100"),
    ("bond0", "/linkinfo/info_data/updelay", "200"),
    ("bond0", "/linkinfo/info_data/downdelay", "200"),
    ("bond0", "/linkinfo/info_data/xmit_hash_policy", "\"layer3+4\""),
    ("bond0", "/linkinfo/info_data/ad_lacp_rate", "\"fast\""),
    ("bond0", "/linkinfo/info_data/min_links", "1"),
    ("eth1", "/master", "\"bond0\""),
    ("eth2", "/master", "\"bond0\""),
];
const VLAN: Facts = &[
    ("eth1.100", "/link", "\"eth1\""),
    ("eth1.100", "/mtu", "1496"),
    ("eth1.100", "/linkinfo/info_data/id", "100"),
    ("eth1.100", "/linkinfo/info_data/protocol", "\"802.1Q\""),
    ("eth1.100", "/linkinfo/info_data/ingress_qos/0", "{\"from\":2,\"to\":1}"),
    ("eth1.100", "/linkinfo/info_data/egress_qos/1", "{\"from\":3,\"to\":4}"),
    ("eth1.200", "/linkinfo/info_data/id", "200"),
    ("eth1.200", "/linkinfo/info_data/protocol", "\"802.1ad\""),
];
const BRIDGE: Facts = &[
    ("br0", "/linkinfo/info_data/stp_state", "1"),
    ("br0", "/linkinfo/info_data/priority", "4096"),
    ("br0", "/linkinfo/info_data/forward_delay", "400"),
    ("br0", "/linkinfo/info_data/hello_time", "200"),
    ("br0", "/linkinfo/info_data/max_age", "2000"),
    ("br0", "/linkinfo/info_data/ageing_time", "10000"),
    ("br0", "/linkinfo/info_data/vlan_filtering", "1"),
    ("br0", "/linkinfo/info_data/mcast_snooping", "0"),
    ("eth1", "/linkinfo/info_slave_data/cost", "50"),
    ("eth1", "/linkinfo/info_slave_data/priority", "16"),
    ("eth1", "/linkinfo/info_slave_data/hairpin", "true"),
    ("eth2", "/linkinfo/info_slave_data/isolated", "true"),
    ("eth2", "/linkinfo/info_slave_data/neigh_suppress", "true"),
    ("eth2", "/linkinfo/info_slave_data/learning", "false"),
];
const VXLAN: Facts = &[
    ("vx100", "/mtu", "1450"),
    ("vx100", "/linkinfo/info_data/id", "100"),
    ("vx100", "/linkinfo/info_data/local", "\"192.0.2.1\""),
    ("vx100", "/linkinfo/info_data/remote", "\"192.0.2.2\""),
    ("vx100", "/linkinfo/info_data/port", "4789"),
    ("vx100", "/linkinfo/info_data/learning", "false"),
    ("vx100", "/linkinfo/info_data/ageing", "100"),
    ("vx100", "/linkinfo/info_data/ttl", "9"),
    ("vx100", "/linkinfo/info_data/port_range/low", "1000"),
    ("vx100", "/linkinfo/info_data/port_range/high", "2000"),
];
const VETH: Facts = &[
    ("va", "/link", "\"vb\""),
    ("va", "/address", "\"02:00:00:00:00:10\""),
    ("vb", "/address", "\"02:00:00:00:00:11\""),
    ("vb", "/operstate", "\"UP\""),
];
const VRF: Facts = &[
    ("red", "/linkinfo/info_data/table", "10"),
    ("eth1", "/master", "\"red\""),
    ("eth2", "/linkinfo/info_slave_kind", "\"vrf\""),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/peers")
}

/// Applies the document of a kind among two links that stand for hardware, and compares.
fn made(kind: &str, facts: Facts) {
    let Some(space) = Space::new() else { return };
    for port in ["eth1", "eth2"] {
        space.add(&format!("{port} type veth peer name {port}-far"));
    }
    let text =
        std::fs::read_to_string(folder().join(kind).join("linkctl.yaml")).expect("the example is there");
    let said = space.apply(&text, &[]);
    if said.status == 10 || said.err.contains("no links of the kind") {
        return skip(&format!("{kind}: {}", said.err.lines().next().unwrap_or_default()));
    }
    said.ok();
    for (link, pointer, value) in facts {
        let shown = space.ip(&format!("-d -j link show dev {link}")).ok().json();
        let want: Value = serde_json::from_str(value).expect("JSON");
        let have = shown[0].pointer(pointer).cloned().unwrap_or(json!(null));
        assert_eq!(have, want, "{kind}: {link} {pointer}");
    }
    space.plan(&text).ok();
}

#[test]
fn the_bond_of_the_peers_is_ours() {
    made("bond", BOND);
}

#[test]
fn the_vlans_of_the_peers_are_ours() {
    made("vlan", VLAN);
}

#[test]
fn the_bridge_of_the_peers_is_ours() {
    made("bridge", BRIDGE);
}

#[test]
fn the_vxlan_of_the_peers_is_ours() {
    made("vxlan", VXLAN);
}

#[test]
fn the_pair_of_the_peers_is_ours() {
    made("veth", VETH);
}

#[test]
fn the_vrf_of_the_peers_is_ours() {
    made("vrf", VRF);
}

/// The keys of a document of a peer, and the words of an INI file.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).filter(|w| !w.is_empty()).collect()
}

#[test]
fn every_setting_that_a_peers_document_says_is_in_the_table_of_equivalences() {
    let table = std::fs::read_to_string(folder().join("../../docs/equivalences.md")).expect("it is there");
    // What a peer's document is made of, besides settings.
    let frame = "network version ethernets bonds vlans bridges tunnels virtual-ethernets vrfs parameters interfaces name type state \
        link-aggregation options port bridge stp vlan vxlan veth vrf from to Match Name Network NetDev Kind Bond Bridge VLAN VXLAN Peer VRF";
    let frame: Vec<&str> = frame.split_whitespace().collect();
    let mut seen = 0;
    for kind in ["bond", "vlan", "bridge", "vxlan", "veth", "vrf"] {
        let base = folder().join(kind);
        let networkd =
            std::fs::read_dir(base.join("networkd")).expect("a folder").map(|e| e.expect("readable").path());
        for path in [base.join("nmstate.yaml"), base.join("netplan.yaml")].into_iter().chain(networkd) {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let mark = if path.extension().is_some_and(|e| e == "yaml") { ':' } else { '=' };
            for line in text.lines().map(|l| l.split('#').next().unwrap_or_default()) {
                for (at, _) in line.match_indices(mark) {
                    let Some(key) = words(&line[..at]).last().copied() else { continue };
                    let is_key =
                        line[..at].ends_with(key) && key.starts_with(|c: char| c.is_ascii_alphabetic());
                    // Ports are keys of a map, too, and parts of an address look like keys.
                    if is_key
                        && key.len() > 1
                        && key != "aa"
                        && !key.starts_with("eth")
                        && !names().contains(&key)
                        && !frame.contains(&key)
                    {
                        seen += 1;
                        assert!(
                            table.contains(&format!("`{key}`")),
                            "{}: {key} is not in the table",
                            path.display()
                        );
                    }
                }
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

fn names() -> &'static [&'static str] {
    &["bond0", "br0", "vx100", "va", "vb", "red"]
}
