//! Between attributes and values, by the table.

pub mod decode;
pub mod encode;

pub use decode::{View, record};
pub use encode::encode;

use std::net::IpAddr;

use crate::name::Name;

/// Names and indexes of the links around a message.
pub trait Links {
    /// The index of a link of that name.
    fn index(&self, name: &Name) -> Option<u32>;
    /// The name of the link of that index.
    fn name(&self, index: u32) -> Option<Name>;
    /// The name of a user, or of a group of users.
    fn account(&self, _id: u32, _group: bool) -> Option<&str> {
        None
    }
    /// The name of a host, to be shown instead of its address (`ip -r`); usually none is asked for.
    fn host(&self, _: &IpAddr) -> Option<String> {
        None
    }
}

/// No links at all: an index shows as `if7`, and no name has an index.
pub struct NoLinks;

impl Links for NoLinks {
    fn index(&self, _: &Name) -> Option<u32> {
        None
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

/// Why a field could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The field's name.
    pub field: &'static str,
    /// What was wrong.
    pub what: What,
}

/// What was wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The attribute has another length than its type.
    Length {
        /// What the type takes.
        want: usize,
        /// What there was.
        got: usize,
    },
    /// The value is not of the field's type.
    Value,
    /// No link has this name.
    NoLink(Name),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = self.field;
        match &self.what {
            What::Length { want, got } => write!(f, "{field}: {got} bytes where {want} belong"),
            What::Value => write!(f, "{field}: a value of another type"),
            What::NoLink(name) => write!(f, "{field}: no link is called {name}"),
        }
    }
}

impl std::error::Error for Error {}
