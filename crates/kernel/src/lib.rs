//! The only crate that makes system calls: sockets, namespaces, ethtool.
//!
//! Knows how to ask the kernel and how it answers: sequence numbers, acknowledgements, dumps, notifications, network
//! namespaces. Refuses to know what links are made of: messages go in and come out as bytes, and only `live` hands
//! them to `linkctl-link`.
//!
//! All `unsafe` of the workspace is in the private module `sys`, one wrapper a system call.

mod abroad;
pub mod accounts;
pub mod address;
pub mod attached;
pub mod bpf;
pub mod bridged;
pub mod culprit;
pub mod driver;
mod dump;
pub mod errno;
mod error;
mod ethtool;
mod held;
pub mod ids;
mod isolate;
pub mod layer3;
mod live;
pub mod managers;
mod monitor;
pub mod neighbour;
pub mod netns;
pub mod nexthop;
mod pipeline;
pub mod place;
pub mod privilege;
pub mod process;
mod refusal;
mod request;
pub mod route;
pub mod session;
pub mod signal;
mod socket;
mod sriov;
mod sys;
pub mod tcp;
pub mod vswitch;

pub use driver::Driver;
pub use dump::{Dumped, Part};
pub use error::Error;
pub use held::Held;
pub use isolate::isolate;
pub use live::{Id, Live, renames_down, thorough};
pub use monitor::{Event, Monitor, Notice};
pub use netns::{Netns, Place, inside};
pub use pipeline::{Report, Stop, WINDOW};
pub use refusal::{Accepted, Refusal};
pub use socket::Socket;
