//! XFRM interfaces: an identifier that is not 0, or none at all.

use linkctl_kinds::xfrm;
use linkctl_schema::Value;

use super::Odd;
use crate::stop::Stop;
use crate::{number, value};

pub(super) static ODD: Odd = Odd {
    kinds: &["xfrm"],
    word: |r, row, _| {
        let word = r.args.value()?;
        let n = number::up_to(word, u32::MAX.into(), 0).filter(|n| *n != 0);
        r.put(row.field, Value::Num(n.ok_or_else(|| value::wrong(row, word))?));
        Ok(())
    },
    finish: |r| {
        let external = r.record.get(xfrm::EXTERNAL) == Some(true);
        let id = r.record.get(xfrm::IF_ID).is_some();
        if external && (id || r.get("dev").is_some()) {
            let said = "xfrmi: both 'external' and if_id/link cannot be specified";
            return Err(Stop::says(said, 1));
        }
        if external || id { Ok(()) } else { Err(Stop::required("IF_ID")) }
    },
    ..Odd::NONE
};
