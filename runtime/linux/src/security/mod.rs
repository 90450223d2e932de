//! What a process may still do: seccomp(2), landlock(7).

mod allow_list;
pub mod landlock;
mod module;
mod rules;
mod seccomp;

pub use allow_list::{AllowList, ranges_filter};
pub use module::{Module, ThreadAttribute, lsm_get_self_attr, lsm_list_modules, lsm_set_self_attr};
pub use rules::{Enforced, Need, Rules};
pub use seccomp::{Refusal, set_filter, set_strict};
