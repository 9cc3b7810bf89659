//! What has to be read before a goal can be compared with what is.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::{Error, Live};
use linkctl_kinds::link as base;
use linkctl_link::goal::Match;
use linkctl_link::{Goal, Key, Netns, Scope, Snapshot, Want, World};
use linkctl_schema::{Name, Value};

use crate::bulk;
use crate::nic::fill;

/// The namespaces that a goal speaks of, the one of the command always among them.
pub fn spaces(goal: &Goal) -> Vec<Netns> {
    let mut out = BTreeSet::from([Netns::HERE]);
    for (key, want) in &goal.links {
        out.insert(key.netns.clone());
        let near = want.link().into_iter().flat_map(|l| l.lower.iter().chain(&l.peer));
        out.extend(near.map(|k| k.netns.clone()));
    }
    out.extend(goal.namespaces.keys().cloned());
    out.into_iter().collect()
}

/// Opens namespaces; the ones that are there. One that is not may be missing only where a goal has it made or taken away.
pub fn open(
    live: &mut Live,
    goal: &Goal,
    spaces: impl IntoIterator<Item = Netns>,
) -> Result<Vec<Netns>, Error> {
    let mut out = Vec::new();
    for netns in spaces {
        // Held open, one whose name is gone would pass for there.
        if goal.namespaces.contains_key(&netns) {
            live.leave(&netns);
        }
        match live.enter(&netns) {
            Ok(()) => out.push(netns),
            Err(e) if e.is_no_netns() && goal.namespaces.contains_key(&netns) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(out)
}

/// The namespaces that a way home speaks of and that are not there any more, but for those that it makes or takes away. What is
/// held open of one that was deleted is let go: what were made in it would be made in vain.
pub fn gone(live: &mut Live, home: &Goal) -> BTreeSet<Netns> {
    let spaces = spaces(home).into_iter();
    spaces.filter(|netns| !home.namespaces.contains_key(netns) && !live.is_there(netns)).collect()
}

/// Listens to namespaces where a goal has links taken away by the many, so that whoever deletes them knows whether they are
/// still those that were read.
pub fn heed(live: &mut Live, goal: &Goal, spaces: &[Netns]) {
    let gone = goal.links.values().filter(|want| matches!(want, Want::Absent)).count();
    if gone >= bulk::LEAST || goal.scope != Scope::Partial {
        spaces.iter().for_each(|netns| live.listen(netns));
    }
}

/// All links of the namespaces that a goal speaks of.
pub fn snapshot(live: &mut Live, goal: &Goal) -> Result<Snapshot, Error> {
    let spaces = open(live, goal, spaces(goal))?;
    live.snapshot(&spaces, false)
}

/// The same, decoded, and the reading that they are from.
pub fn world(live: &mut Live, goal: &Goal) -> Result<(World, Snapshot), Error> {
    world_of(live, goal, std::iter::empty())
}

/// The same of other namespaces, too, as far as they are there.
pub(crate) fn world_of<'n>(
    live: &mut Live,
    goal: &Goal,
    more: impl Iterator<Item = &'n Netns>,
) -> Result<(World, Snapshot), Error> {
    let more: BTreeSet<&Netns> = more.collect();
    let mut all: BTreeSet<Netns> = open(live, goal, spaces(goal))?.into_iter().collect();
    all.extend(more.into_iter().filter(|netns| live.enter(netns).is_ok()).cloned());
    let all: Vec<Netns> = all.into_iter().collect();
    let snapshot = live.snapshot(&all, false)?;
    let mut world = snapshot.world(|_| true);
    fill(live, goal, &BTreeMap::new(), &World::new(), &snapshot, &mut world)?;
    Ok((world, snapshot))
}

/// Why a match found no link of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// Nothing fits.
    None(Key),
    /// Several fit: these.
    Several(Key, Vec<Name>),
    /// The one that fits is another's of the goal: found by a match as well, or named, with nothing to make it of.
    Claimed {
        /// Whose match it is.
        key: Key,
        /// What it finds.
        found: Key,
        /// Whose that is; the same where it is named.
        by: Key,
    },
}

impl Unmatched {
    /// The link whose match it is.
    pub fn key(&self) -> &Key {
        match self {
            Self::None(key) | Self::Several(key, _) | Self::Claimed { key, .. } => key,
        }
    }
}

impl std::fmt::Display for Unmatched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None(key) => write!(f, "{key}: no link fits its match"),
            Self::Several(key, names) => {
                let names: Vec<String> = names.iter().map(ToString::to_string).collect();
                write!(f, "{key}: its match fits several links: {}", names.join(", "))
            }
            Self::Claimed { key, found, by } if found == by => {
                write!(f, "{key}: its match finds {found}, of which more is said under its own name")
            }
            Self::Claimed { key, found, by } => {
                write!(f, "{key}: its match finds {found}, and so does that of {by}")
            }
        }
    }
}

/// Where matched links are now, for those that are called otherwise than the goal wants: from there to the goal's key.
pub fn labels(live: &mut Live, goal: &Goal, snapshot: &Snapshot) -> Result<BTreeMap<Key, Key>, Unmatched> {
    let (labels, unmatched) = find(live, goal, snapshot);
    unmatched.into_iter().next().map_or(Ok(labels), Err)
}

/// The same, with all matches that found no link of their own.
pub fn find(live: &mut Live, goal: &Goal, snapshot: &Snapshot) -> (BTreeMap<Key, Key>, Vec<Unmatched>) {
    let (kept, said): (Vec<_>, Vec<_>) = goal.matches.iter().partition(|(_, m)| m.is_kept());
    let mut out = BTreeMap::new();
    let (mut unmatched, mut finders) = (Vec::new(), BTreeMap::<Key, Vec<&Key>>::new());
    if !kept.is_empty() {
        out = linkctl_plan::labels(goal, &snapshot.world(|_| true));
    }
    for (key, wanted) in said {
        let inside = snapshot.keys().filter(|k| k.netns == key.netns);
        let fitting: Vec<Key> = inside.filter(|k| fits(snapshot, k, wanted)).collect();
        let mut fitting: Vec<Name> =
            fitting.into_iter().filter(|k| driven(live, k, wanted)).map(|k| k.name).collect();
        if fitting.len() > 1 {
            // A link above has the address of the one below, a master that of its port: what the goal itself calls so is not meant.
            fitting.retain(|name| *name == key.name || !says_kind(goal, &key.beside(*name)));
        }
        match fitting[..] {
            [] if is_gone(goal, key) && !snapshot.contains(key) => {}
            [] => unmatched.push(Unmatched::None(key.clone())),
            [name] => finders.entry(key.beside(name)).or_default().push(key),
            _ => unmatched.push(Unmatched::Several(key.clone(), fitting)),
        }
    }
    for (found, keys) in finders {
        match keys[..] {
            [key] if *key == found => {}
            [key] if !is_named(goal, &found) => _ = out.insert(found, key.clone()),
            [key] => unmatched.push(Unmatched::Claimed { key: key.clone(), by: found.clone(), found }),
            _ => unmatched.extend((0..keys.len()).map(|i| {
                let by = keys[usize::from(i == 0)].clone();
                Unmatched::Claimed { key: keys[i].clone(), found: found.clone(), by }
            })),
        }
    }
    (out, unmatched)
}

/// Whether a goal speaks of a link as of one that is there.
fn is_named(goal: &Goal, key: &Key) -> bool {
    let there = |want: &Want| want.link().is_some_and(|l| l.kind.is_none() && l.foreign.is_none());
    !goal.matches.contains_key(key) && goal.links.get(key).is_some_and(there)
}

/// Whether a goal says what kind of link that is, and does not look for it.
fn says_kind(goal: &Goal, key: &Key) -> bool {
    let kind = |want: &Want| want.link().is_some_and(|l| l.kind.is_some());
    !goal.matches.contains_key(key) && goal.links.get(key).is_some_and(kind)
}

/// Whether a goal wants a link gone.
pub(crate) fn is_gone(goal: &Goal, key: &Key) -> bool {
    matches!(goal.links.get(key), Some(Want::Absent))
}

/// Whether a link's message is as a match says.
fn fits(snapshot: &Snapshot, key: &Key, wanted: &Match) -> bool {
    let Some((seen, _)) = snapshot.seen(key) else { return false };
    let address = |attr: u16| seen.base.attr(attr);
    let mac = |want: &Option<linkctl_schema::Mac>, attr: u16| {
        want.is_none_or(|m| address(attr) == Some(m.as_bytes()))
    };
    // Links without hardware have no permanent address; the kernel reports none.
    mac(&wanted.perm_address, base::PERM_ADDRESS.0.attr)
        && mac(&wanted.address, base::ADDRESS.0.attr)
        && wanted.kind.as_ref().is_none_or(|k| seen.kind_word() == k.as_bytes())
        && wanted.altname.as_ref().is_none_or(|n| {
            let names = snapshot.link(key).and_then(|l| l.base.value(&base::ALTNAME.0).cloned());
            matches!(names, Some(Value::List(list)) if list.contains(&Value::text(n.as_str())))
        })
}

/// Whether its driver is as a match says; asked only where it matters.
fn driven(live: &mut Live, key: &Key, wanted: &Match) -> bool {
    if wanted.driver.is_none() && wanted.path.is_none() {
        return true;
    }
    let Some(is) = live.driver(key) else { return false };
    wanted.driver.as_ref().is_none_or(|d| *d == is.driver)
        && wanted.path.as_ref().is_none_or(|p| *p == is.bus)
}
