//! Error numbers in words.
//!
//! Knows the C library's sentence and the symbol for each number that link management meets. Refuses to say what an
//! error means for a request.

use std::fmt;

/// The numbers themselves, for who tells refusals apart.
pub use libc::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EBUSY, EEXIST, EINVAL, ELOOP, EMLINK, ENETDOWN, ENOBUFS,
    ENODEV, ENOENT, ENOTEMPTY, EOPNOTSUPP, EPERM, EPROTONOSUPPORT, ERANGE, ESRCH,
};

/// An error number that reads as a clause and its symbol: `file exists (EEXIST)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", sentence(self.0), Symbol(self.0))
    }
}

/// An error number that reads as its symbol, or as a number where it has none here.
pub(crate) struct Symbol(pub(crate) i32);

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

/// The C library's sentence for an error number, in lower case.
fn sentence(errno: i32) -> String {
    if errno == ENOTSUPP {
        return "operation is not supported".to_owned();
    }
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The kernel's own "not supported", which should not reach user space and does (`linux/errno.h`).
const ENOTSUPP: i32 = 524;

macro_rules! names {
    ($($name:ident)*) => {
        /// The symbol of an error number, such as `EEXIST`; `None` for those that no link request meets.
        pub fn name(errno: i32) -> Option<&'static str> {
            match errno {
                $(libc::$name => Some(stringify!($name)),)*
                ENOTSUPP => Some("ENOTSUPP"),
                _ => None,
            }
        }
    };
}

names! {
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECONNREFUSED
    EDOM EEXIST EFAULT EFBIG EHOSTUNREACH EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMSGSIZE
    ENAMETOOLONG ENETDOWN ENETUNREACH ENFILE ENOBUFS ENODATA ENODEV ENOENT ENOEXEC ENOKEY ENOLINK ENOMEM ENONET
    ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTSOCK ENOTTY ENOTUNIQ ENXIO EOPNOTSUPP EOVERFLOW EPERM
    EPFNOSUPPORT EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EREMOTE EROFS ESHUTDOWN ESOCKTNOSUPPORT ESRCH ESTALE ETIME
    ETIMEDOUT EUCLEAN EXDEV
}
