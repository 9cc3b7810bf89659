//! Tunnels over UDP but for VXLAN: what must be said, and what is sent though nobody said it.

use std::net::IpAddr;

use linkctl_kinds::{bareudp, geneve, gtp};
use linkctl_schema::iproute::Word;
use linkctl_schema::{Hops, Value};

use super::Odd;
use crate::args::text;
use crate::kind::Reading;
use crate::number;
use crate::stop::Stop;
use crate::usage;
use crate::value::{self, AF_UNSPEC};

pub(super) static GENEVE: Odd =
    Odd { kinds: &["geneve"], word: geneve_word, finish: geneve_finish, ..Odd::NONE };
pub(super) static BAREUDP: Odd = Odd {
    kinds: &["bareudp"],
    word: |r, row, _| {
        let n = value::ethertype(row, r.args.value()?)?;
        r.put(row.field, Value::Num(n.into()));
        Ok(())
    },
    finish: |r| {
        if r.record.get(bareudp::DSTPORT).is_none() {
            return Err(Stop::required("dstport"));
        }
        if r.get("ethertype").is_none() { Err(Stop::required("ethertype")) } else { Ok(()) }
    },
    ..Odd::NONE
};
pub(super) static AMT: Odd = Odd { kinds: &["amt"], word: amt_word, ..Odd::NONE };
pub(super) static GTP: Odd = Odd { kinds: &["gtp"], word: gtp_word, finish: gtp_finish, ..Odd::NONE };

fn geneve_word(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let word = r.args.value()?;
    if row.field == "ttl" {
        let hops = value::hops(word)?;
        r.put("ttl", Value::Hops(hops));
        return Ok(());
    }
    let address = value::address(word, AF_UNSPEC)?;
    if address.is_multicast() || value::is_any(text(word)) {
        return Err(Stop::argument(word, &format!("invalid {} address", row.field)));
    }
    r.put(row.field, Value::Ip(address));
    Ok(())
}

fn geneve_finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let says = |text: &str| Err(Stop::says(format_args!("geneve: {text}"), 1));
    let external = r.record.get(geneve::EXTERNAL) == Some(true);
    let id = r.record.get(geneve::ID).is_some();
    if external && id {
        return says("both 'external' and vni cannot be specified");
    }
    if !external && !id {
        return says("missing virtual network identifier");
    }
    if r.create && !external && r.get("remote").is_none() {
        return says("remote link partner not specified");
    }
    if !id {
        r.put("id", Value::Num(0));
    }
    if r.create {
        for name in ["flowlabel", "tos"] {
            if r.get(name).is_none() {
                r.put(name, Value::Num(0));
            }
        }
        match r.get("ttl") {
            None => r.put("ttl", Value::Hops(Hops::Auto)),
            // A number stands beside the word.
            Some(Value::Hops(Hops::Inherit)) => r.raw.put_u8(geneve::TTL.0.attr, 0),
            Some(_) => {}
        }
    }
    Ok(())
}

fn amt_word(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let word = r.args.value()?;
    if row.field == "mode" {
        let mode = ["gateway", "relay"].into_iter().find(|m| m.as_bytes() == word);
        let mode = mode.ok_or_else(|| Stop::says(usage::kind(r.kind).trim_end(), 1))?;
        r.put("mode", Value::Word(mode));
        return Ok(());
    }
    match value::address(word, AF_UNSPEC)? {
        a @ IpAddr::V4(_) => r.put(row.field, Value::Ip(a)),
        // iproute2 sends the first four bytes of it.
        IpAddr::V6(_) => return Err(Stop::argument(word, &format!("invalid {} address", row.field))),
    }
    Ok(())
}

fn gtp_word(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    let word = r.args.value()?;
    if row.field == "restart_count" {
        // Decimal, unlike others.
        let n = number::up_to(word, u8::MAX.into(), 10).ok_or_else(|| value::wrong(row, word))?;
        r.put(row.field, Value::Num(n));
        return Ok(());
    }
    let n = number::up_to(word, u32::MAX.into(), 0).ok_or_else(|| value::wrong(row, word))?;
    if n >= 1 << 17 {
        return Err(Stop::argument(word, "PDP hash size too big"));
    }
    r.put(row.field, Value::Num(n));
    Ok(())
}

/// The kernel opens the sockets: no program hands over its own.
fn gtp_finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    if r.record.get(gtp::ROLE).is_none() {
        return Err(Stop::says("gtp: role of the gtp device was not specified", 1));
    }
    if r.record.get(gtp::HSIZE).is_none() {
        r.put("hsize", Value::Num(1024));
    }
    r.put("create_sockets", Value::Bool(true));
    Ok(())
}
