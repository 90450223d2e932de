//! The machine's names, memory, log, modules and power.

use crate::child::{become_root, check, in_child, ok};
use crate::emulator::lacks;
use linux::Errno;
use linux::process::Namespaces;
use linux::system::{
    HardwareFact, ModuleFlags, PowerCommand, delete_module, finit_module, log_size, probe_hardware, read_log,
    reboot, set_ctrl_alt_del, setdomainname, sethostname, sysinfo, uname,
};

#[test]
fn names_agree_with_proc() {
    let names = uname().unwrap();
    assert_eq!(names.system(), b"Linux");
    let read = |name: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap();
    assert_eq!(names.release(), read("osrelease").trim().as_bytes());
    assert_eq!(names.version(), read("version").trim().as_bytes());
    assert_eq!(names.host(), read("hostname").trim().as_bytes());
    assert_eq!(names.domain(), read("domainname").trim().as_bytes());
    // A 64-bit kernel may tell the name of its own processor to 32-bit programs, or of theirs.
    let ours = match std::env::consts::ARCH {
        "x86" => ["i686", "x86_64"],
        "arm" => ["armv7l", "armv8l"],
        other => [other; 2],
    };
    assert!(ours.iter().any(|name| names.machine() == name.as_bytes()), "{}", names.machine().escape_ascii());
}

#[test]
fn the_host_name_is_set_in_a_namespace() {
    in_child(|| {
        // Root would be obeyed, and the machine have another name.
        check!(linux::process::geteuid() == 0 || sethostname(b"cave").is_err());
        become_root(Namespaces::UTS)?;
        ok!(sethostname(b"cave"));
        ok!(setdomainname(b"rock"));
        let names = ok!(uname());
        check!(names.host() == b"cave" && names.domain() == b"rock");
        ok!(sethostname(&[b'x'; 64]));
        check!(ok!(uname()).host().len() == 64);
        check!(sethostname(&[b'x'; 65]) == Err(Errno::INVAL));
        Ok(())
    });
}

#[test]
fn memory_and_load_agree_with_proc() {
    let known = sysinfo().unwrap();
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap();
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    let total: u64 = total.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    if size_of::<usize>() == 8 || !lacks("sysinfo of more than 4 GiB") {
        assert_eq!(known.memory, total * 1024);
        assert!(known.free < known.memory);
    }
    assert!(known.uptime.as_secs() > 0 && known.processes > 0);
    let load: f32 =
        std::fs::read_to_string("/proc/loadavg").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((known.loads[0] - load).abs() < 1.0, "{} {load}", known.loads[0]);
}

#[test]
fn a_processor_is_asked_for_what_it_can_do() {
    let mut facts = [HardwareFact::ask(HardwareFact::BASE_BEHAVIOUR), HardwareFact::ask(i64::MAX)];
    match probe_hardware(&mut facts) {
        Ok(()) => {
            assert_eq!((facts[0].key, facts[0].value & 1), (HardwareFact::BASE_BEHAVIOUR, 1));
            assert_eq!(facts[1], HardwareFact::ask(HardwareFact::UNKNOWN_KEY));
        }
        // Other processors have no such call, nor has Linux before 6.4.
        Err(errno) => assert_eq!(errno, Errno::NOSYS),
    }
}

#[test]
fn the_log_is_read_where_it_may_be() {
    match log_size() {
        Ok(size) => {
            assert!(size.is_power_of_two());
            let mut buffer = vec![0; 300];
            let read = read_log(&mut buffer).unwrap();
            assert!(read.is_empty() || read.starts_with(b"<"), "{}", read.escape_ascii());
        }
        Err(errno) => assert!(matches!(errno, Errno::PERM | Errno::NOSYS)),
    }
}

#[test]
fn the_machine_stays_on() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        // Root of a user namespace has no power over the machine.
        check!(reboot(PowerCommand::PowerOff) == Err(Errno::PERM));
        check!(set_ctrl_alt_del(false) == Err(Errno::PERM));
        Ok(())
    });
}

#[test]
fn modules_need_the_privilege() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        let refused = |answer| matches!(answer, Err(Errno::PERM | Errno::NOSYS));
        let file =
            ok!(linux::fs::open("/proc/version", linux::fs::OpenFlags::READ, linux::fs::Mode::empty()));
        check!(refused(finit_module(&file, "", ModuleFlags::empty())));
        check!(refused(delete_module("spelunk", ModuleFlags::NONBLOCK)));
        Ok(())
    });
}
