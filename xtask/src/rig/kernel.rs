//! A kernel for the rig: the newest that Debian has of a series, as vmlinux and uncompressed modules.

use super::closure::{debs, unpack};
use super::{Archive, Cache, cache, extra, qemu, vmlinux};
use crate::fault::{Doing, Fault, Result};
use crate::shell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What of a kernel's packages is unpacked: all that links can be made of, and what the guest boots with.
const PARTS: &str = "vmlinuz* modules.builtin* modules.order kernel/net kernel/lib kernel/crypto kernel/arch/x86/crypto \
    kernel/fs/9p kernel/fs/netfs kernel/fs/fscache kernel/fs/overlayfs kernel/fs/configfs kernel/fs/fuse kernel/fs/nls \
    kernel/drivers/virtio kernel/drivers/net kernel/drivers/char kernel/drivers/ptp kernel/drivers/pps kernel/drivers/dca \
    kernel/drivers/gnss kernel/drivers/infiniband kernel/drivers/vdpa kernel/drivers/vhost kernel/drivers/i2c/algos \
    kernel/drivers/usb/core kernel/drivers/usb/common kernel/drivers/usb/host kernel/drivers/iommu kernel/drivers/acpi \
    kernel/drivers/block/virtio_blk* kernel/fs/ext4 kernel/fs/jbd2 kernel/fs/mbcache* kernel/fs/autofs";
/// Drivers of hardware that QEMU does not have, half of the size otherwise.
const LEFT_OUT: &str = "wireless/ath wireless/atmel wireless/admtek wireless/broadcom wireless/cisco wireless/intel \
    wireless/intersil wireless/marvell wireless/mediatek wireless/microchip wireless/purelifi wireless/ralink wireless/realtek \
    wireless/rsi wireless/silabs wireless/st wireless/ti wireless/zydas drivers/infiniband/hw ethernet/mellanox \
    ethernet/broadcom ethernet/qlogic ethernet/chelsio ethernet/netronome ethernet/cavium ethernet/sfc ethernet/brocade";

/// A kernel that is complete in the cache.
pub(super) struct Kernel {
    pub(super) release: String,
    pub(super) folder: PathBuf,
}

impl Kernel {
    /// The kernel of a series like `6.12`, or `newest`; fetched when it is not there.
    pub(super) fn get(cache: &Cache, series: &str) -> Result<Self> {
        if series == "newest" {
            return Self::get(cache, &newest(cache)?);
        }
        let ordered: Vec<_> = numbers(series).collect();
        if ordered.len() != 2 || series.contains(|c: char| !(c.is_ascii_digit() || c == '.')) {
            return Err(Fault::new(format!("`{series}` is no kernel series"))
                .next("--kernel 5.10, 6.1, 6.12, 7.3 or newest"));
        }
        // Each form of what is in it has a name of its own.
        let folder = cache.folder(&format!("kernels/{series}-3"), |folder| fetch(cache, series, folder))?;
        let release = folder.join("release");
        let release = fs::read_to_string(&release).doing(format!("read {}", release.display()))?;
        Ok(Self { release, folder })
    }

    pub(super) fn vmlinux(&self) -> PathBuf {
        self.folder.join("vmlinux")
    }

    /// The folder with the release's own folder in it, as `/lib/modules` is.
    pub(super) fn modules(&self) -> PathBuf {
        self.folder.join("lib/modules")
    }
}

/// The newest series of the archive; asked once a day, and remembered for when it cannot be.
pub(crate) fn newest(cache: &Cache) -> Result<String> {
    let note = cache.path("newest");
    let noted = || fs::read_to_string(&note).ok();
    if cache::is_fresh(&note)
        && let Some(series) = noted()
    {
        return Ok(series);
    }
    let asked = Archive::open(cache).and_then(|archive| releases(&archive));
    match (asked, noted()) {
        (Ok(releases), _) => {
            let newest = releases.last().ok_or_else(|| Fault::new("no kernel in Debian's archive"))?;
            let series = numbers(newest).take(2).map(|part| part.to_string()).collect::<Vec<_>>().join(".");
            fs::write(&note, &series).doing(format!("write {}", note.display()))?;
            Ok(series)
        }
        (Err(_), Some(series)) => Ok(series),
        (Err(fault), None) => Err(fault),
    }
}

/// All plain releases of the archive, oldest first.
fn releases(archive: &Archive) -> Result<Vec<String>> {
    let mut found: Vec<_> =
        archive.names("linux-image-")?.iter().filter_map(|name| release(name)).map(str::to_owned).collect();
    found.sort_by_cached_key(|release| numbers(release).collect::<Vec<_>>());
    Ok(found)
}

/// The release in the name of a package, unless it is for clouds, for real time, for debugging, or stands for others.
fn release(package: &str) -> Option<&str> {
    let release = package.strip_prefix("linux-image-")?;
    let version = release.strip_suffix("-amd64")?;
    let plain = version.split(['-', '+']).all(|part| {
        part.starts_with(|c: char| c.is_ascii_digit()) || part.starts_with("deb") || part.starts_with("bpo")
    });
    (plain && numbers(version).count() > 2).then_some(release)
}

fn numbers(text: &str) -> impl Iterator<Item = u32> {
    text.trim_end_matches("-amd64").split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok())
}

fn fetch(cache: &Cache, series: &str, folder: &Path) -> Result<()> {
    let packages = folder.join("packages");
    fs::create_dir_all(&packages).doing(format!("create {}", packages.display()))?;
    let archive = Archive::open(cache)?;
    let wanted: Vec<_> = numbers(series).collect();
    let all = releases(&archive)?;
    let fitting: Vec<_> =
        all.iter().filter(|release| numbers(release).take(2).eq(wanted.iter().copied())).collect();
    // One that this machine's Debian has comes first: modules can be built for it here.
    let own = extra::own_mark();
    let is_own = |release: &&&String| own.as_ref().is_some_and(|mark| extra::is_of(release, mark));
    let release = fitting.iter().rfind(is_own).or(fitting.last()).ok_or_else(|| {
        let mut known: Vec<_> = all
            .iter()
            .map(|release| {
                numbers(release).take(2).map(|part| part.to_string()).collect::<Vec<_>>().join(".")
            })
            .collect();
        known.dedup();
        Fault::new(format!("no kernel {series} in Debian's archive"))
            .next(format!("--kernel {}", known.join(", ")))
    })?;
    archive.download(&packages_of(&archive, release)?, &packages)?;
    drop(archive);
    let unpacked = folder.join("unpacked");
    fs::create_dir_all(&unpacked).doing(format!("create {}", unpacked.display()))?;
    let choice: Vec<_> = LEFT_OUT
        .split_whitespace()
        .map(|part| format!("--exclude={part}"))
        .chain(PARTS.split_whitespace().map(str::to_owned))
        .collect();
    for package in debs(&packages)? {
        unpack(&package, &unpacked, &choice)?;
    }
    let modules = settle(cache, folder, &unpacked, release)?;
    let work = folder.join("extra");
    extra::add(&Archive::open(cache)?, release, &modules, &work)?;
    let tools = qemu::tools(cache)?;
    shell::quiet(Command::new(tools.join("depmod")).arg("--basedir").arg(folder).arg(release))?;
    fs::remove_dir_all(&packages)
        .and_then(|()| fs::remove_dir_all(&unpacked))
        .and_then(|()| if work.exists() { fs::remove_dir_all(&work) } else { Ok(()) })
        .doing(format!("tidy {}", folder.display()))
}

/// One package up to 6.x; later ones have the image and the modules in packages beside it.
fn packages_of(archive: &Archive, release: &str) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for part in ["base", "binary", "modules"] {
        packages.extend(
            archive
                .names(&format!("linux-{part}-{release}"))?
                .into_iter()
                .filter(|name| name.ends_with(release)),
        );
    }
    if packages.is_empty() {
        packages.push(format!("linux-image-{release}"));
    }
    Ok(packages)
}

/// Brings what was unpacked into the form that guests use; where the modules of the release are.
fn settle(cache: &Cache, folder: &Path, unpacked: &Path, release: &str) -> Result<PathBuf> {
    let tools = qemu::tools(cache)?;
    let modules = folder.join("lib/modules");
    fs::create_dir_all(&modules).doing(format!("create {}", modules.display()))?;
    let places = ["lib/modules", "usr/lib/modules"].map(|place| unpacked.join(place).join(release));
    let place = places
        .iter()
        .find(|place| place.join("kernel").is_dir())
        .ok_or_else(|| Fault::new(format!("no modules in the packages of {release}")))?;
    fs::rename(place, modules.join(release)).doing(format!("move the modules of {release}"))?;
    let images = [
        unpacked.join(format!("boot/vmlinuz-{release}")),
        modules.join(release).join("vmlinuz"),
        place.join("vmlinuz"),
    ];
    let image = images
        .iter()
        .find(|image| image.is_file())
        .ok_or_else(|| Fault::new(format!("no vmlinuz in the packages of {release}")))?;
    // QEMU starts an uncompressed kernel without firmware and boot loader, and nothing has to be unpacked under emulation.
    vmlinux::extract(image, &folder.join("vmlinux"), &tools)?;
    let modules = modules.join(release);
    vmlinux::decompress(&modules, &tools)?;
    fs::write(folder.join("release"), release).doing(format!("write {}/release", folder.display()))?;
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_releases_are_told_from_flavours_and_metapackages() {
        for name in ["5.10.0-32-amd64", "6.12.90+deb12.1-amd64", "7.3.4+deb13-amd64", "6.12.9+bpo-amd64"] {
            assert_eq!(release(&format!("linux-image-{name}")), Some(name));
        }
        for name in [
            "amd64",
            "6.12-amd64",
            "6.1.0-56-cloud-amd64",
            "6.1.0-56-rt-amd64",
            "6.1.0-56-amd64-dbg",
            "6.1.0-56-amd64-unsigned",
        ] {
            assert_eq!(release(&format!("linux-image-{name}")), None, "{name}");
        }
    }

    #[test]
    fn releases_are_ordered_by_number_not_by_letter() {
        let mut all =
            ["6.12.117+deb12-amd64", "7.3.4+deb13-amd64", "6.12.90+deb12.1-amd64", "6.12.117+deb13-amd64"];
        all.sort_by_cached_key(|release| numbers(release).collect::<Vec<_>>());
        assert_eq!(
            all,
            ["6.12.90+deb12.1-amd64", "6.12.117+deb12-amd64", "6.12.117+deb13-amd64", "7.3.4+deb13-amd64"]
        );
    }
}
