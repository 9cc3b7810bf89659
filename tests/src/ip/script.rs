//! Scripts of command lines, carried out by the genuine programs in one world and by ours in another like it.

use std::fs;
use std::path::PathBuf;

use linkctl::schema::Below;
use serde_json::Value as Json;

use super::excuse::Difference;
use super::mask::{steady, without_usage};
use super::{Line, Programs, Who, finish, wire};
use crate::peer::calm;
use crate::{Said, Space};

/// The least that a link of a kind wants.
pub const LEAST: &[(&str, &str)] = &[
    ("amt", "mode gateway local 10.0.0.1 discovery 10.0.0.2 dev va"),
    ("bareudp", "dstport 6635 ethertype ip"),
    ("erspan", "remote 10.0.0.1 local 10.0.0.2 seq key 100 erspan_ver 1 erspan 123"),
    ("geneve", "id 5 remote 192.0.2.2"),
    ("gre", "remote 10.0.0.1 local 10.0.0.2"),
    ("gretap", "remote 10.0.0.1 local 10.0.0.2"),
    ("gtp", "role sgsn"),
    ("hsr", "slave1 va slave2 vb"),
    ("ip6erspan", "remote 2001:db8::1 local 2001:db8::2 seq key 5 erspan_ver 1 erspan 5"),
    ("ip6gre", "remote 2001:db8::1 local 2001:db8::2"),
    ("ip6gretap", "remote 2001:db8::1 local 2001:db8::2"),
    ("ip6tnl", "remote 2001:db8::1 local 2001:db8::2"),
    ("ipip", "remote 10.0.0.1 local 10.0.0.2"),
    ("ipvlan", "mode l3"),
    ("macsec", "port 11"),
    ("rmnet", "mux_id 3"),
    ("sit", "remote 10.0.0.1 local 10.0.0.2"),
    ("vlan", "id 5"),
    ("vrf", "table 100"),
    ("vti", "remote 10.0.0.1 local 10.0.0.2 key 5"),
    ("vti6", "remote 2001:db8::1 local 2001:db8::2 key 5"),
    ("vxlan", "id 42 dstport 4789"),
    ("xfrm", "dev va if_id 5"),
];

/// Lines that are carried out one after the other, about links of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The kind of `x0`.
    pub kind: &'static str,
    /// The lines.
    pub lines: Vec<Line>,
    /// Options under which both programs show what has become of each world.
    pub view: &'static str,
}

/// What one program made of a script.
struct Made {
    said: Vec<Said>,
    /// The links after each line, or only after the last.
    links: Vec<String>,
    /// What changes each line asked for; empty where nobody traced.
    requests: Vec<Vec<String>>,
    /// What both programs show in the end: theirs and ours.
    shown: (String, String),
}

/// How closely a script is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Links are read after each line, not only in the end.
    pub steps: bool,
    /// Requests are traced.
    pub requests: bool,
}

impl Script {
    /// The lines that make the links which the script finds.
    pub fn setup(&self) -> String {
        let mut out = String::from(
            "netns add blue\n\
             link add br0 address 02:00:00:00:00:01 type bridge\n\
             link add va address 02:00:00:00:00:02 type veth peer name vb address 02:00:00:00:00:03\n\
             link add p0 address 02:00:00:00:00:04 type veth peer name p1 address 02:00:00:00:00:05\n\
             link set va master br0\n",
        );
        let least = LEAST.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, words)| words);
        let kind = linkctl::kinds::kind(self.kind);
        let link = if kind.is_some_and(|k| k.below == Below::Link) { "link p0 " } else { "" };
        let peer = if kind.is_some_and(|k| k.pair.is_some()) { "peer name xp" } else { "" };
        // Tunnels take no address of six bytes: what fails here fails in both worlds, and the second is there already.
        for address in ["address 02:00:00:00:00:06 ", ""] {
            out += &format!("link add {link}name x0 {address}type {} {least} {peer}\n", self.kind);
        }
        if kind.is_some_and(|k| k.ports.is_some() && k.name != "bridge") {
            out += "link set p0 master x0\n";
        }
        out
    }

    fn carry_out(&self, who: Who, programs: &Programs, space: &Space, watch: Watch) -> Made {
        quiet();
        let scratch: PathBuf = space.file("in", "").parent().expect("in a folder").to_path_buf();
        let setup = Line { input: Some(self.setup()), ..Line::ip("-force -batch -") };
        programs.run(Who::Theirs, &setup, &scratch);
        let mut made =
            Made { said: Vec::new(), links: Vec::new(), requests: Vec::new(), shown: Default::default() };
        for (i, line) in self.lines.iter().enumerate() {
            if watch.requests {
                let log = scratch.join("strace");
                let mut command = programs.command(who, line.program);
                command.args(&line.words);
                let mut traced = wire::traced(&command, &log);
                made.said.push(finish(&mut traced, line.input.as_deref(), &scratch).expect("strace starts"));
                let log = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
                made.requests.push(wire::changes(&wire::dumped(&log)));
            } else {
                made.said.push(programs.run(who, line, &scratch));
            }
            if watch.steps || i + 1 == self.lines.len() {
                made.links.push(links(programs, &scratch));
            }
        }
        made.shown = self.shown(programs, &scratch);
        made
    }

    /// What both programs show of this world; the same where it is the same but once, since counters move.
    fn shown(&self, programs: &Programs, scratch: &std::path::Path) -> (String, String) {
        let show = |who| {
            let said = programs.run(who, &Line::ip(&format!("{} link show", self.view)), scratch);
            crate::peer::masked(&format!("{}{}{}", said.out, said.err, said.status))
        };
        let mut both = (show(Who::Theirs), show(Who::Ours));
        for _ in 0..3 {
            if both.0 == both.1 {
                break;
            }
            both = (show(Who::Theirs), show(Who::Ours));
        }
        both
    }

    /// Everything in which the two differ, in the order of the lines.
    pub fn differences(&self, programs: &Programs, space: &Space, watch: Watch) -> Vec<Difference> {
        self.carried_out(programs, space, watch).1
    }

    /// The genuine program's statuses, and everything in which the two differ, in the order of the lines.
    pub fn carried_out(
        &self,
        programs: &Programs,
        space: &Space,
        watch: Watch,
    ) -> (Vec<i32>, Vec<Difference>) {
        let world = |who| move || space.another(|space| self.carry_out(who, programs, space, watch));
        let (theirs, ours) = std::thread::scope(|scope| {
            let named = |who: Who| {
                std::thread::Builder::new()
                    .name(format!("world-of-{who:?}"))
                    .spawn_scoped(scope, world(who))
                    .expect("a thread starts")
            };
            let (theirs, ours) = (named(Who::Theirs), named(Who::Ours));
            (theirs.join().expect("it ends"), ours.join().expect("it ends"))
        });
        let mut out = Vec::new();
        let mut add = |line: String, what, theirs: &str, ours: &str| {
            if theirs != ours {
                out.push(Difference { line, what, ours: ours.into(), theirs: theirs.into() });
            }
        };
        let steps = |made: &Made, i: usize| made.links.get(i).cloned().unwrap_or_default();
        for (i, line) in self.lines.iter().enumerate() {
            let (a, b) = (&theirs.said[i], &ours.said[i]);
            let line = line.to_string();
            add(line.clone(), "status", &a.status.to_string(), &b.status.to_string());
            add(line.clone(), "err", &told(&a.err), &told(&b.err));
            add(line.clone(), "out", &told(&a.out), &told(&b.out));
            if watch.requests {
                add(line.clone(), "request", &theirs.requests[i].join(""), &ours.requests[i].join(""));
            }
            if watch.steps {
                add(line, "links", &steps(&theirs, i), &steps(&ours, i));
            }
        }
        if !watch.steps {
            add("(at the end)".into(), "links", &steps(&theirs, 0), &steps(&ours, 0));
        }
        for made in [&theirs, &ours] {
            add(format!("ip {} link show", self.view), "view", &made.shown.0, &made.shown.1);
        }
        (theirs.said.iter().map(|said| said.status).collect(), out)
    }
}

/// Output as it is compared.
fn told(text: &str) -> String {
    without_usage(&steady(text))
}

/// No traffic of its own in the calling thread's namespace: counters would tell it.
fn quiet() {
    for which in ["all", "default"] {
        let _ = fs::write(format!("/proc/sys/net/ipv6/conf/{which}/disable_ipv6"), "1");
    }
}

/// All links here and in `blue`, as the genuine ip tells them, but for what is drawn or runs.
fn links(programs: &Programs, scratch: &std::path::Path) -> String {
    let mut out = String::new();
    for words in ["-d -j link show", "-n blue -d -j link show"] {
        let said = programs.run(Who::Theirs, &Line::ip(words), scratch);
        match serde_json::from_str::<Json>(&said.out) {
            Ok(mut json) => {
                calm(&mut json);
                let list = json.as_array().cloned().unwrap_or_default();
                out += &list.iter().map(|link| format!("{link}\n")).collect::<String>();
            }
            Err(e) => out += &format!("{words}: {e}: {} {}", said.out, said.err),
        }
    }
    steady(&out)
}
