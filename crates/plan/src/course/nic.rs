//! Changing what is beside a link's message: hardware while the link may still be down, functions once it is up.

use linkctl_link::{Key, Link};
use linkctl_schema::Value;

use super::{Course, Done};
use crate::act::Act;
use crate::delta;
use crate::nic;
use crate::reason::Reason;

impl Course<'_> {
    /// Ethtool's settings, one message after the other, and how many virtual functions there are.
    pub(super) fn hardware(&mut self, key: &Key) -> Done {
        let Some(want) = self.will(key).filter(|l| l.nic.is_some()) else { return Ok(()) };
        let Some(have) = self.model.get(key) else { return Ok(()) };
        let said = self.said(key).and_then(|l| l.ethtool());
        let requests = nic::requests(have, want, said);
        self.count(key, true)?;
        for (record, why) in requests {
            self.act(Act::Ethtool(key.clone(), record), self.why(key, &why))?;
        }
        self.count(key, false)
    }

    /// How many functions there are. Those that go do so before the settings, and those that come do so after them: a card with
    /// functions has fewer queues, and takes less (`igb_set_coalesce`). So the way back is the way there.
    fn count(&mut self, key: &Key, go: bool) -> Done {
        let (Some(have), Some(want)) = (self.model.get(key), self.will(key)) else { return Ok(()) };
        let has = have.functions().and_then(|f| f.count);
        let Some(count) = want.functions().and_then(|f| f.count).filter(|n| has != Some(*n)) else {
            return Ok(());
        };
        let number = |n: u32| Value::Num(n.into());
        let was = self.was(key).and_then(Link::functions).and_then(|f| f.count).or(has);
        let why = delta::of("vf", was.map(number), number(count));
        match has.filter(|n| *n > 0) {
            Some(there) if go => {
                let why = if count > 0 { Reason::Anew(there) } else { why };
                self.act(Act::Functions(key.clone(), 0), vec![why])
            }
            _ if go => Ok(()),
            _ => self.act(Act::Functions(key.clone(), count), vec![why]),
        }
    }

    /// Settings of each function. Drivers take some only with a carrier: they come last.
    pub(super) fn functions(&mut self, key: &Key) -> Done {
        let Some(want) = self.will(key).filter(|l| l.nic.is_some()) else { return Ok(()) };
        let Some(have) = self.model.get(key) else { return Ok(()) };
        let mut acts = Vec::new();
        for (number, wanted) in want.functions().into_iter().flat_map(|f| &f.each) {
            let said = self.said(key).and_then(|l| l.functions()?.each.get(number));
            let deltas = nic::function(have, *number, wanted, said);
            if deltas.is_empty() {
                continue;
            }
            let now = have.functions().and_then(|f| f.each.get(number));
            let spoken = |name| {
                said.is_some_and(|r| delta::field(r.fields(), name).is_some_and(|f| r.value(f).is_some()))
            };
            let (told, back): (Vec<_>, Vec<_>) = deltas.iter().cloned().partition(|d| spoken(d.field));
            let mut why: Vec<Reason> = told.into_iter().map(Reason::Differs).collect();
            why.extend((!back.is_empty()).then_some(Reason::Restores));
            acts.push((Act::Function(key.clone(), *number, nic::whole(&deltas, now, wanted)), why));
        }
        acts.into_iter().try_for_each(|(act, why)| self.act(act, why))
    }
}
