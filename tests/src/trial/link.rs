//! Links to try a field on: making, changing and reading them.

use linkctl::kernel::errno;
use linkctl::kinds::kind;
use linkctl::link::{Key, Link};
use linkctl::schema::diff::diff;
use linkctl::schema::{Below, Name, Record, Rule, Type, Value};

use super::context::some;
use super::{Case, Context, Made, NEAR, Part};
use crate::stage::{Stage, name};

impl Case {
    /// Makes a link of the field's value, down and without ports unless wanted.
    pub(super) fn make(
        &self,
        stage: &mut Stage,
        context: &Context,
        value: &Value<'static>,
        ports: bool,
    ) -> Result<Made, i32> {
        match self.attempt(stage, context, value, ports) {
            // Another trial's link is in the way, such as one with the same identifier.
            Err(errno::EEXIST | errno::EPERM | errno::EADDRINUSE) => {
                stage.purge();
                self.attempt(stage, context, value, ports)
            }
            answer => answer,
        }
    }

    fn attempt(
        &self,
        stage: &mut Stage,
        context: &Context,
        value: &Value<'static>,
        ports: bool,
    ) -> Result<Made, i32> {
        let f = self.field;
        if matches!(f.ty, Type::Strs { .. }) || self.kind.whole {
            // Names are the whole namespace's, and so are a tunnel's ends.
            stage.purge();
        }
        let mut link = Link::new(Some(self.kind));
        let mut made = Made { link: stage.fresh("t"), near: [const { String::new() }; 4] };
        let masters = self.part == Part::Base && f.name == "master";
        let names = context.data.iter().any(|(_, v)| matches!(v, Value::Link(_)));
        if f.ty == Type::Link && (masters || !f.late) || names {
            made.near = near(stage, masters)?;
        }
        for (f, v) in context.data.iter() {
            link.data.put(f, named(v, &made));
        }
        unique(&mut link.data, self, stage);
        if self.kind.below == Below::Link {
            let said =
                if self.is_lower() { named(value, &made) } else { Value::Link(name(&stage.pair("l"))) };
            link.lower = if let Value::Link(lower) = said { Some(Key::here(lower)) } else { None };
        }
        let early = !f.late && self.part != Part::Port;
        match self.part {
            Part::Base if early => link.base.merge(&self.said(value, &made)),
            Part::Data if early => link.data.merge(&self.said(value, &made)),
            _ => {}
        }
        stage.create(&made.link, &link)?;
        if self.part == Part::Port {
            let master = std::mem::replace(&mut made.link, stage.pair("p"));
            made.near = near(stage, false)?;
            for port in [&made.link, &made.near[0], &made.near[1]] {
                stage.enslave(port, &master)?;
                stage.up(port, true)?;
            }
            stage.up(&master, true)?;
            if !context.port.is_empty() {
                stage.set_port(&made.link, self.kind, &context.port)?;
            }
        } else if ports || self.part == Part::Data && f.ty == Type::Link && f.late {
            made.near = near(stage, false)?;
            for port in &made.near[..2] {
                stage.enslave(port, &made.link)?;
                stage.up(port, true)?;
            }
        }
        if !early {
            stage.up(&made.link, true)?;
            self.change(stage, &made, value, true)?;
        }
        Ok(made)
    }

    /// Asks for a value. A link that was taken up is not at once.
    pub(super) fn change(
        &self,
        stage: &mut Stage,
        made: &Made,
        value: &Value<'static>,
        up: bool,
    ) -> Result<(), i32> {
        for _ in 0..150 {
            match self.ask(stage, made, value) {
                Err(errno::ENETDOWN) if up => std::thread::sleep(std::time::Duration::from_millis(20)),
                answer => return answer,
            }
        }
        Err(errno::ENETDOWN)
    }

    fn ask(&self, stage: &mut Stage, made: &Made, value: &Value<'static>) -> Result<(), i32> {
        let mut said = self.said(value, made);
        if let (Type::Pairs { .. }, Value::Pairs(pairs)) = (self.field.ty, value) {
            // The kernel keeps mappings that are not said; one to 0 removes it.
            let link = stage.read(&made.link);
            let old = self.of(&link).and_then(|r| r.value(self.field).cloned());
            let old = if let Some(Value::Pairs(old)) = old { old } else { Vec::new() };
            let gone = old
                .iter()
                .filter(|(from, _)| pairs.iter().all(|(f, _)| f != from))
                .map(|(from, _)| (*from, 0));
            said.put(self.field, Value::Pairs(pairs.iter().copied().chain(gone).collect()));
        }
        if self.part == Part::Data && self.kind.whole {
            // The kernel takes what is not said for not wanted.
            let mut all = stage.read(&made.link).data;
            all.merge(&said);
            said = all;
        }
        for rule in self.kind.rules {
            if let (Rule::Wants(first, other), Part::Data) = (*rule, self.part)
                && first == self.field.name
                && let Some(f) = self.kind.fields.find(other)
            {
                said.put(f, some(f, 32));
            }
        }
        match self.part {
            Part::Base if matches!(self.field.ty, Type::Strs { .. }) => match value {
                Value::List(list) => stage.set_altnames(&made.link, list),
                _ => Err(0),
            },
            Part::Base => stage.set_base(&made.link, &said),
            Part::Data => stage.set_data(&made.link, self.kind, &said),
            Part::Port => stage.set_port(&made.link, self.kind, &said),
        }
    }

    /// Whether a link is so, and how the field reads.
    pub(super) fn reads(
        &self,
        stage: &mut Stage,
        made: &Made,
        value: &Value<'static>,
    ) -> (bool, Option<Value<'static>>) {
        let link = stage.read(&made.link);
        let Some(have) = self.of(&link) else { return (false, None) };
        let reads = have.value(self.field).cloned();
        let is = diff(have, &self.said(value, made)).is_empty() && (reads.is_some() || value.is_nothing());
        (is, reads.map(|v| anonymous(v, made)))
    }
}

/// Identifiers that links must not share, made anew for each; the field that is tried is left alone.
fn unique(data: &mut Record, case: &Case, stage: &mut Stage) {
    for rule in case.kind.rules {
        if let Rule::OneOf([first, ..]) = rule {
            let f = case.kind.fields.find(first).expect("rules name fields");
            if !std::ptr::eq(f, case.field) && f.ty != Type::Link && data.value(f).is_some() {
                let number: u64 = stage.fresh("").parse().expect("a number");
                data.put(f, some(f, 1000 + number % 3000));
            }
        }
    }
}

/// Links to name: bridges where masters are wanted.
fn near(stage: &mut Stage, masters: bool) -> Result<[String; 4], i32> {
    if !masters {
        return Ok(NEAR.map(|_| stage.pair("n")));
    }
    let names = NEAR.map(|_| stage.fresh("m"));
    for n in &names {
        stage.create(n, &Link::new(kind("bridge")))?;
    }
    Ok(names)
}

/// A value with a near link's name in place of its stand-in.
pub(super) fn named(value: &Value<'static>, made: &Made) -> Value<'static> {
    let Value::Link(n) = value else { return value.clone() };
    let at = NEAR.iter().position(|stand_in| *stand_in == n.to_string());
    at.map_or_else(|| value.clone(), |at| Value::Link(name(&made.near[at])))
}

/// The other way round.
fn anonymous(value: Value<'static>, made: &Made) -> Value<'static> {
    let Value::Link(n) = value else { return value };
    let at = made.near.iter().position(|near| *near == n.to_string());
    at.map_or(value, |at| Value::Link(Name::new(NEAR[at]).expect("a possible name")))
}
