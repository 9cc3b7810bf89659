//! Uncompressing, outside of the emulation, what a kernel's packages carry compressed.

use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The first bytes of each compression, the program that undoes it, and whether the kernel's build appends four bytes.
const WAYS: [(&[u8], &str, bool); 3] =
    [(b"\xfd7zXZ\0", "xz", true), (b"\x28\xb5\x2f\xfd", "zstd", true), (b"\x1f\x8b\x08", "gzip", false)];

/// Takes the kernel proper out of a bzImage; the fields are those of Documentation/arch/x86/boot.rst.
pub(super) fn extract(image: &Path, vmlinux: &Path, tools: &Path) -> Result<()> {
    let bytes = fs::read(image).doing(format!("read {}", image.display()))?;
    let odd = |why: &str| Fault::new(format!("{}: {why}", image.display()));
    let payload = payload(&bytes).ok_or_else(|| odd("no bzImage of boot protocol 2.08 or later"))?;
    let way = WAYS.iter().find(|(magic, ..)| payload.starts_with(magic));
    let (_, program, appended) =
        way.ok_or_else(|| odd("compressed in a way that is not known here (xz, zstd, gzip are)"))?;
    let payload = if *appended { &payload[..payload.len().saturating_sub(4)] } else { payload };
    let out = File::create(vmlinux).doing(format!("create {}", vmlinux.display()))?;
    let mut child = Command::new(own(tools, program))
        .args(["-d", "-c"])
        .stdin(Stdio::piped())
        .stdout(out)
        .spawn()
        .doing(format!("start {program}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(payload).doing(format!("give the kernel to {program}"))?;
    }
    let status = child.wait().doing(format!("wait for {program}"))?;
    let mut start = [0; 4];
    let read = File::open(vmlinux).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    if status.success() && read.is_ok() && start == *b"\x7fELF" {
        Ok(())
    } else {
        Err(odd(&format!("{program} {status}, and no ELF came out")))
    }
}

fn payload(image: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| Some(u32::from_le_bytes(image.get(at..at + 4)?.try_into().ok()?) as usize);
    if image.get(0x202..0x206)? != b"HdrS" {
        return None;
    }
    let sectors = match *image.get(0x1f1)? {
        0 => 4,
        count => usize::from(count),
    };
    let start = (sectors + 1) * 512 + word(0x248)?;
    image.get(start..start.checked_add(word(0x24c)?)?)
}

/// Uncompresses all modules below `folder`, on all CPUs.
pub(super) fn decompress(folder: &Path, tools: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(cpus).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            files.chunks(share).map(|part| scope.spawn(move || decompress_some(part, tools))).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().map_err(|_| Fault::new("a thread that uncompressed modules died"))?
        })
    })
}

fn decompress_some(files: &[PathBuf], tools: &Path) -> Result<()> {
    for (end, program, remove) in [("xz", "xz", None), ("zst", "zstd", Some("--rm")), ("gz", "gzip", None)] {
        let some: Vec<_> = files.iter().filter(|file| file.extension().is_some_and(|is| is == end)).collect();
        for part in some.chunks(200) {
            shell::quiet(Command::new(own(tools, program)).args(["-d", "-q"]).args(remove).args(part))?;
        }
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).doing(format!("read {}", folder.display()))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if shell::file_name(&path).contains(".ko.") {
            files.push(path);
        }
    }
    Ok(())
}

/// A program of the rig's own, or else of the machine: gzip is everywhere.
fn own(tools: &Path, program: &str) -> PathBuf {
    let own = tools.join(program);
    if own.exists() { own } else { PathBuf::from(program) }
}
