//! Debian's archive, through an apt of our own: its sources and indexes lie in the cache, and nothing gets installed.
//!
//! apt checks every signature and hash. Several suites at once give all the kernels; the machine's own mirror is used.

use super::cache::{Cache, is_fresh};
use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// The archive with its label, and where it is when this machine's apt does not know it.
const MAIN: (&str, &str) = ("Debian", "http://deb.debian.org/debian/");
const SECURITY: (&str, &str) = ("Debian-Security", "http://deb.debian.org/debian-security/");
/// 5.10 lives in bullseye, 6.1 in bookworm, 6.12 in bookworm-backports and trixie, newer ones in the last two.
const SUITES: [&str; 6] = ["bullseye", "bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid"];
const SECURITY_SUITES: [&str; 2] = ["bookworm-security", "trixie-security"];

/// The archive with indexes of today. One process uses it at a time.
pub(crate) struct Archive {
    folder: PathBuf,
    _lock: File,
}

impl Archive {
    /// Fetches the indexes when they are older than a day; without a network, old ones still serve.
    pub(crate) fn open(cache: &Cache) -> Result<Self> {
        for program in ["apt-get", "apt-cache", "dpkg-deb", "tar"] {
            if shell::which(program).is_none() {
                let why = format!("no {program} on this machine: the rig takes Debian's packages with it");
                return Err(Fault::new(why).next("run on Debian or Ubuntu, or with --no-vm"));
            }
        }
        if !Path::new(KEYS).exists() {
            return Err(Fault::new(format!("no {KEYS}: Debian's packages cannot be verified"))
                .next("apt-get install debian-archive-keyring"));
        }
        let archive = Self { folder: cache.path("apt"), _lock: cache.lock("apt")? };
        let updated = archive.folder.join("updated");
        if archive.configure()? || !is_fresh(&updated) {
            archive.update(&updated)?;
        }
        Ok(archive)
    }

    fn update(&self, updated: &Path) -> Result<()> {
        eprintln!("rig: fetching the indexes of Debian's archive (once a day)");
        // Without this mode, apt calls an update without a network a success.
        let words = ["update", "-qq", "-o", "APT::Update::Error-Mode=any"];
        match shell::quiet(self.apt("apt-get").args(words)) {
            Ok(()) => File::create(updated).map(drop).doing(format!("write {}", updated.display())),
            // A suite that went away must not keep the others from serving.
            Err(fault) if self.has_indexes() => {
                eprintln!("rig: {fault}\nrig: going on with the indexes that are there");
                Ok(())
            }
            Err(fault) => {
                let next = "see that this machine reaches its Debian mirror (apt-get update), or use --no-vm";
                Err(Fault::new(format!("the rig needs Debian's archive once: {fault}")).next(next))
            }
        }
    }

    fn has_indexes(&self) -> bool {
        let entries = fs::read_dir(self.folder.join("lists"));
        entries.is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.path().display().to_string().contains("_Packages"))
        })
    }

    /// Writes the configuration; true when the sources are others than before.
    fn configure(&self) -> Result<bool> {
        let at = self.folder.display();
        for folder in ["lists/partial", "cache/archives/partial", "state"] {
            fs::create_dir_all(self.folder.join(folder)).doing(format!("create {at}/{folder}"))?;
        }
        let lines = |of, suites: &[&str]| suites.iter().map(|suite| source(of, suite)).collect::<String>();
        let sources = lines(MAIN, &SUITES) + &lines(SECURITY, &SECURITY_SUITES);
        // The machine's preferences and sources stay out, its proxy settings stay in. `_apt` may not write here.
        let settings = format!(
            "Dir::Etc::sourcelist \"{at}/sources.list\";\nDir::Etc::sourceparts \"/dev/null\";\n\
             Dir::Etc::preferences \"/dev/null\";\nDir::Etc::preferencesparts \"/dev/null\";\n\
             Dir::State \"{at}/state\";\nDir::State::Lists \"{at}/lists\";\nDir::Cache \"{at}/cache\";\n\
             Acquire::Languages \"none\";\nAcquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\n\
             Acquire::Retries \"3\";\nAPT::Sandbox::User \"root\";\nAPT::Architecture \"amd64\";\n"
        );
        fs::write(self.folder.join("apt.conf"), settings).doing(format!("write {at}/apt.conf"))?;
        let list = self.folder.join("sources.list");
        if fs::read_to_string(&list).is_ok_and(|before| before == sources) {
            return Ok(false);
        }
        fs::write(&list, sources).doing(format!("write {at}/sources.list"))?;
        Ok(true)
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("APT_CONFIG", self.folder.join("apt.conf"))
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("LC_ALL", "C");
        command
    }

    /// The names of all packages that begin with `prefix`.
    pub(super) fn names(&self, prefix: &str) -> Result<Vec<String>> {
        let text = shell::output(self.apt("apt-cache").args(["pkgnames", prefix]))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The newest version of a package.
    pub(super) fn version(&self, package: &str) -> Result<String> {
        let text = shell::output(self.apt("apt-cache").args(["madison", package]))?;
        let version = text.lines().next().and_then(|line| line.split('|').nth(1)).map(str::trim);
        let version = version.filter(|version| !version.is_empty());
        version.map(str::to_owned).ok_or_else(|| Fault::new(format!("no {package} in Debian's archive")))
    }

    /// The lines of sources.list for a suite and its security updates, with this machine's mirror.
    pub(super) fn sources(&self, suite: &str) -> Result<String> {
        let list = self.folder.join("sources.list");
        let all = fs::read_to_string(&list).doing(format!("read {}", list.display()))?;
        let security = format!("{suite}-security");
        let of = |line: &&str| line.split(' ').any(|word| word == suite || word == security);
        Ok(all.lines().filter(of).flat_map(|line| [line, "\n"]).collect())
    }

    /// Downloads `packages`, as they are, into `folder`.
    pub(crate) fn download(&self, packages: &[String], folder: &Path) -> Result<()> {
        let next = "see that this machine reaches its Debian mirror (apt-get update), or use a kernel that is in the cache";
        let mut command = self.apt("apt-get");
        command.args(["download", "-qq"]).args(packages).current_dir(folder);
        shell::quiet(&mut command).map_err(|fault| fault.next(next))
    }

    /// Downloads `packages` of `suite` with everything they depend on, as if nothing were installed, into `folder`.
    pub(super) fn download_closure(&self, packages: &[&str], suite: &str, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder.join("partial")).doing(format!("create {}", folder.display()))?;
        let list = folder.join("sources.list");
        fs::write(&list, source(MAIN, suite)).doing("write a list of sources")?;
        let none = folder.join("status");
        File::create(&none).doing(format!("create {}", none.display()))?;
        let set = |name: &str, path: &Path| format!("{name}={}", path.display());
        let mut command = self.apt("apt-get");
        command.args(["install", "-qq", "-y", "--download-only", "--no-install-recommends"]);
        command.args(["-o", &set("Dir::State::status", &none), "-o", &set("Dir::Etc::sourcelist", &list)]);
        command.args([
            "-o",
            &set("Dir::Cache::archives", folder),
            "-o",
            "Dir::Cache::pkgcache=",
            "-o",
            "Dir::Cache::srcpkgcache=",
        ]);
        shell::quiet(command.args(packages))
    }
}

/// A line for sources.list, with the mirror that this machine's apt takes Debian from.
fn source((label, usual): (&str, &str), suite: &str) -> String {
    let asked =
        shell::output(Command::new("apt-get").args(["indextargets", "--format", "$(LABEL)|$(REPO_URI)"]))
            .unwrap_or_default();
    let own = asked
        .lines()
        .filter_map(|line| line.split_once('|'))
        .find_map(|(of, mirror)| (of == label).then_some(mirror));
    format!("deb [signed-by={KEYS}] {} {suite} main\n", own.unwrap_or(usual))
}
