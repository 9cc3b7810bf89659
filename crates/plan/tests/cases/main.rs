//! Named cases: what a plan is for, told in sentences.

mod build;
#[path = "../common/mod.rs"]
mod common;
mod conflicts;
mod disruption;
mod follow;
mod guard;
mod nic;
mod pairs;
mod promises;
mod rebuild;
mod settle;
mod show;
mod split;
