//! From what the kernel said to what a person can do: gathers the facts, and lets `plan::explain` tell.

use linkctl::apply::Stopped;
use linkctl::kernel::{Error, Live, errno, netns as names, privilege};
use linkctl::link::{Goal, Key, Netns, Snapshot, World};
use linkctl::plan::explain::{self, Facts, Kind, Refused};
use linkctl::plan::{Act, Conflict};
use linkctl::schema::near::near;
use linkctl::schema::{Record, Safe};

use crate::commands::HERE;
use crate::exit::{Failure, Status};

/// Why the kernel could not be asked at all.
pub(crate) fn netns(error: &Error) -> Failure {
    match error {
        Error::Netns { path, errno: errno::ENOENT } => {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            let known = names::list().unwrap_or_default();
            let near = near(&name, known.iter().map(String::as_str), 3);
            let failure =
                Failure::new(Status::Refused, format!("there is no network namespace {}", path.display()));
            match (near.is_empty(), known.is_empty()) {
                (false, _) => failure.hint(format!("did you mean {}?", near.join(", "))),
                (true, false) => failure.hint(format!("there are: {}", known.join(", "))),
                (true, true) => failure.hint(format!("make it: ip netns add {}", Safe(name.as_bytes()))),
            }
        }
        Error::Netns { errno: errno::EPERM | errno::EACCES, .. }
        | Error::Io { call: "setns", errno: errno::EPERM } => Failure::new(Status::Denied, error)
            .hint("entering a network namespace needs CAP_SYS_ADMIN: run it with sudo"),
        _ => Failure::new(Status::Refused, error),
    }
}

/// No link has this name: which ones are near, and where else it is.
pub(crate) fn no_link(live: &mut Live, key: &Key) -> Failure {
    let mut failure = Failure::new(Status::Refused, format!("there is no link called {}", key.name))
        .kernel("no such device (ENODEV)");
    if let Ok((snapshot, _)) = live.read(std::slice::from_ref(&key.netns), false) {
        let known: Vec<String> = snapshot.keys().map(|k| k.name.to_string()).collect();
        let close = near(&key.name.to_string(), known.iter().map(String::as_str), 3);
        if !close.is_empty() {
            failure = failure.hint(format!("did you mean {}?", close.join(", ")));
        }
    }
    let found = elsewhere(live, key);
    if !found.is_empty() {
        let command = format!("linkctl --netns {} show {}", found[0], key.name);
        failure = failure.hint(format!("it is in the namespace {}: {command}", found.join(", ")));
    }
    failure
}

/// The named namespaces that have a link of this name.
fn elsewhere(live: &mut Live, key: &Key) -> Vec<String> {
    let mut out = Vec::new();
    for name in names::list().unwrap_or_default() {
        let Some(netns) = Netns::named(&name) else { continue };
        if let Ok(Some(_)) = live.one(&Key::new(netns, key.name), false) {
            out.push(name);
        }
    }
    out
}

/// Why a step of a plan was not carried out. `read` is what was read before, `world` the same decoded.
pub(crate) fn stopped(
    stopped: &Stopped,
    act: Option<&Act>,
    live: &mut Live,
    read: &Snapshot,
    world: &World,
) -> Failure {
    match (stopped, act) {
        (Stopped::Signal, _) => Failure::new(Status::RolledBack, "stopped by a signal"),
        (Stopped::Vanished { link, .. }, _) => Failure::new(
            Status::Refused,
            format!("{link} is not there any more: something deleted or renamed it"),
        )
        .hint("run the command again: it plans from what is there now"),
        (Stopped::Unmade { error, .. }, _) => Failure::new(Status::Refused, error),
        (Stopped::Refused { error: Error::Refused(no), .. }, Some(act)) => {
            refused(no, act, live, read, world)
        }
        (Stopped::Refused { error, .. }, _) => netns(error),
    }
}

fn refused(
    no: &linkctl::kernel::Refusal,
    act: &Act,
    live: &mut Live,
    read: &Snapshot,
    world: &World,
) -> Failure {
    let key = act.key().clone();
    // What was read for the plan may be one link, and the cause another.
    let whole = around(act, live);
    let (read, world) = whole.as_ref().map_or((read, world), |(r, w)| (r, w));
    let refused = Refused {
        errno: no.errno,
        message: no.message.as_ref().map(|m| String::from_utf8_lossy(m).into_owned()),
        offset: no.offset,
        missing: no.missing,
    };
    let facts = Facts {
        read,
        world,
        driver: live.driver(&key).map(|d| d.driver),
        elsewhere: if no.errno == errno::ENODEV { elsewhere(live, &key) } else { Vec::new() },
        privileged: privilege::has_net_admin(),
        user_namespace: privilege::in_user_namespace(),
    };
    let said = explain::explain(act, &refused, &facts);
    let status = match said.kind {
        Kind::Refused => Status::Refused,
        Kind::Denied => Status::Denied,
        Kind::Incapable => Status::Incapable,
    };
    let sentence = match &no.message {
        Some(text) => format!("{} ({})", Safe(text), errno::name(no.errno).unwrap_or("unknown")),
        None => errno::Errno(no.errno).to_string(),
    };
    let about = Some(Box::new((key, named(act, &said.what))));
    let failure = Failure { about, ..Failure::new(status, said.what).kernel(sentence) };
    said.hints.into_iter().fold(failure, Failure::hint)
}

/// The settings that an act is about: of several only those that an explanation names.
fn named(act: &Act, what: &str) -> Vec<&'static str> {
    let of = |r: &Record| r.iter().map(|(f, _)| f.name).collect::<Vec<_>>();
    let mut all = match act {
        Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r) => of(r),
        Act::Create { link, .. } => [of(&link.base), of(&link.data)].concat(),
        Act::Master(..) => vec!["master"],
        Act::Up(_) | Act::Down(_) => vec!["state"],
        Act::Altnames { .. } => vec!["altname"],
        _ => Vec::new(),
    };
    if all.len() > 1 {
        let words: Vec<&str> = what.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        all.retain(|f| words.contains(f));
    }
    all
}

/// Everything of the namespaces that an act is about, read anew.
fn around(act: &Act, live: &mut Live) -> Option<(Snapshot, World)> {
    let mut spaces = vec![act.key().netns.clone()];
    match act {
        Act::Move(_, to) => spaces.push(to.netns.clone()),
        Act::Create { link, peer, .. } => {
            spaces.extend(link.lower.iter().map(|k| k.netns.clone()));
            spaces.extend(peer.iter().map(|(k, _)| k.netns.clone()));
        }
        _ => {}
    }
    spaces.sort();
    spaces.dedup();
    let (read, _) = live.read(&spaces, false).ok()?;
    let world = read.world(|_| true);
    Some((read, world))
}

/// What the planner foresees, with what to do about it; nothing where the conflict says all that is known.
pub(crate) fn foreseen(conflict: &Conflict, goal: &Goal, read: &Snapshot, world: &World) -> Option<Failure> {
    let facts =
        Facts { read, world, driver: None, elsewhere: Vec::new(), privileged: true, user_namespace: false };
    let said = explain::foreseen(conflict, goal, &facts)?;
    Some(said.hints.into_iter().fold(Failure::new(Status::Refused, said.what), Failure::hint))
}

/// The link that a command names, and those that it names, read by one request each.
pub(crate) fn read_one(live: &mut Live, key: &Key) -> Result<(Snapshot, Key), Failure> {
    match live.one(key, linkctl::kernel::thorough()) {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(no_link(live, key)),
        Err(e) => Err(crate::commands::unread(&e)),
    }
}

/// Everything of the namespace that the command works in.
pub(crate) fn read_all(live: &mut Live) -> Result<Snapshot, Failure> {
    live.snapshot(&[HERE], false).map_err(|e| crate::commands::unread(&e))
}
