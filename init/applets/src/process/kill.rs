//! `kill` (POSIX). Words are taken as they come, since `-9` and `-1234` look alike: the first may name the signal, all
//! others are processes.

use linux::Errno;
use linux::process::{Pid, kill, kill_all, kill_group};
use linux::signal::Signal;
use query::text::parse_decimal;
use query::{Rows, Value};

use super::signals;
use crate::{Applet, Arguments, Flag, Io, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "kill",
    summary: "Send a signal (TERM) to processes; 0 is this group, -N group N, -1 all",
    usage: "[-s SIGNAL | -SIGNAL] PROCESS...\n-l [NUMBER | NAME]... [--json]",
    flags: flags![
        Flag::with(b's', "signal", "SIGNAL", "which signal: a name or a number; 0 only asks"),
        Flag::new(b'l', "list", "list the signals (-L with numbers), or turn numbers into names and back"),
        Flag::rows("number:n name"),
    ],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let (word, rest) = match arguments.words {
        [] => return arguments.usage(io),
        [word, rest @ ..] => (*word, rest),
    };
    let (name, targets) = match (word, rest) {
        (b"-l" | b"--list", _) => return list(io, rest),
        // The smallest images do without.
        (b"-L" | b"-t" | b"--table", _) if cfg!(feature = "files") => {
            return if rest.is_empty() { table(io, false) } else { list(io, rest) };
        }
        (b"--help", _) => {
            options::print_help(arguments.applet, &mut io.out);
            return Status::SUCCESS;
        }
        (b"-s" | b"-n" | b"--signal", [name, rest @ ..]) => (*name, rest),
        (b"--", _) => (&b"TERM"[..], rest),
        _ => match word.strip_prefix(b"--signal=").or(word.strip_prefix(b"-s")).or(word.strip_prefix(b"-")) {
            Some(name) => (name, rest),
            None => (&b"TERM"[..], arguments.words),
        },
    };
    let Some(signal) = signals::parse(name) else {
        return io.misuse(name, "no such signal");
    };
    let targets = match targets {
        [b"--", targets @ ..] => targets,
        targets => targets,
    };
    if targets.is_empty() {
        return arguments.usage(io);
    }
    let mut status = Status::SUCCESS;
    for target in targets {
        if let Err(reason) = send(target, signal) {
            status = match reason {
                Some(errno) => io.complain(target, &errno),
                None => io.complain(target, &"not a process number"),
            };
        }
    }
    status
}

/// Sends the signal; the error is nothing where the target is no number.
fn send(target: &[u8], signal: Option<Signal>) -> Result<(), Option<Errno>> {
    let (digits, is_group) = match target {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    };
    let number = parse_decimal(digits).and_then(|number| i32::try_from(number).ok()).ok_or(None)?;
    let pid = Pid::new(number);
    let sent = match (is_group, pid) {
        (true, Some(Pid::INIT)) => kill_all(signal),
        (_, None) => kill_group(None, signal),
        (true, group) => kill_group(group, signal),
        (false, Some(pid)) => kill(pid, signal),
    };
    sent.map_err(Some)
}

/// Shows all signals with their numbers.
fn table(io: &mut Io<'_>, is_json: bool) -> Status {
    let mut rows = Rows::named("number= name=");
    for signal in Signal::named() {
        let name = Value::text(signal.name().unwrap_or_default().as_bytes());
        rows.push([Value::Number(signal.number().unsigned_abs().into()), name]);
    }
    if is_json {
        rows.json(&mut io.out);
    } else {
        rows.table(None, &mut io.out);
    }
    Status::SUCCESS
}

/// Lists all signals, or turns each word into its counterpart. A number may be a status of a shell: 143 is TERM.
pub(super) fn list(io: &mut Io<'_>, words: &[&[u8]]) -> Status {
    if words.contains(&&b"--json"[..]) {
        return table(io, true);
    }
    if words.is_empty() {
        for signal in Signal::named() {
            io.out.put(signal.name().unwrap_or_default().as_bytes());
            io.out.put(b"\n");
        }
    }
    let mut status = Status::SUCCESS;
    for word in words {
        let known = match parse_decimal(word) {
            Some(number) => {
                i32::try_from(number & 127).ok().and_then(Signal::new).map(|signal| (signal, true))
            }
            None => signals::parse(word).flatten().map(|signal| (signal, false)),
        };
        match known {
            Some((signal, true)) => io.out.put(&signals::name(signal)),
            Some((signal, false)) => io.out.number(signal.number().unsigned_abs().into()),
            None => {
                status = io.complain(word, &"no such signal");
                continue;
            }
        }
        io.out.put(b"\n");
    }
    status
}
