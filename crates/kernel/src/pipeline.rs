//! Many requests in flight.
//!
//! Knows packing, the window, and the account of what became of each request. Refuses to reorder, to repeat and to
//! undo.
//!
//! The kernel carries out the messages of one send one after another, and goes on after one that it refuses
//! (`netlink_rcv_skb` in `net/netlink/af_netlink.c`). So a refusal stops later sends, but not the rest of its own: the
//! account says of each of those, too, what became of it. Whoever needs the rest undone before it is begun takes a
//! window of one.

use std::iter::Peekable;
use std::ops::ControlFlow::{self, Continue};

use linkctl_wire::{Ack, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, aligned};

use crate::refusal::verdict;
use crate::{Accepted, Error, Refusal, Socket};

/// The most requests in flight: their acknowledgements fit the queue of a socket even where it could not be raised.
pub const WINDOW: usize = 128;
/// The most bytes of one send, but for a single request that is longer.
const PACK: usize = 64 * 1024;

/// What a refusal means for the requests after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing is sent any more. Requests that were sent together with the refused one are still answered for.
    AtFirstRefusal,
    /// The others are independent: all are sent.
    AtEnd,
}

/// What became of the requests, by their place in the sequence, from 0.
///
/// Requests `0..sent` were handed to the kernel, all later ones were never sent. Each one sent was reported as accepted
/// or refused, or is in `unknown`.
#[derive(Debug, Default)]
#[must_use = "a request may have been refused"]
pub struct Report {
    /// How many were handed to the kernel.
    pub sent: usize,
    /// How many were answered, either way.
    pub acked: usize,
    /// The ones that were refused, in order.
    pub refused: Vec<usize>,
    /// The ones that were sent and whose answer was lost, in order: each was carried out or refused.
    pub unknown: Vec<usize>,
    /// What ended the work early, other than a refusal or the caller's wish.
    pub failure: Option<Error>,
}

impl Report {
    /// Whether all that was sent was accepted, and nothing broke off.
    pub fn clean(&self) -> bool {
        self.refused.is_empty() && self.unknown.is_empty() && self.failure.is_none()
    }
}

/// The requests of one send, packed.
struct Batch {
    bytes: Vec<u8>,
    first_seq: u32,
    count: usize,
}

impl Socket {
    /// Sends requests, at most `window` of them (1 to [`WINDOW`]) in flight, several to a send.
    ///
    /// Calls `done` once for each answer, in the order of the requests, with the request's place; if it breaks,
    /// nothing more is sent and the rest of the answers are still reported. Takes from `requests` no more than one
    /// beyond what it sends.
    pub fn pipeline(
        &mut self,
        requests: impl Iterator<Item = Vec<u8>>,
        window: usize,
        stop: Stop,
        mut done: impl FnMut(usize, Result<Accepted, Refusal>) -> ControlFlow<()>,
    ) -> Report {
        let mut requests = requests.peekable();
        let mut report = Report::default();
        let mut batch = Batch { bytes: Vec::new(), first_seq: 0, count: 0 };
        let mut go = Continue(());
        while go.is_continue() && report.failure.is_none() {
            if let Err(error) = self.fill(&mut batch, &mut requests, window.clamp(1, WINDOW)) {
                // The malformed request is not sent; those packed before it are.
                report.failure.get_or_insert(error);
            }
            if batch.count == 0 {
                break;
            }
            if let Err(error) = self.begin().and_then(|()| self.send(&batch.bytes)) {
                report.failure = Some(error);
                break;
            }
            report.sent += batch.count;
            if let Err(error) = self.collect(&batch, &mut report, |at, answer| {
                if answer.is_err() && stop == Stop::AtFirstRefusal {
                    go = ControlFlow::Break(());
                }
                if done(at, answer).is_break() {
                    go = ControlFlow::Break(());
                }
            }) {
                report.failure.get_or_insert(error);
            }
        }
        report
    }

    /// Packs the next requests, with sequence numbers in a row.
    fn fill(
        &mut self,
        batch: &mut Batch,
        requests: &mut Peekable<impl Iterator<Item = Vec<u8>>>,
        window: usize,
    ) -> Result<(), Error> {
        batch.bytes.clear();
        batch.count = 0;
        while batch.count < window {
            let fits = |next: &Vec<u8>| batch.count == 0 || batch.bytes.len() + next.len() <= PACK;
            let Some(mut request) = requests.next_if(fits) else { break };
            let seq = self.stamp(&mut request, NLM_F_REQUEST | NLM_F_ACK, 0)?;
            if batch.count == 0 {
                batch.first_seq = seq;
            }
            batch.bytes.extend_from_slice(&request);
            batch.bytes.resize(aligned(batch.bytes.len()), 0);
            batch.count += 1;
        }
        Ok(())
    }

    /// Reads the answers to what was just sent. Afterwards each of those requests is told of or listed as unknown.
    fn collect(
        &mut self,
        batch: &Batch,
        report: &mut Report,
        mut tell: impl FnMut(usize, Result<Accepted, Refusal>),
    ) -> Result<(), Error> {
        let end = report.sent;
        let mut next = end - batch.count;
        let outcome = self.answers(batch.first_seq, &mut next, report, &mut tell);
        report.unknown.extend(next..end);
        outcome?;
        self.settle();
        if report.unknown.is_empty() { Ok(()) } else { Err(Error::Lost { unknown: report.unknown.len() }) }
    }

    /// Receives until the last request is answered; after an overflow, until the queue is empty. `next` is the place
    /// of the first request that is not accounted for, and has the number `first_seq` to begin with.
    fn answers(
        &mut self,
        first_seq: u32,
        next: &mut usize,
        report: &mut Report,
        tell: &mut impl FnMut(usize, Result<Accepted, Refusal>),
    ) -> Result<(), Error> {
        let (first, end) = (*next, report.sent);
        let place = |seq: u32| first.saturating_add(seq.wrapping_sub(first_seq) as usize);
        let mut overflown = false;
        while *next < end {
            let length = match self.await_one(overflown) {
                Ok(Some(length)) => length,
                Ok(None) => return Ok(()),
                Err(Error::Io { errno: libc::ENOBUFS, .. }) => {
                    overflown = true;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let ours = |seq| (first..end).contains(&place(seq));
            let _: ControlFlow<()> = self.read(length, ours, |message| {
                let at = place(message.header.seq);
                if message.header.kind == NLMSG_ERROR && at >= *next {
                    let answer = verdict(&Ack::parse(message.payload, message.header.flags)?);
                    report.unknown.extend(*next..at);
                    report.acked += 1;
                    report.refused.extend(answer.is_err().then_some(at));
                    *next = at + 1;
                    tell(at, answer);
                }
                Ok(Continue(()))
            })?;
        }
        Ok(())
    }

    /// A datagram; `None` if none can come any more. The kernel queues all answers to a send before the send
    /// returns, so that after an overflow an empty queue is the end.
    fn await_one(&mut self, overflown: bool) -> Result<Option<usize>, Error> {
        if !overflown {
            return self.receive().map(Some);
        }
        loop {
            match self.take(crate::sys::NONBLOCK) {
                Err(Error::Io { errno: libc::EAGAIN, .. }) => return Ok(None),
                Err(Error::Io { errno: libc::EINTR, .. }) | Ok(None) => {}
                other => return other,
            }
        }
    }
}
