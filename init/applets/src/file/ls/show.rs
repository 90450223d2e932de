//! Names with what belongs to them, the long form, rows for programs.

use alloc::vec::Vec;

use linux::fs::FileKind;
use query::text::{cut, decimal, radix, width};
use query::{Json, Sink};

use super::entry::Entry;
use super::{Layout, Marks, Options};
use crate::HAS_MORE;
use crate::Output;

/// Names of users and groups; each is looked up once.
#[derive(Default)]
pub(super) struct Names {
    files: Option<system::users::Names>,
    users: Vec<(u32, Vec<u8>)>,
    groups: Vec<(u32, Vec<u8>)>,
}

impl Names {
    fn user(&mut self, number: u32) -> Vec<u8> {
        let files = self.files.get_or_insert_with(system::users::Names::read);
        remembered(&mut self.users, number, |number| files.user(number))
    }

    fn group(&mut self, number: u32) -> Vec<u8> {
        let files = self.files.get_or_insert_with(system::users::Names::read);
        remembered(&mut self.groups, number, |number| files.group(number))
    }
}

fn remembered(known: &mut Vec<(u32, Vec<u8>)>, number: u32, find: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    if let Some((_, name)) = known.iter().find(|entry| entry.0 == number) {
        return name.clone();
    }
    let name = find(number);
    known.push((number, name.clone()));
    name
}

/// Prints the line above a folder's entries.
pub(super) fn total(entries: &[Entry], options: &Options, out: &mut Output<'_>) {
    let blocks: u64 = entries.iter().filter_map(|entry| entry.facts.as_ref()).map(|facts| facts.blocks).sum();
    out.put(b"total ");
    options.amounts.room(blocks, out);
    out.put(b"\n");
}

/// Prints a name with colour and mark; gives how many columns that takes.
pub(super) fn adorned(entry: &Entry, options: &Options, out: &mut dyn Sink) -> usize {
    let mut text = Vec::new();
    options.quoting.put(&entry.name, &mut text);
    let columns = width(&text);
    let color = if HAS_MORE && options.has_colors { color(entry) } else { "" };
    if color.is_empty() {
        out.put(&text);
    } else {
        out.put(b"\x1b[");
        out.put(color.as_bytes());
        out.put(b"m");
        out.put(&text);
        out.put(b"\x1b[0m");
    }
    // In the long form the target of a link stands where its mark would.
    let is_plain_link = options.layout == Layout::Long && entry.kind == Some(FileKind::Symlink);
    let own = entry.kind.map(|kind| (kind, entry.facts.as_ref().map_or(0, |facts| facts.mode)));
    let mark = if is_plain_link { "" } else { mark(own, options) };
    out.put(mark.as_bytes());
    columns + mark.len()
}

/// Gives the mark of a file by its kind and mode.
fn mark(file: Option<(FileKind, u32)>, options: &Options) -> &'static str {
    match file {
        Some((FileKind::Directory, _)) if options.marks >= Marks::Folders => "/",
        _ if options.marks < Marks::Kinds => "",
        Some((FileKind::Symlink, _)) => "@",
        Some((FileKind::Fifo, _)) => "|",
        Some((FileKind::Socket, _)) => "=",
        Some((FileKind::Regular, mode)) if mode & 0o111 != 0 && options.marks == Marks::All => "*",
        _ => "",
    }
}

/// Gives the colours that GNU's `dircolors` has as its own.
fn color(entry: &Entry) -> &'static str {
    let mode = entry.facts.as_ref().map_or(0, |facts| facts.mode);
    match entry.kind {
        Some(FileKind::Directory) if mode & 0o1002 == 0o1002 => "30;42",
        Some(FileKind::Directory) if mode & 0o002 != 0 => "34;42",
        Some(FileKind::Directory) => "01;34",
        Some(FileKind::Symlink) => "01;36",
        Some(FileKind::Fifo) => "33",
        Some(FileKind::Socket) => "01;35",
        Some(FileKind::BlockDevice | FileKind::CharacterDevice) => "01;33",
        _ if mode & 0o4000 != 0 => "37;41",
        _ if mode & 0o2000 != 0 => "30;43",
        _ if mode & 0o111 != 0 => "01;32",
        _ => "",
    }
}

/// Prints what `-i` and `-s` ask for, each in a column of its own.
pub(super) fn leading(entry: &Entry, widths: (usize, usize), options: &Options, out: &mut dyn Sink) {
    let mut cell = Vec::new();
    if HAS_MORE && options.shows_inode {
        match &entry.facts {
            Some(facts) => decimal(facts.inode, &mut cell),
            None => cell.push(b'?'),
        }
        right(&cell, widths.0, out);
        out.put(b" ");
    }
    cell.clear();
    if HAS_MORE && options.shows_blocks {
        match &entry.facts {
            Some(facts) => options.amounts.room(facts.blocks, &mut cell),
            None => cell.push(b'?'),
        }
        right(&cell, widths.1, out);
        out.put(b" ");
    }
}

/// Finds the widths of the columns of `-i` and `-s`.
pub(super) fn leading_widths(entries: &[Entry], options: &Options) -> (usize, usize) {
    let mut widths = (0, 0);
    if HAS_MORE && (options.shows_inode || options.shows_blocks) {
        let mut cell = Vec::new();
        for facts in entries.iter().filter_map(|entry| entry.facts.as_ref()) {
            cell.clear();
            decimal(facts.inode, &mut cell);
            widths.0 = widths.0.max(cell.len());
            cell.clear();
            options.amounts.room(facts.blocks, &mut cell);
            widths.1 = widths.1.max(cell.len());
        }
    }
    widths
}

/// Prints a line about each file, its parts in columns.
pub(super) fn long(entries: &[Entry], options: &Options, names: &mut Names, out: &mut Output<'_>) {
    let now = system::machine::now();
    let leads = leading_widths(entries, options);
    let devices = entries.iter().filter(|entry| is_device(entry)).filter_map(|entry| entry.facts.as_ref());
    let minor = devices.map(|facts| number(facts.device.1.into()).len()).max().unwrap_or(0);
    let lines: Vec<[Vec<u8>; 4]> = entries.iter().map(|entry| parts(entry, minor, options, names)).collect();
    let mut widths = [0; 4];
    for line in &lines {
        for (widest, part) in widths.iter_mut().zip(line) {
            *widest = width(part).max(*widest);
        }
    }
    for (entry, [links, user, group, size]) in entries.iter().zip(&lines) {
        leading(entry, leads, options, out);
        permissions(entry, out);
        out.put(b" ");
        right(links, widths[0], out);
        for &(part, columns) in [(user, widths[1]), (group, widths[2])].iter().filter(|part| part.1 > 0) {
            out.put(b" ");
            if options.is_numeric {
                right(part, columns, out);
            } else {
                out.put(part);
                spaces(columns - width(part), out);
            }
        }
        out.put(b" ");
        right(size, widths[3], out);
        out.put(b" ");
        match &entry.facts {
            Some(facts) => options.times.put(facts.time, now, out),
            None => out.put(b"           ?"),
        }
        out.put(b" ");
        adorned(entry, options, out);
        if let Some(target) = &entry.target {
            out.put(b" -> ");
            options.quoting.put(target, out);
            out.put(mark(entry.leads_to, options).as_bytes());
        }
        out.put(b"\n");
    }
}

fn is_device(entry: &Entry) -> bool {
    matches!(entry.kind, Some(FileKind::CharacterDevice | FileKind::BlockDevice))
}

fn number(number: u64) -> Vec<u8> {
    let mut text = Vec::new();
    decimal(number, &mut text);
    text
}

/// Gives the parts of a line whose width differs: links, user, group, size. Minor numbers of devices have a width among
/// themselves.
fn parts(entry: &Entry, minor: usize, options: &Options, names: &mut Names) -> [Vec<u8>; 4] {
    let Some(facts) = &entry.facts else {
        return core::array::from_fn(|_| b"?".to_vec());
    };
    let mut length = Vec::new();
    if is_device(entry) {
        decimal(facts.device.0.into(), &mut length);
        length.extend_from_slice(b", ");
        right(&number(facts.device.1.into()), minor, &mut length);
    } else {
        options.amounts.length(facts.size, &mut length);
    }
    let user = match (options.shows_owner, options.is_numeric) {
        (false, _) if HAS_MORE => Vec::new(),
        (_, true) => number(facts.user.into()),
        (_, false) => names.user(facts.user),
    };
    let group = match (options.shows_group, options.is_numeric) {
        (false, _) if HAS_MORE => Vec::new(),
        (_, true) => number(facts.group.into()),
        (_, false) => names.group(facts.group),
    };
    [number(facts.links.into()), user, group, length]
}

/// Prints `drwxr-xr-x`.
fn permissions(entry: &Entry, out: &mut dyn Sink) {
    let Some(facts) = &entry.facts else {
        return out.put(b"??????????");
    };
    let mut text = *b"-rwxrwxrwx";
    text[0] = letter(entry.kind);
    for (bit, place) in text[1..].iter_mut().enumerate() {
        if facts.mode << bit & 0o400 == 0 {
            *place = b'-';
        }
    }
    for (bit, place, special) in [(0o4000, 3, b's'), (0o2000, 6, b's'), (0o1000, 9, b't')] {
        if facts.mode & bit != 0 {
            text[place] = if text[place] == b'x' { special } else { special.to_ascii_uppercase() };
        }
    }
    out.put(&text);
}

fn letter(kind: Option<FileKind>) -> u8 {
    match kind {
        Some(FileKind::Regular) => b'-',
        Some(FileKind::Directory) => b'd',
        Some(FileKind::Symlink) => b'l',
        Some(FileKind::CharacterDevice) => b'c',
        Some(FileKind::BlockDevice) => b'b',
        Some(FileKind::Fifo) => b'p',
        Some(FileKind::Socket) => b's',
        Some(FileKind::Other) | None => b'?',
    }
}

pub(super) fn right(text: &[u8], columns: usize, out: &mut dyn Sink) {
    spaces(columns.saturating_sub(width(text)), out);
    out.put(text);
}

pub(super) fn spaces(mut count: usize, out: &mut dyn Sink) {
    const SPACES: &[u8] = b"                                ";
    while count > 0 {
        let some = cut(SPACES, count);
        out.put(some);
        count -= some.len();
    }
}

/// Writes an entry as an object.
pub(super) fn object(path: &[u8], entry: &Entry, names: &mut Names, json: &mut Json<'_>) {
    let kind: &[u8] = match entry.kind {
        Some(FileKind::Regular) => b"file",
        Some(FileKind::Directory) => b"directory",
        Some(FileKind::Symlink) => b"symlink",
        Some(FileKind::CharacterDevice) => b"character_device",
        Some(FileKind::BlockDevice) => b"block_device",
        Some(FileKind::Fifo) => b"fifo",
        Some(FileKind::Socket) => b"socket",
        Some(FileKind::Other) | None => b"unknown",
    };
    json.line();
    json.object();
    json.field_bytes("path", path);
    json.field_bytes("name", &entry.name);
    json.field("kind", kind);
    if let Some(facts) = &entry.facts {
        let mut mode = Vec::new();
        radix(u64::from(facts.mode & 0o7777), 8, &mut mode);
        json.field("mode", &mode);
        json.field("user", &names.user(facts.user));
        json.field("group", &names.group(facts.group));
        for (name, number) in [
            ("links", facts.links.into()),
            ("uid", facts.user.into()),
            ("gid", facts.group.into()),
            ("size", facts.size),
            ("blocks", facts.blocks),
            ("inode", facts.inode),
        ] {
            json.field_number(name, number);
        }
        json.key("time");
        json.signed(facts.time.seconds);
    }
    if let Some(target) = &entry.target {
        json.field_bytes("target", target);
    }
    json.end_object();
}
