//! Talking netlink: which answer belongs to which request, when an answer is whole, and when to ask again.
//!
//! [`Client`] is the asking side of a socket, one exchange at a time. [`Mirror`] keeps a copy of a kernel table from
//! notifications and mends it from a dump when notifications were lost.

mod client;
mod mirror;
mod objects;

pub use client::{ATTEMPTS, Client, Failure, Progress, Refusal};
pub use mirror::{Change, Mirror, Object};
pub use objects::RouteKey;
