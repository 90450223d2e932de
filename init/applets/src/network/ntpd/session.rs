//! The loop: servers are asked, answers taken, the clock changed, others answered.

use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use formats::time::Duration;
use formats::wire::ntp::Stamp;
use linux::Errno;
use linux::poll::{PollFd, PollFlags, poll};
use linux::random::{RandomFlags, getrandom};
use linux::signal::{Signal, SignalSet};
use net::UdpSocket;
use protocols::ntp::{Change, Client, Reading, Refused, UNSET};
use query::{Rows, Value};

use super::change::{self, Seconds, clock};
use super::questions::Questions;
use super::{Manner, server};
use crate::Io;
use crate::network::held::Signals;
use crate::network::reach::shown;

const HEARD: SignalSet = SignalSet::of(&[Signal::TERM, Signal::INT, Signal::HUP]);

/// The program of -S is run that often though nothing has changed.
const PERIOD: Duration = Duration::from_secs(11 * 60);

const COLUMNS: &str = "server address offset_ns delay_ns stratum reference";

/// The client and the server at work.
pub(super) struct Session<'a> {
    manner: Manner<'a>,
    client: Client,
    questions: Questions<'a>,
    server: Option<UdpSocket>,
    signals: Signals,
    /// What servers said.
    pub(super) rows: Rows<'static>,
    /// Whether the first round is over.
    is_done: bool,
    /// The stratum and the time of which the program was told last.
    told: Option<(u8, Duration)>,
    /// How much faster the clock is made, in millionths times 65536.
    frequency: i64,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        manner: Manner<'a>,
        questions: Questions<'a>,
        server: Option<UdpSocket>,
    ) -> linux::Result<Self> {
        let client = Client::new(questions.hosts.len(), present());
        let signals = Signals::hold(HEARD)?;
        let rows = Rows::named(COLUMNS);
        Ok(Self {
            manner,
            client,
            questions,
            server,
            signals,
            rows,
            is_done: false,
            told: None,
            frequency: 0,
        })
    }

    /// Goes on until a signal ends it, or the clock was set once and that was all.
    pub(super) fn serve(&mut self, io: &mut Io<'_>) {
        while !(self.is_done && self.manner.is_once) && self.signals.take().is_none() {
            while let Some(peer) = self.client.due(present()) {
                self.ask(io, peer);
            }
            self.tell_program(io);
            for ready in self.wait() {
                match ready {
                    Some(peer) => self.receive(io, peer),
                    None => self.answer(io),
                }
            }
        }
    }

    /// Waits for something; gives the servers whose answers have come, and none for a question to us.
    fn wait(&self) -> Vec<Option<usize>> {
        let mut whose = Vec::new();
        let mut waited = Vec::from([PollFd::new(&self.signals, PollFlags::IN)]);
        for (peer, socket) in self.questions.sockets() {
            whose.push(Some(peer));
            waited.push(PollFd::borrowed(socket, PollFlags::IN));
        }
        if let Some(server) = &self.server {
            whose.push(None);
            waited.push(PollFd::new(server, PollFlags::IN));
        }
        let next = self.client.deadline().into_iter().chain(self.told.map(|(_, at)| at + PERIOD)).min();
        // A signal only ends the wait.
        let _ = poll(&mut waited, next.map(|next| next.saturating_sub(present()).into()));
        let ready = waited.iter().skip(1).zip(whose);
        ready.filter(|(waited, _)| waited.is_ready()).map(|(_, whose)| whose).collect()
    }

    fn ask(&mut self, io: &mut Io<'_>, peer: usize) {
        let (Some(state), Some(host)) = (self.client.peers.get_mut(peer), self.questions.hosts.get_mut(peer))
        else {
            return;
        };
        if let Err(error) = host.open(state.is_heard()) {
            state.failed(present());
            return self.manner.tell(io, host.name.as_bytes(), &error);
        }
        let mut stamp = [0; 8];
        // Where the kernel has no random bytes yet, the clock's last digits and our port must do.
        let random = getrandom(&mut stamp, RandomFlags::NONBLOCK);
        let now = clock();
        let stamp = if random == Ok(8) { Stamp(u64::from_ne_bytes(stamp)) } else { Stamp::of(now) };
        let Some(question) = self.client.ask(peer, stamp, now, present()) else { return };
        if let Err(errno) = host.send(&question) {
            if let Some(state) = self.client.peers.get_mut(peer) {
                state.failed(present());
            }
            self.manner.tell(io, host.name.as_bytes(), &errno);
        }
    }

    fn receive(&mut self, io: &mut Io<'_>, peer: usize) {
        let Some(host) = self.questions.hosts.get_mut(peer) else { return };
        let packet = match host.receive() {
            Ok(packet) => packet,
            Err(Errno::INTR | Errno::AGAIN) => return,
            Err(errno) => return self.manner.tell(io, host.name.as_bytes(), &errno),
        };
        let now = clock();
        let name = host.name;
        let Some(packet) = packet else {
            return self.manner.tell(io, name.as_bytes(), &"not an answer of this server's");
        };
        match self.client.receive(peer, &packet, now, present()) {
            Ok((reading, change)) => {
                self.note(io, peer, &reading);
                change.into_iter().for_each(|change| self.change(io, change));
            }
            Err(refused) => self.manner.tell(io, name.as_bytes(), &Words(refused)),
        }
    }

    /// Keeps what a server said, and tells it if that is asked for.
    fn note(&mut self, io: &mut Io<'_>, peer: usize, reading: &Reading) {
        let Some(host) = self.questions.hosts.get(peer) else { return };
        let (offset, delay) = (Seconds(reading.offset), Seconds(reading.delay));
        if self.manner.tells_more {
            let text = alloc::format!("offset {offset} s, delay {delay} s, stratum {}", reading.stratum);
            self.manner.tell(io, host.name.as_bytes(), &text);
        }
        if self.manner.is_once {
            self.rows.push([
                Value::text(host.name.as_bytes()),
                host.address().map_or(Value::Unknown, |address| Value::Text(shown(address))),
                Value::Signed(reading.offset),
                Value::Signed(reading.delay),
                Value::Number(reading.stratum.into()),
                Value::Text(reference(reading)),
            ]);
        }
    }

    fn change(&mut self, io: &mut Io<'_>, change: Change) {
        self.is_done = true;
        if self.manner.only_asks {
            return;
        }
        let change = match change {
            Change::Slew { offset, .. } if self.manner.is_once => Change::Step(offset),
            change => change,
        };
        match change::apply(change) {
            Ok(frequency) => self.frequency = frequency,
            Err(errno) => return self.manner.tell(io, b"set the clock", &errno),
        }
        if let Change::Step(offset) = change {
            self.manner.tell(io, b"clock", &format_args!("stepped by {} s", Seconds(offset)));
            self.run_program(io, "step");
        }
    }

    /// Runs the program if the stratum has changed, or it is time.
    fn tell_program(&mut self, io: &mut Io<'_>) {
        let stratum = self.client.stratum();
        match self.told {
            None if stratum == UNSET => {}
            Some((told, _)) if told != stratum && stratum == UNSET => self.run_program(io, "unsync"),
            Some((told, _)) if told == stratum => {
                if self.told.is_some_and(|(_, at)| present() >= at + PERIOD) {
                    self.run_program(io, "periodic");
                }
            }
            _ => self.run_program(io, "stratum"),
        }
    }

    fn run_program(&mut self, io: &mut Io<'_>, word: &str) {
        let stratum = self.client.stratum();
        self.told = Some((stratum, present()));
        if let Some(program) = self.manner.script {
            change::tell(io, program, word, &self.client, self.frequency);
        }
    }

    fn answer(&self, io: &mut Io<'_>) {
        let Some(server) = &self.server else { return };
        let standing = self.client.standing();
        let host = standing.and_then(|standing| self.questions.hosts.get(standing.peer));
        let reference = match host.and_then(|host| host.address()).map(|address: SocketAddr| address.ip()) {
            Some(IpAddr::V4(address)) => address.octets(),
            // RFC 5905 has four bytes of a digest of the address; nobody reads them.
            Some(IpAddr::V6(address)) => address.octets().first_chunk().copied().unwrap_or_default(),
            None => [0; 4],
        };
        let follows = !self.questions.hosts.is_empty();
        if let Err(errno) = server::answer(server, standing, follows, reference) {
            self.manner.tell(io, b"answer", &errno);
        }
    }
}

/// Gives the time of a clock that nobody sets.
fn present() -> Duration {
    linux::time::monotonic().into()
}

/// Gives whom a server follows: letters, or an address.
fn reference(reading: &Reading) -> Vec<u8> {
    let bytes = reading.reference;
    if reading.stratum == 1 {
        return bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
    }
    alloc::format!("{}", core::net::Ipv4Addr::from(bytes)).into_bytes()
}

/// A refusal in words.
struct Words(Refused);

impl core::fmt::Display for Words {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Refused::Foreign => f.write_str("not an answer to our question"),
            Refused::Unset => f.write_str("has no time itself"),
            Refused::Distant => f.write_str("is too far away"),
            Refused::Away(word) => write!(f, "wants to be left alone ({})", word.escape_ascii()),
        }
    }
}
