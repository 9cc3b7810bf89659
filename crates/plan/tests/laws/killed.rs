//! Plans that end in the middle: from each step boundary there is a way back to what was before.

use std::collections::BTreeMap;

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link, World};
use linkctl_plan::{Model, Plan, back_from, labels, plan_asking, plan_with};
use linkctl_schema::Mac;

use crate::common::name;
use crate::draw::{Draw, Source};
use crate::goal::goal;
use crate::world::world;
use crate::{CASES, acts, common, number};

/// Other names for some links: a swap of two, and a new one.
fn renames(draw: &mut Draw<'_>, have: &World, want: &Goal) -> BTreeMap<Key, Key> {
    let mut out = BTreeMap::new();
    let keys: Vec<&Key> = have.keys().filter(|k| !want.links.contains_key(*k)).collect();
    if let [a, b, ..] = keys[..]
        && a.netns == b.netns
        && draw.one_in(2)
    {
        out.insert(a.clone(), b.clone());
        out.insert(b.clone(), a.clone());
    }
    if let Some(last) = keys.last().filter(|k| !out.contains_key(**k)) {
        out.insert((*last).clone(), last.beside(name("fresh")));
    }
    out
}

/// Has some of them get something besides under their new names.
fn mark(draw: &mut Draw<'_>, other: &BTreeMap<Key, Key>, want: &mut Goal) {
    for key in other.values() {
        if draw.one_in(2) {
            let mut link = Link::new(None);
            link.base.set(base::ALIAS, b"under another name".to_vec());
            want.want(key.clone(), link);
        }
    }
}

/// The first link that has another alias than it had: an empty one is none.
fn marked(have: &World, after: &World) -> Option<Key> {
    let alias = |world: &World, key: &Key| world.get(key)?.base.get(base::ALIAS).filter(|a| !a.is_empty());
    have.keys().find(|k| alias(have, k) != alias(after, k)).cloned()
}

/// A link as it is read: with its index, and a bond or team that is Ethernet with an address.
fn read(link: &mut Link, index: u32) {
    link.index = index;
    let ethernet = matches!(link.kind_word(), b"bond" | b"team") && link.base.get(base::ADDRESS).is_none();
    if let Some(mac) = Mac::new(&[2, 0, 0, 0, 0, index as u8]).filter(|_| ethernet) {
        link.base.set(base::ADDRESS, mac);
    }
}

/// Carries a way back out on a kernel that refuses only what every kernel does: what drivers refuse is asked of them.
fn carried(now: &World, way: &Plan) -> Result<World, String> {
    let mut model = Model::lenient(now.clone());
    for (i, step) in way.steps.iter().enumerate() {
        model.act(&step.act).map_err(|e| format!("step {i} of {}: {e:?}", acts(way)))?;
    }
    Ok(model.into_world())
}

#[test]
fn from_every_step_of_a_plan_there_is_a_way_back_to_what_was_before() {
    let (mut ways, mut steps, mut renamed) = (0, 0, 0);
    let book = Source::book();
    for case in 0..number("LINKCTL_CASES", CASES) / 50 {
        let mut draw = Draw::new(&book, case ^ 0x6b11);
        let mut have = world(&mut draw, 10);
        have.values_mut().zip(1..).for_each(|(link, index)| read(link, index));
        let mut want = goal(&mut draw, &have);
        let other = if draw.one_in(2) { renames(&mut draw, &have, &want) } else { BTreeMap::new() };
        mark(&mut draw, &other, &mut want);
        let Ok(found) = plan_with(&have, &want, &other) else { continue };
        renamed += usize::from(!other.is_empty());
        let home = back_from(&have, &found);
        let again = back_from(&have, &Plan::of(found.steps.clone()));
        let same = (&again.links, &again.matches, &again.namespaces)
            == (&home.links, &home.matches, &home.namespaces);
        assert!(
            same,
            "case {case}: the planner saw\n{}\nthe way once more\n{}",
            common::wanted(&home),
            common::wanted(&again)
        );
        let mut model = Model::new(have.clone());
        for (i, step) in found.steps.iter().enumerate() {
            model.act(&step.act).expect("law 1");
            let now = model.world().clone();
            let told = |what: String| -> ! {
                panic!(
                    "case {case}, killed after step {i} of {}\n{what}\nhave {}\nnow {}\nhome {}",
                    acts(&found),
                    common::all(&have),
                    common::all(&now),
                    common::wanted(&home)
                )
            };
            let way = plan_asking(&now, &home, &labels(&home, &now))
                .unwrap_or_else(|e| told(format!("no way: {e:?}")));
            let after = carried(&now, &way).unwrap_or_else(|e| told(e));
            if let Err(e) = common::met(&after, &home) {
                told(format!("{e} after {}", acts(&way)));
            }
            if let Some(key) = marked(&have, &after) {
                told(format!("{key} has another alias than it had, after {}", acts(&way)));
            }
            if after.keys().ne(have.keys()) {
                told(format!("{:?} is not {:?} after {}", after.keys(), have.keys(), acts(&way)));
            }
            ways += 1;
            steps += way.steps.len();
        }
    }
    println!("{ways} ways back, {steps} steps; {renamed} plans rename");
    assert!(ways > 1000 && renamed > 100);
}
