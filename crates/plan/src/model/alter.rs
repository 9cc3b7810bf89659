//! Settings: which fields change when.

use std::collections::BTreeSet;

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link};
use linkctl_schema::diff::diff;
use linkctl_schema::{Change, FieldDef, Kind, Name, Record, Rule, Type, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::delta::{field, is_shared, names_port, prune, rescale, special};
use crate::habit::{self, driver, macsec, outlet, tunnel};

impl Model {
    pub(super) fn base(&mut self, key: &Key, record: &Record) -> Done {
        let link = self.there(key)?;
        // What the kernel sets before the rest of one message (`do_setlink`).
        let first = record.only(|f| matches!(f.name, "mtu" | "arp"));
        let then = (!first.is_empty()).then(|| {
            let mut then = link.clone();
            then.base.merge(&first);
            if first.get(base::MTU).is_some() {
                habit::lose_ipv6(&mut then);
            }
            then
        });
        for (f, value) in record.iter() {
            if special(f.name) {
                return Err(Refusal::new(Errno::Inval, format!("{} has an act of its own", f.name)));
            }
            self.changeable(key, link, f, f.change)?;
            let seen = then.as_ref().unwrap_or(link);
            if let Some(why) = habit::unsettable(seen, f.name).filter(|_| self.strict) {
                return Err(Refusal::new(Errno::NotSupp, format!("{key} {why}")));
            }
            // One that it has already nobody is asked about (`netif_set_mtu_ext`).
            let other = link.base.value(f) != Some(value);
            if let (true, Value::Num(mtu)) = (f.name == "mtu" && other, value) {
                if self.strict && habit::is_firm(link) && link.up() == Some(true) {
                    return Err(Refusal::new(Errno::Busy, "its mtu changes only while it is down"));
                }
                self.room(key, link, *mtu)?;
            }
        }
        let why = habit::bad_address(link, record).or_else(|| {
            record.value(&base::ADDRESS.0)?;
            if self.is_unaddressed(key) {
                return Some("is what its first port was, which has no such address");
            }
            let ports = self.some_ports(key).map(|(_, port)| port);
            if let Some(why) = driver::keeps_address(link, ports) {
                return Some(why);
            }
            habit::unsettable(self.get(&self.lender(link)?)?, "address")
        });
        if let Some(why) = why.filter(|_| self.strict) {
            return Err(Refusal::new(Errno::NotSupp, why));
        }
        let address = record.get(base::ADDRESS).filter(|a| link.base.get(base::ADDRESS) != Some(*a));
        self.may_have(key, link, address)?;
        let capped = capped(&link.base, record);
        if record.get(base::MTU).is_some() {
            self.resizing(key);
        }
        if let Some(link) = self.world.get_mut(key) {
            link.base.merge(&capped);
            link.base.merge(record);
            if record.get(base::MTU).is_some() {
                habit::lose_ipv6(link);
            }
        }
        if let Some(mtu) = record.get(base::MTU) {
            self.resized(key, mtu);
        }
        if let Some(address) = record.value(&base::ADDRESS.0) {
            self.lend(key, address);
        }
        Ok(())
    }

    /// Whether it became what a port without an address is, and so has none itself.
    pub(crate) fn is_unaddressed(&self, key: &Key) -> bool {
        let ports = || self.some_ports(key).map(|(_, port)| port);
        self.get(key).is_some_and(|link| habit::is_unaddressed(link, ports()))
    }

    /// The link that lends its address to this one: what one in mode passthru stands on.
    fn lender(&self, link: &Link) -> Option<Key> {
        link.lower.clone().filter(|l| habit::is_alone(link) && self.get(l).is_some())
    }

    /// A link was given an address: one that lends it or is lent it has the same.
    fn lend(&mut self, key: &Key, address: &Value<'static>) {
        let lender = self.get(key).and_then(|l| self.lender(l));
        let above = self.above(key).into_iter().filter(|k| self.get(k).is_some_and(habit::borrows_address));
        for other in lender.into_iter().chain(above).collect::<Vec<_>>() {
            let link = self.world.get_mut(&other).filter(|l| l.base.value(&base::ADDRESS.0) != Some(address));
            if let Some(link) = link {
                link.base.put(&base::ADDRESS.0, address.clone());
                self.note(&other, What::Lost);
            }
        }
    }

    /// Whether a field can be changed as the link is now; `measure` is what that takes.
    fn changeable(&self, key: &Key, link: &Link, f: &FieldDef, measure: Change) -> Done {
        let up = link.up() == Some(true);
        let no = |errno, why: String| Err(Refusal::new(errno, why));
        match measure {
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
        let deltas = diff(&link.data, record);
        for (f, value) in record.iter() {
            // Some values only a rebuild leads to.
            let measure = deltas.iter().find(|d| d.field == f.name).map_or(f.change, |d| d.change);
            // What such a kernel is told once more it does not change.
            if !kind.whole || link.data.value(f) != Some(value) {
                self.changeable(key, link, f, measure)?;
            }
            if let Value::Link(name) = value
                && !name.is_none()
                && !(outlet::is_said_by(link, f) && name.index().is_some())
            {
                // Every namespace has a loopback.
                if self.strict && driver::looks_home(link) && *name != Name::LOOPBACK {
                    let why = format!("{name} is no link of the namespace that {key} was made in");
                    return Err(Refusal::new(Errno::NoDev, why));
                }
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
        let fresh = kind
            .fields
            .list()
            .iter()
            .filter(|f| lost(f) && data.value(f).is_none() && link.data.value(f).is_some());
        let fresh: Vec<_> = fresh.filter_map(|f| Some((f, f.born()?))).collect();
        fresh.into_iter().for_each(|(f, value)| data.put(f, value));
        remap(&mut data, &link.data, record);
        let whole = data.clone();
        if let Err(broken) = prune(kind, &mut data, record) {
            return Err(Refusal::new(Errno::Inval, broken.to_string()));
        }
        if self.strict {
            Self::opportune(key, link, record)?;
        }
        habit::cease(kind, &mut data, &whole, record);
        // What no rule ties to what was said stays, though it may not count.
        for (f, value) in whole.iter().filter(|(f, _)| !tied(kind, f, record)) {
            data.put(f, value.clone());
        }
        rescale(&mut data, &link.data, record);
        let mut after = Link { data, ..link.clone() };
        let spurned = habit::spurned(&after)
            .or_else(|| tunnel::forced(link, record))
            .or_else(|| macsec::crowded(record));
        if let Some(why) = spurned.filter(|_| self.strict) {
            return Err(Refusal::new(Errno::Inval, why));
        }
        if self.strict && (habit::is_frozen(link) || habit::loses_end(link, record)) {
            return Err(Refusal::new(Errno::Inval, format!("{key} cannot become another sort of tunnel")));
        }
        if self.strict && tunnel::loses_dev(link, record) {
            return Err(Refusal::new(Errno::Inval, format!("{key} has to be told its dev with each change")));
        }
        if self.strict && tunnel::holds_df(link, record) {
            return Err(Refusal::new(
                Errno::Inval,
                "pmtudisc goes on once ignore_df is off, in a change of its own",
            ));
        }
        if self.strict && habit::changes_family(link, record) {
            return Err(Refusal::new(Errno::NotSupp, format!("{key} is of the other family of addresses")));
        }
        if let Some(twin) = self.twin(key, &after).filter(|_| self.strict) {
            return Err(Refusal::new(Errno::Exist, format!("{twin} has the same identifiers")));
        }
        habit::follow_mode(&mut after, record);
        if habit::shifts(link, &after) {
            habit::resolve(&mut after);
        }
        let lost = after.base != link.base;
        if let Some(lower) = stands_on(key, &after)
            && stands_on(key, link).as_ref() != Some(&lower)
            && (lower == *key || self.carries(key, &lower))
        {
            return Err(Refusal::new(Errno::Loop, format!("{lower} stands on {key}")));
        }
        if habit::resizes(link, &after) {
            after.base.take(&base::MTU.0);
            self.note(key, What::Lost);
        } else if lost {
            self.note(key, What::Lost);
        }
        self.edit(key, |link| *link = after);
        self.share(key, record);
        Ok(())
    }

    /// Links on one link below that have settings in common.
    pub(super) fn share(&mut self, key: &Key, record: &Record) {
        if let Some(peer) = self.peer(key)
            && let Some(other) =
                self.world.get_mut(&peer).filter(|l| std::ptr::eq(l.data.fields(), record.fields()))
        {
            let was = other.data.clone();
            other.data.merge(&habit::mirrored(record));
            if other.data != was {
                self.note(&peer, What::Lost);
            }
        }
        let Some(link) = self.get(key).filter(|l| habit::shares(l)) else { return };
        let Some(lower) = link.lower.clone() else { return };
        let Some(all) = self.takers.get(&(lower, habit::family(link))) else { return };
        // They have the settings in common: where one has them, all do.
        let has = |l: &Link| {
            let now = |f: &FieldDef| field(l.data.fields(), f.name);
            record.iter().all(|(f, v)| now(f).is_none_or(|g| l.data.value(g) == Some(v)))
        };
        if all.iter().find(|k| *k != key).and_then(|k| self.get(k)).is_none_or(has) {
            return;
        }
        let fellows: Vec<Key> = all.iter().filter(|k| *k != key).cloned().collect();
        for fellow in fellows {
            let Some(other) = self.world.get_mut(&fellow).filter(|l| habit::shares(l)) else { continue };
            let mut lost = false;
            let was = other.clone();
            for (f, value) in record.iter() {
                if let Some(g) =
                    field(other.data.fields(), f.name).filter(|g| other.data.value(g) != Some(value))
                {
                    other.data.put(g, value.clone());
                    lost = true;
                }
            }
            if habit::shifts(&was, other) {
                habit::resolve(other);
            }
            if lost {
                self.note(&fellow, What::Lost);
            }
        }
    }

    pub(super) fn port(&mut self, key: &Key, record: &Record) -> Done {
        let link = self.there(key)?;
        let Some(port) = link.port.as_ref().filter(|p| std::ptr::eq(p.fields(), record.fields())) else {
            return Err(Refusal::new(Errno::Inval, format!("{key} is not a port of such a master")));
        };
        if self.strict {
            self.portable(key, record)?;
        }
        for (f, value) in record.iter() {
            self.changeable(key, link, f, f.change)?;
            if self.strict && self.master_of(key).is_some_and(|(_, m)| !habit::counts_in(m, f.name)) {
                return Err(Refusal::new(
                    Errno::Inval,
                    format!("{} does not count in its master's mode", f.name),
                ));
            }
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
        let mut all = port.clone();
        all.merge(record);
        if let Some((_, master)) = self.master_of(key).filter(|_| self.strict)
            && let Some(why) = habit::spurned_port(master, &all, record)
        {
            return Err(Refusal::new(Errno::Inval, why));
        }
        self.edit(key, |link| link.port = Some(all));
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
            if let Value::Str(word) = name {
                self.unnamed(key, word)?;
                if let Some(taken) = Name::from_kernel(word).filter(|n| self.get(&key.beside(*n)).is_some()) {
                    return Err(Refusal::new(
                        Errno::Exist,
                        format!("there is a link {} already", key.beside(taken)),
                    ));
                }
            }
            names.push(name.clone());
        }
        self.edit(key, |link| link.base.set(base::ALTNAME, names));
        Ok(())
    }

    /// Whether the link below has room for such packets, and nobody above minds.
    fn room(&self, key: &Key, link: &Link, mtu: u64) -> Done {
        let other = |m: &Link| m.base.get(base::MTU).is_none_or(|n| u64::from(n) != mtu);
        if let Some((master, _)) = self.master_of(key).filter(|(_, m)| habit::rules_mtu(m) && other(m)) {
            return Err(Refusal::new(
                Errno::Busy,
                format!("the MTU of {key} is that of {master}, its master"),
            ));
        }
        self.driver_takes(key, link, mtu)?;
        match self.below_mtu(key, link) {
            Some(most) if mtu > u64::from(most) => {
                let of = match self.carrier(key, link).and_then(|lower| habit::headroom(link, lower)) {
                    Some(1..) => "that the link below leaves it",
                    _ => "of the link that it stands on",
                };
                Err(Refusal::new(Errno::Range, format!("mtu {mtu} is more than the {most} {of}")))
            }
            _ => Ok(()),
        }
    }

    /// What a link stands on, where that is there.
    fn carrier(&self, key: &Key, link: &Link) -> Option<&Link> {
        self.get(&stands_on(key, link)?)
    }

    /// What the link below leaves of its MTU, for kinds that have no more than that.
    pub(crate) fn below_mtu(&self, key: &Key, link: &Link) -> Option<u32> {
        let lower = self.carrier(key, link)?;
        let room = habit::headroom(link, lower)?;
        let below = lower.base.get(base::MTU)?;
        // No less than Ethernet's least (`vxlan_config_apply`).
        Some(below.saturating_sub(room).max(if habit::fits_lower(link) { 0 } else { 68 }))
    }

    /// The same for a link that is made.
    pub(super) fn fits(&self, key: &Key, link: &Link) -> Done {
        link.base.get(base::MTU).map_or(Ok(()), |mtu| self.room(key, link, mtu.into()))
    }

    /// A link is to be given another MTU: bridges that it is a port of have to be judged before.
    fn resizing(&mut self, key: &Key) {
        let mut todo = vec![key.clone()];
        let mut seen = BTreeSet::new();
        while let Some(next) = todo.pop().filter(|k| seen.insert(k.clone())) {
            if let Some((master, _)) = self.master_of(&next) {
                self.judge(&master);
                todo.push(master);
            }
        }
    }

    /// A link was given another MTU: links above make do with what the link below has, ports of bonds and teams have that of
    /// their master, and a bridge that was told none has the least of its ports.
    fn resized(&mut self, key: &Key, mtu: u32) {
        if self.get(key).is_some_and(habit::fits_ports) {
            self.soft.remove(key);
            self.firm.insert(key.clone());
        }
        self.resized_above(key, mtu);
    }

    /// Whether its master lets nobody but itself change its MTU.
    fn bound(&self, key: &Key) -> bool {
        self.master_of(key).is_some_and(|(_, m)| habit::rules_mtu(m))
    }

    /// Gives a link an MTU; whether it had another.
    pub(super) fn resize(&mut self, key: &Key, mtu: u32) -> bool {
        let Some(link) = self.world.get_mut(key).filter(|l| l.base.get(base::MTU) != Some(mtu)) else {
            return false;
        };
        link.base.set(base::MTU, mtu);
        habit::lose_ipv6(link);
        self.note(key, What::Lost);
        true
    }

    /// A bridge takes the least MTU of its ports, or 1500, unless it was told one (`br_mtu_auto_adjust`). Tells a new one.
    fn follow_ports(&mut self, bridge: &Key) -> Option<u32> {
        let link = self.get(bridge).filter(|_| self.soft.contains(bridge) && !self.bound(bridge))?;
        let now = link.base.get(base::MTU)?;
        // Most have the same, and one of it is enough: none had less, or the bridge would have.
        let mut least: Option<u32> = None;
        let known = self.some_ports(bridge).map(|(_, p)| p.base.get(base::MTU)).all(|size| {
            least = size.map(|n| least.map_or(n, |l| l.min(n)));
            size.is_some_and(|n| n != now)
        });
        match (known, least) {
            (false, None) => {
                self.unsize(bridge);
                None
            }
            (false, Some(_)) => None,
            (true, least) => {
                let mtu = least.unwrap_or(1500);
                self.resize(bridge, mtu).then_some(mtu)
            }
        }
    }

    /// Whether a bridge's MTU follows its ports: that it was told one the kernel does not tell. One that has ports and another
    /// MTU than theirs was; one without ports and with another than the usual may have been, and counts as unknown.
    pub(super) fn judge(&mut self, bridge: &Key) {
        let Some(link) = self.get(bridge).filter(|l| habit::fits_ports(l)) else { return };
        if self.firm.contains(bridge) || self.soft.contains(bridge) {
            return;
        }
        let now = link.base.get(base::MTU);
        let all: Option<Vec<u32>> = self.some_ports(bridge).map(|(_, p)| p.base.get(base::MTU)).collect();
        let usual = match all {
            Some(all) if all.is_empty() && now != Some(1500) => return self.unsize(bridge),
            Some(all) => now == Some(all.into_iter().min().unwrap_or(1500)),
            None => false,
        };
        let set = if usual { &mut self.soft } else { &mut self.firm };
        set.insert(bridge.clone());
    }

    /// A port came to a link.
    pub(super) fn port_came(&mut self, master: &Key, port: &Key) {
        let Some(now) = self
            .get(master)
            .filter(|_| self.soft.contains(master) && !self.bound(master))
            .and_then(|m| m.base.get(base::MTU))
        else {
            return;
        };
        match self.get(port).and_then(|p| p.base.get(base::MTU)) {
            None => self.unsize(master),
            Some(mtu) if mtu < now || self.some_ports(master).nth(1).is_none() => {
                if self.resize(master, mtu) {
                    self.resized_above(master, mtu);
                }
            }
            Some(_) => {}
        }
    }

    /// A port left a link.
    pub(super) fn port_went(&mut self, master: &Key) {
        if let Some(mtu) = self.follow_ports(master) {
            self.resized_above(master, mtu);
        }
    }

    /// What MTU a link has only the kernel knows by now, and what those above it have with it.
    pub(super) fn unsize(&mut self, key: &Key) {
        let mut todo = vec![key.clone()];
        while let Some(next) = todo.pop() {
            let known = self.world.get_mut(&next).and_then(|l| l.base.take(&base::MTU.0)).is_some();
            if known {
                self.note(&next, What::Lost);
                let above = self.above(&next);
                todo.extend(above.into_iter().filter(|k| self.get(k).is_some_and(habit::fits_lower)));
            }
        }
    }

    /// What stands on a link, or has it as a port, follows its MTU.
    pub(super) fn resized_above(&mut self, key: &Key, mtu: u32) {
        let mut todo = vec![(key.clone(), mtu)];
        while let Some((next, mtu)) = todo.pop() {
            if self.get(&next).is_some_and(habit::sizes_ports) {
                for port in self.ports(&next) {
                    if self.resize(&port, mtu) {
                        todo.push((port, mtu));
                    }
                }
            }
            for above in self.above(&next) {
                let Some(link) = self.get(&above).filter(|_| !self.bound(&above)) else { continue };
                let room = self.get(&next).and_then(|lower| habit::headroom(link, lower));
                let most = mtu.saturating_sub(room.unwrap_or(0));
                let follows = habit::takes_lower_mtu(link)
                    || habit::fits_lower(link) && link.base.get(base::MTU).is_some_and(|m| m > most);
                if follows && self.resize(&above, most) {
                    todo.push((above, most));
                }
            }
            if let Some((master, _)) = self.master_of(&next) {
                if let Some(now) = self.get(&master).and_then(|m| m.base.get(base::MTU)).filter(|m| mtu < *m)
                    && self.soft.contains(&master)
                    && !self.bound(&master)
                {
                    // Less than all others have.
                    debug_assert!(now > mtu);
                    self.resize(&master, mtu);
                    todo.push((master, mtu));
                } else if let Some(mtu) = self.follow_ports(&master) {
                    todo.push((master, mtu));
                }
            }
        }
    }
}

/// The greatest size of a new link's packets (`GRO_LEGACY_MAX_SIZE`, `GSO_LEGACY_MAX_SIZE`).
const USUAL: u32 = 65536;

/// Sizes for IPv4 that follow the size for all as it is set, while it is one that IPv4 can have (`netif_set_gso_max_size`,
/// `netif_set_gro_max_size`).
fn capped(had: &Record, said: &Record) -> Record {
    let mut out = Record::new(&base::FIELDS);
    for (all, v4) in
        [(base::GSO_MAX_SIZE, base::GSO_IPV4_MAX_SIZE), (base::GRO_MAX_SIZE, base::GRO_IPV4_MAX_SIZE)]
    {
        if let Some(size) = said
            .get(all)
            .filter(|n| *n <= 65536 && had.get(v4).is_some() && had.get(all).unwrap_or(USUAL) != *n)
        {
            out.set(v4, size);
        }
    }
    out
}

/// Mappings only ever come, and one to 0 is none (`vlan_dev_set_egress_priority`).
fn remap(data: &mut Record, had: &Record, said: &Record) {
    for (f, value) in said.iter() {
        if let (Type::Pairs { .. }, Value::Pairs(new), Some(Value::Pairs(old))) = (f.ty, value, had.value(f))
        {
            let kept = old.iter().filter(|(from, _)| !new.iter().any(|(n, _)| n == from));
            data.put(f, Value::Pairs(kept.chain(new.iter().filter(|(_, to)| *to != 0)).copied().collect()));
        }
    }
}

/// Whether a rule speaks of a field together with one that was said.
fn tied(kind: &Kind, f: &FieldDef, said: &Record) -> bool {
    let names = |name: &str| said.iter().any(|(g, _)| g.name == name);
    names(f.name)
        || kind.rules.iter().any(|rule| match *rule {
            Rule::Needs(a, b) | Rule::Excludes(a, b) | Rule::Wants(a, b) => {
                a == f.name && names(b) || b == f.name && names(a)
            }
            Rule::OneOf(_) | Rule::When(..) => false,
        })
}
