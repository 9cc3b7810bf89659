//! What is known of one link, field by field.

use std::fmt;
use std::sync::{Arc, LazyLock};

use crate::devconf;
use crate::field::{Field, FieldDef, Fields};
use crate::types::Type;
use crate::value::{Attr, Value};

/// Values of some fields of one table, in the table's order, and what was not understood.
///
/// Sparse: a field that is not there costs nothing. An unset field means "not said", never "default". A copy shares the
/// values until one of both is changed.
#[derive(Clone)]
pub struct Record {
    fields: &'static Fields,
    values: Arc<Vec<(u8, Value<'static>)>>,
    /// Attributes that no field knows, as they came: number and bytes. Shown, never sent.
    pub unknown: Vec<(u16, Box<[u8]>)>,
}

/// What all records share of which nothing is said.
static NOTHING: LazyLock<Arc<Vec<(u8, Value<'static>)>>> = LazyLock::new(Arc::default);

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.fields, other.fields)
            && (Arc::ptr_eq(&self.values, &other.values) || self.values == other.values)
    }
}

/// Names and values, not the table that they stand in.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        map.entries(self.iter().map(|(field, value)| (field.name, value)));
        map.entries(self.unknown.iter().map(|(attr, bytes)| (attr, bytes))).finish()
    }
}

impl Record {
    /// Nothing said of any field of the table.
    pub fn new(fields: &'static Fields) -> Self {
        Self { fields, values: Arc::clone(&NOTHING), unknown: Vec::new() }
    }

    /// The table.
    pub fn fields(&self) -> &'static Fields {
        self.fields
    }

    /// A field's value as its Rust type; `None` where nothing is said, or where the field is another table's.
    pub fn get<T: Attr>(&self, field: Field<T>) -> Option<T> {
        self.value(&field.0).and_then(T::from_value)
    }

    /// Says what a field is. Nothing happens where the field is another table's.
    pub fn set<T: Attr>(&mut self, field: Field<T>, value: T) {
        self.put(&field.0, value.into_value());
    }

    /// With a field said.
    #[must_use]
    pub fn with<T: Attr>(mut self, field: Field<T>, value: T) -> Self {
        self.set(field, value);
        self
    }

    /// A field's value.
    pub fn value(&self, field: &FieldDef) -> Option<&Value<'static>> {
        if self.values.is_empty() {
            return None;
        }
        let at = self.place(field)?;
        self.values.binary_search_by_key(&at, |(i, _)| *i).ok().map(|i| &self.values[i].1)
    }

    /// Says what a field is, whatever its type.
    pub fn put(&mut self, field: &FieldDef, value: Value<'static>) {
        let Some(at) = self.place(field) else { return };
        let found = self.values.binary_search_by_key(&at, |(i, _)| *i);
        // What others share is not copied to say the same.
        if found.is_ok_and(|i| self.values[i].1 == value) {
            return;
        }
        let values = Arc::make_mut(&mut self.values);
        match found {
            Ok(i) => values[i].1 = value,
            Err(i) => {
                // There are records by the ten thousand: they do not double for one value more.
                if values.len() == values.capacity() {
                    values.reserve_exact(4);
                }
                values.insert(i, (at, value));
            }
        }
    }

    /// Appends the value of the field at `at` in the table, which is behind all that are there.
    pub(crate) fn push(&mut self, at: usize, value: Value<'static>) {
        debug_assert!(self.values.last().is_none_or(|(last, _)| usize::from(*last) < at));
        Arc::make_mut(&mut self.values).push((at as u8, value));
    }

    /// Gives back memory that what was appended does not need.
    pub(crate) fn fit(&mut self) {
        if let Some(values) = Arc::get_mut(&mut self.values) {
            values.shrink_to_fit();
        }
    }

    /// Says nothing of a field any more; returns what was said.
    pub fn take(&mut self, field: &FieldDef) -> Option<Value<'static>> {
        let at = self.place(field)?;
        let i = self.values.binary_search_by_key(&at, |(i, _)| *i).ok()?;
        Some(Arc::make_mut(&mut self.values).remove(i).1)
    }

    /// All that is said, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldDef, &Value<'static>)> {
        self.values.iter().map(|(i, v)| (&self.fields.list()[usize::from(*i)], v))
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Says all that `other` says; what it does not say stays. Of many settings in one field those stay that are not said.
    pub fn merge(&mut self, other: &Self) {
        for (field, value) in other.iter() {
            if let (Type::Devconf { .. }, Value::Pairs(more), Some(Value::Pairs(pairs))) =
                (field.ty, value, self.value_mut(field))
            {
                devconf::merge(pairs, more);
            } else {
                self.put(field, value.clone());
            }
        }
    }

    /// What is said, and where nothing is, what `below` says; both are of one table.
    #[must_use]
    pub fn over(self, below: &Self) -> Self {
        debug_assert!(std::ptr::eq(self.fields, below.fields));
        if self.is_empty() {
            return Self { unknown: self.unknown, ..below.clone() };
        }
        let mut values = Vec::with_capacity(self.values.len() + below.values.len());
        let mut mine = self.values.iter().peekable();
        for (at, value) in below.values.iter() {
            while let Some(own) = mine.next_if(|(i, _)| i < at) {
                values.push(own.clone());
            }
            values.push(mine.next_if(|(i, _)| i == at).cloned().unwrap_or_else(|| (*at, value.clone())));
        }
        values.extend(mine.cloned());
        Self { values: Arc::new(values), ..self }
    }

    fn value_mut(&mut self, field: &FieldDef) -> Option<&mut Value<'static>> {
        let at = self.place(field)?;
        let i = self.values.binary_search_by_key(&at, |(i, _)| *i).ok()?;
        Some(&mut Arc::make_mut(&mut self.values)[i].1)
    }

    /// Only the fields that `keep` wants.
    #[must_use]
    pub fn only(&self, mut keep: impl FnMut(&'static FieldDef) -> bool) -> Self {
        let mut out = Self::new(self.fields);
        let wanted: Vec<bool> = self.iter().map(|(f, _)| keep(f)).collect();
        out.values = match wanted.iter().filter(|w| **w).count() {
            0 => return out,
            all if all == wanted.len() => Arc::clone(&self.values),
            some => {
                let mut values = Vec::with_capacity(some);
                let all = self.values.iter().zip(wanted);
                values.extend(all.filter(|(_, wanted)| *wanted).map(|(value, _)| value.clone()));
                Arc::new(values)
            }
        };
        out
    }

    /// Where in the table a field stands. Fields are told apart by name, which the table has once; most stand where the
    /// table that declares them has them.
    fn place(&self, field: &FieldDef) -> Option<u8> {
        let list = self.fields.list();
        let same = |f: &FieldDef| f.attr == field.attr && f.name == field.name;
        if list.get(usize::from(field.at)).is_some_and(same) {
            return Some(field.at);
        }
        u8::try_from(list.iter().position(same)?).ok()
    }
}
