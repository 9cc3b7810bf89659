//! The grammar of iproute2's link commands: words in, requests and wishes out.
//!
//! Knows how `ip link` and `bridge link` read a command line – order, beginnings of words, what is refused in which
//! sentence and with which status – and what they send. Which words a kind has stands in the book
//! ([`linkctl_schema::Kind::iproute`]). Refuses to print and to make system calls: [`World`] is asked.

pub mod args;
pub mod base;
pub mod batch;
pub mod bridge;
pub mod inet;
pub mod kind;
pub mod monitor;
pub mod number;
pub mod object;
pub mod odd;
pub mod options;
pub mod replace;
pub mod request;
pub mod show;
pub mod stats;
pub mod stop;
pub mod usage;
pub mod value;
pub mod verb;
pub mod vf;
pub mod world;
pub mod xdp;

pub use args::Args;
pub use batch::Lines;
pub use monitor::Monitor;
pub use options::{Colour, Options};
pub use request::Request;
pub use show::Shown;
pub use stats::Xstats;
pub use stop::Stop;
pub use verb::{Command, link};
pub use world::{Context, Mood, World};
