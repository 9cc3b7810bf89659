//! `linkctl show`: links as the kernel has them.

use linkctl::kernel::Live;
use linkctl::kinds;
use linkctl::link::show::{self, Driver, Near, Options};
use linkctl::link::{Key, Seen, Snapshot};
use linkctl::schema::diff::diff;
use linkctl::schema::{Name, out::Out};

use super::{HERE, live, print, unread};
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::words::{self, About, Said};

/// What is written at once.
const CHUNK: usize = 64 * 1024;

/// Shows one link, or all that fit.
pub(crate) fn run(args: &args::Show, common: &Common) -> Result<(), Failure> {
    if args.as_goal {
        return super::as_goal::run(&args.words, common);
    }
    let mut live = live(common)?;
    let stats = common.json || args.statistics > 0;
    let options = Options {
        details: if common.json { args.details.max(1) } else { args.details },
        stats: if common.json { args.statistics.max(2) } else { args.statistics },
        oneline: args.oneline,
        ours: common.json || args.details > 0,
        ..Options::default()
    };
    let (name, filter) = split(&args.words)?;
    let driver = args.details > 0 || common.json && name.is_some();
    let json = common.json.then(|| Out::new(common.pretty));
    let mut out = Sink { options, driver, json, text: String::new() };
    if let Some(json) = &mut out.json {
        json.array();
    }
    let whole = match name {
        Some(name) => one(&mut live, name, filter.as_ref(), stats, &mut out)?,
        None => all(&mut live, filter.as_ref(), stats, &mut out)?,
    };
    out.end()?;
    if whole { Ok(()) } else { Err(unread(&linkctl::kernel::Error::Interrupted)) }
}

/// A first word that no setting answers to is a name; the rest is a filter.
fn split(words: &[std::ffi::OsString]) -> Result<(Option<Name>, Option<Said>), Failure> {
    let Some(first) = words.first() else { return Ok((None, None)) };
    let known = first.to_str().is_some_and(|w| {
        w == "type"
            || w == "down"
            || w == "nomaster"
            || w == "altname"
            || kinds::link::FIELDS.find(w).is_some()
    });
    let (name, rest) = if known { (None, words) } else { (Some(words::name(first)?), &words[1..]) };
    if rest.is_empty() {
        return Ok((name, None));
    }
    let said = words::read(&words::text(rest)?, About::default())?;
    if said.name.is_some() || said.netns.is_some() || said.peer.is_some() {
        return Err(Failure::usage(
            "name, netns and peer do not select links; write the name first, or use --netns",
        ));
    }
    Ok((name, Some(said)))
}

fn one(
    live: &mut Live,
    name: Name,
    filter: Option<&Said>,
    stats: bool,
    out: &mut Sink,
) -> Result<bool, Failure> {
    let key = Key::here(name);
    let Some((snapshot, key)) = live.one(&key, stats).map_err(|e| unread(&e))? else {
        return Err(crate::explain::no_link(live, &key));
    };
    if let Some((seen, near)) = snapshot.seen(&key)
        && filter.is_none_or(|f| fits(&snapshot, &key, f))
    {
        out.link(live, &seen, near)?;
    }
    Ok(true)
}

fn all(live: &mut Live, filter: Option<&Said>, stats: bool, out: &mut Sink) -> Result<bool, Failure> {
    let (snapshot, whole) = live.read(&[HERE], stats).map_err(|e| unread(&e))?;
    for (seen, near) in snapshot.in_order(&HERE) {
        let key = Key::here(seen.name().unwrap_or_default());
        if filter.is_none_or(|f| fits(&snapshot, &key, f)) {
            out.link(live, &seen, near)?;
        }
    }
    Ok(whole)
}

/// Whether a link is as a filter says: the same comparison as a plan's, so that `set` would have nothing to do.
fn fits(snapshot: &Snapshot, key: &Key, filter: &Said) -> bool {
    let Some(link) = snapshot.link(key) else { return false };
    let kind = filter.link.kind.is_none_or(|k| link.kind.is_some_and(|l| l.name == k.name));
    let port = filter.port.as_ref().is_none_or(|(_, want)| {
        link.port
            .as_ref()
            .is_some_and(|have| std::ptr::eq(have.fields(), want.fields()) && diff(have, want).is_empty())
    });
    let names: Vec<String> = match link.base.value(&kinds::link::ALTNAME.0) {
        Some(linkctl::schema::Value::List(list)) => list
            .iter()
            .filter_map(|v| match v {
                linkctl::schema::Value::Str(s) => Some(String::from_utf8_lossy(s).into_owned()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    kind && port
        && filter.altnames.iter().all(|n| names.contains(n))
        && diff(&link.base, &filter.link.base).is_empty()
        && (filter.link.data.is_empty() || diff(&link.data, &filter.link.data).is_empty())
}

/// Where links are written to, in one format.
struct Sink {
    options: Options,
    /// Ask ethtool too: a system call a link.
    driver: bool,
    json: Option<Out>,
    text: String,
}

impl Sink {
    fn link(&mut self, live: &mut Live, seen: &Seen<'_>, near: &dyn Near) -> Result<(), Failure> {
        let driver: Option<Driver> = match (self.driver, seen.name()) {
            (true, Some(name)) => live.driver(&Key::here(name)),
            _ => None,
        };
        if let Some(json) = &mut self.json {
            show::json::write(seen, near, self.options, driver.as_ref(), json);
        } else {
            show::text::write(seen, near, self.options, driver.as_ref(), &mut self.text);
        }
        self.flush(CHUNK)
    }

    fn flush(&mut self, least: usize) -> Result<(), Failure> {
        let text = match &mut self.json {
            Some(json) if json.len() >= least => json.drain(),
            None if self.text.len() >= least => std::mem::take(&mut self.text),
            _ => return Ok(()),
        };
        print(&text)
    }

    fn end(&mut self) -> Result<(), Failure> {
        if let Some(json) = &mut self.json {
            json.end_array();
            let text = json.drain();
            return print(&(text + "\n"));
        }
        self.flush(0)
    }
}
