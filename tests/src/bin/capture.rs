//! Makes a capture for `crates/kinds/tests/golden`: what the kernel says of a link, and what the newest ip shows of it.
//!
//!     LINKCTL_PEER_IP=$(cargo xtask peer)/ip cargo xtask vm --rw crates/kinds/tests/golden -- \
//!         target/debug/capture vlan-6.12 v5 'ip link add d0 type dummy; ip link add v5 link d0 type vlan id 5'
//!
//! The commands run in a namespace of their own, with that ip as `ip`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, exit};

use linkctl::kernel::{Live, Place, isolate};
use linkctl::link::Netns;
use linkctl::link::message::{To, get};
use linkctl::schema::Name;

/// `RTM_NEWLINK`, as a message would have it that answers.
const RTM_NEWLINK: u16 = 16;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [capture, link, commands] = words.as_slice() else {
        eprintln!("usage: capture NAME LINK COMMANDS");
        exit(3);
    };
    if let Err(e) = run(capture, link, commands) {
        eprintln!("{capture}: {e}");
        exit(1);
    }
}

fn run(capture: &str, link: &str, commands: &str) -> Result<(), String> {
    let peer = std::env::var("LINKCTL_PEER_IP").map_err(|_| "LINKCTL_PEER_IP names no ip")?;
    // Else modules of tunnels put links of their own into each new namespace.
    let _ = std::fs::write("/proc/sys/net/core/fb_tunnels_only_for_init_net", "1");
    isolate().map_err(|e| e.to_string())?;
    let folder = Path::new(&peer).parent().ok_or("LINKCTL_PEER_IP is no path")?;
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let made = Command::new("sh").args(["-e", "-c", commands]).env("PATH", path).status();
    if !made.map_err(|e| e.to_string())?.success() {
        return Err("the commands failed".into());
    }
    let mut live = Live::open(Place::Here).map_err(|e| e.to_string())?;
    let name = Name::new(link).map_err(|e| e.to_string())?;
    let (snapshot, whole) = live.read(&[Netns::HERE], true).map_err(|e| e.to_string())?;
    if !whole {
        return Err("links changed meanwhile".into());
    }
    let links: Vec<String> = snapshot
        .in_order(&Netns::HERE)
        .filter_map(|(s, _)| Some(format!("{}={}", s.index, s.name()?)))
        .collect();
    let socket = live.socket(&Netns::HERE).map_err(|e| e.to_string())?;
    let ask = get(Some(To::Name(name)), true).map_err(|e| e.to_string())?;
    let payload = socket.get(ask, |m| m.payload.to_vec()).map_err(|e| e.to_string())?;
    let mut message = Vec::new();
    message.extend((16 + payload.len() as u32).to_ne_bytes());
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend([0; 10]);
    message.extend(payload);
    let mut hex = format!("# {commands}\n# links: {}\n", links.join(" "));
    for line in message.chunks(48) {
        line.iter().for_each(|b| _ = write!(hex, "{b:02x}"));
        hex.push('\n');
    }
    let ip = |options: &str| -> Result<String, String> {
        let said = Command::new(&peer).args(options.split(' ')).args(["link", "show", link]).output();
        Ok(String::from_utf8_lossy(&said.map_err(|e| e.to_string())?.stdout).into_owned())
    };
    let (text, all, json) = (ip("-d")?, ip("-d -d")?, ip("-d -j")?);
    let file =
        |extension: &str| Path::new("crates/kinds/tests/golden").join(format!("{capture}.{extension}"));
    let write =
        |extension: &str, what: &str| std::fs::write(file(extension), what).map_err(|e| e.to_string());
    write("hex", &hex)?;
    write("txt", &text)?;
    write("json", &json)?;
    if all != text {
        write("all", &all)?;
    }
    Ok(())
}
