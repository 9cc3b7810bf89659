//! What is checked without running a test: format, lints, layers, licences and advisories.

use super::report::Report;
use crate::{layers, shell, workspace};

pub(super) fn run(quick: bool, report: &mut Report) {
    report.phase("format", || shell::shown(workspace::cargo().args(["fmt", "--all", "--check"])));
    report.phase("layers", layers::check);
    if quick {
        return;
    }
    report.phase("lints", || {
        let words = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        shell::shown(workspace::cargo().args(words))
    });
    if shell::which("cargo-deny").is_some() {
        report.phase("deny", || {
            shell::shown(workspace::cargo().args(["deny", "--log-level", "error", "check"]))
        });
    } else {
        println!("\ndeny: cargo-deny is not installed (cargo install cargo-deny): left out");
    }
}
