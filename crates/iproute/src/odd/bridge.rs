//! Bridges and their ports: a port's state is a number here, and any Ethernet type does for the tags.

use linkctl_schema::Value;
use linkctl_schema::iproute::Wrong;

use super::Odd;
use crate::stop::Stop;
use crate::{number, value};

pub(super) static ODD: Odd = Odd {
    kinds: &["bridge", "bridge_slave"],
    word: |r, row, _| {
        let word = r.args.value()?;
        let n = if row.field == "vlan_protocol" {
            value::ethertype(row, word)?.into()
        } else {
            let wrong = if let Wrong::Argument(text) = row.wrong { text } else { "invalid" };
            number::up_to(word, u8::MAX.into(), 0).ok_or_else(|| Stop::argument(word, wrong))?
        };
        r.put(row.field, Value::Num(n));
        Ok(())
    },
    ..Odd::NONE
};
