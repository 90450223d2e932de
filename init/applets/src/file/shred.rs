//! `shred` (GNU's; BusyBox has `-f -n -u -z`). All rounds but that of `-z` write chance: the patterns that once made sense for
//! the coding of some disks hide no more. A file system that writes elsewhere keeps the old blocks, whatever is written here.

use alloc::vec::Vec;

use io::temporary::chance;
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{self, FileKind, From, Mode, OpenFlags, RenameFlags};
use linux::{Errno, retry};
use query::text::parse_decimal;

use super::path;
use crate::source::open_file;
use crate::{Applet, Flag, Input, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "shred",
    summary: "Write over files, so that nobody can read what was in them",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::new(b'f', "force", "take the right to write where it is missing"),
        Flag::with(b'n', "iterations", "N", "so many times (3)"),
        Flag::with(b's', "size", "N", "so many bytes, or with a unit"),
        Flag::new(b'u', "", "remove the file behind"),
        Flag::may(REMOVE, "remove", "HOW", "so: unlink, wipe (rename before), wipesync"),
        Flag::new(b'v', "verbose", "say what is done"),
        Flag::new(b'x', "exact", "do not go on to the end of the last block"),
        Flag::new(b'z', "zero", "zeros at last, to hide it"),
        Flag::with(SOURCE, "random-source", "FILE", "chance from FILE"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; REMOVE SOURCE }

/// So much is written at once.
const PIECE: usize = 64 << 10;

/// How a file is removed behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Removal {
    Unlink,
    Wipe,
    WipeSynced,
}

struct Order<'a> {
    rounds: u64,
    size: Option<u64>,
    removal: Option<Removal>,
    is_exact: bool,
    ends_with_zeros: bool,
    is_forced: bool,
    is_verbose: bool,
    source: Option<(&'a [u8], OwnedFd)>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let word = parsed.value(b'n').unwrap_or(b"3");
    let rounds = parse_decimal(word).ok_or_else(|| io.misuse(word, "not a number of rounds"))?;
    let size = match parsed.value(b's') {
        None => None,
        Some(word) => Some(amount::parse_any(word).ok_or_else(|| io.misuse(word, "not a size"))?),
    };
    let removal = match parsed.value(REMOVE) {
        Some(b"unlink") => Some(Removal::Unlink),
        Some(b"wipe") => Some(Removal::Wipe),
        Some(b"" | b"wipesync") => Some(Removal::WipeSynced),
        Some(word) => return Ok(io.misuse(word, "is not unlink, wipe or wipesync")),
        None => parsed.has(b'u').then_some(Removal::WipeSynced),
    };
    let source = match parsed.value(SOURCE) {
        None => None,
        Some(name) => Some((name, open_file(name).map_err(|errno| io.complain(name, &errno))?)),
    };
    let order = Order {
        rounds,
        size,
        removal,
        is_exact: parsed.has(b'x'),
        ends_with_zeros: parsed.has(b'z'),
        is_forced: parsed.has(b'f'),
        is_verbose: parsed.has(b'v'),
        source,
    };
    let mut status = Status::SUCCESS;
    for name in &parsed.operands {
        let done = order.shred(io, name);
        status = status.and(io.report(name, done));
    }
    Ok(status)
}

impl Order<'_> {
    fn shred(&self, io: &mut Io<'_>, name: &[u8]) -> linux::Result<()> {
        if name == b"-" {
            let out = io.out.descriptor().ok_or(Errno::BADF)?;
            return self.write_over(io, name, &fs::dup(out)?);
        }
        let flags = OpenFlags::WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
        let open = || retry(|| fs::open(name, flags, Mode::empty()));
        let file = match open() {
            Err(Errno::ACCES) if self.is_forced => {
                fs::chmod(name, Mode::octal(0o200))?;
                open()
            }
            other => other,
        }?;
        self.write_over(io, name, &file)?;
        match self.removal {
            None => Ok(()),
            Some(removal) => self.remove(io, name, &file, removal),
        }
    }

    fn write_over(&self, io: &mut Io<'_>, name: &[u8], file: &OwnedFd) -> linux::Result<()> {
        let data = fs::fstat(file)?;
        let size = match (self.size, data.kind()) {
            (Some(size), _) => size,
            (None, FileKind::Regular) if self.is_exact => data.size(),
            (None, FileKind::Regular) => data.size().next_multiple_of(u64::from(data.block_size()).max(1)),
            (None, FileKind::BlockDevice) => fs::lseek(file, From::End(0))?,
            (None, _) => return Err(Errno::INVAL),
        };
        let all = self.rounds + u64::from(self.ends_with_zeros);
        for round in 1..=all {
            let is_zeros = round > self.rounds;
            if self.is_verbose {
                let kind = if is_zeros { "000000" } else { "random" };
                io.complain(name, &format_args!("pass {round}/{all} ({kind})..."));
            }
            self.round(file, size, is_zeros)?;
        }
        Ok(())
    }

    fn round(&self, file: &OwnedFd, size: u64, is_zeros: bool) -> linux::Result<()> {
        let mut bytes = alloc::vec![0; PIECE];
        fs::lseek(file, From::Start(0))?;
        let mut left = size;
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let piece = bytes.get_mut(..count).unwrap_or_default();
            match &self.source {
                _ if is_zeros => {}
                None => chance(piece),
                Some((_, source)) => {
                    let mut read = Vec::new();
                    if !Input::Descriptor(source.as_fd()).read_some(&mut read, count)? {
                        // It has not enough of it.
                        return Err(Errno::NODATA);
                    }
                    piece.copy_from_slice(&read);
                }
            }
            fs::write_all(file, piece)?;
            left -= count as u64;
        }
        match retry(|| fs::fdatasync(file)) {
            // What cannot be written out, a pipe for one.
            Err(Errno::INVAL) => Ok(()),
            other => other,
        }
    }

    /// Hides the length and the name, which are in the folder's blocks, and removes the file.
    fn remove(&self, io: &mut Io<'_>, name: &[u8], file: &OwnedFd, removal: Removal) -> linux::Result<()> {
        if self.is_verbose {
            io.complain(name, &"removing");
        }
        if fs::fstat(file)?.kind() == FileKind::Regular {
            retry(|| fs::ftruncate(file, 0))?;
        }
        let (folder, base) = (path::parent(name), path::base(name));
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        let folder = retry(|| fs::open(folder, flags, Mode::empty()))?;
        let mut named = base.to_vec();
        if removal != Removal::Unlink {
            for length in (1..=base.len()).rev() {
                let shorter = alloc::vec![b'0'; length];
                let renamed = fs::rename_at(
                    &folder,
                    named.as_slice(),
                    &folder,
                    shorter.as_slice(),
                    RenameFlags::NO_REPLACE,
                );
                // One that is taken is left out.
                if renamed.is_ok() {
                    named = shorter;
                    if removal == Removal::WipeSynced {
                        let _ = fs::fsync(&folder);
                    }
                }
            }
        }
        retry(|| fs::unlink_at(&folder, named.as_slice()))?;
        if removal == Removal::WipeSynced {
            let _ = fs::fsync(&folder);
        }
        if self.is_verbose {
            io.complain(name, &"removed");
        }
        Ok(())
    }
}
