//! Memory and load at a glance: sysinfo(2).

use crate::Result;
use crate::path::PathArg;
use core::ffi::{c_char, c_ulong};
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;
use linux_raw_sys::system::sysinfo as kernel_sysinfo;

/// Memory and load of the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SystemInformation {
    /// Time since the boot, in whole seconds.
    pub uptime: Duration,
    /// Mean number of processes that run or wait for a disk, over 1, 5 and 15 minutes.
    pub loads: [f32; 3],
    /// All memory, in bytes.
    pub memory: u64,
    /// Memory that holds nothing.
    pub free: u64,
    /// Memory of shared files.
    pub shared: u64,
    /// Memory of block devices' buffers.
    pub buffers: u64,
    /// All swap, in bytes.
    pub swap: u64,
    /// Swap that holds nothing.
    pub swap_free: u64,
    /// Processes and threads, cut to 16 bits by the kernel.
    pub processes: u16,
}

/// Asks for memory and load.
///
/// # Errors
/// None in practice. See `sysinfo(2)`.
pub fn sysinfo() -> Result<SystemInformation> {
    let mut answer = MaybeUninit::<kernel_sysinfo>::uninit();
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_sysinfo, answer.as_mut_ptr()) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    let answer = unsafe { answer.assume_init() };
    let bytes = |count: c_ulong| {
        // 32-bit processors count in 32 bits, and in a larger unit.
        #[allow(clippy::unnecessary_cast, reason = "the width is the processor's")]
        let count = count as u64;
        count * u64::from(answer.mem_unit)
    };
    Ok(SystemInformation {
        uptime: Duration::from_secs(answer.uptime as u64),
        loads: answer.loads.map(|load| load as f32 / 65536.0),
        memory: bytes(answer.totalram),
        free: bytes(answer.freeram),
        shared: bytes(answer.sharedram),
        buffers: bytes(answer.bufferram),
        swap: bytes(answer.totalswap),
        swap_free: bytes(answer.freeswap),
        processes: answer.procs,
    })
}

/// Has the kernel write a record of each process that ends into a file, which must be there; none: no more.
///
/// # Errors
/// `PERM` (needs CAP_SYS_PACCT), `ACCES`, `NOENT`, `ISDIR`, `ROFS`; `NOSYS` in a kernel without it. See `acct(2)`.
pub fn acct<P: PathArg>(file: Option<P>) -> Result<()> {
    let call = &mut |file: *const c_char| {
        // SAFETY: null, or a terminated string that lives through the call.
        unsafe { syscall!(__NR_acct, file) }
    };
    match file {
        Some(file) => file.with(&mut |file| call(file.as_ptr())),
        None => call(ptr::null()),
    }
    .map(drop)
}
