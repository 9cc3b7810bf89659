//! Dumps: everything of a sort, in many messages.
//!
//! Knows how a dump ends, how it fails and when it is inconsistent. Refuses to know what is dumped, and adds nothing
//! to the question: a link dump without an extension mask silently ends at a link that is too large, and asking
//! rightly is the asker's duty.

use std::ops::ControlFlow::{Break, Continue};
use std::time::{Duration, Instant};

use linkctl_wire::{
    Ack, Message, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_FILTERED, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE,
    NLMSG_ERROR, NLMSG_NOOP, NLMSG_OVERRUN,
};

use crate::refusal::verdict;
use crate::{Error, Socket};

/// How often a disturbed dump is read.
const TRIES: u32 = 8;
/// How long a disturbed dump is read again.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first wait between two readings; each next one is twice as long.
const WAIT: Duration = Duration::from_millis(2);

/// How a dump went that came to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "an interrupted dump may mix several states"]
pub struct Dumped {
    /// Something changed meanwhile (`NLM_F_DUMP_INTR`): objects may be missing, twice there, or of different times.
    pub interrupted: bool,
    /// The kernel filtered as asked (`NLM_F_DUMP_FILTERED`); not every filter is confirmed.
    pub filtered: bool,
}

impl Dumped {
    /// Fails as [`Error::Interrupted`] if the dump was.
    pub fn consistent(self) -> Result<(), Error> {
        if self.interrupted { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// What [`Socket::dump_consistent`] hands over.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// The dump begins, or begins again: whatever came before is to be forgotten.
    Begin,
    /// An object.
    Message(Message<'a>),
}

impl Socket {
    /// Sends a message that asks for a dump and hands each object to `each`, in order.
    ///
    /// Sets its sequence number and the flags for a dump. Fails if the dump ends in an error, breaks off, or had a
    /// datagram that did not fit; `each` has seen a part of it then. After [`Error::Truncated`] the buffer has
    /// grown and the same dump will pass.
    pub fn dump(
        &mut self,
        mut message: impl AsMut<[u8]>,
        mut each: impl FnMut(Message<'_>),
    ) -> Result<Dumped, Error> {
        let seq = self.ask(message.as_mut(), NLM_F_REQUEST | NLM_F_DUMP, NLM_F_ACK)?;
        let mut seen = 0;
        let end = self.until(seq, |message| {
            let flags = message.header.flags;
            match message.header.kind {
                NLMSG_ERROR => {
                    // Success is no end of a dump: without NLMSG_DONE something is missing.
                    let answer = verdict(&Ack::parse(message.payload, flags)?);
                    Ok(Break(answer.map_or_else(|no| Err(no.into()), |_| Err(Error::Ended))))
                }
                NLMSG_DONE => {
                    seen |= flags;
                    let answer = verdict(&Ack::parse_done(message.payload, flags)?);
                    Ok(Break(answer.map(drop).map_err(Error::from)))
                }
                NLMSG_NOOP => Ok(Continue(())),
                NLMSG_OVERRUN => Err(Error::Lost { unknown: 0 }),
                _ => {
                    seen |= flags;
                    each(message);
                    Ok(Continue(()))
                }
            }
        });
        match end {
            Err(Error::Truncated { want }) => {
                self.drain()?;
                self.settle();
                Err(Error::Truncated { want })
            }
            Err(error) => Err(error),
            Ok(end) => {
                self.settle();
                end?;
                let has = |flag| seen & flag != 0;
                Ok(Dumped { interrupted: has(NLM_F_DUMP_INTR), filtered: has(NLM_F_DUMP_FILTERED) })
            }
        }
    }

    /// Dumps until a reading is undisturbed: at most eight times, and for at most two seconds and one reading.
    ///
    /// `each` gets [`Part::Begin`] before every reading and must forget what it collected. If none was undisturbed
    /// the last one stands and says so: [`Dumped::consistent`] makes it an error. Reads again, too, after a datagram
    /// that did not fit.
    pub fn dump_consistent(
        &mut self,
        mut message: impl AsMut<[u8]>,
        mut each: impl FnMut(Part<'_>),
    ) -> Result<Dumped, Error> {
        let start = Instant::now();
        let mut wait = WAIT;
        for _ in 1..TRIES {
            each(Part::Begin);
            match self.dump(message.as_mut(), |message| each(Part::Message(message))) {
                Ok(dumped) if dumped.interrupted && start.elapsed() + wait < PATIENCE => {
                    std::thread::sleep(wait);
                    wait *= 2;
                }
                Err(Error::Truncated { .. }) => {}
                end => return end,
            }
        }
        each(Part::Begin);
        self.dump(message.as_mut(), |message| each(Part::Message(message)))
    }

    /// What `read` makes of each message of some kinds in an undisturbed reading; nothing where the kernel has no such table.
    pub(crate) fn table<T>(
        &mut self,
        request: Vec<u8>,
        kinds: &[u16],
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        let mut out = Vec::new();
        let dumped = self.dump_consistent(request, |part| match part {
            Part::Begin => out.clear(),
            Part::Message(m) if kinds.contains(&m.header.kind) => out.extend(read(m.payload)),
            Part::Message(_) => {}
        });
        match dumped {
            Ok(dumped) => dumped.consistent()?,
            Err(Error::Refused(_)) => return Ok(Vec::new()),
            Err(e) => return Err(e),
        }
        Ok(out)
    }
}
