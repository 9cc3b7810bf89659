//! Errors in files, with the lines that they are about.

use std::borrow::Cow;
use std::path::Path;

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use linkctl::link::load::{Error, Span, Text};
use linkctl::schema::Safe;

use crate::exit::{Failure, Status};
use crate::term::Term;

/// All errors of files, each with its lines, marks, the setting's description and advice.
pub(crate) fn failure(files: &[Text<'_>], errors: Vec<Error>) -> Failure {
    let renderer = if Term::stderr().coloured() { Renderer::styled() } else { Renderer::plain() };
    let rendered: Vec<String> = errors.iter().map(|e| render(&renderer, files, e)).collect();
    let mut out =
        Failure::new(Status::Usage, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    out.rendered = Some(rendered.join("\n\n").into());
    out.errors = errors.into();
    out
}

fn render(renderer: &Renderer, files: &[Text<'_>], e: &Error) -> String {
    let title = if e.path.is_empty() { e.what.clone() } else { format!("{}: {}", e.path, e.what) };
    let text = |file: &Path| {
        let found = files.iter().find(|t| t.file == file).map_or(&[][..], |t| t.bytes);
        String::from_utf8_lossy(found)
    };
    let (source, name) = (text(&e.file), shown(&e.file));
    let mark = |source: &Cow<'_, str>, span: Span, kind: AnnotationKind| {
        kind.span(within(source, span.start, span.end))
    };
    let mut snippet =
        of(&source, &name, mark(&source, e.span, AnnotationKind::Primary).label(e.what.as_str()));
    let other = e.also.as_ref().map(|p| (text(&p.file), shown(&p.file), p));
    let mut second = None;
    if let Some((source, name, place)) = &other {
        let here = mark(source, place.span, AnnotationKind::Context).label("and here");
        if place.file == e.file {
            snippet = snippet.annotation(here);
        } else {
            second = Some(of(source, name, here));
        }
    }
    let mut group = Level::ERROR.primary_title(title).element(snippet);
    if let Some(second) = second {
        group = group.element(second);
    }
    if let Some(doc) = &e.doc {
        group = group.element(Level::NOTE.message(doc.as_str()));
    }
    if let Some(hint) = &e.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer.render(&[group])
}

fn of<'s>(source: &'s str, name: &'s str, mark: Annotation<'s>) -> Snippet<'s, Annotation<'s>> {
    Snippet::source(source).line_start(1).path(name).annotation(mark)
}

fn shown(file: &Path) -> String {
    Safe(file.as_os_str().as_encoded_bytes()).to_string()
}

/// A span that lies within the text and on its characters' bounds, whatever was told.
fn within(source: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(start);
    start..floor(end).max(start)
}
