//! The kernel's error numbers: one type of two bytes, with a constant, the kernel's name and a text for each.

use core::fmt;
use core::num::NonZeroU16;
use linux_raw_sys::errno as kernel;

/// An error number of the kernel, from 1 to 4095.
///
/// Not an enumeration: a newer kernel may give a number that has no name here. `Display` gives the text
/// ("no such file or directory"), `Debug` the kernel's name ("ENOENT").
///
/// See `errno(3)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Errno(NonZeroU16);

impl Errno {
    /// Takes an error number; none if it is not from 1 to 4095.
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) if number.get() <= 4095 => Some(Self(number)),
            _ => None,
        }
    }

    /// Takes the error out of the word that a system call gives; none if the word is a result.
    #[inline(always)]
    pub const fn from_word(word: isize) -> Option<Self> {
        if word < 0 && word >= -4095 { Self::new(-word as u16) } else { None }
    }

    /// Gives the number.
    #[inline]
    pub const fn number(self) -> u16 {
        self.0.get()
    }

    /// Gives the kernel's name, as in `ENOENT`; none for a number that has none.
    pub fn name(self) -> Option<&'static str> {
        self.line().and_then(|line| line.split_once(' ')).map(|(name, _)| name)
    }

    /// Gives the text, in lower case without an end mark; none for a number that has none.
    pub fn text(self) -> Option<&'static str> {
        self.line().and_then(|line| line.split_once(' ')).map(|(_, text)| text)
    }

    /// Finds the number of a kernel's name, as in `ENOENT`.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut lines = LINES.split_terminator('\n');
        let at = lines.position(|line| line.split_once(' ').is_some_and(|(this, _)| this == name))?;
        NUMBERS.get(at).copied().and_then(Self::new)
    }

    fn line(self) -> Option<&'static str> {
        let at = NUMBERS.iter().position(|number| *number == self.number())?;
        LINES.split_terminator('\n').nth(at)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => formatter.pad(text),
            None => write!(formatter, "unknown error {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "Errno({})", self.0),
        }
    }
}

impl core::error::Error for Errno {}

/// One row a number. The texts stand in one string, so that a program carries no table of pointers to relocate.
macro_rules! table {
    ($($constant:ident $name:ident $text:literal)*) => {
        impl Errno {$(
            #[doc = concat!(stringify!($name), ": ", $text, ".")]
            pub const $constant: Self = Self(match NonZeroU16::new(kernel::$name as u16) {
                Some(number) => number,
                None => NonZeroU16::MIN,
            });
        )*}

        const NUMBERS: &[u16] = &[$(kernel::$name as u16),*];
        const LINES: &str = concat!($(stringify!($name), " ", $text, "\n"),*);
    };
}

table! {
    PERM EPERM "operation not permitted"
    NOENT ENOENT "no such file or directory"
    SRCH ESRCH "no such process"
    INTR EINTR "interrupted system call"
    IO EIO "input/output error"
    NXIO ENXIO "no such device or address"
    TOOBIG E2BIG "argument list too long"
    NOEXEC ENOEXEC "not an executable format"
    BADF EBADF "bad file descriptor"
    CHILD ECHILD "no child processes"
    AGAIN EAGAIN "resource temporarily unavailable"
    NOMEM ENOMEM "out of memory"
    ACCES EACCES "permission denied"
    FAULT EFAULT "bad address"
    NOTBLK ENOTBLK "block device required"
    BUSY EBUSY "device or resource busy"
    EXIST EEXIST "file exists"
    XDEV EXDEV "link across file systems"
    NODEV ENODEV "no such device"
    NOTDIR ENOTDIR "not a directory"
    ISDIR EISDIR "is a directory"
    INVAL EINVAL "invalid argument"
    NFILE ENFILE "too many open files in system"
    MFILE EMFILE "too many open files"
    NOTTY ENOTTY "not a terminal, or not an operation of this device"
    TXTBSY ETXTBSY "program file busy"
    FBIG EFBIG "file too large"
    NOSPC ENOSPC "no space left on device"
    SPIPE ESPIPE "not seekable"
    ROFS EROFS "read-only file system"
    MLINK EMLINK "too many links"
    PIPE EPIPE "broken pipe"
    DOM EDOM "argument out of domain"
    RANGE ERANGE "result out of range"
    DEADLK EDEADLK "resource deadlock avoided"
    NAMETOOLONG ENAMETOOLONG "file name too long"
    NOLCK ENOLCK "no locks available"
    NOSYS ENOSYS "system call not implemented"
    NOTEMPTY ENOTEMPTY "directory not empty"
    LOOP ELOOP "too many levels of symbolic links"
    NOMSG ENOMSG "no message of the desired type"
    IDRM EIDRM "identifier removed"
    CHRNG ECHRNG "channel number out of range"
    L2NSYNC EL2NSYNC "level 2 not synchronised"
    L3HLT EL3HLT "level 3 halted"
    L3RST EL3RST "level 3 reset"
    LNRNG ELNRNG "link number out of range"
    UNATCH EUNATCH "protocol driver not attached"
    NOCSI ENOCSI "no CSI structure available"
    L2HLT EL2HLT "level 2 halted"
    BADE EBADE "invalid exchange"
    BADR EBADR "invalid request descriptor"
    XFULL EXFULL "exchange full"
    NOANO ENOANO "no anode"
    BADRQC EBADRQC "invalid request code"
    BADSLT EBADSLT "invalid slot"
    BFONT EBFONT "bad font file format"
    NOSTR ENOSTR "device is not a stream"
    NODATA ENODATA "no data available"
    TIME ETIME "timer expired"
    NOSR ENOSR "out of streams resources"
    NONET ENONET "machine is not on the network"
    NOPKG ENOPKG "package not installed"
    REMOTE EREMOTE "object is remote"
    NOLINK ENOLINK "link has been severed"
    ADV EADV "advertise error"
    SRMNT ESRMNT "srmount error"
    COMM ECOMM "communication error on send"
    PROTO EPROTO "protocol error"
    MULTIHOP EMULTIHOP "multihop attempted"
    DOTDOT EDOTDOT "RFS-specific error"
    BADMSG EBADMSG "bad message"
    OVERFLOW EOVERFLOW "value too large for its type"
    NOTUNIQ ENOTUNIQ "name not unique on network"
    BADFD EBADFD "file descriptor in bad state"
    REMCHG EREMCHG "remote address changed"
    LIBACC ELIBACC "cannot access a needed shared library"
    LIBBAD ELIBBAD "accessing a corrupted shared library"
    LIBSCN ELIBSCN "corrupted .lib section"
    LIBMAX ELIBMAX "too many shared libraries"
    LIBEXEC ELIBEXEC "cannot execute a shared library directly"
    ILSEQ EILSEQ "illegal byte sequence"
    RESTART ERESTART "interrupted system call should be restarted"
    STRPIPE ESTRPIPE "streams pipe error"
    USERS EUSERS "too many users"
    NOTSOCK ENOTSOCK "not a socket"
    DESTADDRREQ EDESTADDRREQ "destination address required"
    MSGSIZE EMSGSIZE "message too long"
    PROTOTYPE EPROTOTYPE "wrong protocol type for socket"
    NOPROTOOPT ENOPROTOOPT "protocol option not available"
    PROTONOSUPPORT EPROTONOSUPPORT "protocol not supported"
    SOCKTNOSUPPORT ESOCKTNOSUPPORT "socket type not supported"
    OPNOTSUPP EOPNOTSUPP "operation not supported"
    PFNOSUPPORT EPFNOSUPPORT "protocol family not supported"
    AFNOSUPPORT EAFNOSUPPORT "address family not supported"
    ADDRINUSE EADDRINUSE "address already in use"
    ADDRNOTAVAIL EADDRNOTAVAIL "address not available"
    NETDOWN ENETDOWN "network is down"
    NETUNREACH ENETUNREACH "network is unreachable"
    NETRESET ENETRESET "network dropped connection on reset"
    CONNABORTED ECONNABORTED "connection aborted"
    CONNRESET ECONNRESET "connection reset by peer"
    NOBUFS ENOBUFS "no buffer space available"
    ISCONN EISCONN "already connected"
    NOTCONN ENOTCONN "not connected"
    SHUTDOWN ESHUTDOWN "cannot send after shutdown"
    TOOMANYREFS ETOOMANYREFS "too many references"
    TIMEDOUT ETIMEDOUT "timed out"
    CONNREFUSED ECONNREFUSED "connection refused"
    HOSTDOWN EHOSTDOWN "host is down"
    HOSTUNREACH EHOSTUNREACH "no route to host"
    ALREADY EALREADY "operation already in progress"
    INPROGRESS EINPROGRESS "operation in progress"
    STALE ESTALE "stale file handle"
    UCLEAN EUCLEAN "structure needs cleaning"
    NOTNAM ENOTNAM "not a XENIX named file"
    NAVAIL ENAVAIL "no XENIX semaphores available"
    ISNAM EISNAM "is a named file"
    REMOTEIO EREMOTEIO "remote input/output error"
    DQUOT EDQUOT "disk quota exceeded"
    NOMEDIUM ENOMEDIUM "no medium found"
    MEDIUMTYPE EMEDIUMTYPE "wrong medium type"
    CANCELED ECANCELED "operation cancelled"
    NOKEY ENOKEY "required key not available"
    KEYEXPIRED EKEYEXPIRED "key has expired"
    KEYREVOKED EKEYREVOKED "key has been revoked"
    KEYREJECTED EKEYREJECTED "key was rejected"
    OWNERDEAD EOWNERDEAD "owner died"
    NOTRECOVERABLE ENOTRECOVERABLE "state not recoverable"
    RFKILL ERFKILL "blocked by a radio switch"
    HWPOISON EHWPOISON "memory page has a hardware error"
}

impl Errno {
    /// EWOULDBLOCK: the same number as EAGAIN.
    #[doc(alias = "EWOULDBLOCK")]
    pub const WOULDBLOCK: Self = Self::AGAIN;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;

    #[test]
    fn a_result_without_value_takes_two_bytes() {
        assert_eq!(size_of::<Result<()>>(), 2);
        assert_eq!(size_of::<Option<Errno>>(), 2);
    }

    #[test]
    fn names_and_texts() {
        assert_eq!(Errno::NOENT.name(), Some("ENOENT"));
        assert_eq!(Errno::NOENT.to_string(), "no such file or directory");
        assert_eq!(format!("{:?}", Errno::HWPOISON), "EHWPOISON");
        assert_eq!(Errno::from_name("E2BIG"), Some(Errno::TOOBIG));
        assert_eq!(Errno::from_name("ENONE"), None);
        assert_eq!(Errno::WOULDBLOCK, Errno::AGAIN);
    }

    #[test]
    fn every_number_that_linux_names_has_a_text() {
        for number in 1..=133 {
            let errno = Errno::new(number).unwrap();
            // The kernel leaves these two numbers free (EWOULDBLOCK and EDEADLOCK share others).
            assert_eq!(errno.text().is_none(), number == 41 || number == 58, "{number}");
        }
    }

    #[test]
    fn numbers_without_a_name_are_shown_as_numbers() {
        let errno = Errno::new(524).unwrap();
        assert_eq!(errno.to_string(), "unknown error 524");
        assert_eq!(format!("{errno:?}"), "Errno(524)");
        assert_eq!(Errno::new(0), None);
        assert_eq!(Errno::new(4096), None);
    }
}
