//! Links as they are and as they should be, and the bytes and files that say so.
//!
//! [`Snapshot`] is what is, [`Goal`] what should be; both are made of [`Link`]s, which are records over the book of
//! kinds. This crate makes no system call and prints nothing: it turns messages into links, links into messages,
//! files into goals, and messages into text.

pub mod attached;
pub mod ethtool;
pub mod filter;
pub mod functions;
pub mod glob;
pub mod goal;
pub mod imprint;
pub mod key;
pub mod link;
pub mod load;
pub mod message;
pub mod netns;
pub mod nic;
pub mod numbers;
pub mod save;
pub mod show;
pub mod snapshot;
pub mod stats;
pub mod topology;

pub use filter::Filter;
pub use glob::Glob;
pub use goal::{Goal, Scope, Want};
pub use imprint::Imprint;
pub use key::Key;
pub use link::Link;
pub use netns::Netns;
pub use nic::{Functions, Nic};
pub use snapshot::{Accounts, Seen, Snapshot};
pub use topology::World;
