//! Buffers that connections share: one is taken when there is something to put into it, so that those that wait hold none.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use core::ops::Deref;
use core::slice;

use linux::fd::{BorrowedFd, RawFd};
use linux::net::{self, MessageFlags};
use linux::uring::{BufferRing, CompletionFlags, Entry, Opcode, ReceiveFlags};
use linux::{Errno, Result};

use crate::Reactor;
use crate::operations::borrow;
use crate::reactor::Operation;

/// Buffers that connections share. With io_uring the kernel chooses among them.
#[doc(alias = "IORING_REGISTER_PBUF_RING")]
#[derive(Clone, Debug)]
pub struct Pool(Rc<Buffers>);

/// Whoever may still write into the buffers keeps them: the pool, its chunks, and operations that the kernel has.
#[derive(Debug)]
enum Buffers {
    /// The kernel chooses, from the group with this number.
    Kernel(BufferRing, u16),
    /// We do: so long each, and those that are free.
    Own { size: usize, memory: RefCell<Vec<u8>>, free: RefCell<Vec<u16>> },
}

impl Pool {
    /// Makes so many buffers, a power of two, of so many bytes each.
    ///
    /// # Errors
    /// `INVAL` (no power of two, or more than 32768), `NOMEM`.
    pub fn new(reactor: &Reactor, count: u16, size: u32) -> Result<Self> {
        if !count.is_power_of_two() || count > 1 << 15 || size == 0 {
            return Err(Errno::INVAL);
        }
        if let Some((ring, group)) = reactor.buffers(count, size) {
            return Ok(Self(Rc::new(Buffers::Kernel(ring, group))));
        }
        let size = usize::try_from(size).map_err(|_| Errno::NOMEM)?;
        let (mut memory, mut free) = (Vec::new(), Vec::new());
        let length = size.checked_mul(count.into()).ok_or(Errno::NOMEM)?;
        memory.try_reserve_exact(length).map_err(|_| Errno::NOMEM)?;
        memory.resize(length, 0);
        free.try_reserve_exact(count.into()).map_err(|_| Errno::NOMEM)?;
        free.extend((0..count).rev());
        Ok(Self(Rc::new(Buffers::Own { size, memory: RefCell::new(memory), free: RefCell::new(free) })))
    }

    /// Says whether the kernel chooses.
    pub fn is_of_kernel(&self) -> bool {
        matches!(&*self.0, Buffers::Kernel(..))
    }
}

impl Buffers {
    fn size(&self) -> usize {
        match self {
            Self::Kernel(ring, _) => ring.size() as usize,
            Self::Own { size, .. } => *size,
        }
    }

    /// Gives where a buffer lies.
    fn place(&self, number: u16) -> *mut u8 {
        match self {
            Self::Kernel(ring, _) => ring.buffer(number),
            Self::Own { size, memory, .. } => {
                memory.borrow_mut().as_mut_ptr().wrapping_add(size * usize::from(number))
            }
        }
    }

    fn give_back(&self, number: u16) {
        match self {
            Self::Kernel(ring, _) => ring.give(number),
            // It has room for all.
            Self::Own { free, .. } => free.borrow_mut().push(number),
        }
    }
}

/// What was received, in a buffer of a pool, which has it again when this is dropped.
pub struct Chunk {
    buffers: Rc<Buffers>,
    /// None for the end, which takes no buffer.
    number: Option<u16>,
    length: usize,
}

impl Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self.number {
            // SAFETY: so many bytes of it were written, and nobody else has the buffer.
            Some(number) => unsafe { slice::from_raw_parts(self.buffers.place(number), self.length) },
            None => &[],
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.buffers.give_back(number);
        }
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Chunk({} bytes)", self.length)
    }
}

/// Receives into a buffer of a pool.
pub(crate) struct ReceiveChunk {
    socket: RawFd,
    buffers: Rc<Buffers>,
    number: Option<u16>,
}

impl ReceiveChunk {
    pub(crate) fn new(socket: BorrowedFd<'_>, pool: &Pool) -> Self {
        Self { socket: socket.as_raw(), buffers: pool.0.clone(), number: None }
    }
}

// SAFETY: the buffers belong to it, too, until it is dropped.
unsafe impl Operation for ReceiveChunk {
    type Output = Result<Chunk>;

    const OPCODE: Opcode = Opcode::RECV;

    fn entry(&mut self) -> Entry {
        let (nothing, once) = (MessageFlags::empty(), ReceiveFlags::empty());
        let entry = Entry::recv(self.socket, core::ptr::null_mut(), 0, nothing, once);
        match &*self.buffers {
            Buffers::Kernel(_, group) => entry.select_buffer(*group),
            Buffers::Own { .. } => entry,
        }
    }

    fn attempt(&mut self) -> Result<u32> {
        let Buffers::Own { size, memory, free } = &*self.buffers else { return Err(Errno::INVAL) };
        let number = free.borrow().last().copied().ok_or(Errno::NOBUFS)?;
        let start = size * usize::from(number);
        let mut memory = memory.borrow_mut();
        let buffer = memory.get_mut(start..).and_then(|rest| rest.get_mut(..*size)).ok_or(Errno::INVAL)?;
        let count = net::recv(borrow(self.socket), buffer, MessageFlags::DONT_WAIT)?;
        if count > 0 {
            free.borrow_mut().pop();
            self.number = Some(number);
        }
        Ok(count as u32)
    }

    fn finish(self, result: Result<u32>, flags: CompletionFlags) -> Result<Chunk> {
        let number = self.number.or_else(|| flags.buffer());
        let length = (result? as usize).min(self.buffers.size());
        Ok(Chunk { buffers: self.buffers, number, length })
    }
}
