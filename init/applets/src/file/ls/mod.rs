//! `ls` (POSIX, and what GNU added that people use). Names are ordered by their bytes; the smallest images show universal times.
//!
//! On a terminal names are shown with control characters escaped; elsewhere exactly as they are, as scripts expect.

#[cfg(feature = "files")]
mod amounts;
mod entry;
mod names;
#[cfg(not(feature = "files"))]
mod plain_amounts;
mod rows;
mod show;
mod times;

use alloc::vec::Vec;

use linux::fs::{FileKind, Metadata, StatxFlags, StatxMask, statx};
use query::Json;

#[cfg(feature = "files")]
use self::amounts::Amounts;
use self::entry::{Entry, Facts};
use self::names::Quoting;
#[cfg(not(feature = "files"))]
use self::plain_amounts::Amounts;
use self::show::Names;
use self::times::Times;
use crate::options::more;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status};

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
const MORE: &[Flag] = more(&[
    Flag::new(b'x', "", "in columns, across"),
    Flag::new(b'm', "", "names in a row, with commas between"),
    Flag::new(b'v', "", "numbers within names by their value: a2 before a10"),
    Flag::new(b'k', "kibibytes", "room in KiB, whatever the environment says"),
    Flag::new(b'G', "no-group", "without groups"),
    Flag::new(b'Q', "quote-name", "names in quotes, with the escapes of C"),
    Flag::new(b'b', "escape", "names with the escapes of C"),
    Flag::new(b'N', "literal", "names as they are, also on a terminal"),
    Flag::with(b'I', "ignore", "PATTERN", "no names in folders that PATTERN matches"),
    Flag::with(HIDE, "hide", "PATTERN", "so, unless -a or -A asks for all"),
    Flag::new(b'B', "ignore-backups", "no names in folders that end with ~"),
    Flag::new(FILE_TYPE, "file-type", "as -F, without *"),
    Flag::with(MARKS, "indicator-style", "WORD", "none, slash (-p), file-type or classify (-F)"),
    Flag::with(TIME_STYLE, "time-style", "STYLE", "full-iso, long-iso, iso, locale, or +FORM as date has it"),
    Flag::new(b'g', "", "so, without owner"),
    Flag::new(b'o', "", "so, without group"),
    Flag::new(b'i', "inode", "the number of each file"),
    Flag::new(b'H', "dereference-command-line", "so, for links among the operands"),
    Flag::new(b'U', "", "as the folder has them"),
    Flag::new(b'f', "", "so, with those that begin with a dot"),
    Flag::with(b'w', "width", "COLUMNS", "as if the terminal were so wide"),
    Flag::new(b'q', "hide-control-chars", "control characters escaped, as on a terminal"),
    Flag::new(b's', "size", "the room that each takes, in KiB"),
    super::units::SI_FLAG,
    Flag::with(BLOCK_SIZE, "block-size", "SIZE", "lengths and room in units of SIZE"),
    Flag::new(b'X', "", "by extension"),
    Flag::new(b'c', "", "the time of the last change of state, not of contents"),
    Flag::new(b'u', "", "the time of the last access"),
    Flag::with(
        SORT,
        "sort",
        "WORD",
        "by none (-U), size (-S), time (-t), version (-v), extension (-X), name",
    ),
    Flag::with(TIME, "time", "WORD", "atime, access, use (-u); ctime, status (-c); mtime, modification"),
    Flag::with(QUOTING, "quoting-style", "WORD", "literal (-N), escape (-b) or c (-Q)"),
    Flag::new(b'N', "show-control-chars", ""),
    Flag::new(FULL_TIME, "full-time", "-l, with whole times"),
    Flag::new(FOLDERS_FIRST, "group-directories-first", "folders before files"),
    Flag::may(COLOR, "color", "WHEN", "colours: always, never, or auto (on a terminal)"),
]);

keys! { 128; FULL_TIME FOLDERS_FIRST COLOR HIDE FILE_TYPE MARKS TIME_STYLE SORT TIME QUOTING BLOCK_SIZE }

/// The status for an operand that could not be looked at.
const TROUBLE: Status = Status(2);

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
    /// So, from left to right.
    Across(usize),
    /// In a row with commas, in lines of so many characters.
    Commas(usize),
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
    Version,
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

/// Which marks stand behind names, from few to all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Marks {
    None,
    Folders,
    Kinds,
    All,
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
    shows_hidden: bool,
    shows_dots: bool,
    shows_inode: bool,
    shows_blocks: bool,
    shows_owner: bool,
    shows_group: bool,
    is_numeric: bool,
    amounts: Amounts,
    folders_themselves: bool,
    is_recursive: bool,
    follows: bool,
    follows_operands: Follow,
    marks: Marks,
    quoting: Quoting,
    /// Whether names that end with `~` are left out.
    hides_backups: bool,
    /// Patterns of names that are left out.
    ignored: Vec<Vec<u8>>,
    times: Times,
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
        let layout = match parsed.last_of(&[b'l', b'g', b'o', b'n', FULL_TIME, b'1', b'C', b'x', b'm']) {
            // GNU lets -1 change nothing after -l.
            Some(b'1') if has(b"lgon") => Layout::Long,
            Some(b'1') => Layout::Lines,
            Some(b'C') => columns,
            Some(b'x') if HAS_MORE => Layout::Across(width.unwrap_or(80)),
            Some(b'm') if HAS_MORE => Layout::Commas(width.unwrap_or(80)),
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
        let time = time(parsed)?;
        let order = match letter(parsed, b"tSXUfv", SORT, &SORTS)? {
            Some(b't') => Order::Time,
            Some(b'S') => Order::Size,
            Some(b'X') if HAS_MORE => Order::Extension,
            Some(b'v') if HAS_MORE => Order::Version,
            Some(BY_NAME) if HAS_MORE => Order::Name,
            Some(_) => Order::Folder,
            None if HAS_MORE && !matches!(time, Time::Modified) && layout != Layout::Long => Order::Time,
            None => Order::Name,
        };
        let marks = marks(parsed)?;
        let needs_facts = layout == Layout::Long
            || has(&[b'i', b's', b'L', FOLDERS_FIRST, JSON])
            || marks == Marks::All
            || has_colors
            || matches!(order, Order::Time | Order::Size);
        Ok(Self {
            layout,
            order,
            is_reversed: parsed.has(b'r'),
            folders_first: HAS_MORE && parsed.has(FOLDERS_FIRST),
            time,
            shows_hidden: has(b"aAf"),
            shows_dots: has(b"af"),
            shows_inode: HAS_MORE && parsed.has(b'i'),
            shows_blocks: HAS_MORE && parsed.has(b's'),
            shows_owner: !(HAS_MORE && parsed.has(b'g')),
            shows_group: !(HAS_MORE && has(b"oG")),
            is_numeric: parsed.has(b'n'),
            amounts: Amounts::of(parsed, io)?,
            folders_themselves: parsed.has(b'd'),
            is_recursive: parsed.has(b'R') && !parsed.has(b'd'),
            follows: parsed.has(b'L'),
            follows_operands: match (has(b"HL"), layout == Layout::Long || has(b"dF")) {
                (true, _) => Follow::Always,
                (false, true) => Follow::Never,
                (false, false) => Follow::Folders,
            },
            marks,
            quoting: Quoting::of(parsed, is_terminal)?,
            hides_backups: HAS_MORE && parsed.has(b'B'),
            ignored: if HAS_MORE { ignored(parsed) } else { Vec::new() },
            times: Times::of(parsed, io, layout == Layout::Long)?,
            has_colors,
            needs_facts,
        })
    }
}

/// Which letter stands for each word of `--sort`.
const SORTS: [(&[u8], u8); 6] = [
    (b"none", b'U'),
    (b"size", b'S'),
    (b"time", b't'),
    (b"version", b'v'),
    (b"extension", b'X'),
    (b"name", BY_NAME),
];

/// No letter stands for the names' own order.
const BY_NAME: u8 = 0;

/// Gives which of several letters was given last, also by a word of the option that has them in words.
fn letter<'a>(
    parsed: &Parsed<'a>,
    letters: &[u8],
    key: u8,
    words: &[(&[u8], u8)],
) -> Result<Option<u8>, &'a [u8]> {
    if !HAS_MORE {
        return Ok(parsed.last_of(letters));
    }
    let mut given = parsed.options.iter().rev();
    match given.find(|option| option.0 == key || letters.contains(&option.0)) {
        Some((letter, word)) if *letter == key => {
            words.iter().find(|known| known.0 == *word).map(|known| Some(known.1)).ok_or(*word)
        }
        given => Ok(given.map(|given| given.0)),
    }
}

fn time<'a>(parsed: &Parsed<'a>) -> Result<Time, &'a [u8]> {
    if !HAS_MORE {
        return Ok(Time::Modified);
    }
    const WORDS: [(&[u8], u8); 7] = [
        (b"atime", b'u'),
        (b"access", b'u'),
        (b"use", b'u'),
        (b"ctime", b'c'),
        (b"status", b'c'),
        (b"mtime", b'm'),
        (b"modification", b'm'),
    ];
    Ok(match letter(parsed, b"cu", TIME, &WORDS)? {
        Some(b'c') => Time::Changed,
        Some(b'u') => Time::Accessed,
        _ => Time::Modified,
    })
}

fn marks<'a>(parsed: &Parsed<'a>) -> Result<Marks, &'a [u8]> {
    Ok(match parsed.last_of(&[b'F', b'p', FILE_TYPE, MARKS]) {
        Some(b'F') => Marks::All,
        Some(b'p') => Marks::Folders,
        Some(FILE_TYPE) if HAS_MORE => Marks::Kinds,
        Some(_) if HAS_MORE => match parsed.value(MARKS).unwrap_or_default() {
            b"none" => Marks::None,
            b"slash" => Marks::Folders,
            b"file-type" => Marks::Kinds,
            b"classify" => Marks::All,
            word => return Err(word),
        },
        _ => Marks::None,
    })
}

/// Gives the patterns of names that are left out.
fn ignored(parsed: &Parsed<'_>) -> Vec<Vec<u8>> {
    let hidden = if parsed.has_any(b"aAf") { None } else { Some(HIDE) };
    let keys = [Some(b'I'), hidden];
    keys.iter().flatten().flat_map(|key| parsed.values(*key)).map(<[u8]>::to_vec).collect()
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
                    self.status = TROUBLE;
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
            Follow::Always => Some(look(StatxFlags::empty())?),
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
                self.status = if is_operand { TROUBLE } else { self.status.and(Status::FAILURE) };
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
            self.options.quoting.put(path, &mut self.io.out);
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
            Layout::Columns(width) => rows::columns(entries, width, &self.options, out),
            Layout::Across(width) if HAS_MORE => rows::across(entries, width, &self.options, out),
            Layout::Commas(width) if HAS_MORE => rows::commas(entries, width, &self.options, out),
            _ => rows::columns(entries, 0, &self.options, out),
        }
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder.is_empty() || folder.ends_with(b"/") { b"" } else { b"/" };
    [folder, slash, name].concat()
}
