//! Where a thread's variables lie around its thread pointer ("ELF Handling For Thread-Local Storage", 3), and what all
//! processors have of the making of threads.

use core::ptr;

use linux_raw_sys::general::{
    __NR_clone, CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_PARENT_SETTID, CLONE_SETTLS,
    CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM,
};

use super::process::Branch;

/// The function that a new thread runs, with the argument it was given.
pub type Entry = unsafe extern "C" fn(usize) -> !;

/// What a thread shares with the others of its process: everything. The kernel writes the thread's number when it begins,
/// and zeroes it when it has ended.
const FLAGS: u32 = CLONE_VM
    | CLONE_FS
    | CLONE_FILES
    | CLONE_SIGHAND
    | CLONE_THREAD
    | CLONE_SYSVSEM
    | CLONE_SETTLS
    | CLONE_PARENT_SETTID
    | CLONE_CHILD_CLEARTID;

/// Offsets in bytes from the start of a thread's room, which is aligned as its variables want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Where the control block lies.
    pub control: usize,
    /// Where the thread pointer points.
    pub pointer: usize,
    /// Where the variables begin.
    pub block: usize,
    /// Bytes in all.
    pub size: usize,
}

impl Layout {
    /// Variant I: the pointer is at the control block, the variables lie behind it.
    pub const fn behind(control: usize, size: usize, align: usize) -> Self {
        let block = align_up(control, align);
        Self { control: 0, pointer: 0, block, size: block + size }
    }

    /// Variant I as on riscv: the pointer is at the variables, the control block lies in front of it.
    pub const fn at_variables(control: usize, size: usize, align: usize) -> Self {
        let pointer = align_up(control, align);
        Self { control: pointer - control, pointer, block: pointer, size: pointer + size }
    }

    /// Variant II: the variables lie in front of the pointer, which is at the control block.
    pub const fn in_front(control: usize, size: usize, align: usize) -> Self {
        let pointer = align_up(size, align);
        Self { control: pointer, pointer, block: 0, size: pointer + control }
    }
}

/// Gives the first multiple of a power of two that is not below `number`. Start-up does this with a power that the compiler does
/// not know, and would divide.
pub const fn align_up(number: usize, align: usize) -> usize {
    (number + (align - 1)) & !(align - 1)
}

/// The control block of variant I: two words, which the ABI leaves to the runtime.
#[repr(C)]
#[derive(Debug)]
pub struct ControlBlock {
    /// A word of the runtime's for this thread alone; 0 in the main thread. Other runtimes keep the table of loaded
    /// libraries' variables here.
    pub record: usize,
    /// A word of the runtime's, the same in all threads.
    pub runtime: usize,
}

impl ControlBlock {
    /// Makes the block; its own address, the canary and the hint have no place in it.
    pub const fn new(_this: usize, runtime: usize, _canary: usize, _hint: usize) -> Self {
        Self { record: 0, runtime }
    }

    /// Makes the block of another thread, which is to lie at address `_this`.
    pub const fn of_another(&self, _this: usize, record: usize) -> Self {
        Self { record, runtime: self.runtime }
    }
}

/// Makes a thread; see [`define_create`]. `rest` is what the kernel is told behind the flags and the stack.
///
/// # Safety
/// As of what the macro defines.
pub(crate) unsafe fn create(stack: usize, rest: [usize; 3], entry: Entry, argument: usize) -> isize {
    // On the new stack, since this function may have returned when the new thread reads it.
    let stack = stack - size_of::<Branch>();
    let [third, fourth, fifth] = rest;
    let arguments = [FLAGS as usize, stack, third, fourth, fifth];
    let branch = ptr::with_exposed_provenance_mut::<Branch>(stack);
    // SAFETY: the stack is the new thread's own, which does not run yet.
    unsafe { branch.write(Branch { number: __NR_clone as usize, arguments, entry, argument }) };
    // SAFETY: the caller's; the stack begins below what was written.
    unsafe { crate::process::branch(branch) }
}

/// Defines `create`: how the kernel is told the address of the thread's number, which it writes and later zeroes, and the
/// thread pointer, in the order of its arguments behind flags and stack. What the kernel reads from memory is made first.
macro_rules! define_create {
    ($number:ident, $pointer:ident => $(let $made:ident = $value:expr;)? [$($argument:expr),+]) => {
        /// Makes a thread that calls `entry` with `argument`; gives the kernel's word: its number, or minus an error number.
        ///
        /// The kernel writes its number to `number` before either goes on, and zeroes it and wakes who waits there when the
        /// thread has ended.
        ///
        /// # Safety
        /// `stack` is the end of a stack, a multiple of 16; `pointer` is what [`set_pointer`] wants; `number` is the address
        /// of an atomic word of 32 bits. All are the thread's own until it has ended.
        pub unsafe fn create(
            stack: usize,
            $number: usize,
            $pointer: usize,
            entry: Entry,
            argument: usize,
        ) -> isize {
            $(let $made = $value;)?
            // SAFETY: the caller's.
            unsafe { $crate::portable::thread::create(stack, [$($argument),+], entry, argument) }
        }
    };
}

/// Defines `leave`: the instructions that make the first call, put the number of the second and its argument in place, make
/// it, and trap; then the registers of a call's number and of its first two arguments.
macro_rules! define_leave {
    ($($instruction:literal),+; $call:tt, $first:tt, $second:tt) => {
        /// Takes the range of whole pages away, the stack in use with it, and ends this thread.
        ///
        /// # Safety
        /// Nobody uses the range any more. No handler of a signal can run.
        pub unsafe fn leave(base: usize, length: usize) -> ! {
            // SAFETY: from the first call on nothing but registers is used; the caller answers for the rest.
            unsafe {
                core::arch::asm!(
                    $($instruction,)+
                    in($call) linux_raw_sys::general::__NR_munmap as usize,
                    in($first) base,
                    in($second) length,
                    exit = const linux_raw_sys::general::__NR_exit,
                    options(noreturn, nostack)
                )
            }
        }
    };
}

/// Defines `runtime_word`, `record` and `pointer`: each is the instructions that give the word in the register `{0}`; the
/// last also says whether they read memory (`readonly`) or none (`nomem`).
macro_rules! define_readers {
    (
        runtime_word: $($word:literal),+;
        record: $($record:literal),+;
        pointer, $memory:ident: $($pointer:literal),+
    ) => {
        $crate::portable::thread::define_readers!(
            @one runtime_word, readonly, "Reads the runtime's word of this thread's control block.": $($word),+
        );
        $crate::portable::thread::define_readers!(
            @one record, readonly, "Reads the word of the control block that is this thread's own.": $($record),+
        );
        $crate::portable::thread::define_readers!(
            @one pointer, $memory, "Reads the thread pointer back.": $($pointer),+
        );
    };
    (@one $name:ident, $memory:ident, $doc:literal: $($instruction:literal),+) => {
        #[doc = $doc]
        ///
        /// # Safety
        /// The thread pointer is set as [`set_pointer`] wants it.
        #[inline(always)]
        pub unsafe fn $name() -> usize {
            let word: usize;
            // SAFETY: reads a register, or the control block, which lies there as the caller says and does not change.
            unsafe { core::arch::asm!($($instruction,)+ out(reg) word, options(pure, $memory, nostack, preserves_flags)) };
            word
        }
    };
}

pub(crate) use {define_create, define_leave, define_readers};

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn variables_lie_where_linkers_put_them() {
        // 100 bytes, aligned to 64: offsets from the pointer are +64, +16, 0 and -128.
        let offset = |layout: Layout| layout.block.wrapping_sub(layout.pointer) as isize;
        assert_eq!(offset(Layout::behind(16, 100, 64)), 64);
        assert_eq!(offset(Layout::behind(16, 100, 16)), 16);
        assert_eq!(offset(Layout::at_variables(16, 100, 64)), 0);
        assert_eq!(offset(Layout::in_front(48, 100, 64)), -128);
    }

    #[test]
    fn nothing_overlaps_and_everything_fits() {
        for (size, align) in [(0, 16), (1, 16), (64, 64), (100, 64), (7, 8)] {
            for control in [8, 16, 48] {
                for layout in [
                    Layout::behind(control, size, align),
                    Layout::at_variables(control, size, align),
                    Layout::in_front(control, size, align),
                ] {
                    let (first, second) = match layout.control < layout.block {
                        true => (layout.control + control, layout.block),
                        false => (layout.block + size, layout.control),
                    };
                    assert!(first <= second && second < layout.size.max(1) + 1, "{layout:?}");
                    assert!(layout.block + size <= layout.size && layout.control + control <= layout.size);
                    assert!(layout.block.is_multiple_of(align) && layout.pointer.is_multiple_of(align));
                }
            }
        }
    }
}
