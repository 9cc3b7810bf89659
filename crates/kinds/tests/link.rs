//! What only some hardware says of a link, and no kernel of the rig: shown with its names, from bytes as drivers write them.

use linkctl_kinds::link::{AF_SPEC, FIELDS};
use linkctl_schema::codec::{NoLinks, View};
use linkctl_schema::out::Out;
use linkctl_schema::text::{Level, Seen};
use linkctl_schema::{json, text};
use linkctl_wire::Writer;

/// Attributes of `linux/if_link.h` by number, as `rtnl_fill_ifinfo` writes them.
fn message() -> Vec<u8> {
    let mut w = Writer::new();
    // struct rtnl_link_ifmap
    let mut map = Vec::new();
    [0xd000_0000u64, 0xd000_ffff, 0x300].iter().for_each(|n| map.extend(n.to_ne_bytes()));
    map.extend(11u16.to_ne_bytes());
    map.extend([3, 2, 0, 0, 0, 0]);
    w.put(14, &map);
    w.nest(25, |w| {
        w.put(2, b"blue\0");
        w.put(4, &[0x11; 16]);
        w.put(5, &[0x22; 16]);
        w.put(6, &[2]);
        w.put(7, &0x101u16.to_ne_bytes());
    });
    w.nest(AF_SPEC, |w| {
        w.nest(45, |w| {
            w.put(1, &7u32.to_ne_bytes());
            w.put(2, &[6]);
        });
        w.nest(10, |w| {
            w.put(1, &0x8000_0010u32.to_ne_bytes());
            w.put(9, &1400u32.to_ne_bytes());
        });
    });
    w.nest(62, |w| {
        w.put(1, b"pci\0");
        w.put(2, b"0000:03:00.0\0");
        w.put(3, &4u32.to_ne_bytes());
    });
    w.nest(65, |w| w.put(1, &13u32.to_ne_bytes()));
    w.into_attrs().expect("it fits")
}

const NATIVE: Level = Level { all: true, ours: true };

#[test]
fn what_drivers_say_is_shown_by_name() {
    let bytes = message();
    let view = View::new(&bytes);
    assert_eq!(view.unknown(&FIELDS).count(), 0);
    let seen = Seen { view: &view, links: &NoLinks };
    let mut out = Out::new(false);
    out.object();
    json::write(&FIELDS, &seen, NATIVE, &mut out);
    out.end();
    let is: serde_json::Value = serde_json::from_str(&out.into_string()).expect("JSON");
    let uuid = |byte: &str| byte.repeat(16);
    for (member, value) in [
        (
            "map",
            serde_json::json!({
                "mem_start": "0xd0000000", "mem_end": "0xd000ffff", "base_addr": "0x300", "irq": 11, "dma": 3, "port": 2
            }),
        ),
        (
            "port_self",
            serde_json::json!({
                "profile": "blue", "instance_uuid": uuid("11"), "host_uuid": uuid("22"),
                "request": "associate", "response": "profile_inprogress"
            }),
        ),
        ("mctp_net", 7.into()),
        ("mctp_phys_binding", "i3c".into()),
        ("inet6_flags", "0x80000010".into()),
        ("inet6_ra_mtu", 1400.into()),
        ("devlink_port", serde_json::json!({"bus": "pci", "device": "0000:03:00.0", "index": 4})),
        ("dpll_pin", serde_json::json!({"id": 13})),
    ] {
        assert_eq!(is[member], value, "{member} in {is}");
    }
    let mut shown = String::new();
    text::write(&FIELDS, &seen, NATIVE, &mut shown);
    for words in [
        "mctp_net 7 ",
        "devlink_device 0000:03:00.0 ",
        "dpll_pin 13 ",
        "port_request associate ",
        "map_irq 11 ",
    ] {
        assert!(shown.contains(words), "{words:?} in {shown}");
    }
}

#[test]
fn as_ip_none_of_it_is_shown() {
    let bytes = message();
    let view = View::new(&bytes);
    let seen = Seen { view: &view, links: &NoLinks };
    for all in [false, true] {
        let level = Level { all, ..Level::default() };
        let mut shown = String::new();
        text::write(&FIELDS, &seen, level, &mut shown);
        let mut out = Out::new(false);
        out.object();
        json::write(&FIELDS, &seen, level, &mut out);
        out.end();
        assert_eq!((shown.as_str(), out.into_string().as_str()), ("", "{}"));
    }
}
