//! Programs that others have for the same, beside linkctl: 500 pairs, made once, and again where a program takes that.
//!
//! Each peer is a script of `benches/peers`: `prepare` writes what it is to read, which is not timed, and fails where the
//! peer is not there; `apply` is timed, with all that it starts.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::child::{Cost, cost};
use crate::{apart, median};

/// How many links.
const LINKS: usize = 1000;
/// How often each makes them.
const ROUNDS: usize = 3;

/// The scripts, by name.
const PEERS: [(&str, &str); 7] = [
    ("ip -batch, no goal", include_str!("../peers/ip-batch.sh")),
    ("one ip a link, in a script", include_str!("../peers/ip-loop.sh")),
    ("pyroute2, IPRoute", include_str!("../peers/pyroute2.sh")),
    ("pyroute2, NDB", include_str!("../peers/pyroute2-ndb.sh")),
    ("ifupdown", include_str!("../peers/ifupdown.sh")),
    ("ifupdown2", include_str!("../peers/ifupdown2.sh")),
    ("systemd-networkd", include_str!("../peers/networkd.sh")),
];

/// A program that makes the links; what it cost the first and the second time.
struct Peer {
    name: &'static str,
    folder: PathBuf,
    /// Whether it may be asked again.
    again: bool,
    first: Vec<Cost>,
    second: Vec<Cost>,
}

/// Times linkctl and all peers that are there, interleaved.
pub(crate) fn run(linkctl: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("linkctl-bench-{}", std::process::id()));
    let ours = format!(
        "again=yes\nprepare() {{ for i in $(seq 0 $(($1 / 2 - 1))); do \
         echo \"va$i: {{kind: veth, veth: {{peer: vb$i}}}}\"; done | sed '1i version: 1\\nlinks:' | \
         sed '/^va/s/^/  /' >goal.yaml; chmod 600 goal.yaml; }}\napply() {{ {} apply goal.yaml --state state; }}\n",
        linkctl.display()
    );
    let scripts = std::iter::once(("linkctl apply", ours.as_str())).chain(PEERS);
    let mut peers = Vec::new();
    for (at, (name, script)) in scripts.enumerate() {
        let folder = folder.join(at.to_string());
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join("peer"), script))
            .map_err(|e| e.to_string())?;
        let again = script.contains("\nagain=yes") || script.starts_with("again=yes");
        peers.push(Peer { name, folder, again, first: Vec::new(), second: Vec::new() });
    }
    for _ in 0..ROUNDS {
        peers.iter_mut().try_for_each(Peer::round)?;
    }
    table(&peers);
    fs::remove_dir_all(&folder).map_err(|e| e.to_string())
}

impl Peer {
    /// Makes the links in a namespace of its own, and checks that they are there.
    fn round(&mut self) -> Result<(), String> {
        let (folder, again) = (&self.folder, self.again);
        let costs = apart(|| {
            if step(folder, &format!("rm -rf state; prepare {LINKS}")).is_err() {
                return Ok(None);
            }
            let first = step(folder, "apply")?;
            // The loopback link, and two lines of heading.
            step(folder, &format!("[ $(wc -l </proc/net/dev) -eq {} ]", LINKS + 3))?;
            Ok(Some((first, if again { Some(step(folder, "apply")?) } else { None })))
        })?;
        if let Some((first, second)) = costs {
            self.first.push(first);
            self.second.extend(second);
        }
        Ok(())
    }
}

/// Runs words of a peer's script.
fn step(folder: &Path, words: &str) -> Result<Cost, String> {
    let words = format!("cd {} && . ./peer && {{ {words}; }}", folder.display());
    cost(Path::new("/bin/bash"), &[OsStr::new("-c"), OsStr::new(&words)])
}

fn table(peers: &[Peer]) {
    println!(
        "| {LINKS} links (veth) | CPU ms | ratio | wall ms | ratio | again: CPU ms | ratio | peak MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let of = |costs: &[Cost], part: fn(&Cost) -> f64| median(costs.iter().map(part).collect());
    let ours = &peers[0];
    for peer in peers {
        if peer.first.is_empty() {
            println!("| {} | not there | | | | | | |", peer.name);
            continue;
        }
        let pair = |mine: &[Cost], ours: &[Cost], part: fn(&Cost) -> f64| {
            if mine.is_empty() {
                return "– | –".to_owned();
            }
            format!("{:.0} | {:.1}", of(mine, part) * 1e3, of(mine, part) / of(ours, part))
        };
        let peak = of(&peer.first, |c| c.peak) / 1024.0;
        let (cpu, wall) =
            (pair(&peer.first, &ours.first, |c| c.cpu), pair(&peer.first, &ours.first, |c| c.wall));
        let again = pair(&peer.second, &ours.second, |c| c.cpu);
        println!("| {} | {cpu} | {wall} | {again} | {peak:.0} |", peer.name);
    }
}
