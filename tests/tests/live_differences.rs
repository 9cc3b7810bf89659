//! The places where linkctl is right and iproute2 is not, both sides of each: `docs/differences.md`, by its numbers.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use linkctl_conformance::{Said, Space, skip};
use serde_json::{Value as Json, json};

/// A namespace with a pair and a bridge, and both programs.
struct Both {
    space: Space,
    theirs: PathBuf,
}

fn both() -> Option<Both> {
    let space = Space::new()?;
    if !Space::newest_ip() {
        skip("no newest ip to compare with");
        return None;
    }
    let theirs = PathBuf::from(std::env::var_os("LINKCTL_PEER_IP")?);
    let both = Both { space, theirs };
    both.theirs("ip", "link add v0 type veth peer name v1", "").ok();
    both.theirs("ip", "link add br0 type bridge", "").ok();
    both.theirs("ip", "link set v0 master br0", "").ok();
    Some(both)
}

impl Both {
    fn theirs(&self, program: &str, words: &str, input: &str) -> Said {
        fed(Command::new(self.theirs.with_file_name(program)), words, input)
    }

    fn ours(&self, program: &str, words: &str, input: &str) -> Said {
        let mut command = Command::new(self.space.binary());
        command.arg(program);
        fed(command, words, input)
    }

    /// What the genuine program tells of a link.
    fn link(&self, name: &str) -> Json {
        self.theirs("ip", &format!("-d -j link show {name}"), "").ok().json()[0].clone()
    }
}

/// Runs a program with words that may be quoted with `'`.
fn fed(mut command: Command, words: &str, input: &str) -> Said {
    use std::io::Write;
    for (i, part) in words.split('\'').enumerate() {
        if i % 2 == 1 {
            command.arg(part);
        } else {
            command.args(part.split_whitespace());
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn d1_links_that_do_not_fit_leave_nothing_in_json() {
    let Some(both) = both() else { return };
    for filter in ["up", "type bridge_slave", "v0 up"] {
        let words = format!("-j link show {filter}");
        let (theirs, ours) =
            (both.theirs("ip", &words, "").ok().json(), both.ours("ip", &words, "").ok().json());
        let fillers = |j: &Json| j.as_array().map_or(0, |a| a.iter().filter(|l| **l == json!({})).count());
        assert!(fillers(&theirs) > 0, "{filter}: {theirs}");
        assert_eq!(fillers(&ours), 0, "{filter}: {ours}");
        let without: Vec<Json> =
            theirs.as_array().expect("an array").iter().filter(|l| **l != json!({})).cloned().collect();
        assert_eq!(ours, Json::Array(without), "{filter}");
    }
}

#[test]
fn d6_escape_sequences_reach_no_terminal() {
    let Some(both) = both() else { return };
    let alias = "a\x1b[31mred";
    both.theirs("ip", &format!("link set v1 alias '{alias}'"), "").ok();
    both.theirs("ip", "link show v1", "").ok().out_has(alias);
    let said = both.ours("ip", "link show v1", "").ok().out_has("alias a\\x1b[31mred");
    assert!(!said.out.contains('\x1b'), "{:?}", said.out);
    assert_eq!(both.ours("ip", "-j link show v1", "").ok().json()[0]["ifalias"], json!(alias));
    let said = both.ours("ip", "link show 'x\x1b[31m'", "").fails(1);
    assert!(!said.err.contains('\x1b'), "{:?}", said.err);
}

#[test]
fn d8_and_d9_usage_and_version_are_our_own_and_go_to_the_same_place() {
    let Some(both) = both() else { return };
    for words in [
        "",
        "help",
        "link help",
        "link help vlan",
        "link help nope",
        "link add x type vlan help",
        "link property",
    ] {
        let (theirs, ours) = (both.theirs("ip", words, ""), both.ours("ip", words, ""));
        assert_eq!(theirs.status, ours.status, "{words}");
        assert_eq!(theirs.out.is_empty(), ours.out.is_empty(), "{words}");
        assert!(theirs.out.contains("Usage:") == ours.out.contains("Usage:"), "{words}");
        assert!(theirs.err.contains("Usage:") == ours.err.contains("Usage:"), "{words}");
    }
    both.theirs("ip", "-V", "").ok().out_has("ip utility, iproute2-7.3.0, libbpf");
    both.ours("ip", "-V", "").ok().out_has("ip utility, iproute2-7.3.0, linkctl");
}

#[test]
fn d10_no_attribute_is_dropped() {
    let Some(both) = both() else { return };
    let addresses: Vec<String> = (0..100).map(|i| format!("02:00:00:00:00:{i:02x}")).collect();
    let words = |name: &str| {
        format!("link add {name} link v1 type macvlan mode source macaddr set {}", addresses.join(" "))
    };
    let count = |name: &str| both.link(name)["linkinfo"]["info_data"]["macaddr_count"].clone();
    let said = both.theirs("ip", &words("m0"), "").ok();
    assert!(said.err.contains("message exceeded bound"), "{}", said.err);
    assert_ne!(count("m0"), json!(100), "iproute2 says 0 and does less");
    let said = both.ours("ip", &words("m1"), "").ok();
    assert_eq!((said.err.as_str(), count("m1")), ("", json!(100)));
}

#[test]
fn d11_replace_is_idempotent() {
    let Some(both) = both() else { return };
    let words = "link replace r0 mtu 1400 type bridge max_age 1200";
    both.theirs("ip", words, "").ok();
    both.theirs("ip", words, "").fails(2).err_has("Operation not supported");
    both.ours("ip", words, "").ok();
    both.ours("ip", "link replace r0 mtu 1300 type bridge max_age 1100", "").ok();
    let link = both.link("r0");
    assert_eq!((&link["mtu"], &link["linkinfo"]["info_data"]["max_age"]), (&json!(1300), &json!(1100)));
    both.ours("ip", "link replace r0 type veth", "")
        .fails(2)
        .err_has("RTNETLINK answers: Operation not supported");
    both.ours("ip", "link replace r1 type veth peer name r2", "").ok();
    both.ours("ip", "link replace r1 type veth peer name r2", "").ok();
}

#[test]
fn d12_del_looks_at_the_kind() {
    let Some(both) = both() else { return };
    both.theirs("ip", "link add w0 type veth peer name w1", "").ok();
    both.ours("ip", "link del w0 type bridge", "")
        .fails(2)
        .err_has("w0 is veth, not bridge: nothing was deleted");
    assert_eq!(both.link("w0")["ifname"], json!("w0"));
    both.theirs("ip", "link del w0 type bridge", "").ok();
    both.theirs("ip", "link show w0", "").fails(1);
    both.ours("ip", "link del br0 type bridge", "").ok();
}

/// Whether the kernel makes such a link; says so where it does not.
fn makes(both: &Both, words: &str) -> bool {
    for module in ["fou", "fou6"] {
        let _ = Command::new("modprobe").arg(module).stderr(Stdio::null()).status();
    }
    let made = both.theirs("ip", words, "");
    if made.status != 0 {
        skip(&format!("{words}: {}", made.err.trim()));
    }
    made.status == 0
}

/// What a link of a tunnel says after a change by either program.
fn changed(both: &Both, add: &str, name: &str, set: &str) -> Option<(Json, Json)> {
    let mut told = Vec::new();
    for ours in [false, true] {
        if !makes(both, &format!("link add {name} {add}")) {
            return None;
        }
        let words = format!("link set {name} {set}");
        if ours { both.ours("ip", &words, "") } else { both.theirs("ip", &words, "") }.ok();
        told.push(both.link(name));
        both.theirs("ip", &format!("link del {name}"), "").ok();
    }
    let ours = told.pop()?;
    Some((told.pop()?, ours))
}

#[test]
fn d13_tunnels_keep_their_ports_on_set() {
    let Some(both) = both() else { return };
    for (kind, ends) in [
        ("gre", "remote 10.0.0.1 local 10.0.0.2"),
        ("ipip", "remote 10.0.0.1 local 10.0.0.2"),
        ("ip6gre", "remote 2001:db8::1 local 2001:db8::2"),
    ] {
        let add = format!("type {kind} {ends} encap fou encap-sport 100 encap-dport 5555");
        let Some((theirs, ours)) = changed(&both, &add, "t0", &format!("type {kind} ttl 9")) else { return };
        let ports = |l: &Json| {
            let data = &l["linkinfo"]["info_data"];
            (data["ttl"].clone(), data["encap"]["sport"].clone(), data["encap"]["dport"].clone())
        };
        assert_eq!(ports(&theirs), (json!(9), json!(25600), json!(45845)), "{kind}");
        assert_eq!(ports(&ours), (json!(9), json!(100), json!(5555)), "{kind}");
    }
}

#[test]
fn d14_an_ip6tnl_keeps_its_encapsulation() {
    let Some(both) = both() else { return };
    let add = "type ip6tnl remote 2001:db8::1 local 2001:db8::2 encap fou encap-sport 100 encap-dport 5555";
    let Some((theirs, ours)) = changed(&both, add, "t0", "type ip6tnl hoplimit 9") else { return };
    let data = |l: &Json| l["linkinfo"]["info_data"].clone();
    assert_eq!((&data(&theirs)["ttl"], &data(&theirs)["encap"]), (&json!(9), &Json::Null));
    assert_eq!((&data(&ours)["ttl"], &data(&ours)["encap"]["dport"]), (&json!(9), &json!(5555)));
}

#[test]
fn d15_a_vti_keeps_the_link_below() {
    let Some(both) = both() else { return };
    both.theirs("ip", "link add big index 300 type veth", "").ok();
    let add = "type vti remote 10.0.0.1 local 10.0.0.2 key 5 dev big";
    let Some((theirs, ours)) = changed(&both, add, "t0", "type vti fwmark 3") else { return };
    assert_ne!(theirs["link"], json!("big"));
    assert_eq!(ours["link"], json!("big"));
    assert_eq!(ours["linkinfo"]["info_data"]["fwmark"], json!("0x3"));
}

#[test]
fn d22_values_of_tunnels_that_are_none_are_refused() {
    let Some(both) = both() else { return };
    // Refused before the kernel is asked, so that it need not know the kinds.
    let words = "link add t0 type ip6tnl encaplimit zz";
    assert!(!both.theirs("ip", words, "").err.contains("ELIM"));
    both.ours("ip", words, "").fails(255).err_has("invalid ELIM");
    let words = "link add t0 type amt local 2001:db8::1";
    assert!(!both.theirs("ip", words, "").err.contains("local address"));
    both.ours("ip", words, "").fails(255).err_has("invalid local address");
    // The genuine one crashes.
    assert_eq!(both.theirs("ip", "link add t0 type sit 6rd-reset foo", "").status, -1);
    both.ours("ip", "link add t0 type sit 6rd-reset foo", "").fails(1).err_has("Usage");
}

#[test]
fn d17_a_line_of_a_batch_is_one_request() {
    let Some(both) = both() else { return };
    let lines = "link set v0 mtu 1400\nlink set v1 mtu 1400\n".repeat(10);
    let file = both.space.file("batch", &lines);
    let count = |program: Command| -> Option<usize> {
        let log = both.space.file("calls", "");
        let mut command = Command::new("strace");
        command.args(["-f", "-e", "trace=network", "-o"]).arg(&log).arg(program.get_program());
        command.args(program.get_args()).arg("-b").arg(&file);
        if command.output().is_err() {
            skip("strace is not installed");
            return None;
        }
        Some(std::fs::read_to_string(&log).expect("strace writes it").lines().count())
    };
    let mut ours = Command::new(both.space.binary());
    ours.arg("ip");
    let (Some(theirs), Some(ours)) = (count(Command::new(&both.theirs)), count(ours)) else { return };
    assert!(ours >= 2 * 20, "each line is sent and answered");
    assert!(ours * 4 < theirs, "{ours} calls against {theirs}");
}

#[test]
fn d18_words_that_are_passed_over_are_named() {
    let Some(both) = both() else { return };
    for (program, words) in [("ip", "link set v0 link v1"), ("bridge", "link show foo")] {
        let (theirs, ours) = (both.theirs(program, words, "").ok(), both.ours(program, words, "").ok());
        assert_eq!((theirs.err.as_str(), &theirs.out), ("", &ours.out), "{words}");
        assert!(ours.err.starts_with("Warning: ") && ours.err.contains("ignored"), "{}", ours.err);
    }
}

#[test]
fn d19_a_namespace_that_is_not_there_is_named() {
    let Some(both) = both() else { return };
    both.theirs("ip", "link set v0 link-netns nope", "").fails(255).err_has("(null)");
    both.ours("ip", "link set v0 link-netns nope", "").fails(255).err_has("argument \"nope\" is wrong");
}
