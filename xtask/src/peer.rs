//! `cargo xtask peer`: the newest iproute2 beside the machine's own, to compare with.

use crate::fault::Result;
use crate::rig::{Cache, Closure, fetch};
use std::path::PathBuf;
use std::process::ExitCode;

const IPROUTE2: Closure = Closure {
    name: "peers/iproute2",
    suite: "sid",
    packages: &["iproute2"],
    programs: &[("ip", &[]), ("bridge", &[]), ("tc", &[]), ("ss", &[]), ("devlink", &[])],
};

/// What the tests of hardware's settings and of Open vSwitch compare with, and run.
const TOOLS: Closure = Closure {
    name: "peers/tools",
    suite: "trixie",
    packages: &["ethtool", "openvswitch-switch", "openvswitch-common"],
    programs: &[
        ("ethtool", &[]),
        ("ovsdb-server", &[]),
        ("ovsdb-tool", &[]),
        ("ovs-vsctl", &[]),
        ("ovs-appctl", &[]),
        ("ovs-vswitchd", &[]),
    ],
};

const HEADERS: Closure =
    Closure { name: "peers/headers", suite: "sid", packages: &["linux-libc-dev"], programs: &[] };

/// The newest `linux/if_link.h` of Debian, to compare the tables with; fetched when it is not there.
pub(crate) fn header() -> Result<PathBuf> {
    Ok(fetch(&Cache::open()?, &HEADERS)?.join("usr/include/linux/if_link.h"))
}

/// The same, when it is there already.
pub(crate) fn present_header() -> Option<PathBuf> {
    let folder = Cache::open().ok()?.path(HEADERS.name);
    Cache::is_complete(&folder).then(|| folder.join("usr/include/linux/if_link.h"))
}

/// Prints the folder with `ip` and `bridge`; `--update` fetches them anew.
pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if words == ["--tools"] {
        println!("{}", tools()?.display());
        return Ok(ExitCode::SUCCESS);
    }
    if words.iter().any(|word| word != "--update") {
        println!(
            "cargo xtask peer [--update | --tools]\n\nPrints a folder with the newest ip, bridge, tc, ss and devlink of \
             Debian (suite sid); with --tools one that has ethtool and Open vSwitch in its folder run."
        );
        return Ok(ExitCode::from(2));
    }
    if !words.is_empty() {
        Cache::open()?.forget(IPROUTE2.name)?;
    }
    println!("{}", folder()?.display());
    Ok(ExitCode::SUCCESS)
}

/// The folder with the programs, fetched when it is not there.
pub(crate) fn folder() -> Result<PathBuf> {
    Ok(fetch(&Cache::open()?, &IPROUTE2)?.join("run"))
}

/// The folder of ethtool and Open vSwitch: programs in `run`, the rest as the packages have it.
pub(crate) fn tools() -> Result<PathBuf> {
    fetch(&Cache::open()?, &TOOLS)
}

/// The same, when it is there already.
pub(crate) fn present_tools() -> Option<PathBuf> {
    let folder = Cache::open().ok()?.path(TOOLS.name);
    Cache::is_complete(&folder).then_some(folder)
}

/// The folder with the programs, when it is there already.
pub(crate) fn present() -> Option<PathBuf> {
    let folder = Cache::open().ok()?.path(IPROUTE2.name);
    Cache::is_complete(&folder).then(|| folder.join("run"))
}
