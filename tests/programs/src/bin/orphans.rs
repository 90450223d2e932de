//! Leaves as many ended children to process 1 at once as its argument says, then watches process 1 bury them.
//!
//! Ends with 0 when no zombie is left within ten seconds; says how long it took.

#![no_std]
#![no_main]

extern crate alloc;

use core::time::Duration;

use linux::fd::STDOUT;
use linux::fs::{self, Directory, Mode, OpenFlags};
use linux::process::{self, WaitFlags, WaitFor};
use linux::{Result, time};
use rt::{Arguments, Environment};

rt::program!(main);

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let count = arguments.skip(1).find_map(|word| word.to_str().ok()?.parse().ok()).unwrap_or(100);
    match storm(count) {
        Ok(took) => {
            say(&alloc::format!("{count} orphans buried in {} ms\n", took.as_millis()));
            0
        }
        Err(cause) => {
            say(&alloc::format!("orphans: {cause}\n"));
            1
        }
    }
}

/// Has a child make the zombies and end, so that they fall to process 1 all at once.
fn storm(count: u32) -> Result<Duration> {
    let parent = process::spawn(|| {
        let made = (0..count).filter(|_| process::spawn(|| 0).is_ok()).count();
        // Not before all have ended: the storm is to be whole.
        while zombies().is_ok_and(|zombies| zombies < made) {
            time::sleep(Duration::from_millis(10));
        }
        i32::from(made < count as usize)
    })?;
    let ended = process::waitid(WaitFor::Process(parent), WaitFlags::EXITED)?;
    let start = time::boottime();
    if ended.is_some_and(|child| child.ended.shell_status() != 0) {
        return Err(linux::Errno::AGAIN);
    }
    loop {
        let took = time::boottime().saturating_sub(start);
        if zombies()? == 0 {
            return Ok(took);
        }
        if took > Duration::from_secs(10) {
            return Err(linux::Errno::TIMEDOUT);
        }
        time::sleep(Duration::from_millis(1));
    }
}

/// Counts the processes that have ended and wait to be asked for.
fn zombies() -> Result<usize> {
    let proc = fs::open(c"/proc", OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty())?;
    let mut buffer = [0; 8192];
    let mut entries = Directory::new(proc, &mut buffer);
    let mut count = 0;
    while let Some(entry) = entries.next() {
        let name = entry?.name;
        if name.to_bytes().first().is_some_and(u8::is_ascii_digit) {
            // A process that has gone since then is no zombie.
            count += usize::from(is_zombie(name.to_bytes()).unwrap_or(false));
        }
    }
    Ok(count)
}

fn is_zombie(number: &[u8]) -> Result<bool> {
    let path = [b"/proc/", number, b"/stat"].concat();
    let file = fs::open(path.as_slice(), OpenFlags::READ, Mode::empty())?;
    let mut text = [0; 256];
    let count = fs::read(&file, &mut text)?;
    let text = text.get(..count).unwrap_or_default();
    let state = text.iter().rposition(|byte| *byte == b')').and_then(|at| text.get(at + 2));
    Ok(state == Some(&b'Z'))
}

fn say(text: &str) {
    let _ = fs::write_all(STDOUT, text.as_bytes());
}
