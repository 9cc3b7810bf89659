//! Recorded runs of iproute2 7.1.0 on Linux 6.12 (`tests/golden/ip`), one file a scenario, in sections that begin with
//! `#### NAME`: `cmd` what was typed, `setup` what that said, `txt…` and `json…` what was shown under which options, and
//! `reqN` the requests of the N-th command, one in hexadecimal a line.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::mask::steady;
use super::{Line, Programs, Who};

/// A recorded run.
#[derive(Debug)]
pub struct Scenario {
    /// Its name: the file's.
    pub name: String,
    sections: Vec<(String, String)>,
}

/// The folder with the recorded runs.
fn folder() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    own.join("golden/ip")
}

/// Every run that was recorded with its commands.
pub fn scenarios() -> Vec<Scenario> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("golden/ip is there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    files.iter().map(|file| Scenario::read(file)).filter(|s| s.section("cmd").is_some()).collect()
}

/// The mistakes that were recorded: each line with what was printed, the first six lines of each stream.
pub fn mistakes() -> Vec<Mistake> {
    let text = std::fs::read_to_string(folder().join("errors.txt")).expect("it is there");
    let mut out: Vec<Mistake> = Vec::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("$ ") {
            out.push(Mistake { line: words.into(), ..Mistake::default() });
        }
        let Some(last) = out.last_mut() else { continue };
        if let Some(text) = line.strip_prefix("  O|") {
            last.out.push(text.into());
        } else if let Some(text) = line.strip_prefix("  E|") {
            last.err.push(text.into());
        } else if let Some(status) = line.strip_prefix("  rc=") {
            last.status = status.parse().unwrap_or(-1);
        }
    }
    out
}

/// A line that was typed, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistake {
    /// What was typed.
    pub line: String,
    /// Lines of standard output.
    pub out: Vec<String>,
    /// Lines of standard error.
    pub err: Vec<String>,
    /// The exit status.
    pub status: i32,
}

impl Scenario {
    fn read(file: &Path) -> Self {
        let text = String::from_utf8_lossy(&std::fs::read(file).expect("readable")).into_owned();
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("#### ") {
                sections.push((name.into(), String::new()));
            } else if let Some((_, text)) = sections.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        let name = file.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Self { name, sections }
    }

    /// A section's text.
    pub fn section(&self, name: &str) -> Option<&str> {
        self.sections.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        self.section("cmd").unwrap_or_default().trim_end()
    }

    /// The link that was shown.
    pub fn dev(&self) -> &str {
        let shown = || {
            let name = self.section("txt")?.split(": ").nth(1)?;
            name.split('@').next()
        };
        self.section("dev").map(str::trim).or_else(shown).unwrap_or_default()
    }

    /// Every view: the options of `ip link show`, and what it printed.
    pub fn views(&self) -> impl Iterator<Item = (String, &str)> {
        self.sections.iter().filter_map(|(name, text)| {
            let options = match name.as_str() {
                "json" => "-j -p -d -s -s".to_owned(),
                "jsonl" => "-j -d".to_owned(),
                _ => name.strip_prefix("txt")?.replace('-', " -").trim().to_owned(),
            };
            Some((options, text.as_str()))
        })
    }

    /// The requests of the N-th command, from 1.
    pub fn requests(&self, command: usize) -> Option<Vec<Vec<u8>>> {
        let bytes = |line: &str| -> Vec<u8> {
            let pair = |i| u8::from_str_radix(line.get(i..i + 2)?, 16).ok();
            (0..line.len()).step_by(2).filter_map(pair).collect()
        };
        Some(self.section(&format!("req{command}"))?.lines().map(bytes).collect())
    }

    /// How many requests were recorded.
    pub fn recorded(&self) -> usize {
        self.sections.iter().filter(|(name, _)| name.starts_with("req")).count()
    }
}

/// Links that the modules of tunnels put into every namespace of the machine on which the runs were recorded.
const FALLBACK: &[&str] =
    &["gre0", "gretap0", "erspan0", "ip6tnl0", "ip6gre0", "tunl0", "sit0", "ip_vti0", "ip6_vti0"];

/// What was said and shown, without what is drawn or runs, without counters of links that are up, and without the links
/// of tunnels' modules.
pub fn calmed(text: &str) -> String {
    let mut out = String::new();
    let (mut hidden, mut up, mut counters) = (false, false, false);
    let mut state = false;
    for line in text.lines() {
        // In pretty JSON a state's flags stand on the line of its name.
        state = line.contains("\"ad_actor_oper_port_state") || state && !line.contains(':');
        if state || line.contains("\"mcast_n_groups\"") {
            continue;
        }
        // A list of fillers alone, as it is without them.
        if line == "[]" {
            continue;
        }
        if line.starts_with("[{")
            && line.ends_with(']')
            && let Ok(Json::Array(list)) = serde_json::from_str(line)
        {
            out += &json(list);
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            hidden = FALLBACK.iter().any(|name| is_of(line, name));
            up = line.contains(",UP") || line.contains("<UP") || line.contains("\"UP\"");
            counters = false;
        }
        up |= line.contains("\"UP\"");
        if hidden {
            continue;
        }
        let is_head = line.starts_with("    RX") || line.starts_with("    TX");
        if up && (is_head || counters || is_counter(line)) {
            out += &line.split_whitespace().map(unnumbered).collect::<Vec<_>>().join(" ");
        } else {
            out += &settled(line);
        }
        out.push('\n');
        counters = is_head;
    }
    // The loopback link was never up there.
    let lo = "1: lo: <LOOPBACK> mtu 65536 qdisc";
    steady(&unindexed(&out.replace(&format!("{lo} noqueue"), &format!("{lo} noop"))))
}

/// Without indexes, which count links that are gone: of a record's first line, of links elsewhere, of JSON.
fn unindexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_head = rest.len() < line.len() && rest.starts_with(':');
        out += if is_head { "N" } else { "" };
        out += if is_head { rest } else { line };
    }
    for key in ["@if", "\"ifindex\": ", "\"ifindex\":", "\"link_index\": ", "\"link_index\":"] {
        let mut parts = out.split(key);
        let mut next = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            next += key;
            next += if rest.len() < part.len() { "N" } else { "" };
            next += rest;
        }
        out = next;
    }
    out
}

/// Whether a line begins a link's output: `2: gre0@NONE: …`, `2:gre0`, `gre0@NONE   …`.
fn is_of(line: &str, name: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([':', ' ']);
    line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['@', ':', ' ']))
}

/// A line of a pretty JSON object that holds a counter.
fn is_counter(line: &str) -> bool {
    const KEYS: &[&str] =
        &["bytes", "packets", "multicast", "carrier_changes", "dropped", "otherhost", "nohandler"];
    let line = line.trim_start();
    KEYS.iter().any(|key| line.strip_prefix('"').is_some_and(|l| l.starts_with(&format!("{key}\":"))))
}

fn unnumbered(word: &str) -> &str {
    if word.trim_end_matches(',').bytes().all(|b| b.is_ascii_digit()) { "N" } else { word }
}

/// Links as JSON, without the fillers that iproute2 leaves where a filter leaves one out.
fn json(mut list: Vec<Json>) -> String {
    let own = |link: &Json| !FALLBACK.contains(&link["ifname"].as_str().unwrap_or_default());
    list.retain(|link| own(link) && link.as_object().is_none_or(|o| !o.is_empty()));
    for link in &mut list {
        if link["ifname"] == "lo" && link["qdisc"] == "noqueue" {
            link["qdisc"] = "noop".into();
        }
        for key in ["ad_actor_oper_port_state", "ad_actor_oper_port_state_str"] {
            let port = link.pointer_mut("/linkinfo/info_slave_data").and_then(Json::as_object_mut);
            port.map(|port| port.remove(key));
        }
    }
    list.iter().map(|link| format!("{link}\n")).collect()
}

/// A line of text without what agrees with the other side a moment later, or is counted: states of LACP, groups; and
/// without the width of a column that holds an index.
fn settled(line: &str) -> String {
    let mut out = line.to_owned();
    if let (Some(from), Some(to)) =
        (out.find(" ad_actor_oper_port_state "), out.find(" ad_partner_oper_port_state "))
    {
        out.replace_range(from..to, "");
    }
    if let Some(at) = out.find("mcast_n_groups ") {
        let (before, after) = out.split_at(at);
        out = format!(
            "{before}{}",
            after.trim_start_matches("mcast_n_groups ").trim_start_matches(|c: char| c.is_ascii_digit())
        );
    }
    if out.contains("@if") && !out.starts_with(|c: char| c.is_ascii_digit()) {
        out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    out
}

/// Makes the calling thread's namespace one like that of the recordings: the loopback link down, and the next link of
/// number 11.
pub fn prepare(programs: &Programs, scratch: &Path) {
    if std::env::var_os("LINKCTL_IN_VM").is_some() {
        // Modules that do not come by themselves.
        let _ = std::process::Command::new("modprobe").args(["-a", "fou", "fou6", "mpls_router"]).output();
    }
    let fill: String = (0..9).map(|i| format!("link add fill{i} group 99 type bridge\n")).collect();
    let text = format!("link set lo down\n{fill}link del group 99\n");
    let said = programs.run(Who::Theirs, &Line { input: Some(text), ..Line::ip("-batch -") }, scratch);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recorded_run_is_read_with_its_views_and_requests() {
        let all = scenarios();
        assert!(all.len() >= 60, "{} runs", all.len());
        for scenario in &all {
            assert_eq!(scenario.views().count(), 10, "{}", scenario.name);
            assert!(!scenario.dev().is_empty() && !scenario.typed().is_empty(), "{}", scenario.name);
        }
        assert!(all.iter().map(Scenario::recorded).sum::<usize>() >= 100);
        let mistakes = mistakes();
        assert!(mistakes.len() > 120 && mistakes.iter().all(|m| m.status >= 0));
    }

    #[test]
    fn links_of_modules_and_counters_of_links_that_are_up_are_left_out() {
        let text = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 1\n    RX:  bytes packets\n            70       5 \n2: gre0@NONE: <NOARP>\n    x\n3: gre01: <NOARP>\n";
        assert_eq!(
            calmed(text),
            "N: lo: <LOOPBACK,UP,LOWER_UP> mtu 1\nRX: bytes packets\nN N\nN: gre01: <NOARP>\n"
        );
        assert_eq!(calmed("2: v0@if11: x\n\"link_index\": 11,"), "N: v0@ifN: x\n\"link_index\": N,\n");
        assert_eq!(calmed("[{},{\"ifname\":\"gre0\"},{\"ifname\":\"d0\"}]"), "{\"ifname\":\"d0\"}\n");
    }
}
