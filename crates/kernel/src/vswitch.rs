//! Open vSwitch, through the client that it keeps itself: `ovs-vsctl`.
//!
//! Knows which bridge a port is of, and how a port comes and goes. The kernel knows neither: it shows all ports under
//! one link of the kind [`KIND`], and takes no order about them. The client, and not its database's protocol, because
//! it waits until the switch has carried out what the database says. No shell is between; a switch that hangs is given
//! up after some seconds, and what was asked of it is taken back.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::{Error, sys};

/// The kernel's word for the kind of its links.
pub const KIND: &[u8] = b"openvswitch";
/// The link that the kernel shows as the master of all ports.
pub const DATAPATH: &[u8] = b"ovs-system";

const CLIENT: &str = "ovs-vsctl";
/// Columns of a port and of its interface that say something which a port that comes anew would not have.
const PORT: &str =
    "--columns=tag,trunks,cvlans,vlan_mode,bond_mode,lacp,qos,other_config,external_ids,protected";
const INTERFACE: &str = "--columns=type,options,ofport_request,mac,other_config,external_ids";

/// Bridges by the names of their ports.
pub fn ports() -> Result<BTreeMap<Vec<u8>, Vec<u8>>, Error> {
    let mut out = BTreeMap::new();
    for bridge in lines(&ask(&[b"list-br"])?) {
        for port in lines(&ask(&[b"list-ports", &bridge])?) {
            out.insert(port, bridge.clone());
        }
    }
    Ok(out)
}

/// Whether a port has no settings of its own, so that one that comes anew is the same.
pub fn is_plain(port: &[u8]) -> Result<bool, Error> {
    let head: [&[u8]; 3] = [b"--format=csv", b"--data=bare", b"--no-headings"];
    let mut all = Vec::new();
    for (columns, table) in [(PORT, &b"Port"[..]), (INTERFACE, b"Interface")] {
        let words = [&head[..], &[columns.as_bytes(), b"--", b"list", table, port]].concat();
        all.extend(run(&words)?);
    }
    let text = String::from_utf8_lossy(&all).replace("false", "");
    Ok(text.chars().all(|c| c == ',' || c == '"' || c.is_whitespace()))
}

/// Whether the switch's bridge is the link of that index: it may be another namespace's of the same name.
pub fn is_here(bridge: &[u8], index: u32) -> Result<bool, Error> {
    let said = ask(&[b"get", b"Interface", bridge, b"ifindex"])?;
    Ok(lines(&said).first().is_some_and(|l| *l == index.to_string().as_bytes()))
}

/// Makes a link a port of a bridge; one that is already so is left alone.
pub fn attach(bridge: &[u8], port: &[u8]) -> Result<(), Error> {
    // What the database says already is someone's, with settings of its own.
    let known = ports()?.get(port).is_some_and(|b| b == bridge);
    let done = ask(&[b"--may-exist", b"add-port", bridge, port]);
    if done.is_err() && !known {
        // The database may say so already, for a switch that does not listen now and will later.
        let _ = run(&[b"--no-wait", b"--", b"--if-exists", b"del-port", bridge, port]);
    }
    done.map(drop)
}

/// Takes a port out of its bridge.
pub fn detach(bridge: &[u8], port: &[u8]) -> Result<(), Error> {
    ask(&[b"--if-exists", b"del-port", bridge, port]).map(drop)
}

/// A command of the client; its options stand before it.
fn ask(words: &[&[u8]]) -> Result<Vec<u8>, Error> {
    run(&[&[&b"--"[..]], words].concat())
}

fn run(words: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let failed = |said: String| Error::Program { name: CLIENT, said };
    // Two dashes part the client's commands. Behind a command's own name no word is an option.
    if words.iter().skip_while(|w| **w != b"--").skip(1).any(|w| *w == b"--") {
        return Err(failed("a link called -- cannot be named to it".into()));
    }
    let mut command = Command::new(CLIENT);
    command.arg("--timeout=10").args(words.iter().map(|w| OsStr::from_bytes(w))).env("LC_ALL", "C");
    let output = command.stdin(std::process::Stdio::null()).output();
    let output = output.map_err(|e| match sys::number(&e) {
        libc::ENOENT => failed("it is not installed, or not in PATH".into()),
        _ => failed(e.to_string()),
    })?;
    let said = told(&output.stderr);
    // It ends well although the switch could not do what the database says.
    if output.status.success() && !said.contains("Error detected") {
        return Ok(output.stdout);
    }
    Err(failed(if said.is_empty() { "the switch did not answer in time".into() } else { said }))
}

/// What the client said, without its own name and where its log is; nothing in it that a terminal might act on.
fn told(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(|l| l.strip_prefix("ovs-vsctl: ").unwrap_or(l));
    let said: Vec<&str> = lines.filter(|l| !l.contains("default log directory")).collect();
    said.join("; ").chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect()
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_says_is_harmless_and_short() {
        let said =
            b"ovs-vsctl: Error detected (\x1b[1m\xff).\novs-vsctl: The default log directory is \"/x\".\n";
        assert_eq!(told(said), "Error detected (?[1m?).");
    }

    #[test]
    fn a_link_that_is_called_as_the_mark_between_commands_is_not_named() {
        for done in [detach(b"br0", b"--"), detach(b"--", b"p"), is_plain(b"--").map(drop)] {
            assert!(matches!(done, Err(Error::Program { said, .. }) if said.contains("--")));
        }
    }
}
