//! Words about what is beside a link's message: `ethtool SETTING...` and `vf { count N | N SETTING... }`, up to the end.

use linkctl::kinds::nic::{ethtool, vf};
use linkctl::schema::grammar::{self, What};
use linkctl::schema::{Fields, Record};

use super::{Reader, Step, wrong};

impl Reader<'_> {
    /// `ethtool SETTING...`.
    pub(super) fn ethtool(&mut self) -> Step {
        self.at += 1;
        let record = self.rest(&ethtool::TABLE, "ethtool")?;
        self.said.link.nic_mut().ethtool = Some(record);
        Ok(())
    }

    /// `vf count NUMBER` or `vf NUMBER SETTING...`.
    pub(super) fn functions(&mut self) -> Step {
        let word = self.next("vf", "count, or the number of a function")?;
        let counts = word == "count";
        self.at += if counts { 2 } else { 1 };
        let text = self.words.get(self.at).copied().unwrap_or_default();
        let missing = || wrong(self.at.min(self.words.len() - 1), What::Missing("vf", "a number"));
        let number: u32 = text.parse().map_err(|_| missing())?;
        self.at += 1;
        if counts {
            self.said.link.nic_mut().vf.get_or_insert_default().count = Some(number);
            return Ok(());
        }
        let record = self.rest(&vf::FIELDS, "vf")?;
        self.said.link.nic_mut().vf.get_or_insert_default().each.insert(number, record);
        Ok(())
    }

    /// Settings of a table up to the end; there must be one.
    fn rest(&mut self, fields: &'static Fields, name: &'static str) -> Result<Record, grammar::Error> {
        let mut record = Record::new(fields);
        while self.at < self.words.len() {
            let Some((f, value, took)) = grammar::field(fields, self.words, self.at)? else {
                return Err(self.unknown(&[fields]));
            };
            if record.value(f).is_some() {
                return Err(wrong(self.at, What::Twice(f.name)));
            }
            record.put(f, value);
            self.at += took;
        }
        if record.is_empty() {
            return Err(wrong(self.at - 1, What::Missing(name, "a setting and its value")));
        }
        Ok(record)
    }
}
