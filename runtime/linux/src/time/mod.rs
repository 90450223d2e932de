//! Clocks, sleeping and timers.

mod adjust;
mod alarm;
mod clock;
mod hardware;
#[cfg(target_pointer_width = "32")]
pub(crate) mod narrow;
mod signal_timer;
mod sleep;
mod timer;
mod timespec;
mod zone;

pub use adjust::{AdjustFlags, Adjustment, ClockStatus, clock_adjtime};
pub use alarm::{alarm_left, set_alarm};
pub use clock::{
    Clock, ClockFunction, ask_kernel, boottime, by_call, clock_getres, clock_gettime, clock_settime,
    forgo_vdso, monotonic, set_clock_function, set_step_function, step_by_call,
};
pub use hardware::{HardwareTime, hardware_time, set_hardware_time};
pub use signal_timer::{SignalTimer, Told};
pub use sleep::{clock_nanosleep, sleep};
pub use timer::{TimerFlags, TimerSetting, read_timer, timerfd_create, timerfd_gettime, timerfd_settime};
pub use timespec::Timespec;
pub use zone::set_zone;
