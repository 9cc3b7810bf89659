//! A plan that was saved to be applied later: the goal, and what it was planned from.
//!
//! Refused is a plan whose links changed in between: each link that it touches must be the one that it was and as it
//! was, in the same namespace and the same run of the machine, and what it takes must be the same steps. Other links
//! may come, go and change. A saved plan is data from disk: whole and of this version, or refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use linkctl_kernel::{Live, process};
use linkctl_link::load;
use linkctl_link::{Goal, Key, Link, Netns, Snapshot, World, save};
use linkctl_plan::{Plan, render};
use linkctl_schema::Name;
use linkctl_schema::out::Out;

use crate::disk;
use crate::journal::Fault;
use crate::rehearse::touched;

/// How a saved plan of this version begins.
const SIGN: &str = "linkctl-plan version=1 ";
/// The most bytes that are read.
pub const MOST: u64 = 64 << 20;

/// A link as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seal {
    key: Key,
    index: u32,
    /// Of all that was said of it.
    sum: u64,
}

/// A saved plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// What should be, with what it consents to.
    pub goal: Goal,
    /// Which run of the machine it was made in.
    boot: String,
    /// What tells its namespaces from others.
    spaces: BTreeMap<Netns, (u64, u64)>,
    links: Vec<Seal>,
    /// Of the steps.
    steps: u64,
    /// The links as they were, to tell what changed.
    was: Goal,
}

/// Why a saved plan is not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// The machine was started anew.
    Boot,
    /// A namespace is another one.
    Space(Netns),
    /// A link is not there any more.
    Gone(Key),
    /// It is another link of the same name.
    Other(Key),
    /// It was changed; in which settings, where that can be told: from, to.
    Changed(Key, Vec<(String, String, String)>),
    /// All that was looked at is as it was, and it would take other steps.
    Steps,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boot => f.write_str("the machine was started anew"),
            Self::Space(netns) => write!(f, "{netns} is another namespace"),
            Self::Gone(key) => write!(f, "{key} is not there any more"),
            Self::Other(key) => write!(f, "{key} is another link of that name"),
            Self::Changed(key, what) => {
                write!(f, "{key} was changed")?;
                for (i, (word, from, to)) in what.iter().enumerate() {
                    write!(f, "{} {word} {from} → {to}", if i == 0 { ":" } else { "," })?;
                }
                Ok(())
            }
            Self::Steps => f.write_str("it would take other steps now"),
        }
    }
}

impl Saved {
    /// What is to be kept of a plan that was made for `read`, decoded as `world`.
    pub fn new(plan: &Plan, goal: &Goal, read: &Snapshot, world: &World, live: &Live) -> Self {
        let links = touched(plan, world);
        let mut was = Goal::new();
        let mut seals = Vec::new();
        let mut spaces = BTreeMap::new();
        let used = plan.steps.iter().flat_map(|s| crate::rehearse::spaces(&s.act));
        for netns in used.chain(links.iter().map(|k| k.netns.clone())) {
            if let Some(space) = live.netns(&netns) {
                spaces.insert(netns, space.id());
            }
        }
        for key in links {
            let Some(link) = world.get(&key) else { continue };
            let index = read.index(&key).unwrap_or(0);
            seals.push(Seal { key: key.clone(), index, sum: sum(&key, link) });
            was.want(key, link.clone());
        }
        Self { goal: goal.clone(), boot: process::boot_id(), spaces, links: seals, steps: steps(plan), was }
    }

    /// Compares with what is before anything is planned.
    pub fn check(&self, read: &Snapshot, live: &Live) -> Result<(), Vec<Stale>> {
        if self.boot != process::boot_id() {
            return Err(vec![Stale::Boot]);
        }
        let other = |(netns, id): &(&Netns, &(u64, u64))| {
            live.netns(netns).map(linkctl_kernel::Netns::id) != Some(**id)
        };
        let mut stale: Vec<Stale> =
            self.spaces.iter().filter(other).map(|(netns, _)| Stale::Space(netns.clone())).collect();
        stale.extend(self.links.iter().filter_map(|seal| self.compare(seal, read)));
        if stale.is_empty() { Ok(()) } else { Err(stale) }
    }

    /// Compares what it takes now with what it took.
    pub fn check_plan(&self, plan: &Plan) -> Result<(), Stale> {
        if steps(plan) == self.steps { Ok(()) } else { Err(Stale::Steps) }
    }

    fn compare(&self, seal: &Seal, read: &Snapshot) -> Option<Stale> {
        let key = &seal.key;
        let Some(is) = read.link(key) else { return Some(Stale::Gone(key.clone())) };
        let was = self.was.links.get(key).and_then(|w| w.link());
        let kind = was.is_some_and(|w| w.kind_word() != is.kind_word());
        if read.index(key) != Some(seal.index) || kind {
            return Some(Stale::Other(key.clone()));
        }
        (sum(key, &is) != seal.sum).then(|| Stale::Changed(key.clone(), differences(key, was, &is)))
    }

    /// The whole of it as text.
    pub fn to_text(&self) -> String {
        let mut body = format!("boot {}\nsteps {:016x}\n", self.boot, self.steps);
        let name = |netns: &Netns| netns.name().map_or_else(|| "-".to_owned(), |n| hex(n.as_bytes()));
        // Writing to a string does not fail.
        for (netns, (dev, inode)) in &self.spaces {
            let _ = writeln!(body, "space {dev} {inode} {}", name(netns));
        }
        for Seal { key, index, sum } in &self.links {
            let _ =
                writeln!(body, "link {index} {sum:016x} {} {}", hex(key.name.as_bytes()), name(&key.netns));
        }
        for (word, goal) in [("goal", &self.goal), ("was", &self.was)] {
            let json = save::json(goal);
            let _ = write!(body, "{word} {}\n{json}", json.len());
        }
        format!("{SIGN}length={} sum={:016x}\n{body}", body.len(), disk::sum(body.as_bytes()))
    }

    /// Reads it back; the error says what is wrong with it.
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
        let cut = || "it is cut".to_owned();
        let (head, body) = text.split_once('\n').ok_or_else(cut)?;
        let head = head.strip_prefix(SIGN).ok_or("it is no saved plan of this version")?;
        if head != format!("length={} sum={:016x}", body.len(), disk::sum(body.as_bytes())) {
            return Err("it is damaged: length and sum do not fit".to_owned());
        }
        let mut out = Self {
            goal: Goal::new(),
            boot: String::new(),
            spaces: BTreeMap::new(),
            links: Vec::new(),
            steps: 0,
            was: Goal::new(),
        };
        let mut seen = BTreeSet::new();
        let mut rest = body;
        while !rest.is_empty() {
            let (line, more) = rest.split_once('\n').ok_or_else(cut)?;
            rest = more;
            let words: Vec<&str> = line.split(' ').collect();
            let bad = || format!("this line makes no sense: {}", linkctl_schema::Safe(line.as_bytes()));
            match words[..] {
                [word @ ("goal" | "was"), length] => {
                    let length: usize = length.parse().map_err(|_| bad())?;
                    let json = rest.get(..length).ok_or_else(cut)?;
                    rest = &rest[length..];
                    let goal = load::restore(path, json.as_bytes()).map_err(|all| {
                        all.first().map_or_else(|| "its goal cannot be read".to_owned(), ToString::to_string)
                    })?;
                    *if word == "goal" { &mut out.goal } else { &mut out.was } = goal;
                }
                ["boot", id] => id.clone_into(&mut out.boot),
                ["steps", sum] => out.steps = u64::from_str_radix(sum, 16).map_err(|_| bad())?,
                ["space", dev, inode, name] => {
                    let id = (dev.parse().map_err(|_| bad())?, inode.parse().map_err(|_| bad())?);
                    out.spaces.insert(space(name).ok_or_else(bad)?, id);
                }
                ["link", index, sum, name, netns] => {
                    let name = unhex(name).and_then(|n| Name::from_kernel(&n)).filter(|n| !n.is_none());
                    out.links.push(Seal {
                        key: Key::new(space(netns).ok_or_else(bad)?, name.ok_or_else(bad)?),
                        index: index.parse().map_err(|_| bad())?,
                        sum: u64::from_str_radix(sum, 16).map_err(|_| bad())?,
                    });
                }
                _ => return Err(bad()),
            }
            if !matches!(words[0], "space" | "link") && !seen.insert(words[0]) {
                return Err(format!("it says {} twice", words[0]));
            }
        }
        if seen.len() != 4 {
            return Err("it is not whole: boot, steps, goal and was are wanted".to_owned());
        }
        Ok(out)
    }

    /// Writes it: whole or not at all, for its owner alone. What is there and no regular file is left alone.
    pub fn write(&self, path: &Path) -> Result<(), Fault> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => {
                Err(Fault::Io(path.into(), std::io::Error::other("it is there and no regular file")))
            }
            _ => disk::write_beside(path, self.to_text().as_bytes()),
        }
    }
}

fn space(name: &str) -> Option<Netns> {
    if name == "-" { Some(Netns::HERE) } else { Netns::named(std::str::from_utf8(&unhex(name)?).ok()?) }
}

/// Names hold anything: two digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok();
    (digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit))
        .then(|| digits.chunks(2).map(pair).collect())
        .flatten()
}

/// Of all that is said of a link, but for what changes by itself.
fn sum(key: &Key, link: &Link) -> u64 {
    let text: String =
        save::lines(key, link).into_iter().map(|(word, value)| format!("{word}={value}\n")).collect();
    disk::sum(text.as_bytes())
}

fn steps(plan: &Plan) -> u64 {
    let mut out = Out::new(false);
    render::json(plan, &mut out);
    disk::sum(out.into_string().as_bytes())
}

/// The settings that are not as they were: from, to.
fn differences(key: &Key, was: Option<&Link>, is: &Link) -> Vec<(String, String, String)> {
    let was: BTreeMap<String, String> =
        was.map(|w| save::lines(key, w)).unwrap_or_default().into_iter().collect();
    let is: BTreeMap<String, String> = save::lines(key, is).into_iter().collect();
    let words: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let nothing = || "nothing".to_owned();
    let of = |map: &BTreeMap<String, String>, word: &String| map.get(word).cloned().unwrap_or_else(nothing);
    words
        .into_iter()
        .filter(|w| was.get(*w) != is.get(*w))
        .map(|w| (w.clone(), of(&was, w), of(&is, w)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Saved {
        let key = |n: &str| Key::here(Name::from_kernel(n.as_bytes()).expect("short"));
        let mut goal = Goal { rebuild: true, disruption: true, ..Goal::new() };
        goal.want(key("br0"), Link::new(linkctl_kinds::kind("bridge")));
        let mut was = Goal::new();
        was.want(key("odd\x1bname"), Link::new(None));
        let red = Netns::named("red blue").expect("a name");
        Saved {
            goal,
            boot: process::boot_id(),
            spaces: [(Netns::HERE, (4, 5)), (red.clone(), (4, 6))].into(),
            links: vec![
                Seal { key: key("odd\x1bname"), index: 7, sum: u64::MAX },
                Seal { key: Key::new(red, key("a").name), index: 1, sum: 0 },
            ],
            steps: 9,
            was,
        }
    }

    #[test]
    fn a_saved_plan_is_read_back_as_it_was_and_no_damage_goes_unseen() {
        let saved = some();
        let text = saved.to_text();
        assert!(
            text.bytes().all(|b| b == b'\n' || (32..127).contains(&b)),
            "harmless for a terminal: {text}"
        );
        let read = |bytes: &[u8]| Saved::from_bytes(Path::new("p"), bytes);
        assert!(read(text.as_bytes()).as_ref() == Ok(&saved), "{text}");
        for cut in 0..text.len() {
            assert!(read(&text.as_bytes()[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] ^= 1;
            assert!(read(&other).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn what_is_made_up_is_refused_whatever_its_sum_says() {
        let sealed = |body: &str| {
            format!("{SIGN}length={} sum={:016x}\n{body}", body.len(), disk::sum(body.as_bytes()))
        };
        let whole = "boot x\nsteps 1\ngoal 16\n{\"version\": 1}\n\nwas 16\n{\"version\": 1}\n\n";
        let read = |body: &str| Saved::from_bytes(Path::new("p"), sealed(body).as_bytes());
        assert!(read(whole).is_ok(), "{:?}", read(whole));
        for bad in [
            "",
            "boot x\n",
            "nonsense\n",
            "boot x\nboot y\nsteps 1\ngoal 1\n{\nwas 1\n{\n",
            &whole.replace("goal 16", "goal 99999999999999999999"),
            &whole.replace("goal 16", "goal 4000"),
            &whole.replace("goal 16", "goal 0"),
            &whole.replace("steps 1", "steps -1"),
            &format!("link 1 0 zz -\n{whole}"),
            &format!("link 1 0 6 -\n{whole}"),
            &format!("link 1 0  -\n{whole}"),
            &format!("link 1 0 00 -\n{whole}"),
            &format!("link 1 0 61616161616161616161616161616161 -\n{whole}"),
            &format!("link 99999999999 0 61 -\n{whole}"),
            &format!("space 1 2 2e2e2f78\n{whole}"),
            &format!("space 1 2 2e2e\n{whole}"),
            &whole.replace("{\"version\": 1}\n\nwas", "{\"version\": 2}\n\nwas"),
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(Saved::from_bytes(Path::new("p"), &[0xff; 40]).is_err());
    }
}
