//! The first instructions of a program: the kernel jumps here with the initial stack in sp and nothing else defined.

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
                "mov x29, #0",      // no frame pointer: the outermost frame, where debuggers stop
                "mov x30, #0",      // and no return address
                "mov x0, sp",       // first argument: the initial stack
                "and sp, x0, #-16", // the alignment that the processor insists on; a kernel gives it, an emulator may not
                "bl {entry}",       // run the program
                "udf #0",           // not reached: trap
                entry = sym $entry,
            )
        }
    };
}

/// Counts processor ticks since some arbitrary start: a poor but always present source of differing values.
pub fn ticks() -> u64 {
    let ticks: u64;
    // SAFETY: Linux lets programs read the counter, which its vDSO does as well.
    unsafe {
        core::arch::asm!(
            "mrs {}, cntvct_el0", // the generic timer
            out(reg) ticks,
            options(nomem, nostack, preserves_flags)
        );
    }
    ticks
}

/// Stops the program at once through an illegal instruction (SIGILL), without help from the kernel.
pub fn trap() -> ! {
    // SAFETY: the instruction has no effect but the fault.
    unsafe {
        core::arch::asm!(
            "udf #0", // the architecture's own "permanently undefined"
            options(noreturn, nomem, nostack)
        )
    }
}
