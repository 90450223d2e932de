//! What a process may still do: seccomp(2), landlock(7).

mod allow_list;
pub mod landlock;
mod seccomp;

pub use allow_list::AllowList;
pub use seccomp::{Refusal, set_filter};
