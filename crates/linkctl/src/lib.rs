//! IP link management for Linux, as a library.
//!
//! Four nouns and a book: [`link::Snapshot`] is what is, [`link::Goal`] what should be, [`plan::Plan`] how to get
//! there; [`kinds`] says what links are made of. [`kernel`] reads and sends, [`apply`] carries a plan out.
//! [`iproute`] reads command lines as iproute2 does. Nothing here prints.

pub use linkctl_apply as apply;
pub use linkctl_iproute as iproute;
pub use linkctl_kernel as kernel;
pub use linkctl_kinds as kinds;
pub use linkctl_link as link;
pub use linkctl_plan as plan;
pub use linkctl_schema as schema;
pub use linkctl_wire as wire;
