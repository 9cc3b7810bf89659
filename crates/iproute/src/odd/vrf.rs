//! VRF: the table has a name or a number.

use linkctl_schema::Value;

use super::Odd;
use crate::args::text;
use crate::number;
use crate::stop::Stop;

pub(super) static ODD: Odd = Odd {
    kinds: &["vrf"],
    word: |r, row, _| {
        let word = r.args.value()?;
        let named = r.cx.world.table(text(word)).map(u64::from);
        let table = named.or_else(|| number::up_to(word, u32::MAX.into(), 0));
        let table = table.ok_or_else(|| Stop::argument(word, "invalid table ID\n"))?;
        r.put(row.field, Value::Num(table));
        Ok(())
    },
    ..Odd::NONE
};
