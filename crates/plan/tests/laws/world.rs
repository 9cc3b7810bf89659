//! Random worlds, made by the model itself, so that they make sense.

use linkctl_kinds::link as base;
use linkctl_kinds::nic::{ethtool, vf};
use linkctl_link::{Functions, Key, Link, Netns, Nic, World};
use linkctl_plan::{Act, Model};
use linkctl_schema::arbitrary::{self, Dice};
use linkctl_schema::{Below, Fields, Kind, Name, Record, Rule, Type, Value};

use crate::common::{self, here, name, set};

fn spaces() -> [Netns; 2] {
    [Netns::HERE, Netns::named("blue").expect("a good namespace")]
}

/// A record without links and fit for the model: what cannot be set, what names links and what is late left out.
pub(crate) fn early(fields: &'static Fields, dice: &mut Dice) -> Record {
    let some = arbitrary::record(fields, &[], dice);
    let few = dice.below(4);
    some.only(|f| {
        let odd = matches!(f.name, "up" | "link" | "master" | "mtu" | "parentdev");
        f.is_state() && !f.late && f.ty != Type::Link && !odd && dice.below(4) <= few
    })
}

/// A kind's record that keeps the kind's rules.
pub(crate) fn data(kind: &'static Kind, dice: &mut Dice) -> Record {
    let mut out = early(kind.fields, dice);
    // What decides over other fields the kernel always tells.
    let decides = kind.rules.iter().filter_map(|r| if let Rule::When(_, b, _) = r { Some(*b) } else { None });
    for word in ["id", "table"].into_iter().chain(decides) {
        if let Some(f) = kind.fields.find(word).filter(|f| f.name == word && out.value(f).is_none())
            && let Some(v) = arbitrary::value(f, &[], dice)
        {
            out.put(f, v);
        }
    }
    while let Err(broken) = linkctl_schema::rules::check(kind, &out) {
        use linkctl_schema::rules::Broken;
        match broken {
            Broken::Needs(a, _) | Broken::Excludes(a, _) | Broken::When(a, ..) => {
                let f = kind.fields.list().iter().find(|f| f.name == a).expect("rules name fields");
                if out.take(f).is_none() {
                    break;
                }
            }
            Broken::OneOf(names) => {
                let f = kind.fields.list().iter().find(|f| f.name == names[0]).expect("rules name fields");
                match arbitrary::value(f, &[], dice) {
                    Some(v) => out.put(f, v),
                    None => break,
                }
            }
        }
    }
    out
}

pub(crate) fn mtu(link: &mut Link, dice: &mut Dice) {
    // Links of a kernel always have one; without it there would be no way back to it.
    if link.kind.is_some_and(|k| k.below != Below::Link) || dice.one_in(5) {
        link.base.set(base::MTU, [1280, 1400, 1500, 1500, 9000][dice.below(5) as usize]);
    }
}

/// What was read of a card: what its driver has, and its virtual functions.
fn card(link: &mut Link, index: u32, dice: &mut Dice) {
    if dice.one_in(3) {
        return;
    }
    link.index = index;
    let all = arbitrary::record(&ethtool::TABLE, &[], dice);
    let mut settings = all.only(|f| f.is_state() && dice.one_in(5));
    settings.take(&ethtool::ADVERTISE.0);
    link.nic_mut().ethtool = Some(settings);
    let count = dice.below(4) as u32;
    let each = (0..count).map(|n| (n, function(dice)));
    link.nic_mut().vf = Some(Functions { count: Some(count), most: Some(5), each: each.collect() });
}

/// All that a driver tells of a function.
fn function(dice: &mut Dice) -> Record {
    let mut out = Record::new(&vf::FIELDS);
    for f in vf::FIELDS.list() {
        out.put(f, arbitrary::value(f, &[], dice).expect("a value"));
    }
    out
}

/// Something else of a card: settings that its driver has, fewer or more functions than it can have.
pub(crate) fn other_card(was: &Nic, dice: &mut Dice) -> Nic {
    let told = was.ethtool.clone().unwrap_or_else(|| Record::new(&ethtool::TABLE));
    let mut settings = Record::new(&ethtool::TABLE);
    for (f, _) in told.iter() {
        if dice.one_in(4) {
            settings.put(f, arbitrary::value(f, &[], dice).expect("a value"));
        }
    }
    let count = dice.one_in(2).then(|| dice.below(6) as u32);
    let there = count.or(was.vf.as_ref().and_then(|f| f.count)).unwrap_or(0);
    let each = (0..there).filter(|_| dice.one_in(3)).collect::<Vec<_>>();
    let each = each.into_iter().map(|n| (n, function(dice).only(|f| f.name != "mac" || n > 0)));
    Nic {
        ethtool: Some(settings).filter(|s| !s.is_empty()),
        vf: Some(Functions { count, most: None, each: each.collect() }),
    }
}

/// A world that the model itself has made, act by act; what it refused is not in it.
pub(crate) fn world(dice: &mut Dice, size: u64) -> World {
    let mut hardware = World::new();
    for i in 0..dice.below(3) {
        let mut link = Link::new(None);
        link.base.set(base::UP, dice.one_in(2));
        link.base.set(base::MTU, 1500);
        card(&mut link, i as u32 + 1, dice);
        hardware.insert(here(&format!("eth{i}")), link);
    }
    let mut model = Model::new(hardware);
    for _ in 0..dice.below(size) {
        if let Some((key, link, peer)) = newborn(dice, model.world()) {
            let _ = model.act(&Act::Create { key, link: Box::new(link), peer });
        }
    }
    for _ in 0..dice.below(3 * size) {
        let keys: Vec<Key> = model.world().keys().cloned().collect();
        let Some(key) = dice.pick(&keys).cloned() else { continue };
        let act = stir(dice, &key, model.world());
        let _ = model.act(&act);
    }
    model.into_world()
}

fn any_name(dice: &mut Dice) -> Key {
    let space = usize::from(dice.one_in(4));
    Key::new(spaces()[space].clone(), name(&format!("l{}", dice.below(9))))
}

fn newborn(dice: &mut Dice, world: &World) -> Option<(Key, Link, Option<(Key, Box<Link>)>)> {
    let key = any_name(dice);
    let kind = *dice.pick(linkctl_kinds::KINDS)?;
    let mut link = Link::new(Some(kind));
    link.base = early(&base::FIELDS, dice);
    link.data = data(kind, dice);
    mtu(&mut link, dice);
    ground(dice, &key, &mut link, world);
    let peer = kind.pair.map(|_| {
        let mut end = Link::new(Some(kind));
        mtu(&mut end, dice);
        (any_name(dice), Box::new(end))
    });
    Some((key, link, peer))
}

/// Gives it something to stand on, where its kind does that.
fn ground(dice: &mut Dice, key: &Key, link: &mut Link, world: &World) {
    let Some(kind) = link.kind else { return };
    let near: Vec<Key> = world
        .keys()
        .filter(|k| k.netns == key.netns || dice.one_in(3))
        .filter(|k| *k != key)
        .cloned()
        .collect();
    match kind.below {
        Below::Link => link.lower = dice.pick(&near).cloned(),
        Below::Field(field) if dice.one_in(2) => {
            if let Some(dev) = dice.pick(&near).filter(|k| k.netns == key.netns) {
                set(&mut link.data, field, Value::Link(dev.name));
            }
        }
        _ => {}
    }
}

fn stir(dice: &mut Dice, key: &Key, world: &World) -> Act {
    let link = &world[key];
    let fellow = |dice: &mut Dice, keep: &dyn Fn(&Link) -> bool| {
        let all: Vec<Name> =
            world.iter().filter(|(k, l)| k.netns == key.netns && keep(l)).map(|(k, _)| k.name).collect();
        dice.pick(&all).copied()
    };
    match dice.below(8) {
        0 | 1 => Act::Up(key.clone()),
        2 | 3 => {
            // A team of tunnels is one for good, and nothing leads back.
            let odd = link.kind.is_some_and(|k| !common::frames(k.name));
            let fits = |l: &Link| l.kind.is_some_and(|k| k.master && !(odd && k.name == "team"));
            Act::Master(key.clone(), fellow(dice, &fits))
        }
        4 => Act::Altnames {
            key: key.clone(),
            add: vec![Value::text(format!("alt{}", dice.below(50)))],
            remove: vec![],
        },
        5 => match &link.port {
            Some(port) => {
                let ports: Vec<Name> =
                    fellow(dice, &|l| l.has_master() == link.has_master()).into_iter().collect();
                Act::Port(key.clone(), arbitrary::record(port.fields(), &ports, dice))
            }
            None => Act::Down(key.clone()),
        },
        6 => {
            let ports: Vec<Name> = fellow(dice, &|l| l.has_master() == Some(key.name)).into_iter().collect();
            let all = arbitrary::record(link.data.fields(), &ports, dice);
            Act::Data(key.clone(), all.only(|f| f.late))
        }
        _ => {
            let all = arbitrary::record(&base::FIELDS, &[], dice);
            Act::Base(
                key.clone(),
                all.only(|f| f.late && !matches!(f.name, "altname" | "inet6_token") && f.is_state()),
            )
        }
    }
}
