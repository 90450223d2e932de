//! The thread pointer (tpidr_el0) and the layout of thread-local storage around it: variant I, two words of the runtime
//! at the pointer ("ELF for the Arm 64-bit Architecture", TLS).

use core::arch::asm;

use linux_raw_sys::general::{__NR_clone, __NR_exit, __NR_munmap};

use crate::portable::thread::{FLAGS, define_readers};

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

/// Makes a thread that calls `entry` with `argument`; gives the kernel's word: its number, or minus an error number.
///
/// The kernel writes its number to `number` before either goes on, and zeroes it and wakes who waits there when the
/// thread has ended.
///
/// # Safety
/// `stack` is the end of a stack, a multiple of 16; `pointer` is what [`set_pointer`] wants; `number` is the address of an
/// atomic word of 32 bits. All are the thread's own until it has ended.
#[unsafe(naked)]
pub unsafe extern "C" fn create(
    stack: usize,
    number: usize,
    pointer: usize,
    entry: Entry,
    argument: usize,
) -> isize {
    core::arch::naked_asm!(
        "stp x3, x4, [x0, #-16]!",      // on the new stack: the function and its argument
        "mov x3, x2",                   // fourth argument: the thread pointer
        "mov x2, x1",                   // third: where the kernel writes the number
        "mov x4, x1",                   // fifth: where it zeroes it
        "mov x1, x0",                   // second: the stack
        "movz w0, #{low}",              // first: what is shared
        "movk w0, #{high}, lsl #16",
        "mov x8, #{number}",            // clone
        "svc 0",                        // two threads come back
        "cbz x0, 2f",                   // 0 is the new one
        "ret",
        "2:",
        "mov x29, #0",                  // no frame pointer: the outermost frame
        "mov x30, #0",                  // and no return address
        "ldp x9, x0, [sp], #16",        // the function, and its argument
        "blr x9",
        "udf #0",                       // not reached: trap
        low = const FLAGS & 0xffff,
        high = const FLAGS >> 16,
        number = const __NR_clone,
    )
}

/// Takes the range of whole pages away, the stack in use with it, and ends this thread.
///
/// # Safety
/// Nobody uses the range any more. No handler of a signal can run.
pub unsafe fn leave(base: usize, length: usize) -> ! {
    // SAFETY: from the first call on nothing but registers is used; the caller answers for the rest.
    unsafe {
        asm!(
            "svc 0",            // munmap
            "mov x8, #{exit}",  // then exit,
            "mov x0, #0",       // with 0
            "svc 0",
            "udf #0",           // not reached: trap
            in("x8") __NR_munmap as usize,
            in("x0") base,
            in("x1") length,
            exit = const __NR_exit,
            options(noreturn, nostack)
        )
    }
}
