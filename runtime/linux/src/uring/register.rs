//! What a ring is told of beforehand: io_uring_register(2).

use super::entry::Opcode;
use crate::Result;
use crate::fd::{AsFd, RawFd};
use crate::fs::IoSliceMut;
use linux_raw_sys::io_uring as kernel;
use linux_raw_sys::io_uring::io_uring_register_op as operation;

/// Makes the call.
///
/// # Safety
/// The operation reads or writes at most `count` of what the pointer leads to.
pub(super) unsafe fn register<T>(
    ring: impl AsFd,
    operation: operation,
    what: *const T,
    count: u32,
) -> Result<usize> {
    // SAFETY: the caller answers for the pointer.
    unsafe { syscall!(__NR_io_uring_register, ring.as_fd(), operation as u32, what, count) }
}

/// How many operations are asked about.
const OPERATIONS: usize = 128;

/// Which operations the kernel has.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    known: [u64; OPERATIONS / 64],
}

impl Probe {
    /// Says whether it has this one.
    pub fn has(&self, opcode: Opcode) -> bool {
        let word = self.known.get(usize::from(opcode.0) / 64);
        word.is_some_and(|word| word >> (opcode.0 % 64) & 1 != 0)
    }
}

/// Asks which operations the kernel has.
///
/// # Errors
/// `INVAL` before Linux 5.6.
#[doc(alias = "IORING_REGISTER_PROBE")]
pub fn probe(ring: impl AsFd) -> Result<Probe> {
    #[repr(C)]
    struct Answer {
        head: [u32; 4],
        operations: [kernel::io_uring_probe_op; OPERATIONS],
    }

    abi!(Answer starts "struct io_uring_probe" {});
    const _: () = assert!(core::mem::offset_of!(Answer, operations) == size_of::<kernel::io_uring_probe>());
    let nothing = kernel::io_uring_probe_op { op: 0, resv: 0, flags: 0, resv2: 0 };
    let mut answer = Answer { head: [0; 4], operations: [nothing; OPERATIONS] };
    // SAFETY: the kernel writes a head and at most so many operations.
    unsafe { register(ring, operation::IORING_REGISTER_PROBE, &raw mut answer, OPERATIONS as u32) }?;
    let mut probe = Probe { known: [0; OPERATIONS / 64] };
    let supported =
        answer.operations.iter().filter(|one| one.flags & kernel::IO_URING_OP_SUPPORTED as u16 != 0);
    for one in supported {
        if let Some(word) = probe.known.get_mut(usize::from(one.op) / 64) {
            *word |= 1 << (one.op % 64);
        }
    }
    Ok(probe)
}

/// Has the kernel keep the pages of buffers at hand, for `read_registered` and `write_registered`.
///
/// # Safety
/// The memory stays mapped until the buffers are unregistered or the ring is gone.
///
/// # Errors
/// `NOMEM` (a limit on locked memory), `BUSY` (there are some), `FAULT`.
#[doc(alias = "IORING_REGISTER_BUFFERS")]
pub unsafe fn register_buffers(ring: impl AsFd, buffers: &[IoSliceMut<'_>]) -> Result<()> {
    let count = buffers.len() as u32;
    // SAFETY: each is a kernel `iovec`; the caller answers for what they lead to.
    unsafe { register(ring, operation::IORING_REGISTER_BUFFERS, buffers.as_ptr(), count) }.map(drop)
}

/// Lets go of the registered buffers, once no operation uses them.
///
/// # Errors
/// `NXIO` (there are none).
#[doc(alias = "IORING_UNREGISTER_BUFFERS")]
pub fn unregister_buffers(ring: impl AsFd) -> Result<()> {
    // SAFETY: nothing is read or written.
    unsafe { register(ring, operation::IORING_UNREGISTER_BUFFERS, core::ptr::null::<u8>(), 0) }.map(drop)
}

/// Registers files, by whose places entries with REGISTERED_FILE name them; -1 leaves a place empty.
///
/// # Errors
/// `BUSY` (there are some), `BADF`, `MFILE`, `NOMEM`.
#[doc(alias = "IORING_REGISTER_FILES")]
pub fn register_files(ring: impl AsFd, files: &[RawFd]) -> Result<()> {
    // SAFETY: the kernel reads so many numbers.
    unsafe { register(ring, operation::IORING_REGISTER_FILES, files.as_ptr(), files.len() as u32) }.map(drop)
}

/// Puts a file into a place among the registered ones; -1 empties it.
///
/// # Errors
/// `NXIO` (none are registered), `INVAL` (no such place), `BADF`.
#[doc(alias = "IORING_REGISTER_FILES_UPDATE")]
pub fn update_file(ring: impl AsFd, place: u32, file: RawFd) -> Result<()> {
    let update = kernel::io_uring_files_update {
        offset: place,
        resv: 0,
        fds: (&raw const file).expose_provenance() as u64,
    };
    // SAFETY: the kernel reads the structure and the number that it leads to.
    unsafe { register(ring, operation::IORING_REGISTER_FILES_UPDATE, &raw const update, 1) }.map(drop)
}
