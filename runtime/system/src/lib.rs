//! The running system as objects: links, routes, leases, processes, mounts; this crate never formats for a reader.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod addresses;
pub mod cgroup;
pub mod clock;
pub mod condition;
#[cfg(feature = "devices")]
pub mod devices;
pub mod dhcp;
pub mod disks;
mod error;
pub mod file;
pub mod folder;
#[cfg(feature = "ring")]
pub mod journal;
pub mod links;
pub mod log;
pub mod loops;
pub mod machine;
pub mod modules;
pub mod mount_options;
pub mod mounting;
pub mod mounts;
pub mod namespaces;
pub mod neighbours;
pub mod netlink;
pub mod processes;
pub mod program;
#[cfg(feature = "ring")]
pub mod ring;
#[cfg(feature = "root")]
pub mod root;
#[cfg(feature = "ring")]
pub mod rotated;
pub mod routes;
pub mod rules;
#[cfg(feature = "services")]
pub mod services;
pub mod sessions;
pub mod settings;
pub mod swap;
pub mod users;
pub mod watch;

pub use error::{Cause, Error, Explanation, Failure, Result};
