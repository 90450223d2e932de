//! The registers of a process that is followed.

use crate::mem::Remote;
use crate::process::Pid;
use crate::{Errno, Result};
use arch::abi;
use linux_raw_sys::ptrace as kernel;

/// NT_PRSTATUS: the set of registers that every processor has.
const PLAIN: u32 = 1;

/// The registers of a stopped process, as words in the order of its processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers {
    words: [usize; abi::REGISTERS],
}

impl Registers {
    /// Gives all words (`struct user_regs_struct` or what the processor has in its place).
    pub const fn words(&self) -> &[usize] {
        &self.words
    }

    /// Gives all words, to be changed.
    pub const fn words_mut(&mut self) -> &mut [usize] {
        &mut self.words
    }

    /// Gives the instruction pointer.
    pub const fn program_counter(&self) -> usize {
        self.words[abi::PROGRAM_COUNTER]
    }

    /// Sets the instruction pointer.
    pub const fn set_program_counter(&mut self, to: usize) {
        self.words[abi::PROGRAM_COUNTER] = to;
    }

    /// Gives the stack pointer.
    pub const fn stack_pointer(&self) -> usize {
        self.words[abi::STACK_POINTER]
    }

    /// Gives what a system call has given, at its end.
    pub const fn result(&self) -> isize {
        self.words[abi::RESULT] as isize
    }

    /// Sets what the process sees as the result of its call, at its end; errors are less than 0.
    pub const fn set_result(&mut self, to: isize) {
        self.words[abi::RESULT] = to as usize;
    }

    /// Reads them from a stopped process.
    pub(super) fn of(process: Pid) -> Result<Self> {
        // One word more than there is to be: a kernel with longer registers would cut them to fit.
        let mut words = [0_usize; abi::REGISTERS + 1];
        let mut place =
            Remote { address: words.as_mut_ptr().expose_provenance(), length: size_of_val(&words) };
        let (request, place_at) = (kernel::PTRACE_GETREGSET, &raw mut place);
        // SAFETY: the kernel writes at most so many bytes, and how many into the structure.
        unsafe { syscall!(__NR_ptrace, request, process.get(), PLAIN, place_at) }?;
        // A program of 32 bits under a kernel of 64 has others.
        match words.first_chunk() {
            Some(own) if place.length == size_of_val(own) => Ok(Self { words: *own }),
            _ => Err(Errno::INVAL),
        }
    }

    /// Writes them to a stopped process.
    pub(super) fn put(&self, process: Pid) -> Result<()> {
        let address = self.words.as_ptr().expose_provenance();
        let place = Remote { address, length: size_of_val(&self.words) };
        let (request, place_at) = (kernel::PTRACE_SETREGSET, &raw const place);
        // SAFETY: the kernel reads so many bytes; whose registers they are is for the caller to answer.
        unsafe { syscall!(__NR_ptrace, request, process.get(), PLAIN, place_at) }.map(drop)
    }
}
