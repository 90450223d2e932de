//! `tac`: GNU's without regular expressions.

use alloc::vec::Vec;
use core::ops::Range;

use linux::fd::BorrowedFd;
use linux::fs::pread;
use memchr::memmem;

use super::tail::extent;
use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "tac",
    summary: "Print each file from its last line to its first",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'b', "before", "what separates lines stands before them"),
        Flag::with(b's', "separator", "TEXT", "what separates lines (line feed)"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let separator = match parsed.value(b's') {
        None => b"\n",
        Some([]) => b"\0",
        Some(separator) => separator,
    };
    let is_before = parsed.has(b'b');
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| {
        if let ([separator], Some(file)) = (separator, input.descriptor())
            && let Some((start, end)) = extent(file)
        {
            return print_file(file, start..end, *separator, is_before, &mut io.out);
        }
        let mut text = Vec::new();
        input.read_all(&mut text)?;
        let rest = print(&text, separator, is_before, &mut io.out);
        io.out.put(text.get(..rest).unwrap_or_default());
        Ok(())
    }))
}

/// How much of a file is read at a time.
const BLOCK: u64 = 256 << 10;

/// Prints a file from its end on, without ever having all of it.
fn print_file(
    file: BorrowedFd<'_>,
    extent: Range<u64>,
    separator: u8,
    is_before: bool,
    out: &mut Output<'_>,
) -> linux::Result<()> {
    let mut at = extent.end;
    // What is read of a line that begins further to the front.
    let mut held: Vec<u8> = Vec::new();
    while at > extent.start && !out.is_broken() {
        // Lines of megabytes must not be copied again for each block of theirs.
        let size = (at - extent.start).min(BLOCK.max(held.len() as u64));
        at -= size;
        let mut text = alloc::vec![0; size as usize];
        let mut filled = 0;
        while let Some(room) = text.get_mut(filled..).filter(|room| !room.is_empty()) {
            match linux::retry(|| pread(file, room, at + filled as u64))? {
                // It has become shorter meanwhile.
                0 => text.truncate(filled),
                count => filled += count,
            }
        }
        text.append(&mut held);
        let rest = print(&text, &[separator], is_before, out);
        text.truncate(rest);
        held = text;
    }
    out.put(&held);
    Ok(())
}

/// Prints all lines but the first, whose length it gives.
fn print(text: &[u8], separator: &[u8], is_before: bool, out: &mut Output<'_>) -> usize {
    let mut end = text.len();
    let mut each = |at: usize| {
        let start = if is_before { at } else { at + separator.len() };
        // The one at the very end separates nothing from nothing.
        if start < end {
            out.put(text.get(start..end).unwrap_or_default());
            end = start;
        }
    };
    match separator {
        [byte] => memchr::memrchr_iter(*byte, text).for_each(each),
        _ => {
            let finder = memmem::FinderRev::new(separator);
            finder.rfind_iter(text).for_each(&mut each);
        }
    }
    end
}
