//! The verbs of `ip link`, and what becomes of each.

use linkctl_kinds::link as base;
use linkctl_link::Seen;
use linkctl_link::numbers::{
    IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_INFO_SLAVE_DATA, IFLA_LINKINFO, RTM_DELLINK, RTM_DELLINKPROP,
    RTM_NEWLINK, RTM_NEWLINKPROP,
};
use linkctl_schema::Safe;
use linkctl_schema::iproute::Unknown;
use linkctl_wire::{NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, Writer};

use crate::args::{Args, short};
use crate::base::Said;
use crate::request::Request;
use crate::show::{self, Shown};
use crate::stats::{self, Xstats};
use crate::stop::Stop;
use crate::world::Context;
use crate::{kind, usage};

/// What a command line asks for.
#[derive(Debug)]
pub enum Command {
    /// A request that changes something.
    Change(Request),
    /// Links to show.
    Show(Shown),
    /// Counters of a kind's own.
    Xstats(Xstats),
    /// Counters by address family: of the link of that name, or of all.
    Afstats(Option<Vec<u8>>),
}

/// Reads what stands behind `link`.
pub fn link(words: &[Vec<u8>], cx: &mut Context<'_>) -> Result<Command, Stop> {
    let mut args = Args::new(words);
    let Some(verb) = args.take() else { return show::read(&mut args, cx).map(Command::Show) };
    let is = |word: &str| short(verb, word);
    if is("add") {
        modify(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &mut args, cx)
    } else if is("set") || is("change") {
        modify(RTM_NEWLINK, 0, &mut args, cx)
    } else if is("replace") {
        modify(RTM_NEWLINK, NLM_F_CREATE | NLM_F_REPLACE, &mut args, cx)
    } else if is("delete") {
        modify(RTM_DELLINK, 0, &mut args, cx)
    } else if is("show") || is("lst") || is("list") {
        show::read(&mut args, cx).map(Command::Show)
    } else if is("xstats") {
        stats::xstats(&mut args, cx).map(Command::Xstats)
    } else if is("afstats") {
        stats::afstats(&mut args)
    } else if is("property") {
        property(&mut args, cx)
    } else if is("help") {
        Err(help(&mut args))
    } else {
        let verb = Safe(verb);
        Err(Stop::exits(format_args!("Command \"{verb}\" is unknown, try \"ip link help\"."), 255))
    }
}

/// Usage of a kind to standard output, or of all.
fn help(args: &mut Args<'_>) -> Stop {
    match args.take().and_then(usage::kind_of) {
        Some(kind) if !matches!(kind.iproute.unknown, Unknown::Stranger | Unknown::Unread) => {
            Stop::says(usage::kind(kind).trim_end(), 0).aloud()
        }
        _ => Stop::exits(usage::link().trim_end(), 255),
    }
}

fn modify(what: u16, flags: u16, args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Command, Stop> {
    let create = flags & NLM_F_CREATE != 0;
    let mut said = crate::base::read(args, cx)?;
    (said.request.kind, said.request.flags, said.request.family) = (what, flags, cx.mood.family);
    said.wished(create)?;
    if let Some(group) = said.group {
        if said.dev.is_none() {
            return whole_group(said, group, args, create);
        }
        said.request.put_u32(base::GROUP.0.attr, group);
    }
    said.resolve(cx)?;
    if create {
        said.fresh(cx)?;
    } else {
        said.existing(cx)?;
    }
    if what == RTM_DELLINK
        && let Some(word) = said.kind
    {
        is_of(&said, word, cx)?;
    }
    match said.kind {
        Some(word) => typed(&mut said, word, args, create, cx)?,
        None if create => {
            return Err(Stop::says("Not enough information: \"type\" argument is required", 1));
        }
        None => {}
    }
    Ok(Command::Change(said.request))
}

/// Refuses to delete a link of another kind than the one that was said: the kernel would not look.
fn is_of(said: &Said<'_>, word: &[u8], cx: &mut Context<'_>) -> Result<(), Stop> {
    let Some(payload) = cx.world.link(said.request.index) else { return Ok(()) };
    let Some(seen) = Seen::new(&payload) else { return Ok(()) };
    let port = word.strip_suffix(b"_slave");
    let (have, want) = port.map_or((seen.kind_word(), word), |master| (seen.port_word(), master));
    if have == want {
        return Ok(());
    }
    let dev = Safe(said.dev.unwrap_or_default());
    let (what, kind) = (if port.is_some() { "port of a " } else { "" }, Safe(want));
    let is = if have.is_empty() { "of no kind".to_owned() } else { format!("{what}{}", Safe(have)) };
    Err(Stop::says(format_args!("Error: {dev} is {is}, not {what}{kind}: nothing was deleted."), 2))
}

/// Without a link: all of a group.
fn whole_group(mut said: Said<'_>, group: u32, args: &Args<'_>, create: bool) -> Result<Command, Stop> {
    if let Some(word) = args.peek() {
        return Err(Stop::garbage(word).ending(255));
    }
    if create {
        return Err(Stop::exits("group cannot be used when creating devices.", 255));
    }
    said.request.put_u32(base::GROUP.0.attr, group);
    Ok(Command::Change(said.request))
}

/// `type KIND` and the kind's words: `IFLA_LINKINFO`.
fn typed(
    said: &mut Said<'_>,
    word: &[u8],
    args: &mut Args<'_>,
    create: bool,
    cx: &mut Context<'_>,
) -> Result<(), Stop> {
    let data = match (usage::kind_of(word), args.peek()) {
        (_, None) => None,
        (Some(known), Some(first)) if known.iproute.words.is_empty() => return Err(stray(first)),
        (Some(known), Some(_)) => {
            let read = kind::read(known, args, create, said.request.index, cx);
            // Whatever a kind returns, iproute2 makes a 1 of it.
            Some(read.map_err(|stop| Stop { status: if stop.ends { stop.status } else { 1 }, ..stop })?)
        }
        (None, Some(first)) => return Err(stray(first)),
    };
    let attr = if word.ends_with(b"_slave") { IFLA_INFO_SLAVE_DATA } else { IFLA_INFO_DATA };
    let mut out = Writer::new();
    out.nest_plain(IFLA_LINKINFO, |w| {
        // No word at all is one, too: the kernel wants a byte.
        w.put(IFLA_INFO_KIND, if word.is_empty() { b"\0" } else { word });
        if let Some(data) = data {
            w.nest_plain(attr, |w| w.raw(&data));
        }
    });
    said.request.append(out);
    Ok(())
}

/// Words behind a kind that has none.
fn stray(word: &[u8]) -> Stop {
    if short(word, "help") { Stop::exits(usage::link().trim_end(), 255) } else { Stop::garbage(word) }
}

/// `property { add | del } [ dev ] LINK { altname NAME }...`
fn property(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Command, Stop> {
    let Some(verb) = args.take() else { return Err(Stop::exits(usage::link().trim_end(), 255)) };
    let (kind, flags) = if short(verb, "add") {
        (RTM_NEWLINKPROP, NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND)
    } else if short(verb, "del") {
        (RTM_DELLINKPROP, 0)
    } else if short(verb, "help") {
        return Err(Stop::exits(usage::link().trim_end(), 255));
    } else {
        return Err(Stop::exits("Operator required", 255));
    };
    let (mut dev, mut names) = (None, Vec::new());
    while let Some(word) = args.take() {
        if short(word, "altname") {
            let name = args.value()?;
            if name.is_empty() || name.len() >= 128 {
                return Err(Stop::argument(name, "not a valid altname"));
            }
            names.push(name);
            continue;
        }
        if short(word, "help") {
            return Err(Stop::exits(usage::link().trim_end(), 255));
        }
        let word = if word == b"dev" { args.value()? } else { word };
        if dev.is_some() {
            return Err(Stop::either("dev", word));
        }
        if word.is_empty() || word.len() >= 128 {
            return Err(Stop::argument(word, "\"dev\" not a valid ifname"));
        }
        dev = Some(word);
    }
    let dev =
        dev.ok_or_else(|| Stop::exits("Not enough of information: \"dev\" argument is required.", 255))?;
    let index = cx.world.index(dev).ok_or_else(|| Stop::no_device(dev))?;
    let mut request = Request { kind, flags, family: cx.mood.family, index, ..Request::default() };
    let mut out = Writer::new();
    out.nest(base::PROP_LIST, |w| {
        names.iter().for_each(|name| w.put(base::ALT_IFNAME, &[name, &b"\0"[..]].concat()));
    });
    request.append(out);
    Ok(Command::Change(request))
}
