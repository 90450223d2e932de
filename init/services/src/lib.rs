//! Services: what their files say, in which order they start, and the life of each; this crate never does anything itself.
//!
//! Files become [`Service`]s by [`mod@file`] (TOML) or [`inittab`]; [`graph`] puts them in order; [`machine`] is the life of one,
//! [`manager`] that of all; [`handover`] is what of them outlives process 1's program. Time is an argument. What is taken from
//! `linux` are names of values: signals and limits.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod calls;
mod confined;
pub mod file;
pub mod graph;
pub mod handover;
pub mod import;
pub mod inittab;
pub mod machine;
pub mod manager;
#[cfg(test)]
mod model;
pub mod notice;
pub mod packed;
mod resources;
mod service;
mod status;

use alloc::string::String;
use core::fmt;

pub use confined::{Confined, DISK_CLASSES, NAMESPACES, OPTIONAL};
pub use resources::{DiskBounds, Resources};
pub use service::{
    Bounds, Configuration, Consequence, Kind, Listen, Logging, Mode, Numbers, Ready, Restart, Service, Start,
    Target, Transport, is_name,
};
pub use status::{Phase, Status, Table, Times};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What was expected.
    pub message: String,
}

/// Shows "sshd.toml:3: there is no key `comand`; the nearest is `command`".
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Gives the words "; the nearest is `…`" where something is near, and else none.
fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> String {
    match query::nearest(wanted.as_bytes(), known).first() {
        Some(name) => alloc::format!("; the nearest is `{name}`"),
        None => String::new(),
    }
}
