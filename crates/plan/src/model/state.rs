//! Up, down and masters: what happens to the links around.

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link};
use linkctl_schema::{Name, Record, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::habit;

impl Model {
    pub(super) fn up(&mut self, key: &Key) -> Done {
        let link = self.there(key)?;
        if self.grounded(link) {
            let lower = link.lower.clone().unwrap_or_else(|| key.clone());
            return Err(Refusal::new(Errno::NetDown, format!("{lower}, which it stands on, is down")));
        }
        self.open(key);
        Ok(())
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
            if self.is_up(&next) == up {
                continue;
            }
            if let Some(link) = self.world.get_mut(&next) {
                link.base.set(base::UP, up);
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
        let tapped = || self.above(key).iter().any(|k| self.get(k).is_some_and(habit::taps_lower));
        if habit::takes_packets(m) && tapped() {
            return Err(Refusal::new(Errno::Busy, format!("another link takes the packets of {key}")));
        }
        Ok(())
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
            }
        }
        false
    }

    /// What a link above may not do to the link below: macvlans want its packets, bridges and bonds too.
    pub(super) fn suits(&self, key: &Key, link: &Link) -> Done {
        let Some(lower) = stands_on(key, link) else { return Ok(()) };
        let taken = self.master_of(&lower).is_some_and(|(_, m)| habit::takes_packets(m));
        if habit::taps_lower(link) && taken {
            return Err(Refusal::new(Errno::Busy, format!("the master of {lower} takes its packets")));
        }
        self.fits(link)
    }

    fn join(&mut self, key: &Key, name: Name) {
        let Some(master) = self.get(&key.beside(name)).cloned() else { return };
        let table = master.kind.and_then(|k| k.ports);
        self.edit(key, |link| {
            link.base.set(base::MASTER, name);
            link.port = table.map(|k| Record::new(k.fields));
        });
        if habit::opens_ports(&master) {
            self.open(key);
        } else if habit::cycles_ports(&master) {
            self.cycle(key);
        }
    }

    /// Takes it out of its master; nothing where it has none.
    pub(super) fn release(&mut self, key: &Key) {
        let Some(name) = self.get(key).and_then(Link::has_master) else { return };
        let master = key.beside(name);
        self.edit(key, |link| {
            link.base.take(&base::MASTER.0);
            link.port = None;
        });
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
