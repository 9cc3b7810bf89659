//! A whole Debian system, as the image of a disk: made once for each list of packages, with mmdebstrap.

use super::closure::{debs, unpack};
use super::{Archive, Cache};
use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release that linkctl is built for at the earliest: its libc is not newer than that of the machines that build it.
const SUITE: &str = "bookworm";
/// What a system has at least.
const USUAL: &[&str] = &["systemd", "systemd-sysv", "udev", "dbus", "kmod", "iproute2"];
/// Documentation, half of the size of small packages.
const LEFT_OUT: [&str; 4] = ["doc", "man", "locale", "info"];
/// What the file system can hold; the file has holes where nothing is.
const BYTES: u64 = 2 << 30;
const SETTLE: &str = include_str!("image.sh");

/// The image of a system with these packages besides the usual ones.
pub(crate) fn image(cache: &Cache, packages: &[String]) -> Result<PathBuf> {
    let mut wanted: Vec<&str> = USUAL.iter().copied().chain(packages.iter().map(String::as_str)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if let Some(odd) = wanted.iter().find(|name| !is_package(name)) {
        return Err(Fault::new(format!("`{odd}` is no name of a package")));
    }
    let mut hash = DefaultHasher::new();
    (SUITE, SETTLE, BYTES, LEFT_OUT, &wanted).hash(&mut hash);
    let name = format!("systems/{SUITE}-{:016x}", hash.finish());
    Ok(cache.folder(&name, |folder| build(cache, &wanted, folder))?.join("image"))
}

fn is_package(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    name.len() > 1 && !name.starts_with(['-', '+', '.']) && name.chars().all(plain)
}

fn build(cache: &Cache, packages: &[&str], folder: &Path) -> Result<()> {
    able()?;
    let mmdebstrap = mmdebstrap(cache)?;
    eprintln!("rig: a system with {}", packages.join(", "));
    let archive = Archive::open(cache)?;
    let list = folder.join("sources.list");
    fs::write(&list, archive.sources(SUITE)?).doing(format!("write {}", list.display()))?;
    drop(archive);
    let root = folder.join("root");
    let mut make = Command::new(mmdebstrap.join("mmdebstrap"));
    // It calls programs that lie beside it.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(mmdebstrap).chain(std::env::split_paths(&path)));
    make.env("PATH", path.doing("extend PATH")?).env("LC_ALL", "C");
    make.args(["--quiet", "--mode=root", "--variant=minbase", "--skip=check/qemu,cleanup/reproducible"]);
    make.arg(format!("--include={}", packages.join(",")));
    make.args(LEFT_OUT.map(|name| format!("--dpkgopt=path-exclude=/usr/share/{name}/*")));
    shell::quiet(make.arg(SUITE).arg(&root).arg(&list)).map_err(|fault| {
        fault.next(
            "see that the packages are Debian's, and that this machine reaches its mirror (apt-get update)",
        )
    })?;
    shell::quiet(Command::new("chroot").arg(&root).args(["sh", "-c", SETTLE]))?;
    let image = folder.join("image");
    let size = File::create(&image).and_then(|file| file.set_len(BYTES));
    size.doing(format!("create {}", image.display()))?;
    let mut format = Command::new(shell::which("mke2fs").unwrap_or_else(|| "mke2fs".into()));
    format.args(["-q", "-t", "ext4", "-L", "root", "-m", "0"]);
    format.args(["-E", "lazy_itable_init=1,lazy_journal_init=1", "-d"]).arg(&root).arg(&image);
    shell::quiet(&mut format)?;
    fs::remove_dir_all(&root).doing(format!("remove {}", root.display()))
}

/// Says what it takes before anything is fetched.
fn able() -> Result<()> {
    if !shell::is_root() {
        return Err(Fault::new("making the image of a system takes root: its files have owners")
            .next("once as root (sudo -E cargo xtask system -- true); booting it takes no root"));
    }
    for (program, package) in [("mke2fs", "e2fsprogs"), ("perl", "perl"), ("chroot", "coreutils")] {
        if shell::which(program).is_none() {
            let why = format!("no {program} on this machine: it takes part in making the image of a system");
            return Err(Fault::new(why).next(format!("apt-get install {package}")));
        }
    }
    Ok(())
}

/// The folder with mmdebstrap, which is a program of Perl, unpacked into the cache.
fn mmdebstrap(cache: &Cache) -> Result<PathBuf> {
    let folder = cache.folder("mmdebstrap", |folder| {
        let packages = folder.join("packages");
        fs::create_dir(&packages).doing(format!("create {}", packages.display()))?;
        Archive::open(cache)?.download(&[format!("mmdebstrap/{SUITE}")], &packages)?;
        for package in debs(&packages)? {
            unpack(&package, folder, &[])?;
        }
        fs::remove_dir_all(&packages).doing(format!("remove {}", packages.display()))
    })?;
    Ok(folder.join("usr/bin"))
}

#[cfg(test)]
mod tests {
    use super::is_package;

    #[test]
    fn what_is_no_name_of_a_package_never_reaches_a_command_line() {
        assert!(["libc6", "g++", "openssh-server", "python3.11"].into_iter().all(is_package));
        assert!(!["", "-x", "a b", "a,b", "A", "a/b", "$(x)", "../x"].into_iter().any(is_package));
    }
}
