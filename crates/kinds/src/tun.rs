//! TUN and TAP: a link whose packets a program reads and writes through `/dev/net/tun`, which makes the link, too.

use linkctl_schema::field::{onoff, switch, u32, user, user_group, words8};
use linkctl_schema::*;

fields! {
    /// IP packets (tun) or Ethernet frames (tap).
    MODE: &'static str = words8(3, "mode", &[("tun", 1), ("tap", 2)]).key("type").readonly();
    /// The program gets and gives four bytes before each packet: flags and Ethernet type.
    PI: bool = onoff(4, "pi").readonly();
    /// The program gets and gives a virtio header before each packet: checksum and segmentation.
    VNET_HDR: bool = onoff(5, "vnet_hdr").readonly();
    /// The program can have several queues.
    MULTI_QUEUE: bool = switch(7, "multi_queue").bare().spoken().readonly();
    /// Queues in use.
    NUMQUEUES: u32 = u32(8, "numqueues").only("multi_queue", &["on"]).readonly();
    /// Queues that are switched off.
    NUMDISABLED: u32 = u32(9, "numdisabled").only("multi_queue", &["on"]).readonly();
    /// It stays when no program has it open.
    PERSIST: bool = onoff(6, "persist").readonly();
    /// The user who may open it.
    USER: Vec<u8> = user(1, "user").readonly();
    /// The group of users who may open it.
    GROUP: Vec<u8> = user_group(2, "group").readonly();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "tun",
    doc: "TUN or TAP: a link whose packets a program reads and writes",
    fields: &FIELDS,
    uapi: &["IFLA_TUN_"],
    module: "tun",
    config: "CONFIG_TUN",
    made_by: Some("a program does that opens /dev/net/tun, such as ip tuntap add"),
    iproute: iproute::Grammar::UNREAD,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
