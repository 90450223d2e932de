//! `df` (POSIX; the others are GNU's). Without operands file systems without blocks, and those that were told already or are
//! mounted over, are left out unless `-a` asks for them.

use alloc::vec::Vec;

use linux::fs::{Statfs, stat, statfs};
use query::text::{decimal, printable, width};
use query::{Rows, Value};
use system::mounts::Table;

use super::resolve::{Needs, resolve};
use super::units::{self, Unit};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "df",
    summary: "Show how much room file systems have: all, or those of FILE",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'a', "all", "also those without blocks, and those mounted over"),
        units::HUMAN,
        Flag::new(b'H', "", "same as --si"),
        units::SI_FLAG,
        units::KILO,
        units::MEGA,
        units::SIZE,
        Flag::new(b'P', "portability", "with the head that POSIX has"),
        Flag::new(b'T', "print-type", "with the kind of each"),
        Flag::new(b'i', "inodes", "numbers of files instead of room"),
        Flag::with(b't', "type", "KIND", "only of this kind"),
        Flag::with(b'x', "exclude-type", "KIND", "not of this kind"),
        Flag::new(b'l', "local", "not those of other machines"),
        Flag::may(
            OUTPUT,
            "output",
            "COLUMNS",
            "source,fstype,itotal,iused,iavail,ipcent,size,used,avail,...",
        ),
        Flag::new(TOTAL, "total", "with the sum of all"),
        Flag::new(SYNC, "sync", "write what waits in memory before"),
        Flag::new(NO_SYNC, "no-sync", ""),
        Flag::rows(
            "source type target bytes:n bytes_used:n bytes_available:n percent_used:n? files:n files_used:n files_available:n"
        ),
    ],
    run: Run::Parsed(run),
};

keys! { 129; OUTPUT TOTAL SYNC NO_SYNC }

/// A file system.
struct Line {
    source: Vec<u8>,
    kind: Vec<u8>,
    target: Vec<u8>,
    /// What was named.
    file: Vec<u8>,
    bytes: Facts,
    files: Facts,
}

/// Bytes, or files.
#[derive(Clone, Copy, Default)]
struct Facts {
    total: u64,
    used: u64,
    available: u64,
}

impl Facts {
    fn of_files(system: &Statfs) -> Self {
        let used = system.files.saturating_sub(system.files_free);
        Self { total: system.files, used, available: system.files_free }
    }

    fn of_bytes(system: &Statfs) -> Self {
        let bytes = |blocks: u64| blocks.saturating_mul(system.block_size);
        let used = bytes(system.blocks.saturating_sub(system.free));
        Self { total: bytes(system.blocks), used, available: bytes(system.available) }
    }

    /// Gives the share in use in whole percent, rounded up, of what anyone but root may use.
    fn percent(self) -> Option<u64> {
        let all = u128::from(self.used) + u128::from(self.available);
        (all > 0).then(|| (u128::from(self.used) * 100).div_ceil(all) as u64)
    }

    fn add(self, other: Self) -> Self {
        Self {
            total: self.total.saturating_add(other.total),
            used: self.used.saturating_add(other.used),
            available: self.available.saturating_add(other.available),
        }
    }
}

/// A column: its name for `--output`, its head, its least width, and what it shows.
struct Column {
    name: &'static [u8],
    head: &'static [u8],
    least: usize,
    shows: Shows,
}

#[derive(Clone, Copy)]
enum Shows {
    Text(fn(&Line) -> &[u8]),
    Bytes(fn(Facts) -> u64),
    Files(fn(Facts) -> u64),
    Percent(fn(&Line) -> Facts),
}

const COLUMNS: [Column; 12] = [
    Column { name: b"source", head: b"Filesystem", least: 14, shows: Shows::Text(|line| &line.source) },
    Column { name: b"fstype", head: b"Type", least: 4, shows: Shows::Text(|line| &line.kind) },
    Column { name: b"itotal", head: b"Inodes", least: 5, shows: Shows::Files(|facts| facts.total) },
    Column { name: b"iused", head: b"IUsed", least: 5, shows: Shows::Files(|facts| facts.used) },
    Column { name: b"iavail", head: b"IFree", least: 5, shows: Shows::Files(|facts| facts.available) },
    Column { name: b"ipcent", head: b"IUse%", least: 4, shows: Shows::Percent(|line| line.files) },
    Column { name: b"size", head: b"", least: 5, shows: Shows::Bytes(|facts| facts.total) },
    Column { name: b"used", head: b"Used", least: 5, shows: Shows::Bytes(|facts| facts.used) },
    Column { name: b"avail", head: b"Avail", least: 5, shows: Shows::Bytes(|facts| facts.available) },
    Column { name: b"pcent", head: b"Use%", least: 4, shows: Shows::Percent(|line| line.bytes) },
    Column { name: b"file", head: b"File", least: 0, shows: Shows::Text(|line| &line.file) },
    Column { name: b"target", head: b"Mounted on", least: 0, shows: Shows::Text(|line| &line.target) },
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(SYNC) {
        linux::fs::sync();
    }
    let unit = match parsed.last_of(&[b'h', b'H', units::SI, b'k', b'm', b'B']) {
        Some(b'H') => Unit::Si,
        _ => Unit::parse(io, parsed, 1024, b'k', "DF_BLOCK_SIZE")?,
    };
    let columns = columns(io, parsed)?;
    let table = Table::read()?;
    let mut status = Status::SUCCESS;
    let mut lines = Vec::new();
    if parsed.operands.is_empty() {
        lines = all(parsed, &table);
    }
    for &path in &parsed.operands {
        match of_file(&table, path) {
            Ok(line) if is_wanted(parsed, &line.kind) => lines.push(line),
            Ok(_) => {}
            Err(errno) => status = io.complain(path, &errno),
        }
    }
    if lines.is_empty() {
        return Ok(if status == Status::SUCCESS {
            io.complain(b"", &"no such file systems")
        } else {
            status
        });
    }
    if parsed.has(TOTAL) {
        lines.push(total(&lines));
    }
    if parsed.has(JSON) {
        json(io, &lines);
    } else {
        show(io, parsed, &lines, unit, &columns);
    }
    Ok(status)
}

/// Gives the columns that are shown.
fn columns(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<&'static Column>, Status> {
    let names: &[u8] = match parsed.value(OUTPUT) {
        Some(b"") => return Ok(COLUMNS.iter().collect()),
        Some(names) => names,
        None if parsed.has(b'i') && parsed.has(b'T') => b"source,fstype,itotal,iused,iavail,ipcent,target",
        None if parsed.has(b'i') => b"source,itotal,iused,iavail,ipcent,target",
        None if parsed.has(b'T') => b"source,fstype,size,used,avail,pcent,target",
        None => b"source,size,used,avail,pcent,target",
    };
    let find = |name: &[u8]| {
        COLUMNS.iter().find(|column| column.name == name).ok_or_else(|| io.misuse(name, "no such column"))
    };
    names.split(|&byte| byte == b',').map(find).collect()
}

fn all(parsed: &Parsed<'_>, table: &Table) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut devices: Vec<(u32, u32)> = Vec::new();
    let shows_all = parsed.has(b'a');
    for mount in table.mounts().filter_map(Result::ok) {
        let (source, kind, target) = (mount.source.plain(), mount.kind.plain(), mount.target.plain());
        let is_far = source.contains(&b':') || source.starts_with(b"//");
        if !is_wanted(parsed, &kind) || is_far && parsed.has(b'l') {
            continue;
        }
        let Ok(system) = statfs(target.as_slice()) else { continue };
        // What is mounted over cannot be asked about.
        let is_there = || stat(target.as_slice()).is_ok_and(|root| root.device() == mount.device);
        if !shows_all && (system.blocks == 0 || devices.contains(&mount.device) || !is_there()) {
            continue;
        }
        devices.push(mount.device);
        let (bytes, files) = (Facts::of_bytes(&system), Facts::of_files(&system));
        lines.push(Line { source, kind, target, file: b"-".to_vec(), bytes, files });
    }
    lines
}

fn is_wanted(parsed: &Parsed<'_>, kind: &[u8]) -> bool {
    let is_named = !parsed.has(b't') || parsed.values(b't').any(|wanted| wanted == kind);
    is_named && parsed.values(b'x').all(|unwanted| unwanted != kind)
}

/// Finds the file system that holds a file: the mount of its device with the longest path above it. The file of a device stands
/// for what is mounted from it.
fn of_file(table: &Table, path: &[u8]) -> linux::Result<Line> {
    let file = stat(path)?;
    let whole = resolve(path, Needs::All, true)?;
    let mounts = || table.mounts().filter_map(Result::ok);
    let above = |target: &[u8]| {
        target == b"/"
            || whole.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    let from_device =
        mounts().filter(|mount| mount.source.is(&whole)).min_by_key(|mount| mount.target.plain().len());
    let holding = || mounts().filter(|mount| mount.device == file.device() && above(&mount.target.plain()));
    let mount = from_device.or_else(|| holding().max_by_key(|mount| mount.target.plain().len()));
    let (source, kind, target) = match mount {
        Some(mount) => (mount.source.plain(), mount.kind.plain(), mount.target.plain()),
        None => (b"-".to_vec(), b"-".to_vec(), whole.clone()),
    };
    let system = if from_target(&target, &whole) { statfs(target.as_slice())? } else { statfs(path)? };
    let (bytes, files) = (Facts::of_bytes(&system), Facts::of_files(&system));
    Ok(Line { source, kind, target, file: path.to_vec(), bytes, files })
}

/// Says whether a file lies elsewhere than the file system that it stands for.
fn from_target(target: &[u8], whole: &[u8]) -> bool {
    !whole.starts_with(target)
}

fn total(lines: &[Line]) -> Line {
    let none = || b"-".to_vec();
    let sum = |of: fn(&Line) -> Facts| lines.iter().map(of).fold(Facts::default(), Facts::add);
    let (bytes, files) = (sum(|line| line.bytes), sum(|line| line.files));
    Line { source: b"total".to_vec(), kind: none(), target: none(), file: none(), bytes, files }
}

fn json(io: &mut Io<'_>, lines: &[Line]) {
    let mut rows = Rows::named(
        "source type target bytes bytes_used bytes_available percent_used files files_used files_available",
    );
    for line in lines {
        let [source, kind, target] = [&line.source, &line.kind, &line.target].map(|text| Value::text(text));
        let [bytes, used, available] =
            [line.bytes.total, line.bytes.used, line.bytes.available].map(Value::Number);
        let percent = line.bytes.percent().map_or(Value::Unknown, Value::Number);
        let [files, files_used, files_free] =
            [line.files.total, line.files.used, line.files.available].map(Value::Number);
        rows.push([source, kind, target, bytes, used, available, percent, files, files_used, files_free]);
    }
    rows.json(&mut io.out);
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, lines: &[Line], unit: Unit, columns: &[&Column]) {
    let is_named = parsed.has(OUTPUT);
    let is_posix = parsed.has(b'P') && !is_named;
    let head = |column: &Column| match column.name {
        b"size" => size_head(unit, is_posix),
        b"avail" if !is_named && matches!(unit, Unit::Of(..)) => b"Available".to_vec(),
        b"pcent" if is_posix => b"Capacity".to_vec(),
        _ => column.head.to_vec(),
    };
    let mut grid: Vec<Vec<Vec<u8>>> = alloc::vec![columns.iter().map(|column| head(column)).collect()];
    for line in lines {
        grid.push(columns.iter().map(|column| cell(column.shows, line, unit)).collect());
    }
    print(io, &grid, columns);
}

/// Gives the head above sizes: the unit.
fn size_head(unit: Unit, is_posix: bool) -> Vec<u8> {
    let Unit::Of(bytes, _) = unit else { return b"Size".to_vec() };
    let mut head = Vec::new();
    let shift = match bytes {
        _ if is_posix || bytes == 0 || bytes % 1024 > 0 => 0,
        _ => (bytes.trailing_zeros() / 10).min(3),
    };
    let letter: &[u8] = match shift {
        0 if is_posix => b"",
        0 => b"B",
        1 => b"K",
        2 => b"M",
        _ => b"G",
    };
    decimal(bytes >> (10 * shift), &mut head);
    [&head[..], letter, b"-blocks"].concat()
}

fn cell(shows: Shows, line: &Line, unit: Unit) -> Vec<u8> {
    let mut text = Vec::new();
    match shows {
        Shows::Text(of) => printable(of(line), &mut text),
        Shows::Bytes(of) => unit.put(of(line.bytes), &mut text),
        Shows::Files(of) => match unit {
            Unit::Of(..) => decimal(of(line.files), &mut text),
            human => human.put(of(line.files), &mut text),
        },
        Shows::Percent(of) => match of(line).percent() {
            Some(share) => {
                decimal(share, &mut text);
                text.push(b'%');
            }
            None => text.push(b'-'),
        },
    }
    text
}

/// Prints columns: texts to the left, numbers to the right, nothing behind the last.
fn print(io: &mut Io<'_>, grid: &[Vec<Vec<u8>>], columns: &[&Column]) {
    let widest =
        |at: usize| grid.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> =
        columns.iter().enumerate().map(|(at, column)| widest(at).max(column.least)).collect();
    for row in grid {
        for (at, ((cell, column), wide)) in row.iter().zip(columns).zip(&widths).enumerate() {
            let fill = alloc::vec![b' '; wide.saturating_sub(width(cell))];
            let is_text = matches!(column.shows, Shows::Text(_));
            let is_last = at + 1 == columns.len();
            if at > 0 {
                io.out.put(b" ");
            }
            io.out.put(if is_text { b"" } else { &fill });
            io.out.put(cell);
            io.out.put(if is_text && !is_last { &fill } else { b"" });
        }
        io.out.put(b"\n");
    }
}
