//! From process 1's start to address, default route and resolver in place; and what the image weighs.
//!
//! Instructions are counted by QEMU (`-icount shift=0,sleep=off`: guest time is instructions, one a nanosecond) and
//! read from the kernel's log: from its line `Run /init as init process`, which precedes the loading of the
//! program, to the line that says that all is in place, which both write to `/dev/kmsg`. The console is quiet
//! meanwhile, and the log is read at the prompt afterwards, so that reading costs nothing that is counted. The peer
//! is a static BusyBox with a shell script as process 1 and `udhcpc`, on the same kernel and machine.
//!
//! While a guest waits, its counted time leaps: a reply that the host's load makes late adds to the count, and
//! nothing takes from it. So the smallest count of all rounds is the one that no host disturbed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use formats::file::cpio::Writer;

use super::{Row, Setup, median};
use crate::accelerator;
use crate::boot::MEMORY_MIB;
use crate::guest::{Happening, Running};
use crate::image::{self, Compression};
use crate::install::{self, need};
use crate::machine::{Architecture, Machine};
use crate::qemu::{Engine, Guest, Network, Reset};
use crate::workspace;

/// How long one guest may take: counting slows it down several times.
const LIMIT: Duration = Duration::from_secs(60);

/// The line of the kernel that starts the count.
const START: &str = "Run /init as init process";

/// Who is measured.
struct Subject {
    name: &'static str,
    initramfs: PathBuf,
    /// What the line says that ends the count.
    up: &'static str,
    values: Vec<Counted>,
    wall: Vec<f64>,
}

/// What one counted boot gave.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counted {
    /// From process 1's start to everything in place.
    instructions: f64,
    /// From the kernel's start to everything in place.
    since_power_on: f64,
    /// Private memory of process 1, in kB.
    rss_anon: f64,
}

pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = Architecture::load(&setup.hardware.arch)?;
    let machine = architecture.machine(None)?;
    let kernel = setup.hardware.kernel(&architecture)?;
    let engine = accelerator::choose(setup.hardware.accel, &architecture, machine, &kernel)?;
    let compression = setup.hardware.compression(&architecture);
    let mut subjects =
        vec![Subject::new("Spelunk", image::standard(&architecture, compression)?, "spelunk: up in ")];
    if setup.peers {
        subjects.push(Subject::new("BusyBox", busybox(&architecture, compression)?, "busybox: up"));
    }
    for _ in 0..setup.rounds {
        for subject in &mut subjects {
            let counted = guest(&architecture, machine, &kernel, &subject.initramfs, Engine::Counted);
            subject
                .values
                .push(count(&counted, subject.up).with_context(|| format!("count {}", subject.name))?);
            if setup.peers {
                let timed = guest(&architecture, machine, &kernel, &subject.initramfs, engine);
                subject
                    .wall
                    .push(time(&timed, subject.up).with_context(|| format!("time {}", subject.name))?);
            }
        }
    }
    rows(&subjects)
}

impl Subject {
    fn new(name: &'static str, initramfs: PathBuf, up: &'static str) -> Self {
        Self { name, initramfs, up, values: Vec::new(), wall: Vec::new() }
    }

    fn least(&self, value: fn(&Counted) -> f64) -> f64 {
        self.values.iter().map(value).fold(f64::INFINITY, f64::min)
    }

    fn middle(&self, value: fn(&Counted) -> f64) -> f64 {
        median(&self.values.iter().map(value).collect::<Vec<_>>())
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
        row("instructions", "instructions", &|one| Ok(one.least(|counted| counted.instructions)))?,
        row("since-power-on", "instructions", &|one| Ok(one.least(|counted| counted.since_power_on)))?,
        row("image", "bytes", &Subject::image)?,
        row("rss-anon", "kB", &|one| Ok(one.middle(|counted| counted.rss_anon)))?,
    ];
    if !ours.wall.is_empty() {
        rows.push(row("wall", "s", &|one| Ok(median(&one.wall)))?);
    }
    Ok(rows)
}

fn guest<'a>(
    architecture: &'a Architecture,
    machine: &'a Machine,
    kernel: &'a Path,
    initramfs: &'a Path,
    engine: Engine,
) -> Guest<'a> {
    Guest {
        architecture,
        machine,
        engine,
        kernel,
        initramfs: Some(initramfs),
        memory_mib: MEMORY_MIB,
        append: vec!["quiet".to_owned(), "panic=-1".to_owned()],
        networks: vec![Network::User],
        disks: Vec::new(),
        devices: Vec::new(),
        reset: Reset::Exit,
    }
}

/// Boots a guest, and reads what it counted at its prompt.
fn count(guest: &Guest<'_>, up: &str) -> Result<Counted> {
    let mut console = Console { running: Running::start(guest, false)?, until: Instant::now() + LIMIT };
    console.wait(up)?;
    // The prompt may come before or after that line; what is typed is kept for it.
    console.running.type_text("dmesg\n")?;
    console.wait_twice(up)?;
    console.running.type_text("cat /proc/1/status\n")?;
    console.wait("RssAnon:")?;
    console.wait("\nRssFile:")?;
    read(&console.running.console(), up)
}

/// Boots a guest, and gives the seconds from QEMU's start to its line.
fn time(guest: &Guest<'_>, up: &str) -> Result<f64> {
    let started = Instant::now();
    let mut console = Console { running: Running::start(guest, false)?, until: Instant::now() + LIMIT };
    console.wait(up)?;
    Ok(started.elapsed().as_secs_f64())
}

/// Finds the stamps in the kernel's log, and process 1's memory, in what a console showed.
fn read(console: &str, up: &str) -> Result<Counted> {
    let stamp = |text: &str| {
        let mut lines = console.lines().filter(|line| line.contains(text)).filter_map(seconds);
        lines.next().with_context(|| format!("the kernel's log has no line {text:?}:\n{console}"))
    };
    let (start, end) = (stamp(START)?, stamp(up)?);
    let rss =
        console.lines().find_map(|line| line.trim().strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
    let rss_anon = rss.context("no RssAnon")?.trim().parse().context("read RssAnon")?;
    Ok(Counted { instructions: (end - start) * 1e9, since_power_on: end * 1e9, rss_anon })
}

/// Reads the time in front of a line of the kernel's log: `[    0.386412] text`.
fn seconds(line: &str) -> Option<f64> {
    line.split_once('[')?.1.split_once(']')?.0.trim().parse().ok()
}

struct Console {
    running: Running,
    until: Instant,
}

impl Console {
    fn wait(&mut self, text: &str) -> Result<()> {
        self.wait_for(text, 1)
    }

    /// Waits until a text has been seen on the console and again, with its time, in the log that was asked for.
    fn wait_twice(&mut self, text: &str) -> Result<()> {
        self.wait_for(text, 2)
    }

    fn wait_for(&mut self, text: &str, times: usize) -> Result<()> {
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
                Some(_) => {}
                None => return Err(self.running.timed_out(&missing)),
            }
        }
    }
}

/// Packs the peer: what someone would write who wants the same with BusyBox.
fn busybox(architecture: &Architecture, compression: Compression) -> Result<PathBuf> {
    install::ensure(&[need("busybox", "busybox-static")])?;
    let program = std::fs::read("/bin/busybox").context("read /bin/busybox")?;
    let archive = busybox_archive(&program).context("pack BusyBox's initramfs")?;
    let path = workspace::make_folder(&workspace::target().join(&architecture.name))?.join("busybox.cpio.gz");
    workspace::write(&path, compression.compress(&archive)?)?;
    Ok(path)
}

fn busybox_archive(program: &[u8]) -> Result<Vec<u8>, formats::Error> {
    let mut writer = Writer::new();
    for folder in ["bin", "dev", "etc", "proc", "run", "sys", "tmp"] {
        writer.directory(folder, 0o755)?;
    }
    writer.character_device("dev/console", 0o600, (5, 1))?;
    writer.file("bin/busybox", 0o755, program)?;
    for name in ["cat", "dmesg", "echo", "init", "ip", "mount", "poweroff", "sh", "udhcpc"] {
        writer.symbolic_link(&format!("bin/{name}"), "busybox")?;
    }
    writer.file("init", 0o755, BUSYBOX_INIT.as_bytes())?;
    writer.file("etc/inittab", 0o644, b"::respawn:-/bin/sh\n")?;
    writer.file("etc/udhcpc", 0o755, BUSYBOX_LEASE.as_bytes())?;
    writer.finish()
}

/// Process 1 of the peer; it goes on as BusyBox's init, whose memory is measured.
const BUSYBOX_INIT: &str = "#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
ip link set lo up
ip link set eth0 up
udhcpc -i eth0 -n -q -s /etc/udhcpc > /dev/null 2>&1
echo 'busybox: up' > /dev/kmsg
echo 'busybox: up'
exec /bin/init
";

/// What `udhcpc` runs: the same settings that our worker makes.
const BUSYBOX_LEASE: &str = "#!/bin/sh
[ \"$1\" = bound ] || exit 0
ip addr add $ip/$mask dev $interface
ip route add default via $router dev $interface
for server in $dns; do echo nameserver $server; done > /etc/resolv.conf
";

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "spelunk: up in 391 ms: eth0\n# dmesg\n[    0.385900] Run /init as init process\n\
        [    0.386412] spelunk: up in 391 ms: eth0\n# cat /proc/1/status\nRssAnon:\t      52 kB\nRssFile: 0 kB\n";

    #[test]
    fn stamps_and_memory_are_read_from_the_console() {
        let counted = read(CONSOLE, "spelunk: up in ").unwrap();
        assert!((counted.instructions - 512_000.0).abs() < 1.0, "{counted:?}");
        assert!((counted.since_power_on - 386_412_000.0).abs() < 1.0, "{counted:?}");
        assert_eq!(counted.rss_anon, 52.0);
        assert!(read("nothing", "spelunk: up in ").unwrap_err().to_string().contains(START));
    }
}
