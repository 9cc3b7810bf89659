//! Usage texts, from the tables and in our words.

use std::fmt::Write;

use linkctl_schema::Kind;
use linkctl_schema::iproute::Takes;

/// What iproute2 calls a kind: ports have `_slave` behind their master's name.
pub fn called(kind: &Kind) -> String {
    let port = linkctl_kinds::KINDS.iter().any(|k| k.ports.is_some_and(|p| std::ptr::eq(p, kind)));
    if port { format!("{}_slave", kind.name) } else { kind.name.to_owned() }
}

/// The kind that a word behind `type` means, or the ports of one.
pub fn kind_of(word: &[u8]) -> Option<&'static Kind> {
    let word = crate::args::text(word);
    match word.strip_suffix("_slave") {
        Some(master) => linkctl_kinds::port(master),
        None => linkctl_kinds::kind(word),
    }
}

/// The settings of a kind.
pub fn kind(kind: &Kind) -> String {
    let mut out = format!("Usage: ... type {}\n", called(kind));
    for row in kind.iproute.words {
        let words: Vec<&str> = row.spellings().map(|(word, _)| word).collect();
        let field = kind.fields.list().iter().find(|f| f.name == row.field);
        let value = match (row.takes, field) {
            (Takes::Nothing(_), _) => String::new(),
            (_, Some(f)) => {
                let usage = linkctl_schema::docs::usage(f);
                usage.split_once(' ').map_or(String::new(), |(_, rest)| format!(" {rest}"))
            }
            (_, None) => " ...".into(),
        };
        let _ = writeln!(out, "         [ {}{value} ]", words.join(" | "));
    }
    out
}

/// The verbs of `ip link`.
pub fn link() -> String {
    let mut out = String::from(
        "Usage: ip link { add | replace } [ link DEV ] [ name ] NAME [ OPTION... ] type KIND [ ARGS ]\n\
         \x20      ip link { set | change } { DEVICE | dev DEVICE | group GROUP } [ OPTION... ] [ type KIND ARGS ]\n\
         \x20      ip link delete { DEVICE | dev DEVICE | group GROUP } [ type KIND ARGS ]\n\
         \x20      ip link show [ DEVICE | group GROUP ] [ up | down ] [ master DEV ] [ vrf NAME ] [ nomaster ] [ type KIND ] [ novf ]\n\
         \x20      ip link property { add | del } dev DEVICE { altname NAME }...\n\
         \x20      ip link xstats type KIND [ ARGS ]\n\
         \x20      ip link afstats [ dev DEVICE ]\n\
         \x20      ip link help [ KIND ]\n\
         OPTION := { up | down",
    );
    for row in linkctl_kinds::link::IPROUTE {
        if let Some((word, _)) = row.spellings().next().filter(|(w, _)| *w != "up" && *w != "down") {
            let _ = write!(out, " | {word}");
        }
    }
    out.push_str(" }\nKIND := {");
    for (i, kind) in linkctl_kinds::KINDS.iter().enumerate() {
        let _ = write!(out, "{} {}", if i == 0 { "" } else { " |" }, kind.name);
    }
    out.push_str(" }\n");
    out
}

/// Objects and options of `ip`.
pub fn ip() -> String {
    "Usage: ip [ OPTION... ] OBJECT { COMMAND | help }\n\
     \x20      ip [ -force ] -batch FILE\n\
     OBJECT := link, monitor link (linkctl's own); all others are handed to the next ip on PATH\n\
     OPTION := -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] | -h[uman-readable] | -iec | -j[son] | -p[retty] |\n\
     \x20         -f[amily] { inet | inet6 | mpls | bridge | link } | -4 | -6 | -M | -B | -0 | -l[oops] N | -br[ief] |\n\
     \x20         -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] FILE | -rc[vbuf] SIZE | -n[etns] NAME | -N[umeric] |\n\
     \x20         -a[ll] | -c[olor][=always|auto|never] | -force | -echo\n"
        .to_owned()
}

/// Objects and options of `bridge`.
pub fn bridge() -> String {
    "Usage: bridge [ OPTION... ] OBJECT { COMMAND | help }\n\
     \x20      bridge [ -force ] -batch FILE\n\
     OBJECT := link, monitor link (linkctl's own); all others are handed to the next bridge on PATH\n\
     OPTION := -V[ersion] | -s[tatistics] | -n[etns] NAME | -com[pressvlans] | -c[olor][=always|auto|never] | -p[retty] |\n\
     \x20         -j[son] | -o[neline] | -t[imestamp] | -d[etails]\n"
        .to_owned()
}

/// The verbs of `bridge link`.
pub fn bridge_link() -> String {
    let mut out = String::from("Usage: bridge link set dev DEV");
    for (name, what) in crate::bridge::words() {
        let _ = write!(out, " [ {name}{what} ]");
    }
    out.push_str(" [ self ] [ master ]\n       bridge link show [ dev DEV ] [ master DEVICE ]\n");
    out
}

/// What `ip monitor` takes.
pub fn monitor() -> String {
    "Usage: ip monitor [ link ] [ file FILE ] [ label ] [ all-nsid ] [ dev DEVICE ]\n\
     \x20      other objects are handed to the next ip on PATH\n"
        .to_owned()
}
