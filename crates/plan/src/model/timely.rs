//! Settings that the kernel refuses for what else is so: of a bond's mode, of a port's master, of the other end.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::Record;

use super::{Done, Errno, Model, Refusal};
use crate::habit::{self, driver};

impl Model {
    /// Whether a kind's own settings can be changed now, and by this link.
    pub(super) fn opportune(key: &Key, link: &Link, said: &Record) -> Done {
        if link.second {
            let first = link.peer.as_ref().map_or_else(String::new, |p| format!(", {p}"));
            let why = format!("the settings of {key} are changed through its other end{first}");
            return Err(Refusal::new(Errno::Access, why));
        }
        if let Some(f) = driver::out_of_mode(link, said) {
            return Err(Refusal::new(Errno::Access, format!("{f} does not count in the mode of {key}")));
        }
        match driver::unwatched(link, said) {
            Some(f) => Err(Refusal::new(Errno::Perm, format!("{f} cannot be said while miimon is 0"))),
            None => Ok(()),
        }
    }

    /// Whether its driver has such packets, and the drivers of ports that have to have the same.
    pub(super) fn driver_takes(&self, key: &Key, link: &Link, mtu: u64) -> Done {
        let no = |k: &Key, l: &Link| {
            let (low, high) = driver::mtu_bounds(l).filter(|(low, high)| mtu < *low || mtu > *high)?;
            let why = format!("mtu {mtu} is out of range: {k} takes {low} to {high}");
            Some(Refusal::new(Errno::Inval, why))
        };
        if !self.strict {
            return Ok(());
        }
        let ports = self.some_ports(key).filter(|_| habit::sizes_ports(link));
        let small = |(k, l): (&Key, &Link)| {
            let most = self.below_mtu(k, l).filter(|most| mtu > u64::from(*most));
            let why = || format!("mtu {mtu} is more than {k}, a port of {key}, can have");
            let firm = habit::is_firm(l) && l.up() == Some(true) && l.base.get(base::MTU) != Some(mtu as u32);
            let busy = || format!("the MTU of {k}, a port of {key}, changes only while that is down");
            no(k, l)
                .or_else(|| most.map(|_| Refusal::new(Errno::Range, why())))
                .or_else(|| firm.then(|| Refusal::new(Errno::Busy, busy())))
        };
        let refusal = no(key, link).or_else(|| ports.into_iter().find_map(small));
        refusal.map_or(Ok(()), Err)
    }

    /// Whether a port's settings can be changed now.
    pub(super) fn portable(&self, key: &Key, said: &Record) -> Done {
        let Some((master, m)) = self.master_of(key) else { return Ok(()) };
        if said.fields().find("state").is_some_and(|f| said.value(f).is_some()) && driver::spans(m).is_some()
        {
            if driver::spans(m) == Some(true) {
                return Err(Refusal::new(Errno::Busy, format!("{master} decides on states by STP")));
            }
            if !self.is_up(key) {
                return Err(Refusal::new(Errno::NetDown, format!("{key} is down, and has no state")));
            }
        }
        let Some(queue) = driver::queue(said).filter(|q| *q != 0) else { return Ok(()) };
        // `bond_get_num_tx_queues`.
        if queue > u64::from(m.base.get(base::NUMTXQUEUES).unwrap_or(16)) {
            return Err(Refusal::new(Errno::Inval, format!("{master} has no queue {queue}")));
        }
        let has = |l: &Link| l.port.as_ref().and_then(driver::queue) == Some(queue);
        match self.some_ports(&master).find(|(k, l)| *k != key && has(l)) {
            Some((other, _)) => {
                Err(Refusal::new(Errno::Inval, format!("queue {queue} of {master} goes out of {other}")))
            }
            None => Ok(()),
        }
    }
}
