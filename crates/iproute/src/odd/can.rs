//! CAN: fractions, modes of two bits, and timing that is only sent where a bit rate or a quantum is said.

use linkctl_schema::iproute::Word;
use linkctl_schema::{Type, Value};

use super::Odd;
use crate::args::text;
use crate::kind::Reading;
use crate::stop::Stop;
use crate::value;

pub(super) static ODD: Odd = Odd { kinds: &["can"], word: own, finish, ..Odd::NONE };

/// What decides of each phase whether its timing is sent.
const DECIDES: [[&str; 2]; 3] = [["bitrate", "tq"], ["dbitrate", "dtq"], ["xbitrate", "xtq"]];

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let called = value::called(row);
    let word = r.args.value()?;
    let wrong = || value::wrong(row, word);
    match called {
        "tdc-mode" | "xtdc-mode" => {
            let (auto, manual) =
                if called == "tdc-mode" { ("tdc_auto", "tdc_manual") } else { ("xtdc_auto", "xtdc_manual") };
            match word {
                b"auto" => r.put(auto, Value::Bool(true)),
                b"manual" => r.put(manual, Value::Bool(true)),
                b"off" => {
                    r.put(auto, Value::Bool(false));
                    r.put(manual, Value::Bool(false));
                }
                _ => return Err(wrong()),
            }
        }
        _ => {
            let fraction: f32 = text(word).trim_start().parse().map_err(|_| wrong())?;
            r.put(row.field, Value::Num(thousandths(fraction)));
        }
    }
    Ok(())
}

/// As a machine makes a 32-bit number of a float that was multiplied: what is behind the point is dropped, and what does
/// not fit wraps.
fn thousandths(fraction: f32) -> u64 {
    let n = fraction * 1000.0;
    if n.is_finite() { u64::from(n as i64 as u32) } else { 0 }
}

#[allow(clippy::unnecessary_wraps)]
fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    for decides in DECIDES {
        let said = decides.iter().any(|d| r.get(d).is_some_and(|v| *v != Value::Num(0)));
        let Some(attr) = r.field(decides[0]).map(|f| f.attr).filter(|_| !said) else { continue };
        for f in r.kind.fields.list() {
            if f.attr == attr && matches!(f.ty, Type::Part { .. }) {
                r.record.take(f);
            }
        }
    }
    Ok(())
}
