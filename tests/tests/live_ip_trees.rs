//! Trees of five hundred links, under every option and form, are shown as the genuine ip shows them, and JSON is JSON.

use linkctl_conformance::ip::{Line, Programs, Who};
use linkctl_conformance::{Space, skip};

/// How many links a tree has.
const MANY: usize = 500;
const FORMS: &[&str] = &["-j", "-j -p", "-o", "-br", "-br -j"];
const OPTIONS: &[&str] =
    &["", "-d", "-s", "-s -s", "-d -s -s", "-d -d", "-N -d", "-h -s", "-h -iec -s", "-c=always", "-t"];

/// The lines that make a tree.
fn tree(kind: &str) -> String {
    let mut out = String::new();
    match kind {
        "bridge" => {
            out += "link add b0 address 02:00:00:00:00:01 type bridge\nlink set b0 up\n";
            for i in 0..MANY / 2 {
                out += &format!("link add p{i} master b0 type veth peer name q{i}\nlink set p{i} up\n");
            }
        }
        "bond" => {
            out += "link add b0 address 02:00:00:00:00:01 type bond mode active-backup miimon 100\n";
            for i in 1..MANY {
                out += &format!("link add p{i} type dummy\nlink set p{i} master b0\n");
            }
            out += "link set b0 up\n";
        }
        _ => {
            out += "link add b0 address 02:00:00:00:00:01 type veth peer name c0\nlink set b0 up\n";
            for i in 1..MANY {
                // Stacked four high, each on the one before.
                let below = if i % 4 == 1 { "b0".to_owned() } else { format!("v{}", i - 1) };
                out +=
                    &format!("link add link {below} name v{i} type vlan id {i} egress-qos-map 1:{}\n", i % 8);
            }
        }
    }
    out
}

fn compare(kind: &str, programs: &Programs, space: &Space) -> Result<Vec<String>, String> {
    let scratch = space.file("in", "").parent().expect("in a folder").to_path_buf();
    for which in ["all", "default"] {
        // Nobody sends anything: counters would move.
        let _ = std::fs::write(format!("/proc/sys/net/ipv6/conf/{which}/disable_ipv6"), "1");
    }
    let made = programs.run(Who::Theirs, &Line { input: Some(tree(kind)), ..Line::ip("-batch -") }, &scratch);
    if made.status != 0 {
        let why = made.err.lines().next().unwrap_or_default();
        return Err(format!("this kernel makes no tree of kind {kind}: {why}"));
    }
    let mut wrong = Vec::new();
    // In the rig, where programs are slow, the options that show the least and the most.
    let few = std::env::var_os("LINKCTL_IN_VM").is_some() && std::env::var_os("LINKCTL_LONG").is_none();
    for form in FORMS {
        for options in OPTIONS.iter().filter(|o| !few || ["", "-d -s -s"].contains(o)) {
            let line = Line::ip(&format!("{form} {options} link show"));
            let show = |who| {
                let said = programs.run(who, &line, &scratch);
                assert_eq!((said.status, said.err.as_str()), (0, ""), "{line}");
                said.out
            };
            // Timers and states move for a while.
            let equal = (0..10).any(|_| {
                let (theirs, ours) = (show(Who::Theirs), show(Who::Ours));
                linkctl_conformance::peer::masked(&theirs) == linkctl_conformance::peer::masked(&ours)
            });
            if !equal {
                wrong.push(format!("{kind}: {line}"));
            }
            let ours = show(Who::Ours);
            if form.contains("-j") {
                let many = serde_json::from_str::<Vec<serde_json::Value>>(&ours).map_or(0, |list| list.len());
                assert!(many >= MANY, "{kind}: {line}: {many} links in what should be JSON");
            } else {
                assert!(ours.lines().count() >= MANY, "{kind}: {line}: {} lines", ours.lines().count());
            }
        }
    }
    Ok(wrong)
}

#[test]
fn trees_of_five_hundred_links_are_shown_as_ip_shows_them() {
    let Some(outer) = Space::new() else { return };
    let Some(programs) = Programs::find(&outer) else { return };
    let mut wrong = Vec::new();
    for kind in ["bridge", "bond", "vlan"] {
        match outer.another(|space| compare(kind, &programs, space)) {
            Ok(list) => wrong.extend(list),
            Err(why) => skip(&why),
        }
    }
    assert!(wrong.is_empty(), "these differ:\n{}", wrong.join("\n"));
}
