//! A process that is followed, as an object: it goes on unfollowed when the object is dropped.
//!
//! One that is followed either runs or is stopped, and only what is stopped can be looked into and sent on: [`Tracee::wait`] waits for a
//! stop, [`Tracee::resume`] ends it. Threads and children are processes of their own here; with [`Stops::CHILDREN`] the kernel has them
//! followed from their beginning, and each is told as [`Halt::Child`] (its own first stop may come before that).
//!
//! Who follows several waits for any of them with [`super::next`], and has the one that is meant read what was told:
//! [`Tracee::halt`].

use super::{
    Call, Happened, Registers, Stops, Until, interrupt, resume, seize, set_stops, signal_told, stop,
};
use crate::fs::IoSliceMut;
use crate::mem::{Remote, process_vm_readv};
use crate::process::{Ended, Pid, kill};
use crate::signal::Signal;
use crate::{Errno, Result, retry};
use linux_raw_sys::ptrace as kernel;

/// Where a process that is followed has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It is about to make a call.
    Entry {
        /// The call's number on its processor.
        number: u64,
        /// Its arguments.
        arguments: [u64; 6],
    },
    /// A call has given this word.
    Exit(i64),
    /// This signal is about to reach it, if it is sent on with it.
    Signal(Signal),
    /// This signal has stopped it with its group, as Ctrl-Z does; [`Tracee::stay`] leaves it so.
    Group(Signal),
    /// It was interrupted, or is at its very beginning.
    Interrupted,
    /// It has made this child or thread, which is followed too.
    Child(Pid),
    /// It executes another program now.
    Executed,
    /// Another event: a PTRACE_EVENT_… of `linux/ptrace.h`.
    Event(u32),
    /// It is gone.
    Ended(Ended),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Runs,
    Stopped,
    Gone,
}

/// A process or thread that the running thread follows.
#[derive(Debug)]
pub struct Tracee {
    pid: Pid,
    state: State,
    /// Whether it can be interrupted.
    is_seized: bool,
    /// Whether its first stop is to come, by a signal that nobody has sent.
    is_new: bool,
    /// The signal that it is stopped before; it gets it if nobody says otherwise.
    pending: Option<Signal>,
}

impl Tracee {
    /// Follows a thread that runs already, and goes on running.
    ///
    /// # Errors
    /// Those of [`seize`].
    pub fn seize(thread: Pid, stops: Stops) -> Result<Self> {
        seize(thread, stops)?;
        Ok(Self { pid: thread, state: State::Runs, is_seized: true, is_new: false, pending: None })
    }

    /// The same, and waits until it is stopped, wherever it is.
    ///
    /// # Errors
    /// Those of [`seize`]; `SRCH` if it ends meanwhile.
    pub fn attach(thread: Pid, stops: Stops) -> Result<Self> {
        let mut tracee = Self::seize(thread, stops)?;
        tracee.interrupt()?;
        loop {
            match retry(|| tracee.wait())? {
                Halt::Ended(_) => return Err(Errno::SRCH),
                // The interruption is still to come.
                Halt::Signal(signal) => tracee.resume(Until::Signal, Some(signal))?,
                Halt::Child(child) => {
                    // Nobody would learn its number.
                    drop(Self::child(child, &tracee));
                    tracee.resume(Until::Signal, None)?;
                }
                _ => return Ok(tracee),
            }
        }
    }

    /// Takes over a child that lets itself be followed (`trace_me`, `Step::Trace`), and waits for its first stop.
    ///
    /// # Errors
    /// `CHILD` (it is none), `SRCH` (it has ended).
    pub fn started(child: Pid, stops: Stops) -> Result<Self> {
        let mut tracee =
            Self { pid: child, state: State::Runs, is_seized: false, is_new: false, pending: None };
        match retry(|| tracee.wait())? {
            Halt::Ended(_) => return Err(Errno::SRCH),
            _ => set_stops(child, stops)?,
        }
        // That signal was for us.
        tracee.pending = None;
        Ok(tracee)
    }

    /// Takes over one that is followed from its beginning, because the one that has made it is. `parent` is that one, or any of the same
    /// kind.
    pub const fn child(pid: Pid, parent: &Self) -> Self {
        let is_seized = parent.is_seized;
        Self { pid, state: State::Runs, is_seized, is_new: !is_seized, pending: None }
    }

    /// Gives its number.
    pub const fn pid(&self) -> Pid {
        self.pid
    }

    /// Waits for its next stop, or its end.
    ///
    /// # Errors
    /// `INTR`, `CHILD` (it is gone). See `wait4(2)`.
    pub fn wait(&mut self) -> Result<Halt> {
        let told = super::wait(self.pid.get());
        if told == Err(Errno::CHILD) {
            // Nothing of ours has that number, so nothing is to be left.
            self.state = State::Gone;
        }
        let (_, happened) = told?;
        self.halt(happened)
    }

    /// Says where it has come to, of what [`super::next`] has told of it.
    ///
    /// # Errors
    /// `SRCH`: it was killed while it was stopped; its end comes next. See `ptrace(2)`.
    pub fn halt(&mut self, happened: Happened) -> Result<Halt> {
        self.state = if matches!(happened, Happened::Ended(_)) { State::Gone } else { State::Stopped };
        self.pending = None;
        let is_new = core::mem::take(&mut self.is_new);
        Ok(match happened {
            Happened::Ended(ended) => Halt::Ended(ended),
            Happened::Call => match stop(self.pid)?.call {
                Call::Entry { number, arguments } => Halt::Entry { number, arguments },
                Call::Exit(word) => Halt::Exit(word),
                Call::None => Halt::Interrupted,
            },
            Happened::Signal(Signal::STOP) if is_new => Halt::Interrupted,
            Happened::Signal(signal) => match signal_told(self.pid) {
                // No signal stops it, so that its group does.
                Err(Errno::INVAL) => Halt::Group(signal),
                origin => {
                    origin?;
                    self.pending = Some(signal);
                    Halt::Signal(signal)
                }
            },
            Happened::Event(kernel::PTRACE_EVENT_STOP, Signal::TRAP) => Halt::Interrupted,
            Happened::Event(kernel::PTRACE_EVENT_STOP, signal) => Halt::Group(signal),
            Happened::Event(
                kernel::PTRACE_EVENT_FORK | kernel::PTRACE_EVENT_VFORK | kernel::PTRACE_EVENT_CLONE,
                _,
            ) => Halt::Child(self.made()?),
            Happened::Event(kernel::PTRACE_EVENT_EXEC, _) => Halt::Executed,
            Happened::Event(event, _) => Halt::Event(event),
        })
    }

    /// Gives the child that it has made, at that event.
    fn made(&self) -> Result<Pid> {
        let mut number = 0_usize;
        let request = kernel::PTRACE_GETEVENTMSG;
        // SAFETY: the kernel writes one word.
        unsafe { syscall!(__NR_ptrace, request, self.pid.get(), 0_usize, &raw mut number) }?;
        i32::try_from(number).ok().and_then(Pid::new).ok_or(Errno::SRCH)
    }

    /// Lets it go on, with a signal if one is given.
    ///
    /// # Errors
    /// `SRCH`: it is not stopped, or was killed.
    pub fn resume(&mut self, until: Until, signal: Option<Signal>) -> Result<()> {
        resume(self.pid, until, signal)?;
        self.pending = None;
        self.state = if until == Until::End { State::Gone } else { State::Runs };
        Ok(())
    }

    /// Leaves it stopped with its group, until SIGCONT.
    ///
    /// # Errors
    /// `IO`: it was not seized, or is stopped otherwise. See `ptrace(2)`, PTRACE_LISTEN.
    #[doc(alias = "PTRACE_LISTEN")]
    pub fn stay(&mut self) -> Result<()> {
        // SAFETY: integers only.
        unsafe { syscall!(__NR_ptrace, kernel::PTRACE_LISTEN, self.pid.get(), 0_usize, 0_usize) }?;
        self.state = State::Runs;
        Ok(())
    }

    /// Stops it soon, if it was seized.
    ///
    /// # Errors
    /// `IO` (it was not seized), `SRCH`.
    pub fn interrupt(&self) -> Result<()> {
        interrupt(self.pid)
    }

    /// Follows it no more; it goes on, with the signal that it is stopped before. Dropping it does the same.
    ///
    /// # Errors
    /// `SRCH`: it was killed.
    #[doc(alias = "PTRACE_DETACH")]
    pub fn detach(mut self) -> Result<()> {
        self.leave()
    }

    /// Gives its registers.
    ///
    /// # Errors
    /// `SRCH` (it is not stopped), `INVAL` (a program of 32 bits under a kernel of 64). See `ptrace(2)`, PTRACE_GETREGSET.
    #[doc(alias = "PTRACE_GETREGSET")]
    pub fn registers(&self) -> Result<Registers> {
        Registers::of(self.pid)
    }

    /// Sets its registers.
    ///
    /// # Safety
    /// If it shares memory with this process, what it then does there must be right.
    ///
    /// # Errors
    /// `SRCH`, `IO` (a value that no program may have). See `ptrace(2)`, PTRACE_SETREGSET.
    #[doc(alias = "PTRACE_SETREGSET")]
    pub unsafe fn set_registers(&mut self, registers: &Registers) -> Result<()> {
        registers.put(self.pid)
    }

    /// Copies memory of its; gives how many bytes, fewer where its memory ends.
    ///
    /// # Errors
    /// Those of [`process_vm_readv`].
    pub fn read(&self, address: usize, into: &mut [u8]) -> Result<usize> {
        let from = [Remote { address, length: into.len() }];
        process_vm_readv(self.pid, &mut [IoSliceMut::new(into)], &from)
    }

    /// Writes to its memory, whatever its pages allow: a debugger's way to set a breakpoint. What is not a multiple of a word at an
    /// address that is one is made up with what is there.
    ///
    /// # Safety
    /// If it shares the memory with this process, nothing here may rely on what is there.
    ///
    /// # Errors
    /// `IO` or `FAULT` (there is no memory: what comes before is written), `SRCH` (it is not stopped). See `ptrace(2)`, PTRACE_POKEDATA.
    #[doc(alias = "PTRACE_POKEDATA")]
    pub unsafe fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()> {
        const WORD: usize = size_of::<usize>();
        let (mut at, mut left) = (address, bytes);
        while !left.is_empty() {
            let skipped = at % WORD;
            let (now, rest) = left.split_at(left.len().min(WORD - skipped));
            let mut word = if now.len() < WORD { self.peek(at - skipped)? } else { [0; WORD] };
            for (to, from) in word.iter_mut().skip(skipped).zip(now) {
                *to = *from;
            }
            let (request, value) = (kernel::PTRACE_POKEDATA, usize::from_ne_bytes(word));
            // SAFETY: integers only; the caller answers for the memory.
            unsafe { syscall!(__NR_ptrace, request, self.pid.get(), at - skipped, value) }?;
            (at, left) = (at.wrapping_add(now.len()), rest);
        }
        Ok(())
    }

    /// Gives the word at an address of its.
    fn peek(&self, address: usize) -> Result<[u8; size_of::<usize>()]> {
        let mut word = 0_usize;
        let request = kernel::PTRACE_PEEKDATA;
        // SAFETY: the kernel's own call, unlike the C library's, writes the word to where it is told.
        unsafe { syscall!(__NR_ptrace, request, self.pid.get(), address, &raw mut word) }?;
        Ok(word.to_ne_bytes())
    }

    /// Has it go on unfollowed, wherever it is: only what is stopped can be left.
    fn leave(&mut self) -> Result<()> {
        if self.state == State::Runs {
            if self.is_seized { self.interrupt() } else { kill(self.pid, Some(Signal::STOP)) }?;
        }
        loop {
            let signal = match self.state {
                State::Gone => return Ok(()),
                State::Stopped => self.pending,
                State::Runs => match retry(|| self.wait())? {
                    Halt::Ended(_) => return Ok(()),
                    Halt::Child(child) => {
                        // Nobody learns its number any more.
                        drop(Self::child(child, self));
                        self.resume(Until::Signal, None)?;
                        continue;
                    }
                    // The one that we have sent.
                    Halt::Signal(Signal::STOP) if !self.is_seized => None,
                    Halt::Signal(signal) if self.is_seized => Some(signal),
                    // Ours is still to come, and would stop it for ever.
                    Halt::Signal(signal) => {
                        self.resume(Until::Signal, Some(signal))?;
                        continue;
                    }
                    _ if self.is_seized => None,
                    _ => {
                        self.resume(Until::Signal, None)?;
                        continue;
                    }
                },
            };
            return self.resume(Until::End, signal);
        }
    }
}

impl Drop for Tracee {
    fn drop(&mut self) {
        // One that was killed meanwhile is not followed any more either.
        let _ = self.leave();
    }
}
