//! `xdp`: programs at the driver's door (`IFLA_XDP`).

use linkctl_kinds::link as base;
use linkctl_schema::Safe;
use linkctl_wire::Writer;

use crate::args::{Args, short};
use crate::number;
use crate::request::Request;
use crate::stop::Stop;
use crate::world::Context;

/// In `IFLA_XDP`: a descriptor of the program, -1 for none; and flags.
const FD: u16 = 1;
const FLAGS: u16 = 3;
/// `XDP_FLAGS_*` of `linux/if_link.h`.
const IF_NOEXIST: u32 = 1;
const SKB: u32 = 2;
const DRV: u32 = 4;
const HW: u32 = 8;

/// What of a program only libbpf can load: the words that say so.
const LOADED: &[&str] = &["object", "bytecode", "bytecode-file"];

/// Whether a command line loads a program from a file, which iproute2 does with libbpf and we leave to it.
pub fn is_loaded(words: &[Vec<u8>]) -> bool {
    words.windows(2).any(|pair| {
        matches!(pair[0].as_slice(), b"xdp" | b"xdpgeneric" | b"xdpdrv" | b"xdpoffload")
            && LOADED.iter().any(|w| short(&pair[1], w))
    })
}

/// Reads what follows the word.
pub fn read(
    typed: &[u8],
    dev: Option<&[u8]>,
    args: &mut Args<'_>,
    cx: &mut Context<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    let mode = match typed {
        b"xdpgeneric" => SKB,
        b"xdpdrv" => DRV,
        b"xdpoffload" => HW,
        _ => 0,
    };
    let word = args.value()?;
    // Hardware takes programs that were made for it: the link must be there.
    if mode == HW && dev.and_then(|d| cx.world.index(d)).is_none() {
        return Err(Stop::incomplete());
    }
    let off = args.left() == 0 && matches!(word, b"off" | b"none");
    let fd = if off { -1 } else { program(word, args, cx)? };
    let flags = mode | if cx.mood.force { 0 } else { IF_NOEXIST };
    let mut out = Writer::new();
    out.nest_plain(base::XDP.0.attr, |w| {
        w.put_i32(FD, fd);
        if flags != 0 {
            w.put_u32(FLAGS, flags);
        }
    });
    request.append(out);
    Ok(())
}

/// `pinned PATH` or `fd N`.
fn program(word: &[u8], args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<i32, Stop> {
    if short(word, "pinned") || short(word, "object-pinned") {
        let path = args.value()?;
        return cx.world.program(path).map_err(|e| Stop::exits(e, 255));
    }
    if short(word, "fd") {
        let word = args.value()?;
        return number::int(word).ok_or_else(|| Stop::exits("Invalid fd", 255));
    }
    Err(Stop::exits(format_args!("What mode is \"{}\"?", Safe(word)), 255))
}
