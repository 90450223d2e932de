//! From process 1's first instruction to address, default route and resolver in place; and what the image weighs.
//!
//! Instructions are counted by QEMU (`-icount shift=0,sleep=off`: guest time is instructions, one a nanosecond) and
//! read from the kernel's log: from its line `Run /init as init process` to the line that says that all is in place,
//! which both write to `/dev/kmsg`. The console is quiet meanwhile, and the log is read at the prompt afterwards, so
//! that reading costs nothing that is counted. What the kernel takes after its line to load the program is measured
//! apart ([`loading`]), a row of its own, and taken off. The peer is a static BusyBox with a shell script as process 1
//! and `udhcpc`, on the same kernel and machine, counted in the same way.
//!
//! While a guest waits, its counted time leaps: a reply that the host's load makes late adds to the count. It is rare,
//! so the median of the rounds is the count of a host that disturbs nothing.

mod busybox;
mod loading;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use super::counted::{Console, MEMORY, START, Stand, stamp};
use super::{Row, Setup, median};
use crate::accelerator;
use crate::image::{self, Compression};
use crate::machine::Architecture;
use crate::qemu::{Engine, Guest};
use crate::selection::Selection;

/// Who is measured.
struct Subject {
    name: &'static str,
    initramfs: PathBuf,
    /// The same image, whose process 1 faults instead of its first instruction.
    stillborn: PathBuf,
    /// What the line says that ends the count.
    up: &'static str,
    values: Vec<Counted>,
    loading: Vec<f64>,
    wall: Vec<f64>,
}

/// What one counted boot gave.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counted {
    /// From the kernel's line that it runs process 1 to everything in place.
    since_run: f64,
    /// From the kernel's start to everything in place.
    since_power_on: f64,
    /// Private memory of process 1, in kB.
    rss_anon: f64,
}

pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = setup.hardware.architecture()?;
    let machine = architecture.machine(None)?;
    let kernel = setup.hardware.kernel(&architecture, None)?;
    let engine = accelerator::choose(setup.hardware.accel, &architecture, machine, &kernel)?;
    let compression = setup.hardware.compression(&architecture);
    let mut subjects = vec![Subject::spelunk(&architecture, compression)?];
    // The host's BusyBox is a peer on the host's processor only.
    if setup.peers && architecture.target().is_host() {
        subjects.push(Subject::busybox(&architecture, compression)?);
    }
    let stand = Stand { architecture: &architecture, machine, kernel: &kernel };
    for _ in 0..setup.rounds {
        for Subject { name, initramfs, stillborn, up, values, loading, wall } in &mut subjects {
            let counted = count(&stand.guest(initramfs, Engine::Counted), up);
            values.push(counted.with_context(|| format!("count {name}"))?);
            let load = loading::count(stand.guest(stillborn, Engine::Counted));
            loading.push(load.with_context(|| format!("count the loading of {name}"))?);
            if setup.peers {
                wall.push(time(&stand.guest(initramfs, engine), up).with_context(|| format!("time {name}"))?);
            }
        }
    }
    rows(&subjects)
}

impl Subject {
    fn spelunk(architecture: &Architecture, compression: Compression) -> Result<Self> {
        let selection = Selection::INITRAMFS.parse()?;
        Ok(Self::new(
            "Spelunk",
            image::plain(architecture, &selection, compression)?,
            image::altered(architecture, &selection, "stillborn", compression, &loading::stillborn)?,
            "spelunk: up in ",
        ))
    }

    fn busybox(architecture: &Architecture, compression: Compression) -> Result<Self> {
        Ok(Self::new(
            "BusyBox",
            busybox::pack(architecture, "busybox", compression, &Ok)?,
            busybox::pack(architecture, "busybox-stillborn", compression, &loading::stillborn)?,
            "busybox: up",
        ))
    }

    fn new(name: &'static str, initramfs: PathBuf, stillborn: PathBuf, up: &'static str) -> Self {
        Self { name, initramfs, stillborn, up, values: Vec::new(), loading: Vec::new(), wall: Vec::new() }
    }

    /// Gives the smallest of the rounds: a guest counts on while it waits for an answer, which a busy host gives late, so that
    /// chance only ever adds.
    fn least(&self, value: fn(&Counted) -> f64) -> f64 {
        self.values.iter().map(value).fold(f64::INFINITY, f64::min)
    }

    /// From the first instruction to everything in place.
    fn instructions(&self) -> f64 {
        self.least(|counted| counted.since_run) - median(&self.loading)
    }

    fn image(&self) -> Result<f64> {
        let path = &self.initramfs;
        Ok(std::fs::metadata(path).with_context(|| format!("look at {}", path.display()))?.len() as f64)
    }
}

fn rows(subjects: &[Subject]) -> Result<Vec<Row>> {
    let (ours, peer) = (subjects.first().context("nothing was measured")?, subjects.get(1));
    let row = |name: &str, unit: &'static str, value: &dyn Fn(&Subject) -> Result<f64>| -> Result<Row> {
        let row = Row::new(name, value(ours)?, unit);
        match peer {
            Some(peer) => Ok(row.against(peer.name, value(peer)?)),
            None => Ok(row),
        }
    };
    let mut rows = vec![
        row("instructions", "instructions", &|one| Ok(one.instructions()))?,
        row("loading", "instructions", &|one| Ok(median(&one.loading)))?,
        row("since-power-on", "instructions", &|one| Ok(one.least(|counted| counted.since_power_on)))?,
        row("image", "bytes", &Subject::image)?,
        row("rss-anon", "kB", &|one| {
            Ok(median(&one.values.iter().map(|counted| counted.rss_anon).collect::<Vec<_>>()))
        })?,
    ];
    if !ours.wall.is_empty() {
        rows.push(row("wall", "s", &|one| Ok(median(&one.wall)))?);
    }
    Ok(rows)
}

/// Boots a guest, and reads what it counted at its prompt.
fn count(guest: &Guest<'_>, up: &str) -> Result<Counted> {
    let mut console = Console::start(guest)?;
    console.wait(up)?;
    // The prompt may come before or after that line; what is typed is kept for it.
    console.running.type_text("dmesg\n")?;
    console.wait_twice(up)?;
    // The kernel counts the pages here; the numbers in `status` lag behind by up to 64 pages.
    console.running.type_text("cat /proc/1/smaps_rollup\n")?;
    console.wait(MEMORY)?;
    read(&console.running.console(), up)
}

/// Boots a guest, and gives the seconds from QEMU's start to its line.
fn time(guest: &Guest<'_>, up: &str) -> Result<f64> {
    let started = Instant::now();
    let mut console = Console::start(guest)?;
    console.wait(up)?;
    Ok(started.elapsed().as_secs_f64())
}

/// Finds the stamps in the kernel's log, and process 1's memory, in what a console showed.
fn read(console: &str, up: &str) -> Result<Counted> {
    let (start, end) = (stamp(console, START)?, stamp(console, up)?);
    let memory =
        console.lines().find_map(|line| line.trim().strip_prefix(MEMORY)?.trim().strip_suffix(" kB"));
    let rss_anon = memory.with_context(|| format!("no {MEMORY}"))?.trim().parse();
    let rss_anon = rss_anon.with_context(|| format!("read {MEMORY}"))?;
    Ok(Counted { since_run: (end - start) * 1e9, since_power_on: end * 1e9, rss_anon })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "spelunk: up in 391 ms: eth0\n# dmesg\n[    0.385900] Run /init as init process\n\
        [    0.386412] spelunk: up in 391 ms: eth0\n# cat /proc/1/smaps_rollup\n\
        Pss_Anon:             26 kB\nAnonymous:            52 kB\nAnonHugePages:         0 kB\n";

    #[test]
    fn stamps_and_memory_are_read_from_the_console() {
        let counted = read(CONSOLE, "spelunk: up in ").unwrap();
        assert!((counted.since_run - 512_000.0).abs() < 1.0, "{counted:?}");
        assert!((counted.since_power_on - 386_412_000.0).abs() < 1.0, "{counted:?}");
        assert_eq!(counted.rss_anon, 52.0);
        assert!(read("nothing", "spelunk: up in ").unwrap_err().to_string().contains(START));
    }
}
