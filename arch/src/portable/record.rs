//! The record that each linked system call leaves in the program, and the note that leads to the records.

/// Leaves the number and the name of a system call in the section `spelunk_calls`, once for each place that makes the
/// call; the linker drops the section from a program that does not ask for it.
///
/// `__NR_a | __NR_b` is the call `a` on 64-bit processors, and `b` on 32-bit ones. It takes no instruction. Each record is the
/// number in four bytes of this processor, then the name as the kernel's headers have it with a zero byte behind.
#[cfg(target_pointer_width = "64")]
#[macro_export]
macro_rules! record_call {
    ($wide:ident $(| $narrow:ident)?) => {
        $crate::record!($wide)
    };
}

/// Leaves the number and the name of a system call in the section `spelunk_calls`, as on 64-bit processors: of two the
/// second.
#[cfg(target_pointer_width = "32")]
#[macro_export]
macro_rules! record_call {
    ($number:ident) => {
        $crate::record!($number)
    };
    ($wide:ident | $narrow:ident) => {
        $crate::record!($narrow)
    };
}

/// What [`record_call`] comes to.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($number:ident) => {
        ::core::arch::asm!(
            ".pushsection spelunk_calls,\"a\",%progbits", // beside the code
            ".4byte {number}",                            // which call
            concat!(".asciz \"", stringify!($number), "\""), // its name
            ".popsection",                                // back to the code
            number = const $crate::linux_raw_sys::general::$number,
            options(nomem, nostack, preserves_flags)
        )
    };
}

/// Has the program that it stands in carry the records of its system calls, and a note (owner `Spelunk`, kind 1) that
/// leads readers of the file to them: the distances to their start and to their end, each from its own place.
#[macro_export]
macro_rules! carry_calls {
    () => {
        ::core::arch::global_asm!(
            ".pushsection .spelunk.note,\"a\",%note", // an ELF note:
            ".p2align 2",                             // aligned to a word
            ".4byte 8, 8, 1",                         // length of the owner, length of what follows, kind
            ".asciz \"Spelunk\"",                     // owner
            ".4byte __start_spelunk_calls - .",       // distance to the first record
            ".4byte __stop_spelunk_calls - .",        // distance to the end of the last
            ".popsection",                            // back to the code
        );
    };
}

unsafe extern "C" {
    static __start_spelunk_calls: u8;
    static __stop_spelunk_calls: u8;
}

/// Gives the records of this program; whoever calls it has the program carry them.
pub fn calls() -> &'static [u8] {
    let (start, end) = (&raw const __start_spelunk_calls, &raw const __stop_spelunk_calls);
    // SAFETY: the linker defines both around the section, which is loaded and never changes.
    unsafe { core::slice::from_raw_parts(start, end.addr() - start.addr()) }
}
