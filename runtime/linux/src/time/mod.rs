//! Clocks, sleeping and timers.

mod clock;
mod sleep;
mod timer;
mod timespec;

pub use clock::{
    Clock, ClockFunction, boottime, by_call, clock_getres, clock_gettime, clock_settime, forgo_vdso,
    monotonic, set_clock_function,
};
pub use sleep::{clock_nanosleep, sleep};
pub use timer::{TimerFlags, TimerSetting, read_timer, timerfd_create, timerfd_gettime, timerfd_settime};
pub use timespec::Timespec;
