//! `cp` (POSIX; the others are GNU's). Without `-L` or `-H` links are followed unless folders are copied, as POSIX allows.

use alloc::vec::Vec;

use io::Follow;
use linux::fs::{self, FileKind};

use super::backup::{self, Backup};
use super::copy::{Bytes, Copier, Keep, Old, When};
use super::path::{join, parent, trimmed};
use super::target::Target;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "cp",
    summary: "Copy files and folders",
    usage: "[OPTION]... FILE NAME\n[OPTION]... FILE... FOLDER\n[OPTION]... -t FOLDER FILE...",
    flags: flags![
        Flag::new(b'a', "archive", "same as -dR --preserve=all"),
        Flag::new(b'r', "recursive", "folders with all that is in them"),
        Flag::new(b'R', "", "same as -r"),
        Flag::new(b'd', "", "same as -P --preserve=links"),
        Flag::new(b'p', "", "same as --preserve=mode,ownership,timestamps"),
        Flag::may(PRESERVE, "preserve", "LIST", "keep these: mode ownership timestamps links xattr all"),
        Flag::with(NO_PRESERVE, "no-preserve", "LIST", "but not these"),
        Flag::new(b'P', "no-dereference", "links themselves"),
        Flag::new(b'L', "dereference", "what links lead to"),
        Flag::new(b'H', "", "so, for links among the operands"),
        Flag::new(b'l', "link", "second names instead of copies"),
        Flag::new(b's', "symbolic-link", "symbolic links instead of copies"),
        Flag::new(b'f', "force", "remove what cannot be opened to be overwritten"),
        Flag::new(REMOVE, "remove-destination", "remove whatever is there first"),
        Flag::new(b'i', "interactive", "ask before overwriting"),
        Flag::new(b'n', "no-clobber", "overwrite nothing"),
        Flag::new(b'u', "", "only what is newer than what is there"),
        Flag::may(UPDATE, "update", "WHICH", "so: older (-u), all, none (-n)"),
        backup::FLAG,
        backup::KIND,
        backup::SUFFIX,
        Flag::with(b't', "target-directory", "FOLDER", "into FOLDER"),
        Flag::new(b'T', "no-target-directory", "NAME is no folder to copy into"),
        Flag::new(PARENTS, "parents", "under the whole paths of the sources"),
        Flag::new(b'x', "one-file-system", "leave out folders of other file systems"),
        Flag::may(REFLINK, "reflink", "WHEN", "share the room of the source: always, auto, never"),
        Flag::with(SPARSE, "sparse", "WHEN", "holes: auto (as in the source), always (for zeros), never"),
        Flag::new(ATTRIBUTES, "attributes-only", "no contents"),
        Flag::new(SLASHES, "strip-trailing-slashes", "links with a slash behind them, too"),
        Flag::new(b'v', "verbose", "say what is copied"),
        Flag::new(b'c', "", ""),
    ],
    run: Run::Parsed(run),
};

keys! { 128; PRESERVE NO_PRESERVE REMOVE UPDATE PARENTS REFLINK SPARSE ATTRIBUTES SLASHES }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut copier = copier(io, parsed)?;
    let Some(target) = Target::new(io, parsed, &parsed.operands, false)? else { return Ok(parsed.usage(io)) };
    if parsed.has(PARENTS) && !target.is_folder {
        return Ok(io.complain(target.place, &linux::Errno::NOTDIR));
    }
    let mut status = Status::SUCCESS;
    for &source in target.sources {
        let source = if parsed.has(SLASHES) { trimmed(source) } else { source };
        let place = match parsed.has(PARENTS) {
            false => target.name(source),
            true => {
                let place = join(target.place, trimmed(source));
                let made = super::mkdir::make_all(parent(&place));
                if made.is_err() {
                    status = io.report(&place, made);
                    continue;
                }
                place
            }
        };
        let copies_itself = parsed.has(b'f') && source == place;
        let done = match copier.backup.take_if(|_| copies_itself && is_file(source)) {
            // With -f what would be kept of a file is made, and the file stays.
            Some(backup) => {
                let kept = backup.name(&place);
                let done = kept.map(|kept| copier.operand(io, source, &kept));
                copier.backup = Some(backup);
                done.unwrap_or_else(|errno| io.complain(&place, &errno))
            }
            None => copier.operand(io, source, &place),
        };
        status = status.and(done);
    }
    Ok(status)
}

fn is_file(name: &[u8]) -> bool {
    fs::stat(name).is_ok_and(|file| file.kind() == FileKind::Regular)
}

fn copier(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Copier, Status> {
    let is_recursive = parsed.has_any(b"arR");
    let follow = match parsed.last_of(b"PLHda") {
        Some(b'L') => Follow::Always,
        Some(b'H') => Follow::First,
        Some(_) => Follow::Never,
        None if is_recursive => Follow::Never,
        None => Follow::First,
    };
    let wrong = |io: &mut Io<'_>, word: &[u8]| Err(io.misuse(word, "not a choice here"));
    let which = match parsed.last_of(&[b'u', b'n', UPDATE]) {
        Some(UPDATE) => match parsed.value(UPDATE).unwrap_or_default() {
            b"" | b"older" => b'u',
            b"none" => b'n',
            b"all" => 0,
            word => return wrong(io, word),
        },
        Some(key) => key,
        None => 0,
    };
    let asks = parsed.last_of(b"in") == Some(b'i');
    let old = match parsed.last_of(&[b'f', REMOVE]) {
        _ if which == b'n' && !asks => Old::Keep,
        Some(REMOVE) => Old::Remove,
        Some(_) => Old::Force,
        None => Old::Overwrite,
    };
    let when = |io: &mut Io<'_>, key: u8, none: When| match parsed.value(key) {
        None => Ok(none),
        Some(b"auto") => Ok(When::Auto),
        Some(b"" | b"always") => Ok(When::Always),
        Some(b"never") => Ok(When::Never),
        Some(word) => Err(io.misuse(word, "not a choice here")),
    };
    Ok(Copier {
        is_recursive,
        follow,
        keep: keep(io, parsed)?,
        bytes: Bytes::new(when(io, SPARSE, When::Auto)?, when(io, REFLINK, When::Auto)?),
        old,
        asks,
        only_newer: which == b'u',
        links: parsed.last_of(b"ls"),
        stays: parsed.has(b'x'),
        only_attributes: parsed.has(ATTRIBUTES),
        is_verbose: parsed.has(b'v'),
        backup: Backup::new(io, parsed)?,
        mode: None,
        seen: Vec::new(),
    })
}

/// Finds out what copies keep; later options count.
fn keep(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Keep, Status> {
    let mut keep = Keep::default();
    for &(key, names) in &parsed.options {
        let set = match key {
            b'a' => keep.set(b"all", true),
            b'd' => keep.set(b"links", true),
            b'p' => keep.set(b"mode,ownership,timestamps", true),
            PRESERVE if names.is_empty() => keep.set(b"mode,ownership,timestamps", true),
            PRESERVE => keep.set(names, true),
            NO_PRESERVE => keep.set(names, false),
            _ => Ok(()),
        };
        set.map_err(|name| io.misuse(name, "not a thing to keep"))?;
    }
    Ok(keep)
}
