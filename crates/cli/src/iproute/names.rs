//! Names of numbers, from the files of iproute2.

use std::collections::BTreeMap;
use std::path::Path;

/// Where they are: later ones add to and replace earlier ones.
const FOLDERS: &[&str] = &["/usr/share/iproute2", "/etc/iproute2"];

/// The names of one table, by number and by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    by_name: BTreeMap<String, u32>,
    by_number: BTreeMap<u32, String>,
}

impl Table {
    /// Reads `group`, and `group.d/*.conf`, of every folder.
    pub(crate) fn read(name: &str) -> Self {
        let mut out = Self::default();
        for folder in FOLDERS {
            out.file(&Path::new(folder).join(name));
            let mut more: Vec<_> = std::fs::read_dir(Path::new(folder).join(format!("{name}.d")))
                .into_iter()
                .flatten()
                .filter_map(|e| Some(e.ok()?.path()))
                .filter(|p| p.extension().is_some_and(|e| e == "conf"))
                .collect();
            more.sort();
            more.iter().for_each(|p| out.file(p));
        }
        out
    }

    /// The same with a name that is there without any file.
    pub(crate) fn with(mut self, number: u32, name: &str) -> Self {
        self.by_name.entry(name.to_owned()).or_insert(number);
        self.by_number.entry(number).or_insert_with(|| name.to_owned());
        self
    }

    /// Lines of a number, decimal or hexadecimal, and a name; `#` begins a comment.
    fn file(&mut self, path: &Path) {
        let Ok(text) = std::fs::read_to_string(path) else { return };
        for line in text.lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let (Some(number), Some(name)) = (words.next(), words.next()) else { continue };
            let parsed = match number.strip_prefix("0x") {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            if let Ok(number) = parsed {
                self.by_name.insert(name.to_owned(), number);
                self.by_number.insert(number, name.to_owned());
            }
        }
    }

    /// The number of a name.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }
}
