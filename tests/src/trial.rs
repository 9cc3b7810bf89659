//! What it takes to change a field, found out by trying: a link is made with one value and asked to take another.

mod context;
mod link;

use std::fmt;

use linkctl::kernel::errno;
use linkctl::kinds::link as base;
use linkctl::link::Link;
use linkctl::schema::diff::diff;
use linkctl::schema::{Below, Change, FieldDef, Kind, Name, Record, Type, Value};

use crate::stage::Stage;
use crate::values::candidates;

/// Links that stand near the one that is tried: fields that name a link name one of these.
const NEAR: [&str; 4] = ["@first", "@second", "@third", "@fourth"];
/// How many values are enough, but for lists of words, which are tried whole, and for shapes with values of two sorts.
const ENOUGH: usize = 2;
/// After how many refused values a context counts as the wrong one.
const PATIENCE: usize = 26;

/// Which of a link's three tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What every link has.
    Base,
    /// What its kind has.
    Data,
    /// What its master's kind says of it.
    Port,
}

/// A field of a table. `kind` is the kind of link that it is tried on, for ports the master's.
#[derive(Clone, Copy)]
pub struct Case {
    /// The kind.
    pub kind: &'static Kind,
    /// The table.
    pub part: Part,
    /// The field.
    pub field: &'static FieldDef,
}

/// How a link has to be for a field to count.
#[derive(Clone)]
struct Context {
    data: Record,
    port: Record,
}

/// A link that is tried.
struct Made {
    link: String,
    near: [String; 4],
}

/// What became of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    Changed,
    Refused(i32),
    Ignored,
}

impl fmt::Display for Became {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("changed"),
            Self::Refused(no) => write!(f, "refused: {}", errno::Errno(*no)),
            Self::Ignored => f.write_str("ignored"),
        }
    }
}

/// A value that the kernel took: with which context, and how it reads.
struct Taken {
    value: Value<'static>,
    context: usize,
    reads: Option<Value<'static>>,
}

/// What was found out of a field.
pub enum Finding {
    /// The kernel takes no two values of it.
    NoTwo,
    /// So many changes were tried, and these were otherwise than the table says.
    Tried(usize, Vec<String>),
}

impl Case {
    /// The name of its table.
    pub fn table(&self) -> String {
        match self.part {
            Part::Base => "link".into(),
            Part::Data => self.kind.name.into(),
            Part::Port => format!("{} port", self.kind.name),
        }
    }

    fn of<'l>(&self, link: &'l Link) -> Option<&'l Record> {
        match self.part {
            Part::Base => Some(&link.base),
            Part::Data => Some(&link.data),
            Part::Port => link.port.as_ref(),
        }
    }

    /// Whether it is what the link stands on.
    fn is_lower(&self) -> bool {
        self.part == Part::Base && self.field.name == base::LINK.0.name
    }

    /// A record that says this one field.
    fn said(&self, value: &Value<'static>, made: &Made) -> Record {
        let fields = match self.part {
            Part::Base => &base::FIELDS,
            Part::Data => self.kind.fields,
            Part::Port => self.kind.ports.expect("a kind with ports").fields,
        };
        let mut out = Record::new(fields);
        out.put(self.field, link::named(value, made));
        out
    }

    /// The values that the kernel takes.
    fn taken(&self, stage: &mut Stage, contexts: &[Context]) -> Vec<Taken> {
        let names = NEAR.map(|n| Name::new(n).expect("a possible name"));
        let values = candidates(self.field, &names);
        let enough = match self.field.ty {
            Type::Words(_, list) => list.len().max(ENOUGH),
            Type::Ip { .. } | Type::Hops { .. } => 2 * ENOUGH,
            _ => ENOUGH,
        };
        let mut out: Vec<Taken> = Vec::new();
        for (at, context) in contexts.iter().enumerate() {
            let mut refused = 0;
            for value in &values {
                if out.len() >= enough || refused >= PATIENCE {
                    break;
                }
                let made = self.make(stage, context, value, false);
                let (is, reads) = made.map_or((false, None), |made| self.reads(stage, &made, value));
                if !is {
                    refused += 1;
                } else if out.iter().all(|t| t.reads != reads) {
                    out.push(Taken { value: value.clone(), context: at, reads });
                }
            }
            if out.iter().filter(|t| t.context == at).count() > 1 {
                out.retain(|t| t.context == at);
                break;
            }
        }
        out
    }

    /// What the table says that a change takes.
    fn says(&self, from: &Taken, to: &Taken) -> Option<Change> {
        let made = Made { link: String::new(), near: NEAR.map(str::to_owned) };
        let is = from.reads.clone().unwrap_or_else(|| from.value.clone());
        diff(&self.said(&is, &made), &self.said(&to.value, &made)).first().map(|d| d.change)
    }

    /// Which changes to try: each value to the next and the last to the first, and two of each measure.
    fn pairs(&self, taken: &[Taken]) -> Vec<(usize, usize, Change)> {
        let n = taken.len();
        let mut out: Vec<(usize, usize, Change)> = Vec::new();
        for step in 1..n {
            for from in 0..n {
                let to = (from + step) % n;
                let Some(says) = self.says(&taken[from], &taken[to]) else { continue };
                if step == 1 || out.iter().filter(|(_, _, c)| *c == says).count() < 2 {
                    out.push((from, to, says));
                }
            }
        }
        out
    }

    /// One change in one state.
    fn attempt_change(
        &self,
        stage: &mut Stage,
        from: (&Context, &Taken),
        to: &Taken,
        up: bool,
        ports: bool,
    ) -> Result<Became, i32> {
        let made = self.make(stage, from.0, &from.1.value, ports)?;
        if self.part == Part::Data && self.kind.below == Below::Link {
            let lower = stage.read(&made.link).lower.expect("it stands on one");
            stage.up(&lower.name.to_string(), true)?;
        }
        stage.up(&made.link, up)?;
        if let Err(no) = self.change(stage, &made, &to.value, up) {
            return Ok(Became::Refused(no));
        }
        let (is, reads) = self.reads(stage, &made, &to.value);
        Ok(if is && reads != from.1.reads { Became::Changed } else { Became::Ignored })
    }

    /// Tries the field. `words` are contexts that no rule of the table tells; `odd` is a measure that counts as right.
    pub fn run(&self, stage: &mut Stage, words: &[&'static str], odd: Option<&str>) -> Finding {
        let contexts = self.contexts(words);
        let taken = self.taken(stage, &contexts);
        let pairs = self.pairs(&taken);
        if pairs.is_empty() {
            return Finding::NoTwo;
        }
        let with_ports = self.part == Part::Data && self.kind.ports.is_some();
        let mut wrong = Vec::new();
        for (from, to, says) in &pairs {
            let (from, to) = (&taken[*from], &taken[*to]);
            let mut seen = Vec::new();
            for (up, ports) in [(true, true), (true, false), (false, true), (false, false)] {
                if ports && !with_ports {
                    continue;
                }
                let became = self.attempt_change(stage, (&contexts[from.context], from), to, up, ports);
                seen.push((up, ports, became));
            }
            let changed =
                |up: bool| seen.iter().filter(|(u, ..)| *u == up).all(|(.., b)| *b == Ok(Became::Changed));
            let vacant = seen.iter().any(|(u, p, b)| !u && !p && *b == Ok(Became::Changed));
            let is = match (changed(true), changed(false), vacant) {
                (true, true, _) => "live",
                (true, false, _) => "up",
                (false, true, _) => "down",
                (false, false, true) => "vacant",
                (false, false, false) => "rebuild",
            };
            if *says != measure(is) && odd != Some(is) {
                let seen: Vec<String> = seen.iter().map(|(u, p, b)| tell(*u, *p, with_ports, *b)).collect();
                wrong.push(format!(
                    "{} {}: {:?} -> {:?}: the table says {says:?}, the kernel: {is} ({})",
                    self.table(),
                    self.field.name,
                    from.reads,
                    to.reads,
                    seen.join("; ")
                ));
            }
        }
        stage.purge();
        Finding::Tried(pairs.len(), wrong)
    }
}

fn measure(word: &str) -> Change {
    match word {
        "live" => Change::Live,
        "down" => Change::Down,
        "vacant" => Change::Vacant,
        "rebuild" => Change::Rebuild,
        _ => Change::Never,
    }
}

fn tell(up: bool, ports: bool, with_ports: bool, became: Result<Became, i32>) -> String {
    let state = if up { "up" } else { "down" };
    let ports = match (with_ports, ports) {
        (false, _) => "",
        (true, true) => " with ports",
        (true, false) => " without ports",
    };
    match became {
        Ok(b) => format!("{state}{ports}: {b}"),
        Err(no) => format!("{state}{ports}: could not be tried: {}", errno::Errno(no)),
    }
}
