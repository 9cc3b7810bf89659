//! Who may not.

use linkctl_kinds::link as field;
use linkctl_plan::Act;
use linkctl_plan::explain::Kind;

use crate::world::*;

const EPERM: i32 = 1;

#[test]
fn without_the_capability_the_operation_and_three_ways_are_told() {
    let read = read(&[eth(2, "eth0")], &[]);
    let act = base("eth0", |r| r.set(field::MTU, 9000));
    let said = ask_with(&act, EPERM, "", &read, |f| f.privileged = false);
    assert_eq!(
        said.what,
        "eth0: it takes the capability CAP_NET_ADMIN to set mtu 9000, and this process does not have it"
    );
    assert_eq!(
        said.hints,
        [
            "as root: put sudo before the same command",
            "or give this program the capability, and whoever may run it: \
             sudo setcap cap_net_admin+ep \"$(command -v linkctl)\" (never the ip program: every script would have it)",
            "in a container: start it with --cap-add NET_ADMIN",
            "to try things out without root: unshare -rn gives a shell with a network of its own",
        ]
    );
    assert_eq!(said.kind, Kind::Denied);
}

#[test]
fn a_capability_of_another_user_namespace_does_not_count() {
    let read = read(&[eth(2, "eth0")], &[]);
    let said = ask_with(&Act::Move(key("eth0"), blue("eth0")), EPERM, "", &read, |f| f.user_namespace = true);
    assert_eq!(
        said.what,
        "eth0: this process may not move it to the namespace blue: its CAP_NET_ADMIN counts in its own user namespace, \
         and the namespace blue or this one belongs to another"
    );
    assert_eq!(said.kind, Kind::Denied);
    assert_eq!(said.hints.len(), 2);
}

#[test]
fn with_the_capability_it_is_not_about_privileges() {
    let read = read(&[eth(2, "eth0")], &[]);
    says(
        &ask_with(&Act::Up(key("eth0")), EPERM, "", &read, |f| f.driver = Some("e1000e".into())),
        "eth0: this process has CAP_NET_ADMIN, and still may not take it up: its driver (e1000e) or a security module \
         refuses",
        &["the kernel's log may say more, also of SELinux, AppArmor and lockdown: sudo dmesg | tail"],
    );
}
