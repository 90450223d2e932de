//! Network namespaces that have names: files of a folder, each with its namespace mounted over it, as iproute2 has them.

use alloc::vec::Vec;

use formats::netlink::message::kind;
use formats::netlink::{Flags, namespace};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags};
use linux::mount::{MountFlags, UnmountFlags};
use linux::process::{Namespaces, setns, unshare};

use crate::error::{Error, Result};
use crate::netlink::Socket;
use crate::{folder, processes};

/// Where the files are.
pub const FOLDER: &[u8] = b"/run/netns";

/// The namespace that this process is in.
const OWN: &[u8] = b"/proc/self/ns/net";

/// The file of a process that is its namespace, below its folder.
const OWN_FILE: &[u8] = b"ns/net";

/// Gives the path of a name's file.
pub fn path(name: &[u8]) -> Vec<u8> {
    [FOLDER, b"/", name].concat()
}

/// Gives all names, in the kernel's order.
///
/// # Errors
/// What reading the folder gives; that there is none is no error.
pub fn names() -> Result<Vec<Vec<u8>>> {
    match folder::names(FOLDER) {
        Err(error) if error.errno() == Some(Errno::NOENT) => Ok(Vec::new()),
        names => names,
    }
}

/// Opens the namespace of a name.
///
/// # Errors
/// `NOENT`.
pub fn open(name: &[u8]) -> Result<OwnedFd> {
    file_of(&path(name))
}

/// Gives the number by which this namespace knows another one, if it has one.
///
/// # Errors
/// What the kernel says.
pub fn number(socket: &mut Socket, namespace: &OwnedFd) -> Result<Option<u32>> {
    let descriptor = namespace.as_raw().unsigned_abs();
    let found = socket.ask(
        &"namespace",
        kind::GET_NAMESPACE_NUMBER,
        Flags::empty(),
        &|writer| namespace::emit_query(writer, descriptor),
        namespace::parse,
    )?;
    Ok(found.into_iter().next().flatten())
}

/// Makes a namespace of a name; this process stays in its own.
///
/// # Errors
/// `EXIST`, `PERM`; `NOENT` (there is no folder to make the folder in).
pub fn add(name: &[u8]) -> Result<()> {
    let wrong = |doing: &'static str, object: &[u8], errno| Error::new(doing, object, errno);
    let own = file_of(OWN)?;
    with_file(name, |path| {
        unshare(Namespaces::NETWORK).map_err(|errno| wrong("make a namespace", name, errno))?;
        let bound = linux::mount::bind(OWN, path, MountFlags::empty());
        let back = setns(&own, Namespaces::NETWORK);
        bound.map_err(|errno| wrong("mount", path, errno))?;
        back.map_err(|errno| wrong("go back from", path, errno))
    })
}

/// Gives a name to the namespace of a process.
///
/// # Errors
/// Those of [`add`].
pub fn attach(name: &[u8], process: u32) -> Result<()> {
    let from = processes::path(process, OWN_FILE);
    with_file(name, |path| {
        let bound = linux::mount::bind(from.as_slice(), path, MountFlags::empty());
        bound.map_err(|errno| Error::new("mount", &from, errno))
    })
}

/// Takes a name away; the namespace ends with its last process.
///
/// # Errors
/// `NOENT`, `PERM`.
pub fn delete(name: &[u8]) -> Result<()> {
    let path = path(name);
    // A file over which nothing is mounted goes, too.
    let _ = linux::mount::unmount(path.as_slice(), UnmountFlags::DETACH);
    linux::fs::unlink(path.as_slice()).map_err(|errno| Error::new("delete", &path, errno))
}

/// Goes into a namespace, with mounts of its own: of `/sys` what the namespace has, and over each file of `/etc` the one of the same
/// name in `/etc/netns/NAME`.
///
/// # Errors
/// `NOENT`, `PERM`, and what mounting gives.
pub fn enter(name: &[u8]) -> Result<()> {
    let namespace = open(name)?;
    let wrong = |object: &[u8], errno| Error::new("mount", object, errno);
    setns(&namespace, Namespaces::NETWORK).map_err(|errno| Error::new("enter", name, errno))?;
    unshare(Namespaces::MOUNT).map_err(|errno| Error::new("leave the mounts for", name, errno))?;
    let is_apart = linux::mount::set_propagation("/", MountFlags::SLAVE | MountFlags::RECURSIVE);
    is_apart.map_err(|errno| wrong(b"/", errno))?;
    let mut flags = MountFlags::empty();
    // What cannot be taken away is mounted over; over what may only be read, nothing that may be written.
    if linux::mount::unmount("/sys", UnmountFlags::DETACH).is_err()
        && linux::fs::statfs("/sys")
            .is_ok_and(|system| system.flags & u64::from(MountFlags::READ_ONLY.bits()) != 0)
    {
        flags = MountFlags::READ_ONLY;
    }
    linux::mount::mount(name, "/sys", "sysfs", flags, "").map_err(|errno| wrong(b"/sys", errno))?;
    let own = [b"/etc/netns/", name].concat();
    for file in folder::names(&own).unwrap_or_default() {
        let (from, to) = ([&own, &b"/"[..], &file].concat(), [b"/etc/", file.as_slice()].concat());
        linux::mount::bind(from.as_slice(), to.as_slice(), MountFlags::empty())
            .map_err(|errno| wrong(&to, errno))?;
    }
    Ok(())
}

/// Gives the names of the namespace of a process.
///
/// # Errors
/// `NOENT` (no such process), `ACCES`.
pub fn names_of(process: u32) -> Result<Vec<Vec<u8>>> {
    let own = processes::path(process, OWN_FILE);
    let wanted = identity(&own).map_err(|errno| Error::new("open", &own, errno))?;
    let mut names = names()?;
    names.retain(|name| identity(&path(name)) == Ok(wanted));
    Ok(names)
}

/// Gives the processes that are in the namespace of a name, as far as they may be asked.
///
/// # Errors
/// `NOENT`.
pub fn processes(name: &[u8]) -> Result<Vec<u32>> {
    let path = path(name);
    let wanted = identity(&path).map_err(|errno| Error::new("open", &path, errno))?;
    let mut numbers = folder::numbers(b"/proc")?;
    numbers.retain(|process| identity(&processes::path(*process, OWN_FILE)) == Ok(wanted));
    Ok(numbers)
}

/// Tells one namespace from another.
fn identity(path: &[u8]) -> linux::Result<((u32, u32), u64)> {
    linux::fs::stat(path).map(|file| file.identity())
}

/// Makes the file of a name, and takes it away if what is done with it fails.
fn with_file(name: &[u8], done: impl FnOnce(&[u8]) -> Result<()>) -> Result<()> {
    prepare().map_err(|errno| Error::new("make", FOLDER, errno))?;
    let path = path(name);
    let flags = OpenFlags::READ | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    let made = linux::fs::open(path.as_slice(), flags, Mode::empty());
    drop(made.map_err(|errno| Error::new("make", &path, errno))?);
    let outcome = done(&path);
    if outcome.is_err() {
        let _ = delete(name);
    }
    outcome
}

/// Makes the folder, and has what is mounted in it be seen in all namespaces of mounts.
fn prepare() -> linux::Result<()> {
    match linux::fs::mkdir(FOLDER, Mode::octal(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno),
    }
    let share = || linux::mount::set_propagation(FOLDER, MountFlags::SHARED | MountFlags::RECURSIVE);
    match share() {
        // It is no mount yet.
        Err(Errno::INVAL) => {
            linux::mount::bind(FOLDER, FOLDER, MountFlags::RECURSIVE)?;
            share()
        }
        done => done,
    }
}

fn file_of(path: &[u8]) -> Result<OwnedFd> {
    linux::fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
        .map_err(|errno| Error::new("open", path, errno))
}
