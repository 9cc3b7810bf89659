//! Names: taken, malformed, missing.

use linkctl_plan::Act;
use linkctl_plan::explain::Kind;

use crate::world::*;

const ENOENT: i32 = 2;
const EBUSY: i32 = 16;
const EEXIST: i32 = 17;
const ENODEV: i32 = 19;
const EINVAL: i32 = 22;
const ENFILE: i32 = 23;
const EOPNOTSUPP: i32 = 95;

fn rename(old: &str, new: &str) -> Act {
    Act::Rename(key(old), name(new))
}

#[test]
fn who_has_a_name_is_told_by_index_and_as_which_name() {
    let read =
        read(&[eth(2, "eth0").up().altname("enp1s0"), eth(3, "eth1"), eth(7, "br0").kind("bridge")], &[]);
    says(
        &ask(&rename("eth1", "br0"), EEXIST, "", &read),
        "eth1: it cannot be called br0: this name is taken (link 7, bridge)",
        &["look at it: linkctl show -d br0", "choose another name, or delete that link: linkctl del br0"],
    );
    says(
        &ask(&rename("br0", "eth1"), EEXIST, "", &read),
        "br0: it cannot be called eth1: this name is taken (link 3, hardware)",
        &[
            "look at it: linkctl show -d eth1",
            "choose another name, or rename that link: linkctl set eth1 name NEW",
        ],
    );
    says(
        &ask(&rename("eth1", "enp1s0"), EEXIST, "", &read),
        "eth1: it cannot be called enp1s0: this name is an alternative name of eth0 (link 2, hardware)",
        &["free it: linkctl set eth0 noaltname enp1s0"],
    );
    says(
        &ask(&rename("eth1", "x"), EEXIST, "", &read),
        "eth1: it cannot be called x: another link has this name or alternative name",
        &["who has it: linkctl show -d x"],
    );
    says(
        &ask(&altnames("eth1", &["free", "enp1s0"], &[]), EEXIST, "", &read),
        "eth1: it cannot have the alternative name enp1s0: this name is an alternative name of eth0 (link 2, hardware)",
        &["look at it: linkctl show -d eth0"],
    );
}

#[test]
fn names_of_new_links_and_of_their_other_ends() {
    let read = read(&[eth(2, "va").kind("dummy"), eth(3, "eth0").altname("lan")], &[]);
    let look = ["look at it: linkctl show -d va", "choose another name, or delete that link: linkctl del va"];
    says(&ask(&pair("va", "vb"), EEXIST, "", &read), "va: this name is taken (link 2, dummy)", &look);
    says(
        &ask(&pair("vb", "va"), EEXIST, "", &read),
        "vb: the name of its other end, va, is taken (link 2, dummy)",
        &look,
    );
    says(
        &ask(&create("lan", "bridge", |_| {}), EEXIST, "", &read),
        "lan: this name is an alternative name of eth0 (link 3, hardware)",
        &["free it: linkctl set eth0 noaltname lan"],
    );
}

#[test]
fn malformed_names_are_told_apart() {
    let read = read(&[eth(2, "eth0").up().altname("lan"), eth(3, "eth1")], &[]);
    let rule = "at most 15 bytes, without / : and white space";
    says(
        &ask(&rename("eth0", "a/b"), EINVAL, "", &read),
        "eth0: it cannot be called a/b: a link's name cannot hold '/'",
        &[rule],
    );
    says(
        &ask(&rename("eth0", ".."), EINVAL, "", &read),
        "eth0: it cannot be called ..: a link cannot be called . or ..",
        &[rule],
    );
    says(
        &ask(&rename("eth0", "e%s"), EINVAL, "", &read),
        "eth0: it cannot be called e%s: a % can only be part of %d, once, for a number",
        &[rule],
    );
    says(
        &ask(&rename("eth0", "v%d"), ENFILE, "", &read),
        "eth0: no number is free for its new name",
        &["choose a name without %d"],
    );
    let long = "n".repeat(128);
    says(
        &ask(&altnames("eth0", &[&long], &[]), 34, "Attribute failed policy validation", &read),
        &format!("eth0: it cannot have the alternative name {long}: it has 128 bytes, and 127 are the most"),
        &["at most 127 bytes, without / : and white space"],
    );
    says(
        &ask(&altnames("eth0", &[], &["wan"]), ENOENT, "", &read),
        "eth0: it has no alternative name wan",
        &["there is nothing to remove; those that it has: linkctl show -d eth0"],
    );
    says(
        &ask(&altnames("eth1", &[], &["lan"]), EINVAL, "", &read),
        "eth1: lan is a name of eth0, not of this link",
        &["look at it: linkctl show -d eth0"],
    );
    says(
        &ask(&altnames("eth1", &[], &["eth1"]), EINVAL, "", &read),
        "eth1: eth1 is its name, not an alternative one",
        &["rename it instead: linkctl set eth1 name NEW"],
    );
    assert_eq!(ask(&altnames("eth0", &["x"], &[]), EOPNOTSUPP, "", &read).kind, Kind::Incapable);
}

#[test]
fn older_kernels_rename_links_that_are_down() {
    let read = read(&[eth(2, "eth0").up()], &[]);
    says(
        &ask(&rename("eth0", "lan"), EBUSY, "", &read),
        "eth0: this kernel does not rename it to lan while it is up (Linux 6.2 does)",
        &["take it down meanwhile (traffic stops): \
           linkctl set eth0 down && linkctl set eth0 name lan && linkctl set lan up"],
    );
}

#[test]
fn a_missing_link_is_looked_for_under_names_like_it_and_elsewhere() {
    let read = read(&[eth(2, "eth0"), eth(3, "eth1")], &[]);
    let said = ask_with(&Act::Up(key("eth9")), ENODEV, "", &read, |f| {
        f.elsewhere = vec!["blue".into(), "a b".into()];
    });
    says(
        &said,
        "eth9: there is no link of this name",
        &[
            "did you mean eth0, eth1?",
            "a link of this name is in the namespace blue, a b: linkctl --netns blue show eth9",
        ],
    );
    says(
        &ask(&Act::Delete(key("elephant")), ENODEV, "", &read),
        "elephant: there is no link of this name",
        &["the links that there are: linkctl show"],
    );
    let vlan = create("v7", "vlan", |l| l.lower = Some(key("eth9")));
    says(
        &ask(&vlan, ENODEV, "link does not exist", &read),
        "v7: eth9, which it is to stand on, is not there",
        &["did you mean eth0, eth1?"],
    );
    says(
        &ask(&Act::Up(key("eth0")), ENODEV, "", &read),
        "eth0: its hardware is not there, so it cannot be asked to take it up",
        &[
            "is it still there, or was it unplugged? linkctl show -d eth0",
            "hardware that sleeps wakes when its driver does: sudo dmesg | tail",
        ],
    );
}
