//! `tac`: GNU's without regular expressions.

use alloc::vec::Vec;

use memchr::memmem;

use crate::source;
use crate::{Applet, Flag, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "tac",
    summary: "Print each file from its last line to its first",
    usage: "[OPTION]... [FILE]...",
    flags: &[
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
        let mut text = Vec::new();
        input.read_all(&mut text)?;
        print(&text, separator, is_before, &mut io.out);
        Ok(())
    }))
}

fn print(text: &[u8], separator: &[u8], is_before: bool, out: &mut Output<'_>) {
    let finder = memmem::FinderRev::new(separator);
    let mut end = text.len();
    // Where the search for the separator before goes on: the one at the very end separates nothing from nothing.
    let mut search = end;
    while let Some(at) = finder.rfind(text.get(..search).unwrap_or_default()) {
        let start = if is_before { at } else { at + separator.len() };
        if start < end {
            out.put(text.get(start..end).unwrap_or_default());
            end = start;
        }
        search = at;
    }
    out.put(text.get(..end).unwrap_or_default());
}
