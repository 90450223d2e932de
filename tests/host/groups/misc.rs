//! chroot(2), what a file system allows, settings of the kernel.

use linux::Errno;
use linux::fs::{self, Mode, OpenFlags, fstatfs, open, stat, statfs};

use crate::scratch::Scratch;
use crate::support::{have, only_root, reading};

fn chroot_root() {
    only_root();
    let scratch = Scratch::new();
    let outside = open("/", OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty()).unwrap();
    have(fs::chroot(scratch.at("").as_str()), &[Errno::PERM], "another root");
    assert_eq!(stat("/dev").map(drop), Err(Errno::NOENT));
    // Who has a descriptor of what is outside finds out again.
    fs::fchdir(&outside).unwrap();
    fs::chroot(".").unwrap();
    assert!(stat("/dev").is_ok());
}

fn pathconf() {
    assert!(statfs("/tmp").unwrap().name_bytes >= 255);
}

fn fpathconf() {
    assert!(fstatfs(reading("/")).unwrap().name_bytes >= 255);
}

fn sysctl() {
    assert_eq!(system::settings::path(b"kernel.ostype"), b"/proc/sys/kernel/ostype");
    let found = system::settings::read(&system::settings::path(b"kernel.ostype")).unwrap();
    assert_eq!(found.trim_ascii(), b"Linux");
    // A slash keeps a dot that belongs to a name.
    assert_eq!(
        system::settings::path(b"net/ipv4/conf/eth0.40/forwarding"),
        b"/proc/sys/net/ipv4/conf/eth0.40/forwarding"
    );
}

tests![chroot_root, pathconf, fpathconf, sysctl];
