//! 32-bit kernels before Linux 5.1, whose calls know no dates after 2038: a filter of system calls plays such a kernel.

use crate::child::{Work, check, in_child, ok};
use crate::emulator::lacks;
use crate::scratch::Scratch;
use linux::Errno;
use linux::fs::{PipeFlags, SetTime, Timestamp, pipe, set_times, stat};
use linux::net::FilterInstruction;
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::set_no_new_privileges;
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use linux::time::{
    Clock, TimerFlags, TimerSetting, Timespec, clock_getres, clock_gettime, clock_nanosleep, clock_settime,
    monotonic, sleep, timerfd_create, timerfd_gettime, timerfd_settime,
};
use linux_raw_sys::general::{__NR_clock_gettime64, __NR_prctl, __NR_sched_rr_get_interval_time64};
use linux_raw_sys::prctl::PR_SET_SECCOMP;
use linux_raw_sys::ptrace::{SECCOMP_MODE_FILTER, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, sock_fprog};
use std::sync::OnceLock;
use std::time::Duration;

/// The new calls stand in one row of numbers, which the filter answers with an error.
fn without_wide_times(errno: Errno) -> Work {
    let instruction = |code, jump_true, jump_false, k| FilterInstruction { code, jump_true, jump_false, k };
    let program = [
        instruction(0x20, 0, 0, 0),                                 // load the call's number
        instruction(0x35, 0, 2, __NR_clock_gettime64),              // below the first: allow
        instruction(0x25, 1, 0, __NR_sched_rr_get_interval_time64), // above the last: allow
        instruction(0x06, 0, 0, SECCOMP_RET_ERRNO | u32::from(errno.number())),
        instruction(0x06, 0, 0, SECCOMP_RET_ALLOW),
    ];
    let header = sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    ok!(set_no_new_privileges());
    let (operation, mode) = (PR_SET_SECCOMP as usize, SECCOMP_MODE_FILTER as usize);
    // SAFETY: the kernel reads one structure, and the instructions that it leads to.
    let word = unsafe {
        arch::syscall::syscall5(__NR_prctl, operation, mode, (&raw const header).expose_provenance(), 0, 0)
    };
    check!(word == 0);
    Ok(())
}

static FILE: OnceLock<String> = OnceLock::new();

#[test]
fn times_are_told_by_the_old_calls() {
    if lacks("prctl(PR_SET_SECCOMP)") {
        return;
    }
    let scratch = Scratch::new();
    std::fs::write(FILE.get_or_init(|| scratch.at("file")), b"x").unwrap();
    in_child(|| without_wide_times(Errno::NOSYS).and_then(|()| all_calls()));
    // Filters of old container programs refuse what they do not know.
    in_child(|| without_wide_times(Errno::PERM).and_then(|()| all_calls()));
}

fn all_calls() -> Work {
    clocks()?;
    timers()?;
    waiting()?;
    files()
}

const LATE: i64 = 1 << 32;

fn clocks() -> Work {
    let now = ok!(clock_gettime(Clock::REALTIME));
    check!(now.seconds > 1_600_000_000 && (0..1_000_000_000).contains(&now.nanoseconds));
    check!(clock_gettime(Clock(99)) == Err(Errno::INVAL));
    check!(ok!(clock_getres(Clock::MONOTONIC)) < Timespec { seconds: 1, nanoseconds: 0 });
    check!(clock_settime(Clock::MONOTONIC, now) == Err(Errno::INVAL));
    let late = Timespec { seconds: LATE, nanoseconds: 0 };
    check!(clock_settime(Clock::REALTIME, late) == Err(Errno::OVERFLOW));
    let start = monotonic();
    sleep(Duration::from_millis(5));
    check!(monotonic() - start >= Duration::from_millis(5));
    let wrong = Timespec { seconds: 0, nanoseconds: 1_000_000_000 };
    check!(clock_nanosleep(Clock::MONOTONIC, wrong) == Err(Errno::INVAL));
    Ok(())
}

fn timers() -> Work {
    let timer = ok!(timerfd_create(Clock::REALTIME, TimerFlags::CLOSE_ON_EXEC));
    check!(timerfd_gettime(&timer) == Ok(None));
    ok!(timerfd_settime(&timer, TimerSetting::After(Duration::from_secs(1000))));
    check!(ok!(timerfd_gettime(&timer)).is_some_and(|left| left > Duration::from_secs(990)));
    ok!(timerfd_settime(&timer, TimerSetting::After(Duration::MAX)));
    check!(ok!(timerfd_gettime(&timer)).is_some_and(|left| left > Duration::from_secs(1 << 30)));
    let late = TimerSetting::At(Timespec { seconds: LATE, nanoseconds: 0 });
    check!(timerfd_settime(&timer, late) == Err(Errno::OVERFLOW));
    Ok(())
}

fn waiting() -> Work {
    let (reader, writer) = ok!(pipe(PipeFlags::CLOSE_ON_EXEC));
    let start = monotonic();
    check!(poll(&mut [PollFd::new(&reader, PollFlags::IN)], Some(Duration::from_millis(5))) == Ok(0));
    check!(monotonic() - start >= Duration::from_millis(5));
    check!(poll(&mut [PollFd::new(&writer, PollFlags::OUT)], Some(Duration::MAX)) == Ok(1));
    check!(poll(&mut [PollFd::new(&writer, PollFlags::OUT)], None) == Ok(1));
    let set = SignalSet::of(&[Signal::USR1]);
    ok!(sigprocmask(MaskHow::Block, Some(set)));
    check!(sigtimedwait(set, Some(Duration::from_millis(1))) == Err(Errno::AGAIN));
    Ok(())
}

fn files() -> Work {
    let path = FILE.get().map_or("", String::as_str);
    let time = Timestamp { seconds: 1_000_000_007, nanoseconds: 9 };
    ok!(set_times(path, SetTime::Now, SetTime::At(time)));
    let known = ok!(stat(path));
    check!(known.modified() == time && known.accessed().seconds > 1_600_000_000);
    let late = Timestamp { seconds: LATE, nanoseconds: 0 };
    check!(set_times(path, SetTime::Keep, SetTime::At(late)) == Err(Errno::OVERFLOW));
    Ok(())
}
