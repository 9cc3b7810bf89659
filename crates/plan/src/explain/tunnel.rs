//! Tunnels: what is put around them, and what ERSPAN wants.

use linkctl_schema::{Record, Safe, Type, Value};

use super::case::{Case, named};
use super::errno::EINVAL;
use super::rule::{On, Rule, rule};
use super::{Kind, Said, words};

pub(super) static RULES: &[Rule] = &[
    rule(
        On::Data(&["gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl"]),
        &[EINVAL],
        "",
        "what puts a tunnel into UDP is a module of its own, and not loaded",
        encap,
    ),
    rule(
        On::Data(&["erspan", "ip6erspan"]),
        &[EINVAL],
        "",
        "ERSPAN of types II and III takes keys and sequence numbers, and nothing else",
        erspan,
    ),
];

fn encap(case: &Case<'_>) -> Option<Said> {
    let word = |r: &Record| match named(r, "encap") {
        Some(Value::Word(word)) if *word != "none" => Some(*word),
        _ => None,
    };
    let wanted = word(case.data()?)?;
    // One that is there already shows that the module is.
    let had = case.created().is_none().then(|| case.at(case.key).and_then(|l| word(&l.data))).flatten();
    if had.is_some() || !case.bare() {
        return None;
    }
    let six = case.data()?.fields().list().iter().any(|f| f.name == "remote" && f.ty == Type::Ip6);
    let module = if six { "fou6" } else { "fou" };
    let what = format!(
        "the kernel refuses to {}: it cannot put it into {wanted}, for which the module {module} has to be there",
        words::infinitive(case.act)
    );
    Some(
        case.say(what)
            .hint(format!("load it: sudo modprobe {module}"))
            .hint("a container cannot load modules: do it on its host")
            .of(Kind::Incapable),
    )
}

fn erspan(case: &Case<'_>) -> Option<Said> {
    let record = case.data()?;
    let kind = Safe(case.kind_word()).to_string();
    let first = kind == "erspan" && matches!(named(record, "erspan_ver"), Some(Value::Num(0)));
    let external = matches!(named(record, "external"), Some(Value::Bool(true)));
    let on = |name| match named(record, name) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Num(_)) => true,
        _ => false,
    };
    let fits = (on("ikey") || on("okey")) && (on("iseq") || on("oseq")) && !on("icsum") && !on("ocsum");
    if first || external || fits {
        return None;
    }
    let said = case.say(format!("an {kind} takes keys and sequence numbers, and no checksums"));
    Some(said.hint("say ikey NUMBER okey NUMBER iseq oseq, and neither icsum nor ocsum"))
}
