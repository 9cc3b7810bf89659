//! The cache: folders that are made once, by one process at a time, and are complete or not there.

use crate::fault::{Doing, Fault, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Changes when what lies in the cache changes its form: the old one is then left alone.
const FORM: &str = "xtask/2";
/// Written last into a folder: without it the folder is made anew.
const COMPLETE: &str = ".complete";

/// `$RIG_CACHE`, else `$XDG_CACHE_HOME/linkctl-rig`, else `~/.cache/linkctl-rig`; in it our own part.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    pub(crate) fn open() -> Result<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base = set("RIG_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|home| home.join("linkctl-rig")))
            .or_else(|| set("HOME").map(|home| home.join(".cache/linkctl-rig")))
            .ok_or_else(|| {
                Fault::new("no place for the rig's cache: HOME is not set")
                    .next("set RIG_CACHE to a folder with 1.5 GB")
            })?;
        let root = base.join(FORM);
        fs::create_dir_all(&root).doing(format!("create {}", root.display()))?;
        let root = root.canonicalize().doing(format!("find {}", root.display()))?;
        Ok(Self { root })
    }

    /// Where `name` is or will be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// True when `folder` has been made to its end.
    pub(crate) fn is_complete(folder: &Path) -> bool {
        folder.join(COMPLETE).exists()
    }

    /// The folder `name`, complete. `make` fills it when it is not; others wait meanwhile. Tells on stderr what took time.
    pub(crate) fn folder(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let folder = self.path(name);
        if Self::is_complete(&folder) {
            return Ok(folder);
        }
        let _lock = self.lock(name)?;
        if Self::is_complete(&folder) {
            return Ok(folder);
        }
        let start = Instant::now();
        eprintln!("rig: making {} (once)", folder.display());
        if folder.exists() {
            fs::remove_dir_all(&folder).doing(format!("remove what is left of {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).doing(format!("create {}", folder.display()))?;
        if let Err(fault) = make(&folder) {
            // What is left is of no use, and was perhaps the reason (a full disk).
            let _ = fs::remove_dir_all(&folder);
            return Err(fault);
        }
        File::create(folder.join(COMPLETE)).doing(format!("write {}/{COMPLETE}", folder.display()))?;
        eprintln!("rig: made {name} in {:.1} s", start.elapsed().as_secs_f64());
        Ok(folder)
    }

    /// Keeps other processes from `name` until it is dropped.
    pub(crate) fn lock(&self, name: &str) -> Result<File> {
        let path = self.root.join(format!("{}.lock", name.replace('/', "-")));
        let file = File::create(&path).doing(format!("create {}", path.display()))?;
        if file.try_lock().is_err() {
            eprintln!("rig: waiting for another run that is making {name}");
            file.lock().doing(format!("lock {}", path.display()))?;
        }
        Ok(file)
    }

    /// Removes `name` so that it is made anew.
    pub(crate) fn forget(&self, name: &str) -> Result<()> {
        let _lock = self.lock(name)?;
        let folder = self.path(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).doing(format!("remove {}", folder.display()))
        } else {
            Ok(())
        }
    }
}

/// True when `path` was written less than a day ago.
pub(super) fn is_fresh(path: &Path) -> bool {
    let written = fs::metadata(path).and_then(|about| about.modified());
    let age = written.map(|then| SystemTime::now().duration_since(then).unwrap_or_default());
    age.is_ok_and(|age| age < Duration::from_hours(24))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn cache(name: &str) -> Cache {
        let root = std::env::temp_dir().join(format!("xtask-cache-{}-{name}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        Cache { root }
    }

    #[test]
    fn a_folder_is_made_once_however_many_ask() {
        let (cache, times) = (cache("once"), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let make = |folder: &Path| {
                        times.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(30));
                        fs::write(folder.join("x"), "y").doing("write")
                    };
                    assert!(cache.folder("a/b", make).unwrap().join("x").exists());
                });
            }
        });
        assert_eq!(times.load(Ordering::Relaxed), 1);
        fs::remove_dir_all(&cache.root).unwrap();
    }

    #[test]
    fn a_folder_that_failed_is_made_anew_from_nothing() {
        let cache = cache("anew");
        let half =
            |folder: &Path| fs::write(folder.join("half"), "").doing("write").and(Err(Fault::new("cut")));
        assert!(cache.folder("k", half).is_err());
        let whole = cache.folder("k", |_| Ok(())).unwrap();
        assert!(!whole.join("half").exists());
        fs::remove_dir_all(&cache.root).unwrap();
    }
}
