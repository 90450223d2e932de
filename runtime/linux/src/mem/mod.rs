//! Memory: mapping it, protecting it, keeping it, sharing it, filling it when it is touched, disks for what has no room.

mod device;
mod fault;
mod keep;
mod map;
mod probe;
mod shared;
mod swap;

pub use device::{Width, read_register, write_register};
pub use fault::{FaultFlags, Faults, PageFault};
pub use keep::{KeepFlags, Reach, mlock, mlockall, mseal, msync, munlock, munlockall};
pub use map::{
    Advice, MapFlags, Protection, RemapFlags, madvise, mmap, mmap_anonymous, mprotect, mremap, munmap,
    publish_code,
};
pub use probe::{is_readable, readable};
pub use shared::SharedMapping;
pub use swap::{SwapFlags, swapoff, swapon};
