//! What of a kind's grammar no table says: words with a reading of their own, what is always sent, what must be said
//! together. One file a family.

use linkctl_schema::Kind;
use linkctl_schema::iproute::Word;

use crate::kind::Reading;
use crate::stop::Stop;

mod bridge;
mod can;
mod ipvlan;
mod macsec;
mod macvlan;
mod netkit;
mod pair;
mod tunnel;
mod udp;
mod vlan;
mod vrf;
mod vxlan;
mod xfrm;

type Step = fn(&mut Reading<'_, '_, '_>) -> Result<(), Stop>;
type OwnWord = fn(&mut Reading<'_, '_, '_>, &'static Word, &[u8]) -> Result<(), Stop>;

/// The code of some kinds.
pub struct Odd {
    /// The kinds, as the kernel calls them; ports of one as `bridge_slave`.
    pub kinds: &'static [&'static str],
    /// Before the first word: what is read to be modified.
    pub begin: Step,
    /// A word of the grammar that no row tells all of.
    pub word: OwnWord,
    /// Behind the last word: what must be said, what is sent besides.
    pub finish: Step,
}

#[allow(clippy::unnecessary_wraps)] // it stands where steps that fail stand
fn nothing(_: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    Ok(())
}

#[allow(clippy::unnecessary_wraps)]
fn no_word(_: &mut Reading<'_, '_, '_>, _: &'static Word, _: &[u8]) -> Result<(), Stop> {
    Ok(())
}

impl Odd {
    /// No code at all.
    pub const NONE: Self = Self { kinds: &[], begin: nothing, word: no_word, finish: nothing };
}

static NONE: Odd = Odd::NONE;

/// All families.
static ODDS: &[&Odd] = &[
    &bridge::ODD,
    &can::ODD,
    &ipvlan::ODD,
    &macsec::ODD,
    &macvlan::ODD,
    &netkit::ODD,
    &pair::ODD,
    &tunnel::ODD,
    &udp::AMT,
    &udp::BAREUDP,
    &udp::GENEVE,
    &udp::GTP,
    &vlan::ODD,
    &vrf::ODD,
    &vxlan::ODD,
    &xfrm::ODD,
];

/// The code of a kind.
pub fn of(kind: &Kind) -> &'static Odd {
    let called = crate::usage::called(kind);
    ODDS.iter().find(|o| o.kinds.contains(&called.as_str())).copied().unwrap_or(&NONE)
}
