//! The `network` worker: every Ethernet link up, DHCP on all of them at once, the resolver file, the line that says that the
//! system is up. It hears what comes from outside, so that process 1 need not; process 1 starts it again when it
//! faults, and what it must not lose lies in the memory that process 1 holds for it.
//!
//! Whatever happens to the network is no reason to end: no link, no server, no kernel support are waited out.
//! The worker ends on SIGTERM only, with its leases kept and its addresses in place, or, with `spelunk.release`, given
//! back.

use alloc::vec::Vec;
use core::fmt;
use formats::time::Duration;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::poll::{self, PollFd, PollFlags};
use linux::signal::{self, MaskHow, Received, Signal, SignalSet, SignalfdFlags};
use protocols::dhcp::Config;
use system::dhcp::{Engine, Interface, Memory, Observer, Options, Summary, Weight, Woken};

use crate::log::{Level, Log};
use crate::{Settings, state, up};

/// Where resolvers look.
const RESOLVER_FILE: &str = "/etc/resolv.conf";

/// How long counters that nobody must not lose may wait to be written.
const LAZY: Duration = Duration::from_millis(250);

/// How long to wait before a kernel that refused a netlink socket is asked again.
const AGAIN: Duration = Duration::from_secs(10);

/// Serves all links until SIGTERM; gives the exit status, 0.
///
/// `memory` is what process 1 holds for this worker; without it a fault costs a new lease.
pub fn run(memory: Option<BorrowedFd<'_>>, settings: &Settings) -> i32 {
    let Some(signals) = signals() else { return 1 };
    let (memory, inherited) = Memory::open(memory);
    // A line of before a fault was said then.
    let announced = !inherited.is_empty() && up::line().is_some();
    let mut worker =
        Worker { memory, log: Log::new(settings.log), details: settings.log == Level::Debug, announced };
    let mut engine = loop {
        match Engine::start(options(settings), inherited.clone(), &mut worker) {
            Ok(engine) => break engine,
            Err(error) => worker.log.error(format_args!("network: {error}")),
        }
        let _ = poll::poll(&mut [PollFd::new(&signals, PollFlags::IN)], Some(AGAIN.into()));
        if is_over(&signals) {
            return 0;
        }
    };
    let mut write_at = None;
    loop {
        if engine.take_touched() && write_at.is_none() {
            write_at = Some(system::machine::uptime() + LAZY);
        }
        if write_at.is_some_and(|at| at <= system::machine::uptime()) {
            worker.keep(engine.interfaces());
            write_at = None;
        }
        if engine.turn(signals.as_fd(), write_at, &mut worker) == Woken::Descriptor && is_over(&signals) {
            if settings.release {
                engine.release(&mut worker);
            }
            worker.keep(engine.interfaces());
            return 0;
        }
    }
}

fn options(settings: &Settings) -> Options {
    // The name that every machine has by default would only tell servers of a conflict.
    let hostname = Some(&settings.hostname).filter(|name| **name != Settings::default().hostname);
    let template = Config::new(Default::default());
    Options {
        interfaces: Vec::new(),
        config: Config {
            conflict: settings.conflict,
            hostname: hostname.map(|name| name.as_str().into()),
            ..template
        },
        resolver_file: Some(RESOLVER_FILE.into()),
        lease_folder: settings.state.as_ref().map(|_| state::PLACE.into()),
        take_hostname: false,
        dormant: false,
        tells_only: false,
    }
}

/// Turns SIGTERM into something to wait for.
fn signals() -> Option<OwnedFd> {
    const HEARD: SignalSet = SignalSet::of(&[Signal::TERM]);
    signal::sigprocmask(MaskHow::Block, Some(HEARD)).ok()?;
    signal::signalfd(HEARD, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK).ok()
}

fn is_over(signals: &OwnedFd) -> bool {
    let mut received: [Option<Received>; 1] = [None];
    signal::read_signals(signals, &mut received).is_ok_and(|count| count > 0)
}

/// What the engine tells, and where it goes: the memory, the log, and once the line.
struct Worker<'a> {
    memory: Memory<'a>,
    log: Log,
    details: bool,
    announced: bool,
}

impl Observer for Worker<'_> {
    fn say(&mut self, weight: Weight, interface: &str, message: fmt::Arguments<'_>) {
        let colon = if interface.is_empty() { "" } else { ": " };
        let message = format_args!("network: {interface}{colon}{message}");
        match weight {
            Weight::Fault => self.log.error(message),
            Weight::Notice => self.log.info(message),
            Weight::Detail if self.details => self.log.debug(message),
            Weight::Detail => {}
        }
    }

    fn wants_details(&self) -> bool {
        self.details
    }

    fn keep(&mut self, interfaces: &[Interface]) {
        if let Err(errno) = self.memory.write(interfaces) {
            self.log.error(format_args!("network: state is not kept: {errno}"));
        }
    }

    fn configured(&mut self, interface: &Interface) {
        let Some(summary) = Summary::of(interface) else { return };
        if core::mem::replace(&mut self.announced, true) {
            self.log.debug(format_args!("{summary}"));
            return;
        }
        let since_boot_ms = system::machine::uptime().as_millis();
        self.log.info(format_args!("up in {since_boot_ms} ms: {summary}"));
        // After the line: the prompt waits for this, so that the two do not share a line of the console.
        let line = alloc::format!("spelunk: up in {since_boot_ms} ms: {summary}");
        if let Err(errno) = up::announce(&line) {
            self.log.error(format_args!("announce that the network is up: {errno}"));
        }
    }
}
