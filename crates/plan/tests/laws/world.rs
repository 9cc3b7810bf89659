//! Random worlds, made by the model itself, so that they make sense.

use linkctl_kinds::link as base;
use linkctl_kinds::nic::{ethtool, vf};
use linkctl_link::{Functions, Key, Link, Netns, Nic, World};
use linkctl_plan::{Act, Errno, Model};
use linkctl_schema::{Below, FieldDef, Fields, Kind, Name, Record, Rule, Type, Value};

use crate::common::{self, here, name};
use crate::draw::Draw;

fn spaces() -> [Netns; 2] {
    [Netns::HERE, Netns::named("blue").expect("a good namespace")]
}

/// A record without links and fit for the model: what cannot be set, what names links and what is late left out.
pub(crate) fn early(fields: &'static Fields, draw: &mut Draw<'_>) -> Record {
    let some = draw.record(fields, &[]);
    let few = draw.below(4);
    some.only(|f| {
        let odd = matches!(f.name, "up" | "link" | "master" | "mtu" | "parentdev");
        f.is_state() && !f.late && f.ty != Type::Link && !odd && draw.below(4) <= few
    })
}

/// A kind's record that keeps the kind's rules.
pub(crate) fn data(kind: &'static Kind, draw: &mut Draw<'_>) -> Record {
    let mut out = early(kind.fields, draw);
    // What decides over other fields the kernel always tells.
    let decides = kind.rules.iter().filter_map(|r| if let Rule::When(_, b, _) = r { Some(*b) } else { None });
    for word in ["id", "table"].into_iter().chain(decides) {
        if let Some(f) = kind.fields.find(word).filter(|f| f.name == word && out.value(f).is_none())
            && let Some(v) = draw.value(f, &[])
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
                match draw.value(f, &[]) {
                    Some(v) => out.put(f, v),
                    None => break,
                }
            }
        }
    }
    out
}

pub(crate) fn mtu(link: &mut Link, draw: &mut Draw<'_>) {
    // Links of a kernel always have one; without it there would be no way back to it.
    if link.kind.is_some_and(|k| k.below != Below::Link) || draw.one_in(5) {
        link.base.set(base::MTU, [1280, 1400, 1500, 1500, 9000][draw.below(5) as usize]);
    }
}

/// What was read of a card: what its driver has, and its virtual functions.
fn card(link: &mut Link, index: u32, draw: &mut Draw<'_>) {
    if draw.one_in(3) {
        return;
    }
    link.index = index;
    let all = draw.record(&ethtool::TABLE, &[]);
    let mut settings = all.only(|f| f.is_state() && draw.one_in(5));
    settings.take(&ethtool::ADVERTISE.0);
    link.nic_mut().ethtool = Some(settings);
    let count = draw.below(4) as u32;
    let each = (0..count).map(|n| (n, function(draw)));
    link.nic_mut().vf = Some(Functions { count: Some(count), most: Some(5), each: each.collect() });
}

/// All that a driver tells of a function.
fn function(draw: &mut Draw<'_>) -> Record {
    let mut out = Record::new(&vf::FIELDS);
    for f in vf::FIELDS.list() {
        out.put(f, draw.value(f, &[]).expect("a value"));
    }
    out
}

/// Something else of a card: settings that its driver has, fewer or more functions than it can have.
pub(crate) fn other_card(was: &Nic, draw: &mut Draw<'_>) -> Nic {
    let told = was.ethtool.clone().unwrap_or_else(|| Record::new(&ethtool::TABLE));
    let mut settings = Record::new(&ethtool::TABLE);
    for (f, _) in told.iter() {
        if draw.one_in(4) {
            settings.put(f, draw.value(f, &[]).expect("a value"));
        }
    }
    let count = draw.one_in(2).then(|| draw.below(6) as u32);
    let there = count.or(was.vf.as_ref().and_then(|f| f.count)).unwrap_or(0);
    let each = (0..there).filter(|_| draw.one_in(3)).collect::<Vec<_>>();
    let each = each.into_iter().map(|n| (n, function(draw).only(|f| f.name != "mac" || n > 0)));
    Nic {
        ethtool: Some(settings).filter(|s| !s.is_empty()),
        vf: Some(Functions { count, most: None, each: each.collect() }),
    }
}

/// A world that the model itself has made, act by act; what it refused is not in it.
pub(crate) fn world(draw: &mut Draw<'_>, size: u64) -> World {
    let mut model = Model::new(if draw.source.hardware { hardware(draw) } else { World::new() });
    for _ in 0..draw.below(size) {
        if let Some((key, link, peer)) = newborn(draw, model.world()) {
            let _ = model.act(&Act::Create { key, link: Box::new(link), peer });
        }
    }
    for _ in 0..draw.below(3 * size) {
        let keys: Vec<Key> = model.world().keys().cloned().collect();
        let Some(key) = draw.pick(&keys).cloned() else { continue };
        let act = stir(draw, &key, model.world());
        let _ = model.act(&act);
    }
    speaking(sized(told(model.into_world())))
}

/// With an MTU that is too small for IPv6 a link is read without its settings.
fn speaking(mut world: World) -> World {
    for link in world.values_mut().filter(|l| l.base.get(base::MTU).is_some_and(|mtu| mtu < 1280)) {
        link.base.take(&base::ADDRGENMODE.0);
        link.base.take(&base::INET6_TOKEN.0);
    }
    world
}

/// What a kernel always tells and the way home depends on: what decides over other settings of a tunnel.
fn told(mut world: World) -> World {
    for link in world.values_mut() {
        let ignore = link.data.fields().find("ignore_df").and_then(|f| link.data.value(f));
        let whole = ignore != Some(&Value::Bool(true));
        let usual: &[(&str, Value<'static>)] = match link.kind_word() {
            b"ipip" | b"sit" => &[("ttl", Value::Num(0)), ("pmtudisc", Value::Bool(true))],
            b"gre" | b"gretap" | b"erspan" => {
                &[("encap", Value::Word("none")), ("pmtudisc", Value::Bool(whole))]
            }
            _ => &[],
        };
        for (word, usual) in usual {
            if let Some(f) = link.data.fields().find(word).filter(|f| link.data.value(f).is_none()) {
                link.data.put(f, usual.clone());
            }
        }
    }
    world
}

/// What no request makes: cards, and links that a driver or a program has made.
fn hardware(draw: &mut Draw<'_>) -> World {
    let mut out = World::new();
    for i in 0..draw.below(3) {
        let mut link = Link::new(None);
        link.base.set(base::UP, draw.one_in(2));
        link.base.set(base::MTU, 1500);
        card(&mut link, i as u32 + 1, draw);
        out.insert(here(&format!("eth{i}")), link);
    }
    let driven: Vec<_> = linkctl_kinds::KINDS.iter().copied().filter(|k| k.made_by.is_some()).collect();
    if let Some(kind) = draw.pick(&driven).copied().filter(|_| draw.one_in(2)) {
        let mut link = Link::new(Some(kind));
        link.base.set(base::UP, draw.one_in(2));
        link.base.set(base::MTU, 1500);
        if kind.name == "tun" {
            // A TAP: without an address it carries no Ethernet, and makes a team a tunnel for good.
            link.base.put(&base::ADDRESS.0, draw.value(&base::ADDRESS.0, &[]).expect("a value"));
        }
        link.data = data(kind, draw);
        // The parts of one struct are told together, or not at all.
        let part = |f: &FieldDef| matches!(f.ty, Type::Part { .. });
        let alone = |f: &FieldDef, data: &Record| {
            kind.rules.iter().any(|r| {
                let other = |b: &str| kind.fields.find(b).is_some_and(|b| part(b) && data.value(b).is_none());
                matches!(r, Rule::Needs(a, b) if *a == f.name && other(b))
            })
        };
        link.data = link.data.only(|f| !part(f) || !alone(f, &link.data));
        out.insert(here("drv0"), link);
    }
    out
}

/// Gives each link an MTU, as a kernel tells it of all: what the model does not know of one can be no way home.
fn sized(mut world: World) -> World {
    let mtu = |l: &Link| l.base.get(base::MTU);
    let unknown: Vec<Key> = world.iter().filter(|(_, l)| mtu(l).is_none()).map(|(k, _)| k.clone()).collect();
    for key in unknown {
        let above = world.values().filter(|l| l.lower.as_ref() == Some(&key)).filter_map(mtu).max();
        let below = world[&key].lower.as_ref().and_then(|l| world.get(l)).and_then(mtu);
        // A bond or team and its ports have one MTU.
        let sizes = |l: &Link| l.kind.is_some_and(|k| matches!(k.name, "bond" | "team"));
        let link = &world[&key];
        let master = link.has_master().and_then(|m| world.get(&key.beside(m))).filter(|m| sizes(m));
        let port = |(k, l): (&Key, &Link)| {
            if l.has_master().map(|m| k.beside(m)).as_ref() == Some(&key) { mtu(l) } else { None }
        };
        let ports = sizes(link).then(|| world.iter().find_map(port)).flatten();
        let size = master.and_then(mtu).or(ports).or(above).or(below).unwrap_or(1500);
        world.entry(key).and_modify(|l| l.base.set(base::MTU, size));
    }
    fit(world)
}

/// Takes down the MTU of links that stand on one which was made smaller since: no request brings such an MTU back.
fn fit(world: World) -> World {
    let mut model = Model::new(world);
    let keys: Vec<Key> = model.world().keys().cloned().collect();
    for key in &keys {
        let has = model.world().get(key).and_then(|l| l.base.get(base::MTU)).unwrap_or(1500);
        if !is_wide(&model, key, has) {
            continue;
        }
        for less in [has.saturating_sub(100), 1280, 1200, 1000] {
            if !model.act(&resize(key, less)).is_err_and(|r| r.errno == Errno::Range) {
                break;
            }
        }
    }
    // A vxlan beside the link that it sends through, both ports of one bond: no two MTUs are right for them.
    let odd = |key: &Key| {
        let has = model.world().get(key).and_then(|l| l.base.get(base::MTU));
        has.is_some_and(|n| is_wide(&model, key, n))
    };
    if keys.iter().any(odd) { World::new() } else { model.into_world() }
}

/// Whether a link has more than it could be given; one that it has already none is asked about.
fn is_wide(model: &Model, key: &Key, mtu: u32) -> bool {
    let mut model = model.clone();
    [mtu - 1, mtu].into_iter().any(|n| model.act(&resize(key, n)).is_err_and(|r| r.errno == Errno::Range))
}

fn resize(key: &Key, mtu: u32) -> Act {
    let mut size = Record::new(&base::FIELDS);
    size.put(&base::MTU.0, Value::Num(mtu.into()));
    Act::Base(key.clone(), size)
}

fn any_name(draw: &mut Draw<'_>) -> Key {
    let space = usize::from(draw.one_in(4));
    Key::new(spaces()[space].clone(), name(&format!("l{}", draw.below(9))))
}

fn newborn(draw: &mut Draw<'_>, world: &World) -> Option<(Key, Link, Option<(Key, Box<Link>)>)> {
    let key = any_name(draw);
    let source = draw.source;
    let kind = *draw.pick(&source.kinds)?;
    let mut link = Link::new(Some(kind));
    link.base = early(&base::FIELDS, draw);
    link.data = data(kind, draw);
    mtu(&mut link, draw);
    ground(draw, &key, &mut link, world);
    let peer = kind.pair.map(|_| {
        let mut end = Link::new(Some(kind));
        mtu(&mut end, draw);
        (any_name(draw), Box::new(end))
    });
    Some((key, link, peer))
}

/// Gives it something to stand on, where its kind does that.
fn ground(draw: &mut Draw<'_>, key: &Key, link: &mut Link, world: &World) {
    let Some(kind) = link.kind else { return };
    let near: Vec<Key> = world
        .keys()
        .filter(|k| k.netns == key.netns || draw.one_in(3))
        .filter(|k| *k != key)
        .cloned()
        .collect();
    if kind.below == Below::Link {
        link.lower = draw.pick(&near).cloned();
    }
    let near: Vec<Name> = near.iter().filter(|k| k.netns == key.netns).map(|k| k.name).collect();
    let needed =
        |f: &FieldDef| kind.rules.iter().any(|r| matches!(r, Rule::OneOf(all) if all.contains(&f.name)));
    for f in kind.fields.list().iter().filter(|f| f.ty == Type::Link && f.is_state() && !f.late) {
        if (needed(f) || draw.one_in(2))
            && let Some(name) = draw.pick(&near)
        {
            link.data.put(f, Value::Link(*name));
        }
    }
}

fn stir(draw: &mut Draw<'_>, key: &Key, world: &World) -> Act {
    let link = &world[key];
    let fellow = |draw: &mut Draw<'_>, keep: &dyn Fn(&Link) -> bool| {
        let all: Vec<Name> =
            world.iter().filter(|(k, l)| k.netns == key.netns && keep(l)).map(|(k, _)| k.name).collect();
        draw.pick(&all).copied()
    };
    match draw.below(8) {
        0 | 1 => Act::Up(key.clone()),
        2 | 3 => {
            // A team of tunnels is one for good, and nothing leads back.
            let odd = link.kind.is_some_and(|k| !common::frames(k.name));
            let fits = |l: &Link| l.kind.is_some_and(|k| k.master && !(odd && k.name == "team"));
            Act::Master(key.clone(), fellow(draw, &fits))
        }
        4 => Act::Altnames {
            key: key.clone(),
            add: vec![Value::text(format!("alt{}", draw.below(50)))],
            remove: vec![],
        },
        5 => match &link.port {
            Some(port) => {
                let ports: Vec<Name> =
                    fellow(draw, &|l| l.has_master() == link.has_master()).into_iter().collect();
                Act::Port(key.clone(), draw.record(port.fields(), &ports))
            }
            None => Act::Down(key.clone()),
        },
        6 => {
            let ports: Vec<Name> = fellow(draw, &|l| l.has_master() == Some(key.name)).into_iter().collect();
            let all = draw.record(link.data.fields(), &ports);
            Act::Data(key.clone(), all.only(|f| f.late))
        }
        _ => {
            let all = draw.record(&base::FIELDS, &[]);
            Act::Base(
                key.clone(),
                all.only(|f| f.late && !matches!(f.name, "altname" | "inet6_token") && f.is_state()),
            )
        }
    }
}
