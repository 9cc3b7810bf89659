//! Bridges and their ports: a port's state is a number here, and any Ethernet type does for the tags.

use linkctl_schema::Value;

use super::Odd;
use crate::{number, value};

pub(super) static ODD: Odd = Odd {
    kinds: &["bridge", "bridge_slave"],
    word: |r, row, _| {
        let word = r.args.value()?;
        let n = if row.field == "vlan_protocol" {
            value::ethertype(row, word)?.into()
        } else {
            number::up_to(word, u8::MAX.into(), 0).ok_or_else(|| value::wrong(row, word))?
        };
        r.put(row.field, Value::Num(n));
        Ok(())
    },
    ..Odd::NONE
};
