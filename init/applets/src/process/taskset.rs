//! `taskset` (util-linux's and BusyBox's).

use alloc::vec::Vec;

use linux::process::Pid;
use linux::thread::{Processors, sched_getaffinity, sched_setaffinity};
use query::text::{decimal, radix};

use super::{launch, number};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "taskset",
    summary: "Run a command, or let a process go on, on some of the processors, or print on which it runs",
    usage: "[-c] PROCESSORS COMMAND [WORD]...\n-p [-a] [-c] [PROCESSORS] PID",
    flags: flags![
        Flag::new(b'p', "pid", "of a process that runs"),
        Flag::new(b'c', "cpu-list", "PROCESSORS is a list (0-2,5), not a mask in base sixteen"),
        Flag::new(b'a', "all-tasks", "with -p: all threads of the process"),
    ],
    run: Run::Leading(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let is_list = parsed.has(b'c');
    let (set, words) = match parsed.operands.as_slice() {
        [_] if parsed.has(b'p') => (None, parsed.operands.as_slice()),
        [word, words @ ..] if !words.is_empty() => match if is_list { list(word) } else { mask(word) } {
            Some(set) => (Some(set), words),
            None => return Ok(io.misuse(word, if is_list { "not a list" } else { "not a mask" })),
        },
        _ => return Ok(parsed.usage(io)),
    };
    match (set, words) {
        (set, [word]) if parsed.has(b'p') => {
            let Some(process) = number::process(word) else {
                return Ok(io.misuse(word, "not a process number"));
            };
            let threads = if parsed.has(b'a') {
                system::processes::threads(process.get().unsigned_abs())?
            } else {
                Vec::from([process.get().unsigned_abs()])
            };
            let done = |status: Status, thread: &u32| status.and(one(io, *thread, set.as_ref(), is_list));
            Ok(threads.iter().fold(Status::SUCCESS, done))
        }
        (Some(set), words) if !parsed.has(b'p') => {
            sched_setaffinity(None, &set).map_err(|errno| io.complain(b"set the processors", &errno))?;
            Ok(launch::replace(io, words, io.environment))
        }
        _ => Ok(parsed.usage(io)),
    }
}

/// Shows on which processors a thread runs, sets that if it is asked for, and shows what has come of it.
fn one(io: &mut Io<'_>, thread: u32, set: Option<&Processors>, is_list: bool) -> Status {
    let mut name = Vec::new();
    decimal(thread.into(), &mut name);
    let pid = Pid::new(thread.cast_signed());
    let show = |io: &mut Io<'_>, when: &str| {
        let found = sched_getaffinity(pid)?;
        io.out.put(b"pid ");
        io.out.put(&name);
        io.out.put(b"'s ");
        io.out.put(when.as_bytes());
        io.out.put(if is_list { b" affinity list: " } else { b" affinity mask: " });
        let mut text = Vec::new();
        if is_list {
            put_list(&found, &mut text)
        } else {
            put_mask(&found, &mut text)
        };
        text.push(b'\n');
        io.out.put(&text);
        Ok(())
    };
    let mut done = show(io, "current");
    if let Some(set) = set {
        done = done.and_then(|()| sched_setaffinity(pid, set)).and_then(|()| show(io, "new"));
    }
    io.report(&name, done)
}

fn list(word: &[u8]) -> Option<Processors> {
    let mut set = Processors::EMPTY;
    formats::sys::processors::parse(word, &mut |processor| set = set.with(processor)).then_some(set)
}

/// Reads a mask as the kernel writes it, with or without `0x` and commas.
fn mask(word: &[u8]) -> Option<Processors> {
    let digits = word.strip_prefix(b"0x").or(word.strip_prefix(b"0X")).unwrap_or(word);
    let mut set = Processors::EMPTY;
    let digits: Vec<u8> = digits.iter().copied().filter(|byte| *byte != b',').collect();
    for (place, digit) in digits.iter().rev().enumerate() {
        let digit = char::from(*digit).to_digit(16)?;
        for bit in (0..4).filter(|bit| digit >> bit & 1 == 1) {
            set = set.with(4 * place + bit);
        }
    }
    (!digits.is_empty()).then_some(set)
}

fn put_mask(set: &Processors, text: &mut Vec<u8>) {
    let digit =
        |place: usize| (0..4).filter(|bit| set.contains(4 * place + bit)).fold(0, |sum, bit| sum | 1 << bit);
    let first = (0..Processors::MOST / 4).rev().find(|place| digit(*place) != 0).unwrap_or(0);
    for place in (0..=first).rev() {
        radix(digit(place), 16, text);
    }
}

/// Writes ranges of three or more with a dash, as the kernel does two.
fn put_list(set: &Processors, text: &mut Vec<u8>) {
    let mut at = 0;
    let mut comma: &[u8] = b"";
    while let Some(first) = (at..Processors::MOST).find(|number| set.contains(*number)) {
        let end = (first..Processors::MOST).find(|number| !set.contains(*number)).unwrap_or(Processors::MOST);
        text.extend_from_slice(comma);
        decimal(first as u64, text);
        if end - first > 1 {
            text.push(if end - first == 2 { b',' } else { b'-' });
            decimal(end as u64 - 1, text);
        }
        (at, comma) = (end, b",");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_lists_are_the_same_sets() {
        for (mask_text, list_text) in
            [("3", "0,1"), ("0x15", "0,2,4"), ("ff00000000f", "0-3,36-43"), ("1,00000001", "0,32"), ("0", "")]
        {
            let set = mask(mask_text.as_bytes()).unwrap();
            let mut text = Vec::new();
            put_list(&set, &mut text);
            assert_eq!(text, list_text.as_bytes());
            assert!(list_text.is_empty() || list(list_text.as_bytes()) == Some(set));
            text.clear();
            put_mask(&set, &mut text);
            assert_eq!(mask(&text), Some(set));
        }
        assert!(mask(b"").is_none() && mask(b"xyz").is_none());
    }
}
