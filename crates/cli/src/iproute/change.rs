//! Sending what was asked for, and saying what the kernel said.

use linkctl::iproute::{Request, Stop, World};
use linkctl::kernel::errno::ENODEV;
use linkctl::kernel::{Accepted, Error};

use super::machine::Machine;
use super::say::{err, refusal, sentence, unreached};
use super::{Call, shown};

/// Sends a request; with `-echo` shows what became of the link.
pub(crate) fn send(call: &Call, machine: &mut Machine, request: &Request) -> Result<u8, Stop> {
    let mut answer = once(call, machine, request)?;
    if let (Err(Error::Refused(no)), Some(name)) = (&answer, &request.by_name)
        && no.errno == ENODEV
    {
        // Either this link is not there, or another that the request names.
        let index = machine.index(name).ok_or_else(|| Stop::no_device(name))?;
        answer = once(call, machine, &Request { index, by_name: None, ..request.clone() })?;
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

fn once(call: &Call, machine: &mut Machine, request: &Request) -> Result<Result<Accepted, Error>, Stop> {
    let bytes = request.message().map_err(|e| Stop::says(e, 1))?;
    if !call.options.echo {
        return Ok(machine.socket.request(bytes));
    }
    let mut echoed: Vec<(u16, Vec<u8>)> = Vec::new();
    let answer =
        machine.socket.request_echoed(bytes, |m| echoed.push((m.header.kind, m.payload.to_vec())));
    shown::echo(call, machine, &echoed);
    Ok(answer)
}
