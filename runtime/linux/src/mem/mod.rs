//! Memory: mapping it, protecting it, sharing it, taking it back from disks.

mod map;
mod probe;
mod shared;
mod swap;

pub use map::{
    Advice, MapFlags, Protection, RemapFlags, madvise, mmap, mmap_anonymous, mprotect, mremap, munmap,
    publish_code,
};
pub use probe::{is_readable, readable};
pub use shared::SharedMapping;
pub use swap::swapoff;
