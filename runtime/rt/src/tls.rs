//! A thread's copy of the thread-local variables, and the thread pointer that leads to it.
//!
//! A small copy of the main thread's lies in the stack frame of start-up, which lives as long as the thread: no memory is mapped for
//! it. With a kernel that lets programs write the thread pointer (Linux 5.9 and a processor that can), start-up
//! makes no system call at all.

use core::mem::MaybeUninit;
use core::ptr;

use arch::portable::thread::align_up;
use arch::syscall::early_syscall6;
use arch::thread::{self, ControlBlock};
use linux_raw_sys::general::{
    __NR_exit_group, __NR_write, MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE,
};

use crate::auxv::Initial;
use crate::relocate::{Image, Part};

/// Bytes kept in the stack frame for variables and control block.
const INLINE: usize = 512;

/// Room for the main thread's variables, if they are few.
#[repr(C, align(64))]
pub(crate) struct MainBlock([u8; INLINE]);

/// Gives this thread its thread-local variables and sets the thread pointer.
///
/// Ends the program, and says so, if the kernel refuses memory or the pointer: no code could run that relies on them.
///
/// # Safety
/// `block` lives as long as the thread; called once, on a relocated program.
#[inline(always)]
pub(crate) unsafe fn set_up(image: &Image, initial: &Initial, block: &mut MaybeUninit<MainBlock>) {
    let align = image.tls.align.max(align_of::<ControlBlock>());
    let layout = thread::layout(image.tls.size, align);
    let room = if layout.size <= INLINE && align <= align_of::<MainBlock>() {
        block.as_mut_ptr().expose_provenance()
    } else {
        map(layout.size + align)
    };
    let room = align_up(room, align);
    // SAFETY: the room holds the layout from its first multiple of the alignment.
    unsafe { fill(&image.tls, room + layout.block) };
    let place = room + layout.control;
    let control = ControlBlock::new(place, initial.entries(), initial.canary(), initial.hint);
    // SAFETY: as above.
    unsafe { ptr::with_exposed_provenance_mut::<ControlBlock>(place).write(control) };
    // SAFETY: the room lives as long as the thread, and there is no other runtime in this program.
    if unsafe { thread::set_pointer(room + layout.pointer, initial.hint) } != 0 {
        give_up();
    }
}

/// Ends a program that cannot have thread-local variables.
#[cold]
fn give_up() -> ! {
    const WORDS: &[u8] = b"the kernel gives no room for thread-local variables\n";
    let words = WORDS.as_ptr().expose_provenance();
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_write) };
    // SAFETY: the kernel reads constants.
    unsafe { early_syscall6(__NR_write, 2, words, WORDS.len(), 0, 0, 0) };
    // SAFETY: no instruction. On x86 other calls go where the thread pointer leads.
    unsafe { arch::record_call!(__NR_exit_group) };
    // SAFETY: an integer only; the call does not return.
    unsafe { early_syscall6(__NR_exit_group, 127, 0, 0, 0, 0, 0) };
    arch::start::trap()
}

/// Gives the size and the alignment of the room for a thread's variables and its control block.
pub(crate) fn room(variables: &Part) -> (usize, usize) {
    let align = variables.align.max(align_of::<ControlBlock>());
    (thread::layout(variables.size, align).size, align)
}

/// Fills another thread's room, so that its record is known to it; gives its thread pointer.
///
/// # Safety
/// The memory at `room` is as [`room`] says, and lives as long as that thread.
pub(crate) unsafe fn set_up_another(variables: &Part, room: usize, record: usize) -> usize {
    let layout = thread::layout(variables.size, variables.align.max(align_of::<ControlBlock>()));
    // SAFETY: the room holds the layout.
    unsafe { fill(variables, room + layout.block) };
    // SAFETY: start-up, or the one who made this thread, has set it.
    let own = unsafe { thread::pointer() } + layout.control - layout.pointer;
    // SAFETY: this thread's control block lies there, and does not change.
    let own = unsafe { &*ptr::with_exposed_provenance::<ControlBlock>(own) };
    let place = room + layout.control;
    let control = own.of_another(place, record);
    // SAFETY: as above.
    unsafe { ptr::with_exposed_provenance_mut::<ControlBlock>(place).write(control) };
    room + layout.pointer
}

/// Copies the initial values and zeroes the rest: a byte at a time, which for the few there are is not worth a
/// call of the memory functions, nor their place in a program that has none.
///
/// # Safety
/// The part's size in bytes may be written from `address` on.
#[inline(always)]
unsafe fn fill(tls: &Part, address: usize) {
    for at in 0..tls.size {
        let value = match at < tls.file_size {
            // SAFETY: within the values that the file has.
            true => unsafe { ptr::with_exposed_provenance::<u8>(tls.address + at).read_volatile() },
            false => 0,
        };
        // SAFETY: within the size. Volatile, or the compiler makes a call of it.
        unsafe { ptr::with_exposed_provenance_mut::<u8>(address + at).write_volatile(value) };
    }
}

/// Maps zeroed memory; the main thread never gives it back.
#[cold]
fn map(size: usize) -> usize {
    let protection = (PROT_READ | PROT_WRITE) as usize;
    let flags = (MAP_PRIVATE | MAP_ANONYMOUS) as usize;
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_mmap | __NR_mmap2) };
    // SAFETY: a new mapping changes no memory in use.
    let address = unsafe { early_syscall6(arch::abi::MMAP, 0, size, protection, flags, usize::MAX, 0) };
    // The last page of numbers are errors.
    if address as usize > usize::MAX - 4095 {
        give_up();
    }
    address as usize
}
