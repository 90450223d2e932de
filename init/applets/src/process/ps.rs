//! `ps`: all processes, as BusyBox shows them; `-e -f -o -p` are POSIX's, `aux`, `--sort` and `-C` procps's.
//!
//! Deviations from POSIX: without options all processes are shown, not those of one terminal, and `-a -d -e -A -x` change
//! nothing. `--where` (a condition on any column of `-o`) and `--json` are our own.

use alloc::vec::Vec;
use core::time::Duration;

use query::text::{decimal, parse_decimal};
use query::{Column, Condition, Date, Rows, Value};
use system::processes::Process;
use system::users::Names;
use system::{machine, processes};

use crate::{Applet, Arguments, Flag, Io, JSON, JSON_FLAG, Parsed, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ps",
    summary: "Show processes",
    usage: "[OPTION]... [PROCESS]...\naux",
    flags: &[
        Flag::new(b'e', "", "all processes (the default; also -A -a -d -x)"),
        Flag::new(b'A', "all", ""),
        Flag::new(b'a', "", ""),
        Flag::new(b'd', "", ""),
        Flag::new(b'x', "", ""),
        Flag::with(b'p', "pid", "LIST", "processes by number"),
        Flag::with(PARENT, "ppid", "LIST", "children of these"),
        Flag::with(b'u', "user", "LIST", "processes of users, by name or number (also -U)"),
        Flag::with(b'U', "User", "LIST", ""),
        Flag::with(b'C', "", "LIST", "processes by the name of their program"),
        Flag::new(b'f', "", "more columns"),
        Flag::new(b'l', "", "other columns"),
        Flag::with(b'o', "format", "LIST", "these columns, by name; NAME=TITLE"),
        Flag::with(
            WHERE,
            "where",
            "CONDITION",
            "only where COLUMN (= != < <= > >= ~) VALUE, as in 'rss>50M'",
        ),
        Flag::with(SORT, "sort", "LIST", "by these columns, descending after -"),
        Flag::new(BARE, "no-headers", "no line of titles"),
        Flag::new(b'w', "", "do not cut lines at the terminal's edge"),
        JSON_FLAG,
    ],
    run,
};

const PARENT: u8 = 128;
const SORT: u8 = 129;
const WHERE: u8 = 130;
const BARE: u8 = 131;

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut parsed = match arguments.parse(io) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let format = format(&mut parsed);
    let fields: Vec<(usize, Option<&str>)> = match chosen(&parsed, format) {
        Ok(fields) => fields,
        Err(name) => {
            io.complain(name, &"no such column");
            return Status::USAGE;
        }
    };
    let processes = match processes::all() {
        Ok(processes) => processes,
        Err(error) => return io.complain(b"", &error),
    };
    let context = Context::new();
    let columns: Vec<Column<'_>> =
        FIELDS.iter().map(|field| Column { name: field.name, title: field.title }).collect();
    let mut rows = Rows::new(&columns);
    let selection = Selection::new(&parsed, &context.names);
    for process in processes.iter().filter(|process| selection.has(process)) {
        rows.push(FIELDS.iter().map(|field| (field.value)(process, &context)).collect::<Vec<_>>());
    }
    if let Err((object, reason)) = arrange(&mut rows, &parsed) {
        io.complain(object, &reason);
        return Status::USAGE;
    }
    let status = Status::from(!rows.is_empty() || !selection.is_limited);
    rows.select(&fields);
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    } else {
        let width = if parsed.has(b'w') { None } else { io.out.columns() };
        rows.table(width, &mut io.out);
    }
    status
}

/// Filters and sorts.
fn arrange<'a>(rows: &mut Rows<'_>, parsed: &Parsed<'a>) -> Result<(), (&'a [u8], &'static str)> {
    for text in parsed.values(WHERE) {
        let mut condition = Condition::parse(text).ok_or((text, "not a condition"))?;
        condition.column = field(condition.column).map_or(b"", |index| FIELDS[index].name.as_bytes());
        if !rows.filter(&condition) {
            return Err((text, "no such column"));
        }
    }
    for list in parsed.values(SORT) {
        // Sorting keeps the order of equals, so the first key comes last.
        for key in list.rsplit(|&byte| byte == b',') {
            let (name, descending) = match key {
                [b'-', name @ ..] => (name, true),
                [b'+', name @ ..] => (name, false),
                name => (name, false),
            };
            rows.sort(field(name).ok_or((name, "no such column"))?, descending);
        }
    }
    Ok(())
}

/// Gives the columns that the kind of listing has, and takes BSD's letters out of the operands.
fn format(parsed: &mut Parsed<'_>) -> &'static str {
    let mut bsd: &[u8] = b"";
    if let Some(word) = parsed.operands.first()
        && word.iter().all(|letter| b"auxwefl".contains(letter))
    {
        bsd = word;
        parsed.operands.remove(0);
    }
    if bsd.contains(&b'w') {
        parsed.options.push((b'w', b""));
    }
    if parsed.has(JSON) {
        "pid,ppid,pgid,sid,user,uid,tty,stat,ni,nlwp,vsz,rss,anon,pcpu,time,start,comm,args"
    } else if bsd.contains(&b'u') {
        "user,pid,pcpu,pmem,vsz,rss,tty,stat,start,time,args"
    } else if parsed.has(b'l') || bsd.contains(&b'l') {
        "s,uid,pid,ppid,pri,ni,vsz,rss,tty,time,args"
    } else if parsed.has(b'f') {
        "user,pid,ppid,c,start,tty,time,args"
    } else {
        "pid,user,time,args"
    }
}

/// Finds the columns to show; the error is a name that there is not.
fn chosen<'a>(parsed: &Parsed<'a>, format: &'static str) -> Result<Vec<(usize, Option<&'a str>)>, &'a [u8]> {
    let mut fields = Vec::new();
    for mut list in parsed.values(b'o').map(<[u8]>::trim_ascii) {
        while !list.is_empty() {
            let end = list.iter().position(|byte| b", =".contains(byte)).unwrap_or(list.len());
            let (name, rest) = list.split_at_checked(end).unwrap_or_default();
            // A width, as in comm:20, has no effect: columns are as wide as they must be.
            let bare = name.split(|&byte| byte == b':').next().unwrap_or_default();
            let index = field(bare).ok_or(name)?;
            // A title goes on to the end of the word.
            match rest.split_first() {
                Some((b'=', title)) => {
                    fields.push((index, Some(core::str::from_utf8(title).map_err(|_| title)?)));
                    break;
                }
                _ => fields.push((index, None)),
            }
            list = rest.get(1..).unwrap_or_default().trim_ascii_start();
        }
    }
    if fields.is_empty() {
        fields.extend(format.split(',').filter_map(|name| field(name.as_bytes())).map(|index| (index, None)));
    }
    if parsed.has(BARE) {
        fields.iter_mut().for_each(|field| field.1 = Some(""));
    }
    Ok(fields)
}

/// Which processes are wanted; all if no list is given.
struct Selection<'a> {
    pids: Vec<u32>,
    parents: Vec<u32>,
    users: Vec<u32>,
    names: Vec<&'a [u8]>,
    is_limited: bool,
}

impl<'a> Selection<'a> {
    fn new(parsed: &Parsed<'a>, names: &Names) -> Self {
        let mut pids = numbers(parsed, b"p", None);
        pids.extend(parsed.operands.iter().filter_map(|word| user_number(word, None)));
        Self {
            pids,
            parents: numbers(parsed, &[PARENT], None),
            users: numbers(parsed, b"uU", Some(names)),
            names: items(parsed, b"C"),
            is_limited: !parsed.operands.is_empty()
                || parsed.last_of(&[b'p', PARENT, b'u', b'U', b'C']).is_some(),
        }
    }

    fn has(&self, process: &Process) -> bool {
        !self.is_limited
            || self.pids.contains(&process.pid)
            || self.parents.contains(&process.parent)
            || self.users.contains(&process.user)
            || self.names.contains(&process.name.as_slice())
    }
}

/// Gives the words of some options' lists, parted by commas or spaces.
fn items<'a>(parsed: &Parsed<'a>, keys: &[u8]) -> Vec<&'a [u8]> {
    let options = parsed.options.iter().filter(|option| keys.contains(&option.0));
    let words = options.flat_map(|option| option.1.split(|byte| b", ".contains(byte)));
    words.filter(|word| !word.is_empty()).collect()
}

/// Gives the numbers in some options' lists; those of users may be names. What is neither selects nothing.
fn numbers(parsed: &Parsed<'_>, keys: &[u8], names: Option<&Names>) -> Vec<u32> {
    items(parsed, keys).into_iter().filter_map(|word| user_number(word, names)).collect()
}

fn user_number(word: &[u8], names: Option<&Names>) -> Option<u32> {
    let number = || parse_decimal(word).and_then(|number| u32::try_from(number).ok());
    names.and_then(|names| names.user_number(word)).or_else(number)
}

/// What columns need besides the process.
struct Context {
    names: Names,
    uptime: Duration,
    boot_time: i64,
    memory: u64,
}

impl Context {
    fn new() -> Self {
        Self {
            names: Names::read(),
            uptime: machine::uptime(),
            boot_time: machine::boot_time(),
            memory: machine::memory().map_or(0, |memory| memory.total),
        }
    }
}

/// A column: its name here and in JSON, its title, its other names, and where its value comes from.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    title: &'static str,
    aliases: &'static str,
    value: fn(&Process, &Context) -> Value,
}

const fn column(
    name: &'static str,
    title: &'static str,
    aliases: &'static str,
    value: fn(&Process, &Context) -> Value,
) -> Field {
    Field { name, title, aliases, value }
}

/// Every column, with procps's names and titles.
static FIELDS: [Field; 27] = [
    column("pid", "PID", "tgid", |process, _| number(process.pid)),
    column("ppid", "PPID", "", |process, _| number(process.parent)),
    column("pgid", "PGID", "pgrp", |process, _| number(process.group)),
    column("sid", "SID", "sess session", |process, _| number(process.session)),
    column("user", "USER", "euser uname", |process, context| Value::Text(context.names.user(process.user))),
    column("uid", "UID", "euid", |process, _| number(process.user)),
    column("ruser", "RUSER", "", |process, context| Value::Text(context.names.user(process.real_user))),
    column("group", "GROUP", "egroup", |process, context| {
        Value::Text(context.names.group(process.user_group))
    }),
    column("gid", "GID", "egid", |process, _| number(process.user_group)),
    column("tty", "TTY", "tt tname", terminal),
    column("stat", "STAT", "", state),
    column("s", "S", "state", |process, _| Value::text(&[process.state])),
    column("pri", "PRI", "priority", |process, _| Value::Signed(process.priority)),
    column("ni", "NI", "nice", |process, _| Value::Signed(process.nice)),
    column("nlwp", "NLWP", "thcount threads", |process, _| number(process.threads)),
    column("vsz", "VSZ", "vsize", |process, _| kibibytes(process.virtual_bytes)),
    column("rss", "RSS", "rssize", |process, _| kibibytes(process.resident_bytes)),
    column("anon", "ANON", "", |process, _| kibibytes(process.anonymous_bytes)),
    column("pcpu", "%CPU", "%cpu", |process, context| Value::Thousandths(share(process, context))),
    column("c", "C", "", |process, context| Value::Number(share(process, context) / 1000)),
    column("pmem", "%MEM", "%mem", |process, context| {
        let share = u128::from(process.resident_bytes) * 100_000;
        Value::Thousandths(share.checked_div(context.memory.into()).unwrap_or(0) as u64)
    }),
    column("start", "START", "stime start_time bsdstart lstart", start),
    column("etime", "ELAPSED", "", elapsed),
    column("etimes", "ELAPSED", "", |process, context| Value::Number(age(process, context).as_secs())),
    column("time", "TIME", "cputime", |process, _| Value::Span(process.used)),
    column("comm", "COMMAND", "ucomm ucmd", |process, _| Value::text(&process.name)),
    column("args", "COMMAND", "cmd command", command),
];

/// Finds a column by one of its names.
fn field(name: &[u8]) -> Option<usize> {
    let is = |candidate: &str| candidate.as_bytes() == name;
    FIELDS.iter().position(|field| is(field.name) || field.aliases.split(' ').any(is) && !name.is_empty())
}

fn number(number: u32) -> Value {
    Value::Number(number.into())
}

/// Bytes for programs, kibibytes for people, as in every `ps`.
fn kibibytes(bytes: u64) -> Value {
    Value::Number(bytes).shown(|text| decimal(bytes / 1024, text))
}

fn age(process: &Process, context: &Context) -> Duration {
    context.uptime.saturating_sub(process.started)
}

/// Gives the processor time per time lived, in thousandths of per cent.
fn share(process: &Process, context: &Context) -> u64 {
    let share = process.used.as_millis() * 100_000;
    share.checked_div(age(process, context).as_millis()).unwrap_or(0) as u64
}

/// Names the terminal by its number (`Documentation/admin-guide/devices.txt`).
fn terminal(process: &Process, _: &Context) -> Value {
    let (major, minor) = (process.terminal.major(), process.terminal.minor());
    let (prefix, number) = match (major, minor) {
        (0, 0) => return Value::text(b"?"),
        (4, 64..) => ("ttyS", minor - 64),
        (4, _) => ("tty", minor),
        (5, 1) => return Value::text(b"console"),
        (136..=143, _) => ("pts/", minor + ((major - 136) << 20)),
        (188, _) => ("ttyUSB", minor),
        (204, 64..) => ("ttyAMA", minor - 64),
        (229, _) => ("hvc", minor),
        _ => {
            let mut text = Vec::new();
            decimal(major.into(), &mut text);
            text.push(b':');
            decimal(minor.into(), &mut text);
            return Value::Text(text);
        }
    };
    let mut text = prefix.as_bytes().to_vec();
    decimal(number.into(), &mut text);
    Value::Text(text)
}

/// Gives the state with procps's marks: priority, session leader, threads, foreground.
fn state(process: &Process, _: &Context) -> Value {
    let marks = [
        (process.nice < 0, b'<'),
        (process.nice > 0, b'N'),
        (process.session == process.pid, b's'),
        (process.threads > 1, b'l'),
        (process.is_foreground, b'+'),
    ];
    let marks = marks.iter().filter(|mark| mark.0).map(|mark| mark.1);
    Value::Text([process.state].into_iter().chain(marks).collect())
}

/// Shows the hour of today's processes and the day of older ones.
fn start(process: &Process, context: &Context) -> Value {
    let seconds = context.boot_time.saturating_add_unsigned(process.started.as_secs());
    let date = Date::from_seconds(seconds);
    let is_young = age(process, context) < Duration::from_secs(86400);
    Value::Signed(seconds).shown(|text| {
        if is_young {
            date.minute_text(text);
        } else {
            text.extend_from_slice(date.month_name().as_bytes());
            query::text::zero_padded(date.day.into(), 2, text);
        }
    })
}

/// Shows the time lived as `[[days-]hh:]mm:ss`.
fn elapsed(process: &Process, context: &Context) -> Value {
    let age = age(process, context);
    Value::Span(age).shown(|text| {
        query::text::span(age.as_secs(), text);
        if age.as_secs() < 3600 {
            text.drain(..3);
        }
    })
}

/// Gives the arguments; the name in brackets for threads of the kernel and the dead, which have none.
fn command(process: &Process, _: &Context) -> Value {
    let mut text = process.arguments.join(&b' ');
    if process.arguments.is_empty() {
        text.push(b'[');
        text.extend_from_slice(&process.name);
        text.push(b']');
        if process.state == b'Z' {
            text.extend_from_slice(b" <defunct>");
        }
    }
    Value::Text(text)
}
