//! Settings: which fields change when.

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link};
use linkctl_schema::{Change, FieldDef, Record, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::delta::{is_shared, names_port, prune, rescale, special};
use crate::habit;

impl Model {
    pub(super) fn base(&mut self, key: &Key, record: &Record) -> Done {
        let link = self.there(key)?;
        for (f, value) in record.iter() {
            if special(f.name) {
                return Err(Refusal::new(Errno::Inval, format!("{} has an act of its own", f.name)));
            }
            self.changeable(key, link, f)?;
            if let (true, Value::Num(mtu)) = (f.name == "mtu", value) {
                self.room(link, *mtu)?;
            }
        }
        if let Some(link) = self.world.get_mut(key) {
            link.base.merge(record);
        }
        if let Some(mtu) = record.get(base::MTU) {
            self.squeeze(key, mtu);
        }
        Ok(())
    }

    /// Whether a field can be changed as the link is now.
    fn changeable(&self, key: &Key, link: &Link, f: &FieldDef) -> Done {
        let up = link.up() == Some(true);
        let no = |errno, why: String| Err(Refusal::new(errno, why));
        match f.change {
            Change::Live => Ok(()),
            Change::Down | Change::Vacant if up => {
                no(Errno::Busy, format!("{} changes only while it is down", f.name))
            }
            Change::Vacant if !self.ports(key).is_empty() => {
                no(Errno::Busy, format!("{} changes only while it has no ports", f.name))
            }
            Change::Down | Change::Vacant => Ok(()),
            Change::Rebuild | Change::Never => no(Errno::NotSupp, format!("{} cannot be changed", f.name)),
        }
    }

    pub(super) fn data(&mut self, key: &Key, record: &Record) -> Done {
        let link = self.there(key)?;
        let Some(kind) = link.kind.filter(|_| std::ptr::eq(link.data.fields(), record.fields())) else {
            return Err(Refusal::new(Errno::Inval, format!("{key} has no such settings")));
        };
        for (f, value) in record.iter() {
            // What such a kernel is told once more it does not change.
            if !kind.whole || link.data.value(f) != Some(value) {
                self.changeable(key, link, f)?;
            }
            if let Value::Link(name) = value
                && !name.is_none()
            {
                let (other, there) = self.named(key, *name)?;
                if f.late && there.has_master() != Some(key.name) {
                    return Err(Refusal::new(Errno::Inval, format!("{other} is not a port of {key}")));
                }
            }
        }
        let lost = |f: &FieldDef| kind.whole && f.change < Change::Rebuild;
        let alone =
            |f: &FieldDef| !is_shared(f) || !record.iter().any(|(g, _)| is_shared(g) && g.attr == f.attr);
        let mut data = link.data.only(|f| !lost(f) && alone(f));
        data.merge(record);
        if let Err(broken) = prune(kind, &mut data, record) {
            return Err(Refusal::new(Errno::Inval, broken.to_string()));
        }
        rescale(&mut data, &link.data, record);
        let after = Link { data, ..link.clone() };
        if let Some(lower) = stands_on(key, &after)
            && (lower == *key || self.carries(key, &lower))
        {
            return Err(Refusal::new(Errno::Loop, format!("{lower} stands on {key}")));
        }
        self.edit(key, |link| *link = after);
        Ok(())
    }

    pub(super) fn port(&mut self, key: &Key, record: &Record) -> Done {
        let link = self.there(key)?;
        let Some(port) = link.port.as_ref().filter(|p| std::ptr::eq(p.fields(), record.fields())) else {
            return Err(Refusal::new(Errno::Inval, format!("{key} is not a port of such a master")));
        };
        for (f, value) in record.iter() {
            self.changeable(key, link, f)?;
            if let Value::Link(name) = value
                && names_port(port.fields(), f.name)
                && !name.is_none()
            {
                let (other, there) = self.named(key, *name)?;
                if there.has_master() != link.has_master() || other == *key {
                    return Err(Refusal::new(
                        Errno::Inval,
                        format!("{other} is not a port of the same master"),
                    ));
                }
            }
        }
        self.edit(key, |link| {
            if let Some(port) = &mut link.port {
                port.merge(record);
            }
        });
        Ok(())
    }

    pub(super) fn altnames(&mut self, key: &Key, add: &[Value<'static>], remove: &[Value<'static>]) -> Done {
        let mut names = self.there(key)?.base.get(base::ALTNAME).unwrap_or_default();
        for name in remove {
            let at = names.iter().position(|n| n == name);
            let at = at.ok_or_else(|| Refusal::new(Errno::Inval, format!("{key} has no such altname")))?;
            names.remove(at);
        }
        for name in add {
            if names.contains(name) {
                return Err(Refusal::new(Errno::Exist, format!("{key} has that altname already")));
            }
            names.push(name.clone());
        }
        if let Some(link) = self.world.get_mut(key) {
            link.base.set(base::ALTNAME, names);
        }
        Ok(())
    }

    /// Whether the link below has room for such packets.
    fn room(&self, link: &Link, mtu: u64) -> Done {
        match self.below_mtu(link) {
            Some(most) if mtu > u64::from(most) => Err(Refusal::new(
                Errno::Range,
                format!("mtu {mtu} is more than the {most} of the link that it stands on"),
            )),
            _ => Ok(()),
        }
    }

    /// The MTU of the link below, for kinds that have no more than that.
    pub(super) fn below_mtu(&self, link: &Link) -> Option<u32> {
        let lower = link.lower.as_ref().filter(|_| habit::fits_lower(link))?;
        self.get(lower)?.base.get(base::MTU)
    }

    /// The same for a link that is made.
    pub(super) fn fits(&self, link: &Link) -> Done {
        link.base.get(base::MTU).map_or(Ok(()), |mtu| self.room(link, mtu.into()))
    }

    /// Links above have to make do with what the link below has.
    fn squeeze(&mut self, key: &Key, mtu: u32) {
        let mut todo = vec![key.clone()];
        while let Some(next) = todo.pop() {
            for above in self.above(&next) {
                let Some(link) = self.world.get_mut(&above).filter(|l| habit::fits_lower(l)) else {
                    continue;
                };
                if link.base.get(base::MTU).is_some_and(|m| m > mtu) {
                    link.base.set(base::MTU, mtu);
                    self.note(&above, What::Lost);
                    todo.push(above);
                }
            }
        }
    }
}
