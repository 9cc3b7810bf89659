//! Carries a plan out against a kernel: in bulk, with an account of what was done, verified by reading again, and
//! taken back where it does not hold.
//!
//! Knows requests and their answers, and what must be on disk before the first change. Refuses to decide: what to do
//! comes as a [`linkctl_plan::Plan`], what to go back to is planned as well. Prints nothing.

mod bulk;
mod engine;
mod journal;
pub mod lookup;
mod owned;
mod requests;
mod transaction;

pub use engine::{Account, Note, Stopped, run};
pub use journal::{Fault, Journal, Record, STATE, State};
pub use lookup::world;
pub use owned::{After, Owned};
pub use transaction::{Cause, Failure, Transaction};
