//! Buffers that connections share: one is taken when there is something to put into it, so that those that wait hold none.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{RefCell, UnsafeCell};
use core::fmt;
use core::ops::Deref;
use core::slice;

use linux::fd::{BorrowedFd, RawFd};
use linux::net::{self, MessageFlags};
use linux::uring::{CompletionFlags, Entry, Opcode, ReceiveFlags};
use linux::{Errno, Result};

use crate::Reactor;
use crate::operations::borrow;
use crate::reactor::{Group, Operation, Repeated};

/// Buffers that connections share, all of the reactor that it was made with. With io_uring the kernel chooses among them.
#[doc(alias = "IORING_REGISTER_PBUF_RING")]
#[derive(Clone, Debug)]
pub struct Pool {
    buffers: Rc<Buffers>,
    /// The number of the reactor.
    reactor: u64,
}

/// Whoever may still write into the buffers keeps them: the pool, its chunks, and operations that the kernel has.
#[derive(Debug)]
enum Buffers {
    /// The kernel chooses.
    Kernel(Group),
    /// We do: so long each, and those that are free. Each is its chunk's alone, or free.
    Own { size: usize, memory: Vec<UnsafeCell<u8>>, free: RefCell<Vec<u16>> },
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
        if let Some(group) = reactor.buffers(count, size) {
            return Ok(Self::of(reactor, Buffers::Kernel(group)));
        }
        let size = usize::try_from(size).map_err(|_| Errno::NOMEM)?;
        let (mut memory, mut free) = (Vec::new(), Vec::new());
        let length = size.checked_mul(count.into()).ok_or(Errno::NOMEM)?;
        memory.try_reserve_exact(length).map_err(|_| Errno::NOMEM)?;
        memory.resize_with(length, || UnsafeCell::new(0));
        free.try_reserve_exact(count.into()).map_err(|_| Errno::NOMEM)?;
        free.extend((0..count).rev());
        Ok(Self::of(reactor, Buffers::Own { size, memory, free: RefCell::new(free) }))
    }

    fn of(reactor: &Reactor, buffers: Buffers) -> Self {
        Self { buffers: Rc::new(buffers), reactor: reactor.number() }
    }

    /// Says whether the kernel chooses.
    pub fn is_of_kernel(&self) -> bool {
        matches!(&*self.buffers, Buffers::Kernel(_))
    }

    /// Says whether it was made with this reactor.
    pub(crate) fn is_of(&self, reactor: &Reactor) -> bool {
        self.reactor == reactor.number()
    }
}

impl Buffers {
    fn size(&self) -> usize {
        match self {
            Self::Kernel(group) => group.buffers.size() as usize,
            Self::Own { size, .. } => *size,
        }
    }

    /// Gives where a buffer lies.
    fn place(&self, number: u16) -> *mut u8 {
        match self {
            Self::Kernel(group) => group.buffers.buffer(number),
            Self::Own { size, memory, .. } => {
                UnsafeCell::raw_get(memory.as_ptr()).wrapping_add(size * usize::from(number))
            }
        }
    }

    fn give_back(&self, number: u16) {
        match self {
            Self::Kernel(group) => group.buffers.give(number),
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
#[derive(Clone)]
pub(crate) struct ReceiveChunk {
    socket: RawFd,
    buffers: Rc<Buffers>,
    how: ReceiveFlags,
    number: Option<u16>,
}

impl ReceiveChunk {
    pub(crate) fn new(socket: BorrowedFd<'_>, pool: &Pool, how: ReceiveFlags) -> Self {
        Self { socket: socket.as_raw(), buffers: pool.buffers.clone(), how, number: None }
    }
}

// SAFETY: the buffers belong to it, too, until it is dropped.
unsafe impl Operation for ReceiveChunk {
    type Output = Result<Chunk>;

    const OPCODE: Opcode = Opcode::RECV;

    fn entry(&mut self) -> Entry {
        let entry = Entry::recv(self.socket, core::ptr::null_mut(), 0, MessageFlags::empty(), self.how);
        match &*self.buffers {
            Buffers::Kernel(group) => entry.select_buffer(group.number),
            Buffers::Own { .. } => entry,
        }
    }

    fn attempt(&mut self) -> Result<u32> {
        let Buffers::Own { size, free, .. } = &*self.buffers else { return Err(Errno::INVAL) };
        let Some(number) = free.borrow().last().copied() else {
            // Only what has come misses a buffer, and the end needs none.
            let flags = MessageFlags::DONT_WAIT | MessageFlags::PEEK;
            return match net::recv(borrow(self.socket), &mut [0], flags)? {
                0 => Ok(0),
                _ => Err(Errno::NOBUFS),
            };
        };
        // SAFETY: the buffer is free, so nobody else has it.
        let buffer = unsafe { slice::from_raw_parts_mut(self.buffers.place(number), *size) };
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

impl Repeated for ReceiveChunk {
    // Linux 6.0.
    const SINCE: Opcode = Opcode::SEND_ZC;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Stream;
    use crate::testing::engines;
    use crate::{run, timeout};
    use core::time::Duration;
    use linux::net::{Family, SocketFlags, SocketKind, socketpair};

    const SHORT: Duration = Duration::from_millis(2);

    fn pair(reactor: &Reactor) -> (Stream<'_>, Stream<'_>) {
        let (one, other) = socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC).unwrap();
        (Stream::from_socket(reactor, one).unwrap(), Stream::from_socket(reactor, other).unwrap())
    }

    #[test]
    fn a_pool_serves_the_connections_of_its_reactor_alone() {
        for (reactor, other) in engines().into_iter().zip(engines()) {
            let pool = Pool::new(&other, 1, 16).unwrap();
            // The other reactor's pool would have the same number in this one.
            let own = Pool::new(&reactor, 1, 16).unwrap();
            let (one, two) = pair(&reactor);
            run(&reactor, async |_| {
                one.write_all(b"word").await.unwrap();
                assert_eq!(two.receive(&pool).await.err(), Some(Errno::INVAL));
                assert_eq!(&*two.receive(&own).await.unwrap(), b"word");
            })
            .unwrap();
        }
    }

    #[test]
    fn want_of_buffers_is_told_when_something_has_come() {
        for reactor in engines() {
            let pool = Pool::new(&reactor, 1, 16).unwrap();
            let (one, two) = pair(&reactor);
            run(&reactor, async |_| {
                one.write_all(b"first").await.unwrap();
                let held = two.receive(&pool).await.unwrap();
                let nothing = timeout(&reactor, SHORT, two.receive(&pool)).await;
                assert_eq!(nothing.map(drop), Err(Errno::TIMEDOUT), "{reactor:?}");
                one.write_all(b"second").await.unwrap();
                assert_eq!(two.receive(&pool).await.err(), Some(Errno::NOBUFS));
                assert_eq!(&*held, b"first");
                drop(held);
                assert_eq!(&*two.receive(&pool).await.unwrap(), b"second");
            })
            .unwrap();
        }
    }

    #[test]
    fn want_of_buffers_ends_no_series() {
        for reactor in engines() {
            let pool = Pool::new(&reactor, 1, 16).unwrap();
            let (one, two) = pair(&reactor);
            run(&reactor, async |_| {
                let mut chunks = two.chunks(&pool).unwrap();
                one.write_all(b"first").await.unwrap();
                let held = chunks.next().await.unwrap();
                let nothing = timeout(&reactor, SHORT, chunks.next()).await;
                assert_eq!(nothing.map(drop), Err(Errno::TIMEDOUT), "{reactor:?}");
                one.write_all(b"second").await.unwrap();
                assert_eq!(chunks.next().await.err(), Some(Errno::NOBUFS));
                assert_eq!(&*held, b"first");
                drop(held);
                assert_eq!(&*chunks.next().await.unwrap(), b"second");
                drop(one);
                assert!(chunks.next().await.unwrap().is_empty());
                assert!(chunks.next().await.unwrap().is_empty());
            })
            .unwrap();
        }
    }

    #[test]
    fn a_chunk_outlives_its_pool_and_its_reactor() {
        for reactor in engines() {
            let chunk = {
                let pool = Pool::new(&reactor, 2, 16).unwrap();
                let (one, two) = pair(&reactor);
                run(&reactor, async |_| {
                    one.write_all(b"kept").await.unwrap();
                    two.receive(&pool).await.unwrap()
                })
                .unwrap()
            };
            drop(reactor);
            assert_eq!(&*chunk, b"kept");
        }
    }
}
