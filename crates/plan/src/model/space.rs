//! How namespaces come and go: each is there as long as its loopback is.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::{Mac, Name, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::scope::is_native;

/// Bytes that the loopback takes in a packet, and the queues that it has (`gen_lo_setup` and `loopback_net_init` of
/// `drivers/net/loopback.c`).
const MTU: u32 = 65536;
const QUEUES: u32 = 1;

impl Model {
    pub(super) fn new_netns(&mut self, key: &Key) -> Done {
        named(key)?;
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
        named(key)?;
        let inside = self.world.range(Key::new(key.netns.clone(), Name::NONE)..);
        let inside = inside.take_while(|(k, _)| k.netns == key.netns);
        let (native, left): (Vec<_>, Vec<_>) = inside.partition(|(k, l)| is_native(k, l.kind_word()));
        if let [(first, _), others @ ..] = &left[..] {
            let more = others.len();
            let others = if more == 0 { String::new() } else { format!(" and {more} more") };
            return Err(Refusal::new(
                Errno::Busy,
                format!("namespace {} still has the link {}{others}", key.netns, first.name),
            ));
        }
        let native: Vec<Key> = native.into_iter().map(|(k, _)| k.clone()).collect();
        native.iter().for_each(|k| _ = self.remove(k));
        self.note(key, What::Fell);
        Ok(())
    }
}

/// Whether a namespace that can be made and taken away comes with this link.
fn named(key: &Key) -> Done {
    if key.is_loopback() && key.netns.name().is_some() {
        return Ok(());
    }
    Err(Refusal::new(Errno::Inval, format!("no namespace comes or goes with {key}")))
}
