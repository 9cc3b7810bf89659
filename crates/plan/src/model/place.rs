//! How links go, and how they come to other names and namespaces.

use std::collections::BTreeSet;

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::{Name, Record, Type, Value};

use super::{Done, Errno, Model, Refusal, What, altnames};
use crate::habit::{self, identity, outlet};

impl Model {
    pub(super) fn delete(&mut self, key: &Key) -> Done {
        if !self.there(key)?.can_go() {
            return Err(Refusal::new(Errno::NotSupp, format!("{key} is hardware, or the loopback")));
        }
        self.fell([key.clone()]);
        Ok(())
    }

    /// Links vanish, with all that stands on them; ports of masters among them stay. Tells which went.
    fn fell(&mut self, roots: impl IntoIterator<Item = Key>) -> BTreeSet<Key> {
        let falling = self.falling(roots);
        for key in &falling {
            self.part(key, &falling);
        }
        for key in &falling {
            for port in self.ports(key).into_iter().filter(|p| !falling.contains(p)) {
                self.release(&port);
            }
        }
        for key in &falling {
            self.release(key);
            let index = self.remove(key).map_or(0, |l| l.index);
            self.loosen(key, index);
            self.note(key, What::Fell);
        }
        falling
    }

    /// Rings that stay are without an end that goes, and have an MTU of what the other has (`hsr_netdev_notify`).
    fn part(&mut self, end: &Key, falling: &BTreeSet<Key>) {
        let stay: Vec<Key> = self.rings(end).filter(|ring| !falling.contains(*ring)).cloned().collect();
        for ring in stay {
            let gone = Value::Link(end.name);
            self.edit(&ring, |l| l.data = l.data.only(|f| l.data.value(f) != Some(&gone)));
            self.note(&ring, What::Lost);
            self.unsize(&ring);
        }
    }

    /// Tunnels that outlive the link that they go out of have its number from now on.
    fn loosen(&mut self, gone: &Key, index: u32) {
        let bound =
            |k: &&Key| self.get(k).is_some_and(|l| l.home.is_none() && outlet::of(l) == Some(gone.name));
        let stay: Vec<Key> = self.near(gone).filter(bound).cloned().collect();
        for key in stay {
            self.edit(&key, |l| outlet::set(l, Name::of_index(index)));
            self.note(&key, What::Lost);
        }
    }

    pub(super) fn rename(&mut self, key: &Key, name: Name) -> Done {
        self.there(key)?;
        if key.name == name {
            return Ok(());
        }
        let to = key.beside(name);
        self.free(&to)?;
        self.relabel(key, &to);
        Ok(())
    }

    pub(super) fn move_to(&mut self, key: &Key, to: &Key) -> Done {
        let link = self.there(key)?;
        if key.netns == to.netns {
            return self.rename(key, to.name);
        }
        if self.strict && !habit::may_move(link) {
            return Err(Refusal::new(Errno::Inval, format!("{key} cannot leave its namespace")));
        }
        self.free(to)?;
        for name in altnames(link) {
            self.unnamed(to, name)?;
            if *name == *to.name.as_bytes() && self.strict {
                return Err(Refusal::new(Errno::Exist, format!("{to} is its own alternative name")));
            }
            if let Some(taken) = Name::from_kernel(name).filter(|n| self.get(&to.beside(*n)).is_some()) {
                return Err(Refusal::new(
                    Errno::Exist,
                    format!("there is a link {} already", to.beside(taken)),
                ));
            }
        }
        let alone = BTreeSet::from([key.clone()]);
        let bereft = self.bereft(key, &alone);
        self.close(key);
        self.release(key);
        let mut above = self.above(key);
        above.retain(|k| self.get(k).is_some_and(|l| habit::falls_on_move(l) && !habit::takes_ends(l)));
        above.extend(bereft);
        above.extend(self.rings(key).filter(|ring| self.is_empty_ring(ring, &alone)).cloned());
        let fallen = self.fell(above);
        self.part(key, &fallen);
        self.relabel(key, to);
        Ok(())
    }

    /// Gives a link another key; whoever mentions it does so by that, where a name alone still reaches.
    pub(crate) fn relabel(&mut self, from: &Key, to: &Key) {
        let near: Vec<Key> = self.near(from).cloned().collect();
        for key in near {
            self.edit(&key, |link| redirect(&key, link, from, to));
        }
        if self.alien.remove(from) {
            self.alien.insert(to.clone());
        }
        if let Some(mut link) = self.remove(from) {
            if from.netns != to.netns {
                let home = identity::home(from, &link);
                link.home = (home != to.netns && identity::has_home(&link)).then_some(home);
                link.base.take(&base::MASTER.0);
                link.base.take(&base::LINK.0);
                // The other namespace has settings of its own for links that come to it.
                link.base.take(&base::INET4.0);
                link.base.take(&base::INET6_TOKEN.0);
                link.base.take(&base::ADDRGENMODE.0);
                // Other links' numbers say nothing there.
                link.data = link.data.only(|f| f.ty != Type::Link);
                link.port = None;
            }
            self.insert(to, link);
        }
    }
}

fn redirect(key: &Key, link: &mut Link, from: &Key, to: &Key) {
    for end in [&mut link.lower, &mut link.peer] {
        if end.as_ref() == Some(from) {
            *end = Some(to.clone());
        }
    }
    if key.netns != from.netns {
        return;
    }
    if to.netns != from.netns {
        let gone = Value::Link(from.name);
        link.data = link.data.only(|f| link.data.value(f) != Some(&gone));
    }
    if to.netns == from.netns {
        let records = [&mut link.base, &mut link.data].into_iter().chain(link.port.as_mut());
        records.for_each(|record| rename(record, from.name, to.name));
    } else if link.base.get(base::LINK) == Some(from.name) {
        link.base.take(&base::LINK.0);
    }
}

fn rename(record: &mut Record, from: Name, to: Name) {
    let old = Value::Link(from);
    let fields: Vec<_> = record.iter().filter(|(_, v)| **v == old).map(|(f, _)| f).collect();
    for f in fields {
        record.put(f, Value::Link(to));
    }
}
