//! A plan as plain `ip` commands, one a line, safe to paste into a POSIX shell.

use std::collections::BTreeMap;

use linkctl_link::{Key, Link, Netns, World, message};
use linkctl_schema::Record;

use super::words::{Word, record, tell_early, word};
use crate::act::{Act, Plan};

/// Stands for the pid of the shell that runs the commands, whose namespace is the one that the plan is for. No name
/// holds a NUL.
const SHELL: &[u8] = b"\0shell";

/// The commands, in order. `have` is the world that the plan was made for: it tells the kinds of links.
///
/// Names and texts are quoted, so that no byte of them means anything to the shell. Settings that iproute2 has no
/// word for are given by the name that they have here.
pub fn commands(plan: &Plan, have: &World) -> Vec<String> {
    let mut kinds: BTreeMap<Key, Word> = BTreeMap::new();
    let mut out = Vec::new();
    for step in &plan.steps {
        let known = |k: &Key| kinds.get(k).cloned().or_else(|| have.get(k).map(|l| word(l.kind_word())));
        let kind = known(step.act.key()).unwrap_or_default();
        match &step.act {
            Act::Create { key, link, .. } => {
                kinds.insert(key.clone(), word(link.kind_word()));
            }
            Act::Rename(key, name) => {
                kinds.insert(key.beside(*name), kind.clone());
            }
            Act::Move(_, to) => {
                kinds.insert(to.clone(), kind.clone());
            }
            _ => {}
        }
        out.extend(super::nic::switched(&step.act, have).unwrap_or_else(|| act(&step.act, &kind)));
    }
    out
}

fn act(act: &Act, kind: &[u8]) -> Vec<String> {
    let key = act.key();
    let set = |more: Vec<Word>| {
        vec![line(&key.netns, [words(&["link", "set", "dev"]), vec![name(key)], more].concat())]
    };
    match act {
        Act::Create { key, link, peer } => vec![create(key, link, peer.as_ref().map(|(k, l)| (k, &**l)))],
        Act::Delete(key) => {
            vec![line(&key.netns, [words(&["link", "del", "dev"]), vec![name(key)]].concat())]
        }
        Act::Base(_, r) => set(record(r)),
        Act::Altnames { add, remove, .. } => [("del", remove), ("add", add)]
            .into_iter()
            .filter(|(_, n)| !n.is_empty())
            .map(|(verb, names)| {
                let names = names.iter().filter_map(|n| match n {
                    linkctl_schema::Value::Str(n) => Some([word("altname"), n.to_vec()]),
                    _ => None,
                });
                let head = [words(&["link", "property", verb, "dev"]), vec![name(key)]].concat();
                line(&key.netns, head.into_iter().chain(names.flatten()).collect())
            })
            .collect(),
        Act::Data(_, r) => set([vec![word("type"), kind.to_vec()], record(r)].concat()),
        Act::Port(_, r) => set([vec![word("type"), port(r)], record(r)].concat()),
        Act::Ethtool(key, r) => super::nic::ethtool(key, r),
        Act::Functions(key, count) => vec![super::nic::functions(key, *count)],
        Act::Function(_, number, r) => {
            set([words(&["vf", &number.to_string()]), super::nic::function(r)].concat())
        }
        Act::NewNetns(key) => {
            vec![line(&Netns::HERE, [words(&["netns", "add"]), vec![space(&key.netns)]].concat())]
        }
        Act::DropNetns(key) => {
            vec![line(&Netns::HERE, [words(&["netns", "del"]), vec![space(&key.netns)]].concat())]
        }
        Act::Master(_, None) => set(words(&["nomaster"])),
        Act::Master(_, Some(master)) => set(vec![word("master"), word(master.as_bytes())]),
        Act::Rename(_, to) => set(vec![word("name"), word(to.as_bytes())]),
        Act::Move(_, to) => {
            set([vec![word("netns")], vec![space(&to.netns)], vec![word("name"), name(to)]].concat())
        }
        Act::Up(_) => set(words(&["up"])),
        Act::Down(_) => set(words(&["down"])),
    }
}

fn create(key: &Key, link: &Link, peer: Option<(&Key, &Link)>) -> String {
    let from = message::created_from(key, link);
    let mut out = words(&["link", "add"]);
    if let Some(lower) = &link.lower {
        out.extend([word("link"), name(lower)]);
    }
    out.extend([word("name"), name(key)]);
    if from != &key.netns {
        out.extend([word("netns"), space(&key.netns)]);
    }
    out.extend(early(&link.base));
    out.extend([word("type"), word(link.kind_word())]);
    out.extend(record(&link.data));
    if let Some((other, end)) = peer {
        out.extend([word("peer"), word("name"), name(other)]);
        if &other.netns != from {
            out.extend([word("netns"), space(&other.netns)]);
        }
        out.extend(early(&end.base));
    }
    line(from, out)
}

/// Base settings as they stand in `add`.
fn early(base: &Record) -> Vec<Word> {
    let mut out = Vec::new();
    tell_early(base, &mut |w| out.push(w.to_vec()));
    out
}

fn port(settings: &Record) -> Word {
    let master = linkctl_kinds::KINDS
        .iter()
        .find(|k| k.ports.is_some_and(|p| std::ptr::eq(p.fields, settings.fields())));
    word(format!("{}_slave", master.map_or("", |k| k.name)))
}

pub(super) fn name(key: &Key) -> Word {
    word(key.name.as_bytes())
}

fn space(netns: &Netns) -> Word {
    netns.name().map_or_else(|| word(SHELL), word)
}

pub(super) fn words(list: &[&str]) -> Vec<Word> {
    list.iter().map(word).collect()
}

fn line(netns: &Netns, words: Vec<Word>) -> String {
    let head = netns.name().map_or_else(Vec::new, |n| vec![word("-n"), word(n)]);
    let all = std::iter::once(word("ip")).chain(head).chain(words);
    all.map(|w| quoted(&w)).collect::<Vec<_>>().join(" ")
}

/// A word as the shell takes it literally. Bytes that are no printable text are written as octal escapes that
/// `printf` resolves, for POSIX has no other way.
pub(super) fn quoted(word: &[u8]) -> String {
    let safe = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:,@+=".contains(b);
    if word == SHELL {
        return "$$".into();
    }
    if !word.is_empty() && word.iter().all(safe) {
        return String::from_utf8_lossy(word).into_owned();
    }
    match std::str::from_utf8(word) {
        Ok(text) if !text.chars().any(hidden) => format!("'{}'", text.replace('\'', "'\\''")),
        _ => {
            let octal: String = word
                .iter()
                .map(|b| if safe(b) { char::from(*b).to_string() } else { format!("\\{b:03o}") })
                .collect();
            format!("\"$(printf '{octal}')\"")
        }
    }
}

/// Characters that a terminal might act on or hide.
fn hidden(c: char) -> bool {
    c.is_control() || linkctl_schema::Safe(c.encode_utf8(&mut [0; 4]).as_bytes()).to_string() != c.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_means_anything_to_the_shell() {
        for (raw, shown) in [
            (&b"eth0"[..], "eth0"),
            (b"", "''"),
            (b"a b;rm -rf /", "'a b;rm -rf /'"),
            (SHELL, "$$"),
            (b"$$", "'$$'"),
            (b"it's", "'it'\\''s'"),
            (b"$(x)`y`", "'$(x)`y`'"),
            (b"a\nb", "\"$(printf 'a\\012b')\""),
            (b"\xff%s", "\"$(printf '\\377\\045s')\""),
        ] {
            assert_eq!(quoted(raw), shown);
        }
    }
}
