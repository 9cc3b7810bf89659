//! `unsafe` is written in one crate only. The lint says so too; this also sees a lint that was switched off.

use super::shown;
use crate::fault::{Doing, Result};
use std::path::PathBuf;

/// The crate that makes the system calls.
pub(super) const ALLOWED: &str = "kernel";

pub(super) fn breaches(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).doing(format!("read {}", file.display()))?;
        for (at, _) in text.lines().enumerate().filter(|(_, line)| is_unsafe(line)) {
            found.push(format!(
                "{}:{}: `unsafe` outside of crates/{ALLOWED}: move the call there",
                shown(file),
                at + 1
            ));
        }
    }
    Ok(found)
}

/// True when code of this line is unsafe or allows it; prose in a comment or a string is not.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let starts = ["{", "fn ", "impl", "trait ", "extern ", "("];
    let opens =
        |at: usize| starts.iter().any(|start| code[at + "unsafe".len()..].trim_start().starts_with(start));
    let whole =
        |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"' || c == '`');
    code.match_indices("unsafe").any(|(at, _)| whole(at) && opens(at))
        || code.contains("allow(unsafe_code")
        || code.contains("expect(unsafe_code")
}

#[cfg(test)]
mod tests {
    use super::is_unsafe;

    #[test]
    fn unsafe_code_is_seen_and_prose_about_it_is_not() {
        for line in [
            "let x = unsafe { f() };",
            "pub unsafe fn f()",
            "unsafe impl Send for X",
            "#[unsafe(no_mangle)]",
            "#![allow(unsafe_code)]",
        ] {
            assert!(is_unsafe(line), "{line}");
        }
        for line in
            ["//! no unsafe { } here", "#![forbid(unsafe_code)]", "let unsafe_names = 1;", r#""unsafe""#]
        {
            assert!(!is_unsafe(line), "{line}");
        }
    }
}
