//! VXLAN: what excludes what, and what is sent though nobody said it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use linkctl_kinds::vxlan;
use linkctl_schema::Value;
use linkctl_schema::iproute::Word;

use super::Odd;
use crate::args::text;
use crate::kind::Reading;
use crate::number;
use crate::stop::Stop;
use crate::value::{self, AF_INET, AF_INET6, AF_UNSPEC};

/// The port that IANA has for VXLAN-GPE.
const GPE_PORT: u16 = 4790;

pub(super) static ODD: Odd = Odd { kinds: &["vxlan"], word: own, finish, ..Odd::NONE };

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    match value::called(row) {
        "group" => {
            group_or_remote(r, "group")?;
            let address = address(r, "group")?;
            r.put("remote", Value::Ip(address));
        }
        "remote" => {
            group_or_remote(r, "remote")?;
            let address = address(r, "remote")?;
            r.put("remote", Value::Ip(address));
        }
        "local" => {
            let address = address(r, "local")?;
            r.put("local", Value::Ip(address));
        }
        "ttl" => {
            let hops = value::hops(r.args.value()?)?;
            r.put("ttl", Value::Hops(hops));
        }
        "port" => {
            let port = |r: &mut Reading<'_, '_, '_>, wrong| {
                let word = r.args.value()?;
                number::up_to(word, u16::MAX.into(), 0).ok_or_else(|| Stop::argument(word, wrong))
            };
            let (low, high) = (port(r, "min port")?, port(r, "max port")?);
            r.put("srcport", Value::Range(low as u16, high as u16));
        }
        "reserved_bits" => {
            let word = r.args.value()?;
            r.once("reserved_bits", text(word), word)?;
            let n = number::up_to(word, u64::MAX, 0).ok_or_else(|| value::wrong(row, word))?;
            r.put("reserved_bits", Value::Num(n));
        }
        _ => {}
    }
    Ok(())
}

/// Each of the two may stand once.
fn group_or_remote(r: &mut Reading<'_, '_, '_>, which: &'static str) -> Result<(), Stop> {
    let word = r.args.peek().ok_or_else(Stop::incomplete)?;
    let (key, other) = if which == "group" { ("group", "remote host") } else { ("remote host", "group") };
    r.once(key, which, word)?;
    if r.was_said(other) {
        return Err(Stop::says("vxlan: both group and remote cannot be specified", 1));
    }
    Ok(())
}

/// The family that later addresses must have: that of the first, or the command line's.
fn family(r: &Reading<'_, '_, '_>) -> u8 {
    let said = r.get("remote").or_else(|| r.get("local"));
    match said {
        Some(Value::Ip(IpAddr::V4(_))) => AF_INET,
        Some(Value::Ip(IpAddr::V6(_))) => AF_INET6,
        _ => match r.cx.mood.family {
            AF_INET => AF_INET,
            AF_INET6 => AF_INET6,
            _ => AF_UNSPEC,
        },
    }
}

/// An address that fits its word: a group is multicast, a remote end and one's own are not.
fn address(r: &mut Reading<'_, '_, '_>, which: &str) -> Result<IpAddr, Stop> {
    let word = r.args.value()?;
    let address = value::address(word, family(r))?;
    let fits = match which {
        "group" => address.is_multicast(),
        "local" => !address.is_multicast() && !value::is_any(text(word)),
        _ => !address.is_multicast(),
    };
    if fits { Ok(address) } else { Err(Stop::argument(word, &format!("invalid {which} address"))) }
}

fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let says = |text: &str| Err(Stop::says(format_args!("vxlan: {text}"), 1));
    let external = r.record.get(vxlan::EXTERNAL) == Some(true);
    let id = r.record.get(vxlan::ID).is_some();
    if external && id {
        return says("both 'external' and vni cannot be specified");
    }
    if r.record.get(vxlan::VNIFILTER) == Some(true) && !external {
        return says("vnifilter is valid only when 'external' is set");
    }
    if r.create && !external && !id {
        return says("missing virtual network identifier");
    }
    let group = r.was_said("group") && r.record.get(vxlan::REMOTE).is_some_and(|a| a.is_multicast());
    if group && r.get("dev").is_none() {
        return says("'group' requires 'dev' to be specified");
    }
    sent_anyway(r, external);
    Ok(())
}

/// What iproute2 sends though nobody said it.
fn sent_anyway(r: &mut Reading<'_, '_, '_>, external: bool) {
    let gpe = r.record.get(vxlan::GPE) == Some(true);
    if gpe && r.get("dstport").is_none() {
        r.put("dstport", Value::Num(GPE_PORT.into()));
    }
    if r.create && r.get("dstport").is_none() {
        r.cx.world.warn(
            "vxlan: destination port not specified\n\
             Will use Linux kernel default (non-standard value)\n\
             Use 'dstport 4789' to get the IANA assigned value\n\
             Use 'dstport 0' to get default and quiet this message\n",
        );
    }
    // It learns unless told otherwise; `external` says that it does not, and whichever is said last counts.
    let said = r.was_said("learning");
    if external && !(said && r.follows("learning", "external")) {
        r.put("learning", Value::Bool(false));
    } else if !said {
        r.put("learning", Value::Bool(true));
    }
    if !r.create && !said {
        r.record.take(&vxlan::LEARNING.0);
    }
    if r.get("remote").is_none() && r.get("local").is_none() {
        match r.cx.mood.family {
            AF_INET => r.put("remote", Value::Ip(Ipv4Addr::UNSPECIFIED.into())),
            AF_INET6 => r.put("remote", Value::Ip(Ipv6Addr::UNSPECIFIED.into())),
            _ => {}
        }
    }
}
