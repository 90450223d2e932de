//! What a process may still do: seccomp(2).

mod allow_list;
mod seccomp;

pub use allow_list::AllowList;
pub use seccomp::{Refusal, set_filter};
