//! Sending what was asked for, and saying what the kernel said.

use linkctl::iproute::{Request, Stop};
use linkctl::kernel::Error;

use super::machine::Machine;
use super::say::{err, refusal, sentence, unreached};
use super::{Call, shown};

/// Sends a request; with `-echo` shows what became of the link.
pub(crate) fn send(call: &Call, machine: &mut Machine, request: &Request) -> Result<u8, Stop> {
    let bytes = request.message().map_err(|e| Stop::says(e, 1))?;
    let mut echoed: Vec<(u16, Vec<u8>)> = Vec::new();
    let answer = if call.options.echo {
        machine.socket.request_echoed(bytes, |m| echoed.push((m.header.kind, m.payload.to_vec())))
    } else {
        machine.socket.request(bytes)
    };
    if !echoed.is_empty() {
        shown::echo(call, machine, &echoed);
    }
    machine.close();
    match answer {
        Ok(accepted) => {
            if let Some(text) = accepted.warning {
                err(&sentence("Warning", &text));
            }
            machine.forget(request.index);
            Ok(0)
        }
        Err(Error::Refused(no)) => Err(Stop { err: refusal(&no), status: 2, ..Stop::default() }),
        Err(e) => Err(unreached(&e)),
    }
}
