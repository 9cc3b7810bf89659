//! Tests in the rig: one boot for all programs, driven by a script, since each start from the shared files has its price.

use super::Surroundings;
use super::binaries::Binary;
use super::counts::Outcome;
use super::here::read;
use crate::fault::{Doing, Result};
use crate::rig::{Guest, Sinks};
use crate::shell;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Seconds for one program, and for all of them.
const LIMIT: u32 = 1800;
const ALL: Duration = Duration::from_mins(90);
/// A CAN controller (`kvaser_pci`): no message makes such a link.
const CONTROLLER: &[&str] = &["-object", "can-bus,id=can0", "-device", "kvaser_pci,canbus=can0"];

/// Runs the programs on a kernel. An error is the rig's: then none of them ran.
pub(super) fn run(
    kernel: &str,
    tests: &[&Binary],
    surroundings: &Surroundings,
    names: &[String],
) -> Result<Vec<Outcome>> {
    let folder = surroundings.folder.join(kernel);
    fs::create_dir_all(&folder).doing(format!("create {}", folder.display()))?;
    let script = folder.join("script");
    fs::write(&script, text(tests, surroundings, names, &folder))
        .doing(format!("write {}", script.display()))?;
    let cpus = std::thread::available_parallelism().map_or(1, |cpus| cpus.get().min(2)) as u32;
    let guest = Guest {
        kernel: kernel.to_owned(),
        cpus,
        timeout: ALL,
        writable: vec![folder.clone()],
        // A network card with virtual functions.
        cards: vec!["igb".to_owned()],
        qemu: CONTROLLER.iter().map(|word| (*word).to_owned()).collect(),
        ..Guest::default()
    };
    // A status of the rig's own shows below as programs without one: they failed.
    guest.run(&["/bin/sh".to_owned(), script.display().to_string()], Sinks::stderr_only())?;
    Ok(tests.iter().enumerate().map(|(at, binary)| outcome(kernel, binary, at, &folder)).collect())
}

fn text(tests: &[&Binary], surroundings: &Surroundings, names: &[String], folder: &Path) -> Vec<u8> {
    let mut script = b"export LINKCTL_IN_VM=1\n".to_vec();
    for (variable, value) in surroundings.variables() {
        script.extend(format!("export {variable}=").as_bytes());
        script.extend(shell::quoted(value));
        script.push(b'\n');
    }
    for (at, binary) in tests.iter().enumerate() {
        let file = |end: &str| shell::quoted(folder.join(format!("{at}.{end}")));
        let parts: [&[u8]; 6] = [
            b"cd ",
            &shell::quoted(&binary.folder),
            b"\nexport CARGO_MANIFEST_DIR=\"$PWD\" LINKCTL_SKIPS=",
            &file("skips"),
            b"\nread -r before rest </proc/uptime\n",
            b"",
        ];
        script.extend(parts.concat());
        script.extend(format!("timeout {LIMIT} ").as_bytes());
        script.extend(shell::quoted(&binary.program));
        for name in names {
            script.push(b' ');
            script.extend(shell::quoted(name));
        }
        script.extend(
            [b" >", file("out").as_slice(), b" 2>&1\nstatus=$?\nread -r after rest </proc/uptime\n"].concat(),
        );
        script.extend([b"echo \"$status $before $after\" >", file("status").as_slice(), b"\n"].concat());
    }
    script
}

fn outcome(kernel: &str, binary: &Binary, at: usize, folder: &Path) -> Outcome {
    let file = |end: &str| read(&folder.join(format!("{at}.{end}")));
    let (status, mut said) = (file("status"), file("out"));
    let mut words = status.split_whitespace();
    let ended = words.next();
    match ended {
        Some("124") => said += "\nended after 30 minutes: it hangs",
        None => said += "\nthe guest ended before it did: see the rig's words above",
        _ => {}
    }
    let mut times = words.filter_map(|time| time.parse::<f64>().ok());
    let took = times.next().zip(times.next()).map_or(0.0, |(before, after)| (after - before).max(0.0));
    let mut outcome = Outcome::read(said, &file("skips"), ended == Some("0"));
    outcome.took = Duration::from_secs_f64(took);
    outcome.name.clone_from(&binary.name);
    kernel.clone_into(&mut outcome.place);
    outcome
}

/// True where a missing rig is a failure: in continuous integration nobody reads what was skipped.
pub(super) fn is_must() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
