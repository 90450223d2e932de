//! Mounting, in a namespace of its own.

use crate::child::{become_root, check, in_child, ok};
use linux::Errno;
use linux::fd::CWD;
use linux::fs::{Mode, OpenFlags, chdir, chroot, mkdir, mkfifo, open, read, stat, statfs};
use linux::mount::{
    Attributes, Change, MountFlags, MountNumber, MoveFlags, TreeFlags, UnmountFlags, bind, create, fsmount,
    fsopen, fspick, listmount, mount, mount_setattr, move_mount, move_to, open_tree, open_tree_changed,
    pivot_root, reconfigure, remount, set_flag, set_propagation, set_string, statmount, unmount,
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

#[test]
fn a_file_system_is_made_step_by_step() {
    in_child(|| {
        become_root(Namespaces::MOUNT)?;
        ok!(set_propagation("/", MountFlags::PRIVATE | MountFlags::RECURSIVE));
        check!(fsopen("nosuchfs").is_err_and(|errno| errno == Errno::NODEV));
        let context = ok!(fsopen("tmpfs"));
        check!(set_string(&context, "size", "much") == Err(Errno::INVAL));
        // It says which option is wrong.
        let mut line = [0; 100];
        let count = ok!(read(&context, &mut line));
        check!(line.get(..count).is_some_and(|line| line.windows(4).any(|word| word == b"size")));
        check!(read(&context, &mut line) == Err(Errno::NODATA));
        ok!(set_string(&context, "size", "1m"));
        ok!(create(&context));
        let made = ok!(fsmount(&context, Attributes::NO_DEVICES | Attributes::NO_SET_USER));
        check!(ok!(statfs("/tmp")).kind != TMPFS || stat("/tmp/a").is_err());
        ok!(move_mount(&made, "", CWD, "/tmp", MoveFlags::FROM_ITSELF));
        check!(ok!(statfs("/tmp")).kind == TMPFS);
        ok!(mkdir("/tmp/a", Mode::octal(0o700)));
        ok!(mkdir("/tmp/b", Mode::octal(0o700)));
        let copy = ok!(open_tree(CWD, "/tmp/a", TreeFlags::CLONE));
        let change = Change { set: Attributes::READ_ONLY, ..Change::NONE };
        // Before Linux 5.12 there is no such call.
        let changed = mount_setattr(&copy, "", TreeFlags::ITSELF, &change);
        ok!(move_mount(&copy, "", CWD, "/tmp/b", MoveFlags::FROM_ITSELF));
        if changed != Err(Errno::NOSYS) {
            ok!(changed);
            check!(mkdir("/tmp/b/c", Mode::octal(0o700)) == Err(Errno::ROFS));
            let back =
                Change { clear: Attributes::READ_ONLY, propagation: MountFlags::PRIVATE, ..Change::NONE };
            ok!(mount_setattr(CWD, "/tmp/b", TreeFlags::empty(), &back));
        }
        ok!(mkdir("/tmp/b/c", Mode::octal(0o700)));
        check!(stat("/tmp/a/c").is_ok());
        let context = ok!(fspick(CWD, "/tmp"));
        ok!(set_flag(&context, "ro"));
        ok!(reconfigure(&context));
        check!(mkdir("/tmp/d", Mode::octal(0o700)) == Err(Errno::ROFS));
        Ok(())
    });
}

#[test]
fn mounts_are_told_one_by_one() {
    let mut numbers = [0; 256];
    let found = listmount(MountNumber::ROOT, None, &mut numbers).map(|found| found.collect::<Vec<_>>());
    if crate::emulator::is_missing(&found, "listmount") {
        return;
    }
    let found = found.unwrap();
    assert!(!found.is_empty());
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let points: Vec<_> = table.lines().filter_map(|line| line.split(' ').nth(4)).collect();
    for number in found {
        let mut buffer = [0; 1024];
        let mounted = match statmount(number, &mut buffer) {
            // Gone since, or below what this process sees.
            Err(Errno::NOENT | Errno::PERM) => continue,
            mounted => mounted.unwrap(),
        };
        assert_eq!(mounted.number(), number);
        let point = String::from_utf8_lossy(mounted.point()).into_owned();
        assert!(points.contains(&point.as_str()) || point.contains([' ', '\\']), "{point} {points:?}");
        assert!(!mounted.kind().is_empty() && mounted.root().starts_with(b"/"));
        assert!(mounted.parent().0 > 0 && (mounted.device() != (u32::MAX, 0)));
    }
    assert_eq!(statmount(MountNumber::ROOT, &mut [0; 8]).err(), Some(Errno::OVERFLOW));
}

#[test]
fn a_tree_is_changed_before_anyone_sees_it() {
    in_child(|| {
        become_root(Namespaces::MOUNT)?;
        let change = Change { set: Attributes::NO_EXECUTE, ..Change::NONE };
        let flags = TreeFlags::CLONE | TreeFlags::RECURSIVE;
        match open_tree_changed(CWD, "/proc", flags, &change) {
            // Before Linux 6.15, or an emulator.
            Err(Errno::NOSYS) => Ok(()),
            answer => {
                ok!(answer);
                Ok(())
            }
        }
    });
}
