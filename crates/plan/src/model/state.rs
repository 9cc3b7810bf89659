//! Up, down and masters: what happens to the links around.

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link};
use linkctl_schema::{Mac, Name, Record, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::habit;

impl Model {
    pub(super) fn up(&mut self, key: &Key) -> Done {
        let link = self.there(key)?;
        if self.grounded(link) {
            let lower = link.lower.clone().unwrap_or_else(|| key.clone());
            return Err(Refusal::new(Errno::NetDown, format!("{lower}, which it stands on, is down")));
        }
        self.may_open(key)?;
        self.open(key);
        Ok(())
    }

    /// Whether its driver opens it; one that is up is not opened again.
    fn may_open(&self, key: &Key) -> Done {
        let Some(link) = self.get(key).filter(|l| self.strict && l.up() != Some(true)) else { return Ok(()) };
        if self.lacks_address(link) {
            return Err(Refusal::new(Errno::AddrNotAvail, format!("{key} has no address but zeros")));
        }
        self.may_have(key, link, link.base.get(base::ADDRESS))?;
        match self.listener(key, link) {
            Some(other) => {
                let why = format!("{other}, a link of another sort, listens on the same port");
                Err(Refusal::new(Errno::AddrInUse, why))
            }
            None => Ok(()),
        }
    }

    /// Whether a link can have an address, which the link below has not where it is of a kind that minds (`macvlan_addr_busy`).
    pub(super) fn may_have(&self, key: &Key, link: &Link, address: Option<Mac>) -> Done {
        let own = |l: &Key| self.get(l).and_then(|l| l.base.get(base::ADDRESS));
        let lower = link.lower.as_ref().filter(|_| self.strict && habit::shuns_lower_address(link));
        match lower.filter(|l| address.is_some() && own(l) == address) {
            Some(by) => {
                let why = format!("{by}, which {key} stands on, has that address");
                Err(Refusal::new(Errno::AddrInUse, why))
            }
            None => Ok(()),
        }
    }

    fn lacks_address(&self, link: &Link) -> bool {
        habit::lacks_address(link, link.lower.as_ref().and_then(|l| self.get(l)))
    }

    /// Takes it up, and with it the links that follow it.
    fn open(&mut self, key: &Key) {
        self.flip(key, true);
    }

    /// Takes it down, and with it the links that follow it.
    pub(super) fn close(&mut self, key: &Key) {
        self.flip(key, false);
    }

    fn flip(&mut self, key: &Key, up: bool) {
        let mut todo = vec![key.clone()];
        while let Some(next) = todo.pop() {
            let stuck = |l: &Link| next != *key && up && self.lacks_address(l);
            if self.is_up(&next) == up || self.get(&next).is_some_and(stuck) {
                continue;
            }
            if let Some(link) = self.world.get_mut(&next) {
                link.base.set(base::UP, up);
                let was = link.base.clone();
                if up {
                    habit::went_up(link);
                }
                if link.base != was {
                    self.note(&next, What::Lost);
                }
            }
            self.note(&next, if up { What::Up } else { What::Down });
            let above = self.above(&next);
            todo.extend(above.into_iter().filter(|k| self.get(k).is_some_and(habit::follows_lower)));
        }
    }

    fn cycle(&mut self, key: &Key) {
        if self.is_up(key) {
            self.close(key);
            self.open(key);
        }
    }

    pub(super) fn master(&mut self, key: &Key, to: Option<Name>) -> Done {
        let to = to.filter(|m| !m.is_none());
        if self.there(key)?.has_master() == to {
            return Ok(());
        }
        if let Some(name) = to {
            self.may_join(key, name)?;
        }
        self.release(key);
        if let Some(name) = to {
            self.join(key, name);
        }
        Ok(())
    }

    fn may_join(&self, key: &Key, name: Name) -> Done {
        let (master, m) = self.named(key, name)?;
        let link = self.there(key)?;
        if master == *key || self.carries(&master, key) {
            return Err(Refusal::new(Errno::Loop, format!("{key} stands on {master}, or is its master")));
        }
        if !habit::is_master(m) {
            return Err(Refusal::new(Errno::NotSupp, format!("{master} cannot have ports")));
        }
        if !habit::takes(m, link) {
            return Err(Refusal::new(Errno::NotSupp, format!("{master} does not take {key} as a port")));
        }
        let frames = self.carries_frames(key, link);
        let first = self.some_ports(&master).next();
        if let Some(why) = habit::unfit_port(m, link, frames, first.is_none()).filter(|_| self.strict) {
            return Err(Refusal::new(Errno::Inval, format!("{key} {why}")));
        }
        let first = first.filter(|_| habit::opens_ports(m));
        let differs = |(_, l): (&Key, &Link)| {
            !habit::opens_ports(l) && !habit::opens_ports(link) && habit::sort(l) != habit::sort(link)
        };
        if first.is_some_and(differs) {
            return Err(Refusal::new(Errno::Busy, format!("{master} has ports of another sort")));
        }
        if habit::opens_ports(m) && self.carries_frames(&master, m) != frames {
            if first.is_some() {
                return Err(Refusal::new(Errno::Busy, format!("{master} has ports of another sort")));
            }
            // `NETDEV_PRE_TYPE_CHANGE`.
            if self.strict && self.is_held(&master) {
                let why =
                    format!("{master} would become a link of another sort under what stands on it or has it");
                return Err(Refusal::new(Errno::Perm, why));
            }
        }
        // One that it has already it is not asked about (`netif_set_mtu_ext`).
        let mtu = m
            .base
            .get(base::MTU)
            .filter(|mtu| habit::sizes_ports(m) && link.base.get(base::MTU) != Some(*mtu));
        if let Some(mtu) = mtu {
            self.driver_takes(key, link, mtu.into())?;
        }
        if let (Some(most), Some(mtu)) = (self.below_mtu(key, link), mtu)
            && mtu > most
        {
            return Err(Refusal::new(
                Errno::Range,
                format!("{master} has a greater MTU than {key} can have"),
            ));
        }
        let closed = self.master_of(key).is_some_and(|(_, old)| habit::opens_ports(old));
        if habit::opens_ports(m) && self.is_up(key) && !closed {
            return Err(Refusal::new(Errno::Perm, format!("{master} takes only ports that are down")));
        }
        if habit::opens_ports(m) && self.grounded(link) {
            return Err(Refusal::new(
                Errno::NetDown,
                format!("{master} takes {key} up, and what it stands on is down"),
            ));
        }
        if habit::opens_ports(m) {
            self.may_open(key)?;
        }
        if habit::takes_packets(m) && self.tapped(key) {
            return Err(Refusal::new(Errno::Busy, format!("another link takes the packets of {key}")));
        }
        Ok(())
    }

    /// Whether links around it keep a link from becoming one of another sort.
    fn is_held(&self, key: &Key) -> bool {
        self.master_of(key).is_some_and(|(_, m)| habit::takes_packets(m) && !habit::bonds(m))
            || self.above(key).iter().any(|k| self.get(k).is_some_and(habit::holds_lower))
    }

    /// Whether a program, a link above or a ring takes the packets of a link.
    fn tapped(&self, key: &Key) -> bool {
        self.get(key).is_some_and(habit::is_tap)
            || self.takers(key).next().is_some()
            || self.rings(key).next().is_some()
    }

    /// Whether `low` carries `high`: as what it stands on, or as a port of it, over however many links.
    pub(super) fn carries(&self, low: &Key, high: &Key) -> bool {
        let mut todo = vec![low.clone()];
        let mut seen = std::collections::BTreeSet::new();
        // Upwards there are few: one master, and what stands on it.
        while let Some(next) = todo.pop() {
            if next == *high && next != *low {
                return true;
            }
            if seen.insert(next.clone()) {
                todo.extend(self.master_of(&next).map(|(k, _)| k));
                todo.extend(self.above(&next));
                todo.extend(self.rings(&next).cloned());
            }
        }
        false
    }

    /// What a link above may not do to the link below: macvlans want its packets, bridges and bonds too.
    pub(super) fn suits(&self, key: &Key, link: &Link) -> Done {
        if habit::takes_ends(link) {
            self.suit_ring(key, link)?;
        }
        let Some(lower) = stands_on(key, link) else { return Ok(()) };
        let taken = self.master_of(&lower).is_some_and(|(_, m)| habit::takes_packets(m));
        let taken = taken || self.rings(&lower).next().is_some();
        if habit::taps_lower(link) && taken {
            return Err(Refusal::new(
                Errno::Busy,
                format!("the master of {lower}, or a ring, takes its packets"),
            ));
        }
        self.fits_below(link, &lower)?;
        self.fits(key, link)
    }

    /// Whether a ring can have such ends (`hsr_check_dev_ok`, `hsr_portdev_setup`).
    fn suit_ring(&self, key: &Key, link: &Link) -> Done {
        for end in link.named().map(|n| key.beside(n)) {
            if self.strict && self.get(&end).is_some_and(habit::is_router) {
                return Err(Refusal::new(Errno::Inval, format!("{end} only routes")));
            }
            // `hsr_check_dev_ok`.
            if self.strict && self.get(&end).is_some_and(habit::is_tagged) {
                return Err(Refusal::new(
                    Errno::Inval,
                    format!("{end} is a VLAN, which a ring does not go over"),
                ));
            }
            if self.strict && self.get(&end).is_some_and(|l| !self.carries_frames(&end, l)) {
                return Err(Refusal::new(Errno::Inval, format!("{end} carries no Ethernet frames")));
            }
            if self.tapped(&end) || self.master_of(&end).is_some_and(|(_, m)| habit::takes_packets(m)) {
                return Err(Refusal::new(Errno::Busy, format!("another link takes the packets of {end}")));
            }
        }
        Ok(())
    }

    /// Whether the link below is of a sort that a link can stand on.
    fn fits_below(&self, link: &Link, lower: &Key) -> Done {
        let below = self.get(lower);
        let family = habit::family(link);
        if !family.is_empty() && self.takers(lower).any(|(other, _)| other != family) {
            return Err(Refusal::new(
                Errno::Busy,
                format!("a link of another kind takes the packets of {lower}"),
            ));
        }
        // One that has it for itself is the only one: any tells of all.
        let fellow = self.takers(lower).find(|(other, _)| *other == family).and_then(|(_, k)| self.get(k));
        if self.strict && fellow.is_some_and(|fellow| habit::is_alone(link) || habit::is_alone(fellow)) {
            return Err(Refusal::new(
                Errno::Inval,
                format!("a macvlan in mode passthru has {lower} for itself"),
            ));
        }
        if habit::taps_lower(link) && below.is_some_and(habit::is_tap) {
            return Err(Refusal::new(Errno::Busy, format!("a program takes the packets of {lower}")));
        }
        if let Some(why) = below.and_then(|l| habit::unfit_lower(link, l)).filter(|_| self.strict) {
            return Err(Refusal::new(Errno::Inval, format!("{lower} {why}")));
        }
        if let (true, Some(b)) = (habit::follows_lower(link) || habit::taps_lower(link), below)
            && habit::opens_ports(b)
            && !self.carries_frames(lower, b)
        {
            return Err(Refusal::new(Errno::Inval, format!("the ports of {lower} carry no Ethernet frames")));
        }
        Ok(())
    }

    fn join(&mut self, key: &Key, name: Name) {
        let Some(master) = self.get(&key.beside(name)).cloned() else { return };
        let table = master.kind.and_then(|k| k.ports);
        let key_of = key.beside(name);
        let (empty, frames) =
            (self.some_ports(&key_of).next().is_none(), self.carries_frames(&key_of, &master));
        let (becomes, fixed) = self.get(key).filter(|_| empty).map_or((false, false), |l| {
            let own = self.carries_frames(key, l);
            (own != frames, habit::keeps_address(l, own))
        });
        let strange = empty && habit::rules_mtu(&master) && !frames;
        self.judge(&key_of);
        if fixed && habit::bonds(&master) {
            self.leave_addresses(&key_of);
        }
        self.edit(key, |link| {
            link.base.set(base::MASTER, name);
            link.port = table.map(|k| Record::new(k.fields));
        });
        self.port_came(&key_of, key);
        if becomes && habit::opens_ports(&master) {
            self.become_like(&key_of, key);
        }
        if becomes && habit::rules_mtu(&master) {
            match self.get(key).and_then(|l| l.base.get(base::MTU)) {
                Some(mtu) => _ = self.resize(&key_of, mtu),
                None => self.unsize(&key_of),
            }
        } else if strange {
            // Of which sort it is nothing tells: it stays, or becomes what the port is.
            self.unsize(&key_of);
            self.unsize(key);
        } else if habit::sizes_ports(&master) {
            match master.base.get(base::MTU) {
                Some(mtu) => self.fit(key, mtu),
                None => self.unsize(key),
            }
        }
        if habit::opens_ports(&master) {
            self.open(key);
        } else if habit::cycles_ports(&master) {
            self.cycle(key);
        }
    }

    /// A bond that can tell its first port no address leaves all of them their own, where its mode allows that.
    fn leave_addresses(&mut self, bond: &Key) {
        let Some(link) = self.world.get_mut(bond) else { return };
        let mode = habit::value(link, "mode") == Some(&Value::Word("active-backup"));
        let Some(f) = link.data.fields().find("fail_over_mac").filter(|_| mode) else { return };
        let active = Value::Word("active");
        if link.data.value(f) != Some(&active) {
            link.data.put(f, active);
            self.note(bond, What::Lost);
        }
    }

    /// A bond or team becomes what its first port is, and stays it (`bond_setup_by_slave`, `team_setup_by_port`).
    fn become_like(&mut self, master: &Key, port: &Key) {
        let frames = self.get(port).is_none_or(|l| self.carries_frames(port, l));
        if frames {
            self.alien.remove(master);
        } else {
            self.alien.insert(master.clone());
        }
        let address = self.get(port).and_then(|l| l.base.get(base::ADDRESS));
        let Some(link) = self.world.get_mut(master).filter(|l| l.base.get(base::ADDRESS) != address) else {
            return;
        };
        if let Some(address) = address {
            link.base.set(base::ADDRESS, address);
        } else {
            link.base.take(&base::ADDRESS.0);
            link.base.take(&base::BROADCAST.0);
        }
        self.note(master, What::Lost);
    }

    /// Takes it out of its master; nothing where it has none.
    pub(super) fn release(&mut self, key: &Key) {
        let Some(name) = self.get(key).and_then(Link::has_master) else { return };
        let master = key.beside(name);
        self.judge(&master);
        let sized = self.get(&master).is_some_and(habit::sizes_ports);
        self.edit(key, |link| {
            link.base.take(&base::MASTER.0);
            link.port = None;
            if sized {
                // It gets back the one that it came with.
                link.base.take(&base::MTU.0);
            }
        });
        if sized {
            self.note(key, What::Lost);
        }
        self.port_went(&master);
        self.note(key, What::Released);
        self.forget(key, &master);
        let Some(m) = self.get(&master) else { return };
        let (opens, cycles) = (habit::opens_ports(m), habit::cycles_ports(m));
        if opens {
            self.close(key);
        } else if cycles {
            self.cycle(key);
        }
    }

    /// A port has the MTU of its new master.
    fn fit(&mut self, key: &Key, mtu: u32) {
        if self.get(key).is_some_and(|l| l.base.get(base::MTU) != Some(mtu)) {
            if let Some(link) = self.world.get_mut(key) {
                link.base.set(base::MTU, mtu);
            }
            self.note(key, What::Lost);
            self.resized_above(key, mtu);
        }
    }

    /// A master and its other ports no longer name a port that left.
    fn forget(&mut self, port: &Key, master: &Key) {
        let gone = Value::Link(port.name);
        let near: Vec<Key> = self.near(port).cloned().collect();
        for key in near {
            let Some(link) = self.get(&key) else { continue };
            let fellow = link.has_master() == Some(master.name) && key.netns == master.netns;
            if key != *master && !fellow {
                continue;
            }
            let own = key == *master && link.data.iter().any(|(f, v)| f.late && *v == gone);
            let others = fellow && link.port.iter().flat_map(Record::iter).any(|(_, v)| *v == gone);
            if own || others {
                self.edit(&key, |link| {
                    if own {
                        link.data = link.data.only(|f| !f.late || link.data.value(f) != Some(&gone));
                    }
                    if let Some(port) = link.port.as_mut().filter(|_| others) {
                        *port = port.only(|f| port.value(f) != Some(&gone));
                    }
                });
                self.note(&key, What::Lost);
            }
        }
    }
}
