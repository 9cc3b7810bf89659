//! How links come into being (`rtnl_newlink`): checks first, then the link, then up, then its master.

use linkctl_kinds::link as base;
use linkctl_link::topology::below;
use linkctl_link::{Key, Link};
use linkctl_schema::rules;
use linkctl_schema::{Below, Kind, Value};

use super::{Done, Errno, Model, Refusal};
use crate::delta::field;
use crate::habit;

impl Model {
    pub(super) fn create(&mut self, key: &Key, link: &Link, peer: Option<(&Key, &Link)>) -> Done {
        self.free(key)?;
        early(link)?;
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
        self.suits(key, link)?;
        if let Some((other, end)) = peer {
            self.insert(other, born(other, end, Some(key)));
        }
        let mut fresh = born(key, link, peer.map(|(k, _)| k));
        if let Some(mtu) = self.below_mtu(link).filter(|_| link.base.get(base::MTU).is_none()) {
            fresh.base.set(base::MTU, mtu);
        }
        self.insert(key, fresh);
        let done = self.begin(key, link);
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
        Ok(())
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
        if let Err(broken) = rules::check(kind, &link.data) {
            return inval(broken.to_string());
        }
        match (kind.pair, peer) {
            (None, Some(_)) => return inval(format!("a {} has no other end", kind.name)),
            (Some(_), None) => return inval(format!("the other end of a {} needs a name", kind.name)),
            (_, Some((other, _))) if other == key => {
                return inval(format!("{key} cannot be its own other end"));
            }
            (_, Some((_, end))) if end.up() == Some(true) || end.has_master().is_some() => {
                return inval("the other end cannot be up or have a master yet".into());
            }
            (_, Some((other, end))) => self.free(other).and_then(|()| early(end))?,
            (None, None) => {}
        }
        Ok(())
    }
}

/// Refuses what the kernel takes only later.
fn early(link: &Link) -> Done {
    match link.base.iter().chain(link.data.iter()).find(|(f, _)| f.late || !f.writable()) {
        Some((f, _)) => Err(Refusal::new(Errno::Inval, format!("{} cannot be given at creation", f.name))),
        None => Ok(()),
    }
}

/// The link as it is before it is taken up and has a master.
fn born(key: &Key, link: &Link, peer: Option<&Key>) -> Link {
    let mut out = link.clone();
    out.base.take(&base::MASTER.0);
    out.base.set(base::UP, false);
    out.port = None;
    out.peer = peer.cloned();
    for record in [&mut out.base, &mut out.data] {
        for f in record.fields().list() {
            if let (None, Some(value)) = (record.value(f), f.born()) {
                record.put(f, value);
            }
        }
    }
    if let Some(lower) = link.lower.as_ref().filter(|l| l.netns == key.netns) {
        out.base.put(&base::LINK.0, Value::Link(lower.name));
    } else if let Some(f) = field(&base::FIELDS, "link") {
        out.base.take(f);
    }
    out
}
