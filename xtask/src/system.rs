//! `cargo xtask system`: a whole Debian with its own systemd, over several boots.

use crate::fault::{Doing, Fault, Result};
use crate::rig::{Boot, Cache, End, Guest, Sinks, System, image};
use crate::{vm, workspace};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask system [OPTIONS] -- CMD [--reboot CMD | --cut CMD]...

Boots Debian 12 (minbase, systemd, udev, dbus, kmod, iproute2) from a throw-away disk on a kernel of Debian's in QEMU, with
linkctl as just built in /usr/bin. When the boot has finished (no job is left) CMD, one word, is run by bash as root. Its
stdout and stderr come back; a CMD that fails ends the run with its status.

  --reboot CMD   reboot (systemctl reboot: units are stopped, file systems are unmounted), then CMD
  --cut CMD      cut the power when the CMD before has ended (what is not on the disk yet is lost), then CMD. The CMD before
                 may choose the moment: echo quit >$RIG_MONITOR

Only the disk lives on. What packages enable that manages links (networkd, NetworkManager, ifupdown) or logins (ssh) is
disabled: say systemctl enable --now. Making the image takes root, once for each list of packages; booting it does not.
Statuses of the rig itself: 124 a CMD took too long, 125 the rig failed.

  --with PKG,PKG    more packages: openssh-server, network-manager, ifupdown2 ... (repeatable)
  --keep FILE       the disk is FILE and stays: a copy of the image, or what an earlier run left there
  --timeout S       seconds for each boot (900)

--kernel, --nic, --rw, --smp, --mem, --log (of the last boot), --append, --qemu: as of cargo xtask vm.
";

/// What the words of the command line ask for.
struct Wish {
    guest: Guest,
    packages: Vec<String>,
    keep: Option<PathBuf>,
    boots: Vec<Boot>,
}

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if words.first().is_none_or(|word| word == "--help" || word == "-h") {
        print!("{HELP}");
        return Ok(ExitCode::from(if words.is_empty() { 2 } else { 0 }));
    }
    let wish = parse(words)?;
    let image = image(&Cache::open()?, &wish.packages)?;
    let programs = [workspace::linkctl()?];
    let system = match &wish.keep {
        Some(place) => System::kept(&image, place)?,
        None => System::copy(&image)?,
    };
    for boot in &wish.boots {
        let status = system.boot(&wish.guest, boot, &programs, Sinks::own())?;
        if status != 0 {
            return Ok(ExitCode::from(status));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(words: &[String]) -> Result<Wish> {
    let mut wish = Wish { guest: vm::usual(), packages: Vec::new(), keep: None, boots: Vec::new() };
    let at =
        words.iter().position(|word| word == "--").ok_or_else(|| usage("no `--` before the first CMD"))?;
    let (options, commands) = (&words[..at], &words[at + 1..]);
    for pair in options.chunks(2) {
        let [option, value] = pair else { return Err(usage(&format!("{} needs a value", pair[0]))) };
        match option.as_str() {
            "--with" => {
                wish.packages.extend(value.split(',').filter(|name| !name.is_empty()).map(str::to_owned));
            }
            "--keep" => wish.keep = Some(std::path::absolute(value).doing(format!("--keep {value}"))?),
            // udev and systemd load what is there.
            "--modules" => return Err(usage("no option --modules: say modprobe in CMD")),
            _ => vm::set(&mut wish.guest, option, value)?,
        }
    }
    let last = if wish.keep.is_some() { End::PowerOff } else { End::Cut };
    wish.boots = boots(commands, last)?;
    Ok(wish)
}

/// `CMD [--reboot CMD | --cut CMD]...`; the end of the last is the caller's.
fn boots(words: &[String], last: End) -> Result<Vec<Boot>> {
    let [first, rest @ ..] = words else { return Err(usage("no CMD")) };
    let mut boots = vec![Boot { script: first.clone(), end: last }];
    for pair in rest.chunks(2) {
        let end = match pair[0].as_str() {
            "--reboot" => End::Reboot,
            "--cut" => End::Cut,
            other => {
                return Err(usage(&format!("--reboot or --cut expected, not `{other}`: a CMD is one word")));
            }
        };
        let [_, script] = pair else { return Err(usage(&format!("{} needs a CMD", pair[0]))) };
        if let Some(before) = boots.last_mut() {
            before.end = end;
        }
        boots.push(Boot { script: script.clone(), end: last });
    }
    Ok(boots)
}

fn usage(what: &str) -> Fault {
    Fault::new(what).next("cargo xtask system --help")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn each_command_ends_as_the_next_one_says() {
        let wish = parse(&words("--with a,b --with c --nic igb -- one --reboot two --cut three")).unwrap();
        assert_eq!(wish.packages, ["a", "b", "c"]);
        assert_eq!(wish.guest.cards, ["igb"]);
        let ends: Vec<_> = wish.boots.iter().map(|boot| (boot.script.as_str(), boot.end)).collect();
        assert_eq!(ends, [("one", End::Reboot), ("two", End::Cut), ("three", End::Cut)]);
    }

    #[test]
    fn a_disk_that_stays_is_left_in_order() {
        let wish = parse(&words("--keep /tmp/x -- one --cut two")).unwrap();
        assert_eq!(wish.boots.last().unwrap().end, End::PowerOff);
    }

    #[test]
    fn wrong_words_are_told_with_the_way_to_help() {
        for line in
            ["true", "--", "-- a b", "-- a --reboot", "--with -- a", "--modules x -- a", "--nope x -- a"]
        {
            let told = parse(&words(line)).err().map(|fault| fault.to_string()).unwrap_or_default();
            assert!(told.contains("--help"), "{line}: {told}");
        }
    }
}
