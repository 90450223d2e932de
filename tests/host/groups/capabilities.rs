//! Capabilities of processes and of files.

use linux::Errno;
use linux::fs::{chroot, fgetxattr};
use linux::named::Named;
use linux::process::{
    self, Capabilities, CapabilitySets, FileCapabilities, capabilities, capability_version, set_capabilities,
};

use crate::scratch::Scratch;
use crate::support::{file, have, only_root};

fn cap_tostring() {
    assert_eq!((Capabilities::SYS_CHROOT | Capabilities::KILL).to_string(), "kill,sys_chroot");
}

fn cap_types() {
    assert_eq!(Capabilities::NAMES.iter().count(), 41);
    for (number, name) in Capabilities::NAMES.iter() {
        let one: Capabilities = name.parse().unwrap();
        assert_eq!((one.bits(), number.count_ones()), (number, 1));
        let all = Capabilities::all();
        assert!(!(all - one).contains(one) && ((all - one) | one) == all);
    }
}

fn get_cap_version() {
    assert_eq!(capability_version(), Ok(0x2008_0522), "the third");
}

fn capget() {
    let sets = capabilities().unwrap();
    assert!(sets.permitted.contains(sets.effective));
    // What the kernel shows of this process.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = |name| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
    assert_eq!(u64::from_str_radix(line("CapEff:"), 16), Ok(sets.effective.bits()));
    assert_eq!(u64::from_str_radix(line("CapInh:"), 16), Ok(sets.inheritable.bits()));
    if process::geteuid() != 0 {
        assert!(!sets.effective.contains(Capabilities::SYS_ADMIN));
    }
}

fn capget_root() {
    only_root();
    assert!(!capabilities().unwrap().effective.is_empty());
}

fn capset_root() {
    only_root();
    let sets = capabilities().unwrap();
    if chroot("/").is_err() {
        crate::support::skip("root may not change its root here");
    }
    let fewer = CapabilitySets { effective: sets.effective - Capabilities::SYS_CHROOT, ..sets };
    set_capabilities(&fewer).unwrap();
    assert_eq!(capabilities(), Ok(fewer));
    assert_eq!(chroot("/"), Err(Errno::PERM));
    set_capabilities(&sets).unwrap();
    assert_eq!(chroot("/"), Ok(()));
}

fn filesystem_caps_get() {
    let scratch = Scratch::new();
    let found = fgetxattr(file(&scratch.at("file")), "security.capability", &mut [0; 24]);
    assert!(matches!(found, Err(Errno::NODATA | Errno::OPNOTSUPP)), "{found:?}");
}

fn filesystem_caps_getset_root() {
    only_root();
    let scratch = Scratch::new();
    let path = scratch.at("file");
    let path = path.as_str();
    drop(file(path));
    let wanted = FileCapabilities {
        permitted: Capabilities::SYS_CHROOT,
        inheritable: Capabilities::BPF,
        is_effective: true,
        root: None,
    };
    have(wanted.set(path), &[Errno::OPNOTSUPP, Errno::PERM], "capabilities of files");
    assert_eq!(FileCapabilities::of(path), Ok(Some(wanted)));
    assert_eq!((FileCapabilities::remove(path), FileCapabilities::remove(path)), (Ok(true), Ok(false)));
    assert_eq!(FileCapabilities::of(path), Ok(None));
}

tests![
    cap_tostring,
    cap_types,
    get_cap_version,
    capget,
    capget_root,
    capset_root,
    filesystem_caps_get,
    filesystem_caps_getset_root,
];
