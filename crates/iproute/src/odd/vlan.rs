//! VLAN: any Ethernet type is taken for the tag's, by name or number.

use linkctl_schema::Value;

use super::Odd;
use crate::value;

pub(super) static ODD: Odd = Odd {
    kinds: &["vlan"],
    word: |r, row, _| {
        let word = r.args.value()?;
        let n = value::ethertype(row, word)?;
        r.put(row.field, Value::Num(n.into()));
        Ok(())
    },
    ..Odd::NONE
};
