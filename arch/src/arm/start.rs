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
                "mov fp, #0",     // no frame pointer: the outermost frame, where debuggers stop
                "mov lr, #0",     // and no return address
                "mov r0, sp",     // first argument: the initial stack
                "bic r1, sp, #7", // the ABI's alignment;
                "mov sp, r1",     // a kernel gives it, an emulator may not
                "bl {entry}",     // run the program
                "udf #0",         // not reached: trap
                entry = sym $entry,
            )
        }
    };
}

/// Gives a number that differs from moment to moment: the processor has no counter that every kernel lets programs
/// read, so the clock is asked, in nanoseconds.
pub fn ticks() -> u64 {
    use linux_raw_sys::general::{__NR_clock_gettime64, CLOCK_MONOTONIC};

    let mut time = [0_u64; 2];
    let place = (&raw mut time).expose_provenance();
    // SAFETY: no instruction.
    unsafe { crate::record_call!(__NR_clock_gettime64) };
    // SAFETY: the kernel writes two numbers. Before Linux 5.1 it does not, and addresses have to differ enough.
    unsafe { crate::syscall::syscall2(__NR_clock_gettime64, CLOCK_MONOTONIC as usize, place) };
    time[0].wrapping_mul(1_000_000_000).wrapping_add(time[1])
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
