//! Settings of hardware and virtual functions, declared: set as ethtool and ip set them, left alone the second time,
//! taken back, and refused with the reason where the card cannot.

use std::path::PathBuf;
use std::process::Command;

use linkctl_conformance::card::Card;
use linkctl_conformance::{Said, Space, skip};

/// The genuine ethtool, where the rig fetched it.
fn ethtool() -> Option<PathBuf> {
    let folder = std::env::var_os("LINKCTL_PEER_TOOLS").map(PathBuf::from);
    let found = folder.map(|f| f.join("run/ethtool")).filter(|p| p.exists());
    if found.is_none() {
        skip("no ethtool to compare with");
    }
    found
}

/// What ethtool shows of a link, and what ip shows of its functions; without what the carrier decides.
fn shown(space: &Space, ethtool: &PathBuf, link: &str) -> String {
    let mut out = String::new();
    for option in ["-g", "-l", "-c", "-a", "-k", ""] {
        let mut command = Command::new(ethtool);
        command.args(Some(option).filter(|o| !o.is_empty())).arg(link);
        let said: Said = command.output().expect("ethtool starts").into();
        let lasts =
            |l: &&str| !["Speed:", "Duplex:", "Link detected:", "MDI-X:"].iter().any(|w| l.contains(w));
        out += &said.out.lines().filter(lasts).map(|l| format!("{l}\n")).collect::<String>();
    }
    let functions = space.ip(&format!("link show {link}")).ok().out;
    out + &functions
        .lines()
        .filter(|l| l.trim_start().starts_with("vf "))
        .map(|l| format!("{l}\n"))
        .collect::<String>()
}

/// Fails unless each text is in what is shown.
#[track_caller]
fn has(shown: &str, texts: &[&str]) {
    for text in texts {
        let flat: Vec<_> =
            shown.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert!(flat.iter().any(|l| l.contains(text)), "no {text:?} in:\n{shown}");
    }
}

fn goal(link: &str, says: &str) -> String {
    format!("version: 1\nlinks:\n  {link}: {{{says}}}\n")
}

#[test]
fn features_of_a_link_are_set_left_alone_and_taken_back() {
    let Some(space) = Space::new() else { return };
    let add = "kind: veth, veth: {peer: vb}, ethtool: {rx-gro: on, tx_tcp_segmentation: off}";
    space.apply(&goal("va", add), &[]).ok().out_has("rx-gro");
    space.plan(&goal("va", add)).ok().out_has("nothing to do");
    let other = goal("va", "ethtool: {rx-gro: off, tx-tcp-segmentation: on}");
    space.plan(&other).fails(2).out_has("rx-gro on → off, tx-tcp-segmentation off → on");
    let file = space.file("goal.yaml", &other);
    let plan =
        |words: &[&str]| space.linkctl_with(&[&["plan", file.to_str().expect("text")], words].concat());
    assert_eq!(plan(&["--commands"]).fails(2).out, "ethtool -K va rx-gro off tx-tcp-segmentation on\n");
    let json = plan(&["--json"]).fails(2).json();
    assert_eq!(json["steps"][0]["act"], "ethtool");
    assert_eq!(json["steps"][0]["ethtool"]["rx-gro"], false);
    space.apply(&other, &[]).ok();
    if let Some((again, sent)) = space.traced(&format!("apply {}", file.display())) {
        again.ok().out_has("nothing to do");
        assert_eq!(sent, 0);
    }
    space.linkctl("undo").ok().out_has("rx-gro off → on");
    space.plan(&goal("va", add)).ok().out_has("nothing to do");
    space.apply(&goal("va", "ethtool: {rx_ring: 5}"), &[]).fails(1).err_has("rx_ring");
    space.apply(&goal("va", "vf: 1"), &[]).fails(1).err_has("SR-IOV");
    space.apply(&goal("va", "ethtool: {netns-local: on}"), &[]).fails(1).err_has("netns-local");
    space.linkctl("set va ethtool rx-gro off").ok().out_has("rx-gro on -> off");
    space.linkctl("set va ethtool rx-gro off").ok().out_has("already so");
    space.linkctl("set va mtu 1400 ethtool rx-gro on rx-lro").fails(3);
    space.linkctl("set va ethtool").fails(3).err_has("ethtool");
    space.linkctl("set va vf 0").fails(3);
    space.linkctl("set va vf count 1").fails(1).err_has("SR-IOV");
    space.linkctl("set va mtu 1400 ethtool rx-gro on").ok();
    space.linkctl("set va mtu 1500").ok();
    space.linkctl("kind ethtool").ok().out_has("rx_ring NUMBER");
    space.linkctl("kind vf").ok().out_has("spoofchk { on | off }");
    // A later step that fails takes this one back.
    let both = goal("va", "ethtool: {rx-gro: off}, mtu: 70000");
    space.apply(&both, &[]).fails(1);
    space.plan(&goal("va", add)).ok().out_has("nothing to do");
}

#[test]
fn a_card_is_as_declared_and_as_it_was_after_the_undo() {
    let Some(space) = Space::new() else { return };
    let Some(card) = Card::take(&space) else { return };
    let Some(ethtool) = ethtool() else { return };
    let name = card.name.as_str();
    let now = || shown(&space, &ethtool, name);
    let before = now();

    let want = goal(
        name,
        "state: up, ethtool: {rx_ring: 512, tx_ring: 1024, rx_usecs: 10, pause_rx: off, pause_tx: off, pause_autoneg: off, \
         rx-gro: off, tx-tcp-segmentation: off, rx-all: on}, vf: {count: 2, \
         0: {mac: \"02:00:00:00:00:77\", vlan: 5, qos: 3, spoofchk: off, trust: on}}",
    );
    space.plan(&want).fails(2).out_has("vf 0 → 2").out_has("rx_ring 256 → 512");
    assert_eq!(now(), before, "a plan changes nothing");
    let file = space.file("goal.yaml", &want);
    let plan = ["plan", "--commands", file.to_str().expect("text")];
    let commands = space.linkctl_with(&plan).fails(2).out;
    space.apply(&want, &[]).ok().out_has("applied");
    let declared = now();
    let pieces = [
        "RX: 512",
        "TX: 1024",
        "rx-usecs: 10",
        "tx-tcp-segmentation: off",
        "rx-all: on",
        "generic-receive-offload: off",
        "vf 0 link/ether 02:00:00:00:00:77 brd ff:ff:ff:ff:ff:ff, vlan 5, qos 3, spoof checking off",
        "trust on",
        "vf 1 link/ether",
    ];
    has(&declared, &pieces);
    space.apply(&want, &[]).ok().out_has("nothing to do");
    let written = space.linkctl(&format!("show --as-goal {name}")).ok().out;
    for says in ["rx_ring: 512", "rx-all: on", "count: 2", "vlan: 5", "trust: on"] {
        assert!(written.contains(says), "no {says:?} in:\n{written}");
    }
    space.plan(&written).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(now(), before, "after the first undo");
    space.apply(&written, &[]).ok();
    has(&now(), &pieces);
    space.plan(&want).ok().out_has("nothing to do");

    // Fewer or more functions only by way of none: what was said of them comes back.
    let three = want.replace("count: 2", "count: 3");
    space.plan(&three).fails(2).out_has("only by way of none: all 2 go").out_has("functions");
    space.apply(&three, &[]).fails(1).err_has("its virtual functions go").err_has("--allow-disruption");
    space.apply(&three, &["--allow-disruption"]).ok();
    has(&now(), &[pieces[6], "vf 2 link/ether"]);
    space.linkctl("undo").ok();
    assert_eq!(now(), declared, "after the undo of the third function");
    space.linkctl("undo").ok();
    assert_eq!(now(), before, "after the undo");

    // The commands that a plan prints do the same, with the genuine programs.
    let folder = |p: PathBuf| p.parent().expect("a folder").display().to_string();
    let ip = std::env::var_os("LINKCTL_PEER_IP").map(PathBuf::from).expect("found before");
    let path = format!("{}:{}:/usr/sbin:/usr/bin:/sbin:/bin", folder(ethtool.clone()), folder(ip));
    // The folder of links shows those of the namespace that mounted it: here the first one's.
    let device = std::fs::read_link(format!("/sys/class/net/{name}/device")).is_ok();
    let commands = if device {
        commands
    } else {
        commands.lines().filter(|l| !l.starts_with("echo")).map(|l| format!("{l}\n")).collect()
    };
    assert!(device || card.functions(2));
    let ran = Command::new("sh").args(["-e", "-c", &commands]).env("PATH", path).output().expect("sh starts");
    Said::from(ran).ok();
    space.plan(&want).ok().out_has("nothing to do");
    space.apply(&goal(name, "state: down, vf: 0"), &[]).ok();

    space.linkctl(&format!("set {name} vf count 1")).ok().out_has("1 virtual functions");
    space.linkctl(&format!("set {name} ethtool rx_ring 768")).ok().out_has("rx_ring 512 -> 768");
    space.linkctl(&format!("set {name} vf 0 vlan 7")).ok().out_has("vlan 0 -> 7");
    has(&now(), &["RX: 768", "vlan 7"]);
    space.apply(&goal(name, "vf: 0, ethtool: {rx_ring: 512}"), &[]).ok();

    refusals(&space, name, &now);
    modes(&space, name, &now);
}

/// What the card cannot is said before anything is sent, or taken back.
fn refusals(space: &Space, name: &str, now: &dyn Fn() -> String) {
    let before = now();
    for (says, told) in [
        ("ethtool: {rx_ring: 99999}", "rx_ring 99999 is more than the 4096 that its driver takes"),
        ("ethtool: {rx_mini_ring: 5}", "it has no rx_mini_ring"),
        ("ethtool: {highdma: off}", "highdma stays on: its driver cannot change it"),
        ("ethtool: {advertise: [10000baseT/Full]}", "is no mode of its hardware: 10baseT/Half"),
        ("ethtool: {speed: 33}", "speed 33 is in no mode of its hardware"),
        ("ethtool: {fec: rs}", "it has no fec"),
        ("vf: 9", "9 virtual functions are more than the 7 that it can have"),
        ("vf: {5: {vlan: 3}}", "and none is 5"),
    ] {
        space.plan(&goal(name, says)).fails(1).err_has(told);
        space.apply(&goal(name, says), &[]).fails(1).err_has(told);
    }
    // The driver makes it 64: a value that is not kept is a failure.
    space.apply(&goal(name, "ethtool: {rx_ring: 3}"), &[]).fails(5).err_has("rx_ring").err_has("-> 3");
    assert_eq!(now(), before, "what the driver made of it is taken back");
    // A function cannot be forced up here: what came before is taken back, functions too.
    let forced = "ethtool: {tx_ring: 128}, vf: {count: 1, 0: {state: enable}}";
    space.apply(&goal(name, forced), &[]).fails(1).err_has("state enable").err_has("taken back");
    assert_eq!(now(), before, "all was taken back");
}

/// A speed that is set, and autonegotiation again: the same modes are offered.
fn modes(space: &Space, name: &str, now: &dyn Fn() -> String) {
    let before = now();
    let fixed = goal(name, "ethtool: {autoneg: off, speed: 100, duplex: full}");
    space.apply(&fixed, &[]).ok();
    has(&now(), &["Auto-negotiation: off"]);
    space.apply(&fixed, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(now(), before, "the same modes are offered");
    space.apply(&fixed, &[]).ok();
    // Without a carrier the driver does not tell which speed is fixed: that is said, and the undo leaves it.
    let on = space.apply(&goal(name, "ethtool: {autoneg: on}"), &["--allow-disruption"]).ok();
    on.out_has("forgotten");
    assert_eq!(now(), before, "all that the hardware can is offered");
    let one = goal(name, "ethtool: {advertise: [100baseT/Full]}");
    space.apply(&one, &[]).ok();
    has(&now(), &["Advertised link modes: 100baseT/Full"]);
    space.linkctl("undo").ok();
    space.linkctl("undo").ok();
    space.linkctl("undo").ok();
    assert_eq!(now(), before, "after all undos");
}
