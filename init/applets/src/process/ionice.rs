//! `ionice` (util-linux's; BusyBox has `-c -n -p`).

use linux::process::{Whose, ioprio_get, ioprio_set};
use query::text::parse_decimal;

use super::{launch, number};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ionice",
    summary: "Run a command, or let processes go on, with another priority at disks, or print it",
    usage: "[-c CLASS] [-n LEVEL] [-t] COMMAND [WORD]...\n[-c CLASS] [-n LEVEL] [-t] (-p | -P | -u) ID...",
    flags: flags![
        Flag::with(b'c', "class", "CLASS", "0 none, 1 realtime, 2 best-effort or 3 idle"),
        Flag::with(b'n', "classdata", "LEVEL", "0 (first) to 7, in classes 1 and 2"),
        Flag::with(b'p', "pid", "PID", "processes"),
        Flag::with(b'P', "pgid", "GROUP", "groups of processes"),
        Flag::with(b'u', "uid", "USER", "users, by number"),
        Flag::new(b't', "ignore", "go on where it is refused"),
    ],
    run: Run::Leading(run),
};

/// The classes by their numbers.
const CLASSES: [&str; 4] = ["none", "realtime", "best-effort", "idle"];

/// Below these bits of a priority is its level.
const CLASS_SHIFT: u32 = 13;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let number = |word: &[u8], most: u64| parse_decimal(word).filter(|number| *number <= most);
    let class = match parsed.value(b'c') {
        None => None,
        Some(word) => {
            let named = CLASSES.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(word));
            match named.map(|at| at as u64).or_else(|| number(word, 3)) {
                Some(class) => Some(class as u32),
                None => return Ok(io.misuse(word, "no such class")),
            }
        }
    };
    let level = match parsed.value(b'n') {
        None => None,
        Some(word) => match number(word, 7) {
            Some(level) => Some(level as u32),
            None => return Ok(io.misuse(word, "not a level from 0 to 7")),
        },
    };
    let wanted = (class.is_some() || level.is_some()).then(|| match class.unwrap_or(2) {
        // Of those there is one level.
        class @ (0 | 3) => class << CLASS_SHIFT,
        class => class << CLASS_SHIFT | level.unwrap_or(4),
    });
    let kind = parsed.last_of(b"pPu");
    let mut words = parsed.operands.clone();
    if let Some(kind) = kind {
        words.splice(..0, parsed.values(kind));
        return Ok(words.iter().fold(Status::SUCCESS, |status, word| {
            status.and(one(io, word, kind, wanted, parsed.has(b't')))
        }));
    }
    let own = Whose::Process(None);
    if words.is_empty() {
        return Ok(show(io, b"this process", own));
    }
    if let Err(errno) = ioprio_set(own, wanted.unwrap_or(2 << CLASS_SHIFT | 4))
        && !parsed.has(b't')
    {
        return Ok(io.complain(b"set the priority", &errno));
    }
    Ok(launch::replace(io, &words, io.environment))
}

/// Shows or sets that of a process, a group or a user.
fn one(io: &mut Io<'_>, word: &[u8], kind: u8, wanted: Option<u32>, may_fail: bool) -> Status {
    let whose = match (kind, number::process(word)) {
        (b'u', _) => parse_decimal(word).and_then(|user| user.try_into().ok()).map(Whose::User),
        (b'P', group @ Some(_)) => Some(Whose::Group(group)),
        (_, process @ Some(_)) => Some(Whose::Process(process)),
        _ => None,
    };
    let Some(whose) = whose else { return io.misuse(word, "is no number") };
    match wanted {
        None => show(io, word, whose),
        Some(priority) => match ioprio_set(whose, priority) {
            Err(_) if may_fail => Status::SUCCESS,
            set => io.report(word, set),
        },
    }
}

fn show(io: &mut Io<'_>, object: &[u8], whose: Whose) -> Status {
    let priority = match ioprio_get(whose) {
        Ok(priority) => priority,
        Err(errno) => return io.complain(object, &errno),
    };
    let class = priority >> CLASS_SHIFT & 7;
    io.out.put(CLASSES.get(class as usize).unwrap_or(&"unknown").as_bytes());
    if class != 3 {
        io.out.put(b": prio ");
        io.out.number((priority & 7).into());
    }
    io.out.put(b"\n");
    Status::SUCCESS
}
