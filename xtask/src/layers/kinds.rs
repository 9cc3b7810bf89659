//! The book of kinds: its list in `lib.rs` and its folder are the same.

use super::shown;
use crate::fault::{Doing, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// Files of the book that are not a kind.
const BESIDE: [&str; 2] = ["lib", "link"];

/// Without a `kinds! { … }` in `lib.rs` there is nothing to compare yet.
pub(super) fn breaches(folder: &Path) -> Result<Vec<String>> {
    let book = folder.join("lib.rs");
    let Ok(text) = std::fs::read_to_string(&book) else { return Ok(Vec::new()) };
    let Some(listed) = listed(&text) else { return Ok(Vec::new()) };
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).doing(format!("read {}", folder.display()))? {
        let path = entry.doing(format!("read {}", folder.display()))?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file()
            && path.extension().is_some_and(|end| end == "rs")
            && !BESIDE.contains(&name.as_str())
        {
            files.insert(name);
        }
    }
    let book = shown(&book);
    let mut found = Vec::new();
    found.extend(
        files
            .difference(&listed)
            .map(|kind| format!("{book}: `{kind}` is a file but not in `kinds!`: add the word")),
    );
    let missing = listed.difference(&files).filter(|kind| !BESIDE.contains(&kind.as_str()));
    found.extend(missing.map(|kind| format!("{book}: `{kind}` is in `kinds!` but has no file {kind}.rs")));
    Ok(found)
}

/// The words in the call of `kinds!`; the definition of the macro has no such call.
fn listed(text: &str) -> Option<BTreeSet<String>> {
    let bare: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let (_, rest) = bare.split_once("kinds! {").or_else(|| bare.split_once("kinds!{"))?;
    let (inside, _) = rest.split_once('}')?;
    let words = inside.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    Some(words.filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_past_its_macro_and_comments() {
        let text =
            "macro_rules! kinds { ($($k:ident)*) => {} }\nkinds! {\n  bond bridge // first\n  vlan,\n}\n";
        let words: Vec<_> = listed(text).unwrap().into_iter().collect();
        assert_eq!(words, ["bond", "bridge", "vlan"]);
        assert!(listed("macro_rules! kinds { }").is_none());
    }
}
