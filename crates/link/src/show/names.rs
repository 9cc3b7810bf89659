//! Names that an administrator gives to numbers: groups of links, reasons for `protodown`, routing tables.
//!
//! Reading the files is the caller's: each name's own file first where it is in `/etc/iproute2`, else the one of
//! `/usr/share/iproute2`; then the files `*.conf` of the folder of that name with `.d`, those of `/usr/share/iproute2`
//! before those of `/etc/iproute2`, which hide files of the same name.

use std::collections::BTreeMap;

/// Files of names, by what they are called in `/etc/iproute2` and `/usr/share/iproute2`.
pub const GROUPS: &str = "group";
/// The same for reasons of `protodown`, of which there is only a folder.
pub const REASONS: &str = "protodown_reasons";
/// The same for routing tables.
pub const TABLES: &str = "rt_tables";

/// Numbers with names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    names: BTreeMap<u32, String>,
}

/// The tables that matter for links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Groups of links.
    pub groups: Table,
    /// Reasons for `protodown`, by the number of their bit.
    pub reasons: Table,
    /// Routing tables: words for `table` of a VRF. Nothing is shown by these names.
    pub tables: Table,
}

impl Default for Names {
    /// The names that iproute2 knows without a file.
    fn default() -> Self {
        let table = |names: &[(u32, &str)]| {
            let mut table = Table::default();
            names.iter().for_each(|(number, name)| table.set(*number, name));
            table
        };
        Self {
            groups: table(&[(0, "default")]),
            reasons: Table::default(),
            tables: table(&[(253, "default"), (254, "main"), (255, "local")]),
        }
    }
}

impl Table {
    /// Takes what a file says: a number, decimal or after `0x` hexadecimal, white space, a name a line; the rest of the
    /// line and lines that begin with `#` do not count. What comes later wins.
    ///
    /// The error is the first line that is neither; as with iproute2, what stood before it is taken.
    pub fn read<'t>(&mut self, file: &'t str) -> Result<(), &'t str> {
        for line in file.lines() {
            let text = line.trim_start_matches([' ', '\t']);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let mut words = text.split_ascii_whitespace();
            let (Some(number), Some(name)) = (words.next(), words.next()) else { return Err(line) };
            let number = match number.strip_prefix("0x") {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            };
            self.set(number.ok_or(line)?, name);
        }
        Ok(())
    }

    /// Gives a number a name.
    pub fn set(&mut self, number: u32, name: &str) {
        self.names.insert(number, name.into());
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> Option<&str> {
        self.names.get(&number).map(String::as_str)
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(_, n)| *n == name).map(|(number, _)| *number)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.names.iter().map(|(number, name)| (*number, name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_far_as_it_can_be() {
        let mut table = Names::default().groups;
        assert_eq!(table.read("# names\n\n 5\tblue # of the lab\n0x10 red\n5 green\n"), Ok(()));
        assert_eq!(
            (table.name(0), table.name(5), table.name(16)),
            (Some("default"), Some("green"), Some("red"))
        );
        assert_eq!((table.number("green"), table.number("blue")), (Some(5), None));
        assert_eq!(table.read("7 seven\nno line\n8 eight\n"), Err("no line"));
        assert_eq!((table.name(7), table.name(8)), (Some("seven"), None));
        assert_eq!(table.read("9\n"), Err("9"));
        assert_eq!(table.iter().count(), 4);
    }
}
