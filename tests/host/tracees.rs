//! Processes that are followed.

use crate::child::{child, wait};
use crate::emulator::is_missing;
use crate::skip::skipped;
use linux::Errno;
use linux::process::{Ended, Fork, Pid, WaitFlags, WaitFor, exit_group, fork, getpgid, getpid, kill, waitid};
use linux::signal::Signal;
use linux::trace::{Halt, Stops, Tracee, Until, trace_me};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No process has it.
const NOBODY: u64 = i32::MAX as u64;

/// What a child of this program has at the same address.
static SECRET: AtomicU64 = AtomicU64::new(4711);

/// The same, of several words.
static TEXT: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

fn end(pid: Pid) -> Ended {
    wait(pid).ended
}

/// Follows a child that does this once it is followed; none where nobody may.
fn started(stops: Stops, work: impl FnOnce() -> i32) -> Option<Tracee> {
    let pid = child(|| match trace_me() {
        Err(_) => 99,
        Ok(()) => {
            let _ = kill(getpid(), Some(Signal::STOP));
            work()
        }
    });
    match Tracee::started(pid, stops | Stops::KILL_AT_END) {
        // The emulators know no such call, so that the child ends.
        Err(Errno::SRCH) => {
            skipped("nobody may be followed here");
            None
        }
        tracee => Some(tracee.unwrap()),
    }
}

#[test]
fn a_call_s_result_can_be_another() {
    let work = || i32::from(getpgid(Pid::new(NOBODY as i32)) != Ok(Pid::new(77)));
    let Some(mut tracee) = started(Stops::CALLS, work) else { return };
    let (mut entries, mut exits, mut is_ours) = (0, 0, false);
    let ended = loop {
        tracee.resume(Until::Call, None).unwrap();
        match tracee.wait().unwrap() {
            Halt::Entry { arguments, .. } => {
                entries += 1;
                is_ours = arguments[0] == NOBODY;
            }
            Halt::Exit(word) => {
                exits += 1;
                if is_ours {
                    assert_eq!(Errno::from_word(word as isize), Some(Errno::SRCH));
                    let mut registers = tracee.registers().unwrap();
                    assert_eq!(registers.result(), word as isize);
                    registers.set_result(77);
                    // SAFETY: the child has memory of its own.
                    unsafe { tracee.set_registers(&registers) }.unwrap();
                }
            }
            Halt::Ended(ended) => break ended,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((ended, entries), (Ended::Exited(0), exits + 1), "but for its exit");
}

#[test]
fn memory_is_read_and_written() {
    let Some(mut tracee) = started(Stops::CALLS, || i32::from(SECRET.load(Ordering::SeqCst) != 99)) else {
        return;
    };
    let address = SECRET.as_ptr().expose_provenance();
    let mut bytes = [0; 8];
    assert_eq!(tracee.read(address, &mut bytes), Ok(8));
    assert_eq!(u64::from_ne_bytes(bytes), 4711);
    assert_eq!(tracee.read(8, &mut bytes), Err(Errno::FAULT));
    // SAFETY: the child has memory of its own.
    unsafe { tracee.write(address, &99_u64.to_ne_bytes()) }.unwrap();
    // In the midst of a word, and over two: what is around it stays.
    let (text, mut found) = (TEXT.as_ptr().expose_provenance(), [0; 24]);
    // SAFETY: as above.
    unsafe { tracee.write(text, b"0123456789abcdef01234567") }.unwrap();
    // SAFETY: as above.
    unsafe { tracee.write(text + 5, b"ABCDEFGHIJKL") }.unwrap();
    assert_eq!(tracee.read(text, &mut found), Ok(24));
    assert_eq!(&found, b"01234ABCDEFGHIJKL1234567");
    // SAFETY: nothing is there.
    assert!(unsafe { tracee.write(8, &[1]) }.is_err());
    tracee.resume(Until::Signal, None).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Ended(Ended::Exited(0))));
    assert_eq!(SECRET.load(Ordering::SeqCst), 4711, "this one's is another");
}

#[test]
fn one_that_runs_is_seized_and_left_again() {
    let pid = child(|| {
        loop {
            linux::time::sleep(Duration::from_millis(10));
        }
    });
    let tracee = Tracee::attach(pid, Stops::CALLS);
    if matches!(tracee, Err(Errno::PERM)) || is_missing(&tracee, "ptrace") {
        kill(pid, Some(Signal::KILL)).unwrap();
        end(pid);
        return skipped("nobody may be followed here");
    }
    let mut tracee = tracee.unwrap();
    assert!(tracee.registers().unwrap().program_counter() != 0);
    // Another cannot follow it meanwhile.
    assert_eq!(Tracee::seize(pid, Stops::CALLS).err(), Some(Errno::PERM));
    tracee.resume(Until::Call, None).unwrap();
    assert!(matches!(tracee.wait().unwrap(), Halt::Entry { .. } | Halt::Exit(_)));
    // It stops with its group, stays so, and goes on.
    tracee.resume(Until::Signal, None).unwrap();
    kill(pid, Some(Signal::STOP)).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Signal(Signal::STOP)));
    tracee.resume(Until::Signal, Some(Signal::STOP)).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Group(Signal::STOP)));
    tracee.stay().unwrap();
    kill(pid, Some(Signal::CONT)).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Interrupted));
    tracee.resume(Until::Signal, None).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Signal(Signal::CONT)));
    tracee.resume(Until::Signal, Some(Signal::CONT)).unwrap();
    // Left while it runs; then it can be followed anew, and its signal ends it.
    drop(tracee);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(status.contains("TracerPid:\t0"), "{status}");
    let again = Tracee::attach(pid, Stops::CALLS).unwrap();
    kill(pid, Some(Signal::TERM)).unwrap();
    again.detach().unwrap();
    assert_eq!(end(pid), Ended::Killed(Signal::TERM));
}

#[test]
fn children_are_followed_too() {
    let work = || {
        // SAFETY: the child of the child ends at once.
        match unsafe { fork() } {
            Ok(Fork::Child) => exit_group(5),
            Ok(Fork::Parent(pid)) => {
                let ended = waitid(WaitFor::Process(pid), WaitFlags::EXITED);
                i32::from(ended.ok().flatten().map(|child| child.ended) != Some(Ended::Exited(5)))
            }
            Err(_) => 2,
        }
    };
    let Some(mut tracee) = started(Stops::CALLS | Stops::CHILDREN, work) else { return };
    tracee.resume(Until::Signal, None).unwrap();
    let Halt::Child(pid) = tracee.wait().unwrap() else { panic!("it has made a child") };
    let mut inner = Tracee::child(pid, &tracee);
    assert_eq!(inner.wait(), Ok(Halt::Interrupted));
    inner.resume(Until::Signal, None).unwrap();
    tracee.resume(Until::Signal, None).unwrap();
    assert_eq!(inner.wait(), Ok(Halt::Ended(Ended::Exited(5))));
    loop {
        match tracee.wait().unwrap() {
            Halt::Ended(ended) => break assert_eq!(ended, Ended::Exited(0)),
            Halt::Signal(signal) => tracee.resume(Until::Signal, Some(signal)).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_signal_that_nobody_passed_on_comes_when_it_is_left() {
    let work = || {
        let _ = kill(getpid(), Some(Signal::USR1));
        0
    };
    let Some(mut tracee) = started(Stops::CALLS, work) else { return };
    let pid = tracee.pid();
    tracee.resume(Until::Signal, None).unwrap();
    assert_eq!(tracee.wait(), Ok(Halt::Signal(Signal::USR1)));
    drop(tracee);
    assert_eq!(end(pid), Ended::Killed(Signal::USR1));
}
