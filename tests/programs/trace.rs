//! Follows a program from its execve: changes what the kernel told it, counts what it does.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};

use linux::process::{Ended, Pid, WaitFlags, WaitFor, waitid};
use linux::signal::Signal;
use linux::trace::{self, Call, Stops, Until};

/// A program that is stopped before its first instruction, with its output caught.
pub(crate) struct Traced {
    child: Child,
    pid: Pid,
    memory: File,
    /// Bytes in a word of its processor: a 64-bit kernel may run programs of 32 bits.
    word: u64,
}

/// One entry of its auxiliary vector, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Address of the kind; the value stands behind it.
    pub(crate) address: u64,
    /// `AT_…`.
    pub(crate) kind: u64,
    /// What it says.
    pub(crate) value: u64,
}

impl Traced {
    /// Starts a program up to the end of its execve.
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // SAFETY: one system call, which is safe between fork and execve.
        let child =
            unsafe { command.pre_exec(|| trace::trace_me().map_err(|_| std::io::ErrorKind::Other.into())) };
        let child = child.spawn().expect("the program starts");
        let pid = Pid::new(child.id().try_into().expect("a number")).expect("a positive number");
        let memory = File::options().read(true).write(true).open(format!("/proc/{}/mem", pid.get()));
        let mut traced = Self { child, pid, memory: memory.expect("its memory opens"), word: 0 };
        assert_eq!(traced.wait(), Ended::Stopped(Signal::TRAP), "stopped by execve");
        traced.word = word(pid);
        trace::set_stops(pid, Stops::CALLS).expect("options are set");
        traced
    }

    /// Gives its auxiliary vector, from its initial stack.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let stack = trace::stop(self.pid).expect("it is stopped").stack;
        let mut at = stack + self.word * (self.read_word(stack) + 2);
        while self.read_word(at) != 0 {
            at += self.word;
        }
        at += self.word;
        let mut entries = Vec::new();
        while self.read_word(at) != 0 {
            let value = self.read_word(at + self.word);
            entries.push(Entry { address: at, kind: self.read_word(at), value });
            at += 2 * self.word;
        }
        entries
    }

    /// Gives one value of it.
    pub(crate) fn value(&self, kind: u32) -> Option<u64> {
        self.entries().into_iter().find(|entry| entry.kind == u64::from(kind)).map(|entry| entry.value)
    }

    /// Changes a value, or takes the entry away (AT_IGNORE).
    pub(crate) fn change(&self, kind: u32, value: Option<u64>) {
        let entry = self.entries().into_iter().find(|entry| entry.kind == u64::from(kind));
        let entry = entry.expect("the kernel gives every entry that a test changes");
        match value {
            Some(value) => self.write_word(entry.address + self.word, value),
            None => self.write_word(entry.address, 1),
        }
    }

    /// Takes all entries away.
    pub(crate) fn change_to_nothing(&self) {
        self.entries().iter().for_each(|entry| self.write_word(entry.address, 1));
    }

    /// Reads its memory.
    pub(crate) fn read(&self, address: u64, into: &mut [u8]) {
        self.memory.read_exact_at(into, address).expect("its memory is read");
    }

    fn read_word(&self, address: u64) -> u64 {
        let mut bytes = [0; 8];
        self.read(address, &mut bytes[..self.word as usize]);
        u64::from_le_bytes(bytes)
    }

    fn write_word(&self, address: u64, word: u64) {
        self.write(address, &word.to_le_bytes()[..self.word as usize]);
    }

    /// Writes its memory, read-only pages too.
    pub(crate) fn write(&self, address: u64, bytes: &[u8]) {
        self.memory.write_all_at(bytes, address).expect("its memory is written");
    }

    /// Lets it run to its end without looking.
    pub(crate) fn finish(mut self) -> Output {
        trace::resume(self.pid, Until::End, None).expect("it goes on");
        let mut output = Output { status: Default::default(), stdout: Vec::new(), stderr: Vec::new() };
        self.drain(&mut output);
        output.status = self.child.wait().expect("it ends");
        output
    }

    /// Lets it run to its end and gives the numbers of the system calls it makes.
    pub(crate) fn calls(mut self) -> (Vec<u64>, Ended) {
        // What it says is not looked at, but it may be more than pipes hold.
        let pipes =
            [self.child.stdout.take().map(OwnedFd::from), self.child.stderr.take().map(OwnedFd::from)];
        for pipe in pipes.into_iter().flatten() {
            std::thread::spawn(move || std::io::copy(&mut File::from(pipe), &mut std::io::sink()));
        }
        let mut calls = Vec::new();
        let ended = self.each(Until::Call, |pid| {
            if let Ok(Call::Entry { number, .. }) = trace::stop(pid).map(|stop| stop.call) {
                calls.push(number);
            }
        });
        (calls, ended)
    }

    /// Lets it run to its end instruction by instruction; gives the first two bytes of each.
    pub(crate) fn instructions(mut self) -> (Vec<[u8; 2]>, Ended) {
        let memory = self.memory.try_clone().expect("a second descriptor");
        let mut instructions = Vec::new();
        let mut look = |pid| {
            let at = trace::stop(pid).expect("it is stopped").instruction;
            let mut bytes = [0; 2];
            memory.read_exact_at(&mut bytes, at).expect("the instruction is read");
            instructions.push(bytes);
        };
        look(self.pid);
        let ended = self.each(Until::Step, look);
        (instructions, ended)
    }

    fn each(&mut self, until: Until, mut look: impl FnMut(Pid)) -> Ended {
        let mut signal = None;
        loop {
            trace::resume(self.pid, until, signal.take()).expect("it goes on");
            match self.wait() {
                Ended::Stopped(Signal::TRAP) => look(self.pid),
                Ended::Stopped(other) if other.number() == Signal::TRAP.number() | 0x80 => look(self.pid),
                Ended::Stopped(other) => signal = Some(other),
                ended => return ended,
            }
        }
    }

    fn wait(&self) -> Ended {
        let flags = WaitFlags::EXITED | WaitFlags::STOPPED;
        waitid(WaitFor::Process(self.pid), flags).expect("it is our child").expect("it has changed").ended
    }

    fn drain(&mut self, output: &mut Output) {
        for (pipe, into) in [
            (self.child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read>), &mut output.stdout),
            (self.child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read>), &mut output.stderr),
        ] {
            pipe.expect("output is caught").read_to_end(into).expect("output is read");
        }
    }
}

/// Gives the bytes in a word of a program's processor, by the class in its ELF header.
fn word(pid: Pid) -> u64 {
    const CLASS_32: u8 = 1;
    let mut head = [0; 5];
    let program = File::open(format!("/proc/{}/exe", pid.get())).expect("its program opens");
    program.read_exact_at(&mut head, 0).expect("its program is read");
    if head[4] == CLASS_32 { 4 } else { 8 }
}
