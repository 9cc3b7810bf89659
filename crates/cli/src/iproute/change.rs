//! Sending what was asked for, and saying what the kernel said.

use linkctl::iproute::replace::remainder;
use linkctl::iproute::{Request, Stop, World};
use linkctl::kernel::errno::{ENODEV, EOPNOTSUPP};
use linkctl::kernel::{Accepted, Error};
use linkctl::link::Seen;
use linkctl::wire::NLM_F_REPLACE;

use super::machine::{Machine, PLAIN};
use super::say::{err, refusal, sentence, unreached};
use super::{Call, shown};

/// Sends a request; with `-echo` shows what became of the link.
pub(crate) fn send(call: &Call, machine: &mut Machine, request: &Request) -> Result<u8, Stop> {
    let mut answer = once(call, machine, request)?;
    if let (Err(Error::Refused(no)), Some(name)) = (&answer, &request.by_name) {
        // Whatever the kernel found first: that the link is not there comes before it.
        let index = machine.index(name).ok_or_else(|| Stop::no_device(name))?;
        if no.errno == ENODEV {
            answer = once(call, machine, &Request { index, by_name: None, ..request.clone() })?;
        }
    }
    if let Err(Error::Refused(no)) = &answer
        && no.errno == EOPNOTSUPP
        && request.flags & NLM_F_REPLACE != 0
        && let Some(name) = &request.name
        && let Some(replaced) = replace(call, machine, request, name)?
    {
        answer = replaced;
    }
    machine.close();
    match answer {
        Ok(accepted) => {
            if let Some(text) = accepted.warning {
                err(&sentence("Warning", &text));
            }
            machine.forget(if request.by_name.is_some() { 0 } else { request.index });
            Ok(0)
        }
        Err(Error::Refused(no)) => Err(Stop { err: refusal(&no), status: 2, ..Stop::default() }),
        Err(e) => Err(unreached(&e)),
    }
}

/// `replace` of a link that is there: it becomes what was said, and nothing is sent where it is so. `None` where it is
/// of another kind.
fn replace(
    call: &Call,
    machine: &mut Machine,
    request: &Request,
    name: &[u8],
) -> Result<Option<Result<Accepted, Error>>, Stop> {
    let Ok(payload) = machine.by_name(name, PLAIN) else { return Ok(None) };
    let rest = Seen::new(&payload).and_then(|seen| remainder(request, &seen));
    let Some(rest) = rest else { return Ok(None) };
    let mut answer = Ok(Accepted::default());
    for request in rest {
        answer = once(call, machine, &request)?;
        if answer.is_err() {
            break;
        }
    }
    Ok(Some(answer))
}

fn once(call: &Call, machine: &mut Machine, request: &Request) -> Result<Result<Accepted, Error>, Stop> {
    let bytes = request.message().map_err(|e| Stop::says(e, 1))?;
    if !call.options.echo {
        return Ok(machine.socket.request(bytes));
    }
    let mut echoed: Vec<(u16, Vec<u8>)> = Vec::new();
    let answer = machine.socket.request_echoed(bytes, |m| echoed.push((m.header.kind, m.payload.to_vec())));
    // Of several iproute2 shows the first: of a pair that goes, the end that was named.
    echoed.truncate(1);
    shown::echo(call, machine, &echoed);
    Ok(answer)
}
