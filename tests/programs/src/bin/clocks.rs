//! Reads each clock and asks each question that the vDSO answers, as often as its argument says, and checks the
//! answers against those of the system calls, made once.

#![no_std]
#![no_main]

use linux::fs::{self, PipeFlags};
use linux::process::{self, Fork, WaitFlags};
use linux::random::{self, RandomFlags};
use linux::time::{self, Clock};
use rt::{Arguments, Environment, thread, vdso};

rt::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let count = programs::number(arguments.nth(1));
    let random = bytes(count) && threads(count);
    let failed = match (clocks(count), others(count), random) {
        (true, true, true) => 0,
        (false, ..) => 1,
        (_, false, _) => 2,
        _ => 3,
    };
    programs::verdict("clocks", Ok(failed))
}

/// No clock goes back, and none is a second away from the kernel's.
fn clocks(count: usize) -> bool {
    let clocks = [
        Clock::REALTIME,
        Clock::MONOTONIC,
        Clock::BOOTTIME,
        Clock::MONOTONIC_RAW,
        Clock::MONOTONIC_COARSE,
        Clock::REALTIME_COARSE,
    ];
    clocks.into_iter().all(|clock| {
        let mut before = time::Timespec::default();
        // SAFETY: one structure.
        #[allow(unsafe_code, reason = "the system call itself")]
        let made = unsafe { time::by_call(clock.0, &raw mut before) };
        let mut last = before;
        let forward = (0..count).all(|_| {
            let Ok(now) = time::clock_gettime(clock) else { return false };
            let forward = now >= last;
            last = now;
            forward
        });
        made == 0 && forward && last.seconds - before.seconds <= 1
    }) && (count == 0 || time::clock_gettime(Clock(-77)).is_err())
}

fn others(count: usize) -> bool {
    let mut step = time::Timespec::default();
    // SAFETY: one structure.
    #[allow(unsafe_code, reason = "the system call itself")]
    let made = unsafe { time::step_by_call(Clock::MONOTONIC.0, &raw mut step) };
    let refused = || time::clock_getres(Clock(-77)) == Err(linux::Errno::INVAL);
    made == 0
        && (0..count).all(|_| {
            let (Ok(day), Ok(seconds)) = (vdso::gettimeofday(), vdso::seconds()) else { return false };
            let near = (day.seconds - seconds).abs() <= 1 && day.nanoseconds % 1000 == 0;
            near && vdso::getcpu().is_ok() && time::clock_getres(Clock::MONOTONIC) == Ok(step)
        })
        && (count == 0 || refused())
}

/// Bytes differ from call to call, and no count is short.
fn bytes(count: usize) -> bool {
    let mut last = [0_u8; 32];
    (0..count).all(|_| {
        let mut bytes = [0_u8; 32];
        let full = random::getrandom(&mut bytes, RandomFlags::empty()) == Ok(32);
        let new = bytes != last;
        last = bytes;
        full && new
    })
}

/// Threads one after the other, and two at once, make different bytes, and so does a child.
fn threads(count: usize) -> bool {
    let some = move || {
        let mut bytes = [0_u8; 16];
        let made = (0..count).all(|_| random::getrandom(&mut bytes, RandomFlags::empty()) == Ok(16));
        (made, bytes)
    };
    let (first, second) = (thread::spawn(some), thread::spawn(some));
    let (Ok(first), Ok(second)) = (first, second) else { return false };
    let Ok(third) = thread::spawn(some) else { return false };
    let all = [first.join(), second.join(), third.join(), some()];
    let differ =
        all.iter().enumerate().all(|(at, (_, one))| all.iter().skip(at + 1).all(|(_, other)| one != other));
    count == 0 || differ && all.iter().all(|(made, _)| *made) && child_differs()
}

/// A child has the same memory, and yet other bytes come next.
fn child_differs() -> bool {
    let Ok((read, write)) = fs::pipe(PipeFlags::CLOSE_ON_EXEC) else { return false };
    let mut own = [0_u8; 16];
    #[allow(unsafe_code, reason = "a child that goes on with this program")]
    // SAFETY: the child makes calls and ends.
    let Ok(fork) = (unsafe { process::fork() }) else { return false };
    let made = random::getrandom(&mut own, RandomFlags::empty()).is_ok();
    let Fork::Parent(child) = fork else {
        process::exit_group(i32::from(!made || fs::write_all(&write, &own).is_err()));
    };
    let mut others = [0_u8; 16];
    let told = fs::read(&read, &mut others) == Ok(16);
    made && told && own != others && process::wait4(Some(child), WaitFlags::empty()).is_ok()
}
