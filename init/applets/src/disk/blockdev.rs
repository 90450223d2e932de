//! `blockdev` (util-linux's; BusyBox has fewer of its commands). The commands are options here too, done in their order on each
//! device.

use alloc::vec::Vec;

use linux::block::{self, Property};
use linux::fd::{AsFd, BorrowedFd};
use linux::fs::{Mode, OpenFlags, open};
use linux::retry;
use query::{Rows, Value};

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "blockdev",
    summary: "Show or set properties of disks",
    usage: "COMMAND... DEVICE...\n--report [--json] [DEVICE]...",
    flags: flags![
        Flag::new(0x80, "getsize64", "its size in bytes"),
        Flag::new(0x81, "getsz", "its size in sectors of 512 bytes"),
        Flag::new(0x82, "getsize", ""),
        Flag::new(0x83, "getss", "the bytes of a sector"),
        Flag::new(0x84, "getpbsz", "the bytes of a sector, as it writes them"),
        Flag::new(0x85, "getiomin", "the fewest bytes that it likes to be asked for"),
        Flag::new(0x86, "getioopt", "how many bytes it likes best"),
        Flag::new(0x87, "getalignoff", "the bytes it begins beside a physical sector"),
        Flag::new(0x88, "getbsz", "the bytes of a block"),
        Flag::with(0x89, "setbsz", "BYTES", "set them"),
        Flag::new(0x8a, "getro", "1 if nothing can be written"),
        Flag::new(0x8b, "setro", "have nothing be written"),
        Flag::new(0x8c, "setrw", "allow writing"),
        Flag::new(0x8d, "getra", "the sectors of 512 bytes that are read ahead"),
        Flag::with(0x8e, "setra", "SECTORS", "set them"),
        Flag::new(0x8f, "getfra", ""),
        Flag::with(0x90, "setfra", "SECTORS", ""),
        Flag::new(0x91, "getmaxsect", "the most sectors of a transfer"),
        Flag::new(0x92, "getdiscardzeroes", "1 if what was discarded reads as zeros"),
        Flag::new(0x93, "flushbufs", "write out what the kernel keeps of it"),
        Flag::new(0x94, "rereadpt", "read its table of partitions again"),
        Flag::new(REPORT, "report", "a table of devices"),
        Flag::new(b'v', "verbose", ""),
        Flag::new(b'q', "quiet", ""),
        Flag::rows("access read_ahead_sectors:n sector_bytes:n block_bytes:n bytes:n name"),
    ],
    run: Run::Parsed(run),
};

const REPORT: u8 = 0x95;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has_any(&[REPORT, JSON]) {
        return Ok(report(io, parsed));
    }
    if parsed.operands.is_empty() || parsed.options.is_empty() {
        return Ok(parsed.usage(io));
    }
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
        let device = match retry(|| open(path, flags, Mode::empty())) {
            Ok(device) => device,
            Err(errno) => {
                status = io.complain(path, &errno);
                continue;
            }
        };
        for &(key, word) in parsed.options.iter().filter(|option| option.0 >= 0x80) {
            let number = match key {
                0x89 | 0x8e | 0x90 => amount::parse(word)
                    .and_then(|number| u32::try_from(number).ok())
                    .ok_or_else(|| io.misuse(word, "is no number"))?,
                _ => 0,
            };
            match perform(key, number, device.as_fd()) {
                Ok(Some(number)) => {
                    io.out.number(number);
                    io.out.put(b"\n");
                }
                Ok(None) => {}
                Err(errno) => {
                    // As tools before do: what follows would stand in its line.
                    status = io.complain(path, &errno);
                    break;
                }
            }
        }
    }
    Ok(status)
}

/// Does a command; gives what is to be printed.
fn perform(key: u8, number: u32, device: BorrowedFd<'_>) -> linux::Result<Option<u64>> {
    let asked = match key {
        0x80 => return block::size(device).map(Some),
        0x81 | 0x82 => return block::size(device).map(|size| Some(size / 512)),
        0x89 => return block::set_block_size(device, number).map(|()| None),
        0x8b | 0x8c => return block::set_read_only(device, key == 0x8b).map(|()| None),
        0x8d | 0x8f => return block::read_ahead(device).map(|sectors| Some(sectors as u64)),
        0x8e | 0x90 => return block::set_read_ahead(device, number as usize).map(|()| None),
        0x91 => return block::most_sectors(device).map(|sectors| Some(sectors.into())),
        0x93 => return block::flush(device).map(|()| None),
        0x94 => return block::reread_partitions(device).map(|()| None),
        0x83 => Property::SectorSize,
        0x84 => Property::PhysicalSectorSize,
        0x85 => Property::SmallestTransfer,
        0x86 => Property::BestTransfer,
        0x87 => Property::AlignmentOffset,
        0x88 => Property::BlockSize,
        0x8a => Property::ReadOnly,
        _ => Property::DiscardZeroes,
    };
    block::property(device, asked).map(|number| Some(number.into()))
}

/// Shows what blockdev has always shown of devices.
fn report(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Status {
    let mut status = Status::SUCCESS;
    let mut rows = Rows::named(
        "access=RO read_ahead_sectors=RA sector_bytes=SSZ block_bytes=BSZ bytes=Size name=Device",
    );
    let listed = system::disks::paths();
    let all: Vec<&[u8]> = listed.iter().map(Vec::as_slice).collect();
    let paths = if parsed.operands.is_empty() { &all } else { &parsed.operands };
    for &path in paths {
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NONBLOCK;
        let row = retry(|| open(path, flags, Mode::empty())).and_then(|device| {
            let number =
                |property| block::property(&device, property).map(|number| Value::Number(number.into()));
            let is_read_only = block::property(&device, Property::ReadOnly)? != 0;
            Ok([
                Value::text(if is_read_only { b"ro" } else { b"rw" }),
                Value::Number(block::read_ahead(&device)? as u64),
                number(Property::SectorSize)?,
                number(Property::BlockSize)?,
                Value::Number(block::size(&device)?),
                Value::text(path),
            ])
        });
        match row {
            Ok(row) => rows.push(row),
            Err(_) if parsed.operands.is_empty() => {}
            Err(errno) => status = io.complain(path, &errno),
        }
    }
    io.show(&rows, parsed);
    status
}
