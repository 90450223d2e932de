//! Holds each answer of the kernel's object against those of the system calls, made before and after it, as often as its
//! argument says; the status is the number of the check that failed, 0 if none did.
//!
//! What is checked is what the kernel's own tests of the object check: a read of a clock lies between two of the kernel's, or
//! all three are refused alike; steps, processors and facts are the same; random bytes come in any number and no more.

#![no_std]
#![no_main]

use linux::random::{self, RandomFlags};
use linux::system::{self, HardwareFact};
use linux::thread::Processors;
use linux::time::{self, Clock, ClockFunction, Timespec};
use rt::{Arguments, Environment, thread, vdso};

rt::program!(main);

/// A check.
type Check = fn() -> bool;

const CHECKS: [Check; 6] = [clocks, steps, days, processors, lengths, facts];

/// All clocks that Linux has, and numbers that no clock has.
const NUMBERS: [i32; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, i32::MIN, i32::MAX];

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    for _ in 0..programs::number(arguments.nth(1)) {
        if let Some(failed) = (1..).zip(CHECKS).find(|(_, check)| !check()) {
            return programs::verdict("agreement", Ok(failed.0));
        }
    }
    0
}

/// What a call gave: a time, or minus an error number.
type Given = Result<Timespec, i32>;

/// Asks the kernel itself.
#[allow(unsafe_code, reason = "the system call itself")]
fn asked(by_call: ClockFunction, number: i32) -> Given {
    let mut time = Timespec::default();
    // SAFETY: there is room for one structure.
    match unsafe { by_call(number, &raw mut time) } {
        0 => Ok(time),
        word => Err(word),
    }
}

fn given(read: linux::Result<Timespec>) -> Given {
    read.map_err(|errno| -i32::from(errno.number()))
}

fn clocks() -> bool {
    NUMBERS.into_iter().all(|number| {
        let before = asked(time::by_call, number);
        let read = given(time::clock_gettime(Clock(number)));
        match (before, read, asked(time::by_call, number)) {
            (Ok(before), Ok(read), Ok(after)) => before <= read && read <= after,
            (before, read, after) => before.is_err() && before == read && read == after,
        }
    })
}

fn steps() -> bool {
    NUMBERS
        .into_iter()
        .all(|number| asked(time::step_by_call, number) == given(time::clock_getres(Clock(number))))
}

/// The two ways to ask for the time of day are as coarse as they say, and no more.
fn days() -> bool {
    let micros = |time: Timespec| Timespec { nanoseconds: time.nanoseconds / 1000 * 1000, ..time };
    let now = || asked(time::by_call, Clock::REALTIME.0);
    let tick = asked(time::by_call, Clock::REALTIME_COARSE.0);
    let read = (now(), vdso::gettimeofday(), vdso::seconds(), now());
    let (Ok(tick), (Ok(before), Ok(day), Ok(seconds), Ok(after))) = (tick, read) else { return false };
    micros(before) <= day && day <= after && (tick.seconds..=after.seconds).contains(&seconds)
}

/// On each processor in turn, both say that it is this one.
fn processors() -> bool {
    let Ok(usual) = thread::affinity() else { return false };
    let agree = (0..Processors::MOST).filter(|&number| usual.contains(number)).all(|number| {
        thread::set_affinity(&Processors::EMPTY.with(number)).is_ok()
            && vdso::getcpu() == linux::thread::getcpu()
            && vdso::getcpu().map(|(processor, _)| processor as usize) == Ok(number)
    });
    thread::set_affinity(&usual).is_ok() && agree
}

/// Up to 256 bytes come whole, and nothing behind them is touched; flags that there are not are refused.
fn lengths() -> bool {
    let mut buffer = [0_u8; 260];
    let whole = (0..=256).all(|length| {
        let Some((wanted, behind)) = buffer.split_at_mut_checked(length) else { return false };
        behind.fill(0xa5);
        random::getrandom(wanted, RandomFlags::empty()) == Ok(length)
            && behind.iter().all(|&byte| byte == 0xa5)
    });
    let refused = random::getrandom(&mut buffer, RandomFlags::from_bits_retain(1 << 30));
    whole && refused == Err(linux::Errno::INVAL)
}

fn facts() -> bool {
    let mut read = [HardwareFact::ask(HardwareFact::BASE_BEHAVIOUR), HardwareFact::ask(i64::MAX)];
    let mut asked = read;
    vdso::probe_hardware(&mut read) == system::probe_hardware(&mut asked) && read == asked
}
