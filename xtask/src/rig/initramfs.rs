//! The guest's first file system: busybox, the modules that reach the machine's files, and `init.sh`.

use super::kernel::Kernel;
use super::{Cache, qemu};
use crate::fault::{Doing, Fault, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

const INIT: &[u8] = include_bytes!("init.sh");
const SESSION: &[u8] = include_bytes!("session.sh");
/// What it takes to see the machine's files below an overlay, and to speak with it.
const MODULES: &[&str] = &["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"];
/// What it takes besides to see a disk with a system on it.
const DISK: &[&str] = &["virtio_blk", "crc32c_generic", "ext4"];

/// The initramfs of a kernel; its name changes with its scripts, so a changed one is never mistaken.
pub(super) fn get(cache: &Cache, kernel: &Kernel) -> Result<PathBuf> {
    let mut hash = DefaultHasher::new();
    (INIT, SESSION, MODULES, DISK).hash(&mut hash);
    let path = kernel.folder.join(format!("boot-{:016x}.cpio", hash.finish()));
    if !path.exists() {
        let fresh = path.with_extension(format!("new{}", std::process::id()));
        fs::write(&fresh, build(cache, kernel)?).doing(format!("write {}", fresh.display()))?;
        fs::rename(&fresh, &path).doing(format!("rename {}", fresh.display()))?;
    }
    Ok(path)
}

fn build(cache: &Cache, kernel: &Kernel) -> Result<Vec<u8>> {
    let busybox = qemu::busybox(cache)?;
    let mut cpio = Cpio::default();
    for folder in ["bin", "modules", "proc", "sys", "dev", "below", "above", "new"] {
        cpio.entry(folder, 0o040_755, &[]);
    }
    cpio.entry("bin/busybox", 0o100_755, &fs::read(&busybox).doing(format!("read {}", busybox.display()))?);
    cpio.entry("init", 0o100_755, INIT);
    cpio.entry("session", 0o100_755, SESSION);
    let (usual, disk) = load_order(kernel)?;
    for (list, paths) in [("order", &usual), ("disk", &disk)] {
        let mut order = String::new();
        for path in paths {
            let file = kernel.modules().join(&kernel.release).join(path);
            let name = path.rsplit('/').next().unwrap_or(path);
            let content = fs::read(&file).doing(format!("read {}", file.display()))?;
            cpio.entry(&format!("modules/{name}"), 0o100_644, &content);
            order += name;
            order.push('\n');
        }
        cpio.entry(&format!("modules/{list}"), 0o100_644, order.as_bytes());
    }
    Ok(cpio.finish())
}

/// The files of `MODULES`, those of `DISK` besides, and what they need, each after what it needs itself. What is not a
/// file is built in.
fn load_order(kernel: &Kernel) -> Result<(Vec<String>, Vec<String>)> {
    let file = kernel.modules().join(&kernel.release).join("modules.dep");
    let text = fs::read_to_string(&file).doing(format!("read {}", file.display()))?;
    let usual = ordered(&text, MODULES);
    let disk = ordered(&text, DISK).into_iter().filter(|path| !usual.contains(path)).collect::<Vec<_>>();
    for (paths, wanted) in [(&usual, "/9p.ko"), (&disk, "/ext4.ko")] {
        if !paths.iter().any(|path| path.ends_with(wanted)) {
            return Err(Fault::new(format!("no {wanted} in {}", file.display())));
        }
    }
    Ok((usual, disk))
}

fn ordered(dependencies: &str, modules: &[&str]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for module in modules {
        let own = format!("/{module}.ko");
        let line = dependencies
            .lines()
            .find_map(|line| line.split_once(':').filter(|(path, _)| path.ends_with(&own)));
        let Some((path, needs)) = line else { continue };
        // modules.dep lists the nearest need first: the farthest has to be loaded first.
        for path in needs.split_whitespace().rev().chain([path]) {
            if !order.iter().any(|known| known == path) {
                order.push(path.to_owned());
            }
        }
    }
    order
}

/// The "newc" archive of Documentation/driver-api/early-userspace/buffer-format.rst.
#[derive(Default)]
struct Cpio {
    bytes: Vec<u8>,
    count: u32,
}

impl Cpio {
    fn entry(&mut self, name: &str, mode: u32, content: &[u8]) {
        self.count += 1;
        let fields =
            [self.count, mode, 0, 0, 1, 0, content.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08X}").as_bytes());
        }
        self.bytes.extend(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_after_what_they_need_and_once() {
        let order = ordered(
            "k/9p.ko: k/netfs.ko k/9pnet.ko k/fscache.ko\nk/9pnet_virtio.ko: k/9pnet.ko k/virtio.ko\nk/overlay.ko:\n",
            MODULES,
        );
        assert_eq!(
            order,
            [
                "k/virtio.ko",
                "k/9pnet.ko",
                "k/9pnet_virtio.ko",
                "k/fscache.ko",
                "k/netfs.ko",
                "k/9p.ko",
                "k/overlay.ko"
            ]
        );
    }

    #[test]
    fn an_archive_is_padded_to_words_and_ends_with_its_trailer() {
        let mut cpio = Cpio::default();
        cpio.entry("a", 0o100_644, b"xyz");
        let bytes = cpio.finish();
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!(&bytes[..6], b"070701");
        assert!(bytes.windows(10).any(|part| part == b"TRAILER!!!"));
    }
}
