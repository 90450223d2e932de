//! Kills a worker of process 1 by SIGSEGV, as often as asked, and measures how long each time until its successor runs;
//! shows in the end what the last one may do.
//!
//! Arguments: the worker's name, the count, the most milliseconds that it may take, and those between two strikes.
//! Ends with 0 when every successor came in time.

#![no_std]
#![no_main]

extern crate alloc;

use core::time::Duration;

use linux::fd::STDOUT;
use linux::fs::{self, Directory, Mode, OpenFlags};
use linux::process::{self, Pid};
use linux::signal::Signal;
use linux::{Errno, Result, thread, time};
use rt::{Arguments, Environment};

rt::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let mut words = arguments.skip(1).map(|word| word.to_str().unwrap_or_default());
    let name = words.next().unwrap_or("network");
    let mut number = |usual| words.next().and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (count, limit_ms, pause_ms) = (number(1), number(10), number(2500));
    let mut worst = Duration::ZERO;
    for round in 0..count {
        if round > 0 {
            time::sleep(Duration::from_millis(pause_ms));
        }
        match strike(name.as_bytes()) {
            Ok(took) => worst = worst.max(took),
            Err(cause) => {
                say(&alloc::format!("strike: {name}: {cause}\n"));
                return 1;
            }
        }
    }
    say(&alloc::format!("{name} struck {count} times, back within {} us\n", worst.as_micros()));
    if let Err(cause) = show_privileges(name.as_bytes()) {
        say(&alloc::format!("strike: {name}: {cause}\n"));
    }
    i32::from(worst > Duration::from_millis(limit_ms))
}

fn strike(name: &[u8]) -> Result<Duration> {
    let victim = find(name, None)?.ok_or(Errno::SRCH)?;
    let start = time::boottime();
    process::kill(victim, Some(Signal::SEGV))?;
    loop {
        let took = time::boottime().saturating_sub(start);
        if find(name, Some(victim))?.is_some() {
            return Ok(took);
        }
        if took > Duration::from_secs(5) {
            return Err(Errno::TIMEDOUT);
        }
        thread::sched_yield();
    }
}

/// Writes out those lines of the kernel's that tell what a worker may do, once it gave up what it does not need.
fn show_privileges(name: &[u8]) -> Result<()> {
    time::sleep(Duration::from_millis(50));
    let worker = find(name, None)?.ok_or(Errno::SRCH)?;
    let file =
        fs::open(alloc::format!("/proc/{}/status", worker.get()).as_str(), OpenFlags::READ, Mode::empty())?;
    let mut text = [0; 4096];
    let count = fs::read_full(&file, &mut text)?;
    let lines = text.get(..count).unwrap_or_default().split_inclusive(|byte| *byte == b'\n');
    for line in lines.filter(|line| line.starts_with(b"Cap") || line.starts_with(b"NoNew")) {
        fs::write_all(STDOUT, line)?;
    }
    Ok(())
}

/// Finds a child of process 1 by its name, other than one.
fn find(name: &[u8], except: Option<Pid>) -> Result<Option<Pid>> {
    let proc = fs::open(c"/proc", OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty())?;
    let mut buffer = [0; 4096];
    let mut entries = Directory::new(proc, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?.name;
        let number = entry.to_str().ok().and_then(|text| text.parse().ok()).and_then(Pid::new);
        if let Some(pid) = number.filter(|pid| Some(*pid) != except)
            && is_called(entry.to_bytes(), name).unwrap_or(false)
        {
            return Ok(Some(pid));
        }
    }
    Ok(None)
}

fn is_called(number: &[u8], name: &[u8]) -> Result<bool> {
    let path = [b"/proc/", number, b"/comm"].concat();
    let file = fs::open(path.as_slice(), OpenFlags::READ, Mode::empty())?;
    let mut text = [0; 32];
    let count = fs::read(&file, &mut text)?;
    Ok(text.get(..count).unwrap_or_default().trim_ascii_end() == name)
}

fn say(text: &str) {
    let _ = fs::write_all(STDOUT, text.as_bytes());
}
