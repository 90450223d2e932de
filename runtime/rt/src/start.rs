//! The order of start-up, and the macro that makes a program of it.

use core::mem::MaybeUninit;

use crate::args::Arguments;
use crate::env::Environment;
use crate::{auxv, relocate, secure, tls, vdso};

/// A program's main function: its arguments and environment in, its exit status out (the low 8 bits count).
pub type Main = fn(Arguments, Environment) -> i32;

/// Makes the program of the crate it stands in from a [`Main`] function: entry point, panic handler, heap. The heap may be
/// another one, as [`Guarded`](crate::heap::Guarded) or [`Refusing`](crate::heap::Refusing): a type that is a value too, and a global allocator.
///
/// The crate is `no_std` and `no_main`.
#[macro_export]
macro_rules! program {
    ($main:path) => {
        $crate::program!($main, $crate::heap::Heap);
    };
    ($main:path, $heap:path) => {
        #[allow(unsafe_code, reason = "the kernel's entry into the program has no safe form")]
        const _: () = {
            $crate::arch::define_start!(entry);

            unsafe extern "C" fn entry(stack: *const usize) -> ! {
                // SAFETY: `_start` calls this once, with the stack that the kernel made.
                unsafe { $crate::start::run(stack, $main) }
            }

            #[panic_handler]
            fn panicked(info: &::core::panic::PanicInfo<'_>) -> ! {
                $crate::panic::report(info)
            }

            #[global_allocator]
            static HEAP: $heap = $heap;
        };
    };
}

/// Runs the program from its initial stack to its exit:
///
/// 1. the auxiliary vector is found behind arguments and environment, and read once;
/// 2. the program relocates itself and makes the relocated constants read-only;
/// 3. the thread pointer is set, with this thread's copy of the thread-local variables around it;
/// 4. in secure mode (AT_SECURE) descriptors 0 to 2 are made to exist;
/// 5. `main` runs; its result is the exit status.
///
/// # Safety
/// `stack` is the initial stack as the kernel made it; nothing else has run in this process.
#[inline(always)]
pub unsafe fn run(stack: *const usize, main: Main) -> ! {
    // SAFETY: the caller's promise.
    let initial = unsafe { auxv::Initial::read(stack) };
    // SAFETY: nothing has run yet that could have read an unrelocated pointer.
    let image = unsafe { relocate::relocate(&initial) };
    let mut block = MaybeUninit::<tls::MainBlock>::uninit();
    // SAFETY: this frame outlives the thread, since it never returns.
    unsafe { tls::set_up(&image, &initial, &mut block) };
    if initial.secure {
        secure::open_standard();
    }
    vdso::offer();
    let status = main(initial.arguments(), initial.environment());
    linux::process::exit_group(status)
}
