//! Where the project is, and what Cargo says of its packages.

use crate::fault::{Doing, Fault, Result};
use crate::shell;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's root: the folder above xtask's own.
pub(crate) fn root() -> PathBuf {
    // At run time when cargo says it, so that a binary that was built elsewhere still finds the tree it is run in.
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The `cargo` that runs this, in the project's root.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// A package of the workspace and the packages of the workspace that it is built from.
pub(crate) struct Package {
    /// The name of its folder: what people call it.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) needs: Vec<String>,
}

/// What Cargo says of the workspace.
fn metadata() -> Result<Value> {
    let text = shell::output(cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    serde_json::from_str(&text).doing("read the answer of cargo metadata")
}

/// The folder that Cargo builds into.
pub(crate) fn target() -> Result<PathBuf> {
    let folder = metadata()?["target_directory"].as_str().map(PathBuf::from);
    folder.ok_or_else(|| Fault::new("cargo metadata names no target directory"))
}

/// The program, built now.
pub(crate) fn linkctl() -> Result<PathBuf> {
    let words = ["build", "--quiet", "--package", "linkctl-cli", "--bin", "linkctl"];
    if !shell::shown(cargo().args(words))? {
        return Err(Fault::new("linkctl does not build"));
    }
    Ok(target()?.join("debug/linkctl"))
}

/// The packages below `crates/`, without their dev-dependencies.
pub(crate) fn crates() -> Result<Vec<Package>> {
    let metadata = metadata()?;
    let home = root().join("crates");
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let folder = PathBuf::from(package["manifest_path"].as_str().unwrap_or_default());
        let Some(folder) = folder.parent().filter(|folder| folder.parent() == Some(&home)) else { continue };
        let built = |edge: &&Value| edge["kind"].as_str() != Some("dev");
        let beside = |edge: &Value| {
            edge["path"].as_str().map(Path::new).filter(|path| path.starts_with(&home)).map(shell::file_name)
        };
        let edges = package["dependencies"].as_array().into_iter().flatten();
        let needs = edges.filter(built).filter_map(beside).collect();
        found.push(Package { name: shell::file_name(folder), folder: folder.to_path_buf(), needs });
    }
    if found.is_empty() {
        return Err(Fault::new(format!("cargo metadata lists no package below {}", home.display())));
    }
    Ok(found)
}
