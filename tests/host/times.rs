//! Clocks, sleeping and timers; random bytes.

use crate::child::{become_root, check, in_child, ok};
use linux::Errno;
use linux::process::Namespaces;
use linux::random::{RandomFlags, getrandom};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask, sigtimedwait};
use linux::time::{
    Clock, SignalTimer, TimerFlags, TimerSetting, Timespec, Told, boottime, clock_getres, clock_gettime,
    clock_nanosleep, clock_settime, monotonic, read_timer, set_alarm, set_clock_function, set_zone, sleep,
    timerfd_create, timerfd_gettime, timerfd_settime,
};
use std::ffi::c_int;
use std::time::{Duration, Instant, SystemTime};

#[test]
fn clocks_agree_with_the_standard_library() {
    let theirs = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let ours = clock_gettime(Clock::REALTIME).unwrap().since_zero();
    assert!(ours >= theirs && ours - theirs < Duration::from_secs(5));
    let uptime: f64 =
        std::fs::read_to_string("/proc/uptime").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((boottime().as_secs_f64() - uptime).abs() < 5.0);
    let first = monotonic();
    assert!(monotonic() >= first && boottime() >= first);
    assert_eq!(clock_gettime(Clock(99)), Err(Errno::INVAL));
    assert!(clock_getres(Clock::MONOTONIC).unwrap() < Timespec { seconds: 1, nanoseconds: 0 });
    assert_eq!(clock_getres(Clock(99)), Err(Errno::INVAL));
    assert!(clock_gettime(Clock::THREAD_CPU).unwrap() <= clock_gettime(Clock::PROCESS_CPU).unwrap());
}

const MONOTONIC: c_int = Clock::MONOTONIC.0;

unsafe extern "C" fn stopped(clock: c_int, time: *mut Timespec) -> c_int {
    if clock == MONOTONIC {
        return -22;
    }
    // SAFETY: the caller gives room for one.
    unsafe { time.write(Timespec { seconds: 12, nanoseconds: 34 }) };
    0
}

#[test]
fn another_function_reads_the_clock() {
    in_child(|| {
        // SAFETY: the function fills the time or gives an error.
        unsafe { set_clock_function(stopped) };
        check!(boottime() == Duration::new(12, 34));
        // What the function refuses, the kernel is asked for.
        check!(clock_gettime(Clock::MONOTONIC).is_ok_and(|time| time.nanoseconds != 34));
        Ok(())
    });
}

#[test]
fn a_clock_is_not_set_by_anyone() {
    in_child(|| {
        become_root(Namespaces::empty())?;
        let time = Timespec { seconds: 1, nanoseconds: 0 };
        check!(clock_settime(Clock::REALTIME, time) == Err(Errno::PERM));
        check!(clock_settime(Clock::MONOTONIC, time) == Err(Errno::INVAL));
        check!(set_zone(0) == Err(Errno::PERM));
        Ok(())
    });
}

#[test]
fn sleeping_takes_its_time() {
    let start = Instant::now();
    sleep(Duration::from_millis(20));
    assert!(start.elapsed() >= Duration::from_millis(20));
    clock_nanosleep(Clock::BOOTTIME, Timespec::default()).unwrap();
    let wrong = Timespec { seconds: 0, nanoseconds: 1_000_000_000 };
    assert_eq!(clock_nanosleep(Clock::MONOTONIC, wrong), Err(Errno::INVAL));
}

#[test]
fn timers_end() {
    let timer = timerfd_create(Clock::BOOTTIME, TimerFlags::CLOSE_ON_EXEC | TimerFlags::NONBLOCK).unwrap();
    assert_eq!(timerfd_gettime(&timer), Ok(None));
    assert_eq!(read_timer(&timer), Err(Errno::AGAIN));
    timerfd_settime(&timer, TimerSetting::After(Duration::from_secs(1000))).unwrap();
    assert!(timerfd_gettime(&timer).unwrap().is_some_and(|left| left > Duration::from_secs(990)));
    timerfd_settime(&timer, TimerSetting::After(Duration::ZERO)).unwrap();
    sleep(Duration::from_millis(2));
    assert_eq!(read_timer(&timer), Ok(1));
    timerfd_settime(&timer, TimerSetting::At(Timespec::default())).unwrap();
    sleep(Duration::from_millis(2));
    assert_eq!(read_timer(&timer), Ok(1));
    timerfd_settime(&timer, TimerSetting::Every(Duration::ZERO, Duration::from_millis(1))).unwrap();
    sleep(Duration::from_millis(10));
    assert!(read_timer(&timer).unwrap() >= 8);
    timerfd_settime(&timer, TimerSetting::Off).unwrap();
    assert_eq!(timerfd_gettime(&timer), Ok(None));
    let wrong = Timespec { seconds: 1, nanoseconds: -1 };
    assert_eq!(timerfd_settime(&timer, TimerSetting::At(wrong)), Err(Errno::INVAL));
    assert_eq!(timerfd_create(Clock::THREAD_CPU, TimerFlags::CLOSE_ON_EXEC).map(drop), Err(Errno::INVAL));
}

#[test]
fn an_alarm_comes_once_or_again() {
    in_child(|| {
        let alarm = SignalSet::of(&[Signal::ALRM]);
        check!(sigprocmask(MaskHow::Block, Some(alarm)).is_ok());
        let (soon, late) = (Duration::from_millis(2), Duration::from_secs(1000));
        check!(set_alarm(late, Duration::ZERO) == Ok(Duration::ZERO));
        check!(
            set_alarm(soon, soon).is_ok_and(|left| left > late - Duration::from_secs(500) && left <= late)
        );
        check!(sigtimedwait(alarm, Some(late)) == Ok(Signal::ALRM));
        check!(sigtimedwait(alarm, Some(late)) == Ok(Signal::ALRM));
        check!(set_alarm(Duration::from_nanos(1), Duration::ZERO).is_ok());
        check!(sigtimedwait(alarm, Some(late)) == Ok(Signal::ALRM));
        check!(set_alarm(Duration::from_secs(u64::MAX), soon) == Err(Errno::INVAL));
        check!(set_alarm(Duration::ZERO, Duration::ZERO) == Ok(Duration::ZERO));
        Ok(())
    });
}

#[test]
fn random_bytes_differ() {
    let (mut one, mut two) = ([0; 32], [0; 32]);
    assert_eq!(getrandom(&mut one, RandomFlags::empty()), Ok(32));
    assert_eq!(getrandom(&mut two, RandomFlags::NONBLOCK), Ok(32));
    assert_ne!(one, two);
    assert_eq!(getrandom(&mut [], RandomFlags::empty()), Ok(0));
    assert_eq!(getrandom(&mut one, RandomFlags::from_bits_retain(1 << 30)), Err(Errno::INVAL));
}

#[test]
fn a_timer_sends_a_signal() {
    in_child(|| {
        let wanted = SignalSet::of(&[Signal::USR1]);
        ok!(sigprocmask(MaskHow::Block, Some(wanted)));
        let told = Told::Thread(Signal::USR1, linux::thread::gettid());
        let [one, other] = [told, Told::Process(Signal::USR1)];
        for told in [one, other] {
            let timer = ok!(SignalTimer::new(Clock::MONOTONIC, told, 7));
            check!(ok!(timer.left()).is_none());
            ok!(timer.set(TimerSetting::After(Duration::from_secs(1000))));
            check!(ok!(timer.left()).is_some_and(|left| left > Duration::from_secs(990)));
            ok!(timer.set(TimerSetting::Every(Duration::ZERO, Duration::from_millis(1))));
            check!(sigtimedwait(wanted, Some(Duration::from_secs(10))) == Ok(Signal::USR1));
            sleep(Duration::from_millis(20));
            check!(sigtimedwait(wanted, Some(Duration::from_secs(10))) == Ok(Signal::USR1));
            check!(ok!(timer.missed()) > 0);
            ok!(timer.set(TimerSetting::Off));
            check!(ok!(timer.left()).is_none());
            let _ = sigtimedwait(wanted, Some(Duration::ZERO));
            ok!(timer.set(TimerSetting::At(ok!(clock_gettime(Clock::MONOTONIC)))));
            check!(sigtimedwait(wanted, Some(Duration::from_secs(10))) == Ok(Signal::USR1));
            ok!(timer.set(TimerSetting::After(Duration::from_millis(5))));
            drop(timer);
            check!(sigtimedwait(wanted, Some(Duration::from_millis(20))) == Err(Errno::AGAIN));
        }
        let silent = ok!(SignalTimer::new(Clock::MONOTONIC, Told::Nobody, 0));
        ok!(silent.set(TimerSetting::After(Duration::from_millis(1))));
        sleep(Duration::from_millis(3));
        check!(ok!(silent.left()).is_none());
        check!(SignalTimer::new(Clock(99), Told::Nobody, 0).is_err_and(|errno| errno == Errno::INVAL));
        Ok(())
    });
}

#[test]
fn what_is_left_of_an_alarm_is_told() {
    in_child(|| {
        check!(linux::time::alarm_left() == Ok(Duration::ZERO));
        ok!(set_alarm(Duration::from_secs(1000), Duration::ZERO));
        let left = ok!(linux::time::alarm_left());
        check!(left > Duration::from_secs(900) && left <= Duration::from_secs(1000));
        Ok(())
    });
}

#[test]
fn a_clock_tells_how_it_goes() {
    let mut asked = linux::time::Adjustment::default();
    let state = linux::time::clock_adjtime(Clock::REALTIME, &mut asked);
    if crate::emulator::is_missing(&state, "clock_adjtime") {
        return;
    }
    assert!(state.unwrap() <= 5);
    assert!((9_000..=11_000).contains(&asked.tick) && asked.time[0] > 1_700_000_000, "{asked:?}");
    assert_eq!(linux::time::clock_adjtime(Clock(99), &mut asked), Err(Errno::INVAL));
}
