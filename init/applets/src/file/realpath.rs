//! `realpath` (POSIX 2024 has `-e` and `-E`; the others are GNU's).

use alloc::vec::Vec;

use super::path::names;
use super::resolve::{Needs, here, relative, resolve};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "realpath",
    summary: "Print paths from the root, without links, . and ..",
    usage: "[OPTION]... PATH...",
    flags: flags![
        Flag::new(b'e', "canonicalize-existing", "all of it must be there"),
        Flag::new(b'E', "canonicalize", "the last name need not be there (so without -e and -m)"),
        Flag::new(b'm', "canonicalize-missing", "nothing need be there"),
        Flag::new(b's', "no-symlinks", "links stay as they are"),
        Flag::new(STRIP, "strip", "same as -s"),
        Flag::new(b'L', "logical", ".. is taken away before links are followed"),
        Flag::new(b'P', "physical", "links are followed first (so without -L)"),
        Flag::with(RELATIVE_TO, "relative-to", "FOLDER", "the way from FOLDER"),
        Flag::with(RELATIVE_BASE, "relative-base", "FOLDER", "so, but only below FOLDER"),
        Flag::new(b'q', "quiet", "say nothing of what fails"),
        Flag::new(b'z', "zero", "zero bytes instead of line feeds"),
    ],
    run: Run::Parsed(run),
};

keys! { 128; STRIP RELATIVE_TO RELATIVE_BASE }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let base = folder(io, parsed, RELATIVE_BASE)?;
    let to = folder(io, parsed, RELATIVE_TO)?.or_else(|| base.clone());
    let mut status = Status::SUCCESS;
    for &path in &parsed.operands {
        match find(parsed, path) {
            Ok(found) => {
                let is_below = |folder: &Vec<u8>| {
                    names(folder).zip(names(&found)).all(|(a, b)| a == b)
                        && names(folder).count() <= names(&found).count()
                };
                let shown = match &to {
                    Some(to)
                        if base.as_ref().is_none_or(|base| {
                            is_below(base) && names(to).count() >= names(base).count()
                        }) =>
                    {
                        relative(to, &found)
                    }
                    _ => found,
                };
                io.out.put(&shown);
                io.out.put(if parsed.has(b'z') { b"\0" } else { b"\n" });
            }
            Err(_) if parsed.has(b'q') => status = Status::FAILURE,
            Err(errno) => status = io.complain(path, &errno),
        }
    }
    Ok(status)
}

fn find(parsed: &Parsed<'_>, path: &[u8]) -> linux::Result<Vec<u8>> {
    let needs = match parsed.last_of(b"eEm") {
        Some(b'e') => Needs::All,
        Some(b'm') => Needs::Nothing,
        _ => Needs::Folders,
    };
    if parsed.has_any(&[b's', STRIP]) {
        return resolve(path, needs, false);
    }
    if parsed.last_of(b"LP") == Some(b'L') {
        return resolve(&resolve(path, Needs::Nothing, false)?, needs, true);
    }
    resolve(path, needs, true)
}

/// Gives the folder that an option names, without links.
fn folder(io: &mut Io<'_>, parsed: &Parsed<'_>, key: u8) -> Result<Option<Vec<u8>>, Status> {
    let Some(path) = parsed.value(key) else { return Ok(None) };
    let path = if path.is_empty() { here() } else { find(parsed, path) };
    path.map(Some).map_err(|errno| io.complain(parsed.value(key).unwrap_or_default(), &errno))
}
