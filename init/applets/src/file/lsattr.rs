//! `lsattr` (e2fsprogs's; BusyBox has `-R -a -d -l -p -v` too). Names stand in the order of the file system.

use alloc::vec::Vec;

use io::{Follow, Step, Visit};
use linux::Errno;
use linux::fd::AsFd;
use linux::fs::{self, FileKind, Mode, OpenFlags};
use query::{Rows, Value};

use super::inode_flags::{ALL, letters, open};
use super::tree::{self, Next};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "lsattr",
    summary: "List the flags that file systems keep for files",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::new(b'R', "", "also all that is in folders of folders"),
        Flag::new(b'a', "", "also names that begin with a dot"),
        Flag::new(b'd', "", "folders themselves, not what is in them"),
        Flag::new(b'l', "", "words, not letters"),
        Flag::new(b'p', "", "the project that the file belongs to"),
        Flag::new(b'v', "", "the number of the file's version"),
        Flag::rows("path flags names:l version:n? project:n?"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut rows = Rows::named("path flags names version project");
    let mut status = Status::SUCCESS;
    let operands: &[&[u8]] = if parsed.operands.is_empty() { &[b"."] } else { &parsed.operands };
    for operand in operands {
        let one = tree::walk(io, operand, Follow::Never, false, &mut |io, visit| {
            let is_first = visit.depth == 0;
            let name = visit.name.to_bytes();
            if !is_first && name.starts_with(b".") && !parsed.has(b'a') {
                return (Status::SUCCESS, Next::Beside);
            }
            let is_folder = visit.kind == FileKind::Directory;
            let goes_down = if is_first { !parsed.has(b'd') } else { parsed.has(b'R') };
            if visit.step == Step::Leave {
                if !is_first {
                    put(io, parsed, b"\n");
                }
                return (Status::SUCCESS, Next::Beside);
            }
            let mut status = Status::SUCCESS;
            if !(is_first && is_folder && goes_down) {
                status = show(io, parsed, visit, &mut rows);
            }
            if is_folder && goes_down {
                if !is_first {
                    put(io, parsed, b"\n");
                    put(io, parsed, visit.path);
                    put(io, parsed, b":\n");
                }
                if parsed.has(b'a')
                    && let Some(folder) = visit.opened
                {
                    for name in [&b"."[..], b".."] {
                        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
                        let path = [visit.path, b"/", name].concat();
                        let shown = fs::openat(folder, name, flags, Mode::empty())
                            .and_then(|file| line(io, parsed, &path, &file, &mut rows));
                        status = status.and(io.report(&path, shown));
                    }
                }
            }
            (status, if goes_down { Next::Down } else { Next::Beside })
        });
        status = status.and(one);
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(status)
}

/// Prints what parts lists, but to programs.
fn put(io: &mut Io<'_>, parsed: &Parsed<'_>, text: &[u8]) {
    if !parsed.has(JSON) {
        io.out.put(text);
    }
}

fn show(io: &mut Io<'_>, parsed: &Parsed<'_>, visit: &Visit<'_>, rows: &mut Rows<'_>) -> Status {
    // To open a device may do something.
    let file = match visit.kind {
        FileKind::Regular | FileKind::Directory => open(visit),
        _ => Err(Errno::OPNOTSUPP),
    };
    let shown = file.and_then(|file| line(io, parsed, visit.path, &file, rows));
    io.report(visit.path, shown)
}

fn line(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    path: &[u8],
    file: &dyn AsFd,
    rows: &mut Rows<'_>,
) -> linux::Result<()> {
    let file = file.as_fd();
    let flags = fs::inode_flags(file)?;
    let names = || ALL.iter().filter(|flag| flags & flag.bit != 0).map(|flag| flag.name);
    if parsed.has(JSON) {
        let number =
            |number: linux::Result<u32>| number.map_or(Value::Unknown, |number| Value::Number(number.into()));
        rows.push([
            Value::text(path),
            Value::text(
                letters(flags).split(|letter| *letter == b'-').collect::<Vec<_>>().concat().as_slice(),
            ),
            Value::List(names().map(|name| Value::text(name.as_bytes())).collect()),
            number(fs::inode_version(file)),
            number(fs::project(file)),
        ]);
        return Ok(());
    }
    for (key, width) in [(b'p', 5), (b'v', 10)] {
        if !parsed.has(key) {
            continue;
        }
        let number = if key == b'p' { fs::project(file) } else { fs::inode_version(file) }?;
        let mut text = Vec::new();
        query::text::decimal(number.into(), &mut text);
        let gap = usize::saturating_sub(width, text.len());
        if key == b'p' {
            text.splice(0..0, core::iter::repeat_n(b' ', gap));
        } else {
            text.extend(core::iter::repeat_n(b' ', gap));
        }
        io.out.put(&text);
        io.out.put(b" ");
    }
    if !parsed.has(b'l') {
        io.out.put(&letters(flags));
        io.out.put(b" ");
        io.out.printable(path);
        io.out.put(b"\n");
        return Ok(());
    }
    io.out.printable(path);
    let gap = 28_usize.saturating_sub(query::text::width(path));
    io.out.put(alloc::vec![b' '; gap + 1].as_slice());
    for (index, name) in names().enumerate() {
        io.out.put(if index > 0 { b", " } else { b"" });
        io.out.put(name.as_bytes());
    }
    io.out.put(if flags == 0 { b"---\n" } else { b"\n" });
    Ok(())
}
