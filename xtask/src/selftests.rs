//! `cargo xtask selftests`: the kernel's own tests of networking, with linkctl in the place of `ip` and `bridge`.
//!
//! Each runs twice in the rig, with the genuine programs first on `PATH` and with ours; the verdicts must be the same.
//! The tests are those of Debian's source of the kernel that runs them.

use crate::fault::{Doing, Fault, Result};
use crate::rig::{Archive, Cache, Closure, Guest, Sinks, fetch};
use crate::{peer, shell, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

const HELP: &str = "\
cargo xtask selftests [--all] [--kernel SERIES] [NAME...]

Runs the kernel's selftests of networking in the rig, with the genuine ip and with linkctl in its place, and compares the
verdicts. NAME is a file below tools/testing/selftests, without .sh: net/altnames, drivers/net/bonding/dev_addr_lists.

  --all             the slow ones, too: net/rtnetlink, net/test_bridge_backup_port
  --kernel SERIES   6.12 unless said otherwise
";

const KERNEL: &str = "6.12";

/// What gives the same verdicts with either program, in about three minutes each.
const USUAL: &[&str] = &[
    "net/altnames",
    "net/netns-name",
    "net/vrf_strict_mode_test",
    "net/test_vxlan_fdb_changelink",
    "net/test_vxlan_under_vrf",
    "net/test_vxlan_nolocalbypass",
    "net/vlan_hw_filter",
    "net/netdevice",
    "drivers/net/bonding/bond-break-lacpdu-tx",
    "drivers/net/bonding/dev_addr_lists",
];

/// What fails in part with the genuine programs as well, or takes minutes in an emulated machine.
const SLOW: &[&str] = &["net/rtnetlink", "net/test_bridge_backup_port"];

/// Seconds for one test.
const LIMIT: u32 = 420;

/// What the tests want besides what a Debian machine has.
const TOOLS: Closure = Closure {
    name: "peers/selftests-tools",
    suite: "trixie",
    packages: &["netsniff-ng", "tcpdump", "jq", "iputils-ping", "ethtool", "iputils-arping"],
    programs: &[
        ("mausezahn", &[]),
        ("tcpdump", &[]),
        ("jq", &[]),
        ("ping", &["ping6"]),
        ("ethtool", &[]),
        ("arping", &[]),
    ],
};

/// How a test ended: its status, and how many of its parts passed and failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Verdict {
    status: Option<i32>,
    passed: usize,
    failed: usize,
}

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    let (mut names, mut kernel, mut all) = (Vec::new(), KERNEL.to_owned(), false);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--all" => all = true,
            "--kernel" => {
                kernel
                    .clone_from(rest.next().ok_or_else(|| Fault::new("selftests: --kernel wants a series"))?);
            }
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            word if word.starts_with('-') => {
                return Err(
                    Fault::new(format!("selftests: no option {word}")).next("cargo xtask selftests --help")
                );
            }
            _ => names.push(word.trim_end_matches(".sh").to_owned()),
        }
    }
    if names.is_empty() {
        let slow = SLOW.iter().filter(|_| all);
        names = USUAL.iter().chain(slow).map(|name| (*name).to_owned()).collect();
    }
    Ok(if same(&kernel, &names, &workspace::linkctl()?)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The usual ones, as a part of the long tests.
pub(crate) fn usual(linkctl: &Path) -> Result<bool> {
    same(KERNEL, &USUAL.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), linkctl)
}

/// Runs the tests with both programs, tells both verdicts, and says whether ours is no worse anywhere.
fn same(kernel: &str, names: &[String], linkctl: &Path) -> Result<bool> {
    let cache = Cache::open()?;
    let tests = source(&cache, kernel)?;
    let (theirs, tools) = (peer::folder()?, fetch(&cache, &TOOLS)?.join("run"));
    let folder = std::env::temp_dir().join(format!("linkctl-selftests.{}", std::process::id()));
    let ours = folder.join("bin");
    fs::create_dir_all(&ours).doing(format!("create {}", ours.display()))?;
    for name in ["ip", "bridge"] {
        std::os::unix::fs::symlink(linkctl, ours.join(name)).doing(format!("link {name}"))?;
    }
    let script = folder.join("script");
    fs::write(&script, text(names, &tests, &folder, (&theirs, &ours, &tools)))
        .doing(format!("write {}", script.display()))?;
    let guest = Guest {
        kernel: kernel.to_owned(),
        cpus: 2,
        timeout: Duration::from_secs(u64::from(LIMIT) * 2 * names.len() as u64),
        writable: vec![folder.clone()],
        ..Guest::default()
    };
    let done = guest.run(&["/bin/bash".to_owned(), script.display().to_string()], Sinks::stderr_only());
    let told: Vec<_> = names.iter().enumerate().map(|(at, name)| tell(name, at, &folder)).collect();
    let _ = fs::remove_dir_all(&folder);
    done?;
    Ok(told.into_iter().all(|good| good))
}

/// The kernel's selftests of networking, from Debian's source package.
fn source(cache: &Cache, kernel: &str) -> Result<PathBuf> {
    let folder = cache.folder(&format!("selftests/{kernel}"), |folder| {
        let package = format!("linux-source-{kernel}");
        Archive::open(cache)?.download(std::slice::from_ref(&package), folder)?;
        let wanted = ["net", "drivers/net", "lib.sh", "lib.mk", "kselftest", "kselftest*"];
        let wanted: Vec<_> =
            wanted.iter().map(|w| format!("'linux-source-{kernel}/tools/testing/selftests/{w}'")).collect();
        // A pattern that a version does not have is no failure: what matters is looked for below.
        let unpack = format!(
            "dpkg-deb --fsys-tarfile {package}_*.deb | tar --extract --to-stdout ./usr/src/{package}.tar.xz | xz -dc | \
             tar --extract --no-same-owner --strip-components=4 --wildcards {}; rm {package}_*.deb; test -e net/altnames.sh",
            wanted.join(" ")
        );
        let mut shell_command = Command::new("sh");
        shell_command.arg("-c").arg(unpack).current_dir(folder).stderr(Stdio::null());
        shell::quiet(&mut shell_command)
    })?;
    Ok(folder)
}

/// The script in the guest: each test by each program, one behind the other.
fn text(
    names: &[String],
    tests: &Path,
    folder: &Path,
    (theirs, ours, tools): (&Path, &Path, &Path),
) -> Vec<u8> {
    let paths = [("theirs", vec![theirs, tools]), ("ours", vec![ours, theirs, tools])];
    let mut out = b"base=$PATH\n".to_vec();
    for (at, name) in names.iter().enumerate() {
        let (place, file) = name.rsplit_once('/').unwrap_or(("net", name));
        for (who, path) in &paths {
            out.extend(b"cd ");
            out.extend(shell::quoted(tests.join(place)));
            out.extend(b" && PATH=");
            for folder in path {
                out.extend(shell::quoted(folder));
                out.push(b':');
            }
            let log = |end: &str| shell::quoted(folder.join(format!("{at}.{who}.{end}")));
            out.extend(format!("$base timeout {LIMIT} bash ./{file}.sh >").as_bytes());
            out.extend(log("log"));
            out.extend(b" 2>&1\necho $? >");
            out.extend(log("status"));
            // What a test left behind must not meet the next.
            out.push(b'\n');
            out.extend(shell::quoted(theirs.join("ip")));
            out.extend(b" -all netns del 2>/dev/null\n");
        }
    }
    out
}

fn tell(name: &str, at: usize, folder: &Path) -> bool {
    let read = |who: &str, end: &str| {
        let bytes = fs::read(folder.join(format!("{at}.{who}.{end}"))).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let verdict = |who| Verdict::read(&read(who, "log"), &read(who, "status"));
    let (theirs, ours) = (verdict("theirs"), verdict("ours"));
    let good = ours.is_no_worse(&theirs);
    println!("{} {name}: theirs {theirs}, ours {ours}", if good { "ok    " } else { "FAILED" });
    if !good {
        let log = read("ours", "log");
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].iter().for_each(|line| println!("    {line}"));
    }
    good
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.status {
            None => f.write_str("did not run"),
            Some(124) => write!(f, "took too long ({} passed, {} failed)", self.passed, self.failed),
            Some(status) => write!(f, "status {status} ({} passed, {} failed)", self.passed, self.failed),
        }
    }
}

impl Verdict {
    fn read(log: &str, status: &str) -> Self {
        let passed =
            |line: &&str| line.contains("[ OK ]") || line.contains("[  OK  ]") || line.contains("PASS");
        let failed = |line: &&str| {
            (line.contains("FAIL") && !line.contains("XFAIL"))
                && !line.trim_start().starts_with("Tests failed")
        };
        Self {
            status: status.trim().parse().ok(),
            passed: log.lines().filter(passed).count(),
            failed: log.lines().filter(failed).count(),
        }
    }

    /// Ours may pass where theirs did not; the other way round it may not.
    fn is_no_worse(&self, theirs: &Self) -> bool {
        self.status.is_some()
            && (self.status == theirs.status || self.status == Some(0))
            && self.passed >= theirs.passed
            && self.failed <= theirs.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_from_what_tests_print() {
        let log =
            "TEST: altnames test     [ OK ]\nPASS: x\nTEST: y [FAIL]\nTEST: z [XFAIL]\nTests failed:   1\n";
        let verdict = Verdict::read(log, "1\n");
        assert_eq!(verdict, Verdict { status: Some(1), passed: 2, failed: 1 });
        assert_eq!(Verdict::read("", ""), Verdict::default());
    }

    #[test]
    fn ours_may_be_better_and_not_worse() {
        let verdict = |status, passed, failed| Verdict { status, passed, failed };
        let theirs = verdict(Some(1), 5, 1);
        assert!(verdict(Some(1), 5, 1).is_no_worse(&theirs) && verdict(Some(0), 6, 0).is_no_worse(&theirs));
        assert!(!verdict(Some(1), 4, 2).is_no_worse(&theirs) && !verdict(None, 0, 0).is_no_worse(&theirs));
        assert!(!verdict(Some(124), 5, 1).is_no_worse(&theirs), "it hangs");
    }
}
