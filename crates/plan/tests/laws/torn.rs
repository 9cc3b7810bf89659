//! Worlds that were read in parts, and renames: nothing panics, and what is planned can be done.

use std::collections::BTreeMap;

use linkctl_link::{Key, World};
use linkctl_plan::{plan, plan_with, render};
use linkctl_schema::Name;

use crate::common::{met, name};
use crate::draw::{Draw, Source};
use crate::goal::goal;
use crate::world::world;
use crate::{CASES, number, run};

/// Takes links out of a world as a reading of one link would, and bends relations.
fn torn(draw: &mut Draw<'_>, mut world: World) -> World {
    let keys: Vec<Key> = world.keys().cloned().collect();
    for key in &keys {
        let other = draw.pick(&keys).cloned();
        if draw.one_in(4) {
            world.remove(key);
        } else if let Some(link) = world.get_mut(key) {
            match draw.below(24) {
                0 => link.lower = other,
                1 => link.peer = other,
                2 => {
                    link.kind = None;
                    link.foreign = Some(b"odd"[..].into());
                }
                _ => {}
            }
        }
    }
    world
}

#[test]
fn worlds_that_are_read_in_parts_do_not_confuse_the_planner() {
    let (mut plans, mut conflicts) = (0, 0);
    let book = Source::book();
    for case in 0..number("LINKCTL_CASES", CASES) / 20 {
        let mut draw = Draw::new(&book, case ^ 0x7041);
        let whole = world(&mut draw, 10);
        let want = goal(&mut draw, &whole);
        let have = torn(&mut draw, whole);
        let Ok(found) = plan(&have, &want) else {
            conflicts += 1;
            continue;
        };
        plans += 1;
        let after = run(&have, &found).unwrap_or_else(|e| panic!("case {case}: {e}"));
        met(&after, &want).unwrap_or_else(|e| panic!("case {case}: {e}"));
        let mut out = linkctl_schema::out::Out::new(false);
        render::json(&found, &mut out);
        assert_eq!(render::lines(&found).is_empty(), found.is_empty());
        assert!(render::commands(&found, &have).len() >= found.steps.len());
    }
    println!("{plans} plans, {conflicts} conflicts in torn worlds");
    assert!(plans > conflicts / 2);
}

#[test]
fn renames_lead_to_their_names_in_any_order() {
    let mut steps = 0;
    let book = Source::book();
    for case in 0..number("LINKCTL_CASES", CASES) / 50 {
        let mut draw = Draw::new(&book, case ^ 0x1234_5678);
        let have = world(&mut draw, 10);
        // A shuffle of the names that some links of one namespace have: chains and rings of all lengths.
        let keys: Vec<Key> = have.keys().filter(|k| k.netns.name().is_none()).cloned().collect();
        let mut names: Vec<Name> = keys.iter().map(|k| k.name).collect();
        for i in (1..names.len()).rev() {
            names.swap(i, draw.below(i as u64 + 1) as usize);
        }
        if let Some(last) = names.last_mut() {
            *last = name("fresh");
        }
        let all: BTreeMap<Key, Key> =
            keys.iter().cloned().zip(names).map(|(k, n)| (k.clone(), k.beside(n))).collect();
        let want = linkctl_link::Goal::new();
        let Ok(found) = plan_with(&have, &want, &all) else { continue };
        steps += found.steps.len();
        let after = run(&have, &found).unwrap_or_else(|e| panic!("case {case}: {e}"));
        for (key, to) in &all {
            let (was, is) = (&have[key], &after[to]);
            assert_eq!(was.kind_word(), is.kind_word());
            assert_eq!(was.base.get(linkctl_kinds::link::MTU), is.base.get(linkctl_kinds::link::MTU));
            assert_eq!(
                was.lower.as_ref().map(|l| all.get(l).unwrap_or(l).name),
                is.lower.as_ref().map(|l| l.name)
            );
        }
        assert_eq!(have.len(), after.len());
    }
    println!("{steps} steps of renaming");
    assert!(steps > 0);
}
