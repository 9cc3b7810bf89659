//! How links come into being (`rtnl_newlink`): checks first, then the link, then up, then its master.

use linkctl_kinds::link as base;
use linkctl_link::topology::below;
use linkctl_link::{Key, Link, message};
use linkctl_schema::rules;
use linkctl_schema::{Below, Fields, Kind, Record, Value};

use super::{Done, Errno, Model, Refusal};
use crate::habit::{self, driver, macsec, tunnel};

/// What no link is called that is made (`sysctl_dev_name_is_allowed` of `net/core/sysctl_net_core.c`).
const RESERVED: [&[u8]; 2] = [b"all", b"default"];

impl Model {
    pub(super) fn create(&mut self, key: &Key, link: &Link, peer: Option<(&Key, &Link)>) -> Done {
        self.free(key)?;
        // The kernel looks for the name where the request comes from, too (`rtnl_newlink`).
        let from = message::created_from(key, link);
        if *from != key.netns {
            self.free(&Key::new(from.clone(), key.name))?;
        }
        early(link)?;
        for name in std::iter::once(key).chain(peer.map(|(k, _)| k)).map(|k| k.name) {
            if RESERVED.contains(&name.as_bytes()) {
                let why = format!(
                    "the kernel makes no link called {name}, which means all links, or new ones, in net.ipv4.conf"
                );
                return Err(Refusal::new(Errno::Inval, why));
            }
        }
        let grounded = self.grounded_link(link);
        let link = grounded.as_ref().unwrap_or(link);
        match link.kind {
            Some(kind) => self.sound(key, link, kind, peer)?,
            None if link.foreign.is_some() => {}
            None => return Err(Refusal::new(Errno::NotSupp, "hardware cannot be made")),
        }
        for need in below(key, link) {
            self.there(&need)?;
        }
        // `rtnl_create_link`.
        for (key, link) in std::iter::once((key, link)).chain(peer) {
            if let Some(mtu) = link.base.get(base::MTU) {
                self.driver_takes(key, link, mtu.into())?;
            }
        }
        self.suits(key, link)?;
        if let Some(twin) = self.twin(key, link).filter(|_| self.strict) {
            return Err(Refusal::new(Errno::Exist, format!("{twin} has the same identifiers")));
        }
        if let Some((other, end)) = peer {
            let mut end = end.clone();
            end.data = Record::new(link.data.fields());
            end.data.merge(&habit::mirrored(&link.data));
            let end = Link { second: habit::has_first(link), ..self.born(other, &end, Some(key)) };
            self.insert(other, end);
        }
        self.alien.remove(key);
        let mut fresh = Link { second: false, ..self.born(key, link, peer.map(|(k, _)| k)) };
        if habit::fits_ports(&fresh) {
            self.soft.insert(key.clone());
        }
        if let Some(mtu) = self.below_mtu(key, link).filter(|_| link.base.get(base::MTU).is_none()) {
            fresh.base.set(base::MTU, mtu);
        }
        if habit::borrows_address(&fresh) {
            let lower = link.lower.as_ref().and_then(|l| self.get(l));
            fresh.base.take(&base::ADDRESS.0);
            let address = lower.and_then(|l| l.base.value(&base::ADDRESS.0));
            address.into_iter().for_each(|a| fresh.base.put(&base::ADDRESS.0, a.clone()));
        }
        let data = fresh.data.clone();
        let shares = habit::shares(&fresh);
        self.insert(key, fresh);
        let done = self.begin(key, link);
        if done.is_ok() && shares {
            // All on one link below get the mode of the newest (`ipvlan_link_new`).
            self.share(key, &data);
        }
        if done.is_err() {
            self.remove(key);
            peer.and_then(|(k, _)| self.remove(k));
        }
        done
    }

    /// The link with what it really stands on, where that is not what was said.
    fn grounded_link(&self, link: &Link) -> Option<Link> {
        let mut lower = link.lower.clone()?;
        // Each step goes further down, and what is there was made over what was there before.
        while let Some(next) =
            self.get(&lower).filter(|l| habit::stands_beside(link, l)).and_then(|l| l.lower.clone())
        {
            lower = next;
        }
        (link.lower.as_ref() != Some(&lower)).then(|| Link { lower: Some(lower), ..link.clone() })
    }

    /// The kernel takes it up before it gives it a master.
    fn begin(&mut self, key: &Key, link: &Link) -> Done {
        if link.up() == Some(true) {
            self.up(key)?;
        }
        link.has_master().map_or(Ok(()), |master| self.master(key, Some(master)))
    }

    /// The name is nobody's.
    pub(super) fn free(&self, key: &Key) -> Done {
        if self.world.contains_key(key) {
            return Err(Refusal::new(Errno::Exist, format!("there is a link {key} already")));
        }
        self.unnamed(key, key.name.as_bytes())
    }

    /// A word is nobody's alternative name in the namespace of `beside`.
    pub(super) fn unnamed(&self, beside: &Key, word: &[u8]) -> Done {
        match self.called.get(&(beside.netns.clone(), word.into())) {
            Some(by) if self.strict => {
                let word = linkctl_schema::Safe(word);
                Err(Refusal::new(Errno::Exist, format!("{word} is an alternative name of {by}")))
            }
            _ => Ok(()),
        }
    }

    fn sound(&self, key: &Key, link: &Link, kind: &'static Kind, peer: Option<(&Key, &Link)>) -> Done {
        let inval = |why: String| Err(Refusal::new(Errno::Inval, why));
        if let Some(maker) = kind.made_by {
            let why = format!("no message makes a link of the kind {}: {maker}", kind.name);
            return Err(Refusal::new(Errno::NotSupp, why));
        }
        if kind.below == Below::Link && link.lower.is_none() {
            return inval(format!("a {} needs a link to stand on", kind.name));
        }
        if kind.below != Below::Link && link.lower.is_some() {
            return inval(format!(
                "a {} stands on no link, or on one that a setting of its own names",
                kind.name
            ));
        }
        if self.strict && kind.below != Below::Device && link.base.get(base::PARENTDEV).is_some() {
            return inval(format!("a {} is not made on a device", kind.name));
        }
        if habit::late_mtu(link) && link.base.get(base::MTU).is_some() {
            return inval(format!("a {} is made with an MTU of its own choice", kind.name));
        }
        if let Some((f, why)) = link
            .base
            .iter()
            .find_map(|(f, _)| Some((f, habit::unmakable(link, f.name).filter(|_| self.strict)?)))
        {
            return inval(format!("{} cannot be set: a {} {why}", f.name, kind.name));
        }
        if let Some(why) = habit::bad_address(link, &link.base).filter(|_| self.strict) {
            return inval(why.into());
        }
        if let Err(broken) = rules::check(kind, &habit::usual(link)) {
            return inval(broken.to_string());
        }
        if let Some(field) = habit::untimely(link).filter(|_| self.strict) {
            return inval(format!("{field} only counts in another mode"));
        }
        let spurned = habit::spurned(link).or_else(|| tunnel::forced(link, &link.data));
        if let Some(why) = spurned.or_else(|| macsec::spurned(link)).filter(|_| self.strict) {
            return inval(why.into());
        }
        match (kind.pair, peer) {
            (_, Some(_)) if self.strict && habit::is_single(link) => {
                return inval(format!("a single {} has no other end", kind.name));
            }
            (None, Some(_)) => return inval(format!("a {} has no other end", kind.name)),
            (Some(_), None) => return inval(format!("the other end of a {} needs a name", kind.name)),
            (_, Some((other, _))) if other == key => {
                return inval(format!("{key} cannot be its own other end"));
            }
            (_, Some((_, end))) if end.up() == Some(true) || end.has_master().is_some() => {
                return inval("the other end cannot be up or have a master yet".into());
            }
            (_, Some((other, end))) => {
                self.free(other).and_then(|()| early(end))?;
                let carried = Link { data: link.data.clone(), ..end.clone() };
                if !self.strict {
                    // The kernel says so itself.
                } else if let Some(why) = habit::bad_address(&carried, &end.base)
                    .or_else(|| end.base.iter().find_map(|(f, _)| habit::unmakable(&carried, f.name)))
                {
                    return inval(format!("{other} {why}"));
                }
            }
            (None, None) => {}
        }
        Ok(())
    }

    /// The link as it is before it is taken up and has a master.
    fn born(&mut self, key: &Key, link: &Link, peer: Option<&Key>) -> Link {
        let mut out = link.clone();
        for record in [&mut out.base, &mut out.data] {
            *record = record.clone().over(&self.newborn(record.fields()));
        }
        out.base.take(&base::MASTER.0);
        out.base.set(base::UP, false);
        out.port = None;
        out.peer = peer.cloned();
        if let (None, Some(mtu)) = (out.base.get(base::MTU), habit::born_mtu(link)) {
            out.base.set(base::MTU, mtu);
        }
        let said = link.data.clone();
        out.data = habit::usual(&out);
        out.data = driver::counting(&out);
        habit::follow_mode(&mut out, &said);
        macsec::born(&mut out);
        if let Some(lower) = link.lower.as_ref().filter(|l| l.netns == key.netns) {
            out.base.put(&base::LINK.0, Value::Link(lower.name));
        } else {
            out.base.take(&base::LINK.0);
        }
        out
    }

    /// What any new link has of a table.
    fn newborn(&mut self, fields: &'static Fields) -> Record {
        let known = self.newborn.iter().find(|r| std::ptr::eq(r.fields(), fields)).cloned();
        known.unwrap_or_else(|| {
            let new = fields.born();
            self.newborn.push(new.clone());
            new
        })
    }
}

/// Refuses what the kernel takes only later.
fn early(link: &Link) -> Done {
    match link.base.iter().chain(link.data.iter()).find(|(f, _)| f.late || !f.writable()) {
        Some((f, _)) => Err(Refusal::new(Errno::Inval, format!("{} cannot be given at creation", f.name))),
        None => Ok(()),
    }
}
