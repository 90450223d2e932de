//! The first instructions of a program: the kernel jumps here with the initial stack in esp and nothing else defined
//! (System V ABI, Intel386 supplement, 2.3.1).

/// Defines `_start`, which hands the initial stack to `$entry`, an `unsafe extern "C" fn(*const usize) -> !`.
#[macro_export]
macro_rules! define_start {
    ($entry:path) => {
        /// The address in the ELF header: passes on the initial stack, which begins with `argc`.
        ///
        /// # Safety
        /// The kernel calls it, once.
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            ::core::arch::naked_asm!(
                "xor ebp, ebp", // no frame pointer: the outermost frame, where debuggers stop
                "mov eax, esp", // the initial stack
                "and esp, -16", // the ABI's alignment; a kernel gives it, an emulator may not
                "sub esp, 12",  // so that with the argument it is kept
                "push eax",     // first argument
                "call {entry}", // run the program; pushes a return address as every function expects
                "ud2",          // not reached: trap
                entry = sym $entry,
            )
        }
    };
}

/// Counts processor ticks since some arbitrary start: a poor but always present source of differing values.
pub fn ticks() -> u64 {
    // SAFETY: every processor with SSE2 has the instruction; where a sandbox forbids it (PR_SET_TSC) no program of this
    // project is meant to run.
    unsafe { core::arch::x86::_rdtsc() }
}

/// Stops the program at once through an illegal instruction (SIGILL), without help from the kernel.
pub fn trap() -> ! {
    // SAFETY: the instruction has no effect but the fault.
    unsafe {
        core::arch::asm!(
            "ud2", // the architecture's own "undefined instruction"
            options(noreturn, nomem, nostack)
        )
    }
}
