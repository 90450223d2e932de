//! Filters of system calls.

use linux::Errno;
use linux::fs::{Mode, OpenFlags, fstat, open};
use linux::process::{Ended, Pid, getpgid, has_no_new_privileges, set_no_new_privileges};
use linux::security::{
    Added, AllowList, Answer, CallSet, Filter, Refusal, listening_filter, set_filter,
    set_filter_with_listener,
};
use linux::signal::Signal;
use linux_raw_sys::general as numbers;

use crate::sandbox::refuse;
use crate::support::{child, have, reading, wait};

const MISSING: [Errno; 2] = [Errno::NOSYS, Errno::INVAL];

fn no_new_privs() {
    set_no_new_privileges().unwrap();
    assert_eq!(has_no_new_privileges(), Ok(true));
}

/// Says in a child what opening gives once this has set a filter, as the child's status.
fn opened(set: impl FnOnce() -> linux::Result<()>) -> Ended {
    let pid = child(|| {
        if let Err(errno) = set_no_new_privileges().and_then(|()| set()) {
            return if MISSING.contains(&errno) { 99 } else { 98 };
        }
        match open("/dev/null", OpenFlags::empty(), Mode::empty()) {
            Ok(_) => 0,
            Err(errno) => errno.number().into(),
        }
    });
    let ended = wait(pid).ended;
    if ended == Ended::Exited(99) {
        have(Err(Errno::NOSYS), &MISSING, "filters of calls")
    }
    ended
}

fn seccomp() {
    // A number that no call has: all that are made pass.
    have(refuse(0x3000, Refusal::Kill), &MISSING, "filters of calls");
    assert!(open("/dev/null", OpenFlags::empty(), Mode::empty()).is_ok());
}

fn seccomp_allow() {
    let mut list = AllowList::new(Refusal::Error(Errno::DOM));
    for number in [numbers::__NR_exit_group, numbers::__NR_getpid, numbers::__NR_munmap, numbers::__NR_brk] {
        list.allow(number).unwrap();
    }
    assert_eq!(opened(|| set_filter(list.filter())), Ended::Exited(Errno::DOM.number().into()));
}

fn seccomp_fail() {
    let ended = opened(|| refuse(numbers::__NR_openat, Refusal::Kill));
    assert!(matches!(ended, Ended::Killed(Signal::SYS) | Ended::Dumped(Signal::SYS)), "{ended:?}");
}

fn seccomp_fail_errno() {
    let refusal = Refusal::Error(Errno::new(77).unwrap());
    assert_eq!(opened(|| refuse(numbers::__NR_openat, refusal)), Ended::Exited(77));
}

/// Sets of calls by their names: what is named passes, and one that was taken out again does not.
fn seccomp_names() {
    let mut calls = CallSet::NONE;
    for name in ["@default", "@basic-io", "@file-system"] {
        calls.add(name).unwrap();
    }
    for (removed, expected) in [("@network-io", 0), ("openat", Errno::DOM.number().into())] {
        calls.remove(removed).unwrap();
        let filter: Vec<_> = calls.instructions(Refusal::Error(Errno::DOM)).collect();
        let ended = opened(|| set_filter(Filter::new(&filter)?));
        assert_eq!(ended, Ended::Exited(expected), "without {removed}");
    }
    assert!(calls.add("@file-sistem").is_err());
}

/// What the governed thread asks: a call each of which is answered in another way.
fn asked() -> ([linux::Result<i32>; 3], linux::Result<(u32, u32)>) {
    let group = |number| getpgid(Pid::new(number)).map(|group| group.map_or(0, Pid::get));
    let opened = open("/nowhere", OpenFlags::READ, Mode::empty());
    ([group(100_001), group(100_002), group(1)], opened.and_then(|file| Ok(fstat(&file)?.special_device())))
}

/// A thread's calls that another one answers: by a descriptor, an error, a value, and by having one made.
fn seccomp_listener() {
    set_no_new_privileges().unwrap();
    let (give, take) = std::sync::mpsc::channel();
    let governed = std::thread::spawn(move || {
        let program: Vec<_> = listening_filter(&[numbers::__NR_getpgid, numbers::__NR_openat]).collect();
        // SAFETY: the answers below are errors, a number, and a descriptor that is open by then.
        give.send(unsafe { set_filter_with_listener(&program) }).unwrap();
        asked()
    });
    let listener = have(take.recv().unwrap(), &MISSING, "listeners of filters");
    let next = || linux::retry(|| listener.receive()).unwrap();
    let zero = reading("/dev/zero");
    let open = next();
    assert_eq!(open.number, numbers::__NR_openat);
    assert_eq!(listener.waits(open.id), Ok(true));
    let added = Added { number: None, closes_on_exec: true, is_answer: true };
    if listener.add(open.id, &zero, added) == Err(Errno::INVAL) {
        let number = have(
            listener.add(open.id, &zero, Added { is_answer: false, ..added }),
            &MISSING,
            "descriptors for who waits",
        );
        listener.answer(open.id, Answer::Value(number.into())).unwrap();
    }
    for (argument, answer) in
        [(100_001, Answer::Error(Errno::NOSPC)), (100_002, Answer::Value(4711)), (1, Answer::Made)]
    {
        let call = next();
        assert_eq!((call.number, call.arguments[0] as u32), (numbers::__NR_getpgid, argument));
        assert!(call.thread.is_some_and(|thread| thread.get() != std::process::id().cast_signed()));
        have(listener.answer(call.id, answer), &MISSING, "calls that are made after all");
    }
    let (groups, device) = governed.join().unwrap();
    assert_eq!(
        groups,
        [Err(Errno::NOSPC), Ok(4711), getpgid(Pid::new(1)).map(|group| group.map_or(0, Pid::get))]
    );
    assert_eq!(device, Ok((1, 5)));
    assert_eq!(listener.waits(open.id), Ok(false));
    assert_eq!(listener.answer(open.id, Answer::Value(0)), Err(Errno::NOENT));
}

tests![
    no_new_privs,
    seccomp,
    seccomp_allow,
    seccomp_fail,
    seccomp_fail_errno,
    seccomp_names,
    seccomp_listener
];
