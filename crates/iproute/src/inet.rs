//! `inet`: settings of IPv4 (`IFLA_AF_SPEC`, `AF_INET`, `IFLA_INET_CONF`).

use linkctl_kinds::link::{AF_SPEC, INET, INET_CONF, inet};
use linkctl_wire::Writer;

use crate::args::{Args, text};
use crate::number;
use crate::request::Request;
use crate::stop::Stop;

/// Reads settings up to the first word that is none; there must be one.
pub fn read(args: &mut Args<'_>, request: &mut Request) -> Result<(), Stop> {
    let mut conf: Vec<(u16, u32)> = Vec::new();
    while let Some(word) = args.peek() {
        let Some(knob) = inet::INET.iter().find(|k| k.name.as_bytes() == word) else { break };
        let name = knob.name;
        args.take();
        let word = args.value()?;
        let n = match (knob.switch, text(word)) {
            (true, "on") => 1,
            (true, "off") => 0,
            (true, _) => return Err(Stop::one_of(name, &["off", "on"], word, 1)),
            (false, _) => number::int(word)
                .ok_or_else(|| Stop::argument(word, &format!("Invalid \"{name}\" value\n")))?
                as u32,
        };
        conf.push((knob.number, n));
    }
    if conf.is_empty() {
        return Err(Stop::incomplete());
    }
    let mut out = Writer::new();
    out.nest_plain(AF_SPEC, |w| {
        w.nest_plain(INET, |w| {
            w.nest_plain(INET_CONF, |w| conf.iter().for_each(|(attr, n)| w.put_u32(*attr, *n)));
        });
    });
    request.append(out);
    Ok(())
}
