//! `ip monitor` with linkctl in the place of `ip`: messages from a file, of every kind of the book with values by chance,
//! those included that no kernel here can create; and events as they come.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use linkctl::kinds::{KINDS, link as base};
use linkctl::link::numbers::{RTM_NEWLINK, vf};
use linkctl::schema::arbitrary::{self, Dice};
use linkctl::schema::codec::{self, Links};
use linkctl::schema::{FieldDef, Kind, Name, Record, Repr, Show, Type};
use linkctl_conformance::Space;
use linkctl_conformance::ip::excuse::{self, Difference, Excuse};
use linkctl_conformance::ip::{Line, Programs, Who};

/// Attributes of `linux/if_link.h`.
const LINKINFO: u16 = 18;
const KIND: u16 = 1;
const DATA: u16 = 2;
const SLAVE_KIND: u16 = 4;
const SLAVE_DATA: u16 = 5;
/// So many messages a kind.
const EACH: u64 = 40;

/// Links that are not there, by numbers.
struct Numbered;

impl Links for Numbered {
    fn index(&self, name: &Name) -> Option<u32> {
        name.to_string().trim_start_matches("if").parse().ok()
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

/// An attribute and its bytes, of types that nobody could give a value of but the kernel.
fn told_only(f: &FieldDef, dice: &mut Dice) -> Option<Vec<u8>> {
    let number = |repr: Repr, n: u64| match repr {
        Repr::U8 => vec![n as u8],
        Repr::U16 => (n as u16).to_ne_bytes().to_vec(),
        Repr::U32 => (n as u32).to_ne_bytes().to_vec(),
        Repr::U64 => n.to_ne_bytes().to_vec(),
        Repr::Be16 => (n as u16).to_be_bytes().to_vec(),
        Repr::Be32 => (n as u32).to_be_bytes().to_vec(),
        Repr::Be64 => n.to_be_bytes().to_vec(),
    };
    Some(match f.ty {
        Type::Timer | Type::Lapse => dice.below(100_000).to_ne_bytes().to_vec(),
        Type::BridgeId => dice.roll().to_ne_bytes().to_vec(),
        Type::Count => (dice.below(100) as u32).to_ne_bytes().to_vec(),
        // Bits without a name are never set.
        Type::Names { repr, list, .. } => {
            number(repr, dice.roll() & list.iter().fold(0, |all, (_, bit)| all | bit))
        }
        _ => return None,
    })
}

/// Attributes that a kernel takes and never tells: what iproute2 would make of them does not matter.
const NEVER_TOLD: &[(&str, &str)] = &[("hsr", "supervision"), ("macsec", "port")];

/// The settings of a kind as a nest's content: all that a kernel tells of every link, and other links and lists now and
/// then.
fn settings(kind: &'static Kind, links: &[Name], dice: &mut Dice) -> Vec<u8> {
    let mut record = Record::new(kind.fields);
    let mut alone = linkctl::wire::Writer::new();
    for f in kind.fields.list() {
        let optional = matches!(f.ty, Type::Link | Type::Ips { .. } | Type::Macs { .. } | Type::Pairs { .. });
        let never = matches!(f.show, Show::Never | Show::Echo) || NEVER_TOLD.contains(&(kind.name, f.name));
        if never || optional && dice.one_in(2) {
            continue;
        }
        match arbitrary::value(f, links, dice) {
            Some(value) => record.put(f, value),
            None if f.path.is_empty() => {
                if let Some(bytes) = told_only(f, dice) {
                    alone.put(f.attr, &bytes);
                }
            }
            None => {}
        }
    }
    let mut out = linkctl::wire::Writer::new();
    codec::encode(&record, &Numbered, &mut out).expect("values are of their fields");
    out.raw(&alone.into_attrs().expect("short"));
    out.into_attrs().expect("short")
}

/// A link of the kind as the kernel would tell it; of its ports, a port.
fn message(kind: &'static Kind, port: bool, name: &str, dice: &mut Dice) -> Vec<u8> {
    let links: Vec<Name> = ["if3", "if7"].iter().map(|n| Name::new(n).expect("a name")).collect();
    let mut common = Record::new(&base::FIELDS);
    common.set(base::NAME, name.as_bytes().to_vec());
    for f in base::FIELDS
        .list()
        .iter()
        .filter(|f| f.show == Show::Detail || ["mtu", "qdisc", "group"].contains(&f.name))
    {
        if dice.one_in(2)
            && let Some(value) = arbitrary::value(f, &links, dice)
        {
            common.put(f, value);
        }
    }
    let hardware: u16 = if dice.one_in(2) { 1 } else { 772 };
    let flags: u32 = [0x1002, 0x1043, 0x11043, 0x90][dice.below(4) as usize];
    let fixed =
        [&[0, 0][..], &hardware.to_ne_bytes(), &11u32.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 4]].concat();
    let mut out = linkctl::wire::Writer::message(16, 0, &fixed);
    codec::encode(&common, &Numbered, &mut out).expect("values are of their fields");
    out.put(1, &[2, 0, 0, 0, 0, 5]);
    out.put(2, &[0xff; 6]);
    let data = settings(kind, &links, dice);
    out.nest(LINKINFO, |info| {
        if port {
            info.put_str(SLAVE_KIND, kind.name);
            info.nest(SLAVE_DATA, |w| w.raw(&data));
        } else {
            info.put_str(KIND, kind.name);
            info.nest(DATA, |w| w.raw(&data));
        }
    });
    out.finish().expect("it fits")
}

/// Output by link: each record begins with its number.
fn records(text: &str) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) {
            name = line.split(": ").nth(1).unwrap_or_default().split('@').next().unwrap_or_default().into();
        }
        let record = out.entry(name.clone()).or_default();
        record.push_str(line);
        record.push('\n');
    }
    out
}

fn unlike(about: &str, ours: &str, theirs: &str) -> String {
    let (a, b): (Vec<_>, Vec<_>) = (ours.split_whitespace().collect(), theirs.split_whitespace().collect());
    let at = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let near = |list: &[&str]| list[at.saturating_sub(3).min(list.len())..(at + 5).min(list.len())].join(" ");
    format!("{about}, word {}:\n  ours:   … {} …\n  theirs: … {} …", at + 1, near(&a), near(&b))
}

/// A message, the link's name in it, and its kind.
struct Synthetic {
    name: String,
    kind: String,
    bytes: Vec<u8>,
}

fn synthetic(seed: u64) -> Vec<Synthetic> {
    let mut dice = Dice::new(seed);
    let mut out = Vec::new();
    for kind in KINDS {
        for (table, port) in std::iter::once((*kind, false)).chain(kind.ports.map(|p| (p, true))) {
            for _ in 0..EACH {
                let name = format!("m{}", out.len());
                let bytes = message(table, port, &name, &mut dice);
                out.push(Synthetic {
                    name,
                    kind: format!("{}{}", kind.name, if port { "_slave" } else { "" }),
                    bytes,
                });
            }
        }
    }
    out
}

/// Without the messages that the genuine one does not survive: those of kinds where it dies are tried one by one.
fn survivable(all: Vec<Synthetic>, mut lives: impl FnMut(&[&Synthetic]) -> bool) -> (Vec<Synthetic>, usize) {
    let mut deadly = Vec::new();
    for kind in all.chunk_by(|a, b| a.kind == b.kind) {
        if !lives(&kind.iter().collect::<Vec<_>>()) {
            deadly.extend(kind.iter().filter(|m| !lives(&[m])).map(|m| m.name.clone()));
        }
    }
    let many = deadly.len();
    (all.into_iter().filter(|m| !deadly.contains(&m.name)).collect(), many)
}

#[test]
fn messages_of_every_kind_in_a_file_are_printed_as_ip_prints_them() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let file = space.file("messages", "");
    let scratch = file.parent().expect("in a folder").to_path_buf();
    let seed = std::env::var("LINKCTL_DIFF_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let print = |who, options: &str, messages: &[&Synthetic]| {
        let bytes: Vec<u8> = messages.iter().flat_map(|m| m.bytes.iter().copied()).collect();
        std::fs::write(&file, bytes).expect("the folder is writable");
        programs.run(who, &Line::ip(&format!("{options} monitor file {}", file.display())), &scratch)
    };
    let all = synthetic(seed);
    let whole: Vec<&Synthetic> = all.iter().collect();
    let ours = print(Who::Ours, "-d", &whole);
    assert_eq!((ours.status, records(&ours.out).len()), (0, all.len()), "ours dies of none: {}", ours.err);
    let (messages, deadly) = survivable(all, |some| print(Who::Theirs, "-d", some).status == 0);
    println!(
        "seed {seed} (LINKCTL_DIFF_SEED); the genuine ip dies of {deadly} messages of {}",
        messages.len() + deadly
    );
    assert!(messages.len() > 20 * deadly, "too little is left");
    let messages: Vec<&Synthetic> = messages.iter().collect();
    let mut wrong: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for options in ["-d", "-d -d", "-o -d", "-d -s", "-N -d", ""] {
        let (theirs, ours) = (print(Who::Theirs, options, &messages), print(Who::Ours, options, &messages));
        assert_eq!((ours.status, &ours.err), (theirs.status, &theirs.err), "ip {options} monitor file");
        let (theirs, ours) = (records(&theirs.out), records(&ours.out));
        assert_eq!(theirs.len(), messages.len(), "ip {options}: {:?}", theirs.keys().next());
        for m in &messages {
            let told = |all: &BTreeMap<String, String>| all.get(&m.name).cloned().unwrap_or_default();
            let line = format!("ip {options} monitor file: {}", m.kind);
            let d = Difference { line, what: "out", ours: told(&ours), theirs: told(&theirs) };
            if d.ours != d.theirs && !excuses.iter().any(|e| e.covers(&d)) {
                wrong.entry(d.line.clone()).or_insert_with(|| (0, unlike(&d.line, &d.ours, &d.theirs))).0 +=
                    1;
            }
        }
    }
    let report: Vec<String> = wrong.values().map(|(many, text)| format!("{many} times {text}")).collect();
    assert!(report.is_empty(), "{} differences (seed {seed}):\n{}", report.len(), report.join("\n"));
}

/// A message of a link that has three virtual functions and lists two, or all.
fn functions(listed: u32) -> Vec<u8> {
    let mut fixed = [0; 16];
    (fixed[2], fixed[4], fixed[8]) = (1, 5, 1);
    let mut message = linkctl::wire::Writer::message(RTM_NEWLINK, 0, &fixed);
    message.put_str(base::NAME.0.attr, "card0");
    message.put_u32(base::NUM_VF.0.attr, 3);
    message.nest(base::VFINFO_LIST.0.attr, |w| {
        for n in 0..listed {
            let plain = |words: &[u32]| words.iter().flat_map(|n| n.to_ne_bytes()).collect::<Vec<u8>>();
            w.nest_plain(vf::INFO, |w| {
                w.put(vf::MAC, &[plain(&[n]), vec![2; 32]].concat());
                w.put(vf::BROADCAST, &[255; 32]);
                w.put(vf::VLAN, &plain(&[n, 0, 0]));
                w.put(vf::TX_RATE, &plain(&[n, 0]));
                w.put(vf::SPOOFCHK, &plain(&[n, 1]));
            });
        }
    });
    message.finish().expect("short")
}

#[test]
fn a_list_of_functions_that_lacks_some_is_complained_of_as_ip_complains() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    let file = space.file("functions", "");
    let scratch = file.parent().expect("in a folder").to_path_buf();
    let mut complaints = 0;
    for (listed, options) in [2, 3].into_iter().flat_map(|n| ["", "-d", "-o -d", "-N -d -s"].map(|o| (n, o)))
    {
        std::fs::write(&file, functions(listed)).expect("the folder is writable");
        let line = Line::ip(&format!("{options} monitor file {}", file.display()));
        let [theirs, ours] = [Who::Theirs, Who::Ours].map(|who| programs.run(who, &line, &scratch));
        assert_eq!(
            (ours.status, &ours.out, &ours.err),
            (theirs.status, &theirs.out, &theirs.err),
            "{listed} listed, ip {options} monitor file"
        );
        complaints += u32::from(ours.err == "Truncated VF list: card0\n");
    }
    assert_eq!(complaints, 3, "with details, of the list that lacks one");
}

/// A monitor that runs, and where its output goes.
struct Running {
    child: Child,
    file: PathBuf,
}

impl Running {
    fn start(programs: &Programs, who: Who, line: &Line, file: PathBuf) -> Self {
        let mut command: Command = programs.command(who, line.program);
        let out = std::fs::File::create(&file).expect("the folder is writable");
        command.args(&line.words).stdin(Stdio::null()).stderr(out.try_clone().expect("open")).stdout(out);
        Self { child: command.spawn().expect("it starts"), file }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.file).unwrap_or_default()).into_owned()
    }

    /// What it printed, in the end.
    fn stop(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.text()
    }
}

/// Waits until something is so, not for ever.
fn until(mut so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// What happens while they watch.
const EVENTS: &str = "\
link add va address 02:00:00:00:00:02 type veth peer name vb address 02:00:00:00:00:03
link set va up
link set va mtu 1400 alias watched
link property add dev va altname another
link add br0 address 02:00:00:00:00:01 type bridge
link set va master br0
link set br0 up
link set vb up
link set va type bridge_slave hairpin on
netns add blue
link set vb netns blue
link set va name vz
link set vz nomaster
link del vz
link del br0
";

/// Times, which are each program's own.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = match line.split_once(']') {
            Some((stamp, rest)) if stamp.starts_with("[20") => rest,
            _ => line,
        };
        if !line.starts_with("Timestamp: ") {
            out.push_str(line);
            out.push('\n');
        }
    }
    // The genuine one knows only namespaces that had a number when it began; the number is checked elsewhere.
    linkctl_conformance::peer::masked(&out).replace("link-netnsid 0", "link-netns blue")
}

/// Events without the other end's name and whether it is up.
fn endless(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).map(|word| match word.split_once('@') {
        Some((name, rest)) if rest.trim_end().ends_with(':') => format!("{name}: "),
        _ => word.replace(",M-DOWN", ""),
    });
    words.collect()
}

#[test]
fn events_are_told_as_ip_tells_them() {
    let Some(outer) = Space::new() else { return };
    let Some(programs) = Programs::find(&outer) else { return };
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let ip = |words: &str| Line::ip(words);
    let lines = [
        ip("monitor link"),
        ip("-d monitor link"),
        ip("-o -d monitor label link"),
        ip("-ts -o monitor all-nsid link"),
        ip("-t monitor link dev va"),
        ip("-s -d -o monitor link"),
        ip("-br monitor link"),
        Line { program: "bridge", ..Line::ip("monitor link") },
        Line { program: "bridge", ..Line::ip("-d -o monitor link") },
    ];
    let mut wrong = Vec::new();
    outer.another(|space| {
        let scratch = space.file("events", EVENTS).parent().expect("in a folder").to_path_buf();
        if lines.iter().any(|l| l.words.contains(&"dev".to_owned())) {
            // A link to watch has to be there when they start.
            programs.run(Who::Theirs, &ip("link add va type veth peer name vb"), &scratch);
        }
        let start = |who| {
            let name = move |i: usize| format!("{who:?}-{i}");
            let started = lines.iter().enumerate();
            started
                .map(|(i, line)| Running::start(&programs, who, line, scratch.join(name(i))))
                .collect::<Vec<_>>()
        };
        let (theirs, ours) = (start(Who::Theirs), start(Who::Ours));
        // All listen once each has told something.
        let mut mtu = 1300;
        let listen = until(|| {
            mtu += 1;
            programs.run(Who::Theirs, &ip(&format!("link set va mtu {mtu}")), &scratch);
            theirs.iter().chain(&ours).all(|m| !m.text().is_empty())
        });
        programs.run(Who::Theirs, &ip("link del va"), &scratch);
        let batch = Line { input: Some(EVENTS.into()), ..ip("-batch -") };
        let said = programs.run(Who::Theirs, &batch, &scratch);
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        std::thread::sleep(Duration::from_millis(300));
        // From the deletion on: who listened when differs before.
        let since =
            |text: &str| text.find("Deleted").map_or_else(|| text.to_owned(), |at| text[at..].to_owned());
        for ((line, theirs), ours) in lines.iter().zip(theirs).zip(ours) {
            let (theirs, ours) = (since(&timeless(&theirs.stop())), since(&timeless(&ours.stop())));
            // `bridge monitor` asks for the other end when it tells of a link, and never learns more of it.
            let known = |text: String| if line.program == "bridge" { endless(&text) } else { text };
            let d =
                Difference { line: line.to_string(), what: "out", ours: known(ours), theirs: known(theirs) };
            if d.ours != d.theirs && !excuses.iter().any(|e: &Excuse| e.covers(&d)) {
                wrong.push(unlike(&d.line, &d.ours, &d.theirs));
            }
        }
        assert!(listen, "not all of them listen:\n{}", wrong.join("\n"));
    });
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
