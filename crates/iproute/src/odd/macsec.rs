//! `MACsec`: which channel it is comes first, and some words only go together.

use linkctl_kinds::macsec;
use linkctl_schema::iproute::Word;
use linkctl_schema::{Mac, Safe, Value};

use super::Odd;
use crate::args::text;
use crate::kind::{Reading, plain};
use crate::number;
use crate::stop::Stop;
use crate::value;

pub(super) static ODD: Odd = Odd { kinds: &["macsec"], begin, word: own, finish };

/// Names and numbers of IEEE 802.1AE; the kernel takes two for the first.
const CIPHERS: &[(&str, u64)] = &[
    ("default", 0x0080_0200_0100_0001),
    ("gcm-aes-128", 0x0080_c200_0100_0001),
    ("gcm-aes-256", 0x0080_c200_0100_0002),
    ("gcm-aes-xpn-128", 0x0080_c200_0100_0003),
    ("gcm-aes-xpn-256", 0x0080_c200_0100_0004),
];

/// `address A port P`, which makes an identifier, or `port P`, or `sci S`: as the first words or not at all.
fn begin(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let mut address: Option<[u8; 6]> = None;
    while let Some(word @ (b"address" | b"port" | b"sci")) = r.args.peek() {
        r.args.take();
        match word {
            b"address" => address = Some(ethernet(r.args.value()?)?),
            b"port" => {
                let word = r.args.value()?;
                let port = number::up_to(word, u16::MAX.into(), 0);
                let port = port.ok_or_else(|| Stop::argument(word, "expected port"))?;
                if port == 0 {
                    return Err(Stop::argument(word, "expected port != 0"));
                }
                match address {
                    Some([a, b, c, d, e, f]) => {
                        let [.., high, low] = port.to_be_bytes();
                        r.put("sci", Value::Num(u64::from_be_bytes([a, b, c, d, e, f, high, low])));
                    }
                    None => r.put("port", Value::Num(port)),
                }
                return Ok(());
            }
            _ if address.is_some() => return Err(Stop::argument(word, "expected port")),
            _ => {
                let word = r.args.value()?;
                let sci = number::up_to(word, u64::MAX, 16);
                r.put("sci", Value::Num(sci.ok_or_else(|| Stop::argument(word, "expected sci"))?));
                return Ok(());
            }
        }
    }
    // An address alone says that the port is 0, which the kernel refuses.
    if address.is_some() {
        r.put("port", Value::Num(0));
    }
    Ok(())
}

/// At most six bytes; what is not said of them is 0.
fn ethernet(word: &[u8]) -> Result<[u8; 6], Stop> {
    let mut out = [0; 6];
    let mac = value::mac(word).ok();
    let bytes = mac.as_ref().map(Mac::as_bytes).filter(|b| b.len() <= 6);
    let Some(bytes) = bytes else {
        let wrong = Stop::argument(word, "expected lladdr");
        let err = format!("\"{}\" is invalid lladdr.\n{}", Safe(word), wrong.err);
        return Err(Stop { err, ..wrong });
    };
    for (slot, byte) in out.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    Ok(out)
}

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let called = value::called(row);
    if called == "encodingsa" && r.get(called).is_some() {
        return Err(Stop::either(called, called.as_bytes()));
    }
    let word = r.args.value()?;
    match called {
        "cipher" | "icvlen" if r.get(called).is_some() => return Err(Stop::twice(called, word)),
        "cipher" => {
            let name = text(word);
            let known = |n: &str| n == name || n.to_ascii_uppercase() == name && n != "default";
            let wrong = "expected: default, gcm-aes-128, gcm-aes-256, gcm-aes-xpn-128 or gcm-aes-xpn-256";
            let found = CIPHERS.iter().find(|(n, _)| known(n));
            let (_, n) = found.ok_or_else(|| Stop::argument(word, wrong))?;
            r.put("cipher", Value::Num(*n));
        }
        "icvlen" => {
            let n = number::up_to(word, u8::MAX.into(), 10);
            let n = n.ok_or_else(|| Stop::argument(word, "expected ICV length"))?;
            if !(8..=16).contains(&n) {
                return Err(Stop::argument(word, "ICV length must be in the range {8..16}"));
            }
            r.put("icvlen", Value::Num(n));
        }
        "encodingsa" => {
            let n = number::up_to(word, 3, 0);
            r.put(called, Value::Num(n.ok_or_else(|| Stop::argument(word, "expected an { 0..3 }"))?));
        }
        _ => {
            let list = ["disabled", "check", "strict"];
            let n = list.iter().position(|w| crate::args::short(word, w));
            let n = n.ok_or_else(|| Stop::one_of(called, &list, word, 1))?;
            if let Some(f) = r.field(called) {
                r.put(called, plain(f, n as u64));
            }
        }
    }
    Ok(())
}

fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let on = |f| r.record.get(f) == Some(true);
    let (sci, end, scb) = (on(macsec::SEND_SCI), on(macsec::END_STATION), on(macsec::SCB));
    if sci && (end || scb) || end && scb {
        return Err(Stop::says("invalid combination of send_sci/end_station/scb", 1));
    }
    match (r.record.get(macsec::REPLAY), r.record.get(macsec::WINDOW)) {
        (Some(true), None) => {
            let said = "replay protection enabled, but no window set. did you mean 'replay on window VALUE'?";
            return Err(Stop::says(said, 1));
        }
        (None, Some(n)) => {
            let said = "replay window set, but replay protection not enabled. did you mean 'replay on window";
            return Err(Stop::says(format_args!("{said} {n}'?"), 1));
        }
        // Then it does not count.
        (Some(false), Some(_)) => {
            if let Some(f) = r.field("window") {
                r.record.take(f);
            }
        }
        _ => {}
    }
    Ok(())
}
