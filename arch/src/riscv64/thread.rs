//! The thread pointer (tp) and the layout of thread-local storage around it: variant I, the variables at the pointer, two
//! words of the runtime in front of it (RISC-V ELF psABI, "Thread Local Storage").

use core::arch::asm;

use linux_raw_sys::general::{__NR_clone, __NR_exit, __NR_munmap};

use crate::portable::thread::{FLAGS, define_readers};

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
        "addi a0, a0, -16", // on the new stack:
        "sd a3, 0(a0)",     // the function
        "sd a4, 8(a0)",     // and its argument
        "mv a3, a2",        // fourth argument: the thread pointer
        "mv a2, a1",        // third: where the kernel writes the number
        "mv a4, a1",        // fifth: where it zeroes it
        "mv a1, a0",        // second: the stack
        "li a0, {flags}",   // first: what is shared
        "li a7, {number}",  // clone
        "ecall",            // two threads come back
        "beqz a0, 2f",      // 0 is the new one
        "ret",
        "2:",
        "li fp, 0",         // no frame pointer: the outermost frame
        "li ra, 0",         // and no return address
        "ld t0, 0(sp)",     // the function
        "ld a0, 8(sp)",     // its argument
        "addi sp, sp, 16",
        "jalr t0",
        "unimp",            // not reached: trap
        flags = const FLAGS,
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
            "ecall",         // munmap
            "li a7, {exit}", // then exit,
            "li a0, 0",      // with 0
            "ecall",
            "unimp",         // not reached: trap
            in("a7") __NR_munmap as usize,
            in("a0") base,
            in("a1") length,
            exit = const __NR_exit,
            options(noreturn, nostack)
        )
    }
}
