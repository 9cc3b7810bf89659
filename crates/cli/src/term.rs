//! Whether and how to colour.

use std::io::IsTerminal;

/// What a colour is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    /// Failure, loss.
    Red,
    /// Success, creation, advice.
    Green,
    /// Change.
    Yellow,
    /// Names.
    Cyan,
    /// What matters less.
    Faint,
}

/// A stream that may be a terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    colour: bool,
}

impl Term {
    /// Standard output.
    pub(crate) fn stdout() -> Self {
        Self::of(std::io::stdout().is_terminal())
    }

    /// Standard error.
    pub(crate) fn stderr() -> Self {
        Self::of(std::io::stderr().is_terminal())
    }

    /// Colour on a terminal, unless `NO_COLOR` is set to anything (no-color.org) or the terminal is dumb.
    fn of(terminal: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        Self { colour: terminal && !refused && !dumb }
    }

    /// Whether there is colour at all.
    pub(crate) fn coloured(self) -> bool {
        self.colour
    }

    /// A text in a colour, where there is colour.
    pub(crate) fn paint(self, colour: Colour, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        self.paint_into(colour, text, &mut out);
        out
    }

    /// The same, behind what is there already.
    pub(crate) fn paint_into(self, colour: Colour, text: &str, out: &mut String) {
        if !self.colour {
            *out += text;
            return;
        }
        let code = match colour {
            Colour::Red => "1;31",
            Colour::Green => "32",
            Colour::Yellow => "33",
            Colour::Cyan => "36",
            Colour::Faint => "2",
        };
        out.extend(["\x1b[", code, "m", text, "\x1b[0m"]);
    }
}
