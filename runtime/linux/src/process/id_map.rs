//! Who the users and groups of a user namespace are outside: user_namespaces(7).

use super::Pid;
use crate::fs::{Mode, OpenFlags, open, write};
use crate::{Errno, Result};
use core::fmt::{self, Write};

/// So many numbers in a row, inside a namespace and in the one of who writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdRange {
    /// The first inside.
    pub inside: u32,
    /// The first outside.
    pub outside: u32,
    /// How many.
    pub count: u32,
}

impl IdRange {
    /// One number alone.
    pub const fn one(inside: u32, outside: u32) -> Self {
        Self { inside, outside, count: 1 }
    }
}

/// Which numbers are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Those of users: `/proc/PID/uid_map`.
    Users,
    /// Those of groups: `/proc/PID/gid_map`.
    Groups,
}

/// As much as the kernel takes in one go, less than a page; 340 rows of three short numbers fit.
const MOST: usize = 4095;

/// Says who the users or groups of a process's new user namespace are; none: of this one's. A namespace's can be said once.
///
/// Who has no capabilities outside may map himself alone, and groups only once [`deny_setgroups`] has been called.
///
/// # Errors
/// `PERM`, `INVAL` (no row, rows that overlap or are too many; said already: `PERM`), `NOENT` (no such process, or a kernel without).
/// See `user_namespaces(7)`.
#[doc(alias = "uid_map")]
#[doc(alias = "gid_map")]
pub fn map_ids(process: Option<Pid>, ids: Ids, rows: &[IdRange]) -> Result<()> {
    if rows.is_empty() {
        return Err(Errno::INVAL);
    }
    let mut text = Text { bytes: [0; MOST], length: 0 };
    for IdRange { inside, outside, count } in rows {
        writeln!(text, "{inside} {outside} {count}").map_err(|_| Errno::INVAL)?;
    }
    put(process, if ids == Ids::Users { "uid_map" } else { "gid_map" }, text.get())
}

/// Forbids for good to set further groups in a process's user namespace; none: in this one's. Else who is in a group that may do less
/// than others could leave it.
///
/// # Errors
/// `PERM` (the groups are mapped already), `NOENT`. See `user_namespaces(7)`, `/proc/PID/setgroups`.
#[doc(alias = "setgroups")]
pub fn deny_setgroups(process: Option<Pid>) -> Result<()> {
    put(process, "setgroups", b"deny")
}

/// Makes this process root in its new user namespace, or whoever it was outside: maps one user and one group.
///
/// # Errors
/// Those of [`map_ids`] and [`deny_setgroups`].
pub fn map_self(user: IdRange, group: IdRange) -> Result<()> {
    deny_setgroups(None)?;
    map_ids(None, Ids::Users, &[user])?;
    map_ids(None, Ids::Groups, &[group])
}

/// Writes a file of a process in one call, as the kernel wants it.
fn put(process: Option<Pid>, name: &str, text: &[u8]) -> Result<()> {
    let mut path = Text::<64> { bytes: [0; 64], length: 0 };
    let written = match process {
        Some(process) => write!(path, "/proc/{process}/{name}"),
        None => write!(path, "/proc/self/{name}"),
    };
    written.map_err(|_| Errno::NAMETOOLONG)?;
    let file = open(path.get(), OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    write(&file, text).map(drop)
}

/// Text in a place of its own.
struct Text<const ROOM: usize> {
    bytes: [u8; ROOM],
    length: usize,
}

impl<const ROOM: usize> Text<ROOM> {
    fn get(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl<const ROOM: usize> Write for Text<ROOM> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
