//! Operations on sockets.

use core::mem::MaybeUninit;

use linux::fd::{BorrowedFd, OwnedFd, RawFd};
use linux::net::{self, AddressArg, MessageFlags, SocketFlags};
use linux::uring::{AcceptFlags, CompletionFlags, Entry, Opcode, ReceiveFlags};
use linux::{Errno, Result};

use super::{borrow, length, made};
use crate::reactor::{Operation, Repeated};
use crate::{OwnedBuffer, OwnedBytes};

/// The longest address that the kernel gives.
const ADDRESS: usize = 128;

/// Sends and receives so.
const FLAGS: MessageFlags = MessageFlags::NO_SIGNAL;
const NO_WAIT: MessageFlags = MessageFlags::DONT_WAIT.union(MessageFlags::NO_SIGNAL);

/// Connects.
pub(crate) struct Connect {
    socket: RawFd,
    /// Whether a Unix socket has no room for more that wait.
    is_full: bool,
    length: u32,
    bytes: [u8; ADDRESS],
}

impl Connect {
    pub(crate) fn new(socket: BorrowedFd<'_>, to: &impl AddressArg) -> Result<Self> {
        let mut bytes = [0; ADDRESS];
        let length = to.with(|address| {
            bytes.get_mut(..address.len())?.copy_from_slice(address);
            Some(length(address.len()))
        });
        let length = length.ok_or(Errno::NAMETOOLONG)?;
        Ok(Self { socket: socket.as_raw(), is_full: false, length, bytes })
    }
}

/// An address in the kernel's shape.
struct Raw<'a>(&'a [u8]);

impl AddressArg for Raw<'_> {
    fn with<T>(&self, body: impl FnOnce(&[u8]) -> T) -> T {
        body(self.0)
    }
}

// SAFETY: the address lies in it.
unsafe impl Operation for Connect {
    type Output = Result<()>;

    const OPCODE: Opcode = Opcode::CONNECT;

    fn entry(&mut self) -> Entry {
        Entry::connect(self.socket, self.bytes.as_ptr(), self.length)
    }

    fn attempt(&mut self) -> Result<u32> {
        let address = Raw(self.bytes.get(..self.length as usize).unwrap_or_default());
        match net::connect(borrow(self.socket), &address) {
            Err(Errno::INPROGRESS | Errno::ALREADY | Errno::INTR) => Err(Errno::AGAIN),
            // Asked again, the kernel says what became of the first call.
            Ok(()) | Err(Errno::ISCONN) => Ok(0),
            // Nothing is on its way, so nobody would tell when to ask again.
            Err(Errno::AGAIN) => {
                self.is_full = true;
                Ok(0)
            }
            Err(errno) => Err(errno),
        }
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<()> {
        if self.is_full { Err(Errno::AGAIN) } else { result.map(drop) }
    }
}

/// Takes connections, one after the other.
#[derive(Clone)]
pub(crate) struct Accept {
    pub(crate) listener: RawFd,
    pub(crate) flags: SocketFlags,
}

// SAFETY: the entry points to nothing.
unsafe impl Operation for Accept {
    type Output = Result<OwnedFd>;

    const OPCODE: Opcode = Opcode::ACCEPT;

    fn entry(&mut self) -> Entry {
        let nowhere = core::ptr::null_mut();
        Entry::accept(self.listener, nowhere, core::ptr::null_mut(), self.flags, AcceptFlags::MULTISHOT)
    }

    fn attempt(&mut self) -> Result<u32> {
        let (socket, _) = net::accept(borrow(self.listener), self.flags)?;
        Ok(socket.into_raw().cast_unsigned())
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Result<OwnedFd> {
        result.map(made)
    }
}

impl Repeated for Accept {
    // Linux 5.19.
    const SINCE: Opcode = Opcode::SOCKET;
}

/// Receives into a buffer.
pub(crate) struct Receive<B> {
    socket: RawFd,
    buffer: B,
}

impl<B> Receive<B> {
    pub(crate) const fn new(socket: BorrowedFd<'_>, buffer: B) -> Self {
        Self { socket: socket.as_raw(), buffer }
    }
}

// SAFETY: the buffer belongs to it, and stays where it is, as its trait says.
unsafe impl<B: OwnedBuffer> Operation for Receive<B> {
    type Output = (Result<usize>, B);

    const OPCODE: Opcode = Opcode::RECV;

    fn entry(&mut self) -> Entry {
        let room = self.buffer.room();
        let (start, length) = (room.as_mut_ptr().cast(), length(room.len()));
        Entry::recv(self.socket, start, length, MessageFlags::empty(), ReceiveFlags::empty())
    }

    fn attempt(&mut self) -> Result<u32> {
        let room: &mut [MaybeUninit<u8>] = self.buffer.room();
        let (count, _, _) = net::recvfrom_uninit(borrow(self.socket), room, MessageFlags::DONT_WAIT)?;
        Ok(length(count))
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Self::Output {
        let mut buffer = self.buffer;
        let result = result.map(|count| count as usize);
        // SAFETY: the kernel has written so many.
        unsafe { buffer.filled(result.unwrap_or(0)) };
        (result, buffer)
    }
}

/// Sends bytes from some place on; with `ZERO_COPY`, from where they are.
pub(crate) struct Send<B, const ZERO_COPY: bool> {
    socket: RawFd,
    bytes: B,
    start: usize,
}

impl<B, const ZERO_COPY: bool> Send<B, ZERO_COPY> {
    pub(crate) const fn new(socket: BorrowedFd<'_>, bytes: B, start: usize) -> Self {
        Self { socket: socket.as_raw(), bytes, start }
    }
}

impl<B: OwnedBytes, const ZERO_COPY: bool> Send<B, ZERO_COPY> {
    fn rest(&self) -> &[u8] {
        self.bytes.bytes().get(self.start..).unwrap_or_default()
    }
}

// SAFETY: the bytes belong to it, and stay where they are, as their trait says.
unsafe impl<B: OwnedBytes, const ZERO_COPY: bool> Operation for Send<B, ZERO_COPY> {
    type Output = (Result<usize>, B);

    const OPCODE: Opcode = if ZERO_COPY { Opcode::SEND_ZC } else { Opcode::SEND };

    fn entry(&mut self) -> Entry {
        let bytes = self.rest();
        let make = if ZERO_COPY { Entry::send_zero_copy } else { Entry::send };
        make(self.socket, bytes.as_ptr(), length(bytes.len()), FLAGS)
    }

    fn attempt(&mut self) -> Result<u32> {
        net::send(borrow(self.socket), self.rest(), NO_WAIT).map(length)
    }

    fn finish(self, result: Result<u32>, _flags: CompletionFlags) -> Self::Output {
        (result.map(|count| count as usize), self.bytes)
    }
}
