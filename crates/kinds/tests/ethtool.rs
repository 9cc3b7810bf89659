//! The numbers of ethtool's table are those of `linux/ethtool_netlink.h`, where this machine has the header.

use linkctl_kinds::nic::ethtool::{
    CHANNELS, COALESCE, EEE, FEATURES, FEC, LINKINFO, LINKMODES, PAUSE, RINGS, TABLE, WOL, group, most,
};
use linkctl_schema::Type;

/// The numbers of enumerators, by name: each enumeration counts from 0.
fn numbers(header: &str) -> Vec<(String, u16)> {
    let mut out = Vec::new();
    let mut next = 0;
    for line in header.lines().map(str::trim) {
        if line.starts_with("enum") {
            next = 0;
        } else if let Some(name) = line.strip_prefix("ETHTOOL_").filter(|l| l.contains(',')) {
            let name = name.split([',', ' ']).next().unwrap_or_default();
            out.push((name.to_owned(), next));
            next += 1;
        }
    }
    out
}

#[test]
fn messages_and_attributes_have_the_numbers_of_the_header() {
    let Ok(header) = std::fs::read_to_string("/usr/include/linux/ethtool_netlink.h") else {
        println!("SKIP: no kernel headers");
        return;
    };
    let numbers = numbers(&header);
    let of = |name: &str| numbers.iter().find(|(n, _)| n == name).map(|(_, n)| *n);
    let groups = [
        ("LINKINFO", LINKINFO),
        ("LINKMODES", LINKMODES),
        ("WOL", WOL),
        ("FEATURES", FEATURES),
        ("RINGS", RINGS),
        ("CHANNELS", CHANNELS),
        ("COALESCE", COALESCE),
        ("PAUSE", PAUSE),
        ("EEE", EEE),
        ("FEC", FEC),
    ];
    for (name, number) in groups {
        assert_eq!(of(&format!("MSG_{name}_GET")), Some(number), "{name}");
        assert_eq!(of(&format!("MSG_{name}_SET")), Some(number + 1), "{name}");
        assert_eq!(of(&format!("A_{name}_HEADER")), Some(1), "{name}");
    }
    let mut known = 0;
    for f in TABLE.list().iter().filter(|f| !matches!(f.ty, Type::Strs { .. })) {
        let (set, _) = groups.iter().find(|(_, n)| *n == group(f)).expect("a group");
        if matches!(*set, "FEATURES" | "WOL") {
            continue;
        }
        // In most names the group's word stands once more, or another word for it.
        let stem = f.name.to_uppercase();
        let number = match f.name {
            "mdix" => of("A_LINKINFO_TP_MDIX_CTRL"),
            "master_slave" => of("A_LINKMODES_MASTER_SLAVE_CFG"),
            "fec" => of("A_FEC_AUTO"),
            "eee" => of("A_EEE_ENABLED"),
            "tx_lpi" => of("A_EEE_TX_LPI_ENABLED"),
            "sample_interval" => of("A_COALESCE_RATE_SAMPLE_INTERVAL"),
            "cqe_mode_rx" => of("A_COALESCE_USE_CQE_MODE_RX"),
            "cqe_mode_tx" => of("A_COALESCE_USE_CQE_MODE_TX"),
            "adaptive_rx" => of("A_COALESCE_USE_ADAPTIVE_RX"),
            "adaptive_tx" => of("A_COALESCE_USE_ADAPTIVE_TX"),
            _ => match group(f) {
                RINGS => of(&format!("A_RINGS_{}", stem.replace("_RING", ""))),
                CHANNELS if stem.ends_with("_MAX") => {
                    of(&format!("A_CHANNELS_{}", stem.replace("_CHANNELS", "")))
                }
                CHANNELS => of(&format!("A_CHANNELS_{}", stem.replace("_CHANNELS", "_COUNT"))),
                PAUSE => of(&format!("A_{stem}")),
                COALESCE => of(&format!("A_COALESCE_{}", stem.replace("_FRAMES", "_MAX_FRAMES"))),
                _ => of(&format!("A_{set}_{stem}")),
            },
        };
        assert_eq!(number, Some(f.attr), "{}", f.name);
        known += 1;
    }
    assert!(known > 50, "{known}");
}

#[test]
fn what_bounds_a_setting_is_told_beside_it_and_cannot_be_set() {
    let bounds = TABLE.list().iter().filter(|f| f.name.ends_with("_max")).count();
    let bounded = TABLE.list().iter().filter(|f| most(f).is_some()).count();
    assert_eq!((bounds, bounded), (8, 8));
}
