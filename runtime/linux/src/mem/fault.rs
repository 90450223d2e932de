//! Faults of pages that another thread resolves: userfaultfd(2).
//!
//! A thread that touches a missing page of a registered range sleeps until somebody who reads [`Faults`] has filled it: a page comes
//! from anywhere, when it is needed.

use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::{Errno, Result, fs, ioctl};
use ioctl::files as request;
use linux_raw_sys::general as kernel;

flags! {
    /// What a descriptor of faults is to be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FaultFlags: u32 {
        /// O_CLOEXEC: closed by execve.
        const CLOSE_ON_EXEC = kernel::O_CLOEXEC;
        /// O_NONBLOCK: reading gives `AGAIN` instead of waiting.
        const NONBLOCK = kernel::O_NONBLOCK;
        /// UFFD_USER_MODE_ONLY: not those of the kernel on the process's behalf, which get `FAULT`; needs no privileges (Linux 5.11).
        const USER_MODE_ONLY = kernel::UFFD_USER_MODE_ONLY;
        const _ = !0;
    }
}

/// A fault that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageFault {
    /// The address of the page, or what was touched.
    pub address: usize,
    /// Whether it was written to.
    pub write: bool,
}

/// A descriptor that is ready to read when a fault waits.
#[derive(Debug)]
pub struct Faults(OwnedFd);

impl Faults {
    /// Makes one, with no range.
    ///
    /// # Errors
    /// `PERM` (needs CAP_SYS_PTRACE, or USER_MODE_ONLY), `NOSYS` (a kernel without it), `MFILE`, `NOMEM`. See `userfaultfd(2)`.
    #[doc(alias = "userfaultfd")]
    pub fn new(flags: FaultFlags) -> Result<Self> {
        // SAFETY: an integer only.
        let faults = unsafe { syscall!(__NR_userfaultfd, flags.bits()) }.map(OwnedFd::made)?;
        let mut api = kernel::uffdio_api { api: kernel::UFFD_API.into(), features: 0, ioctls: 0 };
        // SAFETY: the kernel reads and writes one structure.
        unsafe { ioctl::update(&faults, request::UFFDIO_API, &mut api) }?;
        Ok(Self(faults))
    }

    /// Has faults of missing pages in a range told here; both numbers are multiples of a page's size.
    ///
    /// # Safety
    /// What reads there reads what will be put there. Who puts it must not touch the range before.
    ///
    /// # Errors
    /// `INVAL`, `BUSY` (registered elsewhere), `PERM`. See `ioctl_userfaultfd(2)`, UFFDIO_REGISTER.
    #[doc(alias = "UFFDIO_REGISTER")]
    pub unsafe fn register(&self, address: *mut u8, length: usize) -> Result<()> {
        let mut register = kernel::uffdio_register {
            range: range(address, length),
            mode: kernel::UFFDIO_REGISTER_MODE_MISSING.into(),
            ioctls: 0,
        };
        // SAFETY: the kernel reads and writes one structure; the caller answers for the range.
        unsafe { ioctl::update(self, request::UFFDIO_REGISTER, &mut register) }.map(drop)
    }

    /// Waits for a fault; none if it was something else that was told.
    ///
    /// # Errors
    /// `AGAIN` (NONBLOCK), `INTR`.
    pub fn next(&self) -> Result<Option<PageFault>> {
        // Of `struct uffd_msg`: the kind in the first byte, then from the ninth on the flags and the address.
        let mut message = [0; size_of::<kernel::uffd_msg>()];
        if fs::read(self, &mut message)? != message.len() {
            return Err(Errno::IO);
        }
        let [kind, _, _, _, _, _, _, _, rest @ ..] = message;
        let number = |at: usize| {
            let bytes = rest.get(at..).and_then(|rest| rest.first_chunk()).copied();
            u64::from_ne_bytes(bytes.unwrap_or_default())
        };
        let is_fault = u32::from(kind) == kernel::UFFD_EVENT_PAGEFAULT;
        Ok(is_fault.then(|| PageFault {
            address: number(8) as usize,
            write: number(0) & u64::from(kernel::UFFD_PAGEFAULT_FLAG_WRITE) != 0,
        }))
    }

    /// Fills missing pages with bytes, in one step, and has who waits for them go on; gives how many bytes. Address and length are
    /// multiples of a page's size.
    ///
    /// # Safety
    /// The pages lie in a range of this descriptor.
    ///
    /// # Errors
    /// `EXIST` (there is a page), `NOENT` (nothing is mapped there), `AGAIN` (mappings change just now), `INVAL`. See
    /// `ioctl_userfaultfd(2)`, UFFDIO_COPY.
    #[doc(alias = "UFFDIO_COPY")]
    pub unsafe fn fill(&self, address: *mut u8, bytes: &[u8]) -> Result<usize> {
        let mut copy = kernel::uffdio_copy {
            dst: address.expose_provenance() as u64,
            src: bytes.as_ptr().expose_provenance() as u64,
            len: bytes.len() as u64,
            mode: 0,
            copy: 0,
        };
        // SAFETY: the kernel reads and writes one structure, and reads the bytes; the caller answers for the pages.
        unsafe { ioctl::update(self, request::UFFDIO_COPY, &mut copy) }?;
        Ok(copy.copy as usize)
    }

    /// The same with zeros.
    ///
    /// # Safety
    /// As of [`Faults::fill`].
    ///
    /// # Errors
    /// Those of [`Faults::fill`].
    #[doc(alias = "UFFDIO_ZEROPAGE")]
    pub unsafe fn fill_with_zeros(&self, address: *mut u8, length: usize) -> Result<usize> {
        let mut zeros = kernel::uffdio_zeropage { range: range(address, length), mode: 0, zeropage: 0 };
        // SAFETY: the kernel reads and writes one structure; the caller answers for the pages.
        unsafe { ioctl::update(self, request::UFFDIO_ZEROPAGE, &mut zeros) }?;
        Ok(zeros.zeropage as usize)
    }
}

impl AsFd for Faults {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn range(address: *mut u8, length: usize) -> kernel::uffdio_range {
    kernel::uffdio_range { start: address.expose_provenance() as u64, len: length as u64 }
}
