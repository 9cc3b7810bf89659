//! A plan that would cut off whoever asks is refused: a real connection over a pair into another namespace.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use linkctl::kernel::{Netns, Place, inside};
use linkctl_conformance::peer::Everything;
use linkctl_conformance::{Said, Space};

/// This namespace with a server, `red` with the client.
struct Session {
    space: Space,
    server: TcpStream,
    client: TcpStream,
}

impl Session {
    /// Connects over what `commands` set up, to 10.0.0.1 here.
    fn new(commands: &[&str]) -> Option<Self> {
        let space = Space::new()?;
        space.ip("netns add red").ok();
        for words in commands {
            space.ip(words).ok();
        }
        let listener = TcpListener::bind("10.0.0.1:0").expect("the address is there");
        let at = listener.local_addr().expect("bound");
        let red = Netns::open(&Place::Name("red".into())).expect("it was made");
        let client = inside(&red, || TcpStream::connect(at)).expect("entered").expect("connected");
        let (server, _) = listener.accept().expect("connected");
        Some(Self { space, server, client })
    }

    /// What a login server would say of the connection.
    fn hint(&self) -> String {
        let (remote, local) = (self.server.peer_addr().expect("is"), self.server.local_addr().expect("is"));
        format!("{} {} {} {}", remote.ip(), remote.port(), local.ip(), local.port())
    }

    fn apply(&self, links: &str, more: &[&str]) -> Said {
        self.command(links, more, &self.hint()).output().expect("linkctl starts").into()
    }

    fn undo(&self, more: &[&str]) -> Said {
        let words = [&["undo"], more].concat();
        self.say(&words, &self.hint()).output().expect("linkctl starts").into()
    }

    fn command(&self, links: &str, more: &[&str], hint: &str) -> Command {
        let file = self.space.file("goal.yaml", &format!("version: 1\nlinks: {{{links}}}\n"));
        self.say(&[&["apply", file.to_str().expect("text")], more].concat(), hint)
    }

    fn say(&self, words: &[&str], hint: &str) -> Command {
        let mut command = Command::new(self.space.binary());
        command.args(words).arg("--state").arg(self.space.state());
        command.env("SSH_CONNECTION", hint).env("NO_COLOR", "1");
        command
    }

    /// Whether a word still gets from one side to the other.
    fn is_alive(&mut self) -> bool {
        self.server.write_all(b"x").expect("queued");
        self.client.set_read_timeout(Some(std::time::Duration::from_secs(2))).expect("set");
        self.client.read_exact(&mut [0]).is_ok()
    }
}

const PAIR: &[&str] = &[
    "link add va type veth peer name eth0 netns red",
    "link add old type bridge",
    "link set va up",
    "-n red link set eth0 up",
    "addr add 10.0.0.1/24 dev va",
    "-n red addr add 10.0.0.2/24 dev eth0",
];

#[test]
fn what_cuts_the_session_is_refused_with_the_way_and_the_link() {
    let Some(mut session) = Session::new(PAIR) else { return };
    let before = Everything::read(&session.space, &["red"]);
    for (links, says) in [
        ("va: {state: down}", "goes by va, and va goes down"),
        ("va: {state: absent}", "goes by va, and va is deleted"),
        ("va: {mtu: 1400}", "goes by va, and va gets the lesser mtu 1400"),
        ("va: {address: '02:00:00:00:00:07'}", "goes by va, and va gets another address"),
        ("va: {master: old}", "goes by va, and va becomes a port of old"),
        ("red: {name: eth0, netns: red, state: down}", "goes by va on red/eth0, and red/eth0 goes down"),
    ] {
        session
            .apply(links, &["--allow-disruption"])
            .fails(1)
            .err_has("your session from 10.0.0.2:")
            .err_has(says)
            .err_has("--confirm")
            .err_has("--allow-lockout");
        before.assert_same(&session.space, links);
    }
    session.apply("va: {mtu: 9000, alias: x}, old: {state: up}, n0: {kind: bridge}", &[]).ok();
    assert!(session.is_alive());
    session.apply("va: {state: down}", &["--allow-lockout"]).ok().out_has("cuts: your session");
    assert!(!session.is_alive(), "it did carry the session");
}

#[test]
fn a_cut_that_is_to_be_confirmed_is_rehearsed_made_and_comes_back_by_itself() {
    let Some(mut session) = Session::new(PAIR) else { return };
    let before = Everything::read(&session.space, &["red"]);
    session
        .apply("va: {state: down}", &["--confirm=2s"])
        .ok()
        .out_has("rehearsed")
        .out_has("taken back in 2 s");
    assert!(!session.is_alive(), "it is cut");
    session.space.settled();
    before.assert_same(&session.space, "nobody confirmed");
    assert!((0..10).any(|_| session.is_alive()), "the same connection goes on");
    session.apply("va: {state: down}", &["--confirm=60s", "--rehearse=no"]).ok().out_has("applied");
    session.space.linkctl("rollback").ok();
    // What the kernel refuses is told before the link is cut.
    let said = session.apply("va: {gso_max_size: 600000}, old: {mtu: 1400}", &["--confirm=60s"]);
    said.fails(1).err_has("rehearsed, and refused").err_has("gso_max_size 600000");
    session.space.linkctl("status").ok();
    before.assert_same(&session.space, "refused");
}

#[test]
fn a_hint_that_no_connection_bears_out_is_not_believed() {
    let Some(session) = Session::new(PAIR) else { return };
    for hint in ["10.0.0.2 1 10.0.0.1 22", "nonsense", "", "10.0.0.2 99999999999 10.0.0.1 22"] {
        let said: Said =
            session.command("va: {mtu: 1400}", &[], hint).output().expect("linkctl starts").into();
        said.ok();
        session.space.ip("link set va mtu 1500").ok();
    }
}

#[test]
fn the_connection_of_a_login_server_counts_without_any_hint() {
    let Some(session) = Session::new(PAIR) else { return };
    // A shell by the name of a login server that holds a connection and starts linkctl.
    let server = session.space.file("sshd", "");
    std::fs::copy("/bin/bash", &server).expect("bash is there");
    let red = Netns::open(&Place::Name("red".into())).expect("it was made");
    let listener = inside(&red, || TcpListener::bind("10.0.0.2:0")).expect("entered").expect("bound");
    let port = listener.local_addr().expect("bound").port();
    let goal = session.space.file("goal.yaml", "version: 1\nlinks: {va: {state: down}}\n");
    let run = |script: &str| -> Said {
        let mut command = Command::new(&server);
        command
            .args(["-c", script, "sshd"])
            .arg(session.space.binary())
            .arg(&goal)
            .arg(session.space.state());
        command.env_remove("SSH_CONNECTION").output().expect("bash starts").into()
    };
    let held = format!("exec 3<>/dev/tcp/10.0.0.2/{port}; \"$1\" apply \"$2\" --state \"$3\"; exit $?");
    run(&held).fails(1).err_has(&format!("your session from 10.0.0.2:{port}"));
    run("\"$1\" apply \"$2\" --state \"$3\"; exit $?").ok();
}

#[test]
fn of_a_bridge_only_the_port_counts_that_leads_to_the_other_side() {
    let commands = [
        "link add br0 up type bridge",
        "link add va up master br0 type veth peer name eth0 netns red",
        "link add vc up master br0 type veth peer name vd",
        "link set vd up",
        "-n red link set eth0 up",
        "addr add 10.0.0.1/24 dev br0",
        "-n red addr add 10.0.0.2/24 dev eth0",
    ];
    let Some(session) = Session::new(&commands) else { return };
    session.apply("vc: {state: down}", &[]).ok();
    session.apply("va: {state: down}", &[]).fails(1).err_has("goes by br0 on va, and va goes down");
    session.apply("va: {master: null}", &[]).fails(1).err_has("goes by br0 on va, and va leaves its master");
    session.apply("br0: {state: down}", &[]).fails(1).err_has("goes by br0, and br0 goes down");
}

#[test]
fn the_only_default_route_is_guarded_and_told_in_json() {
    let Some(space) = Space::new() else { return };
    for words in [
        "link add va up type veth peer name vb",
        "link set vb up",
        "addr add 10.0.0.1/24 dev va",
        "addr add 2001:db8::1/64 dev va nodad",
        "route add default via 10.0.0.254",
    ] {
        space.ip(words).ok();
    }
    let goal = "version: 1\nlinks: {va: {state: down}}\n";
    space
        .plan(goal)
        .fails(2)
        .out_has("cuts: the IPv4 default route by 10.0.0.254 goes by va, and va goes down");
    space.apply(goal, &[]).fails(1).err_has("may cut the machine off").err_has("--allow-lockout");
    space.apply("version: 1\nlinks: {va: {mtu: 1400}}\n", &[]).ok();
    space.ip("-6 route add default via 2001:db8::9").ok();
    let file = space.file("goal.yaml", goal);
    let plan = space.linkctl_with(&["plan", file.to_str().expect("text"), "--json"]).fails(2).json();
    let cuts: Vec<&str> =
        plan["cuts"].as_array().expect("a list").iter().filter_map(|c| c["cuts"].as_str()).collect();
    assert_eq!(cuts, ["default4", "default6"]);
    assert_eq!(plan["cuts"][0]["path"][0]["link"], "va");
    space.apply(goal, &["--allow-lockout"]).ok();
}

#[test]
fn an_undo_that_cuts_the_session_is_refused_and_may_wait_to_be_confirmed() {
    let Some(mut session) = Session::new(PAIR) else { return };
    session.apply("va: {mtu: 9000, alias: x}", &[]).ok();
    let applied = Everything::read(&session.space, &["red"]);
    session
        .undo(&[])
        .fails(1)
        .err_has("goes by va, and va gets the lesser mtu 1500")
        .err_has("--confirm")
        .err_has("--allow-lockout");
    applied.assert_same(&session.space, "a refusal changes nothing");
    session.undo(&["2", "--confirm=60s"]).fails(3).err_has("one at a time");
    session.undo(&["--confirm=1s"]).ok().out_has("cuts: your session").out_has("applied again in 1 s");
    session.space.settled();
    applied.assert_same(&session.space, "nobody confirmed, so that it holds as before");
    let states = |space: &Space| -> Vec<String> {
        space.applies().iter().map(|a| a["state"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(states(&session.space), ["undone", "done"], "the last first");
    session.undo(&["--confirm=60s"]).ok();
    session.space.linkctl("rollback").ok();
    applied.assert_same(&session.space, "rolled back, by hand");
    let waits = session.undo(&["--confirm=60s", "--json"]).ok().json()["undone"][0]["waits"].clone();
    assert_eq!(session.space.applies()[0]["id"], waits);
    session.space.linkctl("confirm").ok().out_has("what it took back stays so");
    assert_eq!(states(&session.space), ["undone"; 4]);
    assert!(session.is_alive());
    session.undo(&[]).fails(6);
    // What cuts nothing asks for nothing, and what is not over is taken back whatever it cuts.
    session.apply("va: {alias: x}", &[]).ok();
    session.undo(&[]).ok();
    session.apply("va: {mtu: 9000}", &["--confirm=60s"]).ok();
    session.undo(&["--confirm"]).fails(6).err_has("linkctl rollback");
    session.undo(&[]).ok();
    session.apply("va: {mtu: 9000}", &[]).ok();
    session.undo(&["--allow-lockout"]).ok();
}

#[test]
fn a_default_route_that_an_mtu_takes_or_that_has_several_next_hops_is_guarded() {
    let Some(space) = Space::new() else { return };
    let made = space.prepare(&[
        "link add va up type veth peer name vb",
        "link add wa up type veth peer name wb",
        "link set vb up",
        "link set wb up",
        "addr add 10.1.0.1/24 dev va",
        "addr add 10.2.0.1/24 dev wa",
        "addr add fd01::1/64 dev va nodad",
        "-6 route add default via fd01::9",
        "route add default nexthop via 10.1.0.9 dev va nexthop via 10.2.0.9 dev wa",
    ]);
    if !made {
        return;
    }
    let goal = |links: &str| format!("version: 1\nlinks: {{{links}}}\n");
    let six = "the IPv6 default route by fd01::9 goes by va, and va loses it";
    let lost = &["--allow-disruption"];
    space.apply(&goal("va: {mtu: 1279}"), lost).fails(1).err_has(six).err_has("--confirm");
    space.apply(&goal("va: {mtu: 1280}"), &[]).ok();
    space.ip("-6 route del default").ok();
    // One next hop of two may go down; both may not, and with a link that goes the kernel takes the whole route.
    let four = "the IPv4 default route by 10.1.0.9 goes by va, and va ";
    space
        .plan(&goal("wa: {state: absent}"))
        .fails(2)
        .out_has("IPv4 default route")
        .out_has("and wa loses it");
    let both = goal("va: {state: down}, wa: {state: down}");
    space.apply(&both, lost).fails(1).err_has(&format!("{four}goes down")).err_has("--confirm");
    space.apply(&goal("wa: {state: down}"), lost).ok();
    // What is left of it is the way.
    space.apply(&goal("va: {state: down}"), lost).fails(1).err_has(four).err_has("--allow-lockout");
}
