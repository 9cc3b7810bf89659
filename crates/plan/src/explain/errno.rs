//! Error numbers, what they mean for a link in general, and what to do.
//!
//! The numbers are those of `asm-generic/errno.h`. MIPS, SPARC, Alpha and PA-RISC number those above 34 otherwise; there
//! the general sentence is told.

/// What is known of an error number.
pub(super) struct Errno {
    number: i32,
    symbol: &'static str,
    /// What it means for a link: a clause.
    pub(super) means: &'static str,
    /// What to do; empty where that depends.
    pub(super) advice: &'static str,
}

macro_rules! errnos {
    ($($symbol:ident $number:literal $means:literal $advice:literal;)*) => {
        $(#[allow(dead_code, reason = "some are only in the table")] pub(super) const $symbol: i32 = $number;)*
        static ALL: &[Errno] =
            &[$(Errno { number: $number, symbol: stringify!($symbol), means: $means, advice: $advice }),*];
    };
}

errnos! {
    EPERM 1 "it is not permitted" "";
    ENOENT 2 "something that it names is not there" "";
    ESRCH 3 "the process whose namespace was meant is not there" "";
    EINTR 4 "it was interrupted" "run the command again";
    EIO 5 "the hardware or its driver reports an error" "the kernel's log says more: sudo dmesg | tail";
    ENXIO 6 "its driver knows no such request" "";
    E2BIG 7 "there would be too many of them" "";
    EAGAIN 11 "it is busy for the moment" "run the command again";
    ENOMEM 12 "the kernel found no memory for it" "";
    EACCES 13 "it does not allow that in its present mode" "";
    EBUSY 16 "it is in use, or up" "it may work while the link is down";
    EEXIST 17 "there is one already" "";
    EXDEV 18 "it would have to cross to another device" "";
    ENODEV 19 "a link or its hardware is not there" "";
    EINVAL 22 "a value does not fit this link" "";
    ENFILE 23 "no number is free for the name" "choose a name without %d";
    ENOSPC 28 "a table of the kernel or the hardware is full" "";
    EMLINK 31 "too many links stand on each other" "at most 8 links may stand on each other";
    ERANGE 34 "a number is out of range" "";
    ENAMETOOLONG 36 "a name is too long" "";
    ENOTEMPTY 39 "it has ports" "";
    ELOOP 40 "it would stand on itself" "";
    EXFULL 54 "it has as many ports as it can" "";
    EOVERFLOW 75 "a counter of users is full" "";
    EMSGSIZE 90 "the request or its answer is too long" "";
    EPROTONOSUPPORT 93 "the protocol is none that it knows" "";
    EOPNOTSUPP 95 "its driver, or this kernel, cannot do that" "";
    EPFNOSUPPORT 96 "this kernel lacks the protocol, or it is switched off" "";
    EAFNOSUPPORT 97 "the address family is not there: its module is missing, or it is switched off" "";
    EADDRINUSE 98 "the address or port is in use" "";
    EADDRNOTAVAIL 99 "it cannot have this address" "";
    ENETDOWN 100 "a link that it needs is down" "";
    ENETUNREACH 101 "there is no route" "";
    ENOBUFS 105 "the kernel found no memory for it" "";
    ENOTCONN 107 "its other end is not there" "";
    ETIMEDOUT 110 "the hardware did not answer in time" "the kernel's log says more: sudo dmesg | tail";
    ERFKILL 132 "its radio is switched off" "";
    ENOTSUPP 524 "its driver cannot do that" "";
}

/// What is known of a number; nothing of those that no link request meets.
pub(super) fn of(number: i32) -> Option<&'static Errno> {
    ALL.iter().find(|e| e.number == number)
}

/// The symbol of a number, or the number.
pub(super) fn symbol(number: i32) -> String {
    of(number).map_or_else(|| format!("errno {number}"), |e| e.symbol.into())
}
