//! One request, one answer.
//!
//! Knows the two shapes: an acknowledgement, or one object. Refuses to know dumps and bulk.

use std::ops::ControlFlow::{self, Break, Continue};

use linkctl_wire::{Ack, Message, NLM_F_ACK, NLM_F_ECHO, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP};

use crate::refusal::verdict;
use crate::{Accepted, Error, Socket};

/// How often an object is asked for whose message outgrew the buffer.
const TRIES: u32 = 3;

impl Socket {
    /// Sends a message and waits for its acknowledgement.
    ///
    /// Sets its sequence number and the flags for a request that is to be acknowledged. Fails as [`Error::Refused`]
    /// with the kernel's reasons; in every other failure after sending it is unknown whether the request was
    /// carried out.
    pub fn request(&mut self, mut message: impl AsMut<[u8]>) -> Result<Accepted, Error> {
        let seq = self.ask(message.as_mut(), NLM_F_REQUEST | NLM_F_ACK, 0)?;
        let answer = self.until(seq, |message| match message.header.kind {
            NLMSG_ERROR => Ok(Break(verdict(&Ack::parse(message.payload, message.header.flags)?))),
            _ => Ok(Continue(())),
        })?;
        self.settle();
        Ok(answer?)
    }

    /// The same, and hands over each message that the kernel sends of what became of it (`NLM_F_ECHO`). Kernels that
    /// echo nothing for a request call `f` never.
    pub fn request_echoed(
        &mut self,
        mut message: impl AsMut<[u8]>,
        mut f: impl FnMut(Message<'_>),
    ) -> Result<Accepted, Error> {
        let seq = self.ask(message.as_mut(), NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO, 0)?;
        let answer = self.until(seq, |message| match message.header.kind {
            NLMSG_ERROR => Ok(Break(verdict(&Ack::parse(message.payload, message.header.flags)?))),
            NLMSG_NOOP | NLMSG_DONE => Ok(Continue(())),
            _ => {
                f(message);
                Ok(Continue(()))
            }
        })?;
        self.settle();
        Ok(answer?)
    }

    /// Sends a message that asks for one object and hands the object to `f`.
    ///
    /// Sets its sequence number and the flag for a request; takes away the wish for an acknowledgement, as the object
    /// is one. Asks again if the object did not fit the buffer, so it is for reading only. Fails as
    /// [`Error::Ended`] if the kernel is content and sends no object.
    pub fn get<T>(
        &mut self,
        mut message: impl AsMut<[u8]>,
        f: impl FnOnce(Message<'_>) -> T,
    ) -> Result<T, Error> {
        let mut f = Some(f);
        let mut tries = 0;
        loop {
            tries += 1;
            let seq = self.ask(message.as_mut(), NLM_F_REQUEST, NLM_F_ACK)?;
            let answer = self.until(seq, |message| match message.header.kind {
                NLMSG_ERROR => {
                    Ok(Break(verdict(&Ack::parse(message.payload, message.header.flags)?).map(|_| None)))
                }
                NLMSG_NOOP | NLMSG_DONE => Ok(Continue(())),
                _ => Ok(Break(Ok(f.take().map(|f| f(message))))),
            });
            match answer {
                // The one answer is gone and nothing else is outstanding.
                Err(Error::Truncated { .. }) if tries < TRIES => self.settle(),
                Err(error) => return Err(error),
                Ok(answer) => {
                    self.settle();
                    return answer?.ok_or(Error::Ended);
                }
            }
        }
    }

    /// Begins an exchange by sending a message with the next sequence number, which it returns.
    pub(crate) fn ask(&mut self, message: &mut [u8], set: u16, clear: u16) -> Result<u32, Error> {
        let seq = self.stamp(message, set, clear)?;
        self.begin()?;
        self.send(message)?;
        Ok(seq)
    }

    /// Reads answers to `seq` until `f` breaks.
    pub(crate) fn until<T>(
        &mut self,
        seq: u32,
        mut f: impl FnMut(Message<'_>) -> Result<ControlFlow<T>, Error>,
    ) -> Result<T, Error> {
        loop {
            let length = self.receive()?;
            if let Break(found) = self.read(length, |answered| answered == seq, &mut f)? {
                return Ok(found);
            }
        }
    }
}
