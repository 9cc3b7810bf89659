//! YAML, and JSON, which is YAML: events to a tree, with limits.

mod simple;
mod surrogate;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::error::{Fault, clip};
use super::limits::{Budget, MOST_DEPTH, too_deep};
use super::node::{At, Node, What, Word, twice};

/// The tree of a YAML text.
///
/// One document, without tags. Anchors and aliases are followed, and `<<` takes in the keys of other maps; all that
/// they add counts as if it were written out. No recursion goes deeper than [`MOST_DEPTH`].
pub(crate) fn tree<'t>(text: &'t str, left: &mut Budget) -> Result<Node<'t>, Fault> {
    match simple::tree(text, left.left()) {
        Some((tree, count)) => left.spend(count, tree.at).map(|()| tree),
        None => events(text, left),
    }
}

/// The tree of any YAML text, by the parser's events.
fn events(text: &str, left: &mut Budget) -> Result<Tree, Fault> {
    let mut builder = Builder { open: Vec::new(), root: None, anchors: HashMap::new(), left };
    // A bracket that might begin a key makes the scanner keep all that follows until it is closed: of a JSON file
    // the whole. Behind dashes it cannot be a key.
    let dashes = if text.trim_start().starts_with(['{', '[']) { "--- " } else { "" };
    let place = |m: Marker| m.index().saturating_sub(dashes.len());
    let hidden = surrogate::hide(text);
    let text = hidden.as_deref().unwrap_or(text);
    let text: Cow<'_, str> = if dashes.is_empty() { text.into() } else { format!("{dashes}{text}").into() };
    for event in Parser::new_from_str(&text) {
        let (event, span) = event.map_err(|e| {
            let at = place(*e.marker());
            Fault::file(At::new(at, at), format!("not valid YAML: {}", e.info()))
        })?;
        let at = At::new(place(span.start), place(span.end));
        let event = match event {
            Event::Scalar(text, style, anchor, tag) if hidden.is_some() => {
                let text = surrogate::show(&text).ok_or_else(|| Fault::file(at, surrogate::LONE))?;
                Event::Scalar(text.into(), style, anchor, tag)
            }
            event => event,
        };
        builder.event(event, at)?;
    }
    Ok(builder.root.unwrap_or(Node { at: At::default(), what: What::Null }))
}

/// Its texts are its own: the parser lends none.
type Tree = Node<'static>;

/// A list or map whose end is not yet there.
struct Open {
    at: At,
    anchor: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Tree>),
    Map(Half),
}

/// A map, as far as it was read.
#[derive(Default)]
struct Half {
    entries: Vec<(Word<'static>, Tree)>,
    /// What `<<` takes in.
    merges: Vec<Tree>,
    /// A key whose value comes next.
    key: Option<Key>,
}

enum Key {
    Word(Word<'static>),
    Merge,
}

struct Builder<'b> {
    open: Vec<Open>,
    root: Option<Tree>,
    anchors: HashMap<usize, (Tree, usize, usize)>,
    left: &'b mut Budget,
}

type Outcome = Result<(), Fault>;

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: At) -> Outcome {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(Fault::file(at, "a second document begins here: a goal is one document"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                untagged(tag.as_deref(), at)?;
                self.left.spend(1, at)?;
                self.scalar(text, style, anchor, at)
            }
            Event::SequenceStart(anchor, tag) => {
                untagged(tag.as_deref(), at)?;
                self.begin(at, anchor, Inside::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                untagged(tag.as_deref(), at)?;
                self.begin(at, anchor, Inside::Map(Half::default()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
            Event::StreamStart | Event::StreamEnd | Event::Nothing => Ok(()),
        }
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, anchor: usize, at: At) -> Outcome {
        if anchor == 0
            && let Some(half) = self.keyless()
        {
            // A key is text whatever it looks like: a link may be called null, and "<<".
            let merge = style == ScalarStyle::Plain && text == "<<";
            half.key =
                Some(if merge { Key::Merge } else { Key::Word(Word { at, text: text.into_owned().into() }) });
            return Ok(());
        }
        let null = style == ScalarStyle::Plain && is_null(&text);
        let what = if null { What::Null } else { What::Scalar(text.into_owned().into()) };
        let node = Node { at, what };
        self.remember(anchor, &node)?;
        self.add(node)
    }

    /// The map that is open, if it waits for a key.
    fn keyless(&mut self) -> Option<&mut Half> {
        match self.open.last_mut() {
            Some(Open { inside: Inside::Map(half), .. }) if half.key.is_none() => Some(half),
            _ => None,
        }
    }

    fn begin(&mut self, at: At, anchor: usize, inside: Inside) -> Outcome {
        self.left.spend(1, at)?;
        if self.keyless().is_some() {
            return Err(Fault::file(at, "a key is a word, not a list or a map"));
        }
        if self.open.len() >= MOST_DEPTH {
            return Err(too_deep(at));
        }
        self.open.push(Open { at, anchor, inside });
        Ok(())
    }

    fn end(&mut self, at: At) -> Outcome {
        let Some(Open { at: start, anchor, inside }) = self.open.pop() else { return Ok(()) };
        let (what, last) = match inside {
            Inside::List(items) => {
                let last = items.last().map(|n| n.at);
                (What::List(items), last)
            }
            Inside::Map(half) => {
                let last = half.entries.last().map(|(_, n)| n.at);
                (What::Map(half.finish()?), last)
            }
        };
        // A block ends where its last item does; the event is behind the empty lines that follow.
        let end = if start.start == start.end { last.unwrap_or(start) } else { at };
        let node = Node { at: start.to(end), what };
        self.remember(anchor, &node)?;
        self.add(node)
    }

    fn alias(&mut self, anchor: usize, at: At) -> Outcome {
        let Some((node, count, height)) = self.anchors.get(&anchor) else {
            return Err(Fault::file(at, "an alias stands inside of what it repeats"));
        };
        let (count, height) = (*count, *height);
        if self.open.len() + height > MOST_DEPTH {
            return Err(too_deep(at));
        }
        let what = node.what.clone();
        self.left.spend(count, at)?;
        self.add(Node { at, what })
    }

    /// Keeps a copy of what has an anchor.
    fn remember(&mut self, anchor: usize, node: &Tree) -> Outcome {
        if anchor != 0 {
            let (count, height) = node.measure();
            self.left.spend(count, node.at)?;
            self.anchors.insert(anchor, (node.clone(), count, height));
        }
        Ok(())
    }

    fn add(&mut self, node: Tree) -> Outcome {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { inside: Inside::List(items), .. }) => items.push(node),
            Some(Open { inside: Inside::Map(half), .. }) => match (half.key.take(), node.what) {
                (Some(Key::Merge), what) => half.merges.push(Node { at: node.at, what }),
                (Some(Key::Word(word)), what) => half.entries.push((word, Node { at: node.at, what })),
                (None, What::Scalar(text)) => half.key = Some(Key::Word(Word { at: node.at, text })),
                (None, _) => return Err(Fault::file(node.at, "a key is a word, not a list or a map")),
            },
        }
        Ok(())
    }
}

/// Whether a plain scalar says nothing.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn untagged(tag: Option<&Tag>, at: At) -> Outcome {
    match tag {
        Some(_) => {
            Err(Fault::file(at, "tags are not understood").hint("leave the word behind the ! out".to_owned()))
        }
        None => Ok(()),
    }
}

impl Half {
    /// A map whose keys are all different, with those that `<<` brings.
    fn finish(self) -> Result<Vec<(Word<'static>, Tree)>, Fault> {
        let Self { entries: mut out, merges, .. } = self;
        if let Some((first, second)) = twice(&out) {
            let what = format!("\"{}\" stands here twice", clip(&second.text));
            return Err(Fault::file(second.at, what).also(Some(first.at)));
        }
        if merges.is_empty() {
            return Ok(out);
        }
        let mut seen: HashSet<Cow<'_, str>> = out.iter().map(|(w, _)| w.text.clone()).collect();
        for node in merges {
            let maps = match node.what {
                What::List(items) => items,
                what => vec![Node { at: node.at, what }],
            };
            for map in maps {
                let What::Map(entries) = map.what else {
                    return Err(Fault::file(map.at, "<< takes a map, or a list of maps"));
                };
                // What is written out goes before what is taken in, and the first map before the second.
                out.extend(entries.into_iter().filter(|(w, _)| seen.insert(w.text.clone())));
            }
        }
        Ok(out)
    }
}
