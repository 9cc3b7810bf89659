//! What is said of refusals, to the letter, on links made by hand.
#![allow(missing_docs, unreachable_pub)]

mod address;
mod create;
mod foreseen;
mod laws;
mod master;
mod mtu;
mod names;
mod options;
mod privilege;
mod rest;
mod world;
