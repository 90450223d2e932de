//! `modprobe` (kmod's; BusyBox has most of it): loads a module behind all that it needs, as `modules.dep` has it, with the
//! settings of /etc/modprobe.d: aliases, options, blacklist, soft dependencies, install and remove commands.

use alloc::vec::Vec;

use linux::Errno;
use linux::process::CloneFlags;
use linux::system::{ModuleFlags, delete_module};
use system::modules::{self, Library, Meaning, Step};

use crate::process::launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "modprobe",
    summary: "Load modules of the kernel and what they need, or take them out",
    usage: "[OPTION]... MODULE [NAME=VALUE]...\n(-a | -r) [OPTION]... MODULE...\n-l [OPTION]... [PATTERN]...",
    flags: flags![
        Flag::new(b'a', "all", "all words are modules"),
        Flag::new(b'l', "", "print the files of modules whose names match PATTERN, or of all"),
        Flag::new(b'r', "remove", "take them out, and what they needed if nobody else does"),
        Flag::new(b'b', "use-blacklist", "not those that the settings forbid"),
        Flag::new(b'D', "show-depends", "print what would be loaded"),
        Flag::new(b'n', "dry-run", "load nothing"),
        Flag::new(DRY, "show", ""),
        Flag::new(b'v', "verbose", "print what is loaded"),
        Flag::new(b'q', "quiet", "say nothing of modules that there are not"),
        Flag::new(b'i', "ignore-install", "no commands of the settings"),
        Flag::new(b'f', "force", "even if built for another kernel"),
        Flag::new(FIRST, "first-time", "it is a failure if it is loaded already"),
        Flag::new(b'R', "resolve-alias", "print the modules that a name stands for"),
        Flag::with(b'S', "set-version", "RELEASE", "modules of this kernel"),
        Flag::with(b'd', "dirname", "FOLDER", "below FOLDER"),
        Flag::with(b'C', "config", "FILE", "settings of this file or folder"),
        Flag::new(b's', "syslog", ""),
    ],
    run: Run::Parsed(run),
};

keys! { 128; DRY FIRST }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() && !parsed.has(b'l') {
        return Ok(parsed.usage(io));
    }
    let names = linux::system::uname().map_err(|errno| io.complain(b"", &errno))?;
    let release = parsed.value(b'S').unwrap_or(names.release());
    let settings: Vec<&[u8]> = parsed.values(b'C').collect();
    let library = Library::read(parsed.value(b'd').unwrap_or_default(), release, &settings);
    if parsed.has(b'l') {
        list(io, &library, &parsed.operands);
        return Ok(Status::SUCCESS);
    }
    let probe = Probe { library: &library, parsed };
    if parsed.has_any(b"ar") {
        let mut status = Status::SUCCESS;
        for word in &parsed.operands {
            let done = if parsed.has(b'r') { probe.remove(io, word) } else { probe.load(io, word, b"") };
            status = status.and(done);
        }
        return Ok(status);
    }
    let [first, rest @ ..] = parsed.operands.as_slice() else { return Ok(parsed.usage(io)) };
    Ok(probe.load(io, first, &rest.join(&b' ')))
}

/// Prints the files of modules, as BusyBox does.
fn list(io: &mut Io<'_>, library: &Library, patterns: &[&[u8]]) {
    let patterns: &[&[u8]] = if patterns.is_empty() { &[b"*"] } else { patterns };
    for pattern in patterns {
        for file in library.files(pattern) {
            io.out.put(file);
            io.out.put(b"\n");
        }
    }
}

struct Probe<'p, 'a> {
    library: &'p Library,
    parsed: &'p Parsed<'a>,
}

impl Probe<'_, '_> {
    fn is_dry(&self) -> bool {
        self.parsed.has_any(&[b'n', b'D', DRY])
    }

    fn load(&self, io: &mut Io<'_>, word: &[u8], parameters: &[u8]) -> Status {
        let modules = self.library.modules(word);
        if self.parsed.has(b'R') {
            modules.iter().for_each(|module| {
                io.out.put(module);
                io.out.put(b"\n");
            });
            return if modules.is_empty() { self.missing(io, word) } else { Status::SUCCESS };
        }
        let is_alias = !modules.iter().any(|module| modules::is_same(module, word));
        let mut status = Status::SUCCESS;
        let mut has_any = false;
        for module in &modules {
            has_any = true;
            // The list forbids what is asked for by an alias; with -b by any name.
            if (is_alias || self.parsed.has(b'b')) && self.library.is_blacklisted(module) {
                continue;
            }
            match self.library.plan(module, parameters, self.parsed.has(b'i')) {
                None => has_any = false,
                Some(Meaning::Builtin) => {
                    if self.parsed.has_any(b"Dv") {
                        self.print(io, b"builtin ", module, b"");
                    }
                }
                Some(Meaning::Command(command)) => {
                    status = status.and(self.command(io, &command, parameters))
                }
                Some(Meaning::Steps(steps)) => status = status.and(self.steps(io, &steps)),
            }
        }
        if has_any { status } else { self.missing(io, word) }
    }

    fn missing(&self, io: &mut Io<'_>, word: &[u8]) -> Status {
        if !self.parsed.has(b'q') {
            io.complain(word, &"no such module");
        }
        Status::FAILURE
    }

    fn steps(&self, io: &mut Io<'_>, steps: &[Step]) -> Status {
        let force = ModuleFlags::IGNORE_VERSION | ModuleFlags::IGNORE_SYMBOL_VERSIONS;
        let flags = if self.parsed.has(b'f') { force } else { ModuleFlags::empty() };
        for (index, step) in steps.iter().enumerate() {
            let is_last = index + 1 == steps.len();
            let is_there = !self.is_dry() && modules::is_loaded(modules::name_of(&step.path));
            if is_there {
                if is_last && self.parsed.has(FIRST) {
                    return io.complain(&step.path, &"is loaded already");
                }
                continue;
            }
            if self.parsed.has_any(b"Dv") {
                self.print(io, b"insmod ", &step.path, &step.parameters);
            }
            if self.is_dry() {
                continue;
            }
            match modules::load(&step.path, &step.parameters, flags) {
                // Somebody else was faster.
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return io.complain(&step.path, &errno),
            }
        }
        Status::SUCCESS
    }

    fn print(&self, io: &mut Io<'_>, what: &[u8], path: &[u8], parameters: &[u8]) {
        for part in [what, path, b" ", parameters, b"\n"] {
            io.out.put(part);
        }
    }

    /// Has the shell run a command of the settings.
    fn command(&self, io: &mut Io<'_>, command: &[u8], parameters: &[u8]) -> Status {
        if self.parsed.has_any(b"Dv") {
            self.print(io, b"install ", command, b"");
        }
        if self.is_dry() {
            return Status::SUCCESS;
        }
        const OPTIONS: &[u8] = b"$CMDLINE_OPTS";
        let mut line = Vec::new();
        let mut rest = command;
        while let Some(at) = rest.windows(OPTIONS.len()).position(|part| part == OPTIONS) {
            line.extend_from_slice(rest.get(..at).unwrap_or_default());
            line.extend_from_slice(parameters);
            rest = rest.get(at + OPTIONS.len()..).unwrap_or_default();
        }
        line.extend_from_slice(rest);
        launch::run(io, &[b"/bin/sh", b"-c", &line], &[], CloneFlags::empty())
    }

    fn remove(&self, io: &mut Io<'_>, word: &[u8]) -> Status {
        let mut modules = self.library.modules(word);
        if modules.is_empty() && modules::is_loaded(word) {
            modules.push(word.to_vec());
        }
        let mut status = Status::SUCCESS;
        for module in &modules {
            let steps = match self.library.plan(module, b"", true) {
                Some(Meaning::Steps(steps)) => steps,
                Some(_) => {
                    status = io.complain(module, &"is part of the kernel");
                    continue;
                }
                None => Vec::from([Step { path: module.clone(), parameters: Vec::new() }]),
            };
            // What it needs goes behind it, if nobody else uses that.
            for (index, step) in steps.iter().rev().enumerate() {
                let done = self.remove_one(io, modules::name_of(&step.path), index == 0);
                status = status.and(done);
            }
        }
        if modules.is_empty() { self.missing(io, word) } else { status }
    }

    fn remove_one(&self, io: &mut Io<'_>, name: &[u8], is_meant: bool) -> Status {
        let mut name = name.to_vec();
        name.iter_mut().filter(|byte| **byte == b'-').for_each(|byte| *byte = b'_');
        if !self.is_dry() && !modules::is_loaded(&name) {
            let is_wrong = is_meant && self.parsed.has(FIRST);
            return if is_wrong { io.complain(&name, &"is not loaded") } else { Status::SUCCESS };
        }
        if self.parsed.has(b'v') || self.is_dry() && is_meant {
            self.print(io, b"rmmod ", &name, b"");
        }
        if self.is_dry() {
            return Status::SUCCESS;
        }
        match delete_module(name.as_slice(), ModuleFlags::NONBLOCK) {
            Err(_) if !is_meant => Status::SUCCESS,
            done => io.report(&name, done),
        }
    }
}
