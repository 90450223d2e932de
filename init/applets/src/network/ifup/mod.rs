//! `ifup` and `ifdown` (BusyBox's and Debian's): links as interfaces(5) says.
//!
//! Links are configured by this program's own `ip`, leases are got and kept by its own `udhcpc`; commands of the file are run by
//! `sh`, and the folders `/etc/network/if-*.d` by `run-parts` if they are there. What is up is noted in a file, a line
//! `LINK=NAME` each, which is locked meanwhile. Deviations: a `mapping` is passed over (`ifup LINK=NAME` says the name itself);
//! methods are loopback, static, dhcp, manual and (inet6) auto.

mod configuration;
mod methods;
mod state;

use alloc::vec::Vec;

use formats::etc::interfaces::Interface;
use linux::process::CloneFlags;

use self::configuration::Configuration;
use self::state::State;
use crate::process::launch;
use crate::process::launch::Launch;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ifup",
    summary: "Bring links up as /etc/network/interfaces says",
    usage: USAGE,
    flags: flags![..FLAGS],
    run: Run::Parsed(up),
};

pub(super) const USAGE: &str = "[OPTION]... -a\n[OPTION]... LINK[=NAME]...";

/// The options of both commands.
pub(super) const FLAGS: [Flag; 10] = [
    Flag::new(b'a', "all", "all that are marked auto"),
    Flag::with(b'i', "interfaces", "FILE", "in place of /etc/network/interfaces"),
    Flag::with(b's', "state-file", "FILE", "in place of /run/ifstate"),
    Flag::with(b'c', "allow", "CLASS", "all that are marked allow-CLASS"),
    Flag::with(b'X', "exclude", "PATTERN", "not those whose names match"),
    Flag::new(b'n', "no-act", "say what would be done, and do nothing"),
    Flag::new(b'f', "force", "whatever their state is"),
    Flag::new(b'v', "verbose", "say what is done"),
    Flag::new(b'm', "no-mappings", ""),
    Flag::new(IGNORE, "ignore-errors", "go on whatever fails"),
];

const IGNORE: u8 = 128;

/// A step as hooks are told of it, the options that belong to it, and what its folder is named after.
type Phase<'a> = (&'a [u8], &'a [&'a [u8]], &'a [u8]);

/// What a run has to say to each of its parts.
struct Session<'p> {
    parsed: &'p Parsed<'p>,
    is_up: bool,
}

fn up(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    run(io, parsed, true)
}

/// Brings links up or down.
pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, is_up: bool) -> Outcome {
    let session = Session { parsed, is_up };
    let file = parsed.value(b'i').unwrap_or(b"/etc/network/interfaces");
    let configuration = Configuration::read(io, file)?;
    let configured = configuration.parts(io)?;
    let mut state = State::open(parsed.value(b's').unwrap_or(b"/run/ifstate"), parsed.has(b'n'))?;
    let mut wanted: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let class = parsed.value(b'c').or(parsed.has(b'a').then_some(&b"auto"[..]));
    match class {
        // All that are up go down, whatever the file says by now.
        Some(_) if !is_up => wanted.extend(state.entries().iter().rev().cloned()),
        Some(class) => {
            wanted.extend(configured.members(class).map(|name| (name.to_vec(), name.to_vec())));
        }
        None if parsed.operands.is_empty() => return Ok(parsed.usage(io)),
        None => {}
    }
    for operand in &parsed.operands {
        let mut halves = operand.splitn(2, |byte| *byte == b'=');
        let link = halves.next().unwrap_or_default();
        let name = halves.next().map(<[u8]>::to_vec);
        let known = if is_up { None } else { state.name_of(link) };
        wanted.push((link.to_vec(), name.or(known).unwrap_or_else(|| link.to_vec())));
    }
    let is_excluded = |link: &[u8]| parsed.values(b'X').any(|pattern| configuration::matches(pattern, link));
    wanted.retain(|(link, _)| !is_excluded(link));
    let mut status = Status::SUCCESS;
    for (link, name) in &wanted {
        let is_listed = state.name_of(link).is_some();
        if is_listed == is_up && !parsed.has(b'f') {
            // Those that were not named need no word.
            if !(is_up && class.is_some()) {
                let said = if is_up { "already configured" } else { "not configured" };
                io.complain(link, &said);
            }
            continue;
        }
        let parts: Vec<&Interface<'_>> = configured.interfaces(name).collect();
        if parts.is_empty() {
            let reason = if is_up { "no such link in the file" } else { "not in the file any more" };
            status = io.complain(link, &reason);
            continue;
        }
        let outcome = session.change(io, link, name, &parts);
        if outcome == Status::SUCCESS || !is_up {
            state.set(link, is_up.then_some(name.as_slice()))?;
        }
        status = status.and(outcome);
    }
    Ok(status)
}

impl Session<'_> {
    /// Brings a link up or down by all that the file says of its name. What fails on the way up ends it; down, the rest is
    /// done nevertheless.
    fn change(&self, io: &mut Io<'_>, link: &[u8], name: &[u8], parts: &[&Interface<'_>]) -> Status {
        let mut status = Status::SUCCESS;
        for part in parts {
            let phases: [Phase<'_>; 2] = if self.is_up {
                [(b"pre-up", &[b"pre-up"], b"pre-up"), (b"post-up", &[b"up", b"post-up"], b"up")]
            } else {
                [
                    (b"pre-down", &[b"down", b"pre-down"], b"down"),
                    (b"post-down", &[b"post-down"], b"post-down"),
                ]
            };
            for (at, (phase, words, folder)) in phases.into_iter().enumerate() {
                let environment = self.environment(io, phase, link, name, part);
                let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
                for command in part.options.iter().filter(|(word, _)| words.contains(word)) {
                    status = status.and(self.counted(self.shell(io, command.1, &environment)));
                }
                let folder = [b"/etc/network/if-", folder, b".d"].concat();
                if linux::fs::stat(folder.as_slice()).is_ok() {
                    let ran = self.program(io, &[b"run-parts", &folder], &environment);
                    status = status.and(self.counted(ran));
                }
                if status != Status::SUCCESS && self.is_up {
                    return status;
                }
                if at == 0 {
                    status = status.and(methods::apply(self, io, link, part));
                    if status != Status::SUCCESS && self.is_up {
                        return status;
                    }
                }
            }
        }
        status
    }

    /// Gives what counts of how a step ended: nothing where errors are passed over.
    fn counted(&self, status: Status) -> Status {
        if self.parsed.has(IGNORE) { Status::SUCCESS } else { status }
    }

    /// Runs a command line of the file.
    fn shell(&self, io: &mut Io<'_>, command: &[u8], environment: &[&[u8]]) -> Status {
        if self.announce(io, &[command]) {
            return Status::SUCCESS;
        }
        self.wait(io, Launch::new(&[b"/bin/sh", b"-c", command], environment), b"/bin/sh")
    }

    /// Runs one of our commands in a process of its own.
    fn program(&self, io: &mut Io<'_>, words: &[&[u8]], environment: &[&[u8]]) -> Status {
        if self.announce(io, words) {
            return Status::SUCCESS;
        }
        self.wait(io, Launch::own(words, environment), words.first().copied().unwrap_or_default())
    }

    fn wait(&self, io: &mut Io<'_>, launch: Option<Launch>, name: &[u8]) -> Status {
        io.out.flush();
        let started = launch.map(|launch| launch.start(&[], CloneFlags::empty(), None));
        match started {
            Some(Ok(child)) => match launch::wait(child) {
                Ok(ended) => launch::status(ended),
                Err(errno) => io.complain(b"wait", &errno),
            },
            Some(Err((_, errno))) => io.complain(name, &errno),
            None => io.complain(name, &linux::Errno::INVAL),
        }
    }

    /// Runs one of our commands here.
    fn call(&self, io: &mut Io<'_>, words: &[&[u8]]) -> Status {
        if self.announce(io, words) { Status::SUCCESS } else { crate::call(io, words) }
    }

    /// Says what is done, if that was asked for; true if that is all.
    fn announce(&self, io: &mut Io<'_>, words: &[&[u8]]) -> bool {
        if self.parsed.has_any(b"nv") {
            for (at, word) in words.iter().enumerate() {
                io.out.put(if at > 0 { b" " } else { b"" });
                io.out.printable(word);
            }
            io.out.put(b"\n");
        }
        self.parsed.has(b'n')
    }

    /// Gives commands what they may want to know (interfaces(5)): the link, and every option as `IF_NAME`.
    fn environment(
        &self,
        io: &Io<'_>,
        phase: &[u8],
        link: &[u8],
        name: &[u8],
        part: &Interface<'_>,
    ) -> Vec<Vec<u8>> {
        let own: [(&[u8], &[u8]); 6] = [
            (b"IFACE", link),
            (b"LOGICAL", name),
            (b"ADDRFAM", part.family),
            (b"METHOD", part.method),
            (b"MODE", if self.is_up { b"start" } else { b"stop" }),
            (b"PHASE", phase),
        ];
        let mut all: Vec<Vec<u8>> = io.environment.iter().map(|entry| entry.to_vec()).collect();
        all.extend(own.map(|(name, value)| [name, b"=", value].concat()));
        for (word, value) in &part.options {
            let mut entry = b"IF_".to_vec();
            entry.extend(word.iter().map(|byte| match byte {
                b'-' => b'_',
                byte => byte.to_ascii_uppercase(),
            }));
            entry.push(b'=');
            entry.extend_from_slice(value);
            all.push(entry);
        }
        all
    }
}
