//! Guests whose instructions are counted: by QEMU (`-icount shift=0,sleep=off`), for which guest time is instructions, one a
//! nanosecond; so the times in the kernel's log count them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::boot::MEMORY_MIB;
use crate::guest::{Happening, Running};
use crate::machine::{Architecture, Machine};
use crate::qemu::{Engine, Guest, Network, Reset};

/// How long one guest may take: counting slows it down several times, and so does a busy host.
const LIMIT: Duration = Duration::from_secs(240);

/// The line of the kernel that starts the count.
pub(super) const START: &str = "Run /init as init process";

/// The line of `smaps_rollup` with memory that is no file's.
pub(super) const MEMORY: &str = "Anonymous:";

/// What all guests have in common.
pub(super) struct Stand<'a> {
    pub(super) architecture: &'a Architecture,
    pub(super) machine: &'a Machine,
    pub(super) kernel: &'a Path,
}

impl Stand<'_> {
    pub(super) fn guest<'b>(&'b self, initramfs: &'b Path, engine: Engine) -> Guest<'b> {
        Guest {
            architecture: self.architecture,
            machine: self.machine,
            engine,
            kernel: self.kernel,
            initramfs: Some(initramfs),
            memory_mib: MEMORY_MIB,
            append: vec!["quiet".to_owned(), "panic=-1".to_owned()],
            networks: vec![Network::User],
            disks: Vec::new(),
            devices: Vec::new(),
            reset: Reset::Exit,
        }
    }
}

/// Finds the time in seconds of the first line of the kernel's log that holds a text.
pub(super) fn stamp(console: &str, text: &str) -> Result<f64> {
    let mut lines = console.lines().filter(|line| line.contains(text)).filter_map(seconds);
    lines.next().with_context(|| format!("the kernel's log has no line {text:?}:\n{console}"))
}

/// Reads the time in front of a line of the kernel's log: `[    0.386412] text`.
fn seconds(line: &str) -> Option<f64> {
    line.split_once('[')?.1.split_once(']')?.0.trim().parse().ok()
}

pub(super) struct Console {
    pub(super) running: Running,
    until: Instant,
}

impl Console {
    pub(super) fn start(guest: &Guest<'_>) -> Result<Self> {
        Ok(Self { running: Running::start(guest, false)?, until: Instant::now() + LIMIT })
    }

    pub(super) fn wait(&mut self, text: &str) -> Result<()> {
        self.wait_for(text, 1)
    }

    /// Waits until a text has been seen on the console and again, with its time, in the log that was asked for.
    pub(super) fn wait_twice(&mut self, text: &str) -> Result<()> {
        self.wait_for(text, 2)
    }

    pub(super) fn wait_for(&mut self, text: &str, times: usize) -> Result<()> {
        let missing = format!("the console did not show {text:?}");
        loop {
            let console = self.running.console();
            // A line that is still being written is not read yet.
            let whole = console.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if whole.matches(text).count() >= times {
                return Ok(());
            }
            match self.running.next(self.until)? {
                Some(Happening::Exited(_)) => return Err(self.running.ended(&missing)),
                // A console that never falls silent is no reason to wait for ever.
                Some(_) if Instant::now() < self.until => {}
                _ => return Err(self.running.timed_out(&missing)),
            }
        }
    }
}
