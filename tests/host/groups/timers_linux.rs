//! Timers as descriptors, and the time in whole seconds.

use std::time::Duration;

use linux::Errno;
use linux::poll::{PollFd, PollFlags, poll};
use linux::time::{
    Clock, TimerFlags, TimerSetting, clock_gettime, read_timer, timerfd_create, timerfd_gettime,
    timerfd_settime,
};

fn timerfd() {
    let timer = timerfd_create(Clock::MONOTONIC, TimerFlags::NONBLOCK | TimerFlags::CLOSE_ON_EXEC).unwrap();
    assert_eq!(read_timer(&timer), Err(Errno::AGAIN));
    timerfd_settime(&timer, TimerSetting::After(Duration::from_micros(1))).unwrap();
    let mut list = [PollFd::new(&timer, PollFlags::IN)];
    assert_eq!(poll(&mut list, Some(Duration::from_secs(20))), Ok(1));
    assert_eq!(read_timer(&timer), Ok(1));
    assert_eq!(timerfd_gettime(&timer), Ok(None));
}

fn time() {
    let (coarse, fine) =
        (clock_gettime(Clock::REALTIME_COARSE).unwrap(), clock_gettime(Clock::REALTIME).unwrap());
    assert!(fine.seconds - coarse.seconds <= 1 && coarse.seconds > 1_000_000_000);
}

tests![timerfd, time];
