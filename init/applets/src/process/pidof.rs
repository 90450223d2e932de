//! `pidof` (that of sysvinit and procps; BusyBox has `-s` and `-o`).

use alloc::vec::Vec;

use formats::proc::pid::cmdline;
use linux::process::{getpid, getppid};
use query::text::parse_decimal;
use system::processes::{self, Process};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "pidof",
    summary: "Print the numbers of the processes that run a program",
    usage: "[OPTION]... NAME...",
    flags: flags![
        Flag::new(b's', "single-shot", "only one"),
        Flag::new(b'x', "", "scripts of that name, too"),
        Flag::with(b'o', "omit-pid", "LIST", "not these; %PPID is the process that calls"),
        Flag::with(b'S', "separator", "TEXT", "put TEXT between them"),
        Flag::with(b'd', "", "TEXT", ""),
        Flag::new(b'q', "", "print nothing"),
        Flag::new(b'c', "check-root", "only those with this root folder"),
        Flag::new(b'n', "", ""),
        Flag::new(b'z', "", ""),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let own = getpid().get().unsigned_abs();
    let mut omitted = Vec::from([own]);
    for list in parsed.values(b'o') {
        for word in list.split(|byte| b",;:".contains(byte)) {
            let parent = || getppid().map(|parent| parent.get().unsigned_abs());
            let number = if word == b"%PPID" {
                parent()
            } else {
                parse_decimal(word).and_then(|number| number.try_into().ok())
            };
            match number {
                Some(number) => omitted.push(number),
                None => return Ok(io.misuse(word, "not a process number")),
            }
        }
    }
    let own_root = parsed.has(b'c').then(|| processes::link(own, b"root"));
    let mut found: Vec<u32> = Vec::new();
    let all = processes::all()?;
    for name in &parsed.operands {
        let file = name.contains(&b'/').then(|| system::mounts::resolve(name));
        // The newest come first.
        for process in all.iter().rev() {
            let is_meant = !omitted.contains(&process.pid)
                && !found.contains(&process.pid)
                && (is_program(process, name, parsed.has(b'x'))
                    || file.is_some() && processes::link(process.pid, b"exe") == file)
                && own_root.as_ref().is_none_or(|own| processes::link(process.pid, b"root") == *own);
            if is_meant {
                found.push(process.pid);
            }
        }
    }
    if parsed.has(b's') {
        found.truncate(1);
    }
    if !parsed.has(b'q') && !found.is_empty() {
        let separator = parsed.value(b'S').or(parsed.value(b'd')).unwrap_or(b" ");
        for (index, pid) in found.iter().enumerate() {
            io.out.put(if index > 0 { separator } else { b"" });
            io.out.number((*pid).into());
        }
        io.out.put(b"\n");
    }
    Ok(Status::from(!found.is_empty()))
}

/// Says whether a process is called as a program is: by a path that ends in the name, or by all of it where the name is a path;
/// of that name in the kernel; and with `scripts`, whose first word ends so.
fn is_program(process: &Process, name: &[u8], scripts: bool) -> bool {
    if process.arguments.is_empty() {
        // A thread of the kernel, or dead.
        return process.state != b'Z' && process.name == name;
    }
    let bytes = processes::arguments(process.pid);
    let mut words = cmdline::parse(&bytes);
    let is_same = |word: &[u8]| {
        let word = word.strip_prefix(b"-").unwrap_or(word);
        let last = word.rsplit(|byte| *byte == b'/').next().unwrap_or(word);
        word == name || !name.contains(&b'/') && last == name
    };
    let is_called = words.next().is_some_and(is_same);
    // The kernel keeps 15 bytes of a name.
    is_called || process.name == name && name.len() < 15 || scripts && words.next().is_some_and(is_same)
}
