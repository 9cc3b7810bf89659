//! Bridges of Open vSwitch, with a real switch: links become ports of them and part again as declared, and what nobody
//! declares of them stays. The switch runs in the namespace of the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use linkctl_conformance::{Said, Space, skip};

/// A switch that ends with the test.
struct Switch {
    tools: PathBuf,
    folder: PathBuf,
}

impl Switch {
    fn start(space: &Space) -> Option<Self> {
        if std::env::var_os("LINKCTL_IN_VM").is_none() {
            skip("the rig alone has the switch's module and a place for its socket");
            return None;
        }
        let tools = std::env::var_os("LINKCTL_PEER_TOOLS").map(PathBuf::from);
        let Some(tools) = tools.filter(|t| t.join("run/ovs-vswitchd").exists()) else {
            skip("no Open vSwitch was fetched");
            return None;
        };
        if !Command::new("modprobe").arg("openvswitch").status().is_ok_and(|s| s.success()) {
            skip("this kernel has no openvswitch");
            return None;
        }
        let folder = space.file("ovs", "").parent().expect("a folder").to_owned();
        std::fs::create_dir_all("/run/openvswitch").expect("a throw-away file system");
        // Where linkctl finds it: the guest's files are thrown away.
        let place = Path::new("/usr/bin/ovs-vsctl");
        if !place.exists() {
            std::os::unix::fs::symlink(tools.join("run/ovs-vsctl"), place).expect("a throw-away file system");
        }
        let switch = Self { tools, folder };
        let (db, schema) =
            (switch.file("conf.db"), switch.tools.join("usr/share/openvswitch/vswitch.ovsschema"));
        switch.run("ovsdb-tool", &["create", &db, schema.to_str().expect("text")]).ok();
        switch.database();
        switch.vsctl("--no-wait init").ok();
        switch.daemon();
        Some(switch)
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().expect("text").to_owned()
    }

    fn run(&self, program: &str, words: &[&str]) -> Said {
        let mut command = Command::new(self.tools.join("run").join(program));
        command.args(words).stdin(Stdio::null()).output().expect("it starts").into()
    }

    /// A daemon, away from the pipes of the test, which would wait for their end.
    fn detached(&self, program: &str, words: &[&str]) {
        let (pid, ctl) = (self.file(&format!("{program}.pid")), self.file(&format!("{program}.ctl")));
        let log = self.file(&format!("{program}.log"));
        let mut command = Command::new(self.tools.join("run").join(program));
        command.args(words).args(["--detach", "--no-chdir", "-vconsole:off"]);
        command
            .arg(format!("--pidfile={pid}"))
            .arg(format!("--unixctl={ctl}"))
            .arg(format!("--log-file={log}"));
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("it starts").success(), "{program}");
    }

    fn database(&self) {
        self.detached("ovsdb-server", &[&self.file("conf.db"), "--remote=punix:/run/openvswitch/db.sock"]);
    }

    fn daemon(&self) {
        self.detached("ovs-vswitchd", &["unix:/run/openvswitch/db.sock"]);
    }

    fn end(&self, program: &str) {
        let Ok(pid) = std::fs::read_to_string(self.file(&format!("{program}.pid"))) else { return };
        let _ = Command::new("kill").arg(pid.trim()).status();
        let start = Instant::now();
        while Path::new(&format!("/proc/{}", pid.trim())).exists()
            && start.elapsed() < Duration::from_secs(10)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn vsctl(&self, words: &str) -> Said {
        self.run("ovs-vsctl", &words.split_whitespace().collect::<Vec<_>>())
    }

    fn ports(&self, bridge: &str) -> Vec<String> {
        self.vsctl(&format!("list-ports {bridge}")).ok().out.lines().map(str::to_owned).collect()
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.end("ovs-vswitchd");
        self.end("ovsdb-server");
    }
}

fn goal(links: &str) -> String {
    format!("version: 1\nlinks:\n{links}")
}

fn master(space: &Space, link: &str) -> String {
    let json = space.ip(&format!("-j link show dev {link}")).ok().json();
    json[0]["master"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn links_come_to_bridges_of_the_switch_and_part_as_declared_and_nothing_else_does() {
    let Some(space) = Space::new() else { return };
    let Some(switch) = Switch::start(&space) else { return };
    switch.vsctl("add-br ovsbr").ok();
    for words in ["d0", "d1", "-x"].map(|name| format!("link add name {name} type dummy")) {
        space.ip(&words).ok();
    }
    space.ip("link add br1 type bridge").ok();
    switch.vsctl("add-port ovsbr d1 tag=7").ok();

    // In and out.
    let into = goal("  d0: {master: ovsbr, state: up}\n");
    space.plan(&into).fails(2).out_has("d0 master ovsbr");
    let file = space.file("goal.yaml", &into);
    let commands = space.linkctl_with(&["plan", "--commands", file.to_str().expect("text")]).fails(2).out;
    assert_eq!(commands, "ovs-vsctl --timeout=10 -- --may-exist add-port ovsbr d0\nip link set dev d0 up\n");
    space.apply(&into, &[]).ok();
    assert_eq!(
        (switch.ports("ovsbr"), master(&space, "d0")),
        (vec!["d0".into(), "d1".into()], "ovs-system".into())
    );
    space.apply(&into, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!((switch.ports("ovsbr"), master(&space, "d0")), (vec!["d1".into()], String::new()));

    // From another bridge, and back to it; and the other way round.
    space.ip("link set d0 master br1").ok();
    space.apply(&into, &[]).ok();
    assert_eq!(master(&space, "d0"), "ovs-system");
    let other = goal("  d0: {master: br1}\n");
    space.apply(&other, &[]).ok();
    assert_eq!((switch.ports("ovsbr"), master(&space, "d0")), (vec!["d1".into()], "br1".into()));
    space.linkctl("undo").ok();
    assert_eq!(
        (switch.ports("ovsbr"), master(&space, "d0")),
        (vec!["d0".into(), "d1".into()], "ovs-system".into())
    );
    space.linkctl("undo").ok();
    assert_eq!((switch.ports("ovsbr"), master(&space, "d0")), (vec!["d1".into()], "br1".into()));
    space.ip("link set d0 nomaster").ok();

    // A later step fails: it is no port again. A name with a dash is a name.
    let fails = goal("  d0: {master: ovsbr}\n  zz: {kind: veth, gso_max_size: 600000, veth: {peer: zzp}}\n");
    space.apply(&fails, &[]).fails(1).err_has("taken back");
    assert_eq!(switch.ports("ovsbr"), ["d1"]);
    space.apply(&goal("  -x: {master: ovsbr}\n"), &[]).ok();
    assert_eq!(switch.ports("ovsbr"), ["-x", "d1"]);
    space.apply(&goal("  -x: {master: null}\n"), &[]).ok();

    // What the file does not name, or names for something else, stays; what could not come back is refused.
    space.apply(&goal("  d1: {mtu: 1400}\n"), &[]).ok();
    assert_eq!(master(&space, "d1"), "ovs-system");
    space.linkctl("undo").ok();
    let full = "version: 1\nscope: full\nignore: [\"!*\"]\nlinks:\n  d0: {state: up}\n  br1: {}\n";
    space.apply(full, &[]).ok();
    assert_eq!((switch.ports("ovsbr"), master(&space, "d1")), (vec!["d1".into()], "ovs-system".into()));
    space.apply(&goal("  d1: {master: br1}\n"), &[]).fails(1).err_has("settings of its own");
    space.apply(&goal("  ovsbr: {state: absent}\n"), &[]).fails(1).err_has("ovs-vsctl del-br");
    space.linkctl("del ovsbr").fails(1).err_has("Open vSwitch");
    assert_eq!(switch.vsctl("get Port d1 tag").ok().out.trim(), "7");
    assert_eq!(switch.ports("ovsbr"), ["d1"]);

    // What is written of the links as they are plans to nothing, ports of the switch among them.
    let written = space.linkctl("show --as-goal").ok().out;
    assert!(written.contains("d1:"), "{written}");
    space.plan(&written).ok().out_has("nothing to do");

    // The switch is away.
    switch.end("ovs-vswitchd");
    space.apply(&into, &[]).fails(1).err_has("ovs-vsctl");
    assert_eq!(switch.ports("ovsbr"), ["d1"], "what the switch did not do is not left in its database");
    switch.end("ovsdb-server");
    space.apply(&into, &[]).fails(1).err_has("ovs-vsctl");
    space.apply(&goal("  d1: {mtu: 1400}\n  d0: {mtu: 1400}\n"), &[]).ok();
    switch.database();
    switch.daemon();
    space.apply(&into, &[]).ok();
    assert_eq!(switch.ports("ovsbr"), ["d0", "d1"]);
}
