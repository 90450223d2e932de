//! Names in the kernel's shared object for this processor (`arch/arm64/kernel/vdso/vdso.lds.S`).

/// Version that all its symbols carry.
pub const VERSION: &[u8] = b"LINUX_2.6.39";

/// `clock_gettime(2)`, with 64 bits of seconds.
pub const CLOCK_GETTIME: &[u8] = b"__kernel_clock_gettime";
/// `gettimeofday(2)`.
pub const GETTIMEOFDAY: Option<&[u8]> = Some(b"__kernel_gettimeofday");
/// `time(2)`: not there.
pub const TIME: Option<&[u8]> = None;
/// `clock_getres(2)`.
pub const CLOCK_GETRES: Option<&[u8]> = Some(b"__kernel_clock_getres");
/// `getcpu(2)`: not there.
pub const GETCPU: Option<&[u8]> = None;
/// `getrandom(2)` with a state of the caller's (since Linux 6.12).
pub const GETRANDOM: Option<&[u8]> = Some(b"__kernel_getrandom");
/// The call that tells what the processor can do: there is none.
pub const HARDWARE_PROBE: Option<&[u8]> = None;
