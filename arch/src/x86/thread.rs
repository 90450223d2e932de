//! The thread pointer (the base of segment gs) and the layout of thread-local storage around it: variant II, the static
//! block lies right below the pointer, and the word at the pointer is its own address ("ELF Handling For Thread-Local
//! Storage", 3.4.2).

use core::arch::asm;

use linux_raw_sys::auxvec::AT_SYSINFO;
use linux_raw_sys::general::__NR_set_thread_area;

use crate::portable::thread::define_readers;
use crate::syscall::early_syscall6;

pub use crate::portable::thread::Layout;

/// The entry of the auxiliary vector that [`ControlBlock::new`] wants to be told: the entry for system calls.
pub const HINT: u32 = AT_SYSINFO;

/// What the thread pointer points at: the part of the thread control block that compilers and [`crate::syscall`] know.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct ControlBlock {
    /// Its own address: code loads it to make addresses of thread-local variables.
    pub this: usize,
    /// A word of the runtime's, the same in all threads.
    pub runtime: usize,
    reserved: [usize; 2],
    /// What system calls call (gs:16).
    entry: usize,
    /// What functions compiled with a stack protector compare (gs:20).
    pub canary: usize,
}

impl ControlBlock {
    /// Makes the block that is to lie at address `this`; `entry` is the value of the auxiliary entry [`HINT`], 0 if
    /// absent.
    pub fn new(this: usize, runtime: usize, canary: usize, entry: usize) -> Self {
        let entry = if entry == 0 { slow_entry as *const () as usize } else { entry };
        Self { this, runtime, reserved: [0; 2], entry, canary }
    }
}

/// Makes a system call where the kernel has no entry for it.
#[unsafe(naked)]
extern "C" fn slow_entry() {
    core::arch::naked_asm!(
        "int 0x80", // enter the kernel: the way that every processor and every emulator has
        "ret",
    )
}

/// Gives the layout of a thread's room for variables of this size and alignment, the control block's or more.
pub const fn layout(size: usize, align: usize) -> Layout {
    Layout::in_front(size_of::<ControlBlock>(), size, align)
}

/// Sets the thread pointer. Gives the kernel's word: 0, or minus an error number.
///
/// # Safety
/// `pointer` is the address of a [`ControlBlock`] that lives as long as the thread; no code of another runtime (a
/// libc) relies on the present one.
#[inline(always)]
pub unsafe fn set_pointer(pointer: usize, _hint: usize) -> isize {
    /// In `struct user_desc`: a segment of 32 bits, whose limit counts pages, in use.
    const WHOLE: usize = 1 | 1 << 4 | 1 << 6;
    // A free entry of the table, which the kernel names here; its base; its last page; its kind.
    let mut segment = [usize::MAX, pointer, 0xf_ffff, WHOLE];
    let place = (&raw mut segment).expose_provenance();
    // SAFETY: the kernel reads and writes the structure, and changes its table of segments only.
    let word = unsafe { early_syscall6(__NR_set_thread_area, place, 0, 0, 0, 0, 0) };
    if word == 0 {
        // The table's entry, of the user's privilege.
        let selector = segment[0] << 3 | 3;
        // SAFETY: the kernel has filled this entry; the caller answers for the effect.
        unsafe {
            asm!(
                "mov gs, {:x}", // take the segment
                in(reg) selector,
                options(nostack, preserves_flags)
            );
        }
    }
    word
}

define_readers! {
    runtime_word:
        "mov {0}, gs:[4]"; // the second word of the control block
    pointer, readonly:
        "mov {0}, gs:[0]"  // its first, which is its address
}
