//! Command lines of `ip link` and `bridge link` by chance: right ones, nearly right ones and wrong ones, from the tables.
//!
//! A seed tells the whole run. What is generated never names a namespace by a number: that could be a process whose
//! links are not ours to touch.

mod values;

use linkctl::kinds::{KINDS, link as base};
use linkctl::schema::arbitrary::Dice;
use linkctl::schema::iproute::{Takes, Word};
use linkctl::schema::{Below, Kind};

use super::Line;
use super::script::{LEAST, Script};
use values::{Class, Draw};

/// What follows the words of every link that the table leaves to code of its own.
const OWN: &[(&str, Class)] = &[
    ("name", Class::NewName),
    ("index", Class::Index),
    ("link", Class::Link),
    ("txqueuelen", Class::Number(1000)),
    ("mtu", Class::Number(1500)),
    ("inet", Class::Inet),
    ("xdp", Class::Xdp),
    ("xdpgeneric", Class::Xdp),
    ("xdpdrv", Class::Xdp),
    ("xdpoffload", Class::Xdp),
    ("netns", Class::Netns),
    ("vf", Class::Vf),
    ("master", Class::Master),
    ("vrf", Class::Vrf),
    ("type", Class::None),
    ("alias", Class::Alias),
    ("group", Class::Group),
    ("mode", Class::Among(&["default", "dormant", "DORMANT", "Default"])),
    ("state", Class::Among(&["UP", "DOWN", "dormant", "UNKNOWN", "testing", "NOTPRESENT", "LOWERLAYERDOWN"])),
    ("numtxqueues", Class::Number(16)),
    ("numrxqueues", Class::Number(16)),
    ("addrgenmode", Class::Among(&["eui64", "none", "stable_secret", "random", "NONE"])),
    ("link-netns", Class::Netns),
    ("link-netnsid", Class::Number(4)),
    ("protodown_reason", Class::Reason),
    ("gso_max_size", Class::Number(65536)),
    ("gro_max_size", Class::Number(65536)),
    ("gso_ipv4_max_size", Class::Number(65536)),
    ("gro_ipv4_max_size", Class::Number(65536)),
    ("parentdev", Class::Alias),
];

/// What `bridge link set` takes.
const BRIDGE_SET: &[(&str, Class)] = &[
    ("=guard =hairpin =fastleave =root_block =learning =learning_sync =flood =mcast_flood", Class::OnOff),
    ("=bcast_flood =mcast_to_unicast =neigh_suppress =neigh_vlan_suppress =vlan_tunnel", Class::OnOff),
    ("=isolated =locked =mab =neigh_forward_grat", Class::OnOff),
    ("=mcast_router", Class::Number(2)),
    ("=mcast_max_groups", Class::Number(100)),
    ("=cost", Class::Number(65535)),
    ("=priority", Class::Number(63)),
    ("=state", Class::Among(&["disabled", "listening", "learning", "forwarding", "blocking", "3", "7", "0"])),
    ("=hwmode", Class::Among(&["vepa", "veb"])),
    ("=self =master =nobackup_port", Class::None),
    ("=backup_port", Class::Link),
    ("=backup_nhid", Class::Number(20)),
];

/// Chances, out of a hundred, for what a line is about.
const VERBS: &[(u64, fn(&mut Generator) -> Line)] = &[
    (38, Generator::add),
    (26, Generator::set),
    (12, Generator::show),
    (4, Generator::delete),
    (4, Generator::replace),
    (5, Generator::property),
    (3, Generator::others),
    (4, Generator::bridge_set),
    (2, Generator::bridge_show),
    (2, Generator::options),
];

/// Draws scripts.
#[derive(Clone, Debug)]
pub struct Generator {
    draw: Draw,
    made: u32,
    kind: usize,
    turn: usize,
    there: Vec<usize>,
}

impl Generator {
    /// From a seed; every other script is about a kind that the kernel has.
    pub fn new(seed: u64, there: &[&str]) -> Self {
        let there = (0..KINDS.len()).filter(|i| there.contains(&KINDS[*i].name)).collect();
        Self { draw: Draw { dice: Dice::new(seed), nice: true }, made: 0, kind: 0, turn: 0, there }
    }

    /// A script of several lines, about one kind more than others.
    pub fn script(&mut self) -> Script {
        self.made = 0;
        // Each kind in turn, so that even a short run is about each of them.
        self.turn += 1;
        self.kind = if self.turn.is_multiple_of(2) && !self.there.is_empty() {
            self.there[self.turn / 2 % self.there.len()]
        } else {
            self.turn.div_ceil(2) % KINDS.len()
        };
        let many = 3 + self.draw.dice.below(5);
        let lines = (0..many).map(|_| self.line()).collect();
        let views = [
            "",
            "-d",
            "-s",
            "-s -s",
            "-d -s -s",
            "-o -d",
            "-br",
            "-j",
            "-j -d",
            "-j -p -d -s -s",
            "-N -d",
            "-d -d",
        ];
        Script { kind: self.focus().name, lines, view: self.one(&views) }
    }

    fn focus(&mut self) -> &'static Kind {
        KINDS[self.kind]
    }

    fn line(&mut self) -> Line {
        loop {
            self.draw.nice = !self.draw.dice.one_in(3);
            let mut line = if self.draw.dice.one_in(14) { self.batch() } else { self.single() };
            if !self.draw.nice && self.draw.dice.one_in(3) {
                self.spoil(&mut line);
            }
            if is_harmless(&line.words) {
                return line;
            }
        }
    }

    fn single(&mut self) -> Line {
        let mut at = self.draw.dice.below(100);
        for (chance, make) in VERBS {
            if at < *chance {
                return make(self);
            }
            at -= chance;
        }
        self.show()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        self.draw.one(of)
    }

    /// A line that begins with the verb, now and then shortened; with global options now and then.
    fn start(&mut self, verbs: &[&str]) -> Line {
        let mut line = Line { program: "ip", words: Vec::new(), input: None };
        if self.draw.dice.one_in(12) {
            self.global(&mut line.words);
        }
        let link = if self.draw.dice.one_in(10) { self.one(&["l", "li", "lin"]) } else { "link" };
        let verb = self.one(verbs);
        let verb = if self.draw.dice.one_in(10) { self.beginning(verb) } else { verb.to_owned() };
        line.words.extend([link.to_owned(), verb]);
        line
    }

    fn global(&mut self, words: &mut Vec<String>) {
        for _ in 0..1 + self.draw.dice.below(2) {
            let good = [
                "-d", "-s", "-j", "-o", "-br", "-N", "-h", "-j -p", "-d -s", "-j -d", "-n blue", "-force",
                "-echo",
            ];
            if self.draw.nice {
                let word = self.one(&good);
                words.extend(word.split(' ').map(str::to_owned));
                continue;
            }
            let word = self.one(&[
                "-d",
                "-s",
                "-s",
                "-j",
                "-j",
                "-p",
                "-o",
                "-br",
                "-N",
                "-h",
                "-iec",
                "-echo",
                "-details",
                "--json",
                "-force",
                "-4",
                "-6",
                "-0",
                "-B",
                "-a",
                "-t",
                "-ts",
                "-r",
                "-c=never",
                "-c=always",
                "-color=auto",
                "-stat",
                "-he",
                "-foo",
                "-c=foo",
                "-f inet",
                "-f foo",
                "-f link",
                "-family bridge",
                "-n blue",
                "-n nope",
                "-rc 65536",
                "-rc abc",
                "-l 3",
                "-V",
                "-e",
                "--",
                "-v",
                "-netns blue",
            ]);
            words.extend(word.split(' ').map(str::to_owned));
        }
    }

    /// A beginning of a word, not always a good one.
    fn beginning(&mut self, word: &str) -> String {
        word.chars().take(1 + self.draw.dice.below(word.len() as u64) as usize).collect()
    }

    /// A word of the table as it may be typed.
    fn spelling(&mut self, spelt: &str) -> String {
        let list: Vec<&str> = spelt.split(' ').collect();
        let word = self.one(&list);
        let (short, word) = (word.starts_with('~'), word.trim_start_matches(['~', '=']));
        let chance = if short { 5 } else { 40 };
        if self.draw.dice.one_in(if self.draw.nice && !short { 1000 } else { chance }) {
            self.beginning(word)
        } else {
            word.to_owned()
        }
    }

    fn base(&mut self, words: &mut Vec<String>, most: u64) {
        for _ in 0..self.draw.dice.below(most + 1) {
            let Some(row) = self.draw.dice.pick(base::IPROUTE).copied() else { continue };
            let named = row.spelt.trim_start_matches(['~', '=']).split(' ').next().unwrap_or_default();
            // A program for packets is only taken off at the end of a line.
            if named == "type" || named.starts_with("xdp") && self.draw.nice {
                continue;
            }
            words.push(self.spelling(row.spelt));
            if matches!(row.takes, Takes::Nothing(_)) {
                continue;
            }
            let field = base::FIELDS.list().iter().find(|f| !row.field.is_empty() && f.name == row.field);
            match (OWN.iter().find(|(word, _)| *word == named), field) {
                (Some((_, class)), _) => self.draw.value(*class, words),
                (None, Some(f)) => self.draw.typed(f, words),
                (None, None) => self.draw.value(Class::Any, words),
            }
        }
    }

    /// Options of a kind, from its table.
    fn options_of(&mut self, kind: &'static Kind, words: &mut Vec<String>, most: u64) {
        for _ in 0..self.draw.dice.below(most + 1) {
            if self.draw.dice.one_in(if self.draw.nice { 300 } else { 20 }) {
                let word = self.one(&["help", "foo", "h", "dev", "type", "x", ""]);
                words.push(word.to_owned());
                continue;
            }
            let Some(word) = self.draw.dice.pick(kind.iproute.words).copied() else {
                if self.draw.dice.one_in(4) {
                    let word = self.one(&["foo", "mode", "id 5", "help"]);
                    words.extend(word.split(' ').map(str::to_owned));
                }
                return;
            };
            self.option(kind, &word, words);
        }
    }

    fn option(&mut self, kind: &'static Kind, word: &Word, words: &mut Vec<String>) {
        words.push(self.spelling(word.spelt));
        if matches!(word.takes, Takes::Nothing(_)) {
            return;
        }
        let named = word.spelt.trim_start_matches(['~', '=']);
        let field = kind.fields.list().iter().find(|f| !word.field.is_empty() && f.name == word.field);
        let first = named.split(' ').next().unwrap_or_default();
        if (word.takes == Takes::Own || field.is_none()) && self.draw.own(kind.name, first, words) {
            return;
        }
        match field {
            Some(f) => self.draw.typed(f, words),
            None => self.draw.value(Class::Any, words),
        }
    }

    fn kind(&mut self) -> &'static Kind {
        if self.draw.dice.one_in(3) {
            let there = self.draw.nice.then(|| self.draw.dice.pick(&self.there).map(|i| KINDS[*i])).flatten();
            return there.or_else(|| self.draw.dice.pick(KINDS).copied()).unwrap_or(KINDS[0]);
        }
        self.focus()
    }

    fn new_name(&mut self) -> String {
        self.made += 1;
        format!("n{}", self.made)
    }

    fn add(&mut self) -> Line {
        let mut line = self.start(&["add"]);
        let kind = self.kind();
        let words = &mut line.words;
        match kind.below {
            Below::Link if !self.draw.dice.one_in(8) => {
                words.extend(
                    [self.one(&["link", "link", "link", "l"]), self.one(&["va", "va", "vb", "br0"])]
                        .map(str::to_owned),
                );
            }
            _ => {}
        }
        let name = self.new_name();
        match self.draw.dice.below(5) {
            0 => words.extend(["name".to_owned(), name]),
            1 => words.extend(["dev".to_owned(), name]),
            2 if self.draw.dice.one_in(6) => {}
            _ => words.push(name),
        }
        if self.draw.dice.one_in(2) {
            let address = "address 02:00:00:00:07:07";
            words.extend(address.split(' ').map(str::to_owned));
        }
        self.base(words, 2);
        self.type_of(kind, words, 5);
        line
    }

    fn type_of(&mut self, kind: &'static Kind, words: &mut Vec<String>, most: u64) {
        words.push(self.spelling("~type"));
        words.push(if self.draw.dice.one_in(50) {
            self.one(&["foo", "", "foo_slave"]).to_owned()
        } else {
            kind.name.to_owned()
        });
        let least = LEAST.iter().find(|(k, _)| *k == kind.name).map_or("", |(_, words)| words);
        if !self.draw.dice.one_in(4) {
            words.extend(least.split_whitespace().map(str::to_owned));
        }
        self.options_of(kind, words, most);
        if kind.pair.is_some() && !self.draw.dice.one_in(3) {
            words.push("peer".to_owned());
            let name = self.new_name();
            if !self.draw.dice.one_in(3) {
                words.extend(["name".to_owned(), name]);
            }
            self.base(words, 2);
        }
    }

    fn set(&mut self) -> Line {
        let mut line = self.start(&["set", "set", "change"]);
        let dev = self.draw.link();
        let words = &mut line.words;
        match self.draw.dice.below(9) {
            0 => words.extend(["dev".to_owned(), dev.to_owned()]),
            1 if self.draw.dice.one_in(3) => {
                words.extend(["group".to_owned(), self.one(&["0", "7", "default", "5"]).to_owned()]);
            }
            2 if self.draw.dice.one_in(5) => {}
            _ => words.push(dev.to_owned()),
        }
        match self.draw.dice.below(5) {
            0 | 1 => self.base(words, 3),
            2 => {
                words.extend(["type", "bridge_slave"].map(str::to_owned));
                self.port("bridge", words);
            }
            3 => {
                self.base(words, 1);
                let kind = self.focus();
                words.extend(["type".to_owned(), kind.name.to_owned()]);
                self.options_of(kind, words, 4);
            }
            _ => {
                let name = self.focus();
                let name = if name.ports.is_some() { name.name } else { "bridge" };
                words.extend(["type".to_owned(), format!("{name}_slave")]);
                self.port(name, words);
            }
        }
        if self.draw.dice.one_in(8) {
            self.base(&mut line.words, 1);
        }
        line
    }

    fn port(&mut self, master: &str, words: &mut Vec<String>) {
        if let Some(ports) = linkctl::kinds::port(master) {
            self.options_of(ports, words, 4);
        }
    }

    fn delete(&mut self) -> Line {
        let mut line = self.start(&["delete", "del"]);
        let dev = if self.draw.dice.one_in(3) { "n1" } else { self.draw.link() };
        let what = match self.draw.dice.below(6) {
            0 => format!("dev {dev}"),
            1 => format!("{dev} type {}", self.kind().name),
            2 => format!("group {}", self.one(&["7", "default", "9", "x"])),
            _ => dev.to_owned(),
        };
        line.words.extend(what.split(' ').map(str::to_owned));
        line
    }

    fn replace(&mut self) -> Line {
        let mut line = self.start(&["replace"]);
        let kind = self.kind();
        let name = if self.draw.dice.one_in(3) { self.new_name() } else { self.draw.link().to_owned() };
        if kind.below == Below::Link {
            line.words.extend(["link", "va"].map(str::to_owned));
        }
        line.words.push(name);
        self.base(&mut line.words, 2);
        if !self.draw.dice.one_in(4) {
            self.type_of(kind, &mut line.words, 2);
        }
        line
    }

    fn show(&mut self) -> Line {
        let mut line = self.start(&["show", "show", "list", "lst", "ls"]);
        let mut words = Vec::new();
        if !self.draw.dice.one_in(2) {
            self.global(&mut words);
            words.retain(|w| !matches!(w.as_str(), "-foo" | "-e" | "-v" | "-he" | "-V"));
        }
        words.append(&mut line.words);
        for _ in 0..self.draw.dice.below(3) {
            let kind = self.kind();
            let filter = match self.draw.dice.below(14) {
                0 => "up".to_owned(),
                1 => "down".to_owned(),
                2 => format!("master {}", self.one(&["br0", "x0", "nope", "va"])),
                3 => "nomaster".to_owned(),
                4 => format!("type {}", kind.name),
                5 => format!("type {}_slave", kind.name),
                6 => format!("group {}", self.one(&["default", "7", "foo", "0", "-1"])),
                7 => format!("vrf {}", self.one(&["x0", "br0", "nope"])),
                8 => "novf".to_owned(),
                9 => self
                    .one(&[
                        "scope global",
                        "label va*",
                        "to 10.0.0.0/8",
                        "permanent",
                        "type",
                        "help",
                        "proto 3",
                        "dynamic",
                    ])
                    .to_owned(),
                10 => format!("dev {}", self.draw.link()),
                _ => self.draw.link().to_owned(),
            };
            words.extend(filter.split(' ').map(str::to_owned));
        }
        line.words = words;
        line
    }

    fn property(&mut self) -> Line {
        let mut line = self.start(&["property"]);
        let verb = if self.draw.nice {
            self.one(&["add", "add", "del", "a"])
        } else {
            self.one(&["add", "del", "foo", ""])
        };
        let mut text = format!("{verb} ");
        if !self.draw.dice.one_in(4) {
            text += "dev ";
        }
        text += self.draw.link();
        for _ in 0..self.draw.dice.below(3) {
            text += " altname ";
            text += self.one(&[
                "aa",
                "bb",
                "va",
                "an-altname-that-is-longer-than-fifteen",
                "alt",
                "%d",
                "a/b",
                "x0",
            ]);
        }
        line.words.extend(text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned));
        line
    }

    fn others(&mut self) -> Line {
        let kind = self.kind().name;
        let text = match self.draw.dice.below(7) {
            0 => format!("link help {kind}"),
            1 => "link help".to_owned(),
            2 => format!(
                "link xstats type {kind} {}",
                self.one(&["", "igmp", "stp", "lacp", "foo", "dev br0", "igmp dev br0", "help"])
            ),
            3 => format!("link xstats {}", self.one(&["", "type", "foo"])),
            4 => format!("link afstats {}", self.one(&["", "dev va", "dev nope", "foo"])),
            5 => self
                .one(&[
                    "link foo", "foo", "link set", "link add", "link", "li sh", "l", "link del", "link -d",
                ])
                .to_owned(),
            _ => format!("link add help type {kind}"),
        };
        Line::ip(&text)
    }

    fn options(&mut self) -> Line {
        let mut words = Vec::new();
        self.global(&mut words);
        self.global(&mut words);
        words.extend(["link", "show"].map(str::to_owned));
        Line { program: "ip", words, input: None }
    }

    fn bridge_set(&mut self) -> Line {
        let mut words: Vec<String> = Vec::new();
        if self.draw.dice.one_in(8) {
            words.push(self.one(&["-d", "-s", "-j", "-foo", "-o"]).to_owned());
        }
        words.extend(["link".to_owned(), self.one(&["set", "set", "change", "s", "foo"]).to_owned()]);
        if !self.draw.dice.one_in(8) {
            words.extend(["dev".to_owned(), self.one(&["va", "va", "br0", "nope"]).to_owned()]);
        }
        for _ in 0..self.draw.dice.below(4) {
            let Some((word, class)) = self.draw.dice.pick(BRIDGE_SET) else { continue };
            words.push(self.spelling(word));
            self.draw.value(*class, &mut words);
        }
        Line { program: "bridge", words, input: None }
    }

    fn bridge_show(&mut self) -> Line {
        let options = self.one(&[
            "",
            "-d",
            "-j",
            "-j -p",
            "-j -d",
            "-o",
            "-o -d",
            "-s",
            "-d -s -j",
            "-c=always",
            "-n blue",
            "-foo",
        ]);
        let verb = self.one(&["link", "link show", "link show", "link list", "l", "link sh"]);
        let filter = self.one(&["", "", "dev va", "dev br0", "dev nope", "master br0", "foo", "master nope"]);
        let text = format!("{options} {verb} {filter}");
        Line { program: "bridge", ..Line::ip(&text) }
    }

    /// Several lines for one process, with what its reader knows: comments, quotes, continuations, mistakes.
    fn batch(&mut self) -> Line {
        let mut text = String::new();
        for _ in 0..1 + self.draw.dice.below(6) {
            let line = self.single();
            if line.program != "ip" || !is_harmless(&line.words) {
                continue;
            }
            let mut words: Vec<String> = line.words.into_iter().skip_while(|w| w.starts_with('-')).collect();
            words.iter_mut().for_each(|w| self.quote(w));
            text += &match self.draw.dice.below(14) {
                0 => format!("# {}\n{}", words.join(" "), words.join(" ")),
                1 => words.join(" \\\n  "),
                2 => format!("\t{}  # the end", words.join("  ")),
                3 => format!("\n{}\n", words.join("\t")),
                4 => format!("link show \"va\n{}", words.join(" ")),
                _ => words.join(" "),
            };
            text += if self.draw.dice.one_in(20) { "\r\n" } else { "\n" };
        }
        if self.draw.dice.one_in(6) {
            text.pop();
        }
        let mut words = Vec::new();
        if self.draw.dice.one_in(4) {
            words.push(self.one(&["-d", "-j", "-o", "-s", "-echo", "-br"]).to_owned());
        }
        if self.draw.dice.one_in(2) {
            words.push("-force".to_owned());
        }
        words.extend([
            self.one(&["-batch", "-b", "-ba"]).to_owned(),
            self.one(&["-", "-", "/dev/stdin"]).to_owned(),
        ]);
        Line { program: "ip", words, input: Some(text) }
    }

    fn quote(&mut self, word: &mut String) {
        let odd = word.is_empty() || word.contains(|c: char| c.is_whitespace() || "#\"'\\".contains(c));
        if odd && word.contains('"') {
            *word = format!("'{word}'");
        } else if odd || self.draw.dice.one_in(15) {
            *word = format!("\"{word}\"");
        }
    }

    /// One mistake: a word left out, doubled, moved, cut, or put in.
    fn spoil(&mut self, line: &mut Line) {
        let words = &mut line.words;
        if words.len() < 3 || line.input.is_some() {
            return;
        }
        let at = 1 + self.draw.dice.below(words.len() as u64 - 1) as usize;
        match self.draw.dice.below(7) {
            0 => drop(words.remove(at)),
            1 => words.insert(at, words[at].clone()),
            2 => words.truncate(at),
            3 => {
                let other = 1 + at % (words.len() - 1);
                words.swap(at, other);
            }
            4 => words[at] = self.draw.odd_number(),
            5 => words
                .insert(at, self.one(&["foo", "", "help", "on", "dev", "x y", "é", "type", "0"]).to_owned()),
            _ => words.push(self.one(&["foo", "up", "mtu", "type", "help", "dev"]).to_owned()),
        }
    }
}

/// Whether a line leaves alone what is not ours: no namespace by number, which would be a process of the machine.
fn is_harmless(words: &[String]) -> bool {
    let names = |word: &str| word == "netns" || word.len() > 4 && "link-netns".starts_with(word);
    let number = |c: char| c.is_ascii_digit() || "+-".contains(c);
    let process = |word: &str| word.trim_start().starts_with(number) || word.contains("proc");
    words.windows(2).all(|pair| !(names(&pair[0]) && process(&pair[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_the_run_and_no_line_reaches_a_process() {
        let (mut one, mut other) = (Generator::new(7, &["veth"]), Generator::new(7, &["veth"]));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..3000 {
            let script = one.script();
            assert_eq!(script, other.script());
            for line in script.lines {
                assert!(is_harmless(&line.words), "{line}");
                seen.insert(line.to_string());
            }
        }
        assert!(seen.len() > 10_000, "only {} lines differ", seen.len());
    }
}
