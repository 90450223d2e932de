//! What a signal handler is told of the code that it interrupted (`ucontext`), as far as all kernels agree.

/// The first words of the kernel's `ucontext`: flags, link, and the alternate stack.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Head {
    flags: usize,
    link: usize,
    stack: [usize; 3],
}

/// Defines `Context` with its readers and writers: what stands between its head and its registers, and how those are called
/// that every processor has; what a call leaves, and how many bytes it pushes.
macro_rules! define_context {
    ($between:ty; program_counter: $pc:ident, stack_pointer: $sp:ident, frame_pointer: [$($fp:tt)+], link: [$($link:tt)*], return_address: $pushed:literal, result: [$($result:tt)+]) => {
        /// The interrupted code: its registers, in the kernel's frame on the handler's stack. What is changed here is what it
        /// goes on with.
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct Context {
            head: $crate::portable::signal::Head,
            between: $between,
            /// All that this processor has, by its own names.
            pub registers: Registers,
        }

        impl Context {
            /// Gives the address of the interrupted instruction.
            pub const fn program_counter(&self) -> usize {
                self.registers.$pc
            }

            /// Sets the address at which the code goes on.
            pub const fn set_program_counter(&mut self, address: usize) {
                self.registers.$pc = address;
            }

            /// Gives the interrupted code's stack pointer.
            pub const fn stack_pointer(&self) -> usize {
                self.registers.$sp
            }

            /// Sets the stack pointer with which the code goes on.
            pub const fn set_stack_pointer(&mut self, address: usize) {
                self.registers.$sp = address;
            }

            /// Gives the frame pointer, where the code was compiled to keep one.
            pub const fn frame_pointer(&self) -> usize {
                self.registers.$($fp)+
            }

            /// Gives where the interrupted function returns to if it has called nobody and so saved it nowhere; none where
            /// a call pushes that address. Of other functions it is what their last call left.
            pub const fn link(&self) -> Option<usize> {
                $crate::portable::signal::define_context!(@link self, $($link)*)
            }

            /// Sets what a call that was interrupted gives.
            pub const fn set_result(&mut self, word: usize) {
                self.registers.$($result)+ = word;
            }

            /// Has the code go on at the start of a function, on its own stack, as if it had been called there.
            pub fn go_on_in(&mut self, function: extern "C" fn() -> !) {
                // Where a call pushes the address to return to, a function begins that much below an aligned address.
                self.registers.$sp = (self.registers.$sp & !15) - $pushed;
                self.registers.$pc = function as *const () as usize;
            }
        }
    };
    (@link $this:ident,) => {
        None
    };
    (@link $this:ident, $($link:tt)+) => {
        Some($this.registers.$($link)+)
    };
}

pub(crate) use define_context;
