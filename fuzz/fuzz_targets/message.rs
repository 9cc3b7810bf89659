//! Any datagram is read to its end, and what was read is written again as the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkctl_wire::{Ack, Messages, NLMSG_DONE, NLMSG_ERROR, Writer};

fuzz_target!(|bytes: &[u8]| {
    let mut steps = 0;
    for message in Messages::new(bytes) {
        steps += 1;
        let Ok(message) = message else { break };
        let header = message.header;
        match header.kind {
            NLMSG_ERROR => drop(Ack::parse(message.payload, header.flags)),
            NLMSG_DONE => drop(Ack::parse_done(message.payload, header.flags)),
            _ => {}
        }
        let written = Writer::message(header.kind, header.flags, message.payload).finish().expect("short");
        let again = Messages::new(&written).next().expect("one message").expect("just written");
        assert_eq!((again.header.kind, again.header.flags), (header.kind, header.flags));
        assert_eq!(&again.payload[..message.payload.len()], message.payload);
    }
    assert!(steps <= bytes.len() / 16 + 1);
});
