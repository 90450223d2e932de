//! The two names that the precompiled `alloc` asks for because it was built for unwinding.
//!
//! A program of ours aborts on panic, so that no frame is ever unwound and neither is called.

/// Would decide what a frame does while the stack is unwound (Itanium C++ ABI: Exception Handling, 2.5.2).
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {
    arch::start::trap()
}

/// Would go on with the next frame after a frame's clean-up.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() {
    arch::start::trap()
}
