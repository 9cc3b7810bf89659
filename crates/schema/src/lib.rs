//! The vocabulary that link kinds are written in, and the interpreters that walk it.
//!
//! A kind is a table of [`FieldDef`]s. Each behaviour – bytes, words, text, JSON, difference, help, JSON Schema,
//! random values – is one function over such a table, so that a kind is data only. This crate knows no kind and
//! no link; it knows what an attribute can look like.

pub mod arbitrary;
pub mod codec;
pub mod devconf;
pub mod diff;
pub mod docs;
pub mod ethertype;
pub mod field;
pub mod grammar;
pub mod imprint;
pub mod iproute;
pub mod json;
pub mod jsonschema;
pub mod kind;
pub mod mac;
pub mod name;
pub mod near;
pub mod out;
pub mod paint;
pub mod record;
pub mod rules;
pub mod safe;
pub mod scalar;
pub mod shapes;
pub mod text;
pub mod types;
pub mod value;

pub use field::{Change, Field, FieldDef, Fields, Painted, Round, Show};
pub use kind::{Below, Counter, Example, Kind, Rule};
pub use mac::Mac;
pub use name::Name;
pub use paint::{Hue, Paint};
pub use record::Record;
pub use safe::Safe;
pub use types::{Knob, Layout, Repr, Type, Unit, Word};
pub use value::{Attr, Hops, Value};
