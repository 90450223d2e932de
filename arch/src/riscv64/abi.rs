//! Sizes and numbers of the RISC-V ELF psABI that are not part of a kernel structure.

/// Size of a page where the kernel does not tell it (AT_PAGESZ): the only one this processor's user pages have.
pub const PAGE_SIZE: usize = 4096;

/// `e_machine` of this processor's ELF files (EM_RISCV).
pub const ELF_MACHINE: u16 = 243;

/// Alignment in bytes of the stack pointer at a call.
pub const STACK_ALIGNMENT: usize = 16;

/// Whether a 64-bit argument of a system call begins at an even register, where it needs two; here it needs one.
pub const ALIGNED_PAIRS: bool = false;

/// Number of mmap(2).
pub const MMAP: u32 = linux_raw_sys::general::__NR_mmap;

/// Number of the call that tells what the processor can do, riscv_hwprobe(2): AT_HWCAP has single letters only.
pub fn hardware_probe() -> Option<u32> {
    // SAFETY: no instruction.
    unsafe { crate::record_call!(__NR_riscv_hwprobe) };
    Some(linux_raw_sys::general::__NR_riscv_hwprobe)
}

/// How many words the registers of a process that is followed have (NT_PRSTATUS, `struct user_regs_struct`).
pub const REGISTERS: usize = 32;

/// Which of them is the instruction pointer.
pub const PROGRAM_COUNTER: usize = 0;

/// Which of them is the stack pointer.
pub const STACK_POINTER: usize = 2;

/// Which of them has what a system call gives.
pub const RESULT: usize = 10;
