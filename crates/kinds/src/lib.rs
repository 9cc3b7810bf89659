//! The book of link kinds: what each is made of. Data only.
//!
//! [`link`] holds what every link has; the list below names the kinds, one file each, and `port` what is settable
//! of a link because of its master's kind, `nic` what a link has beside its message. Adding a kind is a file and a word here; `cargo xtask layers` compares
//! the list with the folder.

pub mod link;
pub mod nic;
pub mod port;

macro_rules! kinds {
    ($($module:ident)*) => {
        $(pub mod $module;)*
        /// Every kind, in alphabetical order.
        pub static KINDS: &[&linkctl_schema::Kind] = &[$(&$module::KIND),*];
    };
}

kinds! {
    amt
    bareudp
    batadv
    bond
    bridge
    can
    dsa
    dummy
    erspan
    geneve
    gre
    gretap
    gtp
    hsr
    ifb
    ip6erspan
    ip6gre
    ip6gretap
    ip6tnl
    ipip
    ipoib
    ipvlan
    ipvtap
    macsec
    macvlan
    macvtap
    netdevsim
    netkit
    nlmon
    ovpn
    pfcp
    rmnet
    sit
    team
    tun
    vcan
    veth
    virt_wifi
    vlan
    vrf
    vti
    vti6
    vxcan
    vxlan
    wireguard
    wwan
    xfrm
}

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static linkctl_schema::Kind> {
    KINDS.iter().copied().find(|k| k.name == name)
}

/// The table of what is settable of a port, by the kernel's name for it (`bridge_slave` is `bridge` here).
pub fn port(name: &str) -> Option<&'static linkctl_schema::Kind> {
    kind(name).and_then(|k| k.ports)
}
