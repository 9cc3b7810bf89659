//! `vf N`: settings of a virtual function (`IFLA_VFINFO_LIST`).

use linkctl_kinds::link as base;
use linkctl_link::Seen;
use linkctl_link::numbers::{ETH_P_8021AD, ETH_P_8021Q, vf as attr};
use linkctl_schema::Safe;
use linkctl_wire::{Attrs, Writer, number as decode};

use crate::args::{Args, short};
use crate::number;
use crate::request::Request;
use crate::stop::Stop;
use crate::value;
use crate::world::Context;

/// How many bytes a link's address has; `None` where the link or its address is not there.
fn address_length(dev: &[u8], cx: &mut Context<'_>) -> Option<usize> {
    let index = cx.world.index(dev)?;
    let payload = cx.world.link(index)?;
    Seen::new(&payload)?.base.attr(base::ADDRESS.0.attr).map(<[u8]>::len)
}

/// Refuses an address that is not as long as the one that the link has.
pub fn fits(dev: &[u8], got: usize, cx: &mut Context<'_>) -> Result<(), Stop> {
    match address_length(dev, cx) {
        Some(want) if want != got => {
            Err(Stop::says(format_args!("Invalid address length {got} - must be {want} bytes"), 1))
        }
        _ => Ok(()),
    }
}

/// Rates as they are said: the old one, and the new pair.
#[derive(Default)]
struct Rates {
    tx: Option<u32>,
    min: Option<u32>,
    max: Option<u32>,
}

/// Reads settings up to the first word that is none; there must be one.
pub fn read(
    vf: u32,
    dev: &[u8],
    args: &mut Args<'_>,
    cx: &mut Context<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    let start = args.left();
    // The old rate is the new maximum wherever a later word uses the new pair.
    let paired = args.rest().iter().any(|w| short(w, "max_tx_rate") || short(w, "min_tx_rate"));
    let mut out = Writer::new();
    let mut rates = Rates::default();
    while let Some(word) = args.take() {
        if !setting(word, vf, dev, args, cx, &mut out, &mut rates)? {
            args.back();
            break;
        }
    }
    rate(vf, dev, paired, &rates, cx, &mut out)?;
    if args.left() == start {
        return Err(Stop::incomplete());
    }
    let inner = out.into_attrs().unwrap_or_default();
    let mut list = Writer::new();
    list.nest_plain(base::VFINFO_LIST.0.attr, |w| w.nest_plain(attr::INFO, |w| w.raw(&inner)));
    request.append(list);
    Ok(())
}

fn rate(
    vf: u32,
    dev: &[u8],
    paired: bool,
    rates: &Rates,
    cx: &mut Context<'_>,
    out: &mut Writer,
) -> Result<(), Stop> {
    if !paired {
        if let Some(tx) = rates.tx {
            out.put(attr::TX_RATE, &words(&[vf, tx]));
        }
        return Ok(());
    }
    let (mut min, mut max) = (rates.min, rates.max.or(rates.tx));
    if min.is_none() || max.is_none() {
        if cx.world.index(dev).is_none() {
            return Err(Stop::says(format_args!("Device {} does not exist", Safe(dev)), 1));
        }
        let (low, high) = present(vf, dev, cx).unwrap_or((0, 0));
        min = min.or(Some(low));
        max = max.or(Some(high));
    }
    let (min, max) = (min.unwrap_or(0), max.unwrap_or(0));
    if max != 0 && min > max {
        return Err(Stop::says(format_args!("Invalid min_tx_rate {min} - must be <= max_tx_rate {max}"), 1));
    }
    out.put(attr::RATE, &words(&[vf, min, max]));
    Ok(())
}

/// The rates that a function has.
fn present(vf: u32, dev: &[u8], cx: &mut Context<'_>) -> Option<(u32, u32)> {
    let index = cx.world.index(dev)?;
    let payload = cx.world.link(index)?;
    let list = Seen::new(&payload)?.base.attr(base::VFINFO_LIST.0.attr)?;
    Attrs::new(list).map_while(Result::ok).find_map(|info| {
        let rate = Attrs::new(info.data).find(attr::RATE)?;
        let at = |i: usize| rate.get(i * 4..i * 4 + 4).and_then(decode::u32);
        (at(0)? == vf).then_some((at(1)?, at(2)?))
    })
}

/// Numbers as they lie in a struct.
fn words(list: &[u32]) -> Vec<u8> {
    list.iter().flat_map(|n| n.to_ne_bytes()).collect()
}

/// One setting; `false` where the word is none.
fn setting(
    word: &[u8],
    vf: u32,
    dev: &[u8],
    args: &mut Args<'_>,
    cx: &mut Context<'_>,
    out: &mut Writer,
    rates: &mut Rates,
) -> Result<bool, Stop> {
    let switch = |name: &str, word: &[u8]| match word {
        b"on" => Ok(1),
        b"off" => Ok(0),
        _ => Err(Stop::one_of(name, &["off", "on"], word, 1)),
    };
    let mut number = |name: &str| {
        let word = args.value()?;
        let wrong = || Stop::argument(word, &format!("Invalid \"{name}\" value\n"));
        number::up_to(word, u32::MAX.into(), 0).map(|n| n as u32).ok_or_else(wrong)
    };
    if short(word, "mac") {
        let mac = value::mac(args.value()?)?;
        fits(dev, mac.as_bytes().len(), cx)?;
        let mut data = vf.to_ne_bytes().to_vec();
        data.extend(mac.as_bytes());
        data.resize(36, 0);
        out.put(attr::MAC, &data);
    } else if short(word, "vlan") {
        vlans(vf, args, out)?;
    } else if short(word, "rate") {
        rates.tx = Some(number("rate")?);
    } else if short(word, "max_tx_rate") {
        rates.max = Some(number("max tx rate")?);
    } else if short(word, "min_tx_rate") {
        rates.min = Some(number("min tx rate")?);
    } else if short(word, "spoofchk") {
        out.put(attr::SPOOFCHK, &words(&[vf, switch("spoofchk", args.value()?)?]));
    } else if short(word, "query_rss") {
        out.put(attr::RSS_QUERY, &words(&[vf, switch("query_rss", args.value()?)?]));
    } else if short(word, "trust") {
        out.put(attr::TRUST, &words(&[vf, switch("trust", args.value()?)?]));
    } else if short(word, "state") {
        let word = args.value()?;
        let states = ["auto", "enable", "disable"];
        let state = states.iter().position(|s| short(word, s));
        let state = state.ok_or_else(|| Stop::argument(word, "Invalid \"state\" value\n"))?;
        out.put(attr::LINK_STATE, &words(&[vf, state as u32]));
    } else if short(word, "node_guid") || short(word, "port_guid") {
        let attr = if short(word, "node_guid") { attr::NODE_GUID } else { attr::PORT_GUID };
        let word = args.value()?;
        let guid = guid(word).ok_or_else(|| Stop::argument(word, "Invalid GUID format\n"))?;
        let mut data = vf.to_ne_bytes().to_vec();
        data.extend([0; 4]); // the compiler's padding before eight bytes
        data.extend(guid.to_ne_bytes());
        out.put(attr, &data);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Eight bytes of two hexadecimal digits each, with colons between.
fn guid(word: &[u8]) -> Option<u64> {
    if word.len() != 23 {
        return None;
    }
    let parts: Option<Vec<u8>> =
        crate::args::text(word).split(':').map(|p| u8::from_str_radix(p, 16).ok()).collect();
    parts?.try_into().ok().map(u64::from_be_bytes)
}

/// `vlan V [qos Q] [proto P]`; behind one of 802.1ad another may stand.
fn vlans(vf: u32, args: &mut Args<'_>, out: &mut Writer) -> Result<(), Stop> {
    let mut list: Vec<(u32, u32, u16)> = Vec::new();
    loop {
        let word = args.value()?;
        let vlan =
            number::up_to(word, 4095, 0).ok_or_else(|| Stop::argument(word, "Invalid \"vlan\" value\n"))?;
        let (mut qos, mut proto) = (0, ETH_P_8021Q);
        if args.peek().is_some_and(|w| short(w, "qos")) {
            args.take();
            let word = args.value()?;
            let wrong = || Stop::argument(word, "Invalid \"qos\" value\n");
            qos = number::up_to(word, u32::MAX.into(), 0).ok_or_else(wrong)? as u32;
        }
        if args.peek().is_some_and(|w| short(w, "proto")) {
            args.take();
            let word = args.value()?;
            proto = match word.to_ascii_lowercase().as_slice() {
                b"802.1q" => ETH_P_8021Q,
                b"802.1ad" => ETH_P_8021AD,
                _ => return Err(Stop::argument(word, "protocol is invalid\n")),
            };
        }
        list.push((vlan as u32, qos, proto));
        let again = list.first().is_some_and(|(_, _, p)| *p == ETH_P_8021AD)
            && list.len() < 2
            && args.peek().is_some_and(|w| short(w, "vlan"));
        if !again {
            break;
        }
        args.take();
    }
    match list.as_slice() {
        [(vlan, qos, ETH_P_8021Q)] => out.put(attr::VLAN, &words(&[vf, *vlan, *qos])),
        all => out.nest_plain(attr::VLAN_LIST, |w| {
            for (vlan, qos, proto) in all {
                let mut data = words(&[vf, *vlan, *qos]);
                data.extend(proto.to_be_bytes());
                data.extend([0; 2]);
                w.put(attr::VLAN_INFO, &data);
            }
        }),
    }
    Ok(())
}
