//! PFCP: receives the control packets of mobile networks, 3GPP TS 29.244, for filters to match. It has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "pfcp",
    doc: "PFCP: control packets of mobile networks, for tc's filters to match",
    module: "pfcp",
    config: "CONFIG_PFCP",
    iproute: iproute::Grammar::STRANGER,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
