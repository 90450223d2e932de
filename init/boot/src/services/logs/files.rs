//! The worker that writes files of the log: what one service says (`log.target = "file"`), and, where [`FOLDER`] is, all of it.
//!
//! It reads the ring as any reader does, so a disk that is full or does not answer holds this worker alone. It goes on where it has
//! stopped as soon as it can, and tells what was written over meanwhile.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ::services::{Target, packed};
use formats::dev::kmsg::LEVELS;
use formats::file::journal::{Entry, Origin};
use formats::time::Duration;
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, Mode};
use query::Date;
use query::text::{decimal, printable};
use system::journal::{FOLDER, Reader};
use system::rotated::Rotated;

use super::{Kept, signals};
use crate::log::Log;
use crate::services::{Shared, Unit};

/// The status of one that has nothing to do.
pub(in crate::services) const NOTHING: i32 = 3;

/// How long a file rests that could not be written.
const PAUSE: Duration = Duration::from_secs(1);

/// How many bytes are written at once: a file begins anew between two of these.
const CHUNK: usize = 16 << 10;

/// How long the file of all gets, and how many older ones are kept.
const LIMIT: u64 = 4 << 20;
const COPIES: u64 = 4;

/// A file, and what goes to it.
struct Plan {
    path: String,
    /// Empty: everything.
    service: String,
    limit: u64,
    copies: u64,
}

/// Works until SIGTERM.
pub(in crate::services) fn run(shared: &Shared, units: &[Unit], log: Log) -> i32 {
    let plans = plans(units);
    if plans.is_empty() {
        return NOTHING;
    }
    let served = signals().and_then(|signals| serve(&shared.log, &signals, &plans, log));
    i32::from(served.inspect_err(|cause| log.error(format_args!("log files: {cause}"))).is_err())
}

fn plans(units: &[Unit]) -> Vec<Plan> {
    let mut plans = Vec::new();
    if fs::stat(FOLDER).is_ok_and(|folder| folder.is_directory()) {
        plans.push(Plan {
            path: format!("{FOLDER}/log"),
            service: String::new(),
            limit: LIMIT,
            copies: COPIES,
        });
    }
    for service in units.iter().filter_map(Unit::service).filter(|service| service.log.target == Target::File)
    {
        plans.push(Plan {
            path: service.log.path(&service.name),
            limit: service.log.size.unwrap_or(0),
            copies: service.log.copies.into(),
            service: service.name,
        });
    }
    plans
}

fn serve(kept: &Kept, signals: &OwnedFd, plans: &[Plan], log: Log) -> linux::Result<()> {
    let former = cursors(&kept.files);
    let mut sinks = Vec::new();
    for plan in plans {
        let at = former.iter().find(|(path, _)| *path == plan.path).map_or(0, |(_, at)| *at);
        sinks.push(Sink::new(plan, Reader::new(kept.ring.again()?, at)));
    }
    // All read the same ring.
    let mut news = Reader::new(kept.ring.again()?, 0);
    news.watch();
    loop {
        let is_over = news.wait(Some(signals));
        let now = system::machine::uptime();
        let mut is_moved = false;
        for sink in &mut sinks {
            is_moved |= sink.turn(now, log)?;
        }
        if is_moved {
            let cursors: Vec<(String, u64)> =
                sinks.iter().map(|sink| (sink.plan.path.clone(), sink.reader.at)).collect();
            fs::pwrite(&kept.files, &packed::pack(&cursors), 0)?;
        }
        if is_over {
            return Ok(());
        }
    }
}

/// Reads how far a predecessor has come with each file.
fn cursors(file: &OwnedFd) -> Vec<(String, u64)> {
    let size = fs::fstat(file).map_or(0, |file| file.size());
    let mut bytes = alloc::vec![0; size as usize];
    let count = fs::pread(file, &mut bytes, 0).unwrap_or(0);
    packed::unpack_first(bytes.get(..count).unwrap_or_default()).unwrap_or_default()
}

/// A file while it is written.
struct Sink<'a> {
    plan: &'a Plan,
    file: Rotated<'a>,
    reader: Reader,
    /// What failed, and when it is tried again.
    failed: Option<(Errno, Duration)>,
}

impl<'a> Sink<'a> {
    fn new(plan: &'a Plan, reader: Reader) -> Self {
        // Its folders may be missing on a new disk; that they cannot be made shows when the file is.
        for (at, _) in plan.path.match_indices('/').skip(1) {
            let _ = fs::mkdir(plan.path.get(..at).unwrap_or_default(), Mode::octal(0o755));
        }
        let file = Rotated::new(plan.path.as_bytes(), plan.limit, plan.copies, Mode::octal(0o640));
        Self { plan, file, reader, failed: None }
    }

    /// Writes what is new; says whether it has come further.
    fn turn(&mut self, now: Duration, log: Log) -> linux::Result<bool> {
        if self.failed.is_some_and(|(_, until)| now < until) {
            return Ok(false);
        }
        let before = self.reader.at;
        let (lines, lost) = self.reader.read()?;
        let mut text = Vec::new();
        if before > 0 && lost > 0 {
            text.extend_from_slice(format!("{lost} bytes of the log are missing here\n").as_bytes());
        }
        let mut place = self.reader.at.saturating_sub(lines.len() as u64);
        let written = self.write(&lines, text, &mut place);
        self.reader.at = place;
        let path = &self.plan.path;
        match (written, self.failed) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => {
                self.failed = None;
                log.info(format_args!("log files: {path} is written again"));
            }
            (Err(cause), former) => {
                // Told once: what is told goes to the log.
                if former.is_none_or(|(known, _)| known != cause) {
                    log.error(format_args!("log files: write {path}: {cause}"));
                }
                self.failed = Some((cause, now.saturating_add(PAUSE)));
            }
        }
        Ok(self.reader.at != before)
    }

    /// Writes the entries among some lines of the ring, behind a text; moves the place behind those that are written.
    fn write(&mut self, lines: &[u8], mut text: Vec<u8>, place: &mut u64) -> linux::Result<()> {
        let offset = system::machine::boot_time_us();
        let mut taken = 0;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            taken += line.len() as u64;
            let entry = line.strip_suffix(b"\n").and_then(Entry::parse);
            if let Some(entry) = entry.filter(|entry| self.takes(entry)) {
                put(&entry, offset, &mut text);
            }
            if text.len() >= CHUNK {
                self.file.write(&text)?;
                text.clear();
                *place += core::mem::take(&mut taken);
            }
        }
        if !text.is_empty() {
            self.file.write(&text)?;
        }
        *place += taken;
        Ok(())
    }

    fn takes(&self, entry: &Entry<'_>) -> bool {
        let is_of_it = matches!(entry.origin, Origin::Output | Origin::Log)
            && entry.service == self.plan.service.as_bytes();
        self.plan.service.is_empty() || is_of_it
    }
}

/// Writes an entry as a line for people: date, level, who says it, and what.
fn put(entry: &Entry<'_>, offset_us: i64, out: &mut Vec<u8>) {
    let time_us = offset_us.saturating_add((entry.time.as_nanos() / 1000) as i64);
    let date = Date::from_seconds(time_us.div_euclid(1_000_000));
    date.day_text(out);
    out.push(b'T');
    date.second_text(out);
    out.push(b'.');
    query::text::zero_padded(time_us.rem_euclid(1_000_000).unsigned_abs() / 1000, 3, out);
    out.extend_from_slice(b"Z ");
    out.extend_from_slice(LEVELS.get(usize::from(entry.level())).copied().unwrap_or_default().as_bytes());
    out.push(b' ');
    printable(entry.speaker(), out);
    if entry.pid != 0 {
        out.push(b'[');
        decimal(entry.pid.into(), out);
        out.push(b']');
    }
    out.extend_from_slice(b": ");
    printable(&entry.message, out);
    out.push(b'\n');
}
