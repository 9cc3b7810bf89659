//! What other programs put onto a link, as far as its message tells: it goes with the link, and no link message brings it back.

use linkctl_kinds::link as base;
use linkctl_schema::Safe;

use crate::key::Key;
use crate::show::xdp;
use crate::snapshot::Snapshot;

/// Queueing disciplines that links get by themselves, beside that of `net.core.default_qdisc` (`attach_default_qdiscs` of
/// `net/sched/sch_generic.c`).
const USUAL: [&[u8]; 4] = [b"noop", b"noqueue", b"mq", b"pfifo_fast"];

/// Something that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What it is, as a noun.
    pub what: String,
    /// It stays on a link that goes to another namespace, which a discipline does not (`dev_shutdown`).
    pub moves: bool,
}

/// All of it that is on a link. `default` is the discipline that this machine gives to links.
pub fn attached(read: &Snapshot, key: &Key, default: &[u8]) -> Vec<Attached> {
    let Some(attrs) = read.attrs(key) else { return Vec::new() };
    let qdisc =
        attrs.clone().find(base::QDISC.0.attr).map(|q| q.split(|b| *b == 0).next().unwrap_or_default());
    let own = qdisc.filter(|q| !q.is_empty() && !USUAL.contains(q) && *q != default);
    let qdisc = own.map(|q| format!("its queueing discipline {} (tc)", Safe(q)));
    let program =
        attrs.find(base::XDP.0.attr).is_some_and(xdp::is_attached).then(|| "its XDP program".to_owned());
    let each = [(qdisc, false), (program, true)];
    each.into_iter().filter_map(|(what, moves)| Some(Attached { what: what?, moves })).collect()
}
