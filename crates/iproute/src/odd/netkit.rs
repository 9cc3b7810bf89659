//! netkit: what is said behind `peer` is said of the other end, first settings and then what every link has.

use linkctl_schema::Value;
use linkctl_schema::iproute::Word;

use super::{Odd, pair};
use crate::args::text;
use crate::kind::Reading;
use crate::stop::Stop;
use crate::value;

/// Noted once `peer` was read. What is read of a line is forgotten with it: iproute2 remembers it over the lines of a batch.
const PEER: &str = "peer";

pub(super) static ODD: Odd = Odd { kinds: &["netkit"], word: own, ..Odd::NONE };

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let of_peer = r.was_said(PEER);
    match value::called(row) {
        "mode" => {
            let word = r.args.value()?;
            if r.get("mode").is_some() {
                return Err(Stop::twice("mode", word));
            }
            let mode = ["l2", "l3"].into_iter().find(|m| *m == text(word));
            let wrong = "Error: argument of \"mode\" must be either \"l3\" or \"l2\"";
            r.put("mode", Value::Word(mode.ok_or_else(|| Stop::says(wrong, 1))?));
        }
        "scrub" => {
            let word = r.args.value()?;
            let scrub = ["none", "default"].into_iter().find(|s| *s == text(word));
            let wrong = "Error: scrub must be either \"none\" or \"default\"";
            let scrub = scrub.ok_or_else(|| Stop::says(wrong, 1))?;
            r.put(if of_peer { "peer_scrub" } else { "scrub" }, Value::Word(scrub));
        }
        "peer" => {
            if of_peer {
                return Err(Stop::twice("peer", r.args.peek().unwrap_or(b"(null)")));
            }
            r.notes.push(PEER);
            while let Some(typed) = r.args.peek() {
                let Some(row) = r.kind.iproute.words.iter().find(|row| row.is(text(typed))) else {
                    return pair::peer(r);
                };
                r.args.take();
                own(r, row, typed)?;
            }
        }
        policy => r.put(if of_peer { "peer_policy" } else { "policy" }, Value::Word(policy)),
    }
    Ok(())
}
