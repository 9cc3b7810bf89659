//! Where the links of the laws come from: which kinds there are, and which values their fields may have.

use std::ops::{Deref, DerefMut};

use linkctl_schema::arbitrary::Dice;
use linkctl_schema::{FieldDef, Fields, Kind, Name, Record, Value};

/// A value of a field; links are drawn from the names. `None` where there is none to be had.
pub(crate) type Pick = fn(&FieldDef, &[Name], &mut Dice) -> Option<Value<'static>>;

/// What can be drawn.
pub(crate) struct Source {
    /// The kinds of links that are made.
    pub(crate) kinds: Vec<&'static Kind>,
    /// How values are drawn.
    pub(crate) value: Pick,
    /// Whether there is such a field at all.
    pub(crate) has: fn(&FieldDef) -> bool,
    /// Whether there is hardware, and what only a driver or a program makes: no request does.
    pub(crate) hardware: bool,
}

impl Source {
    /// All that the tables allow, for the model.
    pub(crate) fn book() -> Self {
        let kinds = linkctl_kinds::KINDS.iter().copied().filter(|k| k.made_by.is_none()).collect();
        Self { kinds, value: linkctl_schema::arbitrary::value, has: |_| true, hardware: true }
    }
}

/// Dice that know what there is to draw.
pub(crate) struct Draw<'s> {
    dice: Dice,
    pub(crate) source: &'s Source,
}

impl<'s> Draw<'s> {
    pub(crate) fn new(source: &'s Source, seed: u64) -> Self {
        Self { dice: Dice::new(seed), source }
    }

    pub(crate) fn value(&mut self, f: &FieldDef, links: &[Name]) -> Option<Value<'static>> {
        if (self.source.has)(f) { (self.source.value)(f, links, &mut self.dice) } else { None }
    }

    /// Some fields that can be set, each with a value.
    pub(crate) fn record(&mut self, fields: &'static Fields, links: &[Name]) -> Record {
        let mut out = Record::new(fields);
        for f in fields.list().iter().filter(|f| f.is_state()) {
            if self.one_in(3)
                && let Some(v) = self.value(f, links)
            {
                out.put(f, v);
            }
        }
        out
    }
}

impl Deref for Draw<'_> {
    type Target = Dice;
    fn deref(&self) -> &Dice {
        &self.dice
    }
}

impl DerefMut for Draw<'_> {
    fn deref_mut(&mut self) -> &mut Dice {
        &mut self.dice
    }
}
