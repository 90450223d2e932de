//! What a new process keeps from itself before it executes a program: capabilities, files, calls, processors.
//!
//! They are [steps](super::Step) like the others, each a few calls that allocate nothing. But they are values of types of their own,
//! so that a program which starts others unconfined carries none of this.

use super::capabilities::{have_alone, keep_bounding};
use super::{Whose, ioprio_set, keep_capabilities_of_root};
use crate::fd::CWD;
use crate::mount::{self, Attributes, Change, MountFlags, TreeFlags};
use crate::net::{
    Family, FilterInstruction, InterfaceName, Protocol, SocketFlags, SocketKind, put_up, socket,
};
use crate::security::landlock::FileAccess;
use crate::security::{self, Rules, set_filter};
use crate::thread::{self, sched_setaffinity};
use crate::{Errno, Result};
use core::ffi::CStr;
use core::fmt::Debug;

/// Something that a process keeps from itself.
pub trait Confine: Debug + sealed::Sealed {
    /// Says what is done, in words: "set the capabilities".
    fn name(&self) -> &'static str;

    /// Does it. Called in a new process alone.
    ///
    /// # Errors
    /// Those of its calls.
    fn take(&self) -> Result<()>;
}

/// Only what is known to be safe in a process that shares its parent's memory is such a step.
mod sealed {
    pub trait Sealed {}
}

/// Implements a step: its type, its words, and what it does.
macro_rules! confine {
    ($($kind:ident $(<$($letter:ident: $bound:ty),*>)?, $name:literal, |$own:ident| $take:expr;)*) => {$(
        impl $(<$($letter: AsRef<$bound> + Debug),*>)? sealed::Sealed for $kind $(<$($letter),*>)? {}

        impl $(<$($letter: AsRef<$bound> + Debug),*>)? Confine for $kind $(<$($letter),*>)? {
            fn name(&self) -> &'static str {
                $name
            }

            fn take(&self) -> Result<()> {
                let $own = self;
                $take
            }
        }
    )*};
}

/// Nobody from here on gets a capability that is not among these, a bit each; before the change of the user.
#[derive(Debug)]
pub struct KeepCapabilities(pub u64);

/// It has these, whoever it runs as; after the change of the user.
#[derive(Debug)]
pub struct HaveCapabilities(pub u64);

/// The class of what it asks of disks (from bit 13 on), and the level.
#[derive(Debug)]
pub struct Disks(pub u32);

/// The processors that it may run on.
#[derive(Debug)]
pub struct Processors(pub thread::Processors);

/// Its mounts are not those of others any more; in a mount namespace of its own.
#[derive(Debug)]
pub struct OwnMounts;

/// Its loopback is up; in a network namespace of its own.
#[derive(Debug)]
pub struct OwnLoopback;

/// The processes of its own namespace are those in /proc.
#[derive(Debug)]
pub struct OwnProcesses;

/// An empty file system in memory, which everyone may write to, over this folder.
#[derive(Debug)]
pub struct Temporary<P>(pub P);

/// What lies here and below cannot be written; where something is mounted.
#[derive(Debug)]
pub struct ReadOnly<P>(pub P);

/// It can again.
#[derive(Debug)]
pub struct Writable<P>(pub P);

/// Rules allow something with a file, or below a folder.
#[derive(Debug)]
pub struct Allow<R, P>(pub R, pub P, pub FileAccess);

/// The rules hold from now on.
#[derive(Debug)]
pub struct Obey<R>(pub R);

/// A filter stands before its calls, one that answers none of them itself ([`security::Filter`]); whether it does without where the kernel has no filters.
#[derive(Debug)]
pub struct Filter<F>(pub F, pub bool);

confine! {
    KeepCapabilities, "limit the capabilities", |own| {
        keep_bounding(own.0).and_then(|()| keep_capabilities_of_root(true))
    };
    HaveCapabilities, "set the capabilities", |own| have_alone(own.0);
    Disks, "set the priority at disks", |own| ioprio_set(Whose::Process(None), own.0);
    Processors, "set the processors", |own| sched_setaffinity(None, &own.0);
    OwnMounts, "keep its mounts to itself", |_own| {
        mount::set_propagation(c"/", MountFlags::SLAVE | MountFlags::RECURSIVE)
    };
    OwnLoopback, "put its loopback up", |_own| {
        let name = InterfaceName::new(b"lo").ok_or(Errno::NODEV)?;
        put_up(socket(Family::IPV4, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?, name)
    };
    OwnProcesses, "mount its own /proc", |_own| {
        let flags = MountFlags::NO_SET_USER | MountFlags::NO_DEVICES | MountFlags::NO_EXECUTE;
        mount::mount(c"proc", c"/proc", c"proc", flags, c"")
    };
    Temporary<P: CStr>, "mount a folder of its own for temporary files", |own| {
        let flags = MountFlags::NO_SET_USER | MountFlags::NO_DEVICES;
        mount::mount(c"tmpfs", own.0.as_ref(), c"tmpfs", flags, c"mode=1777")
    };
    ReadOnly<P: CStr>, "make its files read-only", |own| change(own.0.as_ref(), true);
    Writable<P: CStr>, "make a path writable", |own| {
        let path = own.0.as_ref();
        mount::bind(path, path, MountFlags::RECURSIVE).and_then(|()| change(path, false))
    };
    Allow<R: Rules, P: CStr>, "allow a path (landlock)", |own| {
        own.0.as_ref().allow_path(own.1.as_ref(), own.2)
    };
    Obey<R: Rules>, "obey the rules for files (landlock)", |own| own.0.as_ref().restrict_self().map(drop);
    Filter<F: [FilterInstruction]>, "filter its calls (seccomp)", |own| {
        match set_filter(security::Filter::new(own.0.as_ref())?) {
            Err(Errno::NOSYS | Errno::INVAL) if own.1 => Ok(()),
            set => set,
        }
    };
}

/// Makes a mount read-only with those below it, or no longer so.
fn change(path: &CStr, is_read_only: bool) -> Result<()> {
    let (on, none) = (Attributes::READ_ONLY, Attributes::empty());
    let (set, clear) = if is_read_only { (on, none) } else { (none, on) };
    let change = Change { set, clear, ..Change::NONE };
    mount::mount_setattr(CWD, path, TreeFlags::RECURSIVE, &change)
}
