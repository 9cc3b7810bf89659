//! Errors in a file, with the lines that they are about.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use linkctl::link::load::Error;

use crate::exit::{Failure, Status};
use crate::term::Term;

/// All errors of a file, each with its line, a mark, the setting's description and advice.
pub(crate) fn failure(name: &str, bytes: &[u8], errors: &[Error]) -> Failure {
    let source = String::from_utf8_lossy(bytes);
    let renderer = if Term::stderr().coloured() { Renderer::styled() } else { Renderer::plain() };
    let rendered: Vec<String> = errors.iter().map(|e| render(&renderer, name, &source, e)).collect();
    let mut out =
        Failure::new(Status::Usage, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    out.rendered = Some(rendered.join("\n\n"));
    out
}

fn render(renderer: &Renderer, name: &str, source: &str, e: &Error) -> String {
    let title = if e.path.is_empty() { e.what.clone() } else { format!("{}: {}", e.path, e.what) };
    let mut snippet = Snippet::source(source).line_start(1).path(name).annotation(
        AnnotationKind::Primary.span(within(source, e.span.start, e.span.end)).label(e.what.as_str()),
    );
    if let Some(other) = &e.also {
        let span = within(source, other.start, other.end);
        snippet = snippet.annotation(AnnotationKind::Context.span(span).label("and here"));
    }
    let mut group = Level::ERROR.primary_title(title).element(snippet);
    if let Some(doc) = &e.doc {
        group = group.element(Level::NOTE.message(doc.as_str()));
    }
    if let Some(hint) = &e.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer.render(&[group])
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
