//! The thread pointer (the register TPIDRURO, which the kernel alone writes) and the layout of thread-local storage around
//! it: variant I, two words of the runtime at the pointer ("ELF for the Arm Architecture", TLS).

use core::arch::asm;

use linux_raw_sys::general::{__ARM_NR_set_tls, __NR_clone, __NR_exit, __NR_munmap};

use crate::portable::thread::{FLAGS, define_readers};
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
        "ldr r12, [sp]",          // the function's argument
        "push {{r4, r7}}",
        "stmdb r0!, {{r3, r12}}", // on the new stack: the function and its argument
        "mov r3, r2",             // fourth argument: the thread pointer
        "mov r2, r1",             // third: where the kernel writes the number
        "mov r4, r1",             // fifth: where it zeroes it
        "mov r1, r0",             // second: the stack
        "movw r0, #{low}",        // first: what is shared
        "movt r0, #{high}",
        "mov r7, #{number}",      // clone
        "svc 0",                  // two threads come back
        "cmp r0, #0",             // 0 is the new one
        "beq 2f",
        "pop {{r4, r7}}",
        "bx lr",
        "2:",
        "mov fp, #0",             // no frame pointer: the outermost frame
        "pop {{r1, r2}}",         // the function, and its argument
        "mov r0, r2",
        "blx r1",
        "udf #0",                 // not reached: trap
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
            "svc 0",           // munmap
            "mov r7, #{exit}", // then exit,
            "mov r0, #0",      // with 0
            "svc 0",
            "udf #0",          // not reached: trap
            in("r7") __NR_munmap,
            in("r0") base,
            in("r1") length,
            exit = const __NR_exit,
            options(noreturn, nostack)
        )
    }
}
