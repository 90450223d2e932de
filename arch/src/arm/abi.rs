//! Sizes and numbers of the AAPCS that are not part of a kernel structure.

/// Size of a page where the kernel does not tell it (AT_PAGESZ): the only one this processor's user pages have.
pub const PAGE_SIZE: usize = 4096;

/// `e_machine` of this processor's ELF files (EM_ARM).
pub const ELF_MACHINE: u16 = 40;

/// Alignment in bytes of the stack pointer at a call.
pub const STACK_ALIGNMENT: usize = 8;

/// Whether a 64-bit argument of a system call begins at an even register: as in function calls (AAPCS 6.5), yes.
pub const ALIGNED_PAIRS: bool = true;

/// Number of mmap(2), whose offset counts units of 4096 bytes here.
pub const MMAP: u32 = linux_raw_sys::general::__NR_mmap2;

/// Number of the call that tells what the processor can do: there is none, AT_HWCAP says it.
pub const fn hardware_probe() -> Option<u32> {
    None
}

/// How many words the registers of a process that is followed have (NT_PRSTATUS, `struct pt_regs`).
pub const REGISTERS: usize = 18;

/// Which of them is the instruction pointer.
pub const PROGRAM_COUNTER: usize = 15;

/// Which of them is the stack pointer.
pub const STACK_POINTER: usize = 13;

/// Which of them has what a system call gives.
pub const RESULT: usize = 0;
