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
                ".option push",              // the address of the small data must not itself be made from gp
                ".option norelax",           // by the linker
                "lla gp, __global_pointer$", // where linkers that shorten addresses take it for granted
                ".option pop",
                "li fp, 0",                  // no frame pointer: the outermost frame, where debuggers stop
                "li ra, 0",                  // and no return address
                "mv a0, sp",                 // first argument: the initial stack
                "andi sp, sp, -16",          // the ABI's alignment; a kernel gives it, an emulator may not
                "call {entry}",              // run the program
                "unimp",                     // not reached: trap
                entry = sym $entry,
            )
        }
    };
}

/// Counts processor ticks since some arbitrary start: a poor but always present source of differing values.
pub fn ticks() -> u64 {
    let ticks: u64;
    // SAFETY: every processor that Linux runs on has the counter, or the firmware that stands in for it.
    unsafe {
        core::arch::asm!(
            "rdtime {}", // the timer
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
            "unimp", // the assembler's own illegal instruction
            options(noreturn, nomem, nostack)
        )
    }
}
