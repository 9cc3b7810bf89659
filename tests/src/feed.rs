//! Messages of our own in front of the genuine programs: as a file to `ip monitor`, and as what a dump answers.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{Said, Space, skip};

/// The library that stands between a program and netlink; compiled once.
fn library() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("linkctl-feed-{}", std::process::id()));
        std::fs::create_dir_all(&folder).ok()?;
        let (source, library) = (folder.join("feed.c"), folder.join("feed.so"));
        std::fs::write(&source, include_str!("feed.c")).ok()?;
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(&source).arg("-ldl");
        cc.status().is_ok_and(|s| s.success()).then_some(library)
    })
    .as_deref()
}

/// The genuine programs, in a namespace without links but lo.
#[derive(Debug)]
pub struct Feed<'s> {
    space: &'s Space,
    library: &'static Path,
    programs: PathBuf,
}

impl<'s> Feed<'s> {
    /// `None`, having said so, where there is no newest ip or no C compiler.
    pub fn new(space: &'s Space) -> Option<Self> {
        let Some(ip) = std::env::var_os("LINKCTL_PEER_IP") else {
            skip("the newest ip is not at hand (LINKCTL_PEER_IP)");
            return None;
        };
        let Some(library) = library() else {
            skip("no C compiler");
            return None;
        };
        Some(Self { space, library, programs: Path::new(&ip).parent()?.to_owned() })
    }

    /// What `PROGRAM WORDS monitor file` prints of messages.
    pub fn monitor(&self, program: &str, words: &str, messages: &[u8]) -> Said {
        let file = self.file(messages);
        let mut command = Command::new(self.programs.join(program));
        command.args(words.split_whitespace()).args(["monitor", "file"]).arg(file).env_remove("COLORFGBG");
        command.output().expect("it starts").into()
    }

    /// What a program prints that dumps them: `request` is the number of its request.
    pub fn dump(&self, program: &str, words: &str, request: u16, messages: &[u8]) -> Said {
        let file = self.file(messages);
        let mut command = Command::new(self.programs.join(program));
        command.args(words.split_whitespace()).env("LD_PRELOAD", self.library).env_remove("COLORFGBG");
        command.env("FEED", file).env("FEED_TYPE", request.to_string());
        command.output().expect("it starts").into()
    }

    fn file(&self, messages: &[u8]) -> PathBuf {
        let path = self.space.file("messages", "");
        std::fs::write(&path, messages).expect("the temporary folder is writable");
        path
    }
}
