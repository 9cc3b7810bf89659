//! What drivers take, as far as they tell: bounds of rings, features that stay, numbers of virtual functions.

use linkctl_kinds::nic::ethtool::{self, LINKMODES, group, most};
use linkctl_kinds::nic::vf;
use linkctl_link::Key;
use linkctl_schema::{FieldDef, Record, Safe, Value};

use super::{Done, Errno, Model, Refusal, What};
use crate::nic;
use crate::reason::Plain;

impl Model {
    pub(super) fn ethtool(&mut self, key: &Key, record: &Record) -> Done {
        // Of a link that is to be made nobody read anything yet.
        if let Some(now) = self.there(key)?.ethtool().filter(|_| self.there(key).is_ok_and(|l| l.index != 0))
        {
            for (f, value) in record.iter() {
                able(now, f, value)?;
            }
        }
        let settled = self.there(key)?.ethtool().is_none_or(|now| !nic::is_untold(now));
        if !settled && record.iter().any(|(f, _)| group(f) == LINKMODES) {
            self.note(key, What::Forgotten);
        }
        if self.is_up(key) && record.iter().any(|(f, _)| ethtool::resets(f)) {
            self.note(key, What::Reset);
        }
        if let Some(link) = self.world.get_mut(key) {
            let own = link.nic_mut().ethtool.get_or_insert_with(|| Record::new(&ethtool::TABLE));
            if record.get(ethtool::AUTONEG) == Some(true) {
                *own = own.only(|f| !matches!(f.name, "speed" | "duplex" | "lanes"));
            }
            own.merge(record);
        }
        Ok(())
    }

    pub(super) fn functions(&mut self, key: &Key, count: u32) -> Done {
        let known = self.there(key)?.functions().cloned().unwrap_or_default();
        let no = |errno, why: String| Err(Refusal::new(errno, why));
        let there = known.count.unwrap_or(0);
        if known.most == Some(0) && count > 0 {
            let why = "it has no virtual functions: its hardware or driver lacks SR-IOV, or it is off";
            return no(Errno::NotSupp, why.into());
        }
        if let Some(most) = known.most.filter(|most| count > *most) {
            return no(
                Errno::Range,
                format!("{count} virtual functions are more than the {most} that it can have"),
            );
        }
        if there != 0 && count != 0 && there != count {
            return no(
                Errno::Busy,
                format!("it has {there} virtual functions, and their number changes only by way of none"),
            );
        }
        if there > 0 && count == 0 {
            self.note(key, What::Functions);
        }
        if let Some(link) = self.world.get_mut(key) {
            let own = link.nic_mut().vf.get_or_insert_default();
            own.count = Some(count);
            own.each.clear();
        }
        Ok(())
    }

    pub(super) fn function(&mut self, key: &Key, number: u32, record: &Record) -> Done {
        if let Some(count) = self.there(key)?.functions().and_then(|f| f.count)
            && number >= count
        {
            let why = format!("it has {count} virtual functions, numbered from 0, and none is {number}");
            return Err(Refusal::new(Errno::Inval, why));
        }
        if let Some(link) = self.world.get_mut(key) {
            let each = &mut link.nic_mut().vf.get_or_insert_default().each;
            each.entry(number).or_insert_with(|| Record::new(&vf::FIELDS)).merge(record);
        }
        Ok(())
    }
}

/// Whether a driver that told `now` takes a value.
fn able(now: &Record, f: &FieldDef, value: &Value<'_>) -> Done {
    let no = |errno, why: String| Err(Refusal::new(errno, why));
    let (is, name) = (now.value(f), f.name);
    if is == Some(value) {
        return Ok(());
    }
    let told = now.iter().any(|(g, _)| group(g) == group(f));
    if is.is_none() && !value.is_nothing() && !(told && f.volatile) {
        return no(
            Errno::NotSupp,
            format!("it has no {name}: neither its driver nor this kernel tells of it"),
        );
    }
    if group(f) == ethtool::FEATURES && list(now, &ethtool::FIXED.0).contains(&Value::text(f.text)) {
        let word = if is == Some(&Value::Bool(true)) { "on" } else { "off" };
        return no(Errno::NotSupp, format!("{name} stays {word}: its driver cannot change it"));
    }
    let bound = most(f).and_then(|g| now.value(g));
    let modes = list(now, &ethtool::SUPPORTED.0);
    match (value, bound) {
        (Value::Num(n), Some(Value::Num(most))) if n > most => {
            no(Errno::Range, format!("{name} {n} is more than the {most} that its driver takes"))
        }
        // The kernel would take the link's last mode from it.
        (Value::Num(n), _) if name == "speed" && !modes.is_empty() && !modes.iter().any(|m| runs(m, *n)) => {
            no(Errno::Inval, format!("speed {n} is in no mode of its hardware: {}", joined(modes)))
        }
        (Value::List(wanted), _) if name == "advertise" => match wanted.iter().find(|m| !modes.contains(m)) {
            Some(strange) => {
                let can = joined(modes);
                no(Errno::Inval, format!("{} is no mode of its hardware: {can}", Plain(strange)))
            }
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn list<'r>(record: &'r Record, f: &FieldDef) -> &'r [Value<'static>] {
    match record.value(f) {
        Some(Value::List(list)) => list,
        _ => &[],
    }
}

/// Whether a mode such as `1000baseT/Full` is of that speed.
fn runs(mode: &Value<'_>, speed: u64) -> bool {
    matches!(mode, Value::Str(name) if name.starts_with(format!("{speed}base").as_bytes()))
}

fn joined(modes: &[Value<'_>]) -> String {
    let names = modes.iter().filter_map(|m| if let Value::Str(name) = m { Some(Safe(name)) } else { None });
    names.map(|n| n.to_string()).collect::<Vec<_>>().join(", ")
}
