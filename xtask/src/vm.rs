//! `cargo xtask vm`: the words of the command line into a guest.

use crate::fault::{Doing, Fault, Result};
use crate::rig::{Guest, Sinks};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const HELP: &str = "\
cargo xtask vm [OPTIONS] [--] COMMAND...

Runs COMMAND as root on a kernel of Debian's in QEMU (software emulation, no /dev/kvm), in this folder and environment,
on this machine's files: read-only below a throw-away layer. Its stdout, stderr and exit status come back.
Statuses of the rig itself: 124 COMMAND took too long, 125 the rig failed.

  --kernel SERIES   5.10, 6.1, 6.12, 7.3 ... or newest ($RIG_KERNEL, else 6.12)
  --modules LIST    load these first: \"dummy bonding\"
  --rw FOLDER       what COMMAND writes below FOLDER stays (repeatable)
  --nic DEVICE      add a network card: virtio-net-pci, e1000e, igb ... (repeatable). They are net0, net1 ... on one hub;
                    in the guest: echo \"set_link net0 off\" >$RIG_MONITOR
  --smp N           CPUs (1)              --mem MIB    memory (2048)
  --timeout S       seconds (900)         --log FILE   the kernel's console
  --append TEXT     more for the kernel's command line
  --qemu WORD       one more word for QEMU's command line (repeatable)
";

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if words.first().is_none_or(|word| word == "--help" || word == "-h") {
        print!("{HELP}");
        return Ok(ExitCode::from(if words.is_empty() { 2 } else { 0 }));
    }
    let (guest, command) = parse(words)?;
    Ok(ExitCode::from(guest.run(command, Sinks::own())?))
}

/// The usual guest, on the kernel that the environment asks for.
pub(crate) fn usual() -> Guest {
    let kernel = std::env::var("RIG_KERNEL").ok().filter(|kernel| !kernel.is_empty());
    let guest = Guest::default();
    Guest { kernel: kernel.unwrap_or(guest.kernel), ..guest }
}

fn parse(words: &[String]) -> Result<(Guest, &[String])> {
    let mut guest = usual();
    let mut rest = words;
    while let [option, after @ ..] = rest {
        if option == "--" || !option.starts_with('-') {
            break;
        }
        let (value, after) = after.split_first().ok_or_else(|| usage(&format!("{option} needs a value")))?;
        set(&mut guest, option, value)?;
        rest = after;
    }
    let command = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    if command.is_empty() { Err(usage("no command")) } else { Ok((guest, command)) }
}

/// Sets what an option says of a guest.
pub(crate) fn set(guest: &mut Guest, option: &str, value: &str) -> Result<()> {
    let number = || value.parse::<u32>().doing(format!("{option} {value}"));
    match option {
        "--kernel" => value.clone_into(&mut guest.kernel),
        "--modules" => value.clone_into(&mut guest.modules),
        "--nic" => guest.cards.push(value.to_owned()),
        "--smp" => guest.cpus = number()?,
        "--mem" => guest.mebibytes = number()?,
        "--timeout" => guest.timeout = Duration::from_secs(u64::from(number()?)),
        "--append" => value.clone_into(&mut guest.append),
        "--log" => guest.log = Some(std::path::absolute(value).doing(format!("--log {value}"))?),
        "--qemu" => guest.qemu.push(value.to_owned()),
        "--rw" => {
            let folder = Path::new(value).canonicalize().doing(format!("--rw {value}"))?;
            if !folder.is_dir() || folder.to_str().is_none_or(|path| path.contains('\n')) {
                return Err(usage(&format!("--rw {value}: not a folder that can be shared")));
            }
            guest.writable.push(folder);
        }
        _ => return Err(usage(&format!("no option {option}"))),
    }
    Ok(())
}

fn usage(what: &str) -> Fault {
    Fault::new(what).next("cargo xtask vm --help, cargo xtask system --help")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn options_end_at_the_command_and_its_own_options_are_left_to_it() {
        let line = words("--kernel 7.3 --nic igb --nic e1000 --smp 2 ls --all");
        let (guest, command) = parse(&line).unwrap();
        assert_eq!((guest.kernel.as_str(), guest.cards.len(), guest.cpus), ("7.3", 2, 2));
        assert_eq!(command, ["ls", "--all"]);
        assert_eq!(parse(&words("--smp 2 -- -x")).unwrap().1, ["-x"]);
    }

    #[test]
    fn wrong_options_are_told_with_the_way_to_help() {
        for line in ["--smp", "--smp two true", "--nope 1 true", "--rw /no/such true", "--smp 2"] {
            let told = parse(&words(line)).err().map(|fault| fault.to_string()).unwrap_or_default();
            assert!(told.contains("--") || told.contains("no command"), "{line}: {told}");
        }
    }
}
