//! What a process may still do: seccomp(2), landlock(7).

mod allow_list;
mod call_set;
mod instruction;
pub mod landlock;
mod module;
mod notification;
mod rules;
mod seccomp;

pub use allow_list::{AllowList, ranges_filter};
pub use call_set::CallSet;
pub use module::{Module, ThreadAttribute, lsm_get_self_attr, lsm_list_modules, lsm_set_self_attr};
pub use notification::{Added, Answer, Listener, Notification, listening_filter, set_filter_with_listener};
pub use rules::{Enforced, Need, Rules};
pub use seccomp::{ALLOW, Filter, Refusal, set_filter, set_strict};
