//! From what is to what should be. Pure: nothing here talks to a kernel, prints or waits.
//!
//! [`plan`] is the one door: a [`World`](linkctl_link::World) and a [`Goal`](linkctl_link::Goal) go in, a [`Plan`]
//! comes out, or the [`Conflict`]s that leave none. The planner rehearses every act on a [`Model`] of the kernel, so
//! that side effects (ports that a deleted master releases, VLANs that follow the link below) are met where they
//! happen, and no act is planned that the model refuses. There is no undo: [`back()`] says the goal that leads home.

pub mod act;
pub mod back;
pub mod conflict;
mod course;
pub mod declare;
mod delta;
pub mod disruption;
mod doom;
pub mod explain;
pub mod guard;
mod habit;
mod intent;
pub mod model;
mod nic;
mod order;
mod plan;
pub mod reason;
pub mod render;
pub mod retreat;
pub mod scope;
pub mod split;
mod trail;

pub use act::{Act, Disruption, Harm, Plan, Step};
pub use back::{back, back_from, labels, renames, vacating};
pub use conflict::Conflict;
pub use disruption::{Effects, Trace};
pub use model::{Errno, Model, Refusal};
pub use plan::{plan, plan_asking, plan_with};
pub use reason::Reason;
