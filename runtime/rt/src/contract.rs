//! The system calls that this program can make, as its own machine code says: listed, and made the only ones.
//!
//! Each place in the code that makes a system call leaves a record, which is in the program if the code is. With
//! `spelunk::carry_contract!();` beside `main`, tools find the records in the finished file (`cargo xtask contract`).
//! [`enforce`] needs no such line.
//!
//! The list is exact when the program was built with link-time optimisation and one code generation unit, as a release is;
//! else it also has calls of functions that are never called. What a vDSO function falls back to is in it, since the runtime
//! can make the same call by itself.

use arch::record;
use formats::file::calls::Calls;
use formats::file::elf::{Class, Layout, Order};
use linux::Errno;
use linux::process::set_no_new_privileges;
use linux::security::{AllowList, Refusal, set_filter};

/// How the records of this processor are written.
const LAYOUT: Layout = Layout {
    class: if cfg!(target_pointer_width = "64") { Class::Bits64 } else { Class::Bits32 },
    order: if cfg!(target_endian = "little") { Order::Little } else { Order::Big },
};

/// Gives the records of this program: a call may come several times.
pub fn calls() -> Calls<'static> {
    Calls::new(record::calls(), LAYOUT)
}

/// Has the kernel refuse, for good and in all threads, every call that this program was not linked with; programs that
/// it executes are bound by the same list. Gives up getting privileges by execve, which the kernel asks for.
///
/// # Errors
/// Those of [`set_filter`]; `NOEXEC` if the records are not as they should be.
pub fn enforce(refusal: Refusal) -> linux::Result<()> {
    let mut list = AllowList::new(refusal);
    // The kernel has threads make this one by themselves, after a stop.
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_restart_syscall) };
    for call in calls() {
        list.allow(call.map_err(|_| Errno::NOEXEC)?.number)?;
    }
    set_no_new_privileges()?;
    set_filter(list.filter())
}
