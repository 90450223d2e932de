//! The machine itself.
//!
//! # States
//!
//! A lookup goes through the *candidates*, the names that a short name may stand for. Of each it asks for all kinds of
//! records at once. It does so in *turns*: one server, one wait. An *exchange* is a socket to one server, with the questions that
//! had no answer when the turn began; each question in it has a number of its own.
//!
//! - *Asking*: at least one question of the candidate has no answer. At the end of the wait, or when the server of the turn has
//!   failed at all its questions, the next turn begins: the next server, after the last one the first again, with twice the wait.
//!   Exchanges of former turns stay open, and a late answer counts.
//! - A candidate of which anything was found ends the lookup: *found*.
//! - A candidate of which all questions have the answer "nothing" gives way to the next; after the last the lookup has *failed*.
//! - A candidate that runs out of turns gives way, too, if a server had anything to say about it; silence ends the lookup, for the
//!   next candidate would meet the same silence.
//!
//! # Events and who causes them
//!
//! - `Datagram`, `Message` (over a stream): the network. Believed only from the server of the exchange, with the number, the name and
//!   the kind of a question that is open in it; anything else changes nothing.
//! - `Failed`: the kernel: nobody listens there, there is no way there, the stream ended. The turn's server has failed.
//! - `Deadline`: the runner's clock.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::SocketAddr;

use formats::Error;
use formats::time::Duration;
use formats::wire::dns::{Kind, Name, Question, ResponseCode, emit_query};

use super::reply::{self, Verdict};
use super::{Action, Answer, Config, Event, Failure, Transport, candidates};

/// Bytes of a datagram that no path cuts (DNS flag day 2020).
const ROOM: u16 = 1232;
/// Aliases that are asked for one after the other.
const MOST_ALIASES: u8 = 8;

/// A question of the current candidate.
#[derive(Clone, Debug)]
struct Asked {
    question: Question,
    /// Aliases that were asked before.
    aliases: u8,
    outcome: Option<Result<Answer, Failure>>,
}

/// A socket to a server.
#[derive(Clone, Debug)]
struct Exchange {
    number: u32,
    server: usize,
    transport: Transport,
    extended: bool,
    /// Questions by their place in the list, with their numbers; those that this server has failed at are taken out.
    open: Vec<(usize, u16)>,
}

/// A name that is looked up.
#[derive(Clone, Debug)]
pub struct Lookup<R> {
    config: Config,
    random: R,
    candidates: VecDeque<Name>,
    kinds: Vec<Kind>,
    asked: Vec<Asked>,
    exchanges: Vec<Exchange>,
    next_exchange: u32,
    /// The server that the first turn asks.
    first: usize,
    turn: usize,
    /// Servers that do not understand the extension, a bit each.
    plain: u32,
    /// Servers that have said anything, a bit each.
    heard: u32,
    deadline: Option<Duration>,
    actions: VecDeque<Action>,
    /// The last thing a server said of the candidate that was no answer.
    complaint: Option<ResponseCode>,
    /// The same of a candidate that was given up.
    given_up: Option<ResponseCode>,
    /// The most telling of what was found instead of records.
    nothing: Option<Failure>,
    outcome: Option<Result<(), Failure>>,
}

impl<R: FnMut() -> u16> Lookup<R> {
    /// Begins to look up records of all these kinds. `random` must give numbers that nobody can guess.
    ///
    /// # Errors
    /// What is no domain name.
    pub fn new(
        config: Config,
        name: &str,
        kinds: &[Kind],
        mut random: R,
        now: Duration,
    ) -> Result<Self, Error> {
        let candidates = candidates::of(name, &config.search, config.dots)?;
        let first = match config.servers.len() {
            count @ 1.. if config.rotate => usize::from(random()) % count,
            _ => 0,
        };
        let mut lookup = Self {
            outcome: config.servers.is_empty().then_some(Err(Failure::NoServer)),
            candidates: candidates.into(),
            kinds: kinds.to_vec(),
            config,
            random,
            asked: Vec::new(),
            exchanges: Vec::new(),
            next_exchange: 0,
            first,
            turn: 0,
            plain: 0,
            heard: 0,
            deadline: None,
            actions: VecDeque::new(),
            complaint: None,
            given_up: None,
            nothing: None,
        };
        lookup.next_candidate(now);
        Ok(lookup)
    }

    /// Takes an event and queues what follows from it.
    pub fn handle(&mut self, event: Event<'_>, now: Duration) {
        match event {
            Event::Datagram { exchange, from, bytes } => self.message(exchange, Some(from), bytes, now),
            Event::Message { exchange, bytes } => self.message(exchange, None, bytes, now),
            Event::Failed { exchange } => {
                if let Some(at) = self.find(exchange) {
                    self.close(at);
                    self.go_on(now);
                }
            }
            Event::Deadline => {
                if self.deadline.is_some_and(|deadline| deadline <= now) {
                    self.turn += 1;
                    self.ask(now);
                }
            }
        }
    }

    /// Gives the next thing to do; ask until there is none after each event, and once at the beginning.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Gives the time at which the machine wants [`Event::Deadline`]; none when it has ended.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Says whether the lookup has ended, and whether anything was found; then all exchanges are closed.
    pub fn outcome(&self) -> Option<Result<(), Failure>> {
        self.outcome
    }

    /// Gives what was found by now of a kind, which is the answer if the lookup goes on only for other kinds: none
    /// while it is not known, or if there is nothing.
    pub fn answer(&self, kind: Kind) -> Option<&Answer> {
        let asked = self.asked.iter().find(|asked| asked.kind() == kind)?;
        asked.outcome.as_ref()?.as_ref().ok()
    }

    /// Says whether records of a kind may still be found.
    pub fn is_open(&self, kind: Kind) -> bool {
        let found_others = self.asked.iter().any(|asked| matches!(asked.outcome, Some(Ok(_))));
        let decided = |asked: &Asked| asked.kind() == kind && asked.outcome.is_some();
        self.outcome.is_none() && !(found_others && self.asked.iter().any(decided))
    }

    /// Ends the lookup, with what was found by now.
    pub fn cancel(&mut self) {
        if self.outcome.is_none() {
            self.finish(Err(Failure::Silence));
        }
    }

    fn find(&self, number: u32) -> Option<usize> {
        self.exchanges.iter().position(|exchange| exchange.number == number)
    }

    fn close(&mut self, at: usize) {
        let exchange = self.exchanges.remove(at).number;
        self.actions.push_back(Action::Close { exchange });
    }

    fn close_all(&mut self) {
        for exchange in self.exchanges.drain(..) {
            self.actions.push_back(Action::Close { exchange: exchange.number });
        }
    }

    fn finish(&mut self, outcome: Result<(), Failure>) {
        self.close_all();
        self.deadline = None;
        self.outcome = Some(outcome);
    }

    /// Begins with the next candidate; without one the lookup has failed.
    fn next_candidate(&mut self, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        self.close_all();
        let Some(name) = self.candidates.pop_front() else {
            // A server that could not tell may know better soon; what the others said is no proof then.
            let failure = match (self.given_up, self.nothing) {
                (Some(code), _) => Failure::Refused(code),
                (None, Some(nothing)) => nothing,
                (None, None) => Failure::Silence,
            };
            return self.finish(Err(failure));
        };
        let question = |kind: &Kind| Question { name: name.clone(), kind: *kind };
        let asked = |kind| Asked { question: question(kind), aliases: 0, outcome: None };
        self.asked = self.kinds.iter().map(asked).collect();
        (self.turn, self.complaint) = (0, None);
        self.ask(now);
    }

    /// Begins a turn; after the last one the candidate is given up.
    fn ask(&mut self, now: Duration) {
        let count = self.config.servers.len();
        if self.turn >= count * usize::from(self.config.attempts) {
            return self.give_up(now);
        }
        let server = (self.first + self.turn) % count;
        let open: Vec<_> = self.unanswered().collect();
        let transport = if self.config.streams { Transport::Stream } else { Transport::Datagram };
        self.open(server, transport, &open);
        self.wait(now);
    }

    fn unanswered(&self) -> impl Iterator<Item = usize> {
        self.asked.iter().enumerate().filter(|(_, asked)| asked.outcome.is_none()).map(|(at, _)| at)
    }

    /// Sets the clock of the turn: the wait doubles each round, and from the second on the servers share it.
    fn wait(&mut self, now: Duration) {
        let count = self.config.servers.len();
        let round = self.turn / count;
        let share = if round == 0 { 1 } else { count };
        let wait = self.config.timeout * (1 << round.min(8)) / share as u32;
        self.deadline = Some(now + wait.max(Duration::from_secs(1).min(self.config.timeout)));
    }

    /// Opens an exchange of these questions.
    fn open(&mut self, server: usize, transport: Transport, questions: &[usize]) {
        let Some(&to) = self.config.servers.get(server) else { return };
        let bit = 1 << (server % 32);
        // Whoever was silent may stand behind what throws the extension away (RFC 6891 section 6.2.2).
        let is_silent = self.turn >= self.config.servers.len() && self.heard & bit == 0;
        let extended = self.plain & bit == 0 && !is_silent;
        let (mut open, mut messages) = (Vec::new(), Vec::new());
        for &at in questions {
            let Some(asked) = self.asked.get(at) else { continue };
            let mut id = (self.random)();
            while open.iter().any(|(_, other)| *other == id) {
                id = id.wrapping_add(1);
            }
            let mut message = Vec::new();
            emit_query(&mut message, id, &asked.question, extended.then_some(ROOM));
            open.push((at, id));
            messages.push(message);
        }
        let number = self.next_exchange;
        self.next_exchange += 1;
        self.exchanges.push(Exchange { number, server, transport, extended, open });
        self.actions.push_back(Action::Open { exchange: number, server: to, transport, messages });
    }

    fn message(&mut self, number: u32, from: Option<SocketAddr>, bytes: &[u8], now: Duration) {
        let Some(index) = self.find(number) else { return };
        let Some(exchange) = self.exchanges.get(index) else { return };
        let server = self.config.servers.get(exchange.server);
        let foreign = match (exchange.transport, from) {
            (Transport::Datagram, Some(from)) => !server.is_some_and(|server| is_same(*server, from)),
            (Transport::Stream, None) => false,
            _ => true,
        };
        if foreign {
            return;
        }
        let (server, transport, extended) = (exchange.server, exchange.transport, exchange.extended);
        let judged = exchange.open.iter().find_map(|(at, id)| {
            let question = &self.asked.get(*at)?.question;
            let verdict = reply::judge(bytes, *id, question, extended);
            (verdict != Verdict::Foreign).then_some((*at, verdict))
        });
        let Some((at, verdict)) = judged else { return };
        self.heard |= 1 << (server % 32);
        if let Some(exchange) = self.exchanges.get_mut(index) {
            exchange.open.retain(|(other, _)| *other != at);
        }
        if self.asked.get(at).is_some_and(|asked| asked.outcome.is_none()) {
            self.obey(at, (server, transport), verdict, now);
        }
        self.go_on(now);
    }

    /// Does what a verdict on a question asks for: a server may be asked again, in the same way or over a stream.
    fn obey(&mut self, at: usize, (server, transport): (usize, Transport), verdict: Verdict, now: Duration) {
        let Some(asked) = self.asked.get_mut(at) else { return };
        match verdict {
            Verdict::Answer(answer) => asked.outcome = Some(Ok(answer)),
            Verdict::Nothing(failure) => asked.outcome = Some(Err(failure)),
            Verdict::Alias(_) if asked.aliases >= MOST_ALIASES => {
                asked.outcome = Some(Err(Failure::Aliases));
            }
            Verdict::Alias(name) => {
                asked.question.name = name;
                asked.aliases += 1;
                // The other exchanges asked for the former name.
                for exchange in &mut self.exchanges {
                    exchange.open.retain(|(other, _)| *other != at);
                }
                self.ask_again(server, transport, at, now);
            }
            // A stream has no end that a message could not fit before.
            Verdict::Cut if transport == Transport::Stream => {
                self.complaint = Some(ResponseCode::FORMAT_ERROR);
            }
            Verdict::Cut => self.ask_again(server, Transport::Stream, at, now),
            Verdict::Plain => {
                self.plain |= 1 << (server % 32);
                self.ask_again(server, transport, at, now);
            }
            Verdict::Useless(code) => {
                self.complaint = Some(code);
                // Whatever else this server was asked about it, it is not waited for.
                for exchange in self.exchanges.iter_mut().filter(|exchange| exchange.server == server) {
                    exchange.open.retain(|(other, _)| *other != at);
                }
            }
            Verdict::Foreign => {}
        }
    }

    /// Asks the same server one question more, which has the wait of a turn anew.
    fn ask_again(&mut self, server: usize, transport: Transport, at: usize, now: Duration) {
        self.open(server, transport, &[at]);
        self.wait(now);
    }

    /// Looks what is left to do: the next turn if nobody who was asked can answer any more, the end if all is answered.
    fn go_on(&mut self, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        while let Some(at) = self.exchanges.iter().position(|exchange| exchange.open.is_empty()) {
            self.close(at);
        }
        if self.unanswered().next().is_none() {
            return self.end_candidate(now);
        }
        // The server of this turn, or the one that leads on from it: the last that was asked.
        let turn = (self.first + self.turn) % self.config.servers.len();
        let waits = self.exchanges.iter().any(|exchange| {
            exchange.server == turn && exchange.open.iter().any(|(at, _)| self.is_unanswered(*at))
        });
        if !waits {
            self.turn += 1;
            self.ask(now);
        }
    }

    fn is_unanswered(&self, at: usize) -> bool {
        self.asked.get(at).is_some_and(|asked| asked.outcome.is_none())
    }

    /// All questions of the candidate have their outcome.
    fn end_candidate(&mut self, now: Duration) {
        if self.asked.iter().any(|asked| matches!(asked.outcome, Some(Ok(_)))) {
            return self.finish(Ok(()));
        }
        for asked in &self.asked {
            let Some(Err(failure)) = asked.outcome else { continue };
            // That a name is there says more than that another is not.
            self.nothing = match (self.nothing, failure) {
                (None | Some(Failure::NoName(_)), failure) => Some(failure),
                (former, _) => former,
            };
        }
        self.next_candidate(now);
    }

    /// The candidate has run out of turns.
    fn give_up(&mut self, now: Duration) {
        if self.asked.iter().any(|asked| matches!(asked.outcome, Some(Ok(_)))) {
            return self.finish(Ok(()));
        }
        // Who answered for one family was no silence, though the other was never heard of.
        let has_answered = self.asked.iter().any(|asked| asked.outcome.is_some());
        match self.complaint.or(has_answered.then_some(ResponseCode::SERVER_FAILURE)) {
            Some(code) => {
                self.given_up = Some(code);
                self.next_candidate(now);
            }
            None => self.finish(Err(Failure::Silence)),
        }
    }
}

impl Asked {
    fn kind(&self) -> Kind {
        self.question.kind
    }
}

/// Compares what tells servers apart: of IPv6 the zone may be missing on one side, and the flow says nothing.
fn is_same(server: SocketAddr, from: SocketAddr) -> bool {
    let zone = |address| match address {
        SocketAddr::V6(address) => address.scope_id(),
        SocketAddr::V4(_) => 0,
    };
    let zones = zone(server) == zone(from) || zone(server) == 0 || zone(from) == 0;
    server.ip() == from.ip() && server.port() == from.port() && zones
}
