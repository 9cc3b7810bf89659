//! The words behind `ip monitor` and `bridge monitor`, where they are about links.

use crate::args::{Args, short};
use crate::stop::Stop;
use crate::usage;
use crate::world::Context;

/// What is listened to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    /// A file of messages, not the kernel.
    pub file: Option<Vec<u8>>,
    /// Say what each event is about.
    pub label: bool,
    /// All namespaces that have a number.
    pub everywhere: bool,
    /// Only this link.
    pub index: Option<u32>,
}

/// Reads the words of `ip monitor`.
pub fn ip(words: &[Vec<u8>], cx: &mut Context<'_>) -> Result<Monitor, Stop> {
    let mut args = Args::new(words);
    let mut out = Monitor::default();
    while let Some(word) = args.take() {
        if short(word, "file") {
            out.file = Some(args.value()?.to_vec());
        } else if short(word, "label") {
            out.label = true;
        } else if short(word, "link") {
        } else if word == b"all" {
            out.label = true;
        } else if short(word, "all-nsid") {
            out.everywhere = true;
        } else if short(word, "help") {
            return Err(Stop::exits(usage::monitor().trim_end(), 255));
        } else if word == b"dev" {
            let word = args.value()?;
            let none = || Stop::argument(word, "Device does not exist\n");
            out.index = Some(cx.world.index(word).ok_or_else(none)?);
        } else {
            let word = linkctl_schema::Safe(word);
            return Err(Stop::exits(
                format_args!("Argument \"{word}\" is unknown, try \"ip monitor help\"."),
                255,
            ));
        }
    }
    Ok(out)
}

/// Reads the words of `bridge monitor`.
pub fn bridge(words: &[Vec<u8>]) -> Result<Monitor, Stop> {
    let mut args = Args::new(words);
    let mut out = Monitor::default();
    while let Some(word) = args.take() {
        if short(word, "file") {
            out.file = Some(args.value()?.to_vec());
        } else if short(word, "link") {
        } else if short(word, "help") {
            return Err(Stop::exits("Usage: bridge monitor [ link ] [ file FILE ]", 255));
        } else {
            let word = linkctl_schema::Safe(word);
            let said = format!("Argument \"{word}\" is unknown, try \"bridge monitor help\".");
            return Err(Stop::exits(said, 255));
        }
    }
    Ok(out)
}
