//! Making links: as much in one act as the kernel takes.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, message};
use linkctl_schema::{FieldDef, Name, text};

use super::{Course, Done};
use crate::act::Act;
use crate::delta::special;
use crate::habit::{self, macsec, tunnel};
use crate::reason::Reason;

impl Course<'_> {
    /// Makes a link that is not there, and the other end with it.
    pub(super) fn create(&mut self, key: &Key) -> Done {
        let Some(link) = self.will(key) else { return Ok(()) };
        let peer = link
            .peer
            .clone()
            .filter(|p| link.kind.is_some_and(|k| k.pair.is_some()) && self.will(p).is_some());
        for made in std::iter::once(key).chain(&peer) {
            self.unname(made, made.name.as_bytes())?;
        }
        let Some(peer) = peer else {
            if self.is_hidden(key, link) {
                return self.create_aside(key);
            }
            let act = Act::Create { key: key.clone(), link: Box::new(self.folded(key)), peer: None };
            self.unsure.insert(key.clone());
            return self.act(act, self.why_made(key));
        };
        let (first, second) =
            if self.carries_more(&peer, key) { (peer, key.clone()) } else { (key.clone(), peer) };
        let end = Box::new(self.early(&second));
        let mut link = self.folded(&first);
        // What is said of the other end's settings goes with this one's.
        let mut data = habit::mirrored(&end.data);
        if std::ptr::eq(data.fields(), link.data.fields()) {
            data.merge(&link.data);
            link.data = data;
        }
        let act = Act::Create { key: first.clone(), link: Box::new(link), peer: Some((second.clone(), end)) };
        let why = self.why_made(&first);
        self.act(act, why)?;
        // It is this one's turn anyway.
        [&first, &second].into_iter().filter(|k| *k != key).for_each(|k| self.touch(k));
        self.unsure.extend([first, second]);
        Ok(())
    }

    /// Whether the kernel would find another link by that name: it looks where the link below is, too.
    fn is_hidden(&self, key: &Key, link: &Link) -> bool {
        let from = message::created_from(key, link);
        *from != key.netns && self.model.has_name(&Key::new(from.clone(), key.name))
    }

    /// Makes a link under a name that nobody has in either namespace, and renames it.
    fn create_aside(&mut self, key: &Key) -> Done {
        let link = self.early(key);
        let from = message::created_from(key, &link).clone();
        let free = |n: &Name| {
            [&key.netns, &from].into_iter().all(|netns| {
                let there = Key::new(netns.clone(), *n);
                !self.model.has_name(&there) && self.will(&there).is_none()
            })
        };
        let spare =
            (0u32..).find_map(|i| Name::new(&format!("lctl-tmp{i}")).ok().filter(free)).unwrap_or(Name::NONE);
        let aside = key.beside(spare);
        let why = self.why_made(key);
        self.act(Act::Create { key: aside.clone(), link: Box::new(link), peer: None }, why)?;
        self.unsure.insert(key.clone());
        self.act(Act::Rename(aside, key.name), vec![Reason::Named])
    }

    /// Whether the making of `other` can carry more than that of `key`: then `key` is the other end.
    fn carries_more(&self, other: &Key, key: &Key) -> bool {
        let ready = self.master_of(other).is_none_or(|m| self.model.get(&other.beside(m)).is_some());
        let load = |k: &Key| {
            let link = self.folded(k);
            let folded = u8::from(link.up() == Some(true)) + u8::from(link.has_master().is_some());
            (folded, link.base.iter().count())
        };
        ready && load(other) > load(key)
    }

    /// All that the kernel takes at creation, master and being up where that is legal.
    fn folded(&self, key: &Key) -> Link {
        let mut link = self.early(key);
        let master = self.master(key);
        let (opens, grounded) = (self.opens(key, master), self.model.grounded(&link));
        if let Some(name) = master.filter(|_| !opens || !grounded) {
            link.base.set(base::MASTER, name);
        }
        if self.up(key) == Some(true) && !opens && !grounded && !self.first_late(key) {
            link.base.set(base::UP, true);
        }
        link
    }

    /// The master that it is to have, where that is there by now.
    fn master(&self, key: &Key) -> Option<Name> {
        self.master_of(key).filter(|m| self.model.get(&key.beside(*m)).is_some())
    }

    /// All that the kernel takes of any link at creation, of the other end of a pair as well.
    fn early(&self, key: &Key) -> Link {
        let Some(will) = self.will(key) else { return Link::new(None) };
        let mut link = will.clone();
        link.index = 0;
        let lasts = |f: &FieldDef| {
            let given = habit::is_addressed(will) && self.is_given(key, f.name);
            let lent = habit::borrows_address(will) && f.name == "address";
            let less = f.name == "mtu" && self.follows(key, will);
            !(given || lent || less || (habit::settles_mtu(will) || habit::late_mtu(will)) && f.name == "mtu")
        };
        link.base = will.base.only(|f| f.is_state() && !f.late && !special(f.name) && lasts(f));
        // What a new link has anyway is not said: kernels without the feature refuse to be told that it is off.
        let born = |f: &'static FieldDef| will.data.value(f) == f.born().as_ref();
        link.data = will.data.only(|f| f.is_state() && !f.late && !born(f));
        link.base.unknown.clear();
        link.data.unknown.clear();
        link.port = None;
        link.nic = None;
        tunnel::complete(&mut link);
        macsec::complete(&mut link);
        link.data = macsec::split(link.data).0;
        link
    }

    /// Whether a setting is an address that nobody said.
    pub(super) fn is_given(&self, key: &Key, field: &str) -> bool {
        let said = self.said(key);
        let of = |f: &FieldDef| f.name == field && said.is_none_or(|l| l.base.value(f).is_none());
        of(&base::ADDRESS.0) || of(&base::BROADCAST.0)
    }

    /// Whether something is wanted that comes after creation and has to be there before it goes up.
    fn first_late(&self, key: &Key) -> bool {
        let Some(will) = self.will(key) else { return false };
        let first = |f: &FieldDef| matches!(f.name, "addrgenmode" | "protodown");
        // The first word, and off, are how a link is born.
        will.base.iter().any(|(f, v)| first(f) && text::numeral(f, v) != Some(0))
    }

    fn why_made(&self, key: &Key) -> Vec<Reason> {
        if self.was(key).is_none() {
            return vec![Reason::Missing];
        }
        self.harms.why(key).map_or_else(|| vec![Reason::Missing], <[Reason]>::to_vec)
    }
}
