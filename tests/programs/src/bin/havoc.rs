//! Faults for process 1 and its services, one by each first argument:
//!
//! * `services SEED ROUNDS LIMIT_MS`: kills services at random, as many at once as it happens, and measures how long each time until
//!   all of them have processes again;
//! * `signals ROUNDS`: sends process 1 every signal that asks for nothing, as often;
//! * `descriptors COUNT`: lets process 1 have no more descriptors than that;
//! * `hang-up PATH`: hangs up a terminal, as a modem does that has lost its line;
//! * `replace PATH`: puts a new file in the place of one for ever, each known by a number all over it;
//! * `whole PATH`: looks whether such a file is all of one number.
//!
//! Ends with 0 when what it measures is within the limit, and what it does could be done.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use linux::fd::STDOUT;
use linux::fs::{self, Directory, Mode, OpenFlags};
use linux::process::{self, Limit, Pid, Resource};
use linux::signal::{self, Signal};
use linux::{Errno, Result, terminal, thread, time};
use rt::{Arguments, Environment};
use system::file::{self, Durability};

rt::program!(main);

/// Where the groups of the services are.
const GROUPS: &str = "/sys/fs/cgroup/services";

/// How long killed services are waited for at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a service is killed by.
const DEATHS: [Signal; 4] = [Signal::KILL, Signal::SEGV, Signal::ABRT, Signal::BUS];

/// What process 1 hears without being asked for anything, and what it must not hear at all.
const NOISE: [Signal; 9] = [
    Signal::CHLD,
    Signal::IO,
    Signal::HUP,
    Signal::ALRM,
    Signal::PIPE,
    Signal::STOP,
    Signal::KILL,
    Signal::TSTP,
    Signal::VTALRM,
];

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let words: Vec<&str> = arguments.skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok()).unwrap_or(1);
    let done = match words.first().copied() {
        Some("services") => kill_services(number(1), number(2), Duration::from_millis(number(3))),
        Some("signals") => send_signals(number(1)),
        Some("descriptors") => limit_descriptors(number(1)),
        Some("replace") => replace(words.get(1).copied().unwrap_or_default()),
        Some("whole") => is_whole(words.get(1).copied().unwrap_or_default()),
        Some("hang-up") => hang_up(words.get(1).copied().unwrap_or_default()),
        _ => Err(Errno::INVAL),
    };
    match done {
        Ok(is_right) => i32::from(!is_right),
        Err(cause) => {
            say(&format!("havoc: {cause}\n"));
            2
        }
    }
}

fn kill_services(seed: u64, rounds: u64, limit: Duration) -> Result<bool> {
    let mut random = Random(seed | 1);
    let (mut worst, mut killed) = (Duration::ZERO, 0);
    for _ in 0..rounds {
        let mut struck: Vec<(String, Vec<Pid>)> = Vec::new();
        for name in services()? {
            let members = members(&name)?;
            if random.below(2) == 0 && !members.is_empty() {
                struck.push((name, members));
            }
        }
        let start = time::boottime();
        for pid in struck.iter().flat_map(|(_, members)| members) {
            let death = DEATHS.get(random.below(DEATHS.len())).copied().unwrap_or(Signal::KILL);
            // One that has ended by itself is as dead.
            let _ = process::kill(*pid, Some(death));
            killed += 1;
        }
        for (name, former) in &struck {
            worst = worst.max(wait_for_successor(name, former, start)?);
        }
        time::sleep(Duration::from_millis(random.below(20) as u64));
    }
    say(&format!("{killed} processes killed, all back within {} us\n", worst.as_micros()));
    Ok(worst <= limit)
}

/// Waits until a service has other processes than those it had; gives the time since the start.
fn wait_for_successor(name: &str, former: &[Pid], start: Duration) -> Result<Duration> {
    loop {
        let took = time::boottime().saturating_sub(start);
        let members = members(name)?;
        if !members.is_empty() && members.iter().all(|member| !former.contains(member)) {
            return Ok(took);
        }
        if took > PATIENCE {
            say(&format!("{name} did not come back\n"));
            return Err(Errno::TIMEDOUT);
        }
        thread::sched_yield();
    }
}

fn services() -> Result<Vec<String>> {
    let folder = fs::open(GROUPS, OpenFlags::READ | OpenFlags::DIRECTORY, Mode::empty())?;
    let mut buffer = [0; 4096];
    let mut entries = Directory::new(folder, &mut buffer);
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let name = String::from_utf8_lossy(entry?.name.to_bytes()).into_owned();
        if !name.starts_with('.') && fs::stat(procs(&name).as_str()).is_ok() {
            names.push(name);
        }
    }
    // The kernel promises no order, and a seed is to mean the same each time.
    names.sort_unstable();
    Ok(names)
}

fn members(name: &str) -> Result<Vec<Pid>> {
    let file = fs::open(procs(name).as_str(), OpenFlags::READ, Mode::empty())?;
    let mut text = [0; 4096];
    let count = fs::read_full(&file, &mut text)?;
    let text = core::str::from_utf8(text.get(..count).unwrap_or_default()).map_err(|_| Errno::INVAL)?;
    Ok(text.lines().filter_map(|line| line.parse().ok().and_then(Pid::new)).collect())
}

fn procs(name: &str) -> String {
    format!("{GROUPS}/{name}/cgroup.procs")
}

fn send_signals(rounds: u64) -> Result<bool> {
    for _ in 0..rounds {
        for noise in NOISE {
            process::kill(Pid::INIT, Some(noise))?;
        }
    }
    Ok(true)
}

fn limit_descriptors(count: u64) -> Result<bool> {
    let former = process::prlimit(Some(Pid::INIT), Resource::OPEN_FILES, None)?;
    let limit = Limit { soft: Some(count), hard: former.hard };
    process::prlimit(Some(Pid::INIT), Resource::OPEN_FILES, Some(limit))?;
    Ok(true)
}

fn hang_up(path: &str) -> Result<bool> {
    // Those whose terminal is gone are told.
    signal::ignore(Signal::HUP)?;
    // Only who leads no group can found a session.
    let child = process::spawn(|| {
        let hung_up = process::setsid().and_then(|_| {
            let line = fs::open(path, OpenFlags::READ_WRITE, Mode::empty())?;
            terminal::set_controlling(&line, true)?;
            process::vhangup()
        });
        i32::from(hung_up.is_err())
    })?;
    let ended = process::waitid(process::WaitFor::Process(child), process::WaitFlags::EXITED)?;
    Ok(ended.is_some_and(|child| child.ended.shell_status() == 0))
}

/// How many numbers a replaced file has: more than a page of them.
const NUMBERS: usize = 1000;

fn replace(path: &str) -> Result<bool> {
    for number in 0_u64.. {
        file::replace(path.as_bytes(), &number.to_le_bytes().repeat(NUMBERS), Durability::Durable)
            .map_err(errno)?;
    }
    Ok(true)
}

fn is_whole(path: &str) -> Result<bool> {
    let bytes = file::read(path.as_bytes()).map_err(errno)?;
    let number = bytes.first_chunk().copied().map(u64::from_le_bytes).unwrap_or_default();
    say(&format!("{} bytes of number {number}\n", bytes.len()));
    Ok(bytes == number.to_le_bytes().repeat(NUMBERS))
}

fn errno(error: system::Error) -> Errno {
    error.errno().unwrap_or(Errno::INVAL)
}

/// Numbers that follow from a seed (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }
}

fn say(text: &str) {
    let _ = fs::write_all(STDOUT, text.as_bytes());
}
