//! Making a clock faster or slower: clock_adjtime(2), adjtimex(2).

use super::Clock;
use crate::Result;

flags! {
    /// What is to be set (ADJ_… of `linux/timex.h`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct AdjustFlags: u32 {
        /// ADJ_OFFSET: how far the clock is off.
        const OFFSET = 0x1;
        /// ADJ_FREQUENCY: how much faster it goes.
        const FREQUENCY = 0x2;
        /// ADJ_MAXERROR: how far it may be off at most.
        const MAXIMUM_ERROR = 0x4;
        /// ADJ_ESTERROR: how far it may well be off.
        const ESTIMATED_ERROR = 0x8;
        /// ADJ_STATUS: the status.
        const STATUS = 0x10;
        /// ADJ_TIMECONST: how quickly it follows.
        const TIME_CONSTANT = 0x20;
        /// ADJ_TAI: how far TAI is ahead.
        const TAI = 0x80;
        /// ADJ_SETOFFSET: adds `time` at once.
        const SET_OFFSET = 0x100;
        /// ADJ_NANO: the offset is in nanoseconds from now on.
        const NANOSECONDS = 0x2000;
        /// ADJ_TICK: how long a tick is.
        const TICK = 0x4000;
        const _ = !0;
    }
}

flags! {
    /// How a clock is kept (STA_… of `linux/timex.h`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct ClockStatus: i32 {
        /// STA_PLL: offsets lead it.
        const LED = 0x1;
        /// STA_INS: a second is added at the end of the day.
        const INSERT = 0x10;
        /// STA_DEL: a second is left out.
        const DELETE = 0x20;
        /// STA_UNSYNC: nobody sets it.
        const UNSET = 0x40;
        /// STA_NANO: offsets are in nanoseconds.
        const NANOSECONDS = 0x2000;
        const _ = !0;
    }
}

/// How a clock goes (`struct __kernel_timex`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Adjustment {
    /// What is to be set; nothing only asks.
    pub flags: AdjustFlags,
    pad: u32,
    /// How far the clock is off: microseconds, or nanoseconds with STA_NANO in the status.
    pub offset: i64,
    /// How much faster it goes: millionths, times 65536.
    pub frequency: i64,
    /// How far it may be off at most, in microseconds.
    pub maximum_error: i64,
    /// How far it may well be off, in microseconds.
    pub estimated_error: i64,
    /// How it is kept.
    pub status: ClockStatus,
    pad_2: u32,
    /// How quickly it follows an offset.
    pub time_constant: i64,
    /// The finest step, in microseconds.
    pub precision: i64,
    /// How much faster or slower it can go: millionths, times 65536.
    pub tolerance: i64,
    /// What the clock shows: seconds, and micro- or nanoseconds.
    pub time: [i64; 2],
    /// How long a tick is, in microseconds.
    pub tick: i64,
    pps: [i64; 2],
    shift: i32,
    pad_3: u32,
    pps_counts: [i64; 5],
    /// How many seconds TAI is ahead.
    pub tai: i32,
    reserved: [u32; 11],
}

abi!(Adjustment = "struct __kernel_timex" {
    flags: "modes", offset: "offset", frequency: "freq", maximum_error: "maxerror", estimated_error: "esterror",
    status: "status", time_constant: "constant", precision: "precision", tolerance: "tolerance", time: "time",
    tick: "tick", shift: "shift", tai: "tai",
});

const _: () = assert!(size_of::<Adjustment>() == 208);

/// Asks how a clock goes, and sets what the flags say; gives the clock's state (TIME_OK is 0, TIME_ERROR 5: nobody sets it).
/// On 32-bit processors it needs Linux 5.1.
///
/// # Errors
/// `PERM` (needs CAP_SYS_TIME to set), `INVAL`. See `clock_adjtime(2)`.
#[doc(alias = "adjtimex")]
pub fn clock_adjtime(clock: Clock, adjustment: &mut Adjustment) -> Result<u32> {
    let adjustment = core::ptr::from_mut(adjustment);
    // SAFETY: the kernel reads and writes one structure.
    unsafe { syscall!(__NR_clock_adjtime | __NR_clock_adjtime64, clock.0, adjustment) }
        .map(|state| state as u32)
}
