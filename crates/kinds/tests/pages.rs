//! The pages of `docs/kinds` are what the tables say. `cargo xtask docs` writes them.

use std::fmt::Write;
use std::path::Path;

use linkctl_kinds::nic::BLOCKS;
use linkctl_kinds::{KINDS, link};
use linkctl_schema::{Kind, docs};

/// Every page: its name and its text.
fn pages() -> Vec<(String, String)> {
    let base = Kind { name: "link", doc: "What every link has", fields: &link::FIELDS, ..Kind::DEFAULT };
    let mut out = vec![("link.md".to_owned(), docs::page(&base))];
    let mut list = String::from("# Kinds of links\n\nWritten from the tables by `cargo xtask docs`.\n\n");
    list.push_str("- [link](link.md): What every link has\n");
    for block in BLOCKS {
        let _ = writeln!(list, "- [{0}]({0}.md): {1}, a block that any link can have", block.name, block.doc);
        out.push((format!("{}.md", block.name), docs::page(block)));
    }
    for kind in KINDS {
        let _ = writeln!(list, "- [{0}]({0}.md): {1}", kind.name, kind.doc);
        out.push((format!("{}.md", kind.name), docs::page(kind)));
    }
    out.push(("README.md".to_owned(), list));
    out
}

#[test]
fn the_pages_are_what_the_tables_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/kinds");
    let write = std::env::var_os("LINKCTL_WRITE_DOCS").is_some();
    if write {
        std::fs::create_dir_all(&folder).expect("docs is writable");
    }
    for (name, text) in pages() {
        let path = folder.join(&name);
        if write {
            std::fs::write(&path, &text).expect("docs is writable");
        }
        let is = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(is == text, "docs/kinds/{name} is stale: cargo xtask docs");
    }
}
