//! `losetup` (util-linux's; BusyBox has `-c -d -f -a -o -P -r`). Without operands it lists, as `-l` does.

use alloc::vec::Vec;

use linux::block::{LoopFlags, LoopStatus, loop_attach, loop_detach, loop_resize, loop_status};
use linux::fd::OwnedFd;
use linux::fs::{Mode, OpenFlags, open};
use linux::{Errno, retry};
use query::{Column, Rows, Value};
use system::loops::{TRIES, free, path};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "losetup",
    summary: "Have a file be a disk",
    usage: "[OPTION]... DEVICE FILE\n-f [--show] [OPTION]... [FILE]\n-d DEVICE... | -D | -c DEVICE\n[-a] [-l] [-j FILE] [DEVICE]",
    flags: flags![
        Flag::new(b'f', "find", "the first free device; without FILE print it"),
        Flag::new(SHOW, "show", "print the device that was taken"),
        Flag::with(b'o', "offset", "BYTES", "begin there in the file"),
        Flag::with(SIZE, "sizelimit", "BYTES", "no more than so much of the file"),
        Flag::with(b'b', "sector-size", "BYTES", "the size of a sector: 512 to 4096"),
        Flag::new(b'P', "partscan", "its partitions become devices"),
        Flag::new(b'r', "read-only", "nothing can be written"),
        Flag::may(DIRECT, "direct-io", "on|off", "past the kernel's memory of the file"),
        Flag::new(b'L', "nooverlap", "take the device that shows this part of the file, if one does"),
        Flag::new(b'd', "detach", "free devices from their files"),
        Flag::new(b'D', "detach-all", "free all devices"),
        Flag::new(b'c', "set-capacity", "see that the file has another size"),
        Flag::new(b'a', "all", "list all devices that show a file"),
        Flag::new(b'l', "list", "list as a table"),
        Flag::with(b'j', "associated", "FILE", "list the devices that show FILE"),
        Flag::with(b'O', "output", "COLUMNS", "with -l: only these"),
        Flag::new(b'n', "noheadings", "with -l: no titles"),
        Flag::new(RAW, "raw", ""),
        Flag::new(b'v', "verbose", ""),
        Flag::rows("name limit_bytes:n offset_bytes:n autoclear:b read_only:b file direct:b"),
    ],
    run: Run::Parsed(run),
};

const SHOW: u8 = 0x80;
const SIZE: u8 = 0x81;
const DIRECT: u8 = 0x82;
const RAW: u8 = 0x83;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let operands = parsed.operands.as_slice();
    if parsed.has(b'D') {
        let used = numbers().into_iter().map(path).filter(|path| status_of(path).is_ok());
        return Ok(used.fold(Status::SUCCESS, |status, path| status.and(detach(io, &path))));
    }
    if parsed.has(b'd') {
        if operands.is_empty() {
            return Ok(parsed.usage(io));
        }
        return Ok(operands.iter().fold(Status::SUCCESS, |status, path| status.and(detach(io, path))));
    }
    match operands {
        &[device] if parsed.has(b'c') => {
            let done = device_at(device, OpenFlags::READ).and_then(loop_resize);
            Ok(io.report(device, done))
        }
        [] if parsed.has(b'f') => {
            let number = free().map_err(|errno| io.complain(b"/dev/loop-control", &errno))?;
            io.out.put(&path(number));
            io.out.put(b"\n");
            Ok(Status::SUCCESS)
        }
        &[file] if parsed.has(b'f') => attach(io, parsed, None, file),
        &[device, file] if !parsed.has_any(b"adcDf") => attach(io, parsed, Some(device), file),
        [] | [_] => list(io, parsed, operands.first().copied()),
        _ => Ok(parsed.usage(io)),
    }
}

/// Gives the numbers of all loop devices.
fn numbers() -> Vec<u64> {
    let mut numbers = Vec::new();
    let _ = system::folder::each(b"/sys/block", &mut |name| {
        numbers.extend(name.strip_prefix(b"loop").and_then(query::text::parse_decimal));
    });
    query::sort::sort(&mut numbers);
    numbers
}

fn device_at(path: &[u8], access: OpenFlags) -> linux::Result<OwnedFd> {
    retry(|| open(path, access | OpenFlags::CLOSE_ON_EXEC, Mode::empty()))
}

fn status_of(path: &[u8]) -> linux::Result<LoopStatus> {
    device_at(path, OpenFlags::READ).and_then(loop_status)
}

fn detach(io: &mut Io<'_>, path: &[u8]) -> Status {
    let done = device_at(path, OpenFlags::READ).and_then(loop_detach);
    match done {
        Err(Errno::NXIO) => io.complain(path, &"shows no file"),
        done => io.report(path, done),
    }
}

/// Has a device show a file.
fn attach(io: &mut Io<'_>, parsed: &Parsed<'_>, device: Option<&[u8]>, name: &[u8]) -> Outcome {
    let mut number = |key| match parsed.value(key) {
        None => Ok(0),
        Some(word) => amount::parse_any(word).ok_or_else(|| io.misuse(word, "is no number")),
    };
    let (offset, limit, sector) = (number(b'o')?, number(SIZE)?, number(b'b')?);
    let mut flags = LoopFlags::empty();
    flags.set(LoopFlags::PARTITIONS, parsed.has(b'P'));
    flags.set(LoopFlags::READ_ONLY, parsed.has(b'r'));
    flags.set(LoopFlags::DIRECT, parsed.value(DIRECT).is_some_and(|word| word != b"off"));
    let mut access = if parsed.has(b'r') { OpenFlags::READ } else { OpenFlags::READ_WRITE };
    let file = match device_at(name, access) {
        Err(Errno::ROFS | Errno::ACCES) => {
            access = OpenFlags::READ;
            flags |= LoopFlags::READ_ONLY;
            device_at(name, access)
        }
        other => other,
    }
    .map_err(|errno| io.complain(name, &errno))?;
    let resolved = system::mounts::resolve(name);
    if parsed.has(b'L')
        && let Some(used) = numbers().into_iter().map(path).find(|path| {
            backing(path) == resolved
                && status_of(path).is_ok_and(|status| (status.offset(), status.limit()) == (offset, limit))
        })
    {
        return Ok(taken(io, parsed, &used));
    }
    let status = LoopStatus::new(offset, limit, flags, &resolved);
    for _ in 0..TRIES {
        let device = match device {
            Some(device) => device.to_vec(),
            None => path(free().map_err(|errno| io.complain(b"/dev/loop-control", &errno))?),
        };
        let done = device_at(&device, access)
            .and_then(|open| loop_attach(&open, &file, u32::try_from(sector).unwrap_or(u32::MAX), &status));
        match done {
            Ok(()) => return Ok(taken(io, parsed, &device)),
            // Somebody else took it in between.
            Err(Errno::BUSY) if parsed.has(b'f') => {}
            Err(errno) => return Ok(io.complain(&device, &errno)),
        }
    }
    Ok(io.complain(name, &"no free device"))
}

fn taken(io: &mut Io<'_>, parsed: &Parsed<'_>, device: &[u8]) -> Status {
    if parsed.has(SHOW) {
        io.out.put(device);
        io.out.put(b"\n");
    }
    Status::SUCCESS
}

/// Gives the path of the file that a device shows; empty if it shows none.
fn backing(device: &[u8]) -> Vec<u8> {
    let name = device.strip_prefix(b"/dev/").unwrap_or(device);
    let mut text =
        system::file::read(&[b"/sys/block/", name, b"/loop/backing_file"].concat()).unwrap_or_default();
    text.truncate(text.strip_suffix(b"\n").map_or(text.len(), <[u8]>::len));
    text
}

fn list(io: &mut Io<'_>, parsed: &Parsed<'_>, device: Option<&[u8]>) -> Outcome {
    let wanted = parsed.value(b'j').map(system::mounts::resolve);
    let is_table = parsed.has_any(b"lO")
        || parsed.has(JSON)
        || device.is_none() && wanted.is_none() && !parsed.has(b'a');
    let columns = columns(io, parsed)?;
    let shown: Vec<Column<'_>> = columns.iter().filter_map(|index| COLUMNS.get(*index).copied()).collect();
    let untitled = |column: &Column<'static>| Column { title: "", ..*column };
    let mut rows = Rows::new(&if parsed.has(b'n') { shown.iter().map(untitled).collect() } else { shown });
    let all = || numbers().into_iter().map(path).collect();
    let paths: Vec<Vec<u8>> = device.map_or_else(all, |device| Vec::from([device.to_vec()]));
    for path in paths {
        let file = backing(&path);
        if wanted.as_ref().is_some_and(|wanted| *wanted != file) {
            continue;
        }
        let status = match status_of(&path) {
            Ok(status) => status,
            Err(Errno::NXIO) if device.is_none() => continue,
            Err(errno) => return Ok(io.complain(&path, &errno)),
        };
        let file = if file.is_empty() { status.name().to_vec() } else { file };
        if is_table {
            let row = row(&path, &file, &status);
            rows.push(columns.iter().filter_map(|index| row.get(*index).cloned()).collect::<Vec<_>>());
        } else {
            line(io, &path, &file, &status);
        }
    }
    if is_table && (!rows.is_empty() || parsed.has(JSON)) {
        io.show(&rows, parsed);
    }
    Ok(Status::SUCCESS)
}

const COLUMNS: [Column<'static>; 7] = [
    Column { name: "name", title: "NAME" },
    Column { name: "limit_bytes", title: "SIZELIMIT" },
    Column { name: "offset_bytes", title: "OFFSET" },
    Column { name: "autoclear", title: "AUTOCLEAR" },
    Column { name: "read_only", title: "RO" },
    Column { name: "file", title: "BACK-FILE" },
    Column { name: "direct", title: "DIO" },
];

/// Gives which columns are shown, by their titles in `-O`.
fn columns(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<usize>, Status> {
    let Some(list) = parsed.value(b'O') else { return Ok((0..COLUMNS.len()).collect()) };
    let mut columns = Vec::new();
    for word in list.split(|byte| *byte == b',') {
        let found = COLUMNS.iter().position(|column| column.title.as_bytes().eq_ignore_ascii_case(word));
        columns.push(found.ok_or_else(|| io.misuse(word, "no such column"))?);
    }
    Ok(columns)
}

fn row(path: &[u8], file: &[u8], status: &LoopStatus) -> [Value; 7] {
    let flag = |flag| {
        let is_set = status.flags().contains(flag);
        Value::Truth(is_set).shown(if is_set { b"1".to_vec() } else { b"0".to_vec() })
    };
    [
        Value::text(path),
        Value::Number(status.limit()),
        Value::Number(status.offset()),
        flag(LoopFlags::AUTOCLEAR),
        flag(LoopFlags::READ_ONLY),
        Value::text(file),
        flag(LoopFlags::DIRECT),
    ]
}

/// Writes `/dev/loop0: [65024]:12 (/a/file), offset 512`.
fn line(io: &mut Io<'_>, path: &[u8], file: &[u8], status: &LoopStatus) {
    let out = &mut io.out;
    let (inode, device) = status.file();
    out.put(path);
    out.put(b": [");
    query::text::zero_padded(device, 4, out);
    out.put(b"]:");
    out.number(inode);
    out.put(b" (");
    out.printable(file);
    out.put(b")");
    for (name, number) in [(", offset ", status.offset()), (", sizelimit ", status.limit())] {
        if number > 0 {
            out.put(name.as_bytes());
            out.number(number);
        }
    }
    out.put(b"\n");
}
