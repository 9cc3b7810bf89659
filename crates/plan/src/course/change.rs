//! Changing links that are there: exactly what differs, and no longer down than it takes.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::diff::{Delta, diff, strongest};
use linkctl_schema::{Change, Name, Value};

use super::{Course, Done};
use crate::act::Act;
use crate::conflict::Conflict;
use crate::delta;
use crate::habit::{self, driver, macsec, tunnel};
use crate::model::{Errno, Refusal};
use crate::reason::Reason;

/// What differs in one link.
struct Gap {
    base: Vec<Delta>,
    data: Vec<Delta>,
    /// The master that it is to have, where it has another; [`Name::NONE`] for none.
    master: Option<Name>,
    /// It leaves a master that takes it down in doing so.
    closes: bool,
    /// It comes to a master that takes only ports that are down.
    joins: bool,
    /// Something is set anew on the way, and has to be looked at again.
    again: bool,
}

impl Course<'_> {
    /// Makes a link as it is to be, but for what has to wait for others.
    pub(super) fn change(&mut self, key: &Key) -> Done {
        let Some(mut gap) = self.gap(key) else { return Ok(()) };
        if gap.again {
            self.touch(key);
        }
        if gap.closes {
            self.enslave(key, &mut gap)?;
        }
        let level = strongest(&gap.base).max(strongest(&gap.data));
        let unfit = gap.joins && gap.master.is_some();
        // A bond that it comes to would take it up again.
        let opened = self.opens(key, gap.master);
        let stays_down = self.up(key) == Some(false) && !opened;
        if self.model.is_up(key) && (stays_down || level >= Some(Change::Down) || unfit) {
            let why = match () {
                () if stays_down => self.why_up(key, false),
                () if unfit => gap.master.map(Reason::Joins).into_iter().collect(),
                () => needs(&gap),
            };
            self.act(Act::Down(key.clone()), why)?;
        }
        if level == Some(Change::Vacant) {
            for port in self.model.ports(key) {
                self.act(Act::Master(port.clone(), None), needs(&gap))?;
                self.touch(&port);
            }
        }
        self.set(key, &gap)?;
        self.enslave(key, &mut gap)?;
        self.port(key, false)?;
        match self.up(key) {
            Some(up) if up != self.model.is_up(key) => {
                let act = if up { Act::Up(key.clone()) } else { Act::Down(key.clone()) };
                self.act(act, self.why_up(key, up))
            }
            _ => Ok(()),
        }
    }

    /// Whether a link has the MTU that others leave it, and nobody said another: a bridge that of its ports, what stands on a link
    /// no more than that one leaves it. To pin it would be a change that nobody asked for, or be refused.
    pub(super) fn follows(&self, key: &Key, want: &Link) -> bool {
        let squeezed =
            || self.model.below_mtu(key, want).zip(want.base.get(base::MTU)).is_some_and(|(b, m)| b < m);
        self.said(key).is_none_or(|l| l.base.get(base::MTU).is_none())
            && (habit::fits_ports(want) || squeezed())
    }

    fn gap(&self, key: &Key) -> Option<Gap> {
        let (have, want) = (self.model.get(key)?, self.will(key)?);
        let mut base = delta::base(have, want);
        // A field whose absence is no difference still has to be said to a link that is new.
        let fresh = self.was(key).is_none() || self.harms.why(key).is_some();
        if let Some(said) = self.said(key).filter(|_| fresh) {
            base.extend(delta::unsaid(&have.base, &said.base, |_| true));
        }
        if let Some(said) = self.said(key).filter(|_| self.unsure.contains(key)) {
            delta::insist(&mut base, &said.base);
        }
        if self.follows(key, want) {
            // With too small an MTU what it had of IPv6 is gone, too.
            let said =
                |d: &Delta| self.said(key).is_some_and(|l| l.base.iter().any(|(f, _)| f.name == d.field));
            let lost = |d: &Delta| habit::is_of_ipv6(d.field) && habit::unsettable(have, d.field).is_some();
            base.retain(|d| d.field != "mtu" && (said(d) || !lost(d)));
        }
        let lends = || {
            let said = |k: &Key| !self.is_given(k, base::ADDRESS.0.name);
            let alone = |k: &Key| self.model.get(k).is_some_and(habit::is_alone);
            self.model.above(key).iter().any(|k| alone(k) && said(k))
        };
        let elsewhere = || habit::borrows_address(want) || lends() || self.model.is_unaddressed(key);
        if self.is_given(key, base::ADDRESS.0.name) && elsewhere() {
            base.retain(|d| d.field != base::ADDRESS.0.name);
        }
        // A master of another sort than Ethernet has the addresses of its ports.
        let strange = || habit::opens_ports(have) && !self.model.carries_frames(key, have);
        if fresh && habit::is_addressed(want) || strange() {
            base.retain(|d| !self.is_given(key, d.field));
        }
        delta::size(&have.base, &want.base, &mut base);
        let all = base.len();
        let mut data = delta::data(have, want);
        if let (Some(kind), Some(said)) = (want.kind, self.said(key)) {
            delta::along(kind, &have.data, &said.data, &mut data);
        }
        data.retain(|d| !delta::is_late(want.data.fields(), d.field));
        if habit::shifts(have, want) {
            // What the new mode takes away is not to be taken away in it.
            data.retain(|d| !d.want.is_nothing() || !habit::leaves_behind(want, d.field));
        }
        if !data.is_empty() {
            // What the change would bring with it is said otherwise.
            let record = delta::settings(have, want, &data);
            let mut then = have.clone();
            then.data.merge(&record);
            habit::follow_mode(&mut then, &record);
            for d in diff(&then.data, &want.data) {
                if !data.iter().any(|e| e.field == d.field)
                    && diff(&have.data, &want.data).iter().all(|e| e.field != d.field)
                {
                    data.push(Delta { have: Some(d.want.clone()), ..d });
                }
            }
        }
        // What another link decides too gives way, unless it was said of this one.
        let said = self.said(key).map(|l| &l.data);
        let kept = |d: &Delta| said.is_some_and(|r| spoken(r, d)) && !self.is_brought(have, d);
        data.retain(|d| !habit::is_common(have, d.field) || kept(d));
        let elsewhere = data.iter().any(|d| matches!(d.field, "dev" | "remote"));
        if !data.is_empty() && have.kind.is_some_and(|k| k.whole || k.name == "vxlan" && elsewhere) {
            // The kernel works it out anew, and it is looked at again then.
            base.retain(|d| d.field != "mtu");
        }
        // What going up or another mode sets anew is looked at again then.
        let mut then = Link { base: want.base.clone(), ..have.clone() };
        if !data.is_empty() {
            then.data.merge(&want.data);
            if habit::shifts(have, &then) {
                habit::resolve(&mut then);
            }
        }
        let mut up = have.clone();
        if have.up() != Some(true) && self.up(key) == Some(true) {
            habit::went_up(&mut then);
            habit::went_up(&mut up);
        }
        base.retain(|d| {
            delta::field(&base::FIELDS, d.field).is_none_or(|f| {
                let wanted = want.base.value(f);
                let brought = up.base.value(f) != have.base.value(f) && up.base.value(f) == wanted;
                then.base.value(f) == wanted && !brought
            })
        });
        for d in base.iter_mut().filter(|d| d.field == "mtu" && habit::is_firm(have)) {
            d.change = Change::Down;
        }
        let wanted = self.master_of(key);
        let master = Some(wanted.unwrap_or(Name::NONE)).filter(|_| wanted != have.has_master());
        // It will have that of its master, and is looked at again then.
        let sized = |m: Name| self.model.get(&key.beside(m)).is_some_and(habit::sizes_ports);
        if master.filter(|m| !m.is_none()).is_some_and(sized) {
            base.retain(|d| d.field != "mtu");
        }
        let again = base.len() < all;
        // Nor does anybody who says nothing of it want another than its master's.
        let told = self.said(key).is_some_and(|l| l.base.get(base::MTU).is_some());
        if !told && wanted.is_some_and(sized) {
            base.retain(|d| d.field != "mtu");
        }
        let leaves = master.is_some() && self.opens(key, have.has_master());
        let joins = self.opens(key, wanted);
        Some(Gap { base, data, master, closes: leaves && !joins, joins: joins && !leaves, again })
    }

    /// Whether a link that is still to be made brings what it has in common with another.
    fn is_brought(&self, have: &Link, d: &Delta) -> bool {
        let brings = |l: &Link| l.lower == have.lower && habit::value(l, d.field) == Some(&d.want);
        habit::shares(have)
            && self.sharers.iter().any(|k| self.model.get(k).is_none() && self.will(k).is_some_and(brings))
    }

    fn set(&mut self, key: &Key, gap: &Gap) -> Done {
        let kind_first = self.will(key).is_some_and(habit::settles_mtu);
        if kind_first {
            self.set_kind(key, gap)?;
        }
        if !gap.base.is_empty()
            && let Some(have) = self.model.get(key)
        {
            let record = delta::record(&base::FIELDS, &gap.base, &have.base);
            self.act(Act::Base(key.clone(), record), self.why(key, &gap.base))?;
            self.unsure.remove(key);
        }
        self.altnames(key)?;
        if !kind_first {
            self.set_kind(key, gap)?;
        }
        self.hardware(key)
    }

    fn set_kind(&mut self, key: &Key, gap: &Gap) -> Done {
        if !gap.data.is_empty()
            && let (Some(have), Some(want)) = (self.model.get(key), self.will(key))
        {
            let record = delta::settings(have, want, &gap.data);
            // What only goes along is no reason.
            let differ = |d: &&Delta| d.have.as_ref() != Some(&d.want);
            let why: Vec<Delta> = gap.data.iter().filter(differ).cloned().collect();
            let (end, record) = driver::through(key, have, self.model.world(), record);
            let other = Some(end.clone()).filter(|end| end != key);
            if tunnel::holds_df(have, &record) {
                let mut first = record.clone();
                let pmtudisc = delta::field(record.fields(), "pmtudisc");
                pmtudisc.into_iter().for_each(|f| first.put(f, Value::Bool(false)));
                self.act(Act::Data(end.clone(), first), self.why(key, &why))?;
            }
            let (record, rest) = macsec::split(record);
            for record in std::iter::once(record).chain(rest) {
                self.act(Act::Data(end.clone(), record), self.why(key, &why))?;
            }
            if let Some(end) = other {
                self.touch(&end);
            }
        }
        Ok(())
    }

    fn altnames(&mut self, key: &Key) -> Done {
        let Some(want) = self.will(key).and_then(|l| l.base.get(base::ALTNAME)) else { return Ok(()) };
        let Some(have) = self.model.get(key) else { return Ok(()) };
        let have = have.base.get(base::ALTNAME).unwrap_or_default();
        let add: Vec<_> = want.iter().filter(|n| !have.contains(n)).cloned().collect();
        let remove: Vec<_> = have.iter().filter(|n| !want.contains(n)).cloned().collect();
        if add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        let delta = Delta {
            field: "altname",
            change: Change::Live,
            have: Some(Value::List(have)),
            want: Value::List(want),
        };
        for name in &add {
            if let Value::Str(word) = name {
                self.unname(key, word)?;
            }
        }
        self.act(Act::Altnames { key: key.clone(), add, remove }, self.why(key, &[delta]))
    }

    fn enslave(&mut self, key: &Key, gap: &mut Gap) -> Done {
        let Some(want) = gap.master.take().map(|m| Some(m).filter(|m| !m.is_none())) else { return Ok(()) };
        if self.model.get(key).is_none_or(|l| l.has_master() == want) {
            // A loop may have been cleared by taking it out before.
            return Ok(());
        }
        let lifted = if self.opens(key, want) { self.lift(key)? } else { None };
        let why = self.why_master(key, want);
        self.act(Act::Master(key.clone(), want), why)?;
        // That takes down all that it was lifted for.
        lifted.map_or(Ok(()), |lower| self.act(Act::Down(lower), vec![Reason::Restores]))
    }

    /// Takes up, for a while, what keeps a link down that a bond is going to take up; tells the lowest of it.
    fn lift(&mut self, key: &Key) -> Result<Option<Key>, Conflict> {
        let mut down = Vec::new();
        let mut at = key.clone();
        while let Some(lower) =
            self.model.get(&at).filter(|l| self.model.grounded(l)).and_then(|l| l.lower.clone())
        {
            if down.contains(&lower) {
                break;
            }
            down.push(lower.clone());
            at = lower;
        }
        let Some(lowest) = down.last().cloned() else { return Ok(None) };
        for lower in down.into_iter().rev() {
            self.act(Act::Up(lower.clone()), vec![Reason::Lifts(key.clone())])?;
            self.touch(&lower);
        }
        let released = self.opens(key, self.model.get(key).and_then(Link::has_master));
        if self.model.is_up(key) && !released {
            self.act(Act::Down(key.clone()), vec![Reason::Yields])?;
        }
        Ok(Some(lowest))
    }

    /// Settings of the port, those that name other ports `late`.
    fn port(&mut self, key: &Key, late: bool) -> Done {
        let Some(want) = self.will(key).filter(|l| l.port.is_some()) else { return Ok(()) };
        let Some(have) = self.model.get(key) else { return Ok(()) };
        let (Some(now), Some(wanted)) = (&have.port, &want.port) else { return Ok(()) };
        if !std::ptr::eq(now.fields(), wanted.fields()) {
            return Ok(());
        }
        let fields = now.fields();
        let mut deltas = delta::port(have, want);
        deltas.retain(|d| delta::names_port(fields, d.field) == late);
        let said = self.said(key).and_then(|l| l.port.as_ref());
        deltas
            .retain(|d| !late || self.stands(key, d, said.is_some_and(|r| spoken(r, d)), have.has_master()));
        let counts = |d: &Delta| self.model.master_of(key).is_none_or(|(_, m)| habit::counts_in(m, d.field));
        deltas.retain(|d| said.is_some_and(|r| spoken(r, d)) || counts(d));
        if deltas.is_empty() {
            return Ok(());
        }
        let record = delta::record(fields, &deltas, now);
        self.act(Act::Port(key.clone(), record), self.why(key, &deltas))
    }

    /// What has to wait until all links have their masters.
    pub(super) fn late(&mut self, key: &Key) -> Done {
        self.port(key, true)?;
        self.functions(key)?;
        let waits = |l: &&Link| l.data.fields().list().iter().any(|f| f.late);
        let Some(want) = self.will(key).filter(waits) else { return Ok(()) };
        let Some(have) = self.model.get(key) else { return Ok(()) };
        let fields = want.data.fields();
        let mut deltas = delta::data(have, want);
        let said = self.said(key).map(|l| &l.data);
        // The kernel forgets which ports were special when they leave; a bond that is new never knew.
        let was = self.was(key).filter(|w| std::ptr::eq(w.data.fields(), fields)).map(|w| &w.data);
        let told = |f: &linkctl_schema::FieldDef| said.is_some_and(|s| s.value(f).is_some());
        let knew = |f: &linkctl_schema::FieldDef| was.is_none_or(|w| w.value(f).is_some());
        deltas.extend(delta::unsaid(&have.data, &want.data, |f| told(f) && knew(f)));
        deltas.retain(|d| delta::is_late(fields, d.field));
        deltas.retain(|d| self.stands(key, d, said.is_some_and(|r| spoken(r, d)), Some(key.name)));
        if deltas.is_empty() {
            return Ok(());
        }
        if strongest(&deltas) >= Some(Change::Down) && self.model.is_up(key) {
            let refusal = Refusal::new(Errno::Busy, "a field that waits for ports cannot need the link down");
            return Err(Conflict::Refused { link: key.clone(), refusal });
        }
        let record = delta::settings(have, want, &deltas);
        self.act(Act::Data(key.clone(), record), self.why(key, &deltas))
    }

    /// Whether a field that names a port can be set: nobody said one that gives way to what is so by now.
    fn stands(&self, key: &Key, d: &Delta, said: bool, master: Option<Name>) -> bool {
        let Value::Link(name) = &d.want else { return true };
        said || name.is_none() || self.model.get(&key.beside(*name)).is_some_and(|l| l.has_master() == master)
    }
}

fn spoken(record: &linkctl_schema::Record, d: &Delta) -> bool {
    delta::field(record.fields(), d.field).is_some_and(|f| record.value(f).is_some())
}

fn needs(gap: &Gap) -> Vec<Reason> {
    let strong = gap.base.iter().chain(&gap.data).filter(|d| d.change >= Change::Down);
    strong.map(|d| Reason::Needs(d.field, d.change)).collect()
}
