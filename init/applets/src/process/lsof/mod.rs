//! `lsof` (columns and options of the tool of that name, as far as they are about files and sockets; BusyBox takes no option and
//! lists all). Addresses, ports and users' numbers are never looked up, which `-n -P -l` ask for. Options are joined by or, with
//! `-a` by and.

mod sockets;

use alloc::vec::Vec;

use linux::fs::{FileKind, Metadata, stat};
use query::text::{decimal, parse_decimal};
use query::{Rows, Value};
use system::processes::{self, Process};
use system::users::Names;

use formats::proc::pid::smaps;

use crate::{Applet, Arguments, Flag, Io, JSON, Outcome, Parsed, Run, Status, options};
use sockets::{Filter, Socket};

pub(crate) const APPLET: Applet = Applet {
    name: "lsof",
    summary: "List the files that processes have open",
    usage: "[OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'p', "", "LIST", "of these processes; ^ before a number: not of it"),
        Flag::with(b'u', "", "LIST", "of these users; ^ before a name: not of him"),
        Flag::with(b'c', "", "NAME", "of programs whose names begin so"),
        Flag::with(b'd', "", "LIST", "under these numbers, or cwd, rtd, txt, mem"),
        Flag::may(b'i', "", "WHAT", "sockets: [4|6][tcp|udp][@ADDRESS][:PORT]"),
        Flag::may(b's', "", "TCP:STATES", "of sockets of TCP those in these states"),
        Flag::new(b'U', "", "sockets of this machine's own"),
        Flag::new(b'a', "", "what fits all of that, not any"),
        Flag::new(b't', "", "only the numbers of processes"),
        Flag::new(b'n', "", ""),
        Flag::new(b'P', "", ""),
        Flag::new(b'l', "", ""),
        Flag::new(b'w', "", ""),
        Flag::rows("command pid:n user fd type device:s? size:n? node:n? name"),
    ],
    run: Run::Words(words),
};

/// Gives `-i` the word behind it, if that is no option: as it may stand alone, it has else only what is attached.
fn words(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut is_open = false;
    for word in arguments.words {
        match words.last_mut() {
            Some(last) if is_open && !word.starts_with(b"-") => last.extend_from_slice(word),
            _ => words.push(word.to_vec()),
        }
        is_open = match word {
            [b'-', letters @ .., b'i'] => !letters.iter().any(|letter| b"-pucdis".contains(letter)),
            _ => false,
        };
    }
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    options::run_with(arguments, &words, false, io, run)
}

/// What a file is the same by: its device and its number there.
type FileId = ((u32, u32), u64);

/// What is looked for.
struct Wanted<'a> {
    parsed: &'a Parsed<'a>,
    names: Names,
    /// The files that are asked for, and whether any process has it.
    files: Vec<(FileId, bool)>,
    filters: Vec<Filter>,
    sockets: Vec<Socket>,
}

/// An open file of a process.
struct Open {
    /// Its number, or what else it is.
    place: Vec<u8>,
    /// How it is open: `r`, `w`, `u`, or a blank.
    mode: u8,
    name: Vec<u8>,
    data: Option<Metadata>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut filters = Vec::new();
    for word in parsed.values(b'i') {
        filters.push(Filter::parse(word).ok_or_else(|| io.misuse(word, "no address of the internet"))?);
    }
    let sockets = sockets::all();
    let mut wanted = Wanted { parsed, names: Names::read(), files: Vec::new(), filters, sockets };
    let mut status = Status::SUCCESS;
    for name in &parsed.operands {
        match stat(*name) {
            Ok(file) => wanted.files.push(((file.device(), file.inode()), false)),
            Err(errno) => status = io.complain(name, &errno),
        }
    }
    let mut rows = Rows::named(
        "command=COMMAND pid=PID user=USER fd=FD type=TYPE device=DEVICE size=SIZE/OFF node=NODE name=NAME",
    );
    let mut has_any = false;
    if parsed.operands.is_empty() || !wanted.files.is_empty() {
        for process in processes::all()? {
            let found = wanted.of(&process);
            has_any |= !found.is_empty();
            if parsed.has(b't') && !found.is_empty() {
                io.out.number(process.pid.into());
                io.out.put(b"\n");
                continue;
            }
            found.iter().for_each(|open| rows.push(row(&process, &wanted, open)));
        }
    }
    if !parsed.has(b't') && (has_any || parsed.has(JSON)) {
        io.show(&rows, parsed);
    }
    // Something that nobody has open is a failure.
    let is_missing = !has_any || wanted.files.iter().any(|file| !file.1);
    Ok(status.and(Status::from(!is_missing)))
}

fn row(process: &Process, wanted: &Wanted<'_>, open: &Open) -> [Value; 9] {
    let mut place = open.place.clone();
    if open.mode != b' ' {
        place.push(open.mode);
    }
    let name: &[u8] = if open.name.starts_with(b"/") {
        &open.name
    } else {
        open.name.split(|byte| *byte == b':').next().unwrap_or_default()
    };
    let number = |number: u64| {
        let mut digits = Vec::new();
        decimal(number, &mut digits);
        digits
    };
    let socket = sockets::find(&wanted.sockets, &open.name);
    let (kind, device, size, node) = match &open.data {
        Some(_) if let Some(socket) = socket => {
            let (inode, protocol) = (socket.inode(), socket.protocol().into_bytes());
            let node = Value::Number(inode);
            let node = if protocol.is_empty() { node } else { node.shown(protocol) };
            (socket.family.as_bytes(), Value::Text(number(inode)), Value::Unknown, node)
        }
        None => (&b"unknown"[..], Value::Unknown, Value::Unknown, Value::Unknown),
        Some(data) => {
            let (major, minor) = match data.kind() {
                FileKind::CharacterDevice | FileKind::BlockDevice => data.special_device(),
                _ => data.device(),
            };
            let device = [number(major.into()), number(minor.into())].join(&b',');
            let size = match data.kind() {
                FileKind::Regular | FileKind::Directory => Value::Number(data.size()),
                _ => Value::Unknown,
            };
            (kind(data.kind(), &open.name), Value::Text(device), size, Value::Number(data.inode()))
        }
    };
    let named = socket.map(Socket::name);
    let shown: &[u8] = if let Some(name) = &named {
        name
    } else if open.name.starts_with(b"socket:") || open.name.starts_with(b"anon_inode:") {
        &open.name
    } else {
        name
    };
    [
        Value::text(&process.name),
        Value::Number(process.pid.into()),
        Value::Text(wanted.names.user(process.user)),
        Value::Text(place),
        Value::text(kind),
        device,
        size,
        node,
        Value::text(shown),
    ]
}

fn kind(kind: FileKind, name: &[u8]) -> &'static [u8] {
    match kind {
        FileKind::Regular => b"REG",
        FileKind::Directory => b"DIR",
        FileKind::CharacterDevice => b"CHR",
        FileKind::BlockDevice => b"BLK",
        FileKind::Fifo => b"FIFO",
        FileKind::Socket => b"sock",
        FileKind::Symlink => b"LINK",
        _ if name.starts_with(b"anon_inode:") => b"a_inode",
        _ => b"unknown",
    }
}

impl Wanted<'_> {
    /// Gives what of a process's files is asked for.
    fn of(&mut self, process: &Process) -> Vec<Open> {
        let mut choices = Vec::new();
        if let Some(list) = self.parsed.value(b'p') {
            choices.push(is_in(list, &|word| parse_decimal(word) == Some(process.pid.into())));
        }
        if let Some(list) = self.parsed.value(b'u') {
            choices.push(is_in(list, &|word| self.names.find_user(word) == Some(process.user)));
        }
        if self.parsed.has(b'c') {
            choices.push(self.parsed.values(b'c').any(|begin| process.name.starts_with(begin)));
        }
        let is_all = self.parsed.has(b'a');
        let (has_files, places) = (!self.files.is_empty(), self.parsed.value(b'd'));
        let is_chosen = choices.contains(&true);
        let has_more = has_files || places.is_some() || self.parsed.has_any(b"iU");
        if is_all && choices.contains(&false) || !is_all && !is_chosen && !choices.is_empty() && !has_more {
            return Vec::new();
        }
        let mut found = all(process.pid);
        found.retain(|open| {
            let mut conditions = Vec::new();
            if !choices.is_empty() {
                conditions.push(if is_all { !choices.contains(&false) } else { is_chosen });
            }
            if let Some(list) = places {
                conditions.push(is_in(list, &|word| word == open.place));
            }
            let socket = sockets::find(&self.sockets, &open.name);
            if self.parsed.has(b'i') {
                let has_state =
                    |socket| self.parsed.values(b's').all(|list| sockets::has_state(list, socket));
                let covers = |socket| self.filters.iter().any(|filter| filter.covers(socket));
                conditions.push(socket.is_some_and(|socket| covers(socket) && has_state(socket)));
            }
            if self.parsed.has(b'U') {
                conditions.push(socket.is_some_and(|socket| socket.family == "unix"));
            }
            if has_files {
                let identity = open.data.as_ref().map(|data| (data.device(), data.inode()));
                let mut is_meant = false;
                for file in self.files.iter_mut().filter(|file| Some(file.0) == identity) {
                    file.1 = true;
                    is_meant = true;
                }
                conditions.push(is_meant);
            }
            conditions.is_empty()
                || if is_all { !conditions.contains(&false) } else { conditions.contains(&true) }
        });
        found
    }
}

/// Says whether a word of a list fits; in one of `^WORD`s, that none does.
fn is_in(list: &[u8], fits: &dyn Fn(&[u8]) -> bool) -> bool {
    let words = || list.split(|byte| *byte == b',').filter(|word| !word.is_empty());
    let is_out = words().filter_map(|word| word.strip_prefix(b"^")).any(fits);
    let mut plain = words().filter(|word| !word.starts_with(b"^")).peekable();
    !is_out && (plain.peek().is_none() || plain.any(fits))
}

/// Gives the open files of a process; of others' processes only root sees them.
fn all(pid: u32) -> Vec<Open> {
    let mut found = Vec::new();
    let mut add = |link: &[u8], place: &[u8], mode: u8| {
        if let Some(name) = processes::link(pid, link) {
            let data = stat(processes::path(pid, link).as_slice()).ok();
            found.push(Open { place: place.to_vec(), mode, name, data });
        }
    };
    for (link, place) in [(&b"cwd"[..], &b"cwd"[..]), (b"root", b"rtd"), (b"exe", b"txt")] {
        add(link, place, b' ');
    }
    let text = system::file::read(&processes::path(pid, b"maps")).unwrap_or_default();
    let program = processes::link(pid, b"exe").unwrap_or_default();
    let mut mapped: Vec<&[u8]> = Vec::new();
    for part in smaps::parse(&text) {
        if part.inode != 0
            && part.name.starts_with(b"/")
            && part.name != program
            && !mapped.contains(&part.name)
        {
            mapped.push(part.name);
        }
    }
    let numbers = system::folder::numbers(&processes::path(pid, b"fd")).unwrap_or_default();
    let mut numbered = Vec::new();
    for number in numbers {
        let mut digits = Vec::new();
        decimal(number.into(), &mut digits);
        numbered.push(digits);
    }
    for name in mapped {
        found.push(Open { place: b"mem".to_vec(), mode: b' ', name: name.to_vec(), data: stat(name).ok() });
    }
    for digits in numbered {
        let link = [b"fd/", digits.as_slice()].concat();
        if let Some(name) = processes::link(pid, &link) {
            let data = stat(processes::path(pid, &link).as_slice()).ok();
            found.push(Open { mode: mode(pid, &digits), place: digits, name, data });
        }
    }
    found
}

/// Gives how a number is open, from the octal flags that the kernel shows.
fn mode(pid: u32, digits: &[u8]) -> u8 {
    let path = processes::path(pid, &[b"fdinfo/", digits].concat());
    let text = system::file::read(&path).unwrap_or_default();
    let mut lines = text.split(|byte| *byte == b'\n');
    let flags = lines.find_map(|line| line.strip_prefix(b"flags:")).unwrap_or_default();
    match flags.trim_ascii().last() {
        Some(b'0' | b'4') => b'r',
        Some(b'1' | b'5') => b'w',
        Some(b'2' | b'6') => b'u',
        _ => b' ',
    }
}
