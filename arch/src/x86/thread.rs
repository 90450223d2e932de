//! The thread pointer (the base of segment gs) and the layout of thread-local storage around it: variant II, the static
//! block lies right below the pointer, and the word at the pointer is its own address ("ELF Handling For Thread-Local
//! Storage", 3.4.2).

use core::arch::asm;

use linux_raw_sys::auxvec::AT_SYSINFO;
use linux_raw_sys::general::{__NR_clone, __NR_exit, __NR_munmap, __NR_set_thread_area};

use crate::portable::thread::{FLAGS, define_readers};
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

/// Makes a thread that calls `entry` with `argument`; gives the kernel's word: its number, or minus an error number.
///
/// The kernel writes its number to `number` before either goes on, and zeroes it and wakes who waits there when the
/// thread has ended.
///
/// # Safety
/// `stack` is the end of a stack, a multiple of 16; `pointer` is what [`set_pointer`] wants; `number` is the address of an
/// atomic word of 32 bits. All are the thread's own until it has ended.
pub unsafe extern "C" fn create(
    stack: usize,
    number: usize,
    pointer: usize,
    entry: Entry,
    argument: usize,
) -> isize {
    let selector: usize;
    // SAFETY: reads a register.
    unsafe {
        asm!(
            "mov {0:e}, gs", // the segment's entry in the table, which each thread has its own of
            out(reg) selector,
            options(nomem, nostack, preserves_flags)
        );
    }
    let segment = segment(selector >> 3, pointer);
    // SAFETY: the kernel reads the structure before either thread goes on; the rest is the caller's.
    unsafe { create_with(stack, number, segment.as_ptr(), entry, argument) }
}

/// The same, with the thread pointer in the kernel's form.
///
/// # Safety
/// As of [`create`].
#[unsafe(naked)]
unsafe extern "C" fn create_with(
    stack: usize,
    number: usize,
    segment: *const usize,
    entry: Entry,
    argument: usize,
) -> isize {
    core::arch::naked_asm!(
        "push ebx",
        "push esi",
        "push edi",
        "mov ecx, [esp + 16]", // second argument: the stack
        "mov edx, [esp + 20]", // third: where the kernel writes the number
        "mov edi, edx",        // fifth: where it zeroes it
        "mov esi, [esp + 24]", // fourth: the thread pointer
        "sub ecx, 16",         // on the new stack:
        "mov eax, [esp + 32]",
        "mov [ecx], eax",      // the function's argument, where it looks for it,
        "mov eax, [esp + 28]",
        "mov [ecx + 4], eax",  // and the function
        "mov ebx, {flags}",    // first: what is shared
        "mov eax, {number}",   // clone
        "int 0x80",            // two threads come back; the kernel's entry would return by the stack
        "test eax, eax",       // 0 is the new one
        "jz 2f",
        "pop edi",
        "pop esi",
        "pop ebx",
        "ret",
        "2:",
        "xor ebp, ebp",                // no frame pointer: the outermost frame
        "call dword ptr [esp + 4]",    // with a return address, as every function expects
        "ud2",                         // not reached: trap
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
            "int 0x80",        // munmap, without the stack that other ways in use
            "mov eax, {exit}", // then exit,
            "xor ebx, ebx",    // with 0
            "int 0x80",
            "ud2",             // not reached: trap
            in("eax") __NR_munmap as usize,
            in("ebx") base,
            in("ecx") length,
            exit = const __NR_exit,
            options(noreturn, nostack)
        )
    }
}
