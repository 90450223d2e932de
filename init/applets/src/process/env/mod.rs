//! `env` (POSIX; `-u`, `-0`, `-C`, `-S` and `-v` are GNU's). It replaces this process by the command, so that a shell runs `env` in a
//! child.

mod split;

use alloc::vec::Vec;

use query::{Rows, Value};

use super::launch;
use crate::options::{self, more};
use crate::{Applet, Arguments, Flag, HAS_MORE, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "env",
    summary: "Run a command in a changed environment, or print the environment",
    usage: "[OPTION]... [NAME=VALUE]... [COMMAND [WORD]...]",
    flags: flags![
        ..MORE,
        Flag::new(b'i', "ignore-environment", "start from nothing (also: -)"),
        Flag::with(b'u', "unset", "NAME", "take NAME out"),
        Flag::with(b'C', "chdir", "FOLDER", "run the command there"),
        Flag::new(b'0', "null", "end what is printed with zero bytes"),
        Flag::rows("name value"),
    ],
    run: if HAS_MORE { Run::Words(words) } else { Run::Leading(run) },
};

/// What the smallest images do without.
const MORE: &[Flag] = more(&[
    Flag::with(b'S', "split-string", "WORDS", "the words that WORDS holds, in its place"),
    Flag::new(b'v', "debug", "say what is run"),
]);

fn words(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let environment = io.environment;
    let variable = |name: &[u8]| {
        environment.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(b"=")).map(<[u8]>::to_vec)
    };
    let words = match split::expand(arguments.words, &variable) {
        Ok(words) => words,
        Err((word, fault)) => return io.misuse_with(&word, &fault),
    };
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    options::run_with(arguments, &words, true, io, run)
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut operands = parsed.operands.as_slice();
    let mut is_empty = parsed.has(b'i');
    if let [b"-", rest @ ..] = operands {
        (is_empty, operands) = (true, rest);
    }
    let mut environment: Vec<&[u8]> = if is_empty { Vec::new() } else { io.environment.to_vec() };
    for name in parsed.values(b'u') {
        remove(&mut environment, name);
    }
    while let Some((entry, rest)) = operands.split_first()
        && entry.contains(&b'=')
    {
        remove(&mut environment, name_of(entry));
        environment.push(entry);
        operands = rest;
    }
    if let Some(folder) = parsed.value(b'C')
        && let Err(errno) = linux::fs::chdir(folder)
    {
        io.complain(folder, &errno);
        return Ok(launch::NOT_STARTED);
    }
    if !operands.is_empty() {
        if HAS_MORE && parsed.has(b'0') {
            return Ok(io.misuse(b"-0", "is for what is printed, not for a command"));
        }
        if HAS_MORE && parsed.has(b'v') {
            io.err.put(b"executing:");
            for word in operands {
                io.err.put(b" ");
                io.err.printable(word);
            }
            io.err.put(b"\n");
            io.err.flush();
        }
        return Ok(launch::replace(io, operands, &environment));
    }
    if parsed.has(JSON) {
        let mut rows = Rows::named("name value");
        for entry in environment {
            let name = name_of(entry);
            rows.push([Value::text(name), Value::text(entry.get(name.len() + 1..).unwrap_or_default())]);
        }
        rows.json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    for entry in environment {
        io.out.put(entry);
        io.out.put(if parsed.has(b'0') { b"\0" } else { b"\n" });
    }
    Ok(Status::SUCCESS)
}

/// Takes the variable of this name out.
fn remove(environment: &mut Vec<&[u8]>, name: &[u8]) {
    environment.retain(|entry| name_of(entry) != name || name.len() == entry.len());
}

/// Gives what stands before the first `=`; all of an entry without one, which is no variable.
fn name_of(entry: &[u8]) -> &[u8] {
    entry.split(|&byte| byte == b'=').next().unwrap_or(entry)
}
