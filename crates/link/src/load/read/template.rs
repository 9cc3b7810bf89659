//! Templates: many links from one, counted or from lists.
//!
//! `for` says which values each variable takes; every combination makes a link, the last variable being the fastest.
//! There is nothing to compute but a sum: a template is a form to fill in, no program.

use linkctl_schema::near::near;

use super::{get, scalar};
use crate::load::error::{Fault, Faults, Trail, clip};
use crate::load::limits::{Budget, MOST_LINKS};
use crate::load::node::{At, Node, What, Word};
use crate::load::{fill, stranger};

/// How many links and values templates may still make.
pub(super) struct Room {
    pub(super) links: usize,
    pub(super) values: Budget,
}

/// Whether a link stands for many.
pub(super) fn is(node: &Node<'_>) -> bool {
    get(node, "for").is_some() || get(node, "count").is_some()
}

/// What a variable takes: numbers from one to another, or a word.
enum Item<'n> {
    Range(u64, u64),
    Word(&'n str),
}

/// A variable, and all that it takes.
struct Var<'n> {
    name: &'n str,
    items: Vec<Item<'n>>,
    len: usize,
}

impl<'n> Var<'n> {
    /// The value at a place among all.
    fn at(&self, mut place: usize) -> fill::Value<'n> {
        for item in &self.items {
            match *item {
                Item::Range(low, high) => match high - low {
                    more if place as u64 <= more => return fill::Value::Number(low + place as u64),
                    more => place -= usize::try_from(more).unwrap_or(usize::MAX) + 1,
                },
                Item::Word(word) if place == 0 => return fill::Value::Word(word),
                Item::Word(_) => place -= 1,
            }
        }
        fill::Value::Word("")
    }
}

/// The links that a template makes; none where it is wrong, which is told once.
pub(super) fn expand(
    word: &Word<'_>,
    node: &Node<'_>,
    trail: &Trail<'_>,
    room: &mut Room,
    faults: &mut Faults,
) -> Vec<(Word<'static>, Node<'static>)> {
    let made = vars(word, node, trail).and_then(|vars| many(word, node, &vars, trail, room));
    made.unwrap_or_else(|fault| {
        faults.push(*fault);
        Vec::new()
    })
}

type Outcome<T> = Result<T, Box<Fault>>;

fn wrong<T>(at: At, trail: &Trail<'_>, what: impl Into<String>) -> Outcome<T> {
    Err(Box::new(Fault::new(at, trail, what)))
}

fn many(
    word: &Word<'_>,
    node: &Node<'_>,
    vars: &[Var<'_>],
    trail: &Trail<'_>,
    room: &mut Room,
) -> Outcome<Vec<(Word<'static>, Node<'static>)>> {
    let all = vars.iter().try_fold(1usize, |n, v| n.checked_mul(v.len)).filter(|n| *n <= room.links);
    let Some(all) = all else {
        return wrong(word.at, trail, format!("templates make at most {MOST_LINKS} links together"));
    };
    room.links -= all;
    let values = node.measure().0.saturating_mul(all);
    room.values.spend(values, word.at)?;
    let names: Vec<&str> = std::iter::once(&*word.text)
        .chain(["name", "netns"].iter().filter_map(|w| scalar(get(node, w)?)))
        .collect();
    if let Some(var) = vars.iter().find(|v| v.len > 1 && !names.iter().any(|n| fill::names(n, v.name))) {
        let what = format!("all these links would have one name: {{{}}} is missing in it", var.name);
        return wrong(word.at, trail, what);
    }
    let mut out = Vec::with_capacity(all);
    for place in 0..all {
        let (mut rest, mut values) = (place, Vec::with_capacity(vars.len()));
        for var in vars.iter().rev() {
            values.push((var.name, var.at(rest % var.len)));
            rest /= var.len;
        }
        let form = Form { values: &values, trail };
        out.push((form.word(word)?, form.node(node, true)?));
    }
    Ok(out)
}

/// The variables that a template names.
fn vars<'n>(word: &Word<'_>, node: &'n Node<'n>, trail: &Trail<'_>) -> Outcome<Vec<Var<'n>>> {
    match (get(node, "for"), get(node, "count")) {
        (Some(_), Some(count)) => {
            wrong(count.at, trail, "a template has either for or count: count: N is for: {n: 0-(N-1)}")
        }
        (None, Some(count)) => {
            let number = scalar(count).and_then(|t| t.parse::<u64>().ok()).filter(|n| *n > 0);
            let Some(n) = number else {
                return wrong(count.at, &trail.then("count"), "a number from 1 on is expected");
            };
            let len = usize::try_from(n).unwrap_or(usize::MAX);
            Ok(vec![Var { name: "n", items: vec![Item::Range(0, n - 1)], len }])
        }
        (Some(node), None) => {
            let trail = trail.then("for");
            let What::Map(map) = &node.what else {
                let what = "a map of variables is expected, such as {n: 1-100}";
                return wrong(node.at, &trail, what);
            };
            if map.is_empty() {
                return wrong(node.at, &trail, "no variable is named");
            }
            map.iter().map(|(word, node)| var(word, node, &trail)).collect()
        }
        (None, None) => wrong(word.at, trail, "it is no template"),
    }
}

fn var<'n>(word: &'n Word<'n>, node: &'n Node<'n>, trail: &Trail<'_>) -> Outcome<Var<'n>> {
    let name = &*word.text;
    if !fill::is_name(name) {
        let what = format!("\"{}\" is no name of a variable: letters, digits and _", clip(name));
        return wrong(word.at, trail, what);
    }
    let trail = trail.then(name);
    let mut items = Vec::new();
    match &node.what {
        What::Scalar(text) => {
            for part in text.split(',') {
                items.push(item(part.trim(), node.at, &trail)?);
            }
        }
        What::List(list) => {
            for one in list {
                let Some(text) = scalar(one) else {
                    let what = format!("a word or a number is expected, not {}", one.what.called());
                    return wrong(one.at, &trail, what);
                };
                items.push(item(text, one.at, &trail)?);
            }
        }
        what => {
            let what = format!("a list or a range such as 1-100 is expected, not {}", what.called());
            return wrong(node.at, &trail, what);
        }
    }
    let size = |i: &Item<'_>| match i {
        Item::Range(low, high) => usize::try_from(high - low).unwrap_or(usize::MAX).saturating_add(1),
        Item::Word(_) => 1,
    };
    let len = items.iter().fold(0usize, |n, i| n.saturating_add(size(i)));
    if len == 0 {
        return wrong(node.at, &trail, "the list is empty");
    }
    Ok(Var { name, items, len })
}

/// `7`, `1-100` or a word.
fn item<'n>(text: &'n str, at: At, trail: &Trail<'_>) -> Outcome<Item<'n>> {
    let number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    match (number(low) && number(high), low.parse(), high.parse()) {
        (false, ..) if text.is_empty() => wrong(at, trail, "a value is missing"),
        (false, ..) => Ok(Item::Word(text)),
        (true, Ok(low), Ok(high)) if low <= high && high < u64::MAX => Ok(Item::Range(low, high)),
        (true, Ok(_), Ok(_)) => wrong(at, trail, format!("the range {} goes from more to less", clip(text))),
        (true, ..) => wrong(at, trail, format!("{} is too much", clip(text))),
    }
}

/// A template with the values of one link.
struct Form<'f> {
    values: &'f [(&'f str, fill::Value<'f>)],
    trail: &'f Trail<'f>,
}

impl Form<'_> {
    fn text(&self, text: &str, at: At) -> Outcome<String> {
        fill::fill(text, self.values).map_err(|unfit| {
            let hint = unfit.unknown.as_deref().and_then(|word| {
                let names = self.values.iter().map(|(n, _)| *n);
                stranger::meant(&near(word, names, 2))
            });
            Box::new(Fault::new(at, self.trail, unfit.what).hint(hint))
        })
    }

    fn word(&self, word: &Word<'_>) -> Outcome<Word<'static>> {
        Ok(Word { at: word.at, text: self.text(&word.text, word.at)?.into() })
    }

    fn node(&self, node: &Node<'_>, top: bool) -> Outcome<Node<'static>> {
        let what = match &node.what {
            What::Null => What::Null,
            What::Scalar(text) => What::Scalar(self.text(text, node.at)?.into()),
            What::List(items) => {
                What::List(items.iter().map(|n| self.node(n, false)).collect::<Outcome<_>>()?)
            }
            What::Map(map) => {
                if let [(word, Node { what: What::Null, .. })] = map.as_slice()
                    && self.values.iter().any(|(n, _)| *n == word.text)
                {
                    // {n} without quotes is a map in YAML.
                    let fault = Fault::new(node.at, self.trail, "this is a map, not a value to be filled in");
                    return Err(Box::new(fault.hint(format!("put it in quotes: \"{{{}}}\"", word.text))));
                }
                let own = map.iter().filter(|(w, _)| !top || !matches!(&*w.text, "for" | "count"));
                What::Map(
                    own.map(|(w, n)| Ok((self.word(w)?, self.node(n, false)?))).collect::<Outcome<_>>()?,
                )
            }
        };
        Ok(Node { at: node.at, what })
    }
}
