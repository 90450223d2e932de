//! Columns that few ask for: each reads the files of the process that it needs when it is shown (`proc_pid_stat(5)`,
//! `proc_pid_status(5)`). The names are procps's.

use alloc::vec::Vec;

use query::Value;
use query::text::parse_decimal;
use system::processes::{self, Process};

use super::{Content, number};

/// Names, title and content, as in the table of the usual ones.
pub(super) const FIELDS: &[(&str, &str, Content)] = &[
    ("tgid", "TGID", |process, _| number(process.leader)),
    ("f flag flags", "F", |process, _| flags(process)),
    ("tpgid", "TPGID", |process, _| Value::Signed(stat_number(process, 8))),
    ("min_flt minflt", "MINFL", |process, _| Value::Signed(stat_number(process, 10))),
    ("maj_flt majflt pagein", "MAJFL", |process, _| Value::Signed(stat_number(process, 12))),
    ("psr", "PSR", |process, _| Value::Signed(stat_number(process, 39))),
    ("rtprio", "RTPRIO", real_time_priority),
    ("sched", "SCH", |process, _| Value::Signed(stat_number(process, 41))),
    ("cls class policy pol", "CLS", |process, _| Value::text(class(process))),
    ("wchan wname", "WCHAN", |process, _| wait_channel(process)),
    ("cgroup", "CGROUP", |process, _| control_group(process)),
    ("pending sig", "PENDING", |process, _| Value::Text(status_word(process, b"ShdPnd", 0))),
    ("blocked sig_block sigmask", "BLOCKED", |process, _| Value::Text(status_word(process, b"SigBlk", 0))),
    ("ignored sig_ignore sigignore", "IGNORED", |process, _| Value::Text(status_word(process, b"SigIgn", 0))),
    ("caught sig_catch sigcatch", "CAUGHT", |process, _| Value::Text(status_word(process, b"SigCgt", 0))),
    ("suid svuid", "SUID", |process, _| identity(process, b"Uid", 2)),
    ("fuid fsuid", "FUID", |process, _| identity(process, b"Uid", 3)),
    ("rgid", "RGID", |process, _| identity(process, b"Gid", 0)),
    ("sgid svgid", "SGID", |process, _| identity(process, b"Gid", 2)),
    ("fgid fsgid", "FGID", |process, _| identity(process, b"Gid", 3)),
    ("suser svuser", "SUSER", |process, context| Value::Text(context.names.user(word(process, b"Uid", 2)))),
    ("fuser", "FUSER", |process, context| Value::Text(context.names.user(word(process, b"Uid", 3)))),
    ("rgroup", "RGROUP", |process, context| Value::Text(context.names.group(word(process, b"Gid", 0)))),
    ("sgroup", "SGROUP", |process, context| Value::Text(context.names.group(word(process, b"Gid", 2)))),
    ("fgroup", "FGROUP", |process, context| Value::Text(context.names.group(word(process, b"Gid", 3)))),
    ("cputimes times", "TIME", |process, _| Value::Number(process.used.as_secs())),
    ("exe", "EXE", |process, _| {
        Value::Text(processes::link(process.leader, b"exe").unwrap_or(b"-".to_vec()))
    }),
];

/// Gives the number of the group that started a process.
pub(super) fn real_group(process: &Process) -> u32 {
    word(process, b"Gid", 0)
}

/// Reads a file of a process or of a thread.
fn file(process: &Process, name: &[u8]) -> Vec<u8> {
    let mut path = processes::path(process.leader, b"task/");
    query::text::decimal(process.pid.into(), &mut path);
    path.push(b'/');
    path.extend_from_slice(name);
    system::file::read(&path).unwrap_or_default()
}

/// Gives a number of the line of `stat` by its place, counted from 1 as the manual page does; -1 where there is none.
fn stat_number(process: &Process, place: usize) -> i64 {
    let text = file(process, b"stat");
    // The third is the first behind the name.
    let behind = text.rsplit(|byte| *byte == b')').next().unwrap_or_default().trim_ascii();
    let word = behind.split(|byte| *byte == b' ').nth(place.saturating_sub(3)).unwrap_or_default();
    let number = parse_decimal(word).and_then(|number| i64::try_from(number).ok());
    number.unwrap_or(-1)
}

/// Gives a word of a line of `status`.
fn status_word(process: &Process, name: &[u8], place: usize) -> Vec<u8> {
    let text = file(process, b"status");
    let mut lines = text.split(|byte| *byte == b'\n');
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(b":")).unwrap_or_default();
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.nth(place).unwrap_or(b"-").to_vec()
}

fn word(process: &Process, name: &[u8], place: usize) -> u32 {
    parse_decimal(&status_word(process, name, place))
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0)
}

fn identity(process: &Process, name: &[u8], place: usize) -> Value {
    number(word(process, name, place))
}

/// Shows whether it was forked without another program (1) and whether it used what only root may (4), as procps does.
fn flags(process: &Process) -> Value {
    Value::Signed(stat_number(process, 9) >> 6 & 7)
}

/// Names how the scheduler treats it (`sched(7)`).
fn class(process: &Process) -> &'static [u8] {
    match stat_number(process, 41) {
        0 => b"TS",
        1 => b"FF",
        2 => b"RR",
        3 => b"B",
        4 => b"ISO",
        5 => b"IDL",
        6 => b"DLN",
        _ => b"?",
    }
}

fn real_time_priority(process: &Process, _: &super::Context) -> Value {
    match stat_number(process, 40) {
        ..=0 => Value::text(b"-"),
        priority => Value::Signed(priority),
    }
}

/// Shows where in the kernel it sleeps.
fn wait_channel(process: &Process) -> Value {
    match file(process, b"wchan") {
        name if matches!(name.as_slice(), b"" | b"0") => Value::text(b"-"),
        name => Value::Text(name),
    }
}

/// Shows its control groups, one for each hierarchy.
fn control_group(process: &Process) -> Value {
    match file(process, b"cgroup").trim_ascii() {
        b"" => Value::text(b"-"),
        lines => Value::Text(lines.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b',')),
    }
}
