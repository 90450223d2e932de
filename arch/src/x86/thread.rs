//! The thread pointer (the base of segment gs) and the layout of thread-local storage around it: variant II, the static
//! block lies right below the pointer, and the word at the pointer is its own address ("ELF Handling For Thread-Local
//! Storage", 3.4.2).

use core::arch::asm;

use linux_raw_sys::auxvec::AT_SYSINFO;
use linux_raw_sys::general::__NR_set_thread_area;

use crate::portable::thread::{define_create, define_leave, define_readers};
use crate::syscall::early_syscall6;

pub use crate::portable::thread::{Entry, Layout};

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
    /// A word of the runtime's for this thread alone; 0 in the main thread.
    pub record: usize,
    reserved: usize,
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
        Self { this, runtime, record: 0, reserved: 0, entry, canary }
    }

    /// Makes the block of another thread, which is to lie at address `this`.
    pub const fn of_another(&self, this: usize, record: usize) -> Self {
        Self { this, runtime: self.runtime, record, reserved: 0, entry: self.entry, canary: self.canary }
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

/// In `struct user_desc`: a segment of 32 bits, whose limit counts pages, in use.
const WHOLE: usize = 1 | 1 << 4 | 1 << 6;

/// A `struct user_desc`: the entry of the kernel's table, its base, its last page, its kind.
const fn segment(entry: usize, base: usize) -> [usize; 4] {
    [entry, base, 0xf_ffff, WHOLE]
}

/// Sets the thread pointer. Gives the kernel's word: 0, or minus an error number.
///
/// # Safety
/// `pointer` is the address of a [`ControlBlock`] that lives as long as the thread; no code of another runtime (a
/// libc) relies on the present one.
#[inline(always)]
pub unsafe fn set_pointer(pointer: usize, _hint: usize) -> isize {
    // A free entry of the table, which the kernel names here.
    let mut segment = segment(usize::MAX, pointer);
    let place = (&raw mut segment).expose_provenance();
    // SAFETY: no instruction.
    unsafe { crate::record_call!(__NR_set_thread_area) };
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
    record:
        "mov {0}, gs:[8]"; // the third
    pointer, readonly:
        "mov {0}, gs:[0]"  // its first, which is its address
}

/// Gives what tells the kernel a new thread's pointer: the entry that this thread has in its table, with another base.
fn own_segment(pointer: usize) -> [usize; 4] {
    let selector: usize;
    // SAFETY: reads a register.
    unsafe {
        asm!(
            "mov {0:e}, gs", // the segment's entry in the table, which each thread has its own of
            out(reg) selector,
            options(nomem, nostack, preserves_flags)
        );
    }
    segment(selector >> 3, pointer)
}

define_create! {
    number, pointer =>
    let segment = own_segment(pointer);
    [number, (&raw const segment).expose_provenance(), number]
}

define_leave! {
    "int 0x80",        // munmap, without the stack that other ways in use
    "mov eax, {exit}", // then exit,
    "xor ebx, ebx",    // with 0
    "int 0x80",
    "ud2";             // not reached: trap
    "eax", "ebx", "ecx"
}
