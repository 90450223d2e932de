//! Sizes and numbers of the AAPCS64 that are not part of a kernel structure.

/// Size of a page where the kernel does not tell it (AT_PAGESZ): others have 16 or 64 KiB, and tell it.
pub const PAGE_SIZE: usize = 4096;

/// `e_machine` of this processor's ELF files (EM_AARCH64).
pub const ELF_MACHINE: u16 = 183;

/// Alignment in bytes of the stack pointer at a call.
pub const STACK_ALIGNMENT: usize = 16;

/// Whether a 64-bit argument of a system call begins at an even register, where it needs two; here it needs one.
pub const ALIGNED_PAIRS: bool = false;

/// Number of mmap(2).
pub const MMAP: u32 = linux_raw_sys::general::__NR_mmap;

/// Number of the call that tells what the processor can do: there is none, AT_HWCAP says it.
pub const fn hardware_probe() -> Option<u32> {
    None
}

/// How many words the registers of a process that is followed have (NT_PRSTATUS, `struct user_pt_regs`).
pub const REGISTERS: usize = 34;

/// Which of them is the instruction pointer.
pub const PROGRAM_COUNTER: usize = 32;

/// Which of them is the stack pointer.
pub const STACK_POINTER: usize = 31;

/// Which of them has what a system call gives.
pub const RESULT: usize = 0;
