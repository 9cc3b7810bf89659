//! Programs of another Debian release beside the machine's own: a package with every library it needs, libc included.
//!
//! Each wanted program gets the extracted loader and library path written into it, so it runs as it is, here and in the
//! rig, without a wrapper and without an environment that its children would inherit.

use super::{Archive, Cache};
use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What to extract.
pub(crate) struct Closure {
    pub(crate) name: &'static str,
    pub(crate) suite: &'static str,
    pub(crate) packages: &'static [&'static str],
    /// Programs to make runnable, and further names for them.
    pub(crate) programs: &'static [(&'static str, &'static [&'static str])],
}

/// Never needed to run a program.
const LEFT_OUT: [&str; 6] = ["doc", "man", "locale", "info", "lintian", "gconv"];

/// The folder of the closure; its programs are below `run`.
pub(crate) fn fetch(cache: &Cache, closure: &Closure) -> Result<PathBuf> {
    cache.folder(closure.name, |folder| {
        let packages = folder.join("packages");
        let mut wanted = closure.packages.to_vec();
        wanted.push("patchelf");
        Archive::open(cache)?.download_closure(&wanted, closure.suite, &packages)?;
        for package in debs(&packages)? {
            if is_used(&shell::file_name(&package), &wanted) {
                unpack(&package, folder, &LEFT_OUT.map(|name| format!("--exclude=*/{name}")))?;
            }
        }
        fs::remove_dir_all(&packages).doing(format!("remove {}", packages.display()))?;
        make_runnable(folder, closure)
    })
}

/// The packages in a folder.
pub(super) fn debs(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).doing(format!("read {}", folder.display()))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .collect())
}

/// Unpacks a package's files into `folder`; `choice` is for tar.
pub(super) fn unpack(package: &Path, folder: &Path, choice: &[String]) -> Result<()> {
    let mut reader = Command::new("dpkg-deb");
    reader.arg("--fsys-tarfile").arg(package).stdout(Stdio::piped()).stdin(Stdio::null());
    let mut reader = reader.spawn().doing("start dpkg-deb")?;
    let tar = reader.stdout.take().ok_or_else(|| Fault::new("dpkg-deb has no stdout"))?;
    let mut writer = Command::new("tar");
    writer
        .args(["--extract", "--no-same-owner", "--wildcards", "--no-anchored", "--directory"])
        .arg(folder)
        .args(choice)
        .stdin(tar);
    let written = writer.output().doing("start tar")?;
    let read = reader.wait().doing("wait for dpkg-deb")?;
    let told = String::from_utf8_lossy(&written.stderr);
    // A chosen folder that this kernel does not have is no error: callers look for what they cannot do without.
    let missing_only = told
        .lines()
        .all(|line| line.contains("Not found in archive") || line.contains("Exiting with failure"));
    if read.success() && (written.status.success() || missing_only) {
        return Ok(());
    }
    let why = format!(
        "unpack {} into {}: dpkg-deb {read}, tar {}\n{told}",
        package.display(),
        folder.display(),
        written.status
    );
    Err(Fault::new(why).next("see that the disk is not full (df -h), then run again"))
}

/// Libraries, and what was asked for with its siblings (qemu-system-x86 comes in several packages).
fn is_used(file: &str, wanted: &[&str]) -> bool {
    let beside = ["lib", "zlib1g", "qemu-system", "seabios", "ipxe"];
    beside.iter().any(|start| file.starts_with(start))
        || wanted.iter().any(|name| file.starts_with(&format!("{name}_")))
}

fn make_runnable(folder: &Path, closure: &Closure) -> Result<()> {
    let libraries = folder.join("usr/lib/x86_64-linux-gnu");
    let loader = libraries.join("ld-linux-x86-64.so.2");
    let run = folder.join("run");
    fs::create_dir_all(&run).doing(format!("create {}", run.display()))?;
    for (name, others) in closure.programs {
        let program = find(folder, name)
            .ok_or_else(|| Fault::new(format!("no {name} in {:?} of {}", closure.packages, closure.suite)))?;
        let mut patch = Command::new(&loader);
        patch.arg("--library-path").arg(&libraries).arg(folder.join("usr/bin/patchelf"));
        patch
            .arg("--set-interpreter")
            .arg(&loader)
            .arg("--force-rpath")
            .arg("--set-rpath")
            .arg(search_path(&libraries)?);
        shell::quiet(patch.arg(&program))?;
        for link in std::iter::once(name).chain(others.iter()) {
            symlink(&program, run.join(link)).doing(format!("link {} to {}", link, program.display()))?;
        }
    }
    Ok(())
}

/// The library folder and those of its folders that hold private libraries.
fn search_path(libraries: &Path) -> Result<String> {
    let mut path = vec![libraries.display().to_string()];
    for entry in fs::read_dir(libraries).doing(format!("read {}", libraries.display()))?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && entry.file_name() != "qemu" {
            path.push(entry.path().display().to_string());
        }
    }
    Ok(path.join(":"))
}

fn find(folder: &Path, program: &str) -> Option<PathBuf> {
    let places = ["usr/bin", "usr/sbin", "bin", "sbin", "usr/lib/openvswitch-switch"]
        .map(|place| folder.join(place).join(program));
    places.into_iter().find(|file| file.symlink_metadata().is_ok_and(|about| about.is_file()))
}
