//! The counters of a link (`struct rtnl_link_stats64` and `rtnl_link_stats` of `linux/if_link.h`).

use linkctl_wire::number;

/// The counters, in the order of the kernel's struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the kernel's and say what is counted.
#[repr(usize)]
pub enum Counter {
    RxPackets,
    TxPackets,
    RxBytes,
    TxBytes,
    RxErrors,
    TxErrors,
    RxDropped,
    TxDropped,
    Multicast,
    Collisions,
    RxLengthErrors,
    RxOverErrors,
    RxCrcErrors,
    RxFrameErrors,
    RxFifoErrors,
    RxMissedErrors,
    TxAbortedErrors,
    TxCarrierErrors,
    TxFifoErrors,
    TxHeartbeatErrors,
    TxWindowErrors,
    RxCompressed,
    TxCompressed,
    RxNohandler,
    RxOtherhostDropped,
}

/// How many counters there are.
const MANY: usize = 25;

/// A link's counters; those that the kernel is too old for are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    values: [u64; MANY],
    /// They came as 64-bit numbers.
    pub wide: bool,
}

impl Stats {
    /// Reads 64-bit counters. A shorter struct of an older kernel is read as far as it goes.
    pub fn wide(bytes: &[u8]) -> Self {
        let mut values = [0; MANY];
        for (value, chunk) in values.iter_mut().zip(bytes.chunks_exact(8)) {
            *value = number::u64(chunk).unwrap_or(0);
        }
        Self { values, wide: true }
    }

    /// Reads 32-bit counters, likewise.
    pub fn narrow(bytes: &[u8]) -> Self {
        let mut values = [0; MANY];
        for (value, chunk) in values.iter_mut().zip(bytes.chunks_exact(4)) {
            *value = number::u32(chunk).unwrap_or(0).into();
        }
        Self { values, wide: false }
    }

    /// One counter.
    pub fn get(&self, counter: Counter) -> u64 {
        self.values[counter as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_struct_of_an_old_kernel_is_read_as_far_as_it_goes() {
        let bytes: Vec<u8> = (1..=3u64).flat_map(u64::to_ne_bytes).chain([1, 2, 3]).collect();
        let stats = Stats::wide(&bytes);
        assert_eq!(stats.get(Counter::RxBytes), 3);
        assert_eq!(stats.get(Counter::TxBytes), 0);
    }
}
