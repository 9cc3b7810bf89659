//! A plan of some thirty steps that does everything a plan can: for tests that end it anywhere.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::peer::Everything;
use crate::{Said, Space, skip};

/// The namespaces that it speaks of.
pub const SPACES: &[&str] = &["red", "blue"];

/// What should be: links that are made, deleted, renamed, made anew with what stands on them, and changed.
pub const GOAL: &str = "
version: 1
rebuild: allow
links:
  br0: {kind: bridge, state: up, mtu: 1400, bridge: {stp_state: on, forward_delay: 4s}}
  br1: {kind: bridge, state: up, alias: new, altname: [second], bridge: {ageing_time: 100s}}
  lab: {match: {kind: veth, address: '02:00:00:00:00:01'}, state: up, master: br1, mtu: 1400, alias: moved, port: {isolated: on}}
  lab2: {match: {kind: veth, altname: far-end}, state: down, group: 5, address: '02:00:00:00:00:22'}
  vx7: {kind: vxlan, vxlan: {id: 8}}
  s0: {master: null, altname: [other], txqueuelen: 77}
  old0: {state: absent}
  va: {kind: veth, master: br1, state: up, veth: {peer: {name: eth0, netns: red, state: up, alias: far}}}
  vb: {kind: veth, master: br1, state: up, veth: {peer: {name: eth0, netns: blue, state: up}}}
  vc: {kind: veth, master: br0, alias: third, port: {cost: 7}, veth: {peer: vcp}}
  mv0: {kind: macvlan, link: br1, state: up, macvlan: {mode: bridge}}
";

/// What is before: links that the goal takes apart, and one that it does not name.
pub fn before(space: &Space) -> Everything {
    SPACES.iter().for_each(|name| _ = space.ip(&format!("netns add {name}")).ok());
    for words in [
        // What was never up has another queue discipline than what was.
        "link add br0 mtu 1500 up type bridge forward_delay 700",
        "link set br0 down",
        "link add old0 mtu 1300 up type bridge ageing_time 4000",
        "link add p0 address 02:00:00:00:00:01 type veth peer name p0p address 02:00:00:00:00:02",
        "link property add dev p0p altname far-end",
        "link set p0 alias kept master br0 up",
        "link set p0p up",
        "link add vx7 address 02:00:00:00:00:07 up type vxlan id 7 dstport 4789 local 10.0.0.1",
        "link property add dev vx7 altname tunnel",
        "link add mx link vx7 address 02:00:00:00:00:08 up type macvlan mode private",
        "link add s0 address 02:00:00:00:00:05 type veth peer name s0p address 02:00:00:00:00:06",
        "link set s0 master old0 up",
        "link add by0 up type veth peer name by1",
        "link set by0 alias bystander group 9",
    ] {
        space.ip(words).ok();
    }
    Everything::read(space, SPACES)
}

/// Whether strace is at hand; says so where it is not.
pub fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok_and(|o| o.status.success());
    if !there {
        skip("strace is not installed");
    }
    there
}

impl Space {
    /// Applies a goal under strace, which does something to the n-th call of some sort, `threads` among those who call;
    /// `None` where it was not reached.
    pub fn injected(&self, goal: &str, inject: &str, threads: bool) -> Option<Said> {
        let (file, log) = (self.file("goal.yaml", goal), self.file("strace", ""));
        let mut command = Command::new("strace");
        command.args([if threads { "-fqq" } else { "-qq" }, "-o"]).arg(&log);
        command.args(["-e", &format!("inject={inject}")]).arg(self.binary());
        command.arg("apply").arg(&file).arg("--state").arg(self.state()).env("NO_COLOR", "1");
        let said: Said = command.stdin(Stdio::null()).output().expect("strace starts").into();
        let log = std::fs::read_to_string(&log).expect("strace writes it");
        (log.contains("INJECTED") || log.contains("+++ killed by SIGKILL")).then_some(said)
    }

    /// Waits until no apply is open any more: its guardian has done its work.
    #[track_caller]
    pub fn settled(&self) {
        let start = Instant::now();
        loop {
            let said = self.linkctl("status");
            if said.status == 0 {
                return;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "still: {}{}", said.out, said.err);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The applies that are kept, the last first, as `history` tells them in JSON.
    #[track_caller]
    pub fn applies(&self) -> Vec<serde_json::Value> {
        let said = self.linkctl("history --json").ok();
        said.json()["applies"].as_array().expect("a list").clone()
    }
}
