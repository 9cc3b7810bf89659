//! GTP-U: the tunnels of mobile networks, 3GPP TS 29.281. Sessions are set by a program of their own.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{Grammar, Unknown, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const ROLES: &[Word] = &[("ggsn", 0), ("sgsn", 1)];

fields! {
    /// Which end it is: sgsn on the side of the subscribers, ggsn on the side of the Internet.
    ROLE: &'static str = words32(4, "role", ROLES).fixed();
    /// How many buckets the table of sessions has.
    HSIZE: u32 = u32(3, "hsize").range(1, 0x1_ffff).fixed();
    /// How often it was restarted, as it tells its peers.
    RESTART_COUNT: u8 = u8(6, "restart_count").fixed().since(5, 18);
    /// Have the kernel open the UDP ports itself, instead of a program that hands its sockets over.
    CREATE_SOCKETS: bool = switch(5, "create_sockets").given(1).fixed().since(5, 18).writeonly();
    /// The address that it listens at, of those sockets.
    LOCAL: IpAddr = ip(7, "local", 8).fixed().since(6, 13).writeonly();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "gtp",
    doc: "GTP-U: the tunnels of mobile networks",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["role"])],
    examples: &[
        Example { words: "role ggsn", wire: &[8, 0, 4, 0, 0, 0, 0, 0] },
        Example {
            words: "role sgsn hsize 512 restart_count 3",
            wire: &[8, 0, 4, 0, 1, 0, 0, 0, 8, 0, 3, 0, 0, 2, 0, 0, 5, 0, 6, 0, 3, 0, 0, 0],
        },
    ],
    uapi: &["IFLA_GTP_"],
    module: "gtp",
    config: "CONFIG_GTP",
    frames: false,
    iproute: Grammar::new(&[
        word("=role", "role").once("role").wrong("invalid role, use sgsn or ggsn"),
        word("=hsize", "hsize").odd().once("hsize").wrong("invalid PDP hash size"),
        word("=restart_count", "restart_count").odd().once("restart_count").wrong("invalid restart_count"),
    ])
    .unknown(Unknown::Ignored),
    elsewhere: Some("its contexts, one for each peer (gtp-tunnel)"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
