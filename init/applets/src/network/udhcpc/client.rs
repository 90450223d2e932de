//! The run: the driver's loop, the script's calls, and the way to the background.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;

use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags};
use linux::process::{CloneFlags, Pid, Step, getpid};
use linux::signal::{Signal, SignalSet};
use system::dhcp::{Engine, Interface, Observer, Options, Store, Weight, Woken};
use system::file::Durability;

use super::super::held::Signals;
use super::{INHERIT, Wish, script};
use crate::process::launch::Launch;
use crate::{Io, Status};

const HEARD: SignalSet = SignalSet::of(&[Signal::TERM, Signal::INT, Signal::USR1, Signal::USR2]);

/// Who hears what the driver does.
struct Client<'r, 'io> {
    io: &'r mut Io<'io>,
    is_verbose: bool,
    /// Whether a lease was got or prolonged since this was asked last.
    is_new: bool,
}

impl Observer for Client<'_, '_> {
    fn say(&mut self, weight: Weight, _: &str, message: fmt::Arguments<'_>) {
        if weight < Weight::Detail || self.is_verbose {
            self.io.complain(b"", &message.to_string());
        }
    }

    fn wants_details(&self) -> bool {
        self.is_verbose
    }

    /// The folder of leases has it.
    fn keep(&mut self, _: &[Interface]) {}

    fn configured(&mut self, _: &Interface) {
        self.is_new = true;
    }
}

pub(super) fn run(io: &mut Io<'_>, wish: &Wish<'_>, options: Options) -> Status {
    let signals = match Signals::hold(HEARD) {
        Ok(signals) => signals,
        Err(errno) => return io.complain(b"signals", &errno),
    };
    let inherits = wish.parsed.has(INHERIT);
    if !inherits {
        write_number(io, wish, getpid());
        wish.call(io, "deconfig", None);
    }
    let folder = options.lease_folder.clone().unwrap_or_default();
    let noted = inherits.then(|| Store::open(&folder).ok()?.noted(&wish.link)).flatten();
    let taken_over = noted.as_ref().and_then(|entry| entry.lease.as_ref()).map(|lease| lease.address);
    let mut client = Client { io, is_verbose: wish.parsed.has(b'v'), is_new: false };
    let mut engine = match Engine::start(options, noted.into_iter().collect(), &mut client) {
        Ok(engine) => engine,
        Err(error) => return client.io.complain(b"", &error),
    };
    if engine.interfaces().iter().all(|interface| interface.name() != wish.link) {
        return client.io.complain(wish.link.as_bytes(), &"no such Ethernet interface");
    }
    let status = serve(wish, &mut engine, &mut client, &signals, taken_over);
    note(&engine);
    if let Some(file) = wish.parsed.value(b'p').filter(|_| status.is_over) {
        let _ = linux::fs::unlink(file);
    }
    status.status
}

/// How a run has ended.
struct End {
    status: Status,
    /// Whether there is no process that goes on.
    is_over: bool,
}

fn serve(
    wish: &Wish<'_>,
    engine: &mut Engine,
    client: &mut Client<'_, '_>,
    signals: &Signals,
    mut taken_over: Option<Ipv4Addr>,
) -> End {
    let over = |status| End { status, is_over: true };
    let has = |key: u8| wish.parsed.has(key);
    let mut is_bound = taken_over.is_some();
    let mut told = None;
    let mut limit = wish.patience.map(|patience| system::machine::uptime() + patience);
    loop {
        let lease = engine.interfaces().first().and_then(Interface::lease).cloned();
        if core::mem::take(&mut client.is_new)
            && let Some(lease) = &lease
        {
            let is_other = told.replace(lease.expires) != Some(lease.expires);
            // The process before has told it, and the driver has only asked the server whether it still holds.
            if is_other && taken_over.take() != Some(lease.address) {
                let (address, server) = (lease.address, lease.server);
                let seconds = lease.duration.as_secs();
                client.io.complain(
                    b"",
                    &alloc::format!("lease of {address} obtained from {server}, lease time {seconds}"),
                );
                wish.call(client.io, if is_bound { "renew" } else { "bound" }, Some(lease));
            }
            is_bound = true;
            limit = None;
        }
        if is_bound && lease.is_none() {
            is_bound = false;
            wish.call(client.io, "deconfig", None);
        }
        let now = system::machine::uptime();
        let is_late = limit.is_some_and(|limit| limit <= now);
        if is_bound && has(b'q') {
            if has(b'R') {
                engine.release(client);
                wish.call(client.io, "deconfig", None);
            }
            return over(Status::SUCCESS);
        }
        if is_late {
            wish.call(client.io, "leasefail", None);
            if has(b'n') {
                client.io.complain(b"", &"no lease, failing");
                return over(Status::FAILURE);
            }
            limit = Some(now + wish.pause + wish.patience.unwrap_or_default());
        }
        if !has(b'f') && (is_bound || is_late && has(b'b')) {
            note(engine);
            return wish.go_on_behind(client.io);
        }
        if engine.turn(signals.as_fd(), limit, client) == Woken::Descriptor {
            match signals.take() {
                Some(Signal::USR1) => {
                    taken_over = None;
                    engine.renew(client);
                }
                Some(Signal::USR2) => engine.release(client),
                Some(_) => {
                    if has(b'R') {
                        engine.release(client);
                    }
                    if has(b'R') && is_bound {
                        wish.call(client.io, "deconfig", None);
                    }
                    return over(Status::SUCCESS);
                }
                None => {}
            }
        }
    }
}

/// Writes what a process that takes over has to know.
fn note(engine: &Engine) {
    let Some(store) = engine.store() else { return };
    for interface in engine.interfaces() {
        // Without it a new lease is asked for.
        let _ = store.note(interface.entry());
    }
}

impl Wish<'_> {
    fn call(&self, io: &mut Io<'_>, word: &str, lease: Option<&formats::file::lease::Lease>) {
        if let Some(script) = self.script {
            script::run(io, script, word, &self.link, lease);
        }
    }

    /// Starts the process that keeps the lease.
    fn go_on_behind(&self, io: &mut Io<'_>) -> End {
        let mut words: Vec<Vec<u8>> = Vec::from([b"udhcpc".to_vec(), b"-f".to_vec(), b"--inherit".to_vec()]);
        for (key, value) in &self.parsed.options {
            words.push(match *key {
                super::LEASES => [b"--lease-dir=", *value].concat(),
                key if key < 128 => [&[b'-', key], *value].concat(),
                _ => continue,
            });
        }
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let null = |place| Step::Open(place, c"/dev/null", OpenFlags::READ_WRITE, Mode::empty());
        // It stays in its folder: script and files may be named from there.
        let steps = [Step::Session, null(0), null(1), null(2)];
        let started = Launch::own(&words, io.environment)
            // A signal that comes before it listens waits.
            .map(|launch| launch.start(&steps, CloneFlags::empty(), Some(HEARD)));
        let errno = match started {
            Some(Ok(child)) => {
                write_number(io, self, child);
                return End { status: Status::SUCCESS, is_over: false };
            }
            Some(Err((_, errno))) => errno,
            None => linux::Errno::INVAL,
        };
        End { status: io.complain(b"background", &errno), is_over: true }
    }
}

fn write_number(io: &mut Io<'_>, wish: &Wish<'_>, pid: Pid) {
    let Some(file) = wish.parsed.value(b'p') else { return };
    let mut text = Vec::new();
    query::text::decimal(pid.get().unsigned_abs().into(), &mut text);
    text.push(b'\n');
    if let Err(error) = system::file::replace(file, &text, Durability::Cache) {
        io.complain(b"", &error);
    }
}
