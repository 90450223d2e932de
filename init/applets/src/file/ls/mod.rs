//! `ls` (POSIX, and what GNU added that people use). Names are ordered by their bytes; times are universal.
//!
//! On a terminal names are shown with control characters escaped; elsewhere exactly as they are, as scripts expect.

mod entry;
mod show;

use alloc::vec::Vec;

use linux::fs::{FileKind, Metadata, StatxFlags, StatxMask, statx};
use query::Json;

use self::entry::{Entry, Facts};
use self::show::Names;
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ls",
    summary: "List folders and files",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        ..MORE,
        Flag::new(b'a', "all", "names that begin with a dot too"),
        Flag::new(b'A', "almost-all", "so, but not . and .."),
        Flag::new(b'l', "", "a line each: permissions, links, owner, group, size, time, name"),
        Flag::new(b'n', "numeric-uid-gid", "so, with numbers of owner and group"),
        Flag::new(b'h', "human-readable", "sizes with a unit"),
        Flag::new(b'd', "directory", "folders themselves, not what is in them"),
        Flag::new(b'R', "recursive", "what is in folders, and in theirs"),
        Flag::new(b'L', "dereference", "what symbolic links lead to"),
        Flag::new(b't', "", "newest first"),
        Flag::new(b'S', "", "largest first"),
        Flag::new(b'r', "reverse", "the other way round"),
        Flag::new(b'1', "", "a name a line"),
        Flag::new(b'C', "", "in columns"),
        Flag::new(b'F', "classify", "a mark behind names: / folder, * program, @ link, | pipe, = socket"),
        Flag::new(b'p', "", "/ behind folders"),
        Flag::rows(
            "path name kind mode:S user:S group:S links:N uid:N gid:N size:N blocks:N inode:N time:N target:S"
        ),
    ],
    run: Run::Parsed(run),
};

/// What the smallest images do without.
#[cfg(not(feature = "files"))]
const MORE: [Flag; 0] = [];
#[cfg(feature = "files")]
const MORE: [Flag; 15] = [
    Flag::new(b'g', "", "so, without owner"),
    Flag::new(b'o', "no-group", "so, without group"),
    Flag::new(b'i', "inode", "the number of each file"),
    Flag::new(b'H', "dereference-command-line", "so, for links among the operands"),
    Flag::new(b'U', "", "as the folder has them"),
    Flag::new(b'f', "", "so, with those that begin with a dot"),
    Flag::with(b'w', "width", "COLUMNS", "as if the terminal were so wide"),
    Flag::new(b'q', "hide-control-chars", "control characters escaped, as on a terminal"),
    Flag::new(b's', "size", "the space that each takes, in KiB"),
    Flag::new(b'X', "", "by extension"),
    Flag::new(b'c', "", "the time of the last change of state, not of contents"),
    Flag::new(b'u', "", "the time of the last access"),
    Flag::new(FULL_TIME, "full-time", "-l, with whole times"),
    Flag::new(FOLDERS_FIRST, "group-directories-first", "folders before files"),
    Flag::may(COLOR, "color", "WHEN", "colours: always, never, or auto (on a terminal)"),
];

const HAS_MORE: bool = cfg!(feature = "files");

const FULL_TIME: u8 = 128;
const FOLDERS_FIRST: u8 = 129;
const COLOR: u8 = 130;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let options = Options::new(parsed, io).map_err(|word| io.misuse(word, "not a choice here"))?;
    let is_json = parsed.has(JSON);
    if is_json {
        io.out.put(b"[");
    }
    let mut lister =
        Lister { io, options, is_json, names: Names::default(), status: Status::SUCCESS, has_printed: false };
    lister.operands(&parsed.operands);
    let status = lister.status;
    if is_json {
        io.out.put(b"]\n");
    }
    Ok(status)
}

/// How names are arranged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A name a line.
    Lines,
    /// In columns that fit so many characters.
    Columns(usize),
    /// Everything about a file in a line.
    Long,
}

/// What comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Time,
    Size,
    Extension,
    Folder,
}

/// Which symbolic links among the operands stand for what they lead to.
#[derive(Clone, Copy)]
enum Follow {
    Never,
    /// Those that lead to folders, as POSIX has it.
    Folders,
    Always,
}

/// Which time is meant.
#[derive(Clone, Copy)]
enum Time {
    Modified,
    Changed,
    Accessed,
}

/// What was asked for.
struct Options {
    layout: Layout,
    order: Order,
    is_reversed: bool,
    folders_first: bool,
    time: Time,
    full_time: bool,
    shows_hidden: bool,
    shows_dots: bool,
    shows_inode: bool,
    shows_blocks: bool,
    shows_owner: bool,
    shows_group: bool,
    is_numeric: bool,
    is_human: bool,
    folders_themselves: bool,
    is_recursive: bool,
    follows: bool,
    follows_operands: Follow,
    marks_folders: bool,
    marks_all: bool,
    escapes: bool,
    has_colors: bool,
    /// Whether anything asks for more than names.
    needs_facts: bool,
}

impl Options {
    /// The error is a value that makes no sense.
    fn new<'a>(parsed: &Parsed<'a>, io: &Io<'_>) -> Result<Self, &'a [u8]> {
        let has = |keys: &[u8]| parsed.has_any(keys);
        let width = match parsed.value(b'w') {
            Some(text) if HAS_MORE => Some(query::text::parse_decimal(text).ok_or(text)? as usize),
            _ => io.out.columns(),
        };
        let is_terminal = io.out.columns().is_some();
        let columns = Layout::Columns(width.unwrap_or(80));
        let layout = match parsed.last_of(&[b'l', b'g', b'o', b'n', FULL_TIME, b'1', b'C']) {
            // GNU lets -1 change nothing after -l.
            Some(b'1') if has(b"lgon") => Layout::Long,
            Some(b'1') => Layout::Lines,
            Some(b'C') => columns,
            Some(_) => Layout::Long,
            None if is_terminal => columns,
            None => Layout::Lines,
        };
        let has_colors = match parsed.value(COLOR) {
            _ if !HAS_MORE => false,
            Some(b"" | b"always" | b"yes" | b"force") => true,
            Some(b"auto" | b"tty" | b"if-tty") => is_terminal,
            Some(b"never" | b"no" | b"none") | None => false,
            Some(word) => return Err(word),
        };
        let order = match parsed.last_of(b"tSXUf") {
            Some(b't') => Order::Time,
            Some(b'S') => Order::Size,
            Some(b'X') if HAS_MORE => Order::Extension,
            Some(_) => Order::Folder,
            None if has(b"cu") && layout != Layout::Long => Order::Time,
            None => Order::Name,
        };
        let needs_facts = layout == Layout::Long
            || has(&[b'i', b's', b'F', b'L', FOLDERS_FIRST, JSON])
            || has_colors
            || matches!(order, Order::Time | Order::Size);
        Ok(Self {
            layout,
            order,
            is_reversed: parsed.has(b'r'),
            folders_first: parsed.has(FOLDERS_FIRST),
            time: match parsed.last_of(b"cu") {
                Some(b'c') => Time::Changed,
                Some(_) => Time::Accessed,
                None => Time::Modified,
            },
            full_time: parsed.has(FULL_TIME),
            shows_hidden: has(b"aAf"),
            shows_dots: has(b"af"),
            shows_inode: parsed.has(b'i'),
            shows_blocks: parsed.has(b's'),
            shows_owner: !parsed.has(b'g'),
            shows_group: !parsed.has(b'o'),
            is_numeric: parsed.has(b'n'),
            is_human: parsed.has(b'h'),
            folders_themselves: parsed.has(b'd'),
            is_recursive: parsed.has(b'R') && !parsed.has(b'd'),
            follows: parsed.has(b'L'),
            follows_operands: match (has(b"HL"), layout == Layout::Long || has(b"dF")) {
                (true, _) => Follow::Always,
                (false, true) => Follow::Never,
                (false, false) => Follow::Folders,
            },
            marks_folders: has(b"Fp"),
            marks_all: parsed.has(b'F'),
            escapes: is_terminal || parsed.has(b'q'),
            has_colors,
            needs_facts,
        })
    }
}

/// A listing in the making.
struct Lister<'a, 'b> {
    io: &'a mut Io<'b>,
    options: Options,
    /// Whether entries are objects for programs.
    is_json: bool,
    names: Names,
    status: Status,
    has_printed: bool,
}

impl Lister<'_, '_> {
    fn operands(&mut self, operands: &[&[u8]]) {
        let here: &[&[u8]] = &[b"."];
        let operands = if operands.is_empty() { here } else { operands };
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for &name in operands {
            match self.operand(name) {
                Ok(entry) if entry.kind == Some(FileKind::Directory) && !self.options.folders_themselves => {
                    folders.push(entry);
                }
                Ok(entry) => files.push(entry),
                Err(errno) => {
                    self.io.complain(name, &errno);
                    self.status = Status::USAGE;
                }
            }
        }
        entry::sort(&mut files, &self.options);
        entry::sort(&mut folders, &self.options);
        self.show(b"", &files, false);
        let has_heads = operands.len() > 1 || self.options.is_recursive;
        for folder in folders {
            self.folder(&folder.name, has_heads, true);
        }
    }

    fn operand(&self, name: &[u8]) -> linux::Result<Entry> {
        let look = |flags| statx(linux::fd::CWD, name, flags, StatxMask::BASIC);
        let itself = look(StatxFlags::NO_FOLLOW)?;
        let followed = match self.options.follows_operands {
            _ if itself.kind() != FileKind::Symlink => None,
            Follow::Never => None,
            Follow::Folders => look(StatxFlags::empty()).ok().filter(Metadata::is_directory),
            // A link that leads nowhere is still a link.
            Follow::Always => look(StatxFlags::empty()).ok(),
        };
        let metadata = followed.unwrap_or(itself);
        let mut entry = Entry::new(name, Some(metadata.kind()));
        entry.facts = Some(Facts::new(&metadata, &self.options));
        if metadata.kind() == FileKind::Symlink {
            entry.read_link(linux::fd::CWD, &self.options);
        }
        Ok(entry)
    }

    /// Lists a folder, and with `-R` those in it.
    fn folder(&mut self, path: &[u8], has_head: bool, is_operand: bool) {
        let (mut entries, failures) = match entry::read_folder(path, &self.options) {
            Ok(found) => found,
            Err(errno) => {
                self.io.complain(path, &errno);
                self.status = if is_operand { Status::USAGE } else { self.status.and(Status::FAILURE) };
                return;
            }
        };
        for (name, errno) in failures {
            self.io.complain(&join(path, &name), &errno);
            self.status = self.status.and(Status::FAILURE);
        }
        entry::sort(&mut entries, &self.options);
        if has_head && !self.is_json {
            self.io.out.put(if self.has_printed { b"\n" } else { b"" });
            show::name(path, &self.options, &mut self.io.out);
            self.io.out.put(b":\n");
            self.has_printed = true;
        }
        self.show(path, &entries, true);
        if self.options.is_recursive {
            for entry in
                entries.iter().filter(|entry| entry.kind == Some(FileKind::Directory) && !entry.is_dot())
            {
                if self.io.out.is_broken() {
                    return;
                }
                self.folder(&join(path, &entry.name), true, false);
            }
        }
    }

    fn show(&mut self, folder: &[u8], entries: &[Entry], has_total: bool) {
        if self.is_json {
            for entry in entries {
                let mut json = Json::within(&mut self.io.out, self.has_printed);
                show::object(&join(folder, &entry.name), entry, &mut self.names, &mut json);
                self.has_printed = true;
            }
            return;
        }
        self.has_printed |= !entries.is_empty();
        let out = &mut self.io.out;
        if has_total && (self.options.layout == Layout::Long || HAS_MORE && self.options.shows_blocks) {
            show::total(entries, &self.options, out);
        }
        match self.options.layout {
            Layout::Long => show::long(entries, &self.options, &mut self.names, out),
            Layout::Lines => show::columns(entries, 0, &self.options, out),
            Layout::Columns(width) => show::columns(entries, width, &self.options, out),
        }
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder.is_empty() || folder.ends_with(b"/") { b"" } else { b"/" };
    [folder, slash, name].concat()
}
