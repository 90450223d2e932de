//! What a thread may still do after it has said so itself.

use crate::child::{check, in_child, ok};
use crate::emulator::lacks;
use crate::skip::skipped;
use linux::Errno;
use linux::fs::{Mode, OpenFlags, mkdir, open};
use linux::landlock::{self, FileAccess, Handled, PortAccess, Ruleset};
use linux::net::{Family, Protocol, SocketFlags, SocketKind, connect, socket};
use linux::process::{geteuid, getppid, kill, set_no_new_privileges};
use linux::security::{
    AllowList, Enforced, Module, Need, Refusal, Rules, ThreadAttribute, lsm_get_self_attr, lsm_list_modules,
    lsm_set_self_attr, set_filter,
};
use linux_raw_sys::general::{__NR_exit_group, __NR_write};
use std::net::{Ipv4Addr, SocketAddrV4};

/// Says that a test is skipped where nobody makes such rules.
fn nobody_rules() -> bool {
    match landlock::abi() {
        Ok(version) => {
            assert!(version > 0);
            false
        }
        Err(Errno::NOSYS) if lacks("landlock") => true,
        Err(Errno::NOSYS | Errno::OPNOTSUPP) => {
            skipped("this kernel is built without landlock, or it is switched off");
            true
        }
        Err(errno) => panic!("{errno}"),
    }
}

fn tried(path: &str, flags: OpenFlags) -> linux::Result<()> {
    open(path, flags, Mode::octal(0o600)).map(drop)
}

#[test]
fn only_what_rules_allow_is_done() {
    if nobody_rules() {
        return;
    }
    in_child(|| {
        let before = ok!(open("/dev/null", OpenFlags::WRITE, Mode::empty()));
        let rules = ok!(Ruleset::new(Handled::EVERYTHING.known_by(ok!(landlock::abi()))));
        let proc = ok!(open("/proc", OpenFlags::PATH, Mode::empty()));
        ok!(rules.allow_beneath(&proc, FileAccess::READ));
        let null = ok!(open("/dev/null", OpenFlags::PATH, Mode::empty()));
        check!(rules.allow_beneath(&null, FileAccess::READ) == Err(Errno::INVAL));
        ok!(rules.allow_beneath(&null, FileAccess::READ_FILE));
        check!(rules.allow_beneath(&null, FileAccess::empty()) == Err(Errno::NOMSG));
        ok!(set_no_new_privileges());
        check!(tried("/", OpenFlags::DIRECTORY).is_ok());
        ok!(rules.restrict_self());
        check!(tried("/", OpenFlags::DIRECTORY) == Err(Errno::ACCES));
        check!(tried("/proc/self/stat", OpenFlags::empty()).is_ok());
        check!(tried("/proc/self/comm", OpenFlags::WRITE) == Err(Errno::ACCES));
        check!(tried("/dev/null", OpenFlags::empty()).is_ok());
        check!(tried("/dev/null", OpenFlags::WRITE) == Err(Errno::ACCES));
        check!(mkdir("/tmp/landlock", Mode::octal(0o700)) == Err(Errno::ACCES));
        ok!(linux::fs::write(&before, b"what was open stays open"));
        Ok(())
    });
}

#[test]
fn only_ports_that_rules_allow_are_reached() {
    if nobody_rules() {
        return;
    }
    in_child(|| {
        let version = ok!(landlock::abi());
        let governed = Handled { files: FileAccess::empty(), ..Handled::EVERYTHING };
        if version < 4 {
            check!(Ruleset::new(governed.known_by(version)).is_err_and(|errno| errno == Errno::NOMSG));
            return Ok(());
        }
        let rules = ok!(Ruleset::new(governed.known_by(version)));
        ok!(rules.allow_port(9, PortAccess::CONNECT));
        ok!(set_no_new_privileges());
        ok!(rules.restrict_self());
        let reach = |port| {
            let socket =
                socket(Family::IPV4, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
            connect(socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
        };
        check!(reach(9) != Err(Errno::ACCES));
        check!(reach(10) == Err(Errno::ACCES));
        check!(tried("/", OpenFlags::DIRECTORY).is_ok());
        let parent = getppid().ok_or(Errno::SRCH).and_then(|parent| kill(parent, None));
        check!(parent == if version < 6 { Ok(()) } else { Err(Errno::PERM) });
        Ok(())
    });
}

#[test]
fn rules_hold_as_far_as_the_kernel_can() {
    if nobody_rules() {
        return;
    }
    in_child(|| {
        let version = ok!(landlock::abi());
        let rules = ok!(Rules::new(Handled::EVERYTHING, Need::Version(1)));
        ok!(rules.allow_path("/proc", FileAccess::READ));
        // Of a file only what is done with files.
        ok!(rules.allow_path("/dev/null", FileAccess::READ | FileAccess::WRITE_FILE));
        ok!(rules.allow_port(9, PortAccess::CONNECT));
        check!(rules.allow_path("/nowhere", FileAccess::READ) == Err(Errno::NOENT));
        let missing = Handled::EVERYTHING.difference(Handled::EVERYTHING.known_by(version));
        let expected = if missing.is_empty() { Enforced::Fully } else { Enforced::Partly(missing) };
        check!(ok!(rules.restrict_self()) == expected);
        check!(tried("/proc/self/stat", OpenFlags::empty()).is_ok());
        check!(tried("/dev/null", OpenFlags::READ_WRITE).is_ok());
        check!(tried("/", OpenFlags::DIRECTORY) == Err(Errno::ACCES));
        Ok(())
    });
}

#[test]
fn what_no_kernel_governs_is_refused_or_left_out() {
    if nobody_rules() {
        return;
    }
    in_child(|| {
        let future = Handled { files: FileAccess::from_bits_retain(1 << 63), ..Handled::EVERYTHING };
        check!(Rules::new(future, Need::All).is_err());
        check!(
            Rules::new(Handled::EVERYTHING, Need::Version(1000))
                .is_err_and(|errno| errno == Errno::OPNOTSUPP)
        );
        let none = ok!(Rules::new(Handled::NOTHING, Need::All));
        ok!(none.allow_path("/proc", FileAccess::READ));
        check!(ok!(none.restrict_self()) == Enforced::Nothing);
        check!(tried("/", OpenFlags::DIRECTORY).is_ok());
        Ok(())
    });
}

#[test]
fn rules_need_the_word_that_privileges_are_given_up() {
    if nobody_rules() {
        return;
    }
    in_child(|| {
        let nothing = Handled { files: FileAccess::empty(), ..Handled::EVERYTHING }.known_by(1);
        check!(Ruleset::new(nothing).is_err_and(|errno| errno == Errno::NOMSG));
        let unknown = Handled { files: FileAccess::from_bits_retain(1 << 63), ..nothing };
        check!(Ruleset::new(unknown).is_err_and(|errno| errno == Errno::INVAL));
        let rules = ok!(Ruleset::new(Handled { files: FileAccess::EXECUTE, ..nothing }));
        // Root may do without.
        check!(geteuid() == 0 || rules.restrict_self() == Err(Errno::PERM));
        Ok(())
    });
}

#[test]
fn a_filter_refuses_what_it_does_not_list() {
    if crate::emulator::is_emulated() {
        return skipped("the emulator lacks filters of calls");
    }
    in_child(|| {
        let mut list = AllowList::new(Refusal::Error(Errno::XDEV));
        // What the child tells its end with.
        ok!(list.allow(__NR_exit_group));
        ok!(list.allow(__NR_write));
        check!(geteuid() == 0 || set_filter(list.filter()) == Err(Errno::ACCES));
        ok!(set_no_new_privileges());
        ok!(set_filter(list.filter()));
        check!(tried("/dev/null", OpenFlags::empty()) == Err(Errno::XDEV));
        Ok(())
    });
}

#[test]
fn the_security_modules_are_told() {
    let mut buffer = [0; 64];
    let modules = lsm_list_modules(&mut buffer).map(|modules| modules.collect::<Vec<_>>());
    if crate::emulator::is_missing(&modules, "lsm_list_modules") {
        return;
    }
    let modules = modules.unwrap();
    assert!(modules.is_empty() || modules.contains(&Module::CAPABILITY), "{modules:?}");
    let landlock = landlock::abi().is_ok();
    assert_eq!(modules.contains(&Module::LANDLOCK), landlock);
    let mut context = [0; 512];
    let label = lsm_get_self_attr(ThreadAttribute::CURRENT, &mut context);
    assert!(matches!(label, Ok(_) | Err(Errno::OPNOTSUPP)), "{label:?}");
    // struct lsm_ctx of a module that there is not: number, flags, length of all, length of the label.
    let unknown = [9999, 0, 32, 0];
    assert!(lsm_set_self_attr(ThreadAttribute::CURRENT, &unknown).is_err());
}
