//! Next hops that are objects of their own (`linux/nexthop.h`, Linux 5.3).
//!
//! Knows which of them somebody made by hand. Refuses to change any.

use linkctl_wire::{Attrs, Writer, number};

use crate::{Error, Socket};

const RTM_NEWNEXTHOP: u16 = 104;
const RTM_GETNEXTHOP: u16 = 106;
const NHA_OIF: u16 = 5;
/// Bytes of `struct nhmsg`.
const NHMSG: usize = 8;
/// `RTPROT_UNSPEC`, `RTPROT_BOOT`, `RTPROT_STATIC`: what routing daemons make has a number of theirs, and they make it again.
const BY_HAND: [u8; 3] = [0, 3, 4];

/// Those of the socket's namespace that lead through a link, or through any: `None`. The index of its link for each.
pub fn through(socket: &mut Socket, index: Option<u32>) -> Result<Vec<u32>, Error> {
    let mut request = Writer::message(RTM_GETNEXTHOP, 0, &[0; NHMSG]);
    if let Some(index) = index {
        request.put_u32(NHA_OIF, index);
    }
    socket.table(request.finish()?, &[RTM_NEWNEXTHOP], read)
}

fn read(payload: &[u8]) -> Option<u32> {
    let by = payload.get(..NHMSG)?[2];
    let index = Attrs::new(payload.get(NHMSG..)?).find(NHA_OIF).and_then(number::u32)?;
    BY_HAND.contains(&by).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_routing_daemons_and_groups_are_left_out() {
        let of = |by: u8, index: Option<u32>| {
            let mut message = Writer::message(RTM_NEWNEXTHOP, 0, &[2, 0, by, 0, 0, 0, 0, 0]);
            message.put_u32(1, 9);
            if let Some(index) = index {
                message.put_u32(NHA_OIF, index);
            }
            let whole = message.finish().expect("short");
            (16..whole.len()).for_each(|end| assert!(read(&whole[16..end]).is_none_or(|i| Some(i) == index)));
            read(&whole[16..])
        };
        assert_eq!((of(3, Some(7)), of(4, Some(7))), (Some(7), Some(7)));
        assert_eq!((of(11, Some(7)), of(3, None)), (None, None), "zebra, a group");
    }
}
