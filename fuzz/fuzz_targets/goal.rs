//! Any bytes are read as a goal or refused with errors at places of the file; what was read is written, and is
//! read as the same. A file's layout means what the file means.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use linkctl_link::load::{layout, load, restore};
use linkctl_link::save;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let file = Path::new(if first & 1 == 0 { "net.yaml" } else { "net.toml" });
    if let Ok(laid) = layout(file, bytes) {
        assert_eq!(load(file, laid.as_bytes()).ok(), load(file, bytes).ok(), "a layout means the same");
        assert_eq!(layout(file, laid.as_bytes()).ok(), Some(laid), "and is its own");
    }
    let read = if first & 2 == 0 { load } else { restore };
    match read(file, bytes) {
        Ok(goal) => {
            assert_eq!(read(Path::new("net.yaml"), save::yaml(&goal).as_bytes()).as_ref(), Ok(&goal));
            assert_eq!(read(Path::new("net.json"), save::json(&goal).as_bytes()).as_ref(), Ok(&goal));
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for e in errors {
                assert!(e.span.start <= e.span.end && e.span.end <= bytes.len() && e.span.line > 0);
                assert!(!e.to_string().contains(|c: char| c.is_control()));
            }
        }
    }
});
