//! Names of numbers, from the files of iproute2.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use linkctl::link::show::names::{GROUPS, Names, REASONS, TABLES, Table};

/// Where the files are: what a distribution says, and what the administrator says instead.
const GIVEN: &str = "/usr/share/iproute2";
const OWN: &str = "/etc/iproute2";

/// The file of types of service.
const DSFIELDS: &str = "rt_dsfield";

/// Names that are shown: of groups and of reasons.
pub(crate) fn shown() -> Names {
    let mut out = Names::default();
    load(GROUPS, &mut out.groups);
    load(REASONS, &mut out.reasons);
    out
}

/// Names of routing tables, which are only typed.
pub(crate) fn tables() -> Table {
    let mut out = Names::default().tables;
    load(TABLES, &mut out);
    out
}

/// Names of types of service, which are only typed.
pub(crate) fn dsfields() -> Table {
    let mut out = Table::default();
    load(DSFIELDS, &mut out);
    out
}

/// A name's own file, the administrator's before the distribution's; then those of its folder, where a file of the
/// administrator's hides one of the same name.
fn load(name: &str, table: &mut Table) {
    let own = Path::new(OWN).join(name);
    take(&if own.exists() { own } else { Path::new(GIVEN).join(name) }, table);
    let mut more: BTreeMap<(bool, OsString), PathBuf> = BTreeMap::new();
    let folder = |base: &str| Path::new(base).join(format!("{name}.d"));
    for (is_own, base) in [(false, GIVEN), (true, OWN)] {
        for entry in std::fs::read_dir(folder(base)).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "conf") {
                more.remove(&(false, entry.file_name()));
                more.insert((is_own, entry.file_name()), path);
            }
        }
    }
    more.values().for_each(|path| take(path, table));
}

fn take(path: &Path, table: &mut Table) {
    if let Ok(text) = std::fs::read_to_string(path) {
        // What stands before a line that is wrong counts, as for iproute2.
        let _ = table.read(&text);
    }
}
