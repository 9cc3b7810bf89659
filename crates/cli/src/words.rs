//! From the words behind a link's name to what is said of it: the one grammar of `set`, `add` and filters.

mod nic;

use std::ffi::OsString;

use linkctl::kinds::link as base;
use linkctl::kinds::{self, KINDS};
use linkctl::link::Link;
use linkctl::schema::grammar::{self, What};
use linkctl::schema::near::near;
use linkctl::schema::{Fields, Kind, Name, Record, Value};

use crate::exit::Failure;

/// What was said of a link.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its settings.
    pub(crate) link: Link,
    /// Settings as a port of a master of this kind.
    pub(crate) port: Option<(&'static Kind, Record)>,
    /// Its new name.
    pub(crate) name: Option<Name>,
    /// The namespace that it is to be in.
    pub(crate) netns: Option<String>,
    /// The other end of a pair.
    pub(crate) peer: Option<Box<Said>>,
    /// Alternative names that it is to have besides those that it has.
    pub(crate) altnames: Vec<String>,
    /// Alternative names that it is not to have.
    pub(crate) noaltnames: Vec<String>,
}

/// What is known of the link that the words are about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About {
    /// Its kind.
    pub(crate) kind: Option<&'static Kind>,
    /// The kind of its master.
    pub(crate) master: Option<&'static Kind>,
    /// What is beside its message can be said, too.
    pub(crate) beside: bool,
}

/// Words as text; a word that is none is refused with its place.
pub(crate) fn text(words: &[OsString]) -> Result<Vec<&str>, Failure> {
    let word = |w: &OsString| Failure::usage(format!("\"{}\" is not UTF-8 text", quoted(w)));
    words.iter().map(|w| w.to_str().ok_or_else(|| word(w))).collect()
}

/// A link's name from the command line: any that the kernel may hold.
pub(crate) fn name(word: &OsString) -> Result<Name, Failure> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = word.as_bytes();
    let fits = Name::from_kernel(bytes).filter(|n| !n.is_none() && !bytes.contains(&b'/'));
    fits.ok_or_else(|| match word.to_str().map(Name::new) {
        Some(Err(bad)) => Failure::usage(format!("\"{}\": {bad}", quoted(word))),
        _ => Failure::usage(format!("\"{}\" is no name of a link", quoted(word))),
    })
}

/// A word as a terminal may see it.
fn quoted(word: &OsString) -> linkctl::schema::Safe<'_> {
    use std::os::unix::ffi::OsStrExt;
    linkctl::schema::Safe(word.as_bytes())
}

/// Where in the words the reading is, and what of.
struct Reader<'w> {
    words: &'w [&'w str],
    at: usize,
    about: About,
    said: Said,
    /// Behind `type`: the kind's words come first.
    typed: bool,
}

/// Reads all words.
pub(crate) fn read(words: &[&str], about: About) -> Result<Said, Failure> {
    let said = Said::of(about.kind);
    let mut reader = Reader { words, at: 0, about, said, typed: false };
    while reader.at < words.len() {
        reader.step().map_err(|e| pointed(words, &e))?;
    }
    Ok(reader.said)
}

/// An error with the words and a caret below the one that is wrong.
fn pointed(words: &[&str], error: &grammar::Error) -> Failure {
    let at = error.word.min(words.len().saturating_sub(1));
    let shown: Vec<String> = words.iter().map(|w| linkctl::schema::Safe(w.as_bytes()).to_string()).collect();
    let before: usize = shown[..at].iter().map(|w| w.chars().count() + 1).sum();
    let length = shown.get(at).map_or(1, |w| w.chars().count().max(1));
    Failure::usage(format!("{error}\n  {}\n  {:before$}{:^<length$}", shown.join(" "), "", "^"))
}

fn wrong(word: usize, what: What) -> grammar::Error {
    grammar::Error { word, what }
}

type Step = Result<(), grammar::Error>;

impl Reader<'_> {
    /// The word behind the present one.
    fn next(&self, name: &'static str, what: &'static str) -> Result<&str, grammar::Error> {
        let missing = || wrong(self.at, What::Missing(name, what));
        self.words.get(self.at + 1).copied().ok_or_else(missing)
    }

    fn step(&mut self) -> Step {
        let word = self.words[self.at];
        match word {
            "type" if !self.typed => self.kind(),
            "ethtool" if self.about.beside && !self.typed => self.ethtool(),
            "vf" if self.about.beside && !self.typed => self.functions(),
            "port" if self.about.master.is_some() && !self.typed => self.port(self.about.master),
            "peer" if self.said.link.kind.is_some_and(|k| k.pair.is_some()) => self.peer(),
            "name" => {
                let text = self.next("name", "a link's name")?.to_owned();
                let bad = |b| {
                    wrong(self.at + 1, What::Bad("name", text.clone(), linkctl::schema::scalar::Bad::Name(b)))
                };
                self.said.name = Some(Name::new(&text).map_err(bad)?);
                self.at += 2;
                Ok(())
            }
            "netns" => {
                self.said.netns =
                    Some(self.next("netns", "a namespace: a name, a path or a process id")?.to_owned());
                self.at += 2;
                Ok(())
            }
            "altname" | "noaltname" => {
                let text = self.next("altname", "a name")?.to_owned();
                if word == "altname" {
                    self.said.altnames.push(text);
                } else {
                    self.said.noaltnames.push(text);
                }
                self.at += 2;
                Ok(())
            }
            _ => self.field(),
        }
    }

    /// `type KIND` and, for settings of a port, `type KIND_slave`.
    fn kind(&mut self) -> Step {
        let word = self.next("type", "a kind of link")?;
        if let Some(master) = word.strip_suffix("_slave").and_then(kinds::kind).filter(|k| k.ports.is_some())
        {
            return self.port_from(Some(master), 2);
        }
        let Some(kind) = kinds::kind(word) else {
            let near = match near(word, KINDS.iter().map(|k| k.name), 3) {
                near if near.is_empty() => KINDS.iter().map(|k| k.name).collect(),
                near => near,
            };
            return Err(wrong(self.at + 1, What::Unknown(word.into(), near)));
        };
        let old = std::mem::replace(&mut self.said.link, Link::new(Some(kind)));
        self.said.link.base = old.base;
        self.typed = true;
        self.at += 2;
        Ok(())
    }

    fn port(&mut self, master: Option<&'static Kind>) -> Step {
        self.port_from(master, 1)
    }

    /// Settings of a port up to the end.
    fn port_from(&mut self, master: Option<&'static Kind>, skip: usize) -> Step {
        let Some(kind) = master.and_then(|m| m.ports) else {
            return Err(wrong(self.at, What::Unknown(self.words[self.at].into(), Vec::new())));
        };
        self.at += skip;
        let mut record = self.said.port.take().map_or_else(|| Record::new(kind.fields), |(_, r)| r);
        while self.at < self.words.len() {
            let Some((f, value, took)) = grammar::field(kind.fields, self.words, self.at)? else {
                return Err(self.unknown(&[kind.fields]));
            };
            record.put(f, value);
            self.at += took;
        }
        self.said.port = Some((kind, record));
        Ok(())
    }

    /// The other end of a pair, up to the end: settings as a link of its own has.
    fn peer(&mut self) -> Step {
        let rest = &self.words[self.at + 1..];
        let said = Said::of(self.said.link.kind);
        let mut inner = Reader { words: rest, at: 0, about: About::default(), said, typed: true };
        let shift = self.at + 1;
        while inner.at < rest.len() {
            inner.step().map_err(|e| grammar::Error { word: e.word + shift, ..e })?;
        }
        self.said.peer = Some(Box::new(inner.said));
        self.at = self.words.len();
        Ok(())
    }

    fn field(&mut self) -> Step {
        let kind = self.said.link.kind.map(|k| k.fields);
        let port = self.about.master.and_then(|m| m.ports);
        // A kind's own word counts before another spelling of what every link has: a bond's mode is not the link's.
        let word = self.words[self.at];
        let spelt = base::FIELDS.find(word).is_some_and(|f| !linkctl::schema::field::spelt(f.name, word));
        let own = kind.is_some_and(|k| k.find(word).is_some());
        let order = if self.typed || spelt && own {
            [kind, Some(&base::FIELDS)]
        } else {
            [Some(&base::FIELDS), kind]
        };
        for table in order.into_iter().flatten() {
            if let Some((f, value, took)) = grammar::field(table, self.words, self.at)? {
                let link = &mut self.said.link;
                let of_all = std::ptr::eq(table, link.base.fields());
                let record = if of_all { &mut link.base } else { &mut link.data };
                if record.value(f).is_some() {
                    return Err(wrong(self.at, What::Twice(f.name)));
                }
                record.put(f, value);
                self.at += took;
                return Ok(());
            }
        }
        if let Some(kind) = port.filter(|_| !self.typed)
            && let Some((f, value, took)) = grammar::field(kind.fields, self.words, self.at)?
        {
            self.said.port.get_or_insert_with(|| (kind, Record::new(kind.fields))).1.put(f, value);
            self.at += took;
            return Ok(());
        }
        let tables: Vec<&'static Fields> =
            order.into_iter().flatten().chain(port.map(|k| k.fields)).collect();
        Err(self.unknown(&tables))
    }

    fn unknown(&self, tables: &[&'static Fields]) -> grammar::Error {
        let word = self.words[self.at];
        let fields = tables.iter().flat_map(|t| t.list()).filter(|f| f.writable()).map(|f| f.name);
        let keywords = ["type", "name", "netns", "altname", "down", "nomaster"];
        wrong(self.at, What::Unknown(word.into(), near(word, fields.chain(keywords), 3)))
    }
}

impl Said {
    /// Nothing said yet of a link of that kind.
    fn of(kind: Option<&'static Kind>) -> Self {
        Self {
            link: Link::new(kind),
            port: None,
            name: None,
            netns: None,
            peer: None,
            altnames: Vec::new(),
            noaltnames: Vec::new(),
        }
    }

    /// What is said of the link below.
    pub(crate) fn lower(&self) -> Option<Name> {
        self.link.base.get(base::LINK).filter(|n| !n.is_none())
    }

    /// Alternative names as they are to be, from those that there are; `None` where nothing is said of them.
    pub(crate) fn altnames(&self, have: &[Value<'static>]) -> Option<Vec<Value<'static>>> {
        if self.altnames.is_empty() && self.noaltnames.is_empty() {
            return None;
        }
        let is = |v: &Value<'_>, n: &String| matches!(v, Value::Str(s) if s.as_ref() == n.as_bytes());
        let kept = have.iter().filter(|v| !self.noaltnames.iter().any(|n| is(v, n))).cloned();
        let mut out: Vec<Value<'static>> = kept.collect();
        for name in &self.altnames {
            if !out.iter().any(|v| is(v, name)) {
                out.push(Value::text(name.as_str()));
            }
        }
        Some(out)
    }
}
