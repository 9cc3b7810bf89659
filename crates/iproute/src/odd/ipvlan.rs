//! IPVLAN and IPVTAP: one word of three, and bridge where none is said.

use linkctl_schema::Value;
use linkctl_schema::iproute::Word;

use super::Odd;
use crate::kind::Reading;
use crate::stop::Stop;
use crate::value;

pub(super) static ODD: Odd = Odd { kinds: &["ipvlan", "ipvtap"], word: own, finish, ..Odd::NONE };

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, typed: &[u8]) -> Result<(), Stop> {
    if r.get("flags").is_some() {
        return r.unknown(typed);
    }
    r.put("flags", Value::Word(value::called(row)));
    Ok(())
}

#[allow(clippy::unnecessary_wraps)]
fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    if r.get("flags").is_none() {
        r.put("flags", Value::Word("bridge"));
    }
    Ok(())
}
