//! The rig's network card: QEMU's igb, which has rings, features and virtual functions.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Said, Space, skip};

/// The card's link, in the namespace of the calling thread.
pub struct Card {
    /// What the link is called.
    pub name: String,
    device: PathBuf,
}

impl Card {
    /// Takes the card into the test's namespace, without virtual functions and down; `None`, having said so, where
    /// there is none.
    pub fn take(space: &Space) -> Option<Self> {
        if std::env::var_os("LINKCTL_IN_VM").is_none() {
            skip("a card with virtual functions is only in the rig");
            return None;
        }
        if !Space::newest_ip() {
            skip("no newest ip to compare with");
            return None;
        }
        let _ = Command::new("modprobe").arg("igb").output();
        let devices = std::fs::read_dir("/sys/bus/pci/drivers/igb").into_iter().flatten().flatten();
        let device = devices.map(|d| d.path()).find(|d: &PathBuf| d.join("sriov_numvfs").exists());
        let Some(device) = device else {
            skip("this rig has no card with virtual functions");
            return None;
        };
        let Some(name) = name(&device) else {
            skip("the card's link is not in the first namespace");
            return None;
        };
        let card = Self { name, device };
        if !card.functions(0) {
            skip("this kernel makes no virtual functions of the card");
            return None;
        }
        fetch(&card.name).ok();
        space.ip(&format!("link show {}", card.name)).ok();
        Some(card)
    }

    /// Has so many functions made; whether the kernel did.
    pub fn functions(&self, count: u32) -> bool {
        std::fs::write(self.device.join("sriov_numvfs"), count.to_string()).is_ok()
    }
}

/// What the link of a device is called, where the hardware is.
fn name(device: &Path) -> Option<String> {
    let mut command = Command::new("nsenter");
    let said =
        command.args(["-t", "1", "-n", "-m", "ls"]).arg(device.join("net")).output().expect("nsenter starts");
    Some(Said::from(said).out.lines().next()?.to_owned())
}

/// Takes a link of the first namespace into that of the calling thread, down.
pub fn fetch(link: &str) -> Said {
    // By a descriptor that nsenter's program can open.
    let here = format!("/proc/{}/task/{}/ns/net", std::process::id(), thread_id());
    first(&format!("link set {link} down netns {here}"))
}

/// Runs ip in the first namespace, where the hardware is.
fn first(words: &str) -> Said {
    let ip = std::env::var_os("LINKCTL_PEER_IP").expect("found before");
    let mut command = Command::new("nsenter");
    command.args(["-t", "1", "-n"]).arg(ip).args(words.split_whitespace());
    command.output().expect("nsenter starts").into()
}

/// The number of the calling thread.
fn thread_id() -> String {
    let link = std::fs::read_link("/proc/thread-self").expect("proc is mounted");
    link.file_name().expect("a number").to_str().expect("text").to_owned()
}
