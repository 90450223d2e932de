//! What many groups need: skipping, root in namespaces of its own, children, files.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open};
use linux::mount::{MountFlags, set_propagation};
use linux::net::{
    Address, Family, Protocol, SocketFlags, SocketKind, bind, getsockname, listen, socket, socketpair,
};
use linux::process::{
    Child, Fork, Namespaces, Pid, WaitFlags, WaitFor, exit_group, fork, geteuid, unshare, waitid,
};

use crate::runner::Skip;

/// Opens for both, and makes the file if there is none.
pub(crate) const NEW: OpenFlags =
    OpenFlags::READ_WRITE.union(OpenFlags::CREATE).union(OpenFlags::CLOSE_ON_EXEC);

pub(crate) const READ: OpenFlags = OpenFlags::READ.union(OpenFlags::CLOSE_ON_EXEC);

/// Ends the test: this machine cannot run it.
pub(crate) fn skip(why: &str) -> ! {
    std::panic::resume_unwind(Box::new(Skip(why.to_owned())))
}

/// Gives the value of a call, or ends the test where the kernel has no such thing.
pub(crate) fn have<T>(answer: linux::Result<T>, missing: &[Errno], what: &str) -> T {
    match answer {
        Ok(value) => value,
        Err(errno) if missing.contains(&errno) => skip(&format!("{what}: {errno}")),
        Err(errno) => panic!("{what}: {errno}"),
    }
}

/// Ends the test unless root runs it.
pub(crate) fn only_root() {
    if geteuid() != 0 {
        skip("it needs root");
    }
}

/// Ends the test unless root runs it; moves it into namespaces of its own.
pub(crate) fn root() {
    only_root();
    let own = Namespaces::MOUNT | Namespaces::NETWORK | Namespaces::UTS;
    have(unshare(own), &[Errno::PERM, Errno::INVAL], "namespaces");
    set_propagation("/", MountFlags::PRIVATE | MountFlags::RECURSIVE).unwrap();
}

/// Opens a file for both, making it.
pub(crate) fn file(path: &str) -> OwnedFd {
    open(path, NEW, Mode::octal(0o644)).unwrap()
}

/// Opens a file for reading.
pub(crate) fn reading(path: &str) -> OwnedFd {
    open(path, READ, Mode::empty()).unwrap()
}

/// Makes a child that does this and ends with its answer.
pub(crate) fn child(work: impl FnOnce() -> i32) -> Pid {
    // SAFETY: the test has one thread, so that its child may do anything.
    match unsafe { fork() }.unwrap() {
        Fork::Parent(pid) => pid,
        Fork::Child => exit_group(work()),
    }
}

/// Waits for a child's end.
pub(crate) fn wait(pid: Pid) -> Child {
    linux::retry(|| waitid(WaitFor::Process(pid), WaitFlags::EXITED)).unwrap().unwrap()
}

/// Makes a socket of the internet.
pub(crate) fn internet(family: Family, kind: SocketKind) -> OwnedFd {
    let made = socket(family, kind, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT);
    have(made, &[Errno::AFNOSUPPORT], "sockets of this family")
}

/// A pair of sockets of this machine.
pub(crate) fn pair(kind: SocketKind) -> (OwnedFd, OwnedFd) {
    socketpair(Family::UNIX, kind, SocketFlags::CLOSE_ON_EXEC).unwrap()
}

/// Any port of the loopback.
pub(crate) const LOOPBACK: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);

/// The same in IPv6.
pub(crate) const LOOPBACK6: SocketAddrV6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0);

/// Binds to a port of the loopback, which may not have IPv6.
pub(crate) fn bound(family: Family, kind: SocketKind) -> (OwnedFd, Address) {
    let made = internet(family, kind);
    let result = if family == Family::IPV4 { bind(&made, &LOOPBACK) } else { bind(&made, &LOOPBACK6) };
    have(result, &[Errno::ADDRNOTAVAIL], "an address of the loopback");
    let address = getsockname(&made).unwrap().unwrap();
    (made, address)
}

/// Listens on a port of the loopback.
pub(crate) fn server(family: Family) -> (OwnedFd, Address) {
    let (made, address) = bound(family, SocketKind::STREAM);
    listen(&made, 5).unwrap();
    (made, address)
}
