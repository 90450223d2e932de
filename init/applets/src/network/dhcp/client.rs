//! The client in the foreground: the driver's loop with the user's signals and time limit.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use formats::time::Duration;

use linux::fd::AsFd;
use linux::signal::{Signal, SignalSet};
use system::dhcp::{Engine, Interface, Observer, Options, Store, Summary, Weight, Woken};

use super::super::held::Signals;
use super::settings::Settings;
use super::status;
use crate::{Io, Status};

/// The signals that the client listens to while it runs.
const HEARD: SignalSet = SignalSet::of(&[Signal::TERM, Signal::INT, Signal::USR1, Signal::USR2]);

/// How long a change that only others want to see may wait to be written.
const LAZY: Duration = Duration::from_millis(250);

/// Serves the interfaces until the user, the time limit, or `--once` ends it.
pub(super) fn serve(io: &mut Io<'_>, settings: Settings) -> Status {
    let signals = match Signals::hold(HEARD) {
        Ok(signals) => signals,
        Err(errno) => return io.complain(b"signals", &errno),
    };
    let mut terminal = Terminal::new(io, &settings);
    let mut engine = match Engine::start(settings.options, Vec::new(), &mut terminal) {
        Ok(engine) => engine,
        Err(error) => return terminal.io.complain(b"", &error),
    };
    if let Some(status) = hopeless(&engine, &mut terminal) {
        return status;
    }
    let limit = settings.patience.map(|patience| system::machine::uptime() + patience);
    let mut note_at = None;
    let status = loop {
        if settings.is_once && terminal.is_done(&engine) {
            break Status::SUCCESS;
        }
        let now = system::machine::uptime();
        if limit.is_some_and(|limit| limit <= now) && !terminal.is_done(&engine) {
            break terminal.give_up(&engine, settings.patience);
        }
        if engine.take_touched() && note_at.is_none() {
            note_at = Some(now + LAZY);
        }
        if note_at.is_some_and(|at| at <= now) {
            note(&engine, &mut terminal);
            note_at = None;
        }
        let next = limit.filter(|_| !terminal.is_done(&engine)).into_iter().chain(note_at).min();
        if engine.turn(signals.as_fd(), next, &mut terminal) == Woken::Descriptor {
            match signals.take() {
                Some(Signal::USR1) => engine.renew(&mut terminal),
                Some(Signal::USR2) => engine.release(&mut terminal),
                Some(_) => break Status::SUCCESS,
                None => {}
            }
        }
    };
    if settings.releases_at_end {
        engine.release(&mut terminal);
    }
    note(&engine, &mut terminal);
    if settings.is_json && settings.is_once && status == Status::SUCCESS {
        status::print_interfaces(terminal.io, engine.interfaces());
    }
    status
}

/// Gives back the leases that an earlier run got, and takes their addresses off the interfaces.
pub(super) fn release(io: &mut Io<'_>, settings: Settings) -> Status {
    let folder = settings.options.lease_folder.as_deref().unwrap_or_default();
    let store = match Store::open(folder) {
        Ok(store) => store,
        Err(error) => return io.complain(b"", &error),
    };
    let names = match &settings.options.interfaces[..] {
        [] => store.interfaces().unwrap_or_default(),
        names => names.to_vec(),
    };
    let mut status = Status::SUCCESS;
    let mut entries = Vec::new();
    for name in &names {
        match store.noted(name).filter(|entry| entry.lease.is_some()) {
            Some(entry) => entries.push(entry),
            None => status = io.complain(name.as_bytes(), &"no lease is known"),
        }
    }
    if entries.is_empty() {
        return if names.is_empty() { io.complain(folder.as_bytes(), &"no lease is known") } else { status };
    }
    let interfaces = entries.iter().map(|entry| entry.interface.clone()).collect();
    let mut terminal = Terminal::new(io, &settings);
    let options = Options { interfaces, dormant: true, ..settings.options };
    let mut engine = match Engine::start(options, entries, &mut terminal) {
        Ok(engine) => engine,
        Err(error) => return terminal.io.complain(b"", &error),
    };
    if let Some(status) = hopeless(&engine, &mut terminal) {
        return status;
    }
    engine.release(&mut terminal);
    note(&engine, &mut terminal);
    status
}

/// Says what keeps the client from ever having success, if anything does.
fn hopeless(engine: &Engine, terminal: &mut Terminal<'_, '_>) -> Option<Status> {
    if let Some(missing) = engine.missing() {
        return Some(terminal.io.complain(missing.as_bytes(), &"no such Ethernet interface"));
    }
    // The reason was said when the socket was asked for.
    engine.interfaces().iter().any(Interface::is_deaf).then_some(Status::FAILURE)
}

/// Writes the state of all clients where `--status` finds it.
fn note(engine: &Engine, terminal: &mut Terminal<'_, '_>) {
    let Some(store) = engine.store() else { return };
    for interface in engine.interfaces() {
        if let Err(error) = store.note(interface.entry()) {
            terminal.say(Weight::Detail, interface.name(), format_args!("{error}"));
        }
    }
}

/// Who reads what the driver says.
struct Terminal<'io, 'streams> {
    io: &'io mut Io<'streams>,
    is_verbose: bool,
    is_json: bool,
    is_once: bool,
    /// Indexes of the interfaces that were configured.
    done: Vec<u32>,
}

impl<'io, 'streams> Terminal<'io, 'streams> {
    fn new(io: &'io mut Io<'streams>, settings: &Settings) -> Self {
        let Settings { is_verbose, is_json, is_once, .. } = *settings;
        Self { io, is_verbose, is_json, is_once, done: Vec::new() }
    }

    fn is_done(&self, engine: &Engine) -> bool {
        let mut interfaces = engine.interfaces().iter();
        !self.done.is_empty() && interfaces.all(|interface| self.done.contains(&interface.facts().index))
    }

    /// Says for which interfaces there is no lease after all the time.
    fn give_up(&mut self, engine: &Engine, patience: Option<Duration>) -> Status {
        let after = alloc::format!("no lease after {} s", patience.unwrap_or_default().as_secs());
        let done = core::mem::take(&mut self.done);
        let waiting = engine.interfaces().iter().filter(|interface| !done.contains(&interface.facts().index));
        let mut status = Status::FAILURE;
        if engine.interfaces().is_empty() {
            status = self.io.complain(b"", &"no Ethernet interface");
        }
        for interface in waiting {
            let state = interface.status();
            let reason = match (interface.facts().running, state.drops.iter().next()) {
                (false, _) => alloc::format!("{after}: no carrier"),
                (true, None) => alloc::format!("{after}: no server answers"),
                (true, Some(_)) => alloc::format!("{after}: {}", status::drops(state.drops)),
            };
            status = self.io.complain(interface.name().as_bytes(), &reason);
        }
        status
    }
}

impl Observer for Terminal<'_, '_> {
    fn say(&mut self, weight: Weight, interface: &str, message: fmt::Arguments<'_>) {
        if weight < Weight::Detail || self.is_verbose {
            self.io.complain(interface.as_bytes(), &message.to_string());
        }
    }

    fn wants_details(&self) -> bool {
        self.is_verbose
    }

    /// Nobody takes over when this process is gone.
    fn keep(&mut self, _: &[Interface]) {}

    fn configured(&mut self, interface: &Interface) {
        let index = interface.facts().index;
        if !self.done.contains(&index) {
            self.done.push(index);
        }
        if !self.is_json
            && let Some(summary) = Summary::of(interface)
        {
            // Who stays asks behind the first use, and says so when somebody answers; who goes says that nobody was asked.
            let unchecked = self.is_once && !interface.status().checked;
            let remark = if unchecked { ", not checked for conflicts" } else { "" };
            // A closed stream is told by the frame of commands at the end.
            let _ = writeln!(self.io.out, "{summary}{remark}");
            self.io.out.flush();
        }
    }
}
