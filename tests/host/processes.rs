//! Children, their ends, the program they run, and what the kernel keeps of each.

use crate::child::{become_root, check, in_child, ok, wait};
use crate::emulator::{is_missing, lacks};
use crate::skip::skipped;
use linux::Errno;
use linux::fd::{AsFd, CWD, OwnedFd};
use linux::fs::{Mode, OpenFlags, PipeFlags, open, pipe, read, read_full, write};
use linux::process::{
    Argument, Capabilities, CloneFlags, Ended, Fork, IdRange, Ids, Limit, Namespaces, Pid, PidfdFlags,
    Policy, Program, Resource, Scheduling, Shared, Stage, Step, WaitFlags, WaitFor, Whose, clone,
    deny_setgroups, execve, execveat, exit_group, fork, fork_with_pidfd, getegid, geteuid, getgid, getgroups,
    getpgid, getpid, getppid, getpriority, getresgid, getresuid, getrlimit, getsid, getuid, ioprio_get,
    ioprio_set, kcmp, keep_capabilities, kill, kill_group, map_ids, name, personality, pidfd_getfd,
    pidfd_open, pidfd_send_signal, prlimit, replace, sched_getattr, sched_setattr, set_child_subreaper,
    set_name, set_no_new_privileges, set_parent_death_signal, setgid, setgroups, setns, setpgid, setpriority,
    setregid, setsid, setuid, unshare, vhangup, wait4, waitid,
};
use linux::signal::Signal;
use linux::thread::gettid;
use std::cmp::Ordering;
use std::time::Duration;

/// Starts a child that does nothing but end.
fn ending(status: i32) -> linux::Result<Pid> {
    // SAFETY: the child ends at once.
    match unsafe { fork() }? {
        Fork::Child => exit_group(status),
        Fork::Parent(pid) => Ok(pid),
    }
}

/// Starts a child that waits for ever.
fn waiting() -> linux::Result<Pid> {
    // SAFETY: the child makes system calls only.
    match unsafe { fork() }? {
        Fork::Child => loop {
            linux::time::sleep(Duration::from_secs(1000));
        },
        Fork::Parent(pid) => Ok(pid),
    }
}

#[test]
fn identities_agree_with_proc() {
    assert_eq!(getpid().get().cast_unsigned(), std::process::id());
    assert_eq!(getppid().map(|pid| pid.get().cast_unsigned()), Some(std::os::unix::process::parent_id()));
    let task = std::fs::metadata(format!("/proc/self/task/{}", gettid())).unwrap();
    assert!(task.is_dir());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ids = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<u32>>()
    };
    assert_eq!(ids("Uid:")[..2], [getuid(), geteuid()]);
    assert_eq!(ids("Gid:")[..2], [getgid(), getegid()]);
    assert_eq!(ids("Groups:"), getgroups(&mut [0; 1 << 16]).unwrap());
    assert_eq!(getgroups(&mut []), Err(Errno::INVAL));
}

#[test]
fn a_child_s_end_is_told() {
    in_child(|| {
        let pid = ok!(ending(42));
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED | WaitFlags::KEEP));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(42) && child.user == getuid()));
        let child = ok!(wait4(Some(pid), WaitFlags::empty()));
        check!(child.is_some_and(|(number, ended, _)| number == pid && ended == Ended::Exited(42)));
        check!(waitid(WaitFor::Any, WaitFlags::EXITED) == Err(Errno::CHILD));
        check!(wait4(None, WaitFlags::NO_HANG) == Err(Errno::CHILD));
        let pid = ok!(ending(300));
        let child = ok!(waitid(WaitFor::Any, WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.pid == pid && child.ended == Ended::Exited(300 & 0xff)));
        Ok(())
    });
}

#[test]
fn a_living_child_is_not_waited_for_with_no_hang() {
    in_child(|| {
        let pid = ok!(waiting());
        let all = WaitFlags::EXITED | WaitFlags::STOPPED | WaitFlags::CONTINUED;
        check!(waitid(WaitFor::Process(pid), all | WaitFlags::NO_HANG) == Ok(None));
        check!(wait4(Some(pid), WaitFlags::NO_HANG) == Ok(None));
        ok!(kill(pid, Some(Signal::STOP)));
        let child = ok!(waitid(WaitFor::Process(pid), all));
        check!(child.is_some_and(|child| child.ended == Ended::Stopped(Signal::STOP)));
        ok!(kill(pid, Some(Signal::CONT)));
        let child = ok!(waitid(WaitFor::Process(pid), all));
        check!(child.is_some_and(|child| child.ended == Ended::Continued));
        ok!(kill(pid, Some(Signal::KILL)));
        let child = ok!(wait4(Some(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|(_, ended, _)| ended == Ended::Killed(Signal::KILL)));
        check!(kill(pid, None) == Err(Errno::SRCH));
        Ok(())
    });
}

#[test]
fn a_process_is_held_by_its_descriptor() {
    if lacks("clone with CLONE_PIDFD") {
        return;
    }
    in_child(|| {
        // SAFETY: the child makes system calls only.
        let Fork::Parent((pid, held)) = ok!(unsafe { fork_with_pidfd(CloneFlags::empty()) }) else {
            loop {
                linux::time::sleep(Duration::from_secs(1000));
            }
        };
        let opened = ok!(pidfd_open(pid, PidfdFlags::empty()));
        ok!(pidfd_send_signal(&opened, Signal::TERM));
        let child = ok!(waitid(WaitFor::Descriptor(held.as_fd()), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.pid == pid && child.ended == Ended::Killed(Signal::TERM)));
        check!(pidfd_send_signal(&held, Signal::TERM) == Err(Errno::SRCH));
        check!(pidfd_open(pid, PidfdFlags::empty()).is_err_and(|errno| errno == Errno::SRCH));
        check!(pidfd_send_signal(CWD, Signal::TERM) == Err(Errno::BADF));
        Ok(())
    });
}

#[test]
fn a_descriptor_is_taken_from_a_child() {
    in_child(|| {
        let pid = ok!(waiting());
        let held = ok!(pidfd_open(pid, PidfdFlags::NONBLOCK));
        check!(waitid(WaitFor::Descriptor(held.as_fd()), WaitFlags::EXITED) == Err(Errno::AGAIN));
        match pidfd_getfd(&held, 1) {
            Ok(copy) => check!(linux::fs::fstat(&copy).is_ok()),
            Err(errno) => check!(matches!(errno, Errno::PERM | Errno::NOSYS)),
        }
        check!(pidfd_getfd(&held, 1000).is_err());
        ok!(kill(pid, Some(Signal::KILL)));
        Ok(())
    });
}

#[test]
fn a_program_is_run_with_its_arguments() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            // SAFETY: standard output is the child's own, and it is about to be another program's.
            let _ = unsafe { linux::fs::dup_over(&writer, 1, linux::fs::DescriptorFlags::empty()) };
            let [zero, one] = [c"env", c"B=an argument"].map(Argument::new);
            let environment = [Argument::new(c"A=spelunk"), Argument::END];
            let errno = execve("/bin/env", &[zero, one, Argument::END], &environment);
            exit_group(errno.number().into());
        };
        drop(writer);
        let mut output = [0; 64];
        let count = ok!(read_full(&reader, &mut output));
        check!(&output[..count] == b"A=spelunk\nB=an argument\n");
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(0)));
        Ok(())
    });
}

#[test]
fn a_process_becomes_a_program_after_its_steps() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::CLOSE_ON_EXEC));
        let program = |steps: &[Step<'_>]| {
            replace(&Program {
                paths: &[c"/nowhere/cat", c"/bin/cat"],
                arguments: &[Argument::new(c"cat"), Argument::new(c"ostype"), Argument::END],
                environment: &[Argument::END],
                steps,
                flags: CloneFlags::empty(),
                control_group: None,
                mask: None,
            })
        };
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            let failed = program(&[Step::Folder(c"/proc/sys/kernel"), Step::Folder(c"/nowhere")]);
            if (failed.stage, failed.errno) != (Stage::Step(1), Errno::NOENT) {
                exit_group(1);
            }
            program(&[Step::Put(writer.as_fd(), 1)]);
            exit_group(2);
        };
        drop(writer);
        let mut output = [0; 64];
        let count = ok!(read_full(&reader, &mut output));
        check!(&output[..count] == b"Linux\n");
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(0)));
        Ok(())
    });
}

#[test]
fn an_open_file_is_run() {
    if lacks("execveat") {
        return;
    }
    in_child(|| {
        let program = ok!(open("/bin/true", OpenFlags::PATH | OpenFlags::CLOSE_ON_EXEC, Mode::empty()));
        // SAFETY: the child becomes another program.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            let list = [Argument::new(c"true"), Argument::END];
            exit_group(execveat(&program, "", &list, &[Argument::END]).number().into());
        };
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(0)));
        Ok(())
    });
}

#[test]
fn what_cannot_be_run_says_why() {
    let list = [Argument::new(c"x"), Argument::END];
    assert_eq!(execve("/none", &list, &list), Errno::NOENT);
    assert_eq!(execve("/proc/version", &list, &list), Errno::ACCES);
    assert_eq!(execve("/dev", &list, &list), Errno::ACCES);
    assert_eq!(execve("/bin/true", &list[..1], &list), Errno::INVAL);
    assert_eq!(execve("/bin/true", &list, &[]), Errno::INVAL);
    assert_eq!(execveat(CWD, "/bin/true", &[], &list), Errno::INVAL);
    assert_eq!(format!("{list:?}"), "[\"x\", END]");
    if lacks("execveat") {
        return;
    }
    assert_eq!(execveat(CWD, "/none", &list, &list), Errno::NOENT);
}

#[test]
fn sessions_and_groups() {
    in_child(|| {
        let session = ok!(setsid());
        check!(
            session == getpid() && getsid(None) == Ok(Some(session)) && getpgid(None) == Ok(Some(session))
        );
        check!(setsid() == Err(Errno::PERM));
        let pid = ok!(waiting());
        ok!(setpgid(Some(pid), None));
        check!(getpgid(Some(pid)) == Ok(Some(pid)));
        ok!(kill_group(Some(pid), Some(Signal::KILL)));
        let child = ok!(waitid(WaitFor::Group(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Killed(Signal::KILL)));
        check!(kill_group(Some(Pid::INIT), None) == Err(Errno::INVAL));
        check!(getpgid(Some(pid)) == Err(Errno::SRCH));
        Ok(())
    });
}

#[test]
fn a_name_is_kept_to_15_bytes() {
    in_child(|| {
        ok!(set_name(c"a name that is too long"));
        let mut buffer = [0; 16];
        check!(ok!(name(&mut buffer)) == c"a name that is ");
        Ok(())
    });
}

#[test]
fn capabilities_are_given_up_and_not_gained() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        let both = Capabilities::NET_RAW | Capabilities::NET_ADMIN;
        for (kept, left) in [(both, "3000"), (Capabilities::NET_RAW, "2000"), (both, "2000")] {
            ok!(keep_capabilities(kept));
            let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
            for set in ["CapPrm", "CapEff"] {
                check!(status.contains(&format!("{set}:\t000000000000{left}\n")));
            }
        }
        Ok(())
    });
}

#[test]
fn an_orphan_falls_to_the_reaper_and_hears_of_it() {
    if lacks("prctl(PR_SET_CHILD_SUBREAPER)") {
        return;
    }
    in_child(|| {
        ok!(set_child_subreaper(true));
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            // SAFETY: as above.
            if matches!(unsafe { fork() }, Ok(Fork::Child)) {
                let _ = set_parent_death_signal(Some(Signal::KILL));
                // If the parent was faster, the signal does not come: end with the same meaning.
                linux::time::sleep(Duration::from_millis(300));
                exit_group(5);
            }
            linux::time::sleep(Duration::from_millis(50));
            exit_group(4);
        };
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(4)));
        let orphan = ok!(waitid(WaitFor::Any, WaitFlags::EXITED));
        check!(
            orphan.is_some_and(|child| matches!(child.ended, Ended::Killed(Signal::KILL) | Ended::Exited(5)))
        );
        Ok(())
    });
}

#[test]
fn limits_are_set() {
    in_child(|| {
        let former = ok!(getrlimit(Resource::OPEN_FILES));
        let new = Limit { soft: Some(64), hard: former.hard };
        check!(ok!(prlimit(None, Resource::OPEN_FILES, Some(new))) == former);
        check!(ok!(getrlimit(Resource::OPEN_FILES)) == new);
        let wrong = Limit { soft: Some(65), hard: Some(64) };
        check!(prlimit(None, Resource::OPEN_FILES, Some(wrong)) == Err(Errno::INVAL));
        let null = ok!(open("/dev/null", OpenFlags::READ, Mode::empty()));
        check!(linux::fs::dup_at_least(&null, 64).is_err_and(|errno| errno == Errno::INVAL));
        check!(prlimit(None, Resource(99), None) == Err(Errno::INVAL));
        ok!(setpriority(Whose::Process(None), 19));
        check!(getpriority(Whose::Process(None)) == Ok(19));
        check!(getpriority(Whose::Process(Pid::new(4_194_304))) == Err(Errno::SRCH));
        Ok(())
    });
}

#[test]
fn rules_of_processor_and_disks_are_set() {
    if lacks("the kernel's rules") {
        return;
    }
    in_child(|| {
        let mut idle = Scheduling::new(Policy::IDLE);
        idle.flags = Scheduling::RESET_ON_FORK;
        ok!(sched_setattr(None, &idle));
        let now = ok!(sched_getattr(None));
        check!((now.policy, now.flags) == (Policy::IDLE, Scheduling::RESET_ON_FORK));
        check!(sched_setattr(None, &Scheduling::new(Policy::FIFO)).is_err());
        check!(sched_getattr(Pid::new(4_194_304)) == Err(Errno::SRCH));
        // Class 3, idle.
        match ioprio_set(Whose::Process(None), 3 << 13) {
            Ok(()) => check!(ioprio_get(Whose::Process(None)).map(|word| word >> 13) == Ok(3)),
            Err(errno) => check!(errno == Errno::NOSYS),
        }
        Ok(())
    });
}

#[test]
fn namespaces_are_made_and_entered() {
    in_child(|| {
        become_root(Namespaces::UTS | Namespaces::PID)?;
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            exit_group(if getpid() == Pid::INIT && getppid().is_none() { 11 } else { 12 });
        };
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(11)));
        let own = ok!(open("/proc/self/ns/uts", OpenFlags::READ, Mode::empty()));
        ok!(unshare(Namespaces::UTS));
        // CLONE_FILES is no namespace.
        check!(unshare(Namespaces::from_bits_retain(0x400)) == Err(Errno::INVAL));
        ok!(setns(&own, Namespaces::UTS));
        check!(setns(&own, Namespaces::NETWORK) == Err(Errno::INVAL));
        check!(setns(CWD, Namespaces::empty()) == Err(Errno::BADF));
        Ok(())
    });
}

#[test]
fn a_child_is_made_in_namespaces() {
    if lacks("clone with CLONE_NEWUSER") {
        return;
    }
    in_child(|| {
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { clone(CloneFlags::NEW_USER | CloneFlags::NEW_PID) }) else {
            exit_group(if getpid() == Pid::INIT { 11 } else { 12 });
        };
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Exited(11)));
        // CLONE_VM would share the stack that both run on.
        // SAFETY: refused before the kernel hears of it.
        let shared = unsafe { clone(CloneFlags::from_bits_retain(0x100)) };
        check!(shared.is_err_and(|errno| errno == Errno::INVAL));
        Ok(())
    });
}

#[test]
fn users_are_those_of_the_namespace() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        check!(geteuid() == 0 && getegid() == 0);
        check!(setuid(1) == Err(Errno::INVAL) && setgid(1) == Err(Errno::INVAL));
        check!(setgroups(&[0]) == Err(Errno::PERM));
        ok!(setuid(0));
        ok!(set_no_new_privileges());
        Ok(())
    });
}

#[test]
fn groups_are_set_one_by_one() {
    in_child(|| {
        let group = getegid();
        ok!(setregid(None, None));
        ok!(setregid(Some(group), Some(group)));
        check!((getgid(), getegid()) == (group, group));
        Ok(())
    });
}

#[test]
fn all_three_identities_are_told() {
    let [real, effective, _] = getresuid();
    assert_eq!((real, effective), (getuid(), geteuid()));
    let [real, effective, _] = getresgid();
    assert_eq!((real, effective), (getgid(), getegid()));
}

#[test]
fn what_processes_share_is_compared() {
    let (one, two) = (open("/dev/null", OpenFlags::READ, Mode::empty()).unwrap(), getpid());
    let copy = linux::fs::dup(&one).unwrap();
    let same = kcmp(two, two, Shared::File(one.as_raw(), copy.as_raw()));
    if is_missing(&same, "kcmp") {
        return;
    }
    assert_eq!(same, Ok(Ordering::Equal));
    let other = open("/dev/null", OpenFlags::READ, Mode::empty()).unwrap();
    let file = |fd: &OwnedFd| kcmp(two, two, Shared::File(one.as_raw(), fd.as_raw())).unwrap();
    assert_ne!(file(&other), Ordering::Equal);
    for what in [Shared::Memory, Shared::Files, Shared::Directories, Shared::Signals] {
        assert_eq!(kcmp(two, two, what), Ok(Ordering::Equal));
    }
}

#[test]
fn a_process_behaves_as_older_kernels_had_it() {
    in_child(|| {
        /// ADDR_NO_RANDOMIZE of `linux/personality.h`.
        const SAME_ADDRESSES: u32 = 0x40000;
        let before = ok!(personality(None));
        check!(ok!(personality(Some(before | SAME_ADDRESSES))) == before);
        check!(ok!(personality(None)) == before | SAME_ADDRESSES);
        Ok(())
    });
}

#[test]
fn terminals_and_accounts_need_privileges() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        check!(vhangup() == Err(Errno::PERM));
        let denied = linux::system::acct(Some("/dev/null"));
        check!(denied == Err(Errno::PERM) || denied == Err(Errno::NOSYS));
        Ok(())
    });
}

#[test]
fn users_of_a_namespace_are_others_outside() {
    in_child(|| {
        let (user, group) = (geteuid(), getegid());
        match unshare(Namespaces::USER) {
            // An emulator with threads of its own.
            Err(Errno::INVAL) => return Ok(()),
            left => ok!(left),
        }
        check!(map_ids(None, Ids::Users, &[]).is_err());
        ok!(map_ids(None, Ids::Users, &[IdRange::one(7, user)]));
        check!(map_ids(None, Ids::Users, &[IdRange::one(7, user)]) == Err(Errno::PERM));
        check!(geteuid() == 7);
        ok!(deny_setgroups(None));
        ok!(map_ids(None, Ids::Groups, &[IdRange::one(8, group)]));
        check!(getegid() == 8);
        check!(setgroups(&[]) == Err(Errno::PERM));
        Ok(())
    });
}

#[test]
fn root_maps_many_users_of_another_process() {
    if geteuid() != 0 {
        return skipped("only root may map other numbers than his own");
    }
    // The other one tells when it is in its namespace, and waits until it is told that it is mapped.
    let (told, tells) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let (hears, say) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    // SAFETY: the child makes system calls only.
    let Fork::Parent(pid) = (unsafe { fork() }).unwrap() else {
        drop((told, say));
        let left = unshare(Namespaces::USER).is_ok();
        let _ = write(&tells, &[u8::from(left)]);
        let _ = read(&hears, &mut [0]);
        let are_mapped = setgroups(&[]).is_ok() && setgid(10).is_ok() && setuid(4).is_ok() && getuid() == 4;
        exit_group(i32::from(!are_mapped));
    };
    drop((tells, hears));
    let mut left = [0];
    assert_eq!(read_full(&told, &mut left), Ok(1));
    if left == [1] {
        let users = [IdRange { inside: 0, outside: 100_000, count: 3 }, IdRange::one(4, 200_000)];
        match map_ids(Some(pid), Ids::Users, &users) {
            Err(Errno::PERM) => {
                drop(say);
                wait(pid);
                return skipped("this root has not these numbers");
            }
            mapped => mapped.unwrap(),
        }
        map_ids(Some(pid), Ids::Groups, &[IdRange { inside: 0, outside: 100_000, count: 65536 }]).unwrap();
        let map = std::fs::read_to_string(format!("/proc/{pid}/uid_map")).unwrap();
        let rows: Vec<Vec<u32>> = map
            .lines()
            .map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect())
            .collect();
        assert_eq!(rows, [[0, 100_000, 3], [4, 200_000, 1]]);
    }
    write(&say, b"!").unwrap();
    let end = wait(pid);
    assert!(left == [0] || end.ended == Ended::Exited(0), "{end:?}");
}
