//! A service of `bench services`: writes `served ROLE` to the kernel's log when it begins, and then does what its role asks for. The
//! role is the argument, or the name of the folder that it begins in.
//!
//! * `victim`: 2 s later it writes `victim dies` and is killed, unless that has been done before;
//! * `witness`: 4 s later it writes how much memory process 1 has that is no file's, then the kernel's log to the console, and
//!   at last `served: over`; then it writes `served ends` to the log and asks process 1 for a reboot;
//! * any other: nothing any more.

#![no_std]
#![no_main]

extern crate alloc;

use core::time::Duration;

use linux::fs::{self, Mode, OpenFlags};
use linux::process::{self, Pid, getpid};
use linux::signal::Signal;
use linux::{Result, time};
use rt::{Arguments, Environment};

rt::program!(main);

/// It is there once the victim has died.
const DEAD: &core::ffi::CStr = c"/dead";

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let mut room = [0; 256];
    let role = match arguments.nth(1) {
        Some(word) => word.to_bytes(),
        None => {
            fs::getcwd(&mut room).unwrap_or_default().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
        }
    };
    let done = say(&[b"served ", role]).and_then(|()| match role {
        b"victim" => die(),
        b"witness" => testify(),
        _ => Ok(()),
    });
    if done.is_err() {
        return 1;
    }
    loop {
        time::sleep(Duration::from_secs(1_000_000));
    }
}

/// Writes a line to the kernel's log; without its end it could still grow, and would not be read yet.
fn say(parts: &[&[u8]]) -> Result<()> {
    let log = fs::open(c"/dev/kmsg", OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    fs::write(&log, &[&parts.concat(), &b"\n"[..]].concat()).map(drop)
}

fn die() -> Result<()> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    time::sleep(Duration::from_secs(2));
    if fs::open(DEAD, flags, Mode::octal(0o600)).is_err() {
        return Ok(());
    }
    say(&[b"victim dies"])?;
    process::kill(getpid(), Some(Signal::KILL))
}

fn testify() -> Result<()> {
    time::sleep(Duration::from_secs(4));
    let mut text = [0; 4096];
    let read = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
    let memory = fs::open(c"/proc/1/smaps_rollup", read, Mode::empty())?;
    let count = fs::read_full(&memory, &mut text)?;
    let mut lines = text.get(..count).unwrap_or_default().split(|byte| *byte == b'\n');
    if let Some(line) = lines.find(|line| line.starts_with(b"Anonymous:")) {
        say(&[line])?;
    }
    let console =
        fs::open(c"/dev/console", OpenFlags::WRITE | OpenFlags::NO_CONTROLLING_TERMINAL, Mode::empty())?;
    let log = fs::open(c"/dev/kmsg", read | OpenFlags::NONBLOCK, Mode::empty())?;
    // The last record is followed by nothing yet.
    while let Ok(count) = fs::read(&log, &mut text) {
        fs::write_all(&console, text.get(..count).unwrap_or_default())?;
    }
    fs::write_all(&console, b"served: over\n")?;
    // Of the highest level, which the console shows with its time.
    say(&[b"<0>served ends"])?;
    process::kill(Pid::INIT, Some(Signal::TERM))
}
