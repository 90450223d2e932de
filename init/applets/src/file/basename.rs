//! `basename` (POSIX; `-a`, `-s` and `-z` are GNU's).

use super::path::base;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "basename",
    summary: "Print the last name of paths",
    usage: "PATH [SUFFIX]\n[OPTION]... PATH...",
    flags: flags![
        Flag::new(b'a', "multiple", "every operand is a path"),
        Flag::with(b's', "suffix", "SUFFIX", "without SUFFIX at the end; means -a"),
        Flag::new(b'z', "zero", "zero bytes instead of line feeds"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (paths, suffix) = match (parsed.has_any(b"as"), parsed.operands.as_slice()) {
        (true, paths @ [_, ..]) => (paths, parsed.value(b's').unwrap_or_default()),
        (false, paths @ [_]) => (paths, &b""[..]),
        (false, [path, suffix]) => (core::slice::from_ref(path), *suffix),
        _ => return Ok(parsed.usage(io)),
    };
    for path in paths {
        let name = base(path);
        // A name that is nothing but the suffix stays.
        let cut = name.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(name);
        io.out.put(cut);
        io.out.put(if parsed.has(b'z') { b"\0" } else { b"\n" });
    }
    Ok(Status::SUCCESS)
}
