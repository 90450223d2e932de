//! `ip address`: addresses of links.

pub(super) mod change;
pub(super) mod show;
