//! The form of a scenario's file: a sentence, what the machine has, shell functions, and a script for each boot.
//!
//! ```text
//! # What is shown.
//! #: cpus 2
//! #: card virtio-net-pci
//! #: append net.ifnames=1
//! functions that all boots have
//! #: boot
//! what the first boot does
//! #: reboot
//! what the second one does, after a reboot
//! #: cut
//! what the third one does, after a power cut at the end of the second, or when the second chose
//! ```

use crate::fault::{Fault, Result};
use crate::rig::{Boot, End};

/// What one machine goes through.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// What it shows: a sentence.
    pub(super) about: String,
    pub(super) cpus: u32,
    pub(super) cards: Vec<String>,
    pub(super) qemu: Vec<String>,
    /// More for the kernel's command line.
    pub(super) append: String,
    pub(super) boots: Vec<Boot>,
}

impl Scenario {
    pub(super) fn read(name: &'static str, text: &str) -> Result<Self> {
        let mut lines = text.lines();
        let about = lines.next().and_then(|line| line.strip_prefix("# "));
        let about = about.ok_or_else(|| Fault::new(format!("{name}: no sentence in its first line")))?;
        let (cards, qemu, boots) = (Vec::new(), Vec::new(), Vec::new());
        let append = String::new();
        let mut scenario = Self { name, about: about.to_owned(), cpus: 1, cards, qemu, append, boots };
        let mut functions = String::new();
        for line in lines {
            let Some(words) = line.strip_prefix("#: ") else {
                let script = scenario.boots.last_mut().map_or(&mut functions, |boot| &mut boot.script);
                script.push_str(line);
                script.push('\n');
                continue;
            };
            scenario.set(words, &functions)?;
        }
        if scenario.boots.is_empty() { Err(Fault::new(format!("{name}: no boot"))) } else { Ok(scenario) }
    }

    fn set(&mut self, words: &str, functions: &str) -> Result<()> {
        let odd = || Fault::new(format!("{}: `#: {words}` is not understood", self.name));
        match (words.split_once(' ').unwrap_or((words, "")), self.boots.last_mut()) {
            (("cpus", number), None) => self.cpus = number.parse().map_err(|_| odd())?,
            (("card", device), None) => self.cards.push(device.to_owned()),
            (("qemu", more), None) => self.qemu.extend(more.split(' ').map(str::to_owned)),
            (("append", more), None) => more.clone_into(&mut self.append),
            (("boot", ""), None) => {}
            (("reboot", ""), Some(before)) => before.end = End::Reboot,
            (("cut", ""), Some(_)) => {}
            _ => return Err(odd()),
        }
        if matches!(words, "boot" | "reboot" | "cut") {
            self.boots.push(Boot { script: functions.to_owned(), end: End::Cut });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_boot_has_the_functions_and_ends_as_the_next_begins() {
        let text = "# It works.\n#: cpus 2\n#: card igb\n#: qemu -a b\n#: append quiet\nf() { :; }\n#: boot\none\n#: reboot\ntwo\n#: cut\nthree\n";
        let read = Scenario::read("x", text).unwrap();
        assert_eq!(
            (read.about.as_str(), read.cpus, read.cards.len(), read.qemu.len()),
            ("It works.", 2, 1, 2)
        );
        let boots: Vec<_> = read.boots.iter().map(|boot| (boot.script.as_str(), boot.end)).collect();
        let (one, two, three) = ("f() { :; }\none\n", "f() { :; }\ntwo\n", "f() { :; }\nthree\n");
        assert_eq!(boots, [(one, End::Reboot), (two, End::Cut), (three, End::Cut)]);
    }

    #[test]
    fn every_scenario_of_the_suite_is_read_and_odd_ones_are_told() {
        for (name, text) in super::super::SCENARIOS {
            assert!(Scenario::read(name, text).is_ok_and(|scenario| !scenario.about.is_empty()), "{name}");
        }
        for text in
            ["", "no sentence\n", "# x\n", "# x\n#: reboot\n", "# x\n#: boot\n#: cpus 2\n", "# x\n#: nope\n"]
        {
            assert!(Scenario::read("x", text).is_err(), "{text:?}");
        }
    }
}
