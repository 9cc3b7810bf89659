//! What a plan does to the links in all: what is otherwise at its end, and what was otherwise on the way.
//!
//! The planner sees it on its model as it goes. Who has a plan from elsewhere, or a part of one, goes once more.

use std::collections::BTreeSet;

use linkctl_link::{Key, Link, World};

use crate::act::Step;
use crate::model::Model;

/// The traces of a plan on the links that were there when it was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trail {
    /// The links that are otherwise in the end, or called otherwise, as they are then. Of those that are new, which have no
    /// index yet, only the kind is told.
    pub after: World,
    /// The links that are not there any more, under the name that they had.
    pub gone: BTreeSet<Key>,
    /// The links that something happened to though the act was about another.
    pub met: BTreeSet<Key>,
}

impl Trail {
    /// What a model tells that has carried out all of it.
    pub(crate) fn of(before: &World, model: Model, met: BTreeSet<Key>) -> Self {
        let mut after = model.into_world();
        let gone = before.keys().filter(|k| !after.contains_key(k)).cloned().collect();
        after.retain(|key, link| {
            if let Some(was) = before.get(key) {
                return link != was;
            }
            if link.index != 0 {
                return true;
            }
            *link = Link { foreign: link.foreign.take(), lower: link.lower.take(), ..Link::new(link.kind) };
            true
        });
        Self { after, gone, met }
    }

    /// The same, seen by going the way once more. What the model refuses the kernel may still do: it is passed over.
    pub(crate) fn follow(before: &World, steps: &[Step]) -> Self {
        let mut model = Model::new(before.clone());
        let mut met = BTreeSet::new();
        for step in steps {
            let _ = model.act(&step.act);
            met.extend(model.events().into_iter().map(|(key, _)| key).filter(|key| key != step.act.key()));
        }
        Self::of(before, model, met)
    }

    /// What a link is in the end.
    pub(crate) fn end<'w>(&'w self, before: &'w World, key: &Key) -> Option<&'w Link> {
        self.after.get(key).or_else(|| before.get(key).filter(|_| !self.gone.contains(key)))
    }
}
