//! What the relocation of a static position-independent program needs before any pointer in its data is right.

use core::arch::asm;

/// "Add the load address" (R_ARM_RELATIVE): the one kind that a program without undefined symbols has.
pub const RELATIVE: usize = 23;

/// "Nothing" (R_ARM_NONE): linkers leave it behind when they drop a relocation.
pub const NONE: usize = 0;

/// Whether tables are of the kind RELA, whose rows have an addend; the other kind, REL, has it in the word itself.
pub const ADDEND: bool = false;

/// Gives the address at which this program's ELF header lies, by a reference relative to the instruction.
#[inline(always)]
pub fn image() -> usize {
    let address: usize;
    // SAFETY: computes an address; the linker defines the symbol where it maps the header.
    unsafe {
        asm!(
            "ldr {0}, 21f",                     // distance from there
            "20: add {0}, pc, {0}",             // pc reads as two instructions further on
            "b 22f",                            // past the word
            "21: .word __ehdr_start - 20b - 8", // filled in by the linker
            "22:",
            out(reg) address,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    address
}
