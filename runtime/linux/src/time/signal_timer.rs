//! Timers that send a signal: timer_create(2). Those to be read or waited for are in `timer`.

#[cfg(target_pointer_width = "32")]
use super::narrow::Narrow;
#[cfg(target_pointer_width = "32")]
use super::timer::narrow_setting;
use super::timer::{KernelSetting, to_kernel};
use super::{Clock, TimerSetting};
use crate::Result;
use crate::process::Pid;
use crate::signal::Signal;
use core::time::Duration;
use linux_raw_sys::general as kernel;

/// Who is told when a timer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nobody: the timer is asked.
    Nobody,
    /// The process, by a signal.
    Process(Signal),
    /// One thread of it, by a signal.
    Thread(Signal, Pid),
}

/// The kernel's `struct sigevent`.
#[repr(C)]
struct Event {
    value: usize,
    signal: i32,
    how: u32,
    thread: i32,
    rest: [u8; Self::BYTES - size_of::<usize>() - 12],
}

abi!(Event = "struct sigevent" {
    value: "sigev_value", signal: "sigev_signo", how: "sigev_notify", thread: "_sigev_un._tid",
});

impl Event {
    const BYTES: usize = kernel::SIGEV_MAX_SIZE as usize;
}

const _: () = assert!(size_of::<Event>() == size_of::<kernel::sigevent>());

/// A timer of this process, which goes with it. A child by fork has none of them.
#[derive(Debug)]
pub struct SignalTimer(i32);

impl SignalTimer {
    /// Makes one that is not running; `value` comes with the signal.
    ///
    /// # Errors
    /// `INVAL` (a clock without timers, no such thread), `AGAIN`, `NOMEM`, `PERM` (alarm clocks). See `timer_create(2)`.
    #[doc(alias = "timer_create")]
    pub fn new(clock: Clock, told: Told, value: usize) -> Result<Self> {
        let (how, signal, thread) = match told {
            Told::Nobody => (kernel::SIGEV_NONE, 0, 0),
            Told::Process(signal) => (kernel::SIGEV_SIGNAL, signal.number(), 0),
            Told::Thread(signal, thread) => (kernel::SIGEV_THREAD_ID, signal.number(), thread.get()),
        };
        let event = Event { value, signal, how, thread, rest: [0; _] };
        let mut number = 0;
        // SAFETY: the kernel reads one structure, and writes the timer's number.
        unsafe { syscall!(__NR_timer_create, clock.0, &raw const event, &raw mut number) }?;
        Ok(Self(number))
    }

    /// Sets it, forgetting what it was set to.
    ///
    /// # Errors
    /// `INVAL`, `OVERFLOW` (a date after 2038, on a 32-bit kernel before Linux 5.1). See `timer_settime(2)`.
    #[doc(alias = "timer_settime")]
    pub fn set(&self, setting: TimerSetting) -> Result<()> {
        let (flags, setting) = to_kernel(setting);
        let from = &raw const setting;
        timed!(
            // SAFETY: the kernel reads one structure; the former setting is not asked for.
            unsafe { syscall!(__NR_timer_settime | __NR_timer_settime64, self.0, flags, from, 0_usize) },
            narrow_setting(flags, setting).and_then(|setting| {
                // SAFETY: as above; the kernel's structure is the two times.
                unsafe { syscall!(__NR_timer_settime, self.0, flags, setting.as_ptr(), 0_usize) }
            })
        )
        .map(drop)
    }

    /// Gives the time until its next end; none if it is not running.
    ///
    /// # Errors
    /// None in practice. See `timer_gettime(2)`.
    #[doc(alias = "timer_gettime")]
    pub fn left(&self) -> Result<Option<Duration>> {
        let mut setting = KernelSetting::default();
        let to = &raw mut setting;
        timed!(
            // SAFETY: the kernel writes one structure.
            unsafe { syscall!(__NR_timer_gettime | __NR_timer_gettime64, self.0, to) },
            {
                let mut narrow = [Narrow::ZERO; 2];
                // SAFETY: the kernel's structure is the two times.
                unsafe { syscall!(__NR_timer_gettime, self.0, narrow.as_mut_ptr()) }
                    .inspect(|_| setting = KernelSetting::from_narrow(narrow))
            }
        )?;
        Ok(setting.left())
    }

    /// Gives how often it ended between the last signal's sending and its coming.
    ///
    /// # Errors
    /// None in practice. See `timer_getoverrun(2)`.
    #[doc(alias = "timer_getoverrun")]
    pub fn missed(&self) -> Result<usize> {
        // SAFETY: an integer only.
        unsafe { syscall!(__NR_timer_getoverrun, self.0) }
    }
}

impl Drop for SignalTimer {
    fn drop(&mut self) {
        // It cannot fail for a timer that is there.
        // SAFETY: an integer only; nobody else has this number.
        let _ = unsafe { syscall!(__NR_timer_delete, self.0) };
    }
}
