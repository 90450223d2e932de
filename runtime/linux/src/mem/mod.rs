//! Memory: mapping it, protecting it, keeping it, sharing it, filling it when it is touched, disks for what has no room.

mod device;
mod fault;
mod guard;
mod keep;
mod map;
mod probe;
mod remote;
mod shared;
mod swap;

pub use device::{Width, read_register, write_register};
pub use fault::{FaultFlags, Faults, PageFault};
pub use guard::{Refused, mincore, pkey_alloc, pkey_free, pkey_mprotect};
pub use keep::{KeepFlags, Reach, mlock, mlockall, mseal, msync, munlock, munlockall};
pub use map::{
    Advice, MapFlags, Protection, RemapFlags, madvise, mmap, mmap_anonymous, mprotect, mremap, munmap,
    publish_code,
};
pub use probe::{is_readable, readable};
pub use remote::{Remote, process_madvise, process_mrelease, process_vm_readv, process_vm_writev};
pub use shared::SharedMapping;
pub use swap::{SwapFlags, swapoff, swapon};
