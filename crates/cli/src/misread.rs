//! Command lines that cannot be read, told in the way that they ask for themselves.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::exit::{Failure, Status};

/// Says what is wrong with a command line, or the help that it asks for.
pub(crate) fn say(error: &clap::Error, words: &[OsString]) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if wants_json(words) {
        return failure(&error.render().to_string()).say(true);
    }
    let _ = error.print();
    ExitCode::from(Status::Usage as u8)
}

/// Whether an option among the words asks for JSON. What could not be read as a whole cannot tell more certainly.
fn wants_json(words: &[OsString]) -> bool {
    let flags = |w: &str| {
        w.strip_prefix('-').is_some_and(|f| f.contains('j') && f.trim_matches(['j', 'p']).is_empty())
    };
    let options = words.iter().skip(1).take_while(|w| *w != "--");
    options.filter_map(|w| w.to_str()).any(|w| w == "--json" || flags(w))
}

/// The parts of clap's text: what is wrong, tips, and how the command is used.
fn failure(text: &str) -> Failure {
    let mut parts = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let what = parts.next().unwrap_or_default();
    let failure = Failure::usage(what.strip_prefix("error: ").unwrap_or(&what));
    let hints = parts.filter_map(|part| match part.split_once(": ") {
        Some(("tip", tip)) => Some(tip.to_owned()),
        Some(("Usage", usage)) => Some(format!("usage: {usage}")),
        _ => None,
    });
    hints.fold(failure, Failure::hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_by_an_option_and_by_no_other_word() {
        let asks = |words: &str| wants_json(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
        for words in ["linkctl --json plam", "linkctl plan -j --foo", "linkctl plan -pj --foo", "linkctl -jp"]
        {
            assert!(asks(words), "{words}");
        }
        for words in
            ["linkctl plam", "-j plam", "linkctl set -- --json", "linkctl plan -p", "linkctl -jx json"]
        {
            assert!(!asks(words), "{words}");
        }
    }

    #[test]
    fn what_is_wrong_tips_and_usage_are_told_apart() {
        let said = failure(
            "error: unexpected argument '--x'\nfound\n\n  tip: a similar one exists: '--y'\n\nUsage: linkctl plan [FILE]\n\nFor more information, try '--help'.\n",
        );
        assert_eq!(said.what, "unexpected argument '--x' found");
        assert_eq!(said.hints, ["a similar one exists: '--y'", "usage: linkctl plan [FILE]"]);
    }
}
