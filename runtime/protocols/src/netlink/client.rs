//! The asking side of a netlink socket.
//!
//! States: *idle*, where requests are written; *waiting*, from [`Client::start`] until the outcome of the last request
//! is known. The caller sends the bytes of `start`, then gives every datagram to [`Client::handle`]:
//!
//! - a datagram that is not from the kernel, or a message for another port or sequence number: ignored;
//! - a data message: handed to the caller; it ends the exchange when neither a dump nor an acknowledgement was asked;
//! - an error or acknowledgement: the first error is kept; that of the last request ends the exchange;
//! - the end of a dump (which can carry an error): ends the exchange, unless the kernel said on the way that its
//!   tables changed under the dump (`NLM_F_DUMP_INTR`): then the caller forgets what it collected and sends the bytes
//!   of [`Client::restart`], up to [`ATTEMPTS`] times in all.
//!
//! Several requests may be sent as one datagram, which spares system calls: the kernel works through all of them even
//! when one fails, answers failures always and success only where asked, so that the last one alone asks for it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use formats::Error;
use formats::netlink::reply::Outcome;
use formats::netlink::request::{attribute_at, missing_attribute};
use formats::netlink::{Flags, Message, Messages, Writer};

/// How often a dump is asked for before its inconsistency is an error.
///
/// With one thread changing addresses without pause a third to three quarters of dumps are interrupted.
pub const ATTEMPTS: u8 = 8;

/// Whether refusals name attributes.
const HAS_NAMES: bool = cfg!(feature = "attribute-names");

/// The requests of one socket and the wait for their answers.
#[derive(Debug)]
pub struct Client {
    /// The requests, one after the other; they stay until the next exchange.
    requests: Vec<u8>,
    /// The number of the first request of this exchange, and of the one after its last.
    first: u32,
    next: u32,
    /// The socket's port, learned from the first answer.
    port: Option<u32>,
    /// What the last request waits for.
    end: End,
    interrupted: bool,
    attempts: u8,
    refusal: Option<Refusal>,
}

/// What ends an exchange, besides an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Nothing is under way.
    Idle,
    /// One data message.
    Data,
    /// An acknowledgement.
    Acknowledgement,
    /// The end of a dump.
    Dump,
}

/// What a datagram did to the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Further datagrams are to come.
    More,
    /// All went well.
    Done,
    /// The dump is inconsistent: forget what it gave, send the bytes of [`Client::restart`].
    Restart,
    /// The exchange is over without success.
    Failed(Failure),
}

/// Why an exchange did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The kernel refused a request.
    Refused(Refusal),
    /// The tables changed under each of [`ATTEMPTS`] dumps.
    Interrupted,
    /// The answer was no netlink.
    Malformed(Error),
}

/// A refusal of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which request of the exchange, from 0.
    pub request: usize,
    /// The error number, positive.
    pub errno: u32,
    /// The reason, in the kernel's words.
    pub reason: Option<String>,
    /// The attribute that the kernel did not like, or missed; none without the feature `attribute-names`.
    pub attribute: Option<&'static str>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Client {
    /// Starts idle; `sequence` is the number of the first request.
    pub const fn new(sequence: u32) -> Self {
        Self {
            requests: Vec::new(),
            first: sequence,
            next: sequence,
            port: None,
            end: End::Idle,
            interrupted: false,
            attempts: 0,
            refusal: None,
        }
    }

    /// Forgets the requests of the exchange before, and what it waited for.
    pub fn clear(&mut self) {
        self.requests.clear();
        self.end = End::Idle;
        self.attempts = 0;
    }

    /// Appends a request to the next exchange; `body` writes what follows the header.
    pub fn request(
        &mut self,
        kind: u16,
        flags: Flags,
        body: impl FnOnce(&mut Writer<'_>),
    ) -> Result<(), Error> {
        let mut writer = Writer::new(&mut self.requests, kind, flags | Flags::REQUEST);
        body(&mut writer);
        writer.finish()
    }

    /// Numbers the requests, has the last one acknowledged where nothing else would end the exchange, and gives the
    /// bytes to send as one datagram.
    pub fn start(&mut self) -> &[u8] {
        self.first = self.next;
        self.interrupted = false;
        self.refusal = None;
        self.end = End::Idle;
        let total = self.requests.len();
        let mut at = 0;
        while let Some(header) = self.requests.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<16>) {
            let [l0, l1, l2, l3, k0, k1, f0, f1, s0, s1, s2, s3, ..] = header;
            let length = u32::from_ne_bytes([*l0, *l1, *l2, *l3]);
            at += usize::try_from(length).unwrap_or(usize::MAX).next_multiple_of(4);
            let mut flags = Flags::from_bits_retain(u16::from_ne_bytes([*f0, *f1]));
            self.end = End::of(u16::from_ne_bytes([*k0, *k1]), flags);
            if at >= total && self.end == End::Acknowledgement {
                flags |= Flags::ACKNOWLEDGE;
            }
            [*f0, *f1] = flags.bits().to_ne_bytes();
            [*s0, *s1, *s2, *s3] = self.next.to_ne_bytes();
            self.next = self.next.wrapping_add(1);
        }
        self.attempts += 1;
        &self.requests
    }

    /// Numbers the same requests anew and gives the bytes to send.
    pub fn restart(&mut self) -> &[u8] {
        self.start()
    }

    /// Takes a datagram of a sender (0 is the kernel); `take` gets each data message of the answer.
    pub fn handle(&mut self, datagram: &[u8], sender: u32, take: &mut dyn FnMut(Message<'_>)) -> Progress {
        if sender != 0 {
            return Progress::More;
        }
        for message in Messages::new(datagram) {
            let progress = match message {
                Ok(message) if self.is_ours(&message) => self.message(message, take),
                Ok(_) => Progress::More,
                Err(error) => self.failed(Failure::Malformed(error)),
            };
            if progress != Progress::More {
                return progress;
            }
        }
        Progress::More
    }

    /// Takes the news that the socket lost messages (`ENOBUFS`): a dump goes on and is then asked for again, any other
    /// outcome stays unknown.
    pub fn overrun(&mut self) -> Progress {
        match self.end {
            End::Dump => {
                self.interrupted = true;
                Progress::More
            }
            End::Idle | End::Data | End::Acknowledgement => self.failed(Failure::Interrupted),
        }
    }

    /// Gives the number of a request of this exchange from its sequence number.
    fn position(&self, sequence: u32) -> Option<u32> {
        let position = sequence.wrapping_sub(self.first);
        (position < self.next.wrapping_sub(self.first)).then_some(position)
    }

    fn is_ours(&mut self, message: &Message<'_>) -> bool {
        self.end != End::Idle
            && self.position(message.header.sequence).is_some()
            && *self.port.get_or_insert(message.header.port) == message.header.port
    }

    fn message(&mut self, message: Message<'_>, take: &mut dyn FnMut(Message<'_>)) -> Progress {
        self.interrupted |= self.end == End::Dump && message.header.flags.contains(Flags::INTERRUPTED);
        let last = message.header.sequence == self.next.wrapping_sub(1);
        match Outcome::parse(&message) {
            Err(error) => self.failed(Failure::Malformed(error)),
            Ok(Some(outcome)) => {
                if outcome.errno != 0 && self.refusal.is_none() {
                    self.refusal = Some(self.refusal(message.header.sequence, &outcome));
                }
                if last { self.finished() } else { Progress::More }
            }
            Ok(None) => {
                take(message);
                if last && self.end == End::Data { self.finished() } else { Progress::More }
            }
        }
    }

    fn finished(&mut self) -> Progress {
        if let Some(refusal) = self.refusal.take() {
            return self.failed(Failure::Refused(refusal));
        }
        if !self.interrupted {
            self.end = End::Idle;
            return Progress::Done;
        }
        if self.attempts < ATTEMPTS {
            self.end = End::Idle;
            return Progress::Restart;
        }
        self.failed(Failure::Interrupted)
    }

    fn failed(&mut self, failure: Failure) -> Progress {
        self.end = End::Idle;
        Progress::Failed(failure)
    }

    fn refusal(&self, sequence: u32, outcome: &Outcome<'_>) -> Refusal {
        let position = usize::try_from(sequence.wrapping_sub(self.first)).unwrap_or(usize::MAX);
        let request = self.nth(position).unwrap_or_default();
        let missing = outcome.missing.filter(|_| HAS_NAMES).and_then(|kind| missing_attribute(request, kind));
        let refused = outcome.offset.filter(|_| HAS_NAMES).and_then(|offset| attribute_at(request, offset));
        Refusal {
            request: position,
            errno: outcome.errno,
            reason: outcome.reason.map(|text| text.to_string()),
            attribute: missing.or(refused),
        }
    }

    /// Gives the bytes of a request of this exchange and what follows it.
    fn nth(&self, position: usize) -> Option<&[u8]> {
        let aligned = |message: Message<'_>| (message.payload.len() + 16).next_multiple_of(4);
        let messages = Messages::new(&self.requests).map_while(Result::ok);
        self.requests.get(messages.take(position).map(aligned).sum()..)
    }
}

impl End {
    /// Says what ends the exchange whose last request is this one.
    const fn of(kind: u16, flags: Flags) -> Self {
        /// rtnetlink numbers its requests in fours: new, delete, get, set.
        const GET: u16 = 2;
        match kind % 4 {
            GET if flags.contains(Flags::DUMP) => Self::Dump,
            GET if !flags.contains(Flags::ACKNOWLEDGE) => Self::Data,
            _ => Self::Acknowledgement,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::netlink::Raw;
    use formats::netlink::message::kind;
    use std::vec;

    /// An answer as the kernel writes it.
    fn answer(kind: u16, flags: Flags, sequence: u32, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, kind, flags);
        writer.fixed(payload);
        writer.finish().unwrap();
        out[8..12].copy_from_slice(&sequence.to_ne_bytes());
        out[12..16].copy_from_slice(&77_u32.to_ne_bytes());
        out
    }

    fn outcome(sequence: u32, errno: i32) -> Vec<u8> {
        let mut payload = (-errno).to_ne_bytes().to_vec();
        payload.extend_from_slice(&[0; 16]);
        answer(kind::ERROR, Flags::CAPPED, sequence, &payload)
    }

    fn done(sequence: u32, flags: Flags, errno: i32) -> Vec<u8> {
        answer(kind::DONE, flags | Flags::MULTI, sequence, &(-errno).to_ne_bytes())
    }

    fn dumping(sequence: u32) -> Client {
        let mut client = Client::new(sequence);
        client.request(kind::GET_LINK, Flags::DUMP, |writer| writer.fixed(&[0; 16])).unwrap();
        client.start();
        client
    }

    #[test]
    fn a_dump_ends_with_done_and_gives_its_messages() {
        let mut client = dumping(u32::MAX);
        let mut count = 0;
        let mut datagram = answer(kind::NEW_LINK, Flags::MULTI, u32::MAX, &[1; 16]);
        datagram.extend(answer(kind::NEW_LINK, Flags::MULTI, u32::MAX, &[2; 16]));
        assert_eq!(client.handle(&datagram, 0, &mut |_| count += 1), Progress::More);
        assert_eq!(client.handle(&done(u32::MAX, Flags::empty(), 0), 0, &mut |_| count += 1), Progress::Done);
        assert_eq!(count, 2);
        // The numbers go on after the wrap, and an exchange that is over takes nothing.
        assert_eq!(client.handle(&datagram, 0, &mut |_| count += 1), Progress::More);
        assert_eq!((count, client.next), (2, 0));
    }

    #[test]
    fn strangers_are_ignored() {
        let mut client = dumping(5);
        let message = answer(kind::NEW_LINK, Flags::MULTI, 5, &[1; 16]);
        let mut count = 0;
        assert_eq!(client.handle(&message, 4242, &mut |_| count += 1), Progress::More);
        assert_eq!(client.handle(&done(4, Flags::empty(), 0), 0, &mut |_| count += 1), Progress::More);
        assert_eq!(
            client.handle(&answer(kind::NEW_LINK, Flags::empty(), 0, &[9; 16]), 0, &mut |_| count += 1),
            Progress::More
        );
        assert_eq!(client.handle(&message, 0, &mut |_| count += 1), Progress::More);
        let mut other_port = done(5, Flags::empty(), 0);
        other_port[12] = 78;
        assert_eq!(client.handle(&other_port, 0, &mut |_| count += 1), Progress::More);
        assert_eq!(count, 1);
    }

    #[test]
    fn an_interrupted_dump_is_asked_for_eight_times() {
        let mut client = dumping(1);
        for attempt in 1..=u32::from(ATTEMPTS) {
            let part = answer(kind::NEW_LINK, Flags::MULTI | Flags::INTERRUPTED, attempt, &[1; 16]);
            assert_eq!(client.handle(&part, 0, &mut |_| ()), Progress::More);
            let progress = client.handle(&done(attempt, Flags::empty(), 0), 0, &mut |_| ());
            if attempt == u32::from(ATTEMPTS) {
                assert_eq!(progress, Progress::Failed(Failure::Interrupted));
            } else {
                assert_eq!(progress, Progress::Restart);
                assert_eq!(client.restart()[8..12], (attempt + 1).to_ne_bytes());
            }
        }
    }

    #[test]
    fn a_flag_on_the_end_counts_and_a_clean_second_dump_is_taken() {
        let mut client = dumping(1);
        assert_eq!(client.handle(&done(1, Flags::INTERRUPTED, 0), 0, &mut |_| ()), Progress::Restart);
        client.restart();
        assert_eq!(client.handle(&done(2, Flags::empty(), 0), 0, &mut |_| ()), Progress::Done);
    }

    #[test]
    fn a_loss_repeats_a_dump_and_fails_a_change() {
        let mut client = dumping(1);
        assert_eq!(client.overrun(), Progress::More);
        assert_eq!(client.handle(&done(1, Flags::empty(), 0), 0, &mut |_| ()), Progress::Restart);
        client.clear();
        client.request(kind::NEW_LINK, Flags::empty(), |_| ()).unwrap();
        client.start();
        assert_eq!(client.overrun(), Progress::Failed(Failure::Interrupted));
    }

    #[test]
    fn an_error_inside_the_end_of_a_dump_is_an_error() {
        let mut client = dumping(1);
        let progress = client.handle(&done(1, Flags::empty(), 22), 0, &mut |_| ());
        let refusal = Refusal { request: 0, errno: 22, reason: None, attribute: None };
        assert_eq!(progress, Progress::Failed(Failure::Refused(refusal)));
    }

    #[test]
    fn a_batch_asks_for_one_acknowledgement_and_tells_the_first_error() {
        let mut client = Client::new(10);
        for _ in 0..3 {
            client.request(kind::NEW_ADDRESS, Flags::CREATE, |writer| writer.fixed(&[0; 8])).unwrap();
        }
        let sent: Vec<_> = Messages::new(client.start()).map(|message| message.unwrap().header).collect();
        assert_eq!(sent.iter().map(|header| header.sequence).collect::<Vec<_>>(), vec![10, 11, 12]);
        let asked: Vec<_> = sent.iter().map(|header| header.flags.contains(Flags::ACKNOWLEDGE)).collect();
        assert_eq!(asked, vec![false, false, true]);
        assert_eq!(client.handle(&outcome(11, 17), 0, &mut |_| ()), Progress::More);
        let progress = client.handle(&outcome(12, 1), 0, &mut |_| ());
        let refusal = Refusal { request: 1, errno: 17, reason: None, attribute: None };
        assert_eq!(progress, Progress::Failed(Failure::Refused(refusal)));
        client.start();
        assert_eq!(client.handle(&outcome(15, 0), 0, &mut |_| ()), Progress::Done);
    }

    #[test]
    fn a_get_ends_with_its_one_message() {
        let mut client = Client::new(1);
        client.request(kind::GET_ROUTE, Flags::empty(), |writer| writer.fixed(&[0; 12])).unwrap();
        client.start();
        let mut count = 0;
        let route = answer(kind::NEW_ROUTE, Flags::empty(), 1, &[0; 12]);
        assert_eq!(client.handle(&route, 0, &mut |_| count += 1), Progress::Done);
        assert_eq!(count, 1);
    }

    #[test]
    fn the_kernels_words_and_the_attribute_are_told() {
        let mut client = Client::new(1);
        client
            .request(kind::NEW_LINK, Flags::empty(), |writer| {
                writer.fixed(&[0; 16]);
                writer.raw(&Raw { kind: 4, flags: 0, value: &[1, 2] });
            })
            .unwrap();
        client.start();
        // Captured: a link's MTU of two bytes. The port is the capturer's.
        let captured = include_bytes!("../../../../tests/samples/netlink/error-attribute");
        let Progress::Failed(Failure::Refused(refusal)) = client.handle(captured, 0, &mut |_| ()) else {
            panic!("not refused");
        };
        assert_eq!(refusal.errno, 34);
        assert_eq!(refusal.reason.as_deref(), Some("Attribute failed policy validation"));
        assert_eq!(refusal.attribute, Some("IFLA_MTU").filter(|_| HAS_NAMES));
    }

    #[test]
    fn junk_ends_the_exchange() {
        let mut client = dumping(1);
        assert!(matches!(client.handle(&[9; 40], 0, &mut |_| ()), Progress::Failed(Failure::Malformed(_))));
    }
}
