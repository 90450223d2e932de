//! What the relocation of a static position-independent program needs before any pointer in its data is right.

use core::arch::asm;

/// "Add the load address" (R_AARCH64_RELATIVE): the one kind that a program without undefined symbols has.
pub const RELATIVE: usize = 1027;

/// "Nothing" (R_AARCH64_NONE): linkers leave it behind when they drop a relocation.
pub const NONE: usize = 0;

/// Whether tables are of the kind RELA, whose rows have an addend; the other kind, REL, has it in the word itself.
pub const ADDEND: bool = true;

/// Gives the address at which this program's ELF header lies, by a reference relative to the instruction.
#[inline(always)]
pub fn image() -> usize {
    let address: usize;
    // SAFETY: computes an address; the linker defines the symbol where it maps the header.
    unsafe {
        asm!(
            "adrp {0}, __ehdr_start",           // its page, by distance from here
            "add {0}, {0}, :lo12:__ehdr_start", // and the place in it
            out(reg) address,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    address
}
