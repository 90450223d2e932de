//! The thread pointer (tpidr_el0) and the layout of thread-local storage around it: variant I, two words of the runtime
//! at the pointer ("ELF for the Arm 64-bit Architecture", TLS).

use core::arch::asm;

use crate::portable::thread::{define_create, define_leave, define_readers};

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
    // SAFETY: the caller answers for the effect.
    unsafe {
        asm!(
            "msr tpidr_el0, {}", // thread pointer := pointer
            in(reg) pointer,
            options(nostack, preserves_flags)
        );
    }
    0
}

define_readers! {
    runtime_word:
        "mrs {0}, tpidr_el0", // the control block
        "ldr {0}, [{0}, #8]"; // its second word
    record:
        "mrs {0}, tpidr_el0", // the control block
        "ldr {0}, [{0}]";     // its first word
    pointer, nomem:
        "mrs {0}, tpidr_el0"  // the register itself
}

define_create!(number, pointer => [number, pointer, number]);

define_leave! {
    "svc 0",           // munmap
    "mov x8, #{exit}", // then exit,
    "mov x0, #0",      // with 0
    "svc 0",
    "udf #0";          // not reached: trap
    "x8", "x0", "x1"
}
