//! What the relocation of a static position-independent program needs before any pointer in its data is right.
//!
//! Words are moved by assembly, so that the compiler knows nothing of memory that changes under its constants.

use core::arch::asm;

/// "Add the load address" (R_X86_64_RELATIVE): the one kind that a program without undefined symbols has.
pub const RELATIVE: usize = 8;

/// "Nothing" (R_X86_64_NONE): linkers leave it behind when they drop a relocation.
pub const NONE: usize = 0;

/// Gives the address at which this program's ELF header lies, by a reference relative to the instruction.
#[inline(always)]
pub fn image() -> usize {
    let address: usize;
    // SAFETY: computes an address; the linker defines the symbol where it maps the header.
    unsafe {
        asm!(
            "lea {}, [rip + __ehdr_start]", // distance from here, so right before relocation too
            out(reg) address,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    address
}

/// Reads one word.
///
/// # Safety
/// `address` is that of a readable, aligned word.
#[inline(always)]
pub unsafe fn load(address: usize) -> usize {
    let word: usize;
    // SAFETY: the caller's.
    unsafe {
        asm!(
            "mov {}, [{}]", // one aligned word
            out(reg) word,
            in(reg) address,
            options(readonly, nostack, preserves_flags)
        );
    }
    word
}

/// Writes one word.
///
/// # Safety
/// `address` is that of a writable, aligned word which no Rust code has yet read.
#[inline(always)]
pub unsafe fn store(address: usize, word: usize) {
    // SAFETY: the caller's.
    unsafe {
        asm!(
            "mov [{}], {}", // one aligned word
            in(reg) address,
            in(reg) word,
            options(nostack, preserves_flags)
        );
    }
}
