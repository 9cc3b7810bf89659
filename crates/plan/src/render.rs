//! Plans to look at: for people, for programs, and as commands that a shell takes.
//!
//! Pure: text goes out, nothing is printed. Whatever others named is escaped or quoted.

pub mod commands;
pub mod diff;
pub mod effects;
mod guard;
pub mod json;
mod nic;
pub mod text;
mod words;

pub use commands::commands;
pub use json::{json, json_with};
pub use text::{Line, Role, lines};
