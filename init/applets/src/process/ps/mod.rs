//! `ps`: all processes, as BusyBox shows them; `-e -f -o -p` are POSIX's, `aux`, `--sort` and `-C` procps's.
//!
//! Deviations from POSIX: without options all processes are shown, not those of one terminal, and `-a -d -e -A -x` change
//! nothing; a title (`-o pid=,args=`) ends at a comma, as everywhere. Threads (`-T`, `-L`) are shown as BusyBox does, each as a
//! process of its own number, unless that is asked for as `lwp`. `--where` (a condition on any column of `-o`) and `--json` are our own.

mod bsd;
mod rare;
mod tree;

use alloc::vec::Vec;
use formats::time::Duration;

use query::text::{decimal, parse_decimal};
use query::{Column, Condition, Rows, Value};
use system::processes::Process;
use system::users::Names;
use system::{machine, processes};

use crate::options::more;
use crate::zone::Zone;
use crate::{Applet, Flag, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ps",
    summary: "Show processes",
    usage: "[OPTION]... [PROCESS]...\naux",
    flags: flags![
        ..MORE,
        Flag::new(b'e', "", "all processes (the default; also -A -a -d -x)"),
        Flag::new(b'A', "all", ""),
        Flag::new(b'a', "", ""),
        Flag::new(b'd', "", ""),
        Flag::new(b'x', "", ""),
        Flag::with(b'p', "pid", "LIST", "processes by number"),
        Flag::new(b'f', "", "more columns"),
        Flag::with(b'o', "format", "LIST", "these columns, by name; NAME=TITLE"),
        Flag::new(BARE, "no-headers", "no line of titles"),
        Flag::new(b'w', "", "do not cut lines at the terminal's edge"),
        Flag::rows(
            "pid:N ppid:N pgid:N sid:N user:S uid:N ruser:S group:S gid:N tty:S stat:S s:S pri:N ni:N nlwp:N vsz:N \
             rss:N anon:N pcpu:D c:N pmem:D start:N etime:D etimes:N time:D comm:S args:S \
             lwp:N ruid:N sz:N lstart:N tgid:N f:N tpgid:N min_flt:N maj_flt:N psr:N rtprio:N sched:N cls:S wchan:S cgroup:S \
             pending:S blocked:S ignored:S caught:S suid:N fuid:N rgid:N sgid:N fgid:N suser:S fuser:S rgroup:S sgroup:S \
             fgroup:S cputimes:N exe:S",
        ),
    ],
    run: if HAS_MORE { Run::Words(bsd::run) } else { Run::Parsed(run) },
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::with(WHERE, "where", "CONDITION", "only where COLUMN (= != < <= > >= ~) VALUE, as in 'rss>50M'"),
    Flag::with(SORT, "sort", "LIST", "by these columns, descending after -"),
    Flag::with(b't', "tty", "LIST", "processes by their terminals"),
    Flag::new(b'T', "", "their threads, too"),
    Flag::new(b'L', "", ""),
    Flag::new(b'V', "version", "say which ps this is (also V)"),
    Flag::new(b'j', "", "the columns of jobs"),
    Flag::new(b'l', "", "other columns"),
    Flag::new(BARE, "noheaders", ""),
    Flag::new(BARE, "no-heading", ""),
    Flag::new(b'h', "", ""),
    Flag::new(b'H', "", "children behind their parents, moved to the right"),
    Flag::new(FOREST, "forest", "so, hung on branches (also f)"),
    Flag::with(WIDTH, "cols", "N", "lines of so many characters"),
    Flag::with(WIDTH, "columns", "N", ""),
    Flag::with(WIDTH, "width", "N", ""),
    Flag::new(b'N', "deselect", "all but those that are chosen"),
    Flag::with(b'q', "quick-pid", "LIST", ""),
    Flag::with(b'G', "Group", "LIST", "processes of groups that started them, by name or number"),
    Flag::with(PARENT, "ppid", "LIST", "children of these"),
    Flag::with(b'u', "user", "LIST", "processes of users, by name or number (also -U)"),
    Flag::with(b'U', "User", "LIST", ""),
    Flag::with(b'C', "", "LIST", "processes by the name of their program"),
]);

keys! { 128; PARENT SORT WHERE BARE FOREST WIDTH }

/// Says whether a word is letters of BSD's alone.
fn are_letters(word: &[u8]) -> bool {
    word.iter().all(|letter| LETTERS.contains(letter))
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if HAS_MORE && parsed.has(b'V') {
        io.out.put(concat!("ps from spelunk-", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
        return Ok(Status::SUCCESS);
    }
    let (letters, mut operands) = match parsed.operands.as_slice() {
        [word, rest @ ..] if are_letters(word) => (*word, rest),
        operands => (&b""[..], operands),
    };
    // The lists that belong to BSD's o and k are the next words.
    let (mut list, mut keys) = (None, None);
    if HAS_MORE {
        for letter in letters {
            match letter {
                b'o' => list = operands.split_off_first().copied(),
                b'k' => keys = operands.split_off_first().copied(),
                _ => {}
            }
        }
        if let Some(word) = strange(parsed, operands) {
            return Ok(io.misuse(word, "not a process number"));
        }
    }
    let mut columns = chosen(parsed, letters, list).map_err(|name| io.misuse(name, "no such column"))?;
    let shown = columns.len();
    let order = if HAS_MORE { order(parsed, keys, &mut columns) } else { Ok(Vec::new()) };
    let order = order.map_err(|(word, reason)| io.misuse(word, reason))?;
    let mut context = Context::new(io);
    context.has_threads_apart = HAS_MORE && columns.iter().any(|column| column.0.name == "lwp");
    let heads: Vec<Column<'_>> = columns.iter().map(|column| column.0).collect();
    let mut rows = Rows::new(&heads);
    let is_limited = !operands.is_empty() || parsed.has_any(LISTS);
    let mut add = |process: &Process| {
        rows.push(columns.iter().map(|column| (column.1)(process, &context)).collect::<Vec<_>>());
    };
    let mut chosen = processes::all()?;
    let is_unwanted = HAS_MORE && parsed.has(b'N');
    chosen.retain(|process| {
        !is_limited || is_selected(process, parsed, operands, &context.names) != is_unwanted
    });
    if HAS_MORE {
        let is_drawn = parsed.has(FOREST) || letters.contains(&b'f');
        if (is_drawn || parsed.has(b'H')) && !parsed.has(JSON) {
            chosen = tree::arrange(&chosen, is_drawn);
        }
        if parsed.has_any(b"TL") || letters.contains(&b'T') {
            chosen = threads(&chosen)?;
        }
    }
    chosen.iter().for_each(&mut add);
    for step in &order {
        match step {
            Step::Filter(condition) => rows.filter(condition),
            Step::Sort(column, descending) => rows.sort(*column, *descending),
        }
    }
    let status = Status::from(!rows.is_empty() || !is_limited);
    rows.truncate(shown);
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    } else {
        let is_wide = parsed.has(b'w') || letters.contains(&b'w');
        let asked = parsed.value(WIDTH).filter(|_| HAS_MORE).and_then(parse_decimal);
        let width = match asked {
            Some(width) => usize::try_from(width).ok(),
            None if is_wide => None,
            None => io.out.columns(),
        };
        rows.table(width, &mut io.out);
    }
    Ok(status)
}

/// BSD's letters.
const LETTERS: &[u8] = b"auxwefkljhoprT";

/// Gives all threads of processes; one of another name than its process's says so before the arguments.
fn threads(processes: &[Process]) -> Result<Vec<Process>, system::Error> {
    let mut found = Vec::new();
    for process in processes {
        for mut thread in processes::threads_of(process.pid)? {
            thread.arguments.clone_from(&process.arguments);
            let is_own_name = thread.pid != process.pid && !process.name.ends_with(&thread.name);
            if is_own_name && !process.arguments.is_empty() {
                thread.arguments = [b"{", thread.name.as_slice(), b"} ", &process.arguments].concat();
            }
            found.push(thread);
        }
    }
    Ok(found)
}

/// Finds a word that should be a process number and is none.
fn strange<'a>(parsed: &Parsed<'a>, operands: &[&'a [u8]]) -> Option<&'a [u8]> {
    let lists = parsed.options.iter().filter(|option| matches!(option.0, b'p' | b'q' | PARENT | WIDTH));
    let mut words = lists.map(|option| option.1).chain(operands.iter().copied()).flat_map(words);
    words.find(|word| parse_decimal(word).is_none())
}

/// Splits a list at commas and blanks.
fn words(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| b", ".contains(byte)).filter(|word| !word.is_empty())
}

/// What is done with all rows.
enum Step<'a> {
    Filter(Condition<'a>),
    /// By a column, possibly descending.
    Sort(usize, bool),
}

/// Reads conditions and sort keys; their columns follow those that are shown.
fn order<'a>(
    parsed: &Parsed<'a>,
    keys: Option<&'a [u8]>,
    columns: &mut Vec<(Column<'a>, Content)>,
) -> Result<Vec<Step<'a>>, (&'a [u8], &'static str)> {
    let mut place = |name: &[u8], word: &'a [u8]| {
        columns.push(field(name).ok_or((word, "no such column"))?);
        Ok(columns.len() - 1)
    };
    let mut steps = Vec::new();
    for text in parsed.values(WHERE) {
        let mut condition = Condition::parse(text).ok_or((text, "not a condition"))?;
        condition.column = place(condition.name, text)?;
        steps.push(Step::Filter(condition));
    }
    for list in parsed.values(SORT).chain(keys) {
        // Sorting keeps the order of equals, so the first key comes last.
        for key in list.rsplit(|&byte| byte == b',') {
            let name = key.strip_prefix(b"-").or(key.strip_prefix(b"+")).unwrap_or(key);
            steps.push(Step::Sort(place(name, name)?, key.starts_with(b"-")));
        }
    }
    Ok(steps)
}

/// Gives the columns that the kind of listing has, BSD's letters among the options.
fn format(parsed: &Parsed<'_>, letters: &[u8]) -> &'static [u8] {
    if parsed.has(JSON) {
        b"pid,ppid,pgid,sid,user,uid,tty,stat,ni,nlwp,vsz,rss,anon,pcpu,time,start,comm,args"
    } else if letters.contains(&b'u') {
        b"user,pid,pcpu,pmem,vsz,rss,tty,stat,start,time,args"
    } else if HAS_MORE && (parsed.has(b'l') || letters.contains(&b'l')) {
        b"s,uid,pid,ppid,pri,ni,vsz,rss,tty,time,args"
    } else if HAS_MORE && (parsed.has(b'j') || letters.contains(&b'j')) {
        b"pid,pgid,sid,tty,stat,time,args"
    } else if parsed.has(b'f') && !HAS_MORE {
        b"user,pid,ppid,start,tty,time,args"
    } else if parsed.has(b'f') {
        b"user,pid,ppid,c,start,tty,time,args"
    } else {
        b"pid,user,time,args"
    }
}

/// Finds the columns to show; the error is a name that there is not.
fn chosen<'a>(
    parsed: &Parsed<'a>,
    letters: &[u8],
    list: Option<&'a [u8]>,
) -> Result<Vec<(Column<'a>, Content)>, &'a [u8]> {
    let mut columns = Vec::new();
    for list in parsed.values(b'o').chain(list) {
        add(&mut columns, list)?;
    }
    if columns.is_empty() {
        add(&mut columns, format(parsed, letters))?;
    }
    if parsed.has(BARE) || HAS_MORE && (parsed.has(b'h') || letters.contains(&b'h')) {
        columns.iter_mut().for_each(|column| column.0.title = "");
    }
    Ok(columns)
}

/// Adds the columns of a list such as `pid,args=COMMAND`.
fn add<'a>(columns: &mut Vec<(Column<'a>, Content)>, list: &'a [u8]) -> Result<(), &'a [u8]> {
    let mut list = list.trim_ascii();
    while !list.is_empty() {
        let end = list.iter().position(|byte| b", =".contains(byte)).unwrap_or(list.len());
        let (name, rest) = list.split_at_checked(end).unwrap_or_default();
        // A width, as in comm:20, has no effect: columns are as wide as they must be.
        let bare = name.split(|&byte| byte == b':').next().unwrap_or_default();
        let mut column = field(bare).ok_or(name)?;
        list = rest.get(1..).unwrap_or_default().trim_ascii_start();
        if rest.starts_with(b"=") {
            let end = list.iter().position(|byte| *byte == b',').unwrap_or(list.len());
            let (title, behind) = list.split_at(end);
            column.0.title = core::str::from_utf8(title).map_err(|_| title)?;
            list = behind.get(1..).unwrap_or_default();
        }
        columns.push(column);
    }
    Ok(())
}

/// The options that select processes.
const LISTS: &[u8] = &[b'p', b'q', PARENT, b'u', b'U', b'G', b'C', b't'];

/// Says whether a process is in one of the lists; the operands are one of process numbers.
fn is_selected(process: &Process, parsed: &Parsed<'_>, operands: &[&[u8]], names: &Names) -> bool {
    let number = |word: &[u8]| parse_decimal(word).and_then(|number| u32::try_from(number).ok());
    let is_in = |key: u8, list: &[u8]| {
        list.split(|byte| b", ".contains(byte)).any(|word| match key {
            b'p' => number(word) == Some(process.pid),
            b'q' if HAS_MORE => number(word) == Some(process.pid),
            b'G' if HAS_MORE => names.find_group(word) == Some(rare::real_group(process)),
            PARENT if HAS_MORE => number(word) == Some(process.parent),
            b'u' | b'U' if HAS_MORE => names.find_user(word) == Some(process.user),
            b'C' if HAS_MORE => word == process.name,
            b't' if HAS_MORE => word.strip_prefix(b"/dev/").unwrap_or(word) == terminal(process),
            _ => false,
        })
    };
    parsed.options.iter().any(|option| is_in(option.0, option.1))
        || operands.iter().any(|operand| is_in(b'p', operand))
}

/// What columns need besides the process.
struct Context {
    names: Names,
    uptime: Duration,
    boot_time: i64,
    memory: u64,
    zone: Zone,
    /// Whether threads have a column of their own, so that `pid` is the process's.
    has_threads_apart: bool,
}

impl Context {
    fn new(io: &Io<'_>) -> Self {
        Self {
            names: Names::read(),
            uptime: machine::uptime(),
            boot_time: machine::boot_time(),
            memory: machine::memory().map_or(0, |memory| memory.total),
            zone: Zone::of(io, true),
            has_threads_apart: false,
        }
    }
}

/// What a column shows of a process.
type Content = fn(&Process, &Context) -> Value;

/// Every column with procps's names, of which the first is that in JSON, and title.
const FIELDS: &[(&str, &str, Content)] = &[
    ("pid", "PID", |process, context| {
        number(if context.has_threads_apart { process.leader } else { process.pid })
    }),
    ("ppid", "PPID", |process, _| number(process.parent)),
    ("pgid pgrp", "PGID", |process, _| number(process.group)),
    ("sid sess session", "SID", |process, _| number(process.session)),
    ("user euser uname", "USER", |process, context| Value::Text(context.names.user(process.user))),
    ("uid euid", "UID", |process, _| number(process.user)),
    ("tty tt tname", "TTY", |process, _| Value::Text(terminal(process))),
    ("stat", "STAT", |process, _| Value::Text(state(process))),
    ("ni nice", "NI", |process, _| Value::Signed(process.nice)),
    ("nlwp thcount threads", "NLWP", |process, _| number(process.threads)),
    ("vsz vsize", "VSZ", |process, _| kibibytes(process.virtual_bytes)),
    ("rss rssize rsz", "RSS", |process, _| kibibytes(process.resident_bytes)),
    ("anon", "ANON", |process, _| kibibytes(process.anonymous_bytes)),
    ("pcpu %cpu", "%CPU", |process, context| Value::Thousandths(share(process, context))),
    ("pmem %mem", "%MEM", memory_share),
    ("start stime start_time bsdstart", "START", start),
    ("time cputime", "TIME", |process, _| Value::Span(process.used.as_millis())),
    ("comm ucomm ucmd", "COMMAND", |process, _| Value::text(&process.name)),
    ("args cmd command", "COMMAND", |process, _| Value::Text(command(process))),
];

/// Columns that the smallest images do without.
const MORE_FIELDS: &[(&str, &str, Content)] = &[
    ("lwp tid spid", "LWP", |process, _| number(process.pid)),
    ("ruid", "RUID", |process, _| number(process.real_user)),
    ("sz", "SZ", |process, _| Value::Number(process.virtual_bytes / system::program::page_size().max(1))),
    ("ruser", "RUSER", |process, context| Value::Text(context.names.user(process.real_user))),
    ("group egroup", "GROUP", |process, context| Value::Text(context.names.group(process.user_group))),
    ("gid egid", "GID", |process, _| number(process.user_group)),
    ("s state", "S", |process, _| Value::text(&[process.state])),
    ("pri priority", "PRI", |process, _| Value::Signed(process.priority)),
    ("c", "C", |process, context| Value::Number(share(process, context) / 1000)),
    ("lstart", "STARTED", whole_start),
    ("etime", "ELAPSED", elapsed),
    ("etimes", "ELAPSED", |process, context| Value::Number(age(process, context).as_secs())),
];

/// Finds a column by one of its names.
fn field(wanted: &[u8]) -> Option<(Column<'static>, Content)> {
    let more = if HAS_MORE { MORE_FIELDS } else { &[] };
    let rare = if HAS_MORE { rare::FIELDS } else { &[] };
    let mut fields = FIELDS.iter().chain(more).chain(rare);
    let (names, title, content) =
        fields.find(|field| field.0.split(' ').any(|name| name.as_bytes() == wanted))?;
    Some((Column { name: names.split(' ').next().unwrap_or(names), title }, *content))
}

fn number(number: u32) -> Value {
    Value::Number(number.into())
}

/// Gives the memory in use per all there is, in thousandths of per cent: of whole pages, so that no machine's memory is too large
/// for the product.
fn memory_share(process: &Process, context: &Context) -> Value {
    let (part, whole) = (process.resident_bytes >> 12, context.memory >> 12);
    Value::Thousandths((part * 100_000).checked_div(whole).unwrap_or(0))
}

/// Bytes for programs, kibibytes for people, as in every `ps`.
fn kibibytes(bytes: u64) -> Value {
    let mut text = Vec::new();
    decimal(bytes / 1024, &mut text);
    Value::Number(bytes).shown(text)
}

fn age(process: &Process, context: &Context) -> Duration {
    context.uptime.saturating_sub(process.started)
}

/// Gives the processor time per time lived, in thousandths of per cent.
fn share(process: &Process, context: &Context) -> u64 {
    let used = process.used.as_millis().saturating_mul(100_000);
    used.checked_div(age(process, context).as_millis()).unwrap_or(0)
}

/// Names the terminal by its number (`Documentation/admin-guide/devices.txt`).
pub(crate) fn terminal(process: &Process) -> Vec<u8> {
    let (major, minor) = (process.terminal.major(), process.terminal.minor());
    let mut text = Vec::new();
    let (prefix, number) = match (major, minor) {
        (0, 0) => ("?", None),
        (4, 64..) => ("ttyS", Some(minor - 64)),
        (4, _) => ("tty", Some(minor)),
        (5, 1) => ("console", None),
        (136..=143, _) => ("pts/", Some(minor + ((major - 136) << 20))),
        (188, _) => ("ttyUSB", Some(minor)),
        (204, 64..) => ("ttyAMA", Some(minor - 64)),
        (229, _) => ("hvc", Some(minor)),
        _ => {
            decimal(major.into(), &mut text);
            (":", Some(minor))
        }
    };
    text.extend_from_slice(prefix.as_bytes());
    if let Some(number) = number {
        decimal(number.into(), &mut text);
    }
    text
}

/// Gives the state with procps's marks: priority, session leader, threads, foreground.
pub(super) fn state(process: &Process) -> Vec<u8> {
    let marks = [
        (true, process.state),
        (process.nice < 0, b'<'),
        (process.nice > 0, b'N'),
        (process.session == process.pid, b's'),
        (process.threads > 1, b'l'),
        (process.is_foreground, b'+'),
    ];
    marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect()
}

fn begun(process: &Process, context: &Context) -> i64 {
    context.boot_time.saturating_add_unsigned(process.started.as_secs())
}

/// Shows the whole date.
fn whole_start(process: &Process, context: &Context) -> Value {
    let mut text = Vec::new();
    context.zone.date(begun(process, context)).whole_text(&mut text);
    Value::Signed(begun(process, context)).shown(text)
}

/// Shows the hour of today's processes and the day of older ones.
fn start(process: &Process, context: &Context) -> Value {
    let seconds = begun(process, context);
    let date = context.zone.date(seconds);
    let mut text = Vec::new();
    if age(process, context).as_secs() < 86400 {
        date.minute_text(&mut text);
    } else {
        text.extend_from_slice(date.month_name().as_bytes());
        query::text::zero_padded(date.day.into(), 2, &mut text);
    }
    Value::Signed(seconds).shown(text)
}

/// Shows the time lived as `[[days-]hh:]mm:ss`.
fn elapsed(process: &Process, context: &Context) -> Value {
    let age = age(process, context);
    let mut text = Vec::new();
    query::text::span(age.as_secs(), &mut text);
    if age.as_secs() < 3600 {
        text = text.split_off(3);
    }
    Value::Span(age.as_millis()).shown(text)
}

/// Gives the arguments; the name in brackets for threads of the kernel and the dead, which have none.
pub(super) fn command(process: &Process) -> Vec<u8> {
    if !process.arguments.is_empty() {
        return process.arguments.clone();
    }
    let mut text = b"[".to_vec();
    text.extend_from_slice(&process.name);
    text.extend_from_slice(if process.state == b'Z' { b"] <defunct>" } else { b"]" });
    text
}
