//! QEMU and the few other programs of the rig: the machine's QEMU when it is new enough, else Debian's, in the cache.

use super::Cache;
use super::closure::{Closure, fetch};
use crate::fault::Result;
use crate::shell;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first QEMU with igb, the network card with virtual functions.
const OLDEST: u32 = 8;

/// depmod, xz, zstd and busybox of one known version, so that nothing has to be installed on the machine.
const TOOLS: Closure = Closure {
    name: "tools",
    suite: "trixie",
    packages: &["busybox-static", "kmod", "xz-utils", "zstd"],
    programs: &[("kmod", &["depmod"]), ("xz", &[]), ("zstd", &[])],
};

const QEMU: Closure = Closure {
    name: "qemu",
    suite: "trixie",
    packages: &["qemu-system-x86"],
    programs: &[("qemu-system-x86_64", &[])],
};

/// The folder of the rig's own programs.
pub(super) fn tools(cache: &Cache) -> Result<PathBuf> {
    Ok(fetch(cache, &TOOLS)?.join("run"))
}

/// A static busybox.
pub(super) fn busybox(cache: &Cache) -> Result<PathBuf> {
    Ok(fetch(cache, &TOOLS)?.join("usr/bin/busybox"))
}

/// QEMU, with where its firmware is.
pub(super) fn command(cache: &Cache) -> Result<Command> {
    if let Some(own) = shell::which("qemu-system-x86_64").filter(|own| is_new(own)) {
        return Ok(dying_with_us(&own));
    }
    let folder = fetch(cache, &QEMU)?;
    let mut command = dying_with_us(&folder.join("run/qemu-system-x86_64"));
    for firmware in ["usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"] {
        command.arg("-L").arg(folder.join(firmware));
    }
    command.env("QEMU_MODULE_DIR", folder.join("usr/lib/x86_64-linux-gnu/qemu"));
    Ok(command)
}

fn is_new(qemu: &Path) -> bool {
    let version = shell::output(Command::new(qemu).arg("--version")).unwrap_or_default();
    major(&version).is_some_and(|major| major >= OLDEST)
}

fn major(version: &str) -> Option<u32> {
    version.split_once("version ")?.1.split('.').next()?.parse().ok()
}

/// With util-linux' setpriv, the kernel ends QEMU when this process is killed.
fn dying_with_us(program: &Path) -> Command {
    let Some(setpriv) = shell::which("setpriv") else { return Command::new(program) };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_read_from_what_qemu_says() {
        assert_eq!(super::major("QEMU emulator version 10.0.13 (Debian 1:10.0.13)\nCopyright"), Some(10));
        assert_eq!(super::major("nonsense"), None);
    }
}
