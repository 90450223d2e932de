//! Mounting, in a namespace of its own.

use crate::child::{become_root, check, in_child, ok};
use linux::Errno;
use linux::fs::{Mode, OpenFlags, chdir, chroot, mkdir, mkfifo, open, stat, statfs};
use linux::mount::{
    MountFlags, UnmountFlags, bind, mount, move_to, pivot_root, remount, set_propagation, unmount,
};
use linux::process::Namespaces;

const TMPFS: u64 = 0x0102_1994;

#[test]
fn file_systems_come_and_go() {
    in_child(|| {
        become_root(Namespaces::MOUNT)?;
        ok!(set_propagation("/", MountFlags::PRIVATE | MountFlags::RECURSIVE));
        let flags = MountFlags::NO_SET_USER | MountFlags::NO_DEVICES;
        ok!(mount("none", "/tmp", "tmpfs", flags, "size=1m,mode=750"));
        check!(ok!(statfs("/tmp")).kind == TMPFS);
        check!(ok!(stat("/tmp")).permissions() == Mode::octal(0o750));
        ok!(mkdir("/tmp/a", Mode::octal(0o700)));
        ok!(mkdir("/tmp/b", Mode::octal(0o700)));
        ok!(mkdir("/tmp/c", Mode::octal(0o700)));
        ok!(mount("none", "/tmp/a", "tmpfs", flags, ""));
        ok!(mkfifo("/tmp/a/x", Mode::octal(0o600)));
        ok!(bind("/tmp/a", "/tmp/b", MountFlags::empty()));
        check!(stat("/tmp/b/x").is_ok());
        ok!(move_to("/tmp/b", "/tmp/c"));
        check!(stat("/tmp/b/x").is_err() && stat("/tmp/c/x").is_ok());
        ok!(remount("/tmp/a", flags | MountFlags::READ_ONLY, ""));
        check!(mkdir("/tmp/a/y", Mode::octal(0o700)) == Err(Errno::ROFS));
        ok!(unmount("/tmp/c", UnmountFlags::NO_FOLLOW));
        let inside = ok!(open("/tmp/a", OpenFlags::PATH, Mode::empty()));
        check!(unmount("/tmp/a", UnmountFlags::empty()) == Err(Errno::BUSY));
        ok!(unmount("/tmp/a", UnmountFlags::DETACH));
        check!(unmount("/tmp/a", UnmountFlags::empty()) == Err(Errno::INVAL));
        drop(inside);
        Ok(())
    });
}

#[test]
fn what_cannot_be_mounted_says_why() {
    in_child(|| {
        check!(mount("none", "/none", "tmpfs", MountFlags::empty(), "").is_err());
        become_root(Namespaces::MOUNT)?;
        check!(mount("none", "/none", "tmpfs", MountFlags::empty(), "") == Err(Errno::NOENT));
        check!(mount("none", "/tmp", "nosuchfs", MountFlags::empty(), "") == Err(Errno::NODEV));
        check!(mount("none", "/tmp", "tmpfs", MountFlags::empty(), "nosuch=1") == Err(Errno::INVAL));
        check!(mount("none", "/proc/version", "tmpfs", MountFlags::empty(), "") == Err(Errno::NOTDIR));
        Ok(())
    });
}

#[test]
fn the_root_is_changed() {
    in_child(|| {
        become_root(Namespaces::MOUNT)?;
        ok!(set_propagation("/", MountFlags::PRIVATE | MountFlags::RECURSIVE));
        // The root that a machine starts with (rootfs) cannot be left in this way: another one first.
        ok!(mount("none", "/tmp", "tmpfs", MountFlags::empty(), ""));
        ok!(mkdir("/tmp/new", Mode::octal(0o700)));
        ok!(chroot("/tmp"));
        ok!(mount("none", "/new", "tmpfs", MountFlags::empty(), ""));
        ok!(mkdir("/new/old", Mode::octal(0o700)));
        ok!(mkdir("/new/jail", Mode::octal(0o700)));
        ok!(chdir("/new"));
        ok!(pivot_root(".", "old"));
        ok!(chdir("/"));
        check!(stat("/old/new").is_ok() && stat("/new").is_err());
        ok!(unmount("/old", UnmountFlags::DETACH));
        ok!(chroot("/jail"));
        check!(stat("/jail").is_err_and(|errno| errno == Errno::NOENT));
        // The current directory has stayed outside, and says so.
        check!(linux::fs::getcwd(&mut [0; 64]).is_err_and(|errno| errno == Errno::NOENT));
        Ok(())
    });
}
