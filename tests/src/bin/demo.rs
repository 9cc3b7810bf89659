//! The demonstration: declares a small site of links on a real kernel, changes it and takes it back, in namespaces
//! that are thrown away afterwards. The machine's own links are neither seen nor touched.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use linkctl::kernel::{isolate, netns};

fn main() -> ExitCode {
    match run() {
        Ok(()) => {
            println!("\nThat was all of it, on a kernel of your own and without a trace. Next: README.md");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("demo: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(bin), Some(site)) = (args.next(), args.next()) else {
        return Err("usage: demo LINKCTL SITE.yaml; cargo xtask demo runs it".into());
    };
    isolate().map_err(|e| {
        format!("a namespace of its own cannot be made: {e}\n  run it as root, or where user namespaces are allowed")
    })?;
    for name in ["red", "blue"] {
        netns::create(name).map_err(|e| e.to_string())?;
    }
    let folder = std::env::temp_dir().join(format!("linkctl-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let told = Story { bin, state: folder.join("state") }.tell(&site, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    told
}

struct Story {
    bin: PathBuf,
    state: PathBuf,
}

impl Story {
    fn tell(&self, site: &Path, folder: &Path) -> Result<(), String> {
        let text = std::fs::read_to_string(site).map_err(|e| format!("{}: {e}", site.display()))?;
        let site = site.to_str().ok_or("the file's name is no text")?;
        say("A file says what the links should be. The plan: what it would take. Nothing is changed yet.");
        self.linkctl(&["plan", site], 2)?;
        say("Apply it: all of it, or none of it.");
        self.linkctl(&["apply", site], 0)?;
        say("What the kernel has now, here and in the namespace red.");
        self.linkctl(&["show", "type", "vxlan", "-d"], 0)?;
        self.linkctl(&["--netns", "red", "show", "eth0"], 0)?;
        say("Apply it again: the links are read once, and nothing is sent.");
        self.linkctl(&["apply", site], 0)?;
        say(
            "An edit that the kernel cannot make on a living link: a vxlan's identifier is fixed at creation.",
        );
        let edited = folder.join("edited.yaml");
        let changed = text.replace("id: 7,", "id: 8,").replace("forward_delay: 2s", "forward_delay: 4s");
        std::fs::write(&edited, changed).map_err(|e| e.to_string())?;
        let edited = edited.to_str().ok_or("the folder's name is no text")?;
        self.linkctl(&["apply", edited], 1)?;
        say("Said so, it is done: deleted, made anew, put back into its bridge. Each step has its reason.");
        self.linkctl(&["apply", edited, "--rebuild"], 0)?;
        say("A refusal, explained. The kernel's own sentence stands below.");
        self.linkctl(&["set", "va", "mtu", "900000"], 1)?;
        self.linkctl(&["set", "vaa", "up"], 1)?;
        say("Take back the edit, then the site.");
        self.linkctl(&["undo"], 0)?;
        self.linkctl(&["undo"], 0)?;
        self.linkctl(&["show"], 0)
    }

    /// Shows and runs a command; that it ends otherwise than told is the demonstration's failure.
    fn linkctl(&self, words: &[&str], status: i32) -> Result<(), String> {
        println!("\n$ linkctl {}", words.join(" "));
        let mut command = Command::new(&self.bin);
        command.args(words);
        if matches!(words[0], "apply" | "undo") {
            command.arg("--state").arg(&self.state);
        }
        let ended = command.status().map_err(|e| format!("{}: {e}", self.bin.display()))?;
        if ended.code() == Some(status) {
            return Ok(());
        }
        Err(format!("linkctl {} ended with {ended}, not with {status}", words.join(" ")))
    }
}

fn say(text: &str) {
    println!("\n# {text}");
}
