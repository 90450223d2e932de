//! Names in the kernel's shared object for this processor (`arch/riscv/kernel/vdso/vdso.lds.S`).

/// Version that all its symbols carry.
pub const VERSION: &[u8] = b"LINUX_4.15";

/// `clock_gettime(2)`, with 64 bits of seconds.
pub const CLOCK_GETTIME: &[u8] = b"__vdso_clock_gettime";
/// `gettimeofday(2)`.
pub const GETTIMEOFDAY: Option<&[u8]> = Some(b"__vdso_gettimeofday");
/// `time(2)`: not there.
pub const TIME: Option<&[u8]> = None;
/// `clock_getres(2)`.
pub const CLOCK_GETRES: Option<&[u8]> = Some(b"__vdso_clock_getres");
/// `getcpu(2)`.
pub const GETCPU: Option<&[u8]> = Some(b"__vdso_getcpu");
/// `getrandom(2)` with a state of the caller's (since Linux 6.16).
pub const GETRANDOM: Option<&[u8]> = Some(b"__vdso_getrandom");
/// `riscv_hwprobe(2)` (since Linux 6.4).
pub const HARDWARE_PROBE: Option<&[u8]> = Some(b"__vdso_riscv_hwprobe");
