//! Memory: mapping it, protecting it, sharing it.

mod map;
mod shared;

pub use map::{
    Advice, MapFlags, Protection, RemapFlags, madvise, mmap, mmap_anonymous, mprotect, mremap, munmap,
};
pub use shared::SharedMapping;
