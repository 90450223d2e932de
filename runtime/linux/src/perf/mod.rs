//! Counting what happens in processors and in the kernel, and taking samples: perf_event_open(2).

mod group;
mod probe;
mod ring;

pub use group::{Group, GroupReading};
pub use probe::{Probe, find_tracepoint};
pub use ring::{Record, Ring};

use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::fs::read_full;
use crate::process::Pid;
use crate::{Errno, Result, ioctl};
use ioctl::{Number, Typed, devices as request};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who counts: a `PERF_TYPE_…`.
    pub kind: u32,
    /// What, in its numbers.
    pub number: u64,
}

impl Event {
    /// PERF_COUNT_HW_CPU_CYCLES: of the processor itself, which guests often have not.
    pub const CYCLES: Self = Self { kind: kind::HARDWARE, number: 0 };
    /// PERF_COUNT_HW_INSTRUCTIONS: likewise.
    pub const INSTRUCTIONS: Self = Self { kind: kind::HARDWARE, number: 1 };
    /// PERF_COUNT_SW_CPU_CLOCK: nanoseconds of the processor's time.
    pub const PROCESSOR_CLOCK: Self = Self { kind: kind::SOFTWARE, number: 0 };
    /// PERF_COUNT_SW_TASK_CLOCK: nanoseconds that the thread ran.
    pub const TASK_CLOCK: Self = Self { kind: kind::SOFTWARE, number: 1 };
    /// PERF_COUNT_SW_PAGE_FAULTS.
    pub const PAGE_FAULTS: Self = Self { kind: kind::SOFTWARE, number: 2 };
    /// PERF_COUNT_SW_CONTEXT_SWITCHES.
    pub const CONTEXT_SWITCHES: Self = Self { kind: kind::SOFTWARE, number: 3 };

    /// What happens at a tracepoint, by the number in its file `id` of tracefs ([`find_tracepoint`] reads it).
    pub const fn tracepoint(number: u64) -> Self {
        Self { kind: kind::TRACEPOINT, number }
    }
}

/// Who counts.
mod kind {
    /// PERF_TYPE_HARDWARE.
    pub(super) const HARDWARE: u32 = 0;
    /// PERF_TYPE_SOFTWARE.
    pub(super) const SOFTWARE: u32 = 1;
    /// PERF_TYPE_TRACEPOINT.
    pub(super) const TRACEPOINT: u32 = 2;
}

bitflags::bitflags! {
    /// When is counted: the bits that follow `read_format` in the kernel's structure.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CounterFlags: u64 {
        /// Not before it is told to (disabled).
        const OFF = 1;
        /// Children that are made later count as well (inherit).
        const WITH_CHILDREN = 1 << 1;
        /// Not in the kernel (exclude_kernel), which others may not look into.
        const NOT_IN_KERNEL = 1 << 5;
        /// Not in the machine below (exclude_hv).
        const NOT_BELOW = 1 << 6;
        /// From the next execve on (enable_on_exec).
        const FROM_EXECUTE = 1 << 12;
        const _ = !0;
    }
}

/// Whose doings are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This thread's, on all processors.
    Own,
    /// A thread's, on all processors.
    Thread(Pid),
    /// All that a processor does; needs CAP_PERFMON.
    Processor(u32),
}

#[repr(C)]
struct Attributes {
    kind: u32,
    size: u32,
    number: u64,
    period: u64,
    sample: u64,
    read: u64,
    flags: u64,
    /// After how many samples who waits is woken.
    wake: u32,
    breakpoint: u32,
    more: [u64; 2],
}

abi!(Attributes starts "struct perf_event_attr" {
    kind: "type", size: "size", number: "config", period: "sample_period", sample: "sample_type", read: "read_format",
    wake: "wakeup_events", breakpoint: "bp_type",
});

/// How long the structure is (PERF_ATTR_SIZE_VER1): all kernels since 2.6.33 take it.
const _: () = assert!(size_of::<Attributes>() == 72);

/// What a sample says.
mod sample {
    /// PERF_SAMPLE_IP: where the thread is.
    pub(super) const PLACE: u64 = 1;
    /// PERF_SAMPLE_TID: the process and the thread.
    pub(super) const THREAD: u64 = 1 << 1;
    /// PERF_SAMPLE_TIME: nanoseconds.
    pub(super) const TIME: u64 = 1 << 2;
}

/// What reading gives.
mod format {
    /// PERF_FORMAT_TOTAL_TIME_ENABLED.
    pub(super) const TIME_ON: u64 = 1;
    /// PERF_FORMAT_TOTAL_TIME_RUNNING.
    pub(super) const TIME_RUN: u64 = 1 << 1;
    /// PERF_FORMAT_GROUP.
    pub(super) const GROUP: u64 = 1 << 3;
}

/// What a counter shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How much was counted.
    pub count: u64,
    /// How many nanoseconds the counter was on.
    pub on_ns: u64,
    /// And how many of them it had a place in the processor: where it is less, `count` is a part.
    pub run_ns: u64,
}

/// A counter; it goes with its value.
#[derive(Debug)]
pub struct Counter(OwnedFd);

impl AsFd for Counter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Counter {
    /// Makes one that stands alone.
    ///
    /// # Errors
    /// `NOENT` (there is no such event here: guests often have none of the processor's), `ACCES` or `PERM` (see
    /// /proc/sys/kernel/perf_event_paranoid), `INVAL`, `SRCH`, `MFILE`, `NOSYS`. See `perf_event_open(2)`.
    pub fn new(event: Event, whose: Whose, flags: CounterFlags) -> Result<Self> {
        Self::open(event, whose, flags, format::TIME_ON | format::TIME_RUN, 0, None)
    }

    /// Makes one that takes a sample each time so much is counted; see [`Ring`].
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn sampler(event: Event, whose: Whose, flags: CounterFlags, period: u64) -> Result<Self> {
        Self::open(event, whose, flags, 0, period, None)
    }

    fn open(
        event: Event,
        whose: Whose,
        flags: CounterFlags,
        read: u64,
        period: u64,
        leader: Option<BorrowedFd<'_>>,
    ) -> Result<Self> {
        // SAFETY: nothing more is said of these events.
        unsafe { Self::open_at(event, [0; 2], whose, flags, (read, period), leader) }
    }

    /// # Safety
    /// `more` is what the kind takes: where it takes an address, one that is valid for the call.
    unsafe fn open_at(
        event: Event,
        more: [u64; 2],
        whose: Whose,
        flags: CounterFlags,
        (read, period): (u64, u64),
        leader: Option<BorrowedFd<'_>>,
    ) -> Result<Self> {
        /// PERF_FLAG_FD_CLOEXEC.
        const CLOSE_ON_EXEC: u32 = 8;
        let sample = if period == 0 { 0 } else { sample::PLACE | sample::THREAD | sample::TIME };
        let attributes = Attributes {
            kind: event.kind,
            size: size_of::<Attributes>() as u32,
            number: event.number,
            period,
            sample,
            read,
            flags: flags.bits(),
            wake: u32::from(period != 0),
            breakpoint: 0,
            more,
        };
        let (thread, processor) = match whose {
            Whose::Own => (0, -1),
            Whose::Thread(thread) => (thread.get(), -1),
            Whose::Processor(number) => (-1, i32::try_from(number).map_err(|_| Errno::INVAL)?),
        };
        let from = &raw const attributes;
        // SAFETY: the kernel reads one structure.
        unsafe { syscall!(__NR_perf_event_open, from, thread, processor, leader, CLOSE_ON_EXEC) }
            .map(|number| Self(OwnedFd::made(number)))
    }

    /// Begins to count; a leader, with all of its group.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "PERF_EVENT_IOC_ENABLE")]
    pub fn start(&self) -> Result<()> {
        self.tell(request::PERF_EVENT_IOC_ENABLE)
    }

    /// Counts no more.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "PERF_EVENT_IOC_DISABLE")]
    pub fn stop(&self) -> Result<()> {
        self.tell(request::PERF_EVENT_IOC_DISABLE)
    }

    /// Has a program of bpf(2) run at each event, once; it goes with the counter.
    ///
    /// # Errors
    /// `INVAL` (not of the event's kind, or not one that is counted so), `EXIST` (it has one), `PERM`. See `perf_event_open(2)`.
    #[doc(alias = "PERF_EVENT_IOC_SET_BPF")]
    pub fn attach(&self, program: &crate::bpf::Program) -> Result<()> {
        let number = program.as_fd().as_raw() as usize;
        // SAFETY: it takes the number of a descriptor.
        unsafe { ioctl::with_number(self, request::PERF_EVENT_IOC_SET_BPF, number) }.map(drop)
    }

    /// Begins at zero again.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "PERF_EVENT_IOC_RESET")]
    pub fn reset(&self) -> Result<()> {
        self.tell(request::PERF_EVENT_IOC_RESET)
    }

    fn tell(&self, request: Typed<Number>) -> Result<()> {
        /// PERF_IOC_FLAG_GROUP.
        const WHOLE_GROUP: usize = 1;
        // SAFETY: it takes a number.
        unsafe { ioctl::with_number(self, request, WHOLE_GROUP) }.map(drop)
    }

    /// Reads a counter that stands alone.
    ///
    /// # Errors
    /// `IO` if it is one of a group. See `read(2)`.
    pub fn read(&self) -> Result<Reading> {
        let mut bytes = [0; 24];
        if read_full(self, &mut bytes)? != bytes.len() {
            return Err(Errno::IO);
        }
        let [count, on_ns, run_ns] = numbers(&bytes);
        Ok(Reading { count, on_ns, run_ns })
    }
}

/// Takes numbers of 64 bits; zeros where there are none.
fn numbers<const COUNT: usize>(bytes: &[u8]) -> [u64; COUNT] {
    let mut numbers = [0; COUNT];
    for (number, bytes) in numbers.iter_mut().zip(bytes.as_chunks().0) {
        *number = u64::from_ne_bytes(*bytes);
    }
    numbers
}
