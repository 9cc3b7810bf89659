//! What is shown where only others know: programs, names, filters; and what iproute2 has no output for.

use std::net::IpAddr;

use linkctl_kinds::link as base;
use linkctl_link::numbers::RTM_NEWLINK;
use linkctl_link::show::monitor::{self, Clock, Prefix, Time};
use linkctl_link::show::{Form, Names, Near, Options, Program, With, brief, json, text, vf};
use linkctl_link::{Filter, Seen};
use linkctl_schema::codec::Links;
use linkctl_schema::{Name, out::Out};
use linkctl_wire::Writer;

struct Alone;

impl Links for Alone {
    fn index(&self, _: &Name) -> Option<u32> {
        None
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

impl Near for Alone {
    fn flags(&self, _: u32) -> Option<u32> {
        None
    }
    fn netns(&self, _: i32) -> Option<String> {
        None
    }
}

/// The payload of a message about the link `e`, index 2, up.
fn payload(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut header = [0; 16];
    header[2..4].copy_from_slice(&1u16.to_ne_bytes());
    header[4..8].copy_from_slice(&2u32.to_ne_bytes());
    header[8..12].copy_from_slice(&0x11043u32.to_ne_bytes());
    let mut out = Writer::message(RTM_NEWLINK, 0, &header);
    out.put_str(base::NAME.0.attr, "e");
    fill(&mut out);
    out.finish().expect("short")[16..].to_vec()
}

fn shown(payload: &[u8], near: &dyn Near, options: Options) -> String {
    let mut out = String::new();
    text::write(&Seen::new(payload).expect("a link"), near, options, None, &mut out);
    out
}

fn object(payload: &[u8], near: &dyn Near, options: Options) -> String {
    let mut out = Out::new(false);
    json::write(&Seen::new(payload).expect("a link"), near, options, None, &mut out);
    out.into_string()
}

/// Two programs, as the genuine ip found them.
fn program(id: u32) -> Option<Program> {
    let (name, load_time) = match id {
        98 => ("linkctl_xdp", 12_968_137_891_117),
        99 => ("", 12_968_138_079_588),
        _ => return None,
    };
    let tag = [0x61, 0x4b, 0x43, 0x4c, 0xd8, 0x32, 0x4e, 0xcc];
    Some(Program { name: name.into(), tag, jited: true, load_time, created_by_uid: 0, btf_id: 0 })
}

#[test]
fn programs_are_shown_with_what_the_kernel_knows_of_them() {
    let names = Names::default();
    let with = With { near: &Alone, names: &names, host: None, program: Some(&program) };
    let one = payload(|w| {
        w.nest(base::XDP.0.attr, |w| {
            w.put_u8(2, 2);
            w.put_u32(4, 98);
            w.put_u32(6, 98);
        });
    });
    let two = payload(|w| {
        w.nest(base::XDP.0.attr, |w| {
            w.put_u8(2, 4);
            w.put_u32(6, 99);
            w.put_u32(5, 98);
        });
    });
    let flags = "2: e: <BROADCAST,MULTICAST,UP,LOWER_UP>";
    let link = Options::default();
    let details = Options { details: 1, ..link };
    let event = Options { form: Form::Event, ..link };
    assert_eq!(
        shown(&one, &with, link),
        format!(
            "{flags} xdpgeneric \n    link/ether \n    prog/xdp id 98 name linkctl_xdp tag 614b434cd8324ecc jited \n"
        )
    );
    assert_eq!(
        shown(&two, &with, Options { oneline: true, ..details }),
        format!(
            "{flags} xdpmulti \\    link/ether \\    prog/xdpgeneric id 99 name  tag 614b434cd8324ecc jited \
             load_time 12968138079588 created_by_uid 0 \\    prog/xdpdrv id 98 name linkctl_xdp tag \
             614b434cd8324ecc jited load_time 12968137891117 created_by_uid 0 \n"
        )
    );
    assert_eq!(shown(&one, &with, event), format!("{flags} xdpgeneric/id:98 \n    link/ether \n"));
    let both = r#"{"mode":4,"attached":[{"mode":2,"prog":{"id":99,"name":"","tag":"614b434cd8324ecc","jited":1,"load_time":12968138079588,"created_by_uid":0}},{"mode":1,"prog":{"id":98,"name":"linkctl_xdp","tag":"614b434cd8324ecc","jited":1,"load_time":12968137891117,"created_by_uid":0}}]}"#;
    assert_eq!(
        object(&two, &with, details),
        format!(
            r#"{{"ifindex":2,"ifname":"e","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"xdp":{both},"link_type":"ether"}}"#
        )
    );
    // Whoever may not ask sees the number.
    assert!(shown(&one, &Alone, link).ends_with("prog/xdp id 98 \n"));
}

#[test]
fn names_come_from_files_and_what_they_say_harms_no_terminal() {
    let mut names = Names::default();
    names.groups.read("5 bl\x1bue\n").expect("a line");
    names.reasons.read("9 mlag\n").expect("a line");
    let host = |_: &IpAddr| Some("th\x1bere".to_owned());
    let with = With { near: &Alone, names: &names, host: Some(&host), program: None };
    let link = payload(|w| {
        w.put_u32(base::GROUP.0.attr, 5);
        w.put_u8(base::PROTODOWN.0.attr, 1);
        // iproute2 sees the first eight only.
        w.nest(55, |w| w.put_u32(2, 0x201));
        w.nest_plain(18, |w| {
            w.put_str(1, "vxlan");
            w.nest_plain(2, |w| w.put(2, &[192, 0, 2, 1]));
        });
    });
    let details = Options { details: 1, ..Options::default() };
    let text = shown(&link, &with, details);
    assert!(text.contains("group bl\\x1bue \n"), "{text}");
    assert!(
        text.contains(" protodown on protodown_reason <0,mlag>\n    vxlan remote th\\x1bere \n"),
        "{text}"
    );
    let numeric = shown(&link, &with, Options { numeric: true, ..details });
    assert!(numeric.contains("group 5 \n    link/[1]  protodown on protodown_reason <0,9>"), "{numeric}");
    let json = object(&link, &with, details);
    assert!(json.contains(r#""group":"bl\u001bue""#), "{json}");
    assert!(json.contains(r#""proto_down_reason":["0","mlag"]"#), "{json}");
    assert!(json.contains(r#""info_data":{"remote":"th\u001bere"}"#), "{json}");
}

#[test]
fn an_event_is_an_object_on_a_line_of_its_own() {
    let link = payload(|w| {
        w.put_u32(base::TXQUEUELEN.0.attr, 1000);
        w.put_u8(base::LINKMODE.0.attr, 0);
    });
    let seen = Seen::new(&link).expect("a link");
    let time = Time { seconds: 1_795_543_152, micros: 4098 };
    let prefix = Prefix { time: Some((time, Clock::Short)), nsid: Some(Some(3)), label: true };
    let mut out = String::new();
    monitor::json(&seen, &Alone, Options { deleted: true, ..Options::default() }, prefix, &mut out);
    monitor::json(&seen, &Alone, Options::default(), Prefix::default(), &mut out);
    assert_eq!(
        out,
        r#"{"timestamp":"2026-11-24T17:59:12.004098","nsid":3,"deleted":true,"ifindex":2,"ifname":"e","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"link_type":"ether"}
{"ifindex":2,"ifname":"e","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"link_type":"ether"}
"#
    );
    let mut out = String::new();
    brief::text(&seen, &Alone, Options { form: Form::Event, ..Options::default() }, &mut out);
    assert_eq!(out, "e                <BROADCAST,MULTICAST,UP,LOWER_UP> \n");
}

#[test]
fn a_list_of_virtual_functions_that_lacks_some_is_known_as_such() {
    let functions = |said: u32, listed: u32| {
        payload(|w| {
            w.put_u32(base::NUM_VF.0.attr, said);
            w.nest_plain(base::VFINFO_LIST.0.attr, |w| {
                (0..listed).for_each(|vf| {
                    w.nest_plain(1, |w| w.put(1, &[&vf.to_ne_bytes()[..], &[0; 32]].concat()));
                });
            });
        })
    };
    let truncated = |payload: &[u8]| vf::truncated(&Seen::new(payload).expect("a link"), Options::default());
    assert!(truncated(&functions(3, 2)));
    assert!(!truncated(&functions(2, 2)));
    assert!(!truncated(&payload(|_| {})));
    // iproute2 ends here with a fault, for want of the rest.
    let text = shown(&functions(1, 1), &Alone, Options::default());
    assert!(text.ends_with("\n    vf 0     link/ether 00:00:00:00:00:00\n"), "{text}");
}

#[test]
fn no_bytes_of_a_nest_make_a_fault() {
    for attr in [base::XDP.0.attr, base::VFINFO_LIST.0.attr, 12, 26, 18, 55] {
        for length in 0..40usize {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 7 % 13) as u8).collect();
            let link = payload(|w| {
                w.put_u32(base::NUM_VF.0.attr, 1);
                w.put(attr, &bytes);
                w.nest_plain(base::VFINFO_LIST.0.attr, |w| {
                    w.nest_plain(1, |w| (1..14).for_each(|a| w.put(a, &bytes)));
                });
            });
            let options = Options { details: 2, stats: 2, ours: true, ..Options::default() };
            assert!(shown(&link, &Alone, options).starts_with("2: e: "));
            assert!(object(&link, &Alone, options).starts_with("{\"ifindex\":2"));
        }
    }
}

#[test]
fn a_filter_leaves_links_that_it_says_nothing_of() {
    let link = payload(|w| {
        w.put_u32(10, 7);
        w.put_u32(base::GROUP.0.attr, 5);
        w.nest_plain(18, |w| {
            w.put_str(1, "veth");
            w.put_str(4, "bridge");
        });
    });
    let seen = Seen::new(&link).expect("a link");
    let all = Filter::default();
    let kind = |word: &str| {
        let mut filter = Filter::default();
        filter.kind(word);
        filter
    };
    for (fits, filter) in [
        (true, all.clone()),
        (true, Filter { index: Some(2), up: Some(true), master: Some(7), group: Some(5), ..all.clone() }),
        (false, Filter { index: Some(3), ..all.clone() }),
        (false, Filter { up: Some(false), ..all.clone() }),
        (false, Filter { master: Some(0), ..all.clone() }),
        (false, Filter { group: Some(0), ..all.clone() }),
        (false, Filter { none: true, ..all }),
        (true, kind("veth")),
        (false, kind("bridge")),
        (true, kind("bridge_slave")),
        (false, kind("bond_slave")),
        (false, kind("_slave")),
    ] {
        assert_eq!(filter.shows(&seen), fits, "{filter:?}");
    }
}
