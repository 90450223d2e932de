//! The thread pointer (tp) and the layout of thread-local storage around it: variant I, the variables at the pointer, two
//! words of the runtime in front of it (RISC-V ELF psABI, "Thread Local Storage").

use core::arch::asm;

use crate::portable::thread::{define_create, define_leave, define_readers};

pub use crate::portable::thread::{ControlBlock, Entry, Layout};

/// The entry of the auxiliary vector that [`set_pointer`] and [`ControlBlock::new`] want to be told: none.
pub const HINT: u32 = 0;

/// Gives the layout of a thread's room for variables of this size and alignment, the control block's or more.
pub const fn layout(size: usize, align: usize) -> Layout {
    Layout::at_variables(size_of::<ControlBlock>(), size, align)
}

/// Sets the thread pointer. Gives the kernel's word: 0, or minus an error number.
///
/// # Safety
/// `pointer` belongs to a room with this [`layout`], which lives as long as the thread; no code of another runtime (a
/// libc) relies on the present one.
#[inline(always)]
pub unsafe fn set_pointer(pointer: usize, _hint: usize) -> isize {
    // SAFETY: compilers use the register for nothing else; the caller answers for the effect.
    unsafe {
        asm!(
            "mv tp, {}", // thread pointer := pointer
            in(reg) pointer,
            options(nostack, preserves_flags)
        );
    }
    0
}

define_readers! {
    runtime_word:
        "ld {0}, -8(tp)"; // the second word of the control block
    record:
        "ld {0}, -16(tp)"; // the first
    pointer, nomem:
        "mv {0}, tp"      // the register itself
}

define_create!(number, pointer => [number, pointer, number]);

define_leave! {
    "ecall",         // munmap
    "li a7, {exit}", // then exit,
    "li a0, 0",      // with 0
    "ecall",
    "unimp";         // not reached: trap
    "a7", "a0", "a1"
}
