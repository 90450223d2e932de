//! The thread pointer (the fs base) and the layout of thread-local storage around it: variant II, the static
//! block lies right below the pointer, and the word at the pointer is its own address ("ELF Handling For
//! Thread-Local Storage", 3.4.6).

use core::arch::asm;

use linux_raw_sys::auxvec::AT_HWCAP2;
use linux_raw_sys::general::__NR_arch_prctl;

use crate::portable::thread::{define_create, define_leave, define_readers};
use crate::syscall::syscall2;

pub use crate::portable::thread::{Entry, Layout};

/// The entry of the auxiliary vector that [`set_pointer`] wants to be told.
pub const HINT: u32 = AT_HWCAP2;

/// Sets the fs base (`asm/prctl.h`).
const ARCH_SET_FS: usize = 0x1002;

/// Bit of AT_HWCAP2 by which the kernel says that user code may write the fs base itself (Linux 5.9, HWCAP2_FSGSBASE).
const MAY_WRITE_BASE: usize = 1 << 1;

/// What the thread pointer points at: the part of the thread control block that compilers know.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct ControlBlock {
    /// Its own address: code loads it to make addresses of thread-local variables.
    pub this: usize,
    /// A word of the runtime's, the same in all threads.
    pub runtime: usize,
    /// A word of the runtime's for this thread alone; 0 in the main thread.
    pub record: usize,
    reserved: [usize; 2],
    /// What functions compiled with a stack protector compare (fs:0x28).
    pub canary: usize,
}

impl ControlBlock {
    /// Makes the block that is to lie at address `this`.
    pub const fn new(this: usize, runtime: usize, canary: usize, _hint: usize) -> Self {
        Self { this, runtime, record: 0, reserved: [0; 2], canary }
    }

    /// Makes the block of another thread, which is to lie at address `this`.
    pub const fn of_another(&self, this: usize, record: usize) -> Self {
        Self { this, runtime: self.runtime, record, reserved: [0; 2], canary: self.canary }
    }
}

/// Gives the layout of a thread's room for variables of this size and alignment, the control block's or more.
pub const fn layout(size: usize, align: usize) -> Layout {
    Layout::in_front(size_of::<ControlBlock>(), size, align)
}

/// Sets the thread pointer: by an instruction where the kernel allows it, else by a system call.
///
/// `hint` is the value of the auxiliary entry [`HINT`], 0 if absent. Gives the kernel's word: 0, or minus an error number.
///
/// # Safety
/// `pointer` is the address of a [`ControlBlock`] that lives as long as the thread; no code of another
/// runtime (a libc) relies on the present one.
#[inline(always)]
pub unsafe fn set_pointer(pointer: usize, hint: usize) -> isize {
    if hint & MAY_WRITE_BASE == 0 {
        // SAFETY: no instruction.
        unsafe { crate::record_call!(__NR_arch_prctl) };
        // SAFETY: the call changes the fs base only, which the caller answers for.
        return unsafe { syscall2(__NR_arch_prctl, ARCH_SET_FS, pointer) };
    }
    // SAFETY: the kernel has enabled the instruction; the caller answers for the effect.
    unsafe {
        asm!(
            "wrfsbase {}", // fs base := pointer
            in(reg) pointer,
            options(nostack, preserves_flags)
        );
    }
    0
}

define_readers! {
    runtime_word:
        "mov {0}, fs:8"; // the second word of the control block
    record:
        "mov {0}, fs:16"; // the third
    pointer, readonly:
        "mov {0}, fs:0"  // its first, which is its address
}

define_create!(number, pointer => [number, number, pointer]);

define_leave! {
    "syscall",         // munmap
    "mov eax, {exit}", // then exit,
    "xor edi, edi",    // with 0
    "syscall",
    "ud2";             // not reached: trap
    "rax", "rdi", "rsi"
}
