//! Where a thread's variables lie around its thread pointer ("ELF Handling For Thread-Local Storage", 3), and what all
//! processors have of the making of threads.

use linux_raw_sys::general::{
    CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_PARENT_SETTID, CLONE_SETTLS, CLONE_SIGHAND,
    CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM,
};

/// The function that a new thread runs, with the argument it was given.
pub type Entry = unsafe extern "C" fn(usize) -> !;

/// What a thread shares with the others of its process: everything. The kernel writes the thread's number when it begins,
/// and zeroes it when it has ended.
pub(crate) const FLAGS: u32 = CLONE_VM
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
        let block = control.next_multiple_of(align);
        Self { control: 0, pointer: 0, block, size: block + size }
    }

    /// Variant I as on riscv: the pointer is at the variables, the control block lies in front of it.
    pub const fn at_variables(control: usize, size: usize, align: usize) -> Self {
        let pointer = control.next_multiple_of(align);
        Self { control: pointer - control, pointer, block: pointer, size: pointer + size }
    }

    /// Variant II: the variables lie in front of the pointer, which is at the control block.
    pub const fn in_front(control: usize, size: usize, align: usize) -> Self {
        let pointer = size.next_multiple_of(align);
        Self { control: pointer, pointer, block: 0, size: pointer + control }
    }
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

pub(crate) use define_readers;

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
