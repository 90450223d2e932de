//! `fsck` (util-linux's and BusyBox's): has `fsck.KIND` check each file system, one after the other. The kind is that of `-t`, of
//! /etc/fstab, or what is found on the device. The status is that of all of them together, each bit for itself.

use alloc::vec::Vec;

use formats::etc::fstab;
use linux::process::{CloneFlags, Ended};
use system::disks;
use system::mounts::Table;

use super::device;
use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "fsck",
    summary: "Have file systems checked",
    usage: "[OPTION]... [DEVICE | FOLDER]... [-- OPTION OF CHECKER...]\n-A [OPTION]...",
    flags: flags![
        Flag::new(b'A', "", "all that /etc/fstab wants checked, in its order"),
        Flag::new(b'R', "", "with -A: but the root"),
        Flag::new(b'M', "", "pass over what is mounted"),
        Flag::with(b't', "", "KIND", "of this kind; with -A also a list, or noKIND"),
        Flag::new(b'N', "", "only show what would be run"),
        Flag::new(b'V', "", "show what is run"),
        Flag::new(b'T', "", ""),
        Flag::new(b's', "", ""),
        Flag::new(b'P', "", ""),
        Flag::new(b'l', "", ""),
        Flag::may(b'C', "", "FD", "have the checker show how far it is"),
        Flag::may(b'r', "", "FD", ""),
        Flag::new(b'a', "", "repair what is safe (handed on)"),
        Flag::new(b'p', "", "the same (handed on)"),
        Flag::new(b'y', "", "yes to all questions (handed on)"),
        Flag::new(b'n', "", "no to all questions, and change nothing (handed on)"),
        Flag::new(b'f', "", "even if it seems clean (handed on)"),
    ],
    run: Run::Parsed(run),
};

/// Could not be done.
const ERROR: Status = Status(8);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let text = system::file::read(b"/etc/fstab").unwrap_or_default();
    let (handed, devices): (Vec<&[u8]>, Vec<&[u8]>) =
        parsed.operands.iter().partition(|word| word.starts_with(b"-"));
    let mut options: Vec<Vec<u8>> = Vec::new();
    for &(key, value) in &parsed.options {
        match key {
            b'a' | b'p' | b'y' | b'n' | b'f' => options.push([b'-', key].to_vec()),
            b'C' => options.push([&b"-C"[..], if value.is_empty() { b"0" } else { value }].concat()),
            _ => {}
        }
    }
    options.extend(handed.iter().map(|word| word.to_vec()));
    let mut status = Status::SUCCESS;
    if parsed.has(b'A') || devices.is_empty() {
        for pass in passes(&text) {
            for entry in fstab::parse(&text).flatten().filter(|entry| entry.pass == pass) {
                let (source, kind) = (entry.source.plain(), entry.kind.plain());
                let is_wanted = system::mounting::matches(parsed.value(b't'), &kind)
                    && !(parsed.has(b'R') && entry.target.is(b"/"))
                    && !entry.has(b"noauto");
                let found = device::path(&source).filter(|path| linux::fs::stat(path.as_slice()).is_ok());
                match found {
                    Some(path) if is_wanted => {
                        status = joined(status, one(io, parsed, &path, Some(&kind), &options, true))
                    }
                    None if is_wanted && !entry.has(b"nofail") => {
                        io.complain(&source, &"no such device");
                        status = joined(status, ERROR);
                    }
                    _ => {}
                }
            }
        }
        return Ok(status);
    }
    for word in devices {
        let entry =
            fstab::parse(&text).flatten().find(|entry| entry.target.is(word) || entry.source.is(word));
        let source = entry.map_or_else(|| word.to_vec(), |entry| entry.source.plain());
        let Some(path) = device::named(io, &source) else {
            status = joined(status, ERROR);
            continue;
        };
        let listed = entry.map(|entry| entry.kind.plain());
        let kind = parsed.value(b't').map(<[u8]>::to_vec).or(listed);
        status = joined(status, one(io, parsed, &path, kind.as_deref(), &options, false));
    }
    Ok(status)
}

/// Gives the numbers by which the lines are sorted, the lowest first.
fn passes(text: &[u8]) -> Vec<u32> {
    let mut passes: Vec<u32> =
        fstab::parse(text).flatten().map(|entry| entry.pass).filter(|pass| *pass > 0).collect();
    query::sort::sort(&mut passes);
    passes.dedup();
    passes
}

const fn joined(one: Status, other: Status) -> Status {
    Status(one.0 | other.0)
}

/// Has a device checked.
fn one(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    path: &[u8],
    kind: Option<&[u8]>,
    options: &[Vec<u8>],
    is_listed: bool,
) -> Status {
    if parsed.has(b'M') && is_mounted(path) {
        return Status::SUCCESS;
    }
    let kind = match kind.filter(|kind| *kind != b"auto") {
        Some(kind) => kind.to_vec(),
        None => match disks::look(path) {
            Ok(contents) => contents.superblock.map_or(b"ext2".to_vec(), |found| found.kind.into()),
            Err(errno) => {
                io.complain(path, &errno);
                return ERROR;
            }
        },
    };
    let checker = [b"fsck.", kind.as_slice()].concat();
    let words: Vec<&[u8]> =
        [checker.as_slice()].into_iter().chain(options.iter().map(Vec::as_slice)).chain([path]).collect();
    if parsed.has_any(b"NV") {
        io.out.put(&words.join(&b' '));
        io.out.put(b"\n");
    }
    if parsed.has(b'N') {
        return Status::SUCCESS;
    }
    // Many kinds need no checker: what /etc/fstab lists may be of one.
    if is_listed && !is_there(io, &checker) {
        return Status::SUCCESS;
    }
    let ended = launch::child(io, &words, &[], CloneFlags::empty(), None).map(launch::wait);
    match ended {
        Ok(Ok(Ended::Exited(status))) => Status(u8::try_from(status & 0xff).unwrap_or(ERROR.0)),
        Ok(_) | Err(_) => ERROR,
    }
}

fn is_mounted(path: &[u8]) -> bool {
    let path = system::mounts::resolve(path);
    Table::read().is_ok_and(|table| table.mounts().flatten().any(|mount| mount.source.is(&path)))
}

/// Says whether there is such a program.
fn is_there(io: &Io<'_>, name: &[u8]) -> bool {
    let path = io.variable("PATH").unwrap_or(b"/sbin:/usr/sbin:/bin:/usr/bin");
    path.split(|byte| *byte == b':')
        .any(|folder| linux::fs::stat([folder, b"/", name].concat().as_slice()).is_ok())
}
