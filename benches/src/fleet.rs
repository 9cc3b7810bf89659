//! Links by the thousand of one kind: what linkctl costs to make them, to see that nothing is to do, and to delete them,
//! each against the least that the kernel can be asked for the same.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::child::{Cost, cost};
use crate::raw::{Kind, RAW};
use crate::{apart, median};

/// What is measured, and the row of the floor that it is held against.
const ROWS: [(&str, usize); 8] = [
    ("floor: the requests in a row", 0),
    ("`linkctl apply`", 0),
    ("floor: one dump, received and discarded", 2),
    ("`linkctl apply` again, nothing to do", 2),
    ("floor: a group set for all, and deleted", 4),
    ("a group deleted that all were made with", 4),
    ("`linkctl apply`, all of them absent", 4),
    ("`linkctl undo --json` of the first apply", 4),
];

/// What is measured unless told otherwise: all that the kernel of the machine that this was written on has.
const ALL: [&str; 6] =
    ["veth=1000", "bridge=1000", "macvlan=1000", "veth=10000", "bridge=10000", "macvlan=10000"];

/// Times kinds: `words` are `KIND=NUMBER` or `KIND=NUMBER*ROUNDS`.
pub(crate) fn run(linkctl: &Path, words: &[OsString]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().filter_map(|w| w.to_str()).collect();
    println!("| case | CPU ms | ratio | wall ms | ratio | peak MiB |\n|---|---|---|---|---|---|");
    for word in if words.is_empty() { &ALL[..] } else { &words[..] } {
        let (kind, many) = word.split_once('=').ok_or("not KIND=NUMBER")?;
        let kind = Kind::parse(kind).ok_or("no such kind")?;
        let (many, rounds) = many.split_once('*').unwrap_or((many, ""));
        let many = many.parse().map_err(|_| "no such number")?;
        // Small ones are soon over, and so are measured more often.
        let rounds = rounds.parse().unwrap_or(if many > 2000 { 3 } else { 7 });
        Case { linkctl, kind, many, rounds }.run()?;
    }
    Ok(())
}

/// Links of one kind in one number.
struct Case<'c> {
    linkctl: &'c Path,
    kind: Kind,
    many: usize,
    rounds: usize,
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("linkctl-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|e| e.to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Case<'_> {
    /// Every way in turn, several times; medians.
    fn run(&self) -> Result<(), String> {
        let folder = Folder::new()?;
        let (goal, gone) = (folder.0.join("goal.yaml"), folder.0.join("gone.yaml"));
        fs::write(&goal, self.kind.goal(self.many)).map_err(|e| e.to_string())?;
        fs::write(&gone, self.kind.gone(self.many)).map_err(|e| e.to_string())?;
        let mut rows: Vec<Vec<Cost>> = vec![Vec::new(); ROWS.len()];
        for round in 0..self.rounds {
            let state = |what: &str| folder.0.join(format!("{what}{round}"));
            let costs = self.round(&goal, &gone, &state("first"), &state("second"))?;
            rows.iter_mut().zip(costs).for_each(|(row, cost)| row.push(cost));
        }
        self.table(&rows);
        Ok(())
    }

    fn round(&self, goal: &Path, gone: &Path, first: &Path, second: &Path) -> Result<[Cost; 8], String> {
        let (create, sweep) = apart(|| Ok((self.raw("create")?, self.raw("sweep")?)))?;
        let drop = apart(|| {
            self.raw("grouped")?;
            self.raw("drop")
        })?;
        let (apply, again, dump, absent) = apart(|| {
            let apply = self.linkctl("apply", Some(goal), first)?;
            let again = self.linkctl("apply", Some(goal), first)?;
            Ok((apply, again, self.raw("dump")?, self.linkctl("apply", Some(gone), first)?))
        })?;
        let undo = apart(|| {
            self.linkctl("apply", Some(goal), second)?;
            self.linkctl("undo", None, second)
        })?;
        Ok([create, apply, dump, again, sweep, drop, absent, undo])
    }

    fn raw(&self, what: &str) -> Result<Cost, String> {
        let me = std::env::current_exe().map_err(|e| e.to_string())?;
        let many = self.many.to_string();
        let mut words = vec![RAW, what];
        if !matches!(what, "dump" | "drop") {
            words.extend([self.kind.word(), &many]);
        }
        let words: Vec<&OsStr> = words.into_iter().map(OsStr::new).collect();
        cost(&me, &words)
    }

    fn linkctl(&self, what: &str, file: Option<&Path>, state: &Path) -> Result<Cost, String> {
        let mut words = vec![OsStr::new(what), OsStr::new("--state"), state.as_os_str()];
        words.push(file.map_or(OsStr::new("--json"), Path::as_os_str));
        cost(self.linkctl, &words)
    }

    fn table(&self, rows: &[Vec<Cost>]) {
        println!("| **{} × {}** | | | | | |", self.many, self.kind.word());
        let of = |at: usize, part: fn(&Cost) -> f64| median(rows[at].iter().map(part).collect());
        for (at, (name, floor)) in ROWS.into_iter().enumerate() {
            let (cpu, wall, peak) = (of(at, |c| c.cpu), of(at, |c| c.wall), of(at, |c| c.peak));
            let ratio = |mine: f64, part| if at == floor { 1.0 } else { mine / of(floor, part) };
            let (more, longer) = (ratio(cpu, |c| c.cpu), ratio(wall, |c| c.wall));
            let (cpu, wall, peak) = (cpu * 1e3, wall * 1e3, peak / 1024.0);
            println!("| {name} | {cpu:.1} | {more:.2} | {wall:.1} | {longer:.2} | {peak:.1} |");
        }
    }
}
