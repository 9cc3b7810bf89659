//! What the running kernel is and can do.

use linkctl::schema::FieldDef;

/// Version of the running kernel: major and minor.
pub fn kernel() -> (u16, u16) {
    let text = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("/proc is mounted");
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map_while(|n| n.parse().ok());
    (numbers.next().expect("a version"), numbers.next().unwrap_or(0))
}

/// Whether the running kernel is said to have a field.
pub fn has_field(f: &FieldDef) -> bool {
    f.since.is_none_or(|since| since <= kernel())
}

/// Has new namespaces of the rig empty: else modules of tunnels, once loaded, put links of their own into each.
pub fn keep_empty() {
    if std::env::var_os("LINKCTL_IN_VM").is_some() {
        let _ = std::fs::write("/proc/sys/net/core/fb_tunnels_only_for_init_net", "1");
    }
}

/// Whether bridges of the running kernel know VLANs, which it can be built without.
pub fn has_vlans() -> bool {
    static HAS: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    let look = || {
        linkctl::kernel::isolate().expect("as the test before it");
        let bridge = linkctl::kinds::kind("bridge").expect("in the book");
        let witness = bridge.fields.find("vlan_protocol").expect("in the table");
        crate::stage::Stage::new().has(bridge, witness)
    };
    *HAS.get_or_init(|| std::thread::spawn(look).join().expect("no panic"))
}
