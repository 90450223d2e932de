//! The thread pointer (the register TPIDRURO, which the kernel alone writes) and the layout of thread-local storage around
//! it: variant I, two words of the runtime at the pointer ("ELF for the Arm Architecture", TLS).

use linux_raw_sys::general::__ARM_NR_set_tls;

use crate::portable::thread::{define_create, define_leave, define_readers};
use crate::syscall::syscall1;

pub use crate::portable::thread::{ControlBlock, Entry, Layout};

/// The entry of the auxiliary vector that [`set_pointer`] and [`ControlBlock::new`] want to be told: none.
pub const HINT: u32 = 0;

/// Gives the layout of a thread's room for variables of this size and alignment, the control block's or more.
pub const fn layout(size: usize, align: usize) -> Layout {
    Layout::behind(size_of::<ControlBlock>(), size, align)
}

/// Sets the thread pointer. Gives the kernel's word: 0, or minus an error number.
///
/// # Safety
/// `pointer` belongs to a room with this [`layout`], which lives as long as the thread; no code of another runtime (a
/// libc) relies on the present one.
#[inline(always)]
pub unsafe fn set_pointer(pointer: usize, _hint: usize) -> isize {
    // SAFETY: no instruction.
    unsafe { crate::record_call!(__ARM_NR_set_tls) };
    // SAFETY: the call changes the register only, which the caller answers for.
    unsafe { syscall1(__ARM_NR_set_tls, pointer) }
}

define_readers! {
    runtime_word:
        "mrc p15, 0, {0}, c13, c0, 3", // the control block
        "ldr {0}, [{0}, #4]";          // its second word
    record:
        "mrc p15, 0, {0}, c13, c0, 3", // the control block
        "ldr {0}, [{0}]";              // its first word
    pointer, nomem:
        "mrc p15, 0, {0}, c13, c0, 3"  // the register itself
}

define_create!(number, pointer => [number, pointer, number]);

define_leave! {
    "svc 0",           // munmap
    "mov r7, #{exit}", // then exit,
    "mov r0, #0",      // with 0
    "svc 0",
    "udf #0";          // not reached: trap
    "r7", "r0", "r1"
}
