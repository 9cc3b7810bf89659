//! What is settable and readable of a link because of the kind of its master (`IFLA_INFO_SLAVE_DATA`).

pub mod bond;
pub mod bridge;
pub mod team;
pub mod vrf;
