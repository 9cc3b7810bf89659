//! What a plan does to links beyond changing their settings, gathered as it happens.

use std::collections::BTreeMap;

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, Netns};
use linkctl_schema::Value;

use crate::act::{Disruption, Harm};
use crate::delta;
use crate::intent::Intent;
use crate::model::{Model, What};
use crate::reason::Reason;

/// Links that fell, were released or went down, each with its first reason.
#[derive(Default)]
pub(super) struct Harms {
    fell: BTreeMap<Key, Vec<Reason>>,
    other: BTreeMap<(Key, Harm), Vec<Reason>>,
    /// Links of which a setting may be another by now, and the link that it is for.
    lost: BTreeMap<Key, Key>,
}

impl Harms {
    /// Takes down what an act about `by` did to `key`.
    pub(super) fn note(&mut self, key: &Key, what: What, by: &Key, why: &[Reason]) {
        let why = |other: fn(Key) -> Reason| if key == by { why.to_vec() } else { vec![other(by.clone())] };
        match what {
            What::Fell => {
                self.fell.entry(key.clone()).or_insert_with(|| why(Reason::Falls));
            }
            What::Released | What::Down | What::Reset | What::Functions | What::Forgotten => {
                let harm = match what {
                    What::Down => Harm::Down,
                    What::Reset => Harm::Reset,
                    What::Functions => Harm::Functions,
                    What::Forgotten => Harm::Forgotten,
                    _ => Harm::Released,
                };
                self.other.entry((key.clone(), harm)).or_insert_with(|| why(Reason::Follows));
            }
            What::Lost if key != by => _ = self.lost.insert(key.clone(), by.clone()),
            What::Up | What::Lost => {}
        }
    }

    /// Why a link fell, where it did.
    pub(super) fn why(&self, key: &Key) -> Option<&[Reason]> {
        self.fell.get(key).map(Vec::as_slice)
    }

    /// What of it nobody asked for, one entry a link: the worst.
    /// Links of namespaces that were said to go, `spaces`, were said to go with them.
    pub(super) fn told(self, intent: &Intent<'_>, model: &Model, spaces: &[Netns]) -> Vec<Disruption> {
        let mut out: BTreeMap<Key, Disruption> = BTreeMap::new();
        let mut tell = |link: Key, harm, why| {
            out.entry(link.clone()).or_insert(Disruption { link, harm, why });
        };
        for (key, why) in self.fell {
            match model.get(&key) {
                Some(_) => tell(key, Harm::Rebuilt, why),
                None if !intent.said.contains_key(&key) && !spaces.contains(&key.netns) => {
                    let ignored = intent.spared.contains(&key).then_some(Reason::Ignored);
                    tell(key, Harm::Gone, why.into_iter().chain(ignored).collect());
                }
                None => {}
            }
        }
        for ((key, harm), why) in self.other {
            let (Some(was), Some(_)) = (intent.was.get(&key), model.get(&key)) else { continue };
            let said = intent.said(&key);
            let asked = match harm {
                Harm::Released => {
                    was.has_master().is_none()
                        || said.is_some_and(|s| s.master().is_some_and(|m| Some(m) != was.has_master()))
                }
                Harm::Forgotten => false,
                Harm::Functions => said.and_then(|s| s.functions()?.count) == Some(0),
                _ => was.up() != Some(true) || said.and_then(Link::up) == Some(false),
            };
            if !asked {
                tell(key, harm, why);
            }
        }
        let mtu = |l: &Link| l.base.get(base::MTU);
        for (key, by) in self.lost.into_iter().filter(|(k, _)| intent.said(k).and_then(mtu).is_none()) {
            let (Some(was), Some(is)) = (intent.was.get(&key).and_then(mtu), model.get(&key).and_then(mtu))
            else {
                continue;
            };
            if is < was {
                let smaller =
                    delta::of(base::MTU.0.name, Some(Value::Num(was.into())), Value::Num(is.into()));
                tell(key, Harm::Shrunk, vec![smaller, Reason::Follows(by)]);
            }
        }
        out.into_values().collect()
    }
}
