//! Carries a plan out against a kernel: in bulk, with an account of what was done, verified by reading again, and
//! taken back where it does not hold.
//!
//! Knows requests and their answers, and what must be on disk before the first change. Refuses to decide: what to do
//! comes as a [`linkctl_plan::Plan`], what to go back to is planned as well. Prints nothing.

mod attached;
pub mod beyond;
mod bulk;
mod disk;
mod engine;
pub mod facts;
pub mod guard;
mod home;
mod journal;
pub mod keep;
mod layer3;
pub mod lookup;
mod nic;
mod owned;
pub mod proof;
pub mod rehearse;
mod requests;
pub mod saved;
mod space;
pub mod strays;
mod transaction;
mod verify;
mod vswitch;

pub use engine::{Account, Note, Stopped, run};
pub use home::{Unreturned, go_home, take_back};
pub use journal::{About, Fault, Journal, Lock, Record, Records, STATE, Sources, State, Verdict};
pub use lookup::world;
pub use nic::{fill, fill_hardware};
pub use owned::{Before, Owned};
pub use transaction::{Cause, Failure, Kept, Transaction};
