//! The one program: process 1 when it is process 1, else the applet that `argv[0]` names.
//!
//! `spelunk APPLET [ARGUMENT]...` works without a link; `spelunk --list` gives the names, one a line. `busybox` is another name of it.

#![no_std]
#![no_main]

extern crate alloc;

#[cfg(feature = "shell")]
mod commands;
#[cfg(feature = "shell")]
mod shell;

use alloc::vec::Vec;
use core::ffi::CStr;

use applets::Io;
use boot::Commands;
use linux::process::{self, Pid};
use rt::{Arguments, Environment};

#[cfg(not(feature = "fault-injection"))]
rt::program!(main);
#[cfg(feature = "fault-injection")]
rt::program!(main, rt::heap::Refusing);

/// The shell's names, which are none of an applet.
#[cfg(feature = "shell")]
const SHELL: [&str; 2] = shell::NAMES;
#[cfg(not(feature = "shell"))]
const SHELL: [&str; 0] = [];

/// The name of this program when it is no applet's.
const PROGRAM: &[u8] = b"spelunk";

/// Says whether the program is called by a name of its own, or by that of the one in whose place it may stand.
fn is_program(name: &[u8]) -> bool {
    name == PROGRAM || name == b"busybox"
}

fn main(arguments: Arguments, environment: Environment) -> i32 {
    let table = Table { environment: Some(environment) };
    let mut words = arguments;
    let path = words.next().map_or(PROGRAM, CStr::to_bytes);
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    // A container may have any command as its process 1, and a kernel is told `init=/bin/sh` to get a shell.
    let is_command = applets::find(name).is_some() || SHELL.iter().any(|shell| shell.as_bytes() == name);
    let is_init = name == b"init" || !is_command;
    if is_init && process::getpid() == Pid::INIT {
        rt::panic::set_last_resort(recover);
        #[cfg(feature = "services")]
        if let Some(succession) = words.next().and_then(boot::Succession::named) {
            return boot::succeed(&table, succession);
        }
        #[cfg(feature = "fault-injection")]
        rt::heap::Refusing::refuse(refused(environment));
        return boot::run(&table);
    }
    let words: Vec<&[u8]> = words.map(CStr::to_bytes).collect();
    #[cfg(feature = "shell")]
    if let Some(words) = shell::words(path, &words) {
        let environment: Vec<&[u8]> = environment.map(CStr::to_bytes).collect();
        return shell::run(&words, &environment);
    }
    match words.as_slice() {
        words if !is_program(name) => table.call(&[&[name], words].concat()),
        [] | [b"--help"] => table.call(&[b"help"]),
        [option, ..] if option.starts_with(b"-") => table.manage(&words),
        words => table.call(words),
    }
}

/// Gives the number of the request for memory that process 1 is refused; 0: none.
#[cfg(feature = "fault-injection")]
fn refused(environment: Environment) -> u32 {
    let value = environment.get(b"SPELUNK_REFUSE").unwrap_or_default();
    core::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Does both, in a thread each where there are two processors and one can be started.
fn together(first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
    let is_started = rt::thread::available_parallelism().is_ok_and(|count| count.get() > 1)
        && rt::thread::scope(|scope| {
            let started = scope.spawn(&mut *second);
            if started.is_ok() {
                first();
            }
            started.is_ok()
        });
    if !is_started {
        first();
        second();
    }
}

/// Runs when process 1 has panicked.
fn recover() {
    boot::recover(&Table { environment: None });
}

/// The applets, as boot knows them.
struct Table {
    /// None after a panic: what process 1 knew then is not asked.
    environment: Option<Environment>,
}

impl Table {
    /// Does what is asked of the program itself.
    #[cfg(feature = "shell")]
    fn manage(&self, words: &[&[u8]]) -> i32 {
        applets::multiplexer::run(&mut Io::standard(&[]), words, &SHELL).0.into()
    }

    /// Gives the names; that is all that a program without a shell is asked for.
    #[cfg(not(feature = "shell"))]
    fn manage(&self, words: &[&[u8]]) -> i32 {
        if words != [b"--list"] {
            return self.call(words);
        }
        let mut io = Io::standard(&[]);
        for name in applets::names() {
            io.out.put(name.as_bytes());
            io.out.put(b"\n");
        }
        io.out.flush();
        i32::from(io.out.is_broken())
    }
}

impl Commands for Table {
    fn survive_faults(&self) -> linux::Result<()> {
        rt::fault::survive()
    }

    fn call(&self, words: &[&[u8]]) -> i32 {
        let environment: Vec<&[u8]> = self.environment.into_iter().flatten().map(CStr::to_bytes).collect();
        applets::call(&mut Io::standard(&environment).with_threads(together), words).0.into()
    }

    #[cfg(feature = "shell")]
    fn line(&self, line: &[u8]) -> i32 {
        shell::become_line(self.environment, line)
    }

    #[cfg(feature = "shell")]
    fn session(&self, name: &str) -> Option<i32> {
        Some(shell::become_session(self.environment, name))
    }
}
