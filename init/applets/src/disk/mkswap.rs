//! `mkswap` (util-linux's, of which BusyBox has `-L`). What a device or file had at its beginning is gone afterwards: it would else
//! be found there. Blocks are not looked at for errors (`-c`).

use formats::disk::guid;
use formats::disk::swap::{FEWEST, LABEL, first_page};
use io::temporary::chance;
use linux::fs::OpenFlags;
use system::disks::Disk;

use super::size;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "mkswap",
    summary: "Make a device or file ready to hold memory",
    usage: "[OPTION]... DEVICE [KILOBYTES]",
    flags: flags![
        Flag::with(b'L', "label", "LABEL", "by which it can be found"),
        Flag::with(b'U', "uuid", "UUID", "by which it can be found, else by chance; or clear"),
        Flag::with(b'p', "pagesize", "BYTES", "the size of a page, if not this machine's"),
        Flag::new(b'f', "force", "even if it is smaller than it is said to be"),
        Flag::new(b'q', "quiet", "say nothing"),
        Flag::with(b'v', "swapversion", "1", ""),
        Flag::new(b'c', "check", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (path, kilobytes) = match *parsed.operands.as_slice() {
        [path] => (path, None),
        [path, kilobytes] => (path, Some(kilobytes)),
        _ => return Ok(parsed.usage(io)),
    };
    let page = match parsed.value(b'p') {
        None => system::program::page_size(),
        Some(word) => amount::parse(word)
            .filter(|page| page.is_power_of_two() && (4096..=65536).contains(page))
            .ok_or_else(|| io.misuse(word, "not the size of a page"))?,
    };
    let uuid = match parsed.value(b'U') {
        Some(b"clear") => [0; 16],
        Some(word) if !matches!(word, b"random" | b"time") => {
            guid::parse(word).ok_or_else(|| io.misuse(word, "not a UUID"))?
        }
        _ => {
            let mut bytes = [0; 16];
            chance(&mut bytes);
            guid::version_4(bytes)
        }
    };
    let label = parsed.value(b'L').unwrap_or_default();
    if label.len() > LABEL {
        io.complain(label, &"label is cut to 16 bytes");
    }
    let disk = Disk::open(path, OpenFlags::READ_WRITE).map_err(|errno| io.complain(path, &errno))?;
    let wanted = match kilobytes {
        None => disk.size,
        Some(word) => query::text::parse_decimal(word)
            .and_then(|kilobytes| kilobytes.checked_mul(1024))
            .ok_or_else(|| io.misuse(word, "is no number"))?,
    };
    if wanted > disk.size && !parsed.has(b'f') {
        return Ok(io.complain(path, &"it is smaller than that"));
    }
    // The kernel counts pages in 32 bits.
    let pages = (wanted / page).min(u32::MAX.into());
    if pages < FEWEST {
        return Ok(io.complain(path, &"too small: ten pages are the least"));
    }
    let first = first_page(page as usize, pages as u32, &uuid, label);
    let done = disk.write(0, &first).and_then(|()| linux::fs::fsync(&disk.file));
    let status = io.report(path, done);
    if status == Status::SUCCESS && !parsed.has(b'q') {
        tell(io, (pages - 1) * page, &uuid, label);
    }
    Ok(status)
}

fn tell(io: &mut Io<'_>, bytes: u64, uuid: &[u8; 16], label: &[u8]) {
    let out = &mut io.out;
    out.put(b"Setting up swapspace version 1, size = ");
    size::put(bytes, false, out);
    out.put(b" (");
    out.number(bytes);
    out.put(b" bytes)\n");
    if label.is_empty() {
        out.put(b"no label");
    } else {
        out.put(b"LABEL=");
        out.printable(label.get(..LABEL).unwrap_or(label));
    }
    out.put(b", UUID=");
    out.put(&guid::text(uuid));
    out.put(b"\n");
}
