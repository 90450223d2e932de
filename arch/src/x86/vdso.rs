//! Names in the kernel's shared object for this processor (`arch/x86/entry/vdso/vdso32/vdso32.lds.S`).

/// Version that all its symbols carry.
pub const VERSION: &[u8] = b"LINUX_2.6";

/// `clock_gettime(2)`, with 64 bits of seconds.
pub const CLOCK_GETTIME: &[u8] = b"__vdso_clock_gettime64";
/// `gettimeofday(2)`: there, but with 32 bits of seconds.
pub const GETTIMEOFDAY: Option<&[u8]> = None;
/// `time(2)`: there, but with 32 bits.
pub const TIME: Option<&[u8]> = None;
/// `clock_getres(2)`, with 64 bits of seconds; older kernels have it with 32 only.
pub const CLOCK_GETRES: Option<&[u8]> = Some(b"__vdso_clock_getres_time64");
/// `getcpu(2)`.
pub const GETCPU: Option<&[u8]> = Some(b"__vdso_getcpu");
/// `getrandom(2)`: not there.
pub const GETRANDOM: Option<&[u8]> = None;
/// The call that tells what the processor can do: there is none.
pub const HARDWARE_PROBE: Option<&[u8]> = None;
