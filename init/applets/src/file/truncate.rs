//! `truncate` (GNU; BusyBox has `-c` and `-s`).

use linux::fs::{self, Mode, OpenFlags};
use linux::{Errno, retry};

use crate::amount;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "truncate",
    summary: "Make files shorter or longer",
    usage: "[OPTION]... FILE...",
    flags: flags![
        Flag::with(
            b's',
            "size",
            "SIZE",
            "to SIZE; by it with + or -; < at most, > at least, / or % a multiple",
        ),
        Flag::with(b'r', "reference", "FILE", "as long as FILE"),
        Flag::new(b'c', "no-create", "make no files"),
        Flag::new(b'o', "io-blocks", "SIZE is a number of blocks of each file"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (size, reference) = (parsed.value(b's'), parsed.value(b'r'));
    if parsed.operands.is_empty() || size.is_none() && reference.is_none() {
        return Ok(parsed.usage(io));
    }
    let change = match size {
        Some(text) => Some(parse(text).ok_or_else(|| io.misuse(text, "not a size"))?),
        None => None,
    };
    let reference = match reference {
        Some(path) => Some(fs::stat(path).map_err(|errno| io.complain(path, &errno))?.size()),
        None => None,
    };
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        match one(path, parsed, change, reference) {
            Err(Errno::NOENT) if parsed.has(b'c') => {}
            result => status = status.and(io.report(path, result)),
        }
    }
    Ok(status)
}

/// How a size follows from the one that was there; 0 for the size itself.
fn parse(text: &[u8]) -> Option<(u8, u64)> {
    match text {
        [how @ (b'+' | b'-' | b'<' | b'>' | b'/' | b'%'), amount @ ..] => {
            let amount = amount::parse(amount)?;
            (amount > 0 || !b"/%".contains(how)).then_some((*how, amount))
        }
        amount => Some((0, amount::parse(amount)?)),
    }
}

fn one(
    path: &[u8],
    parsed: &Parsed<'_>,
    change: Option<(u8, u64)>,
    reference: Option<u64>,
) -> linux::Result<()> {
    let create = if parsed.has(b'c') { OpenFlags::empty() } else { OpenFlags::CREATE };
    let flags = OpenFlags::WRITE | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC | create;
    let file = retry(|| fs::open(path, flags, Mode::octal(0o666)))?;
    let data = fs::fstat(&file)?;
    let old = reference.unwrap_or(data.size());
    let Some((how, amount)) = change else { return retry(|| fs::ftruncate(&file, old)) };
    let unit = if parsed.has(b'o') { u64::from(data.block_size()) } else { 1 };
    let amount = amount.checked_mul(unit).ok_or(Errno::OVERFLOW)?;
    let size = match how {
        b'+' => old.checked_add(amount),
        b'-' => Some(old.saturating_sub(amount)),
        b'<' => Some(old.min(amount)),
        b'>' => Some(old.max(amount)),
        b'/' => Some(old / amount * amount),
        b'%' => old.div_ceil(amount).checked_mul(amount),
        _ => Some(amount),
    };
    let size = size.filter(|&size| i64::try_from(size).is_ok()).ok_or(Errno::FBIG)?;
    retry(|| fs::ftruncate(&file, size))
}
