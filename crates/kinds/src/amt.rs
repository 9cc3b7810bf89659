//! Automatic multicast tunneling, RFC 7450: multicast through networks that have none.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{Grammar, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use crate::gre::NO_LINK;

const MODES: &[Word] = &[("gateway", 0), ("relay", 1)];

fields! {
    /// On which side it is: a gateway is where the receivers are, a relay where the senders are.
    MODE: &'static str = words32(1, "mode", MODES).unkeyed().json("mode").fixed();
    /// UDP port of gateways; 2268 unless said otherwise.
    GATEWAY_PORT: u16 = be16(3, "gateway_port").fixed();
    /// UDP port of relays; 2268 unless said otherwise.
    RELAY_PORT: u16 = be16(2, "relay_port").fixed();
    /// Source address of outer packets.
    LOCAL: IpAddr = ip4(5, "local").fixed();
    /// The relay that a gateway has found.
    REMOTE: IpAddr = ip4(6, "remote").readonly();
    /// Where a gateway asks for relays.
    DISCOVERY: IpAddr = ip4(7, "discovery").fixed();
    /// The link that outer packets leave by.
    DEV: Name = link(4, "dev").also(&["link"]).json("link").fixed();
    /// Most gateways that a relay serves at a time.
    MAX_TUNNELS: u32 = u32(8, "max_tunnels").fixed();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "amt",
    doc: "Automatic multicast tunneling: multicast through networks that have none",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["mode"]), Rule::OneOf(&["local"]), Rule::OneOf(&["dev"])],
    examples: &[
        Example {
            words: "mode gateway local 192.0.2.2 discovery 192.0.2.1 dev eth0",
            #[rustfmt::skip]
            wire: &[
                8, 0, 1, 0, 0, 0, 0, 0, 8, 0, 5, 0, 192, 0, 2, 2, 8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 4, 0, 7, 0, 0, 0,
            ],
        },
        Example {
            words: "mode relay relay_port 2268 local 192.0.2.1 dev eth0 max_tunnels 128",
            #[rustfmt::skip]
            wire: &[
                8, 0, 1, 0, 1, 0, 0, 0, 6, 0, 2, 0, 8, 0xdc, 0, 0, 8, 0, 5, 0, 192, 0, 2, 1,
                8, 0, 4, 0, 7, 0, 0, 0, 8, 0, 8, 0, 128, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_AMT_"],
    below: Below::Field("dev"),
    module: "amt",
    config: "CONFIG_AMT",
    bound: true,
    iproute: Grammar::new(&[
        word("=mode", "mode").odd(),
        word("=relay_port", "relay_port").wrong("relay_port"),
        word("=gateway_port", "gateway_port").wrong("gateway_port"),
        word("=max_tunnels", "max_tunnels").wrong("max_tunnels"),
        word("=dev", "dev").else_says(NO_LINK),
        word("=local", "local").odd().once("local"),
        word("=discovery", "discovery").odd().once("discovery"),
    ]),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
