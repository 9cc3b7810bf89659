//! The model kernel tells the truth: acts by chance are carried out on it and on the running kernel side by side.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use linkctl::schema::Kind;
use linkctl::schema::arbitrary::Dice;
use linkctl_conformance::lockstep::{self, Difference, Pair, draw, known};
use linkctl_conformance::running::{keep_empty, kernel};
use linkctl_conformance::skip;
use linkctl_conformance::stage::Stage;

/// How many acts one world sees.
const ACTS: u64 = 40;
/// How many acts show which known differences there are.
const LONG: u64 = 20_000;
/// The kernel on which the known differences are reviewed.
const REVIEWED: (u16, u16) = (6, 12);
/// How many worlds there are at a time: the kernel waits much, and each for itself.
const THREADS: usize = 4;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

/// Differences by their signature: how many, and one of them.
type Sorts = BTreeMap<String, (u64, Difference)>;

/// What the acts of a run came to.
#[derive(Default)]
struct Count {
    acts: u64,
    taken: u64,
    words: BTreeMap<(&'static str, bool), u64>,
    kinds: BTreeMap<String, u64>,
    found: Sorts,
    /// By the entry, then by the sort.
    excused: BTreeMap<&'static str, Sorts>,
}

#[test]
fn the_model_takes_and_refuses_what_the_kernel_does_and_foresees_the_links() {
    keep_empty();
    if let Err(e) = std::thread::spawn(linkctl::kernel::isolate).join().expect("no panic") {
        return skip(&e.to_string());
    }
    let is_set = |name| std::env::var_os(name).is_some();
    // What emulation does in little more than a minute.
    let everyday = if is_set("LINKCTL_IN_VM") { 1_500 } else { 3_000 };
    let usual = if is_set("LINKCTL_LONG") { LONG } else { everyday };
    let asked = number("LINKCTL_MODEL_OPS");
    if asked.is_none() && kernel() < REVIEWED {
        return skip("known differences are reviewed from Linux 6.12 on; 5.10 ends threads of it");
    }
    let wanted = asked.unwrap_or(usual);
    let seed = number("LINKCTL_MODEL_SEED").unwrap_or(1);
    // What a tunnel can be put into; without them those settings are refused.
    for module in ["fou", "fou6"] {
        let _ = std::process::Command::new("modprobe").arg(module).status();
    }
    let kinds = std::thread::spawn(kinds).join().expect("no panic");
    let worlds = AtomicU64::new(0);
    let all = Mutex::new(Count::default());
    std::thread::scope(|s| {
        for _ in 0..THREADS {
            s.spawn(|| {
                loop {
                    let world = worlds.fetch_add(1, Ordering::Relaxed);
                    if world * ACTS >= wanted {
                        return;
                    }
                    // A thread of its own, for there is no way back from a namespace.
                    let walk = || walk(seed, world, &kinds);
                    let count = std::thread::scope(|s| s.spawn(walk).join())
                        .unwrap_or_else(|p| std::panic::resume_unwind(p));
                    all.lock().expect("no panic holds it").add(count);
                }
            });
        }
    });
    let Count { acts, taken, words, kinds: drawn, found, excused } =
        all.into_inner().expect("no panic holds it");
    let (major, minor) = kernel();
    let line = format!(
        "Linux {major}.{minor}, seed {seed}: {acts} acts on links of {} kinds, {taken} taken, {} refused\n{words:?}\n{drawn:?}\nexcused {}\n",
        kinds.len(),
        acts - taken,
        sums(&excused),
    );
    let _ = std::io::stderr().write_all(line.as_bytes());
    let idle: Vec<&str> =
        known::idle(&kinds, |name| excused.contains_key(name)).iter().map(|known| known.name).collect();
    if is_set("LINKCTL_MODEL_EXCUSES") {
        for (name, sorts) in excused {
            let text = format!("\n## {name}\n{}\n", list(sorts).join("\n"));
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }
    let total: u64 = found.values().map(|(n, _)| n).sum();
    let text = list(found);
    if acts >= LONG && !idle.is_empty() {
        let _ = std::io::stderr().write_all(format!("KNOWN AND NEVER SEEN: {idle:?}\n").as_bytes());
    }
    assert!(text.is_empty(), "{total} differences of {} sorts:\n{}", text.len(), text.join("\n"));
    let stale = acts >= LONG && (major, minor) == REVIEWED;
    assert!(!stale || idle.is_empty(), "no act of {acts} needed what is known as {idle:?}");
}

/// The kinds that this kernel makes.
fn kinds() -> Vec<&'static Kind> {
    linkctl::kernel::isolate().expect("it was possible before");
    let mut stage = Stage::new();
    linkctl::kinds::KINDS.iter().copied().filter(|k| stage.makes(k)).collect()
}

/// One world from its beginning to its end.
fn walk(seed: u64, world: u64, kinds: &[&'static Kind]) -> Count {
    let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(world));
    let mut pair = Pair::new().expect("it was possible before");
    let mut count = Count::default();
    for _ in 0..ACTS {
        let act = draw::act(&mut dice, kinds, pair.world());
        let kind = lockstep::kind_of(&act, pair.world());
        let outcome = pair.step(&act);
        count.acts += 1;
        count.taken += u64::from(outcome.kernel.is_ok());
        *count.words.entry((act.word(), outcome.kernel.is_ok())).or_default() += 1;
        *count.kinds.entry(kind).or_default() += 1;
        for d in outcome.odds {
            match known::excuse(&d) {
                Some(by) => {
                    count.excused.entry(by.name).or_default().entry(d.signature()).or_insert((0, d)).0 += 1;
                }
                None => count.found.entry(d.signature()).or_insert((0, d)).0 += 1,
            }
        }
    }
    count
}

impl Count {
    fn add(&mut self, other: Self) {
        self.acts += other.acts;
        self.taken += other.taken;
        other.words.into_iter().for_each(|(k, n)| *self.words.entry(k).or_default() += n);
        other.kinds.into_iter().for_each(|(k, n)| *self.kinds.entry(k).or_default() += n);
        merge(&mut self.found, other.found);
        other.excused.into_iter().for_each(|(k, of)| merge(self.excused.entry(k).or_default(), of));
    }
}

fn merge(into: &mut Sorts, from: Sorts) {
    for (signature, (n, d)) in from {
        into.entry(signature).or_insert((0, d)).0 += n;
    }
}

/// The sorts, the most frequent first.
fn list(sorts: Sorts) -> Vec<String> {
    let mut all: Vec<_> = sorts.into_values().collect();
    all.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    all.iter().map(|(n, d)| format!("{n} x {d}")).collect()
}

/// How often each entry was of use.
fn sums(excused: &BTreeMap<&'static str, Sorts>) -> String {
    let sum = |of: &Sorts| of.values().map(|(n, _)| n).sum::<u64>();
    excused.iter().map(|(name, of)| format!("{name}: {}", sum(of))).collect::<Vec<_>>().join(", ")
}
