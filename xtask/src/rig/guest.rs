//! One boot: a kernel, one command in it as root, its output and exit status; on this machine's files, or on a disk that
//! has a system of its own.
//!
//! The accelerator is always software: /dev/kvm is not touched, so it works inside of virtual machines and containers.

use super::disk::Disk;
use super::kernel::Kernel;
use super::pipe::{Pipe, Sink};
use super::{Cache, FAILED, TIMED_OUT, initramfs, qemu};
use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs::{self, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// No AVX: an emulated one is slow, and code that asks the CPU takes another way by itself.
const CPU: &str = "Nehalem,+rdrand";
/// Quiet, without self-tests and mitigations: seconds under emulation. A panic ends QEMU at once.
const APPEND: &str = "console=ttyS0 quiet loglevel=4 panic=-1 nokaslr mitigations=off tsc=reliable no_timer_check \
    net.ifnames=0 cryptomgr.notests audit=0 apparmor=0 selinux=0 rcupdate.rcu_expedited=1";
/// Not the guest's business: the shell's own words.
const NOT_TAKEN: [&str; 5] = ["PWD", "OLDPWD", "SHLVL", "TMPDIR", "_"];

/// What to boot, and with what.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) kernel: String,
    pub(crate) modules: String,
    pub(crate) cards: Vec<String>,
    pub(crate) cpus: u32,
    pub(crate) mebibytes: u32,
    pub(crate) timeout: Duration,
    pub(crate) writable: Vec<PathBuf>,
    pub(crate) append: String,
    pub(crate) log: Option<PathBuf>,
    pub(crate) qemu: Vec<String>,
    /// Boots this system with its own first process, instead of this machine's files.
    pub(crate) disk: Option<Disk>,
}

/// Where the guest's output goes.
pub(crate) struct Sinks {
    pub(crate) stdout: Sink,
    pub(crate) stderr: Sink,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            kernel: "6.12".to_owned(),
            modules: String::new(),
            cards: Vec::new(),
            cpus: 1,
            mebibytes: 2048,
            timeout: Duration::from_mins(15),
            writable: Vec::new(),
            append: String::new(),
            log: None,
            qemu: Vec::new(),
            disk: None,
        }
    }
}

impl Guest {
    /// Boots, runs `words` and returns the exit status. On this machine's files they have this process's folder and
    /// environment; on a disk they have those of a unit, and run when the boot has finished.
    pub(crate) fn run(&self, words: &[String], sinks: Sinks) -> Result<u8> {
        if !cfg!(target_arch = "x86_64") {
            return Err(
                Fault::new("the rig's kernels are for x86_64, this machine is not").next("run with --no-vm")
            );
        }
        let cache = Cache::open()?;
        let kernel = Kernel::get(&cache, &self.kernel)?;
        let initramfs = initramfs::get(&cache, &kernel)?;
        let share = Share::create()?;
        self.fill(&share.0, words)?;
        let log = self.log.clone().unwrap_or_else(|| share.0.join("console"));
        let mut command = qemu::command(&cache)?;
        self.machine(&mut command, &kernel, &initramfs, &log);
        self.devices(&mut command, &kernel, &share.0);
        let stdout = Pipe::open(&share.0.join("stdout"), sinks.stdout)?;
        let stderr = Pipe::open(&share.0.join("stderr"), sinks.stderr)?;
        let told = share.0.join("qemu");
        let errors = File::create(&told).doing(format!("create {}", told.display()))?;
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).spawn().doing("start QEMU");
        let ended = child.and_then(|child| wait(child, self.timeout));
        stdout.close()?;
        stderr.close()?;
        let ended = ended?;
        Ok(self.status(&share.0, ended, &log))
    }

    /// What the guest reads: the command as a script, and which folders it may write.
    fn fill(&self, share: &Path, words: &[String]) -> Result<()> {
        let mut script = Vec::new();
        match &self.disk {
            Some(disk) => disk.fill(share)?,
            None => surroundings(&mut script)?,
        }
        for module in self.modules.split([' ', ',']).filter(|module| !module.is_empty()) {
            script.extend(b"modprobe -a ");
            script.extend(shell::quoted(module));
            script.push(b'\n');
        }
        script.extend(b"exec");
        for word in words {
            script.push(b' ');
            script.extend(shell::quoted(word));
        }
        script.push(b'\n');
        let line = |(at, folder): (usize, &PathBuf)| {
            format!(
                "writable{at} {}
",
                folder.display()
            )
        };
        let writable = self.writable.iter().enumerate().map(line).collect::<Vec<_>>().concat();
        let write = |name: &str, bytes: &[u8]| {
            fs::write(share.join(name), bytes).doing(format!("write {}/{name}", share.display()))
        };
        write("command", &script)?;
        write("writable", writable.as_bytes())
    }

    fn machine(&self, command: &mut Command, kernel: &Kernel, initramfs: &Path, log: &Path) {
        let threads = if self.cpus > 1 { "tcg,thread=multi" } else { "tcg,thread=single" };
        command.args(["-accel", threads, "-cpu", CPU, "-M", "q35,hpet=off,usb=off"]);
        command.args(["-smp", &self.cpus.to_string(), "-m", &self.mebibytes.to_string()]);
        command.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]);
        command.arg("-kernel").arg(kernel.vmlinux()).arg("-initrd").arg(initramfs);
        let disk = self.disk.as_ref().map_or("", |_| Disk::APPEND);
        command.args(["-append", &format!("{APPEND} {disk} {}", self.append)]);
        command
            .arg("-chardev")
            .arg(format!("file,id=console,path={}", comma(log)))
            .args(["-serial", "chardev:console"]);
    }

    fn devices(&self, command: &mut Command, kernel: &Kernel, share: &Path) {
        let mut folder = |tag: &str, path: &Path, option: &str| {
            let device =
                format!("local,id={tag},path={},security_model=none,multidevs=remap{option}", comma(path));
            command.args([
                "-fsdev",
                &device,
                "-device",
                &format!("virtio-9p-pci,fsdev={tag},mount_tag={tag}"),
            ]);
        };
        match &self.disk {
            None => folder("root", Path::new("/"), ",readonly=on"),
            Some(_) => folder("programs", &Disk::programs(share), ",readonly=on"),
        }
        folder("modules", &kernel.modules(), ",readonly=on");
        folder("share", share, "");
        for (at, path) in self.writable.iter().enumerate() {
            folder(&format!("writable{at}"), path, "");
        }
        command.args(["-device", "virtio-serial-pci,max_ports=4"]);
        for name in ["stdout", "stderr"] {
            command.args(["-chardev", &format!("socket,id={name},path={}", comma(&share.join(name)))]);
            command.args(["-device", &format!("virtserialport,chardev={name},name={name}")]);
        }
        // QEMU connects to its own monitor, so that the guest can pull its cables: echo "set_link net0 off" >$RIG_MONITOR
        let monitor = comma(&share.join("monitor"));
        command.args(["-chardev", &format!("socket,id=answers,path={monitor},server=on,wait=off")]);
        command.args([
            "-mon",
            "chardev=answers,mode=readline",
            "-chardev",
            &format!("socket,id=words,path={monitor}"),
        ]);
        command.args(["-device", "virtserialport,chardev=words,name=monitor"]);
        for (at, card) in self.cards.iter().enumerate() {
            command.args(["-netdev", &format!("hubport,id=cable{at},hubid=0")]);
            command.args(["-device", &format!("{card},netdev=cable{at},id=net{at}")]);
        }
        if let Some(disk) = &self.disk {
            let drive = format!("file={},format=raw,if=none,id=disk,cache=writeback", comma(&disk.image));
            command.args(["-drive", &drive, "-device", "virtio-blk-pci,drive=disk"]);
        }
        command.args(&self.qemu);
    }

    fn status(&self, share: &Path, ended: Option<ExitStatus>, log: &Path) -> u8 {
        let written = fs::read_to_string(share.join("status")).unwrap_or_default();
        if let Ok(status) = written.trim().parse() {
            return status;
        }
        let console = tail(log, 30);
        // A command may cut the power itself. A kernel that panics ends QEMU as quietly.
        let cut = self.disk.as_ref().is_some_and(|disk| disk.may_be_cut(share));
        if cut && ended.is_some_and(|ended| ended.success()) && !console.contains("Kernel panic") {
            return 0;
        }
        let Some(ended) = ended else {
            eprintln!(
                "rig: the command took longer than {} s (--timeout); the kernel's last words:\n{console}",
                self.timeout.as_secs()
            );
            return TIMED_OUT;
        };
        let told = tail(&share.join("qemu"), 10);
        eprintln!(
            "rig: the guest ended without a status (QEMU: {ended}){told}\nthe kernel's last words:\n{console}"
        );
        FAILED
    }
}

/// The lines of a script that give it this process's folder and environment.
fn surroundings(script: &mut Vec<u8>) -> Result<()> {
    let taken =
        std::env::vars_os().filter(|(name, _)| is_name(name) && !NOT_TAKEN.iter().any(|not| name == not));
    for (name, value) in taken {
        script.extend(b"export ");
        script.extend(name.as_encoded_bytes());
        script.push(b'=');
        script.extend(shell::quoted(value));
        script.push(b'\n');
    }
    script.extend(b"cd ");
    script.extend(shell::quoted(std::env::current_dir().doing("find the current folder")?));
    script.extend(b" || cd /\n");
    Ok(())
}

/// The folder that a guest and this process share; it is gone with this value.
struct Share(PathBuf);

impl Share {
    fn create() -> Result<Self> {
        // A socket's path may have 107 bytes: a deep TMPDIR leaves no room.
        let place = Some(std::env::temp_dir())
            .filter(|place| place.as_os_str().len() < 60)
            .unwrap_or_else(|| PathBuf::from("/tmp"));
        for attempt in 0..1000 {
            let path = place.join(format!("linkctl-vm.{}.{attempt}", std::process::id()));
            // For this user only: the environment may hold secrets.
            if fs::DirBuilder::new().mode(0o700).create(&path).is_ok() {
                return Ok(Self(path));
            }
        }
        Err(Fault::new(format!("cannot create a folder in {}", place.display()))
            .next("set TMPDIR to a folder that can be written"))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits for QEMU; none when it had to be ended.
fn wait(mut child: Child, timeout: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().doing("wait for QEMU")? {
            return Ok(Some(status));
        }
        if start.elapsed() >= timeout {
            child.kill().and_then(|()| child.wait()).doing("end QEMU")?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// True for what a shell takes as a name; functions that bash exports are not.
fn is_name(name: &std::ffi::OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    !bytes.is_empty()
        && !bytes[0].is_ascii_digit()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// A path inside of a list with commas: QEMU wants them twice.
fn comma(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

fn tail(path: &Path, lines: usize) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<_> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().flat_map(|line| ["\n  ", line]).collect()
}

impl Sinks {
    /// This process's own stdout and stderr.
    pub(crate) fn own() -> Self {
        Self { stdout: Box::new(std::io::stdout()), stderr: Box::new(std::io::stderr()) }
    }

    /// Nowhere, but for stderr.
    pub(crate) fn stderr_only() -> Self {
        Self { stdout: Box::new(std::io::sink()), stderr: Box::new(std::io::stderr()) }
    }
}
