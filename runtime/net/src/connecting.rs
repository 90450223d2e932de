//! Connecting to a host by its name, with both families in a race (RFC 8305), while the servers are still being asked.

use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use linux::Errno;
use linux::poll::{PollFd, PollFlags};
use protocols::race::{Action, Outcome, Race};

use crate::lookup::{LookupError, Resolver, Running, found, now, sort, wait};
use crate::{Socket, TcpStream};

/// Why no connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectError {
    /// The host has no address.
    Lookup(LookupError),
    /// None of its addresses could be connected to; this is what the first one failed of.
    Connect(Errno),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookup(error) => error.fmt(f),
            Self::Connect(errno) => errno.fmt(f),
        }
    }
}

impl core::error::Error for ConnectError {}

impl From<LookupError> for ConnectError {
    fn from(error: LookupError) -> Self {
        Self::Lookup(error)
    }
}

/// Connects to a port of a host, within a time if one is given.
///
/// # Errors
/// What [`Resolver::addresses`] says; what the first address failed of; `TIMEDOUT`.
pub fn connect_host(
    resolver: &Resolver,
    host: &str,
    port: u16,
    limit: Option<Duration>,
) -> Result<TcpStream, ConnectError> {
    let mut connecting = Connecting::begin(resolver, host, port, limit)?;
    loop {
        if let Some(stream) = connecting.step()? {
            stream.set_nonblocking(false).map_err(ConnectError::Connect)?;
            return Ok(stream);
        }
        let ready =
            wait(&mut connecting.descriptors(), connecting.deadline()).map_err(LookupError::System)?;
        connecting.came(&ready);
    }
}

/// A connection that is being made: does what the race and the lookup ask for, and tells them what comes. Whoever has it waits.
pub(crate) struct Connecting {
    /// The lookup, as long as it may find more.
    running: Option<Running>,
    port: u16,
    race: Race<Errno>,
    /// Addresses that the race has heard of.
    known: usize,
    attempts: Vec<(u32, TcpStream)>,
    /// When it is to give up.
    end: Option<formats::time::Duration>,
}

impl Connecting {
    pub(crate) fn begin(
        resolver: &Resolver,
        host: &str,
        port: u16,
        limit: Option<Duration>,
    ) -> Result<Self, ConnectError> {
        let end = limit.map(|limit| now() + limit.into());
        let mut connecting =
            Self { running: None, port, race: Race::new(), known: 0, attempts: Vec::new(), end };
        match resolver.known(host, port)? {
            Some(mut known) => {
                sort(&mut known);
                connecting.race.addresses(&known, now());
                connecting.race.no_more(now());
            }
            None => connecting.running = Some(resolver.begin_addresses(host)?),
        }
        Ok(connecting)
    }

    /// Does what can be done without waiting; gives the connection, which does not wait in calls, once there is one.
    pub(crate) fn step(&mut self) -> Result<Option<TcpStream>, ConnectError> {
        self.hear()?;
        self.act();
        match self.race.outcome() {
            Some(Outcome::Connected(winner)) => return self.winner(winner).map(Some),
            Some(Outcome::Failed(failure)) => {
                return Err(ConnectError::Connect(failure.unwrap_or(Errno::ADDRNOTAVAIL)));
            }
            None => {}
        }
        if self.end.is_some_and(|end| end <= now()) {
            return Err(ConnectError::Connect(Errno::TIMEDOUT));
        }
        Ok(None)
    }

    /// Gives when to go on at the latest.
    pub(crate) fn deadline(&self) -> Option<formats::time::Duration> {
        let times = [self.end, self.race.deadline(), self.running.as_ref().and_then(Running::deadline)];
        times.into_iter().flatten().min()
    }

    /// Gives what to wait for: the lines of the lookup, then the attempts.
    pub(crate) fn descriptors(&self) -> Vec<PollFd<'_>> {
        let attempts = self.attempts.iter().map(|(_, stream)| PollFd::new(stream, PollFlags::OUT));
        self.running.iter().flat_map(Running::descriptors).chain(attempts).collect()
    }

    /// Tells the race what the lookup has found by now.
    fn hear(&mut self) -> Result<(), LookupError> {
        let Some(running) = &self.running else { return Ok(()) };
        let mut addresses: Vec<SocketAddr> = found(running, self.port);
        if addresses.len() > self.known {
            self.known = addresses.len();
            sort(&mut addresses);
            self.race.addresses(&addresses, now());
        }
        if let (Some(Err(failure)), 0) = (running.outcome(), self.known) {
            return Err(LookupError::Failed(failure));
        }
        if running.outcome().is_some() || running.is_settled() {
            self.race.no_more(now());
            self.running = None;
        }
        Ok(())
    }

    fn act(&mut self) {
        while let Some(action) = self.race.next_action() {
            match action {
                Action::Connect { attempt, address } => match TcpStream::begin(address) {
                    Ok(stream) => self.attempts.push((attempt, stream)),
                    Err(errno) => self.race.failed(attempt, errno, now()),
                },
                Action::Abandon { attempt } => self.attempts.retain(|(number, _)| *number != attempt),
            }
        }
    }

    /// Goes on with what came, in the order of [`descriptors`](Self::descriptors), and with the clock.
    pub(crate) fn came(&mut self, ready: &[bool]) {
        let lines = self.running.as_ref().map_or(0, |running| running.descriptors().count());
        let (asked, connecting) = ready.split_at_checked(lines).unwrap_or((ready, &[]));
        for ((number, stream), _) in self.attempts.iter().zip(connecting).filter(|(_, ready)| **ready) {
            match stream.take_error() {
                Ok(None) => self.race.connected(*number),
                Ok(Some(errno)) | Err(errno) => self.race.failed(*number, errno, now()),
            }
        }
        if let Some(running) = &mut self.running {
            running.came(asked);
        }
        self.race.deadline_came(now());
    }

    fn winner(&mut self, winner: u32) -> Result<TcpStream, ConnectError> {
        let at = self.attempts.iter().position(|(number, _)| *number == winner);
        at.map(|at| self.attempts.swap_remove(at).1).ok_or(ConnectError::Connect(Errno::BADF))
    }
}
