//! How namespaces come and go: each is there as long as its loopback is.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::{Mac, Name, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::scope::is_fallback;

/// Bytes that the loopback takes in a packet, and the queues that it has (`gen_lo_setup` and `loopback_net_init` of
/// `drivers/net/loopback.c`).
const MTU: u32 = 65536;
const QUEUES: u32 = 1;

impl Model {
    pub(super) fn new_netns(&mut self, key: &Key) -> Done {
        if *key != Key::loopback(key.netns.clone()) || key.netns.name().is_none() {
            return Err(Refusal::new(Errno::Inval, format!("{key} comes with no namespace")));
        }
        if self.get(key).is_some() {
            return Err(Refusal::new(Errno::Exist, format!("there is a namespace {} already", key.netns)));
        }
        let mut link = Link::new(None);
        link.base.set(base::UP, false);
        link.base.set(base::MTU, MTU);
        link.base.set(base::NUMTXQUEUES, QUEUES);
        link.base.set(base::NUMRXQUEUES, QUEUES);
        link.base.put(&base::ADDRESS.0, Value::Mac(Mac::new(&[0; 6]).unwrap_or_default()));
        self.insert(key, link);
        Ok(())
    }

    /// Refuses what would be lost: links of the kernel's own making are not.
    pub(super) fn drop_netns(&mut self, key: &Key) -> Done {
        self.there(key)?;
        if *key != Key::loopback(key.netns.clone()) || key.netns.name().is_none() {
            return Err(Refusal::new(Errno::Inval, format!("{key} goes with no namespace")));
        }
        let left = |(k, l): &(&Key, &Link)| *k != key && !is_fallback(&k.name, l.kind_word());
        let inside = self.world.range(Key::new(key.netns.clone(), Name::NONE)..);
        let mut inside = inside.take_while(|(k, _)| k.netns == key.netns).filter(left);
        if let Some((first, _)) = inside.next() {
            let more = inside.count();
            let others = if more == 0 { String::new() } else { format!(" and {more} more") };
            return Err(Refusal::new(
                Errno::Busy,
                format!("namespace {} still has the link {}{others}", key.netns, first.name),
            ));
        }
        let fallbacks: Vec<Key> = self.world.keys().filter(|k| k.netns == key.netns).cloned().collect();
        fallbacks.iter().for_each(|k| _ = self.remove(k));
        self.note(key, What::Fell);
        Ok(())
    }
}
