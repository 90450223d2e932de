//! Giving sockets their ends: bind(2), connect(2), listen(2), accept(2), shutdown(2).

use super::address::LONGEST;
use super::{Address, AddressArg, SocketFlags};
use crate::Result;
use crate::fd::{AsFd, OwnedFd};
use linux_raw_sys::net as kernel;

/// Gives a socket its own address.
///
/// # Errors
/// `ADDRINUSE`, `ADDRNOTAVAIL`, `ACCES`, `INVAL` (bound already), `NODEV`, `NOENT`. See `bind(2)`.
pub fn bind(socket: impl AsFd, address: &impl AddressArg) -> Result<()> {
    address.with(|address| {
        // SAFETY: the kernel reads `len` bytes of the borrowed slice.
        unsafe { syscall!(__NR_bind, socket.as_fd(), address.as_ptr(), address.len()) }.map(drop)
    })
}

/// Connects a socket to an address.
///
/// # Errors
/// `CONNREFUSED`, `TIMEDOUT`, `NETUNREACH`, `HOSTUNREACH`, `INPROGRESS` (nonblocking), `INTR` (goes on behind; wait for
/// it to become writable, do not repeat), `ISCONN`, `ACCES`. See `connect(2)`.
pub fn connect(socket: impl AsFd, address: &impl AddressArg) -> Result<()> {
    address.with(|address| {
        // SAFETY: the kernel reads `len` bytes of the borrowed slice.
        unsafe { syscall!(__NR_connect, socket.as_fd(), address.as_ptr(), address.len()) }.map(drop)
    })
}

/// Takes connections, with this many waiting at most.
///
/// # Errors
/// `OPNOTSUPP`, `ADDRINUSE`. See `listen(2)`.
pub fn listen(socket: impl AsFd, waiting: u32) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_listen, socket.as_fd(), waiting.min(i32::MAX as u32)) }.map(drop)
}

/// Takes the next connection; gives its socket and the address of the other end.
///
/// # Errors
/// `AGAIN`, `INTR`, `CONNABORTED`, `MFILE`, `NFILE`, `INVAL` (it does not listen). See `accept(2)`.
#[doc(alias = "accept4")]
pub fn accept(socket: impl AsFd, flags: SocketFlags) -> Result<(OwnedFd, Option<Address>)> {
    let mut made = None;
    let peer = address_of(|bytes, length| {
        // SAFETY: the kernel writes an address into the buffer and its length into the word.
        let word = unsafe { syscall!(__NR_accept4, socket.as_fd(), bytes, length, flags.bits()) }?;
        made = Some(OwnedFd::made(word));
        Ok(())
    })?;
    made.map(|made| (made, peer)).ok_or(crate::Errno::BADF)
}

/// Gives the address that a socket has.
///
/// # Errors
/// `NOTSOCK`, `BADF`. See `getsockname(2)`.
pub fn getsockname(socket: impl AsFd) -> Result<Option<Address>> {
    address_of(|bytes, length| {
        // SAFETY: the kernel writes an address into the buffer and its length into the word.
        unsafe { syscall!(__NR_getsockname, socket.as_fd(), bytes, length) }.map(drop)
    })
}

/// Gives the address that a socket is connected to.
///
/// # Errors
/// `NOTCONN`, `NOTSOCK`, `BADF`. See `getpeername(2)`.
pub fn getpeername(socket: impl AsFd) -> Result<Option<Address>> {
    address_of(|bytes, length| {
        // SAFETY: the kernel writes an address into the buffer and its length into the word.
        unsafe { syscall!(__NR_getpeername, socket.as_fd(), bytes, length) }.map(drop)
    })
}

/// Runs a call that fills an address.
pub(super) fn address_of(call: impl FnOnce(*mut u8, *mut u32) -> Result<()>) -> Result<Option<Address>> {
    let mut bytes = [0; LONGEST];
    let mut length = LONGEST as u32;
    call(bytes.as_mut_ptr(), &raw mut length)?;
    Ok(bytes.get(..length as usize).and_then(Address::parse))
}

/// Which ways of a connection are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// SHUT_RD: nothing more is read.
    Read,
    /// SHUT_WR: nothing more is written; the other end sees the end.
    Write,
    /// SHUT_RDWR: both.
    Both,
}

impl Shutdown {
    pub(crate) const fn bits(self) -> u32 {
        match self {
            Self::Read => kernel::SHUT_RD,
            Self::Write => kernel::SHUT_WR,
            Self::Both => kernel::SHUT_RDWR,
        }
    }
}

/// Ends a connection in one way or both, for all who have the socket.
///
/// # Errors
/// `NOTCONN`, `NOTSOCK`, `BADF`. See `shutdown(2)`.
pub fn shutdown(socket: impl AsFd, ways: Shutdown) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_shutdown, socket.as_fd(), ways.bits()) }.map(drop)
}
