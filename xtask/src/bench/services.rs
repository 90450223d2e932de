//! 50 services under a supervisor that is process 1: what they take to begin, process 1's memory then, how soon one that is killed
//! is there again, and how long the machine takes to end.
//!
//! The services are the program `served` (`tests/programs`), which writes a line to the kernel's log as its first act; one of them
//! is killed 2 s later, one shows the log and process 1's memory at the end, and asks for a reboot. All guests have the same kernel, machine and
//! services, and are counted as those of [`super::boot`] are: from the kernel's line `Run /init as init process`, the loading of
//! the program included, to the line of the last service.

mod peers;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use formats::dev::kmsg;

use super::counted::{Console, MEMORY, START, Stand, stamp};
use super::{Row, Setup};
use crate::build;
use crate::image::{self, Compression};
use crate::machine::Architecture;
use crate::qemu::{Engine, Guest};
use peers::Peer;
use toolchain::Form;

/// How many services there are.
const COUNT: usize = 50;

/// What a service writes when it begins, before its role.
const BEGINS: &str = "served ";

/// The service that is killed.
const VICTIM: &str = "victim";

/// What it writes before.
const DIES: &str = "victim dies";

/// The service that shows the log.
const WITNESS: &str = "witness";

/// The last that it shows of them.
const OVER: &str = "served: over";

/// What it writes before it asks for a reboot.
const ENDS: &str = "served ends";

/// The kernel's last line.
const RESTARTS: &str = "reboot: Restarting system";

/// The roles of the services.
fn roles() -> Vec<String> {
    let named = [VICTIM, WITNESS].map(str::to_owned);
    (named.len()..COUNT).map(|number| format!("s{number}")).chain(named).collect()
}

/// What one guest gave.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counted {
    /// Instructions until all have begun.
    instructions: f64,
    /// Instructions from the death of one until it has begun again.
    restart: f64,
    /// Private memory of process 1, in kB.
    memory: f64,
    /// Milliseconds from the request for a reboot to the kernel's last line, of those that take requests.
    shutdown: Option<f64>,
}

/// One of its values.
type Value = fn(&Counted) -> Option<f64>;

/// Who is measured.
struct Subject {
    name: &'static str,
    initramfs: PathBuf,
    /// Whether it takes SIGTERM for a request to reboot.
    reboots: bool,
    rounds: Vec<Counted>,
}

impl Subject {
    /// Gives the smallest of the rounds: chance only ever adds.
    fn least(&self, value: Value) -> Option<f64> {
        self.rounds.iter().filter_map(value).min_by(f64::total_cmp)
    }
}

pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let architecture = setup.hardware.architecture()?;
    let machine = architecture.machine(None)?;
    let kernel = setup.hardware.kernel(&architecture, None)?;
    let compression = setup.hardware.compression(&architecture);
    let initramfs = own(&architecture, compression)?;
    let mut subjects = vec![Subject { name: "Spelunk", initramfs, reboots: true, rounds: Vec::new() }];
    if setup.peers && architecture.target().is_host() {
        let served = build::binary(&architecture, "spelunk-programs", "served", Form::Shipped)?;
        for peer in Peer::all() {
            let initramfs = peer.pack(&architecture, &served, &roles(), compression)?;
            subjects.push(Subject { name: peer.name, initramfs, reboots: peer.reboots, rounds: Vec::new() });
        }
    }
    let stand = Stand { architecture: &architecture, machine, kernel: &kernel };
    for _ in 0..setup.rounds {
        for Subject { name, initramfs, reboots, rounds } in &mut subjects {
            let counted = count(stand.guest(initramfs, Engine::Counted), *reboots);
            rounds.push(counted.with_context(|| format!("count {name}"))?);
        }
    }
    rows(&subjects)
}

/// Packs an image of ours.
fn own(architecture: &Architecture, compression: Compression) -> Result<PathBuf> {
    let files: BTreeMap<_, _> = roles()
        .into_iter()
        .map(|role| {
            (
                format!("etc/spelunk/services/{role}.toml"),
                format!("command = [\"/bin/served\", \"{role}\"]\n"),
            )
        })
        .collect();
    let changes = image::Changes { files, programs: vec!["served".to_owned()], ..Default::default() };
    image::write(architecture, &"init,service".parse()?, "bench-services", compression, &changes)
}

/// Boots a guest, and reads what it shows.
fn count(mut guest: Guest<'_>, reboots: bool) -> Result<Counted> {
    guest.networks.clear();
    // The kernel would leave lines out that come so fast.
    guest.append.extend(["printk.devkmsg=on", "spelunk.network=off"].map(str::to_owned));
    let mut console = Console::start(&guest)?;
    console.wait(OVER)?;
    let counted = read(&console.running.console())?;
    if !reboots {
        return Ok(counted);
    }
    console.wait(RESTARTS)?;
    let text = console.running.console();
    Ok(Counted { shutdown: Some(1000.0 * (stamp(&text, RESTARTS)? - stamp(&text, ENDS)?)), ..counted })
}

/// Reads the records of the kernel's log that a console showed.
fn read(console: &str) -> Result<Counted> {
    let records: Vec<_> = console.lines().filter_map(|line| kmsg::parse(line.as_bytes()).ok()).collect();
    let texts = records.iter().map(|record| (record.time.as_nanos() as f64, record.text));
    let texts: Vec<_> = texts.map(|(time, text)| (time, String::from_utf8_lossy(text))).collect();
    let first = |wanted: &str| {
        let found = texts.iter().find(|(_, text)| text.starts_with(wanted));
        found
            .map(|(time, _)| *time)
            .with_context(|| format!("the kernel's log has no line {wanted:?}:\n{console}"))
    };
    let mut up: f64 = 0.0;
    for role in roles() {
        up = up.max(first(&format!("{BEGINS}{role}"))?);
    }
    let dies = first(DIES)?;
    let again = format!("{BEGINS}{VICTIM}");
    let again = texts.iter().rfind(|(time, text)| *time >= dies && *text == again);
    let memory = texts.iter().find_map(|(_, text)| text.strip_prefix(MEMORY)?.trim().strip_suffix(" kB"));
    Ok(Counted {
        instructions: up - first(START)?,
        restart: again.context("the service that was killed has not begun again")?.0 - dies,
        memory: memory
            .with_context(|| format!("no {MEMORY}:\n{console}"))?
            .trim()
            .parse()
            .context("read the memory")?,
        shutdown: None,
    })
}

fn rows(subjects: &[Subject]) -> Result<Vec<Row>> {
    let (ours, peers) = subjects.split_first().context("nothing was measured")?;
    let mut rows = Vec::new();
    let values: [(&str, &str, Value); 4] = [
        ("instructions", "instructions", |counted| Some(counted.instructions)),
        ("restart", "instructions", |counted| Some(counted.restart)),
        ("memory", "kB", |counted| Some(counted.memory)),
        ("shutdown", "ms", |counted| counted.shutdown),
    ];
    for (name, unit, value) in values {
        let row = Row::new(name, ours.least(value).context("nothing was measured")?, unit);
        if peers.is_empty() {
            rows.push(row);
            continue;
        }
        let theirs = peers.iter().filter_map(|peer| Some((peer.name, peer.least(value)?)));
        rows.extend(theirs.map(|(name, value)| row.clone().against(name, value)));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_begin_and_the_one_that_begins_again_count() {
        let mut log = "6,300,1000000,-;Run /init as init process\n".to_owned();
        for (at, role) in roles().iter().enumerate() {
            log += &format!("12,{},{},-;served {role}\n", 301 + at, 1_001_000 + at);
        }
        log += "12,400,3000000,-;victim dies\n12,401,3000050,-;served victim\n12,402,5000000,-;Anonymous:     72 kB\n";
        let counted = read(&log).unwrap();
        assert!((counted.instructions - 1_049_000.0).abs() < 1.0, "{counted:?}");
        assert!((counted.restart - 50_000.0).abs() < 1.0, "{counted:?}");
        assert_eq!(counted.memory, 72.0);
        assert!(read(&log.replace("served s17\n", "")).unwrap_err().to_string().contains("s17"));
    }
}
