//! Acknowledgements, with the kernel's own words (`struct nlmsgerr` and `enum nlmsgerr_attrs` of `linux/netlink.h`).
//!
//! Knows where the details lie behind the repeated request. Refuses to turn an offset into a name.

use crate::{Error, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_HDRLEN, Policy, Table, What, aligned, number};

const MSG: u16 = 1;
const OFFS: u16 = 2;
const COOKIE: u16 = 3;
const POLICY: u16 = 4;
const MISS_TYPE: u16 = 5;
const MISS_NEST: u16 = 6;

/// The kernel's answer to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ack<'a> {
    /// The error's number, positive; 0 is success.
    pub errno: i32,
    /// The kernel's own sentence, without its NUL: the reason of a failure, or a warning on success.
    pub text: Option<&'a [u8]>,
    /// Where the offending attribute begins, in bytes from the start of the request's header. It can mislead.
    pub offset: Option<u32>,
    /// The number of an attribute that should have been there.
    pub missing: Option<u16>,
    /// Where the nest begins that lacks it; absent if the top level does.
    pub missing_nest: Option<u32>,
    /// The bounds that the offending attribute broke.
    pub policy: Option<Policy>,
    /// Bytes of the family's own.
    pub cookie: Option<&'a [u8]>,
}

impl<'a> Ack<'a> {
    /// Reads the payload of an `NLMSG_ERROR` whose header has `flags`.
    ///
    /// Fails if the error number or the repeated header is cut short. Details that are malformed are absent: they
    /// never hide the error number.
    pub fn parse(payload: &'a [u8], flags: u16) -> Result<Ack<'a>, Error> {
        let short = Error { at: 0, what: What::Short { want: 4 + NLMSG_HDRLEN, got: payload.len() } };
        let (code, rest) = payload.split_first_chunk::<4>().ok_or(short)?;
        let (length, _) = rest.split_first_chunk::<4>().ok_or(short)?;
        if rest.len() < NLMSG_HDRLEN {
            return Err(short);
        }
        let repeated = if flags & NLM_F_CAPPED == 0 {
            aligned(usize::try_from(u32::from_ne_bytes(*length)).unwrap_or(usize::MAX)).max(NLMSG_HDRLEN)
        } else {
            NLMSG_HDRLEN
        };
        let details = rest.get(repeated..).unwrap_or_default();
        Ok(Ack { errno: i32::from_ne_bytes(*code).saturating_abs(), ..Ack::details(details, flags) })
    }

    /// Reads the payload of an `NLMSG_DONE` whose header has `flags`: how a dump ended.
    ///
    /// Fails if the error number is cut short. A positive number is no error, as in `iproute2`.
    pub fn parse_done(payload: &'a [u8], flags: u16) -> Result<Ack<'a>, Error> {
        let short = Error { at: 0, what: What::Short { want: 4, got: payload.len() } };
        let (code, details) = payload.split_first_chunk::<4>().ok_or(short)?;
        Ok(Ack { errno: i32::from_ne_bytes(*code).min(0).saturating_abs(), ..Ack::details(details, flags) })
    }

    fn details(bytes: &'a [u8], flags: u16) -> Ack<'a> {
        if flags & NLM_F_ACK_TLVS == 0 {
            return Ack::default();
        }
        let (table, _) = Table::<7>::parse(bytes);
        Ack {
            errno: 0,
            text: table.get(MSG).map(number::text).filter(|text| !text.is_empty()),
            offset: table.get(OFFS).and_then(number::u32),
            missing: table.get(MISS_TYPE).and_then(number::u32).and_then(|kind| u16::try_from(kind).ok()),
            missing_nest: table.get(MISS_NEST).and_then(number::u32),
            policy: table.get(POLICY).map(Policy::parse),
            cookie: table.get(COOKIE),
        }
    }
}
