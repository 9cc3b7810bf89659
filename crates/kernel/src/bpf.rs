//! Programs that links carry (`linux/bpf.h`): pinned ones to attach, attached ones to name.
//!
//! Knows identifiers, names and tags. Refuses to load: that is libbpf's.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use crate::{Error, sys};

/// What the kernel tells of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its identifier.
    pub id: u32,
    /// Its name; any bytes.
    pub name: Vec<u8>,
    /// A hash of its instructions.
    pub tag: [u8; 8],
    /// It runs as machine code.
    pub jited: bool,
    /// When it was loaded, nanoseconds since boot.
    pub load_time: u64,
    /// Who loaded it.
    pub uid: u32,
    /// Its type information; 0 for none.
    pub btf: u32,
}

/// Opens what is pinned at a path of a bpf file system.
pub fn pinned(path: &Path) -> Result<OwnedFd, Error> {
    sys::bpf::pinned(path)
}

/// The program of an identifier. Needs `CAP_SYS_ADMIN` or `CAP_BPF`.
pub fn program(id: u32) -> Result<Program, Error> {
    let fd = sys::bpf::program(id)?;
    // struct bpf_prog_info up to btf_id; older kernels fill in less, the rest stays zero.
    let mut info = [0u8; 152];
    sys::bpf::info(fd.as_fd(), &mut info)?;
    let u32_at = |at: usize| info.get(at..at + 4).and_then(linkctl_wire::number::u32).unwrap_or(0);
    let u64_at = |at: usize| info.get(at..at + 8).and_then(linkctl_wire::number::u64).unwrap_or(0);
    let name = info.get(64..80).unwrap_or_default();
    let mut tag = [0; 8];
    tag.copy_from_slice(&info[8..16]);
    Ok(Program {
        id: u32_at(4),
        name: name.split(|b| *b == 0).next().unwrap_or_default().to_vec(),
        tag,
        jited: u32_at(16) != 0,
        load_time: u64_at(40),
        uid: u32_at(48),
        btf: u32_at(136),
    })
}
