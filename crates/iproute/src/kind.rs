//! The words behind `type KIND`: the grammar of a kind, walked.

use linkctl_schema::iproute::{Help, Takes, Unknown, Word};
use linkctl_schema::{FieldDef, Kind, Record, Safe, Type, Value, codec};
use linkctl_wire::Writer;

use crate::args::{Args, short, text};
use crate::odd::{self, Odd};
use crate::stop::Stop;
use crate::usage;
use crate::value;
use crate::world::Context;

/// What is read of a kind's words so far.
pub struct Reading<'r, 'a, 'w> {
    /// The kind, or the ports of one.
    pub kind: &'static Kind,
    /// The words.
    pub args: &'r mut Args<'a>,
    /// The machine and the options.
    pub cx: &'r mut Context<'w>,
    /// The message creates the link; else it changes one.
    pub create: bool,
    /// The link that is changed; 0 where it is created.
    pub index: u32,
    /// What was said.
    pub record: Record,
    /// Attributes that no record holds; they follow it.
    pub raw: Writer,
    /// What the code of the kind wants to remember.
    pub notes: Vec<&'static str>,
    said: Vec<&'static str>,
}

impl<'a> Reading<'_, 'a, '_> {
    /// The field of that name; a table without it is refused at compile time ([`Kind::check`]).
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.kind.fields.list().iter().find(|f| f.name == name)
    }

    /// What was said of a field.
    pub fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.record.value(self.field(name)?)
    }

    /// Says what a field is.
    pub fn put(&mut self, name: &str, value: Value<'static>) {
        if let Some(f) = self.field(name) {
            self.record.put(f, value);
        }
    }

    /// Whether a field's word was read that may stand once, or something was noted by the kind's code.
    pub fn was_said(&self, name: &str) -> bool {
        self.said.contains(&name) || self.notes.contains(&name)
    }

    /// Whether of two words that may stand once the first was read after the second.
    pub fn follows(&self, later: &str, earlier: &str) -> bool {
        let at = |name| self.said.iter().position(|said| *said == name);
        at(later) > at(earlier)
    }

    /// Refuses what was said before (`check_duparg`): it is called `shown`, and `value` is the word behind it.
    pub fn once(&mut self, key: &'static str, shown: &str, value: &[u8]) -> Result<(), Stop> {
        if self.said.contains(&key) {
            return Err(Stop::either(shown, value));
        }
        self.said.push(key);
        Ok(())
    }

    fn word(&mut self, row: &'static Word, typed: &'a [u8], odd: &Odd) -> Result<(), Stop> {
        if let Some(shown) = row.once {
            let alone = matches!(row.takes, Takes::Nothing(_));
            // What is missing is said before what is said twice.
            let value = if alone { typed } else { self.args.peek().ok_or_else(Stop::incomplete)? };
            let key = if row.field.is_empty() { shown } else { row.field };
            self.once(key, if shown.is_empty() { text(typed) } else { shown }, value)?;
        }
        match (row.takes, self.field(row.field)) {
            (Takes::Own, _) | (_, None) => (odd.word)(self, row, typed),
            (Takes::Nothing(n), Some(f)) => {
                self.record.put(f, plain(f, n));
                Ok(())
            }
            (Takes::Value, Some(f)) => {
                let value = value::read(row, f, self.args, self.cx)?;
                self.record.put(f, value);
                Ok(())
            }
        }
    }

    /// What is said of a word that is none.
    pub fn unknown(&mut self, typed: &[u8]) -> Result<(), Stop> {
        let name = self.kind_called();
        let usage = usage::kind(self.kind);
        let help = match self.kind.iproute.help {
            Help::Short => short(typed, "help"),
            Help::Whole => typed == b"help",
            Help::Never => false,
        };
        let word = Safe(typed);
        let said = match self.kind.iproute.unknown {
            Unknown::Ignored => {
                self.cx.world.warn(&format!("Warning: {name}: \"{word}\" is not known and is ignored.\n"));
                return Ok(());
            }
            Unknown::Garbage | Unknown::Unread | Unknown::Stranger => return Err(Stop::garbage(typed)),
            Unknown::Aloud => return Err(Stop::says(usage.trim_end(), 1).aloud()),
            Unknown::Command if !help => format!("{name}: unknown command \"{word}\"?\n"),
            Unknown::Option if !help => format!("{name}: unknown option \"{word}\"?\n"),
            Unknown::Says(text) if !help => text.replace("{word}", &word.to_string()) + "\n",
            Unknown::Command | Unknown::Option | Unknown::Says(_) | Unknown::Usage => String::new(),
        };
        Err(Stop::says(said + usage.trim_end(), 1))
    }

    /// What iproute2 calls the kind: ports have `_slave` behind their master's.
    fn kind_called(&self) -> String {
        usage::called(self.kind)
    }

    /// The attributes of all that was said.
    fn attributes(self) -> Vec<u8> {
        let mut out = Writer::new();
        // Links are indexes already, and values were made for their fields.
        let _ = codec::encode(&self.record, &codec::NoLinks, &mut out);
        let mut bytes = out.into_attrs().unwrap_or_default();
        bytes.extend(self.raw.into_attrs().unwrap_or_default());
        bytes
    }
}

/// What a word alone says of a field.
pub fn plain(f: &FieldDef, n: u64) -> Value<'static> {
    match f.ty {
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } | Type::Header { .. } => {
            Value::Bool(n != 0)
        }
        Type::Words(_, list) => {
            list.iter().find(|(_, v)| *v == n).map_or(Value::Num(n), |(w, _)| Value::Word(w))
        }
        _ => Value::Num(n),
    }
}

/// Reads all words that are left as settings of a kind; returns the attributes of its nest.
pub fn read(
    kind: &'static Kind,
    args: &mut Args<'_>,
    create: bool,
    index: u32,
    cx: &mut Context<'_>,
) -> Result<Vec<u8>, Stop> {
    let odd = odd::of(kind);
    let mut reading = Reading {
        kind,
        args,
        cx,
        create,
        index,
        record: Record::new(kind.fields),
        raw: Writer::new(),
        notes: Vec::new(),
        said: Vec::new(),
    };
    (odd.begin)(&mut reading)?;
    while let Some(typed) = reading.args.take() {
        match kind.iproute.words.iter().find(|row| row.is(text(typed))) {
            Some(row) => reading.word(row, typed, odd)?,
            None => reading.unknown(typed)?,
        }
    }
    (odd.finish)(&mut reading)?;
    Ok(reading.attributes())
}
