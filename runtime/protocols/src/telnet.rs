//! What a client of Telnet says of itself (RFC 854, RFC 855): which options it has, and its terminal.
//!
//! It offers nothing first. It lets the server echo and suppress going ahead (character mode), gives its terminal's kind (RFC 1091)
//! and size (RFC 1073) when asked, and the user's name where it has one (RFC 1572); all else it refuses. An option that is as it was
//! asked to be is not answered, so that two ends never talk of it for ever.

use alloc::vec::Vec;

const SE: u8 = 240;
const SB: u8 = 250;
const WILL: u8 = 251;
const WONT: u8 = 252;
const DO: u8 = 253;
const DONT: u8 = 254;
const IAC: u8 = 255;

const ECHO: u8 = 1;
const GO_AHEAD: u8 = 3;
const TERMINAL: u8 = 24;
const SIZE: u8 = 31;
const ENVIRONMENT: u8 = 39;

/// The first byte of an answer and of a question in what lies between SB and SE.
const IS: u8 = 0;
const SEND: u8 = 1;

/// The longest of what may lie there; more is cut.
const LONGEST: usize = 256;

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Data,
    /// A byte behind IAC.
    Command,
    /// The option of a command.
    Option(u8),
    /// What lies between SB and SE, and whether an IAC came.
    Between(Vec<u8>, bool),
    /// A return came, behind which a zero byte means nothing.
    Return,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    state: State,
    terminal: Vec<u8>,
    user: Option<Vec<u8>>,
    size: (u16, u16),
    echoes: bool,
    goes_ahead: bool,
    tells_size: bool,
    /// The other options that we said we have.
    has: [bool; 2],
}

impl Client {
    /// Makes one of a terminal's kind, its columns and rows, and the user's name.
    pub fn new(terminal: &[u8], size: (u16, u16), user: Option<&[u8]>) -> Self {
        Self {
            state: State::Data,
            terminal: terminal.to_ascii_uppercase(),
            user: user.map(<[u8]>::to_vec),
            size,
            echoes: false,
            goes_ahead: true,
            tells_size: false,
            has: [false; 2],
        }
    }

    /// Says whether what is typed goes over at once, and is shown by the server.
    pub fn is_character_mode(&self) -> bool {
        self.echoes
    }

    /// Takes what came: appends what is to be shown, and what is to be answered.
    pub fn take(&mut self, bytes: &[u8], shown: &mut Vec<u8>, answer: &mut Vec<u8>) {
        for byte in bytes {
            let state = core::mem::replace(&mut self.state, State::Data);
            self.state = self.step(state, *byte, shown, answer);
        }
    }

    fn step(&mut self, state: State, byte: u8, shown: &mut Vec<u8>, answer: &mut Vec<u8>) -> State {
        match (state, byte) {
            (State::Data | State::Return, IAC) => State::Command,
            (State::Return, 0) => State::Data,
            (State::Data | State::Return, _) => {
                shown.push(byte);
                if byte == b'\r' { State::Return } else { State::Data }
            }
            (State::Command, IAC) => {
                shown.push(IAC);
                State::Data
            }
            (State::Command, WILL | WONT | DO | DONT) => State::Option(byte),
            (State::Command, SB) => State::Between(Vec::new(), false),
            (State::Command, _) => State::Data,
            (State::Option(command), option) => {
                self.agree(command, option, answer);
                State::Data
            }
            (State::Between(text, true), SE) => {
                self.tell(&text, answer);
                State::Data
            }
            (State::Between(text, false), IAC) => State::Between(text, true),
            (State::Between(mut text, _), byte) => {
                if text.len() < LONGEST {
                    text.push(byte);
                }
                State::Between(text, false)
            }
        }
    }

    fn agree(&mut self, command: u8, option: u8, answer: &mut Vec<u8>) {
        let is_on = matches!(command, WILL | DO);
        let theirs = matches!(command, WILL | WONT);
        let place = match (theirs, option) {
            (true, ECHO) => Some(&mut self.echoes),
            (true, GO_AHEAD) => {
                // It is on when the server suppresses it.
                let was_on = !self.goes_ahead;
                self.goes_ahead = !is_on;
                if was_on != is_on {
                    answer.extend_from_slice(&[IAC, if is_on { DO } else { DONT }, option]);
                }
                return;
            }
            (false, SIZE) => Some(&mut self.tells_size),
            (false, TERMINAL) => self.has.first_mut(),
            (false, ENVIRONMENT) if self.user.is_some() => self.has.last_mut(),
            _ => None,
        };
        let Some(place) = place else {
            // What is off already needs no answer to that.
            if is_on {
                answer.extend_from_slice(&[IAC, if theirs { DONT } else { WONT }, option]);
            }
            return;
        };
        if *place == is_on {
            return;
        }
        *place = is_on;
        let word = match (theirs, is_on) {
            (true, true) => DO,
            (true, false) => DONT,
            (false, true) => WILL,
            (false, false) => WONT,
        };
        answer.extend_from_slice(&[IAC, word, option]);
        if option == SIZE && is_on {
            self.say_size(answer);
        }
    }

    /// Answers what was asked between SB and SE.
    fn tell(&self, text: &[u8], answer: &mut Vec<u8>) {
        match (text, &self.user) {
            ([TERMINAL, SEND, ..], _) => {
                answer.extend_from_slice(&[IAC, SB, TERMINAL, IS]);
                self.escape(&self.terminal, answer);
            }
            ([ENVIRONMENT, SEND, ..], Some(user)) => {
                answer.extend_from_slice(&[IAC, SB, ENVIRONMENT, IS, 0]);
                answer.extend_from_slice(b"USER\x01");
                self.escape(user, answer);
            }
            _ => return,
        }
        answer.extend_from_slice(&[IAC, SE]);
    }

    /// Tells the size of the terminal, if the server wants to know it.
    pub fn resize(&mut self, size: (u16, u16), answer: &mut Vec<u8>) {
        if self.tells_size && size != self.size {
            self.size = size;
            self.say_size(answer);
        }
    }

    fn say_size(&self, answer: &mut Vec<u8>) {
        answer.extend_from_slice(&[IAC, SB, SIZE]);
        self.escape(&[self.size.0.to_be_bytes(), self.size.1.to_be_bytes()].concat(), answer);
        answer.extend_from_slice(&[IAC, SE]);
    }

    /// Appends bytes as they go over.
    pub fn escape(&self, bytes: &[u8], out: &mut Vec<u8>) {
        for byte in bytes {
            out.push(*byte);
            if *byte == IAC {
                out.push(IAC);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(client: &mut Client, bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (mut shown, mut answer) = (Vec::new(), Vec::new());
        for byte in bytes {
            client.take(&[*byte], &mut shown, &mut answer);
        }
        (shown, answer)
    }

    fn client() -> Client {
        Client::new(b"xterm", (80, 255), Some(b"me"))
    }

    #[test]
    fn bytes_and_their_escapes() {
        let (shown, answer) = played(&mut client(), b"a\xff\xffb\r\0c\r\nd\xff\xf1e");
        assert_eq!((shown.as_slice(), answer.as_slice()), (&b"a\xffb\rc\r\nde"[..], &b""[..]));
        let mut out = Vec::new();
        client().escape(b"a\xffb", &mut out);
        assert_eq!(out, b"a\xff\xffb");
    }

    #[test]
    fn what_is_agreed_to_is_answered_once() {
        let mut client = client();
        assert_eq!(played(&mut client, b"\xff\xfb\x01\xff\xfb\x03").1, b"\xff\xfd\x01\xff\xfd\x03");
        assert!(client.is_character_mode());
        assert_eq!(played(&mut client, b"\xff\xfb\x01\xff\xfb\x03").1, b"");
        assert_eq!(played(&mut client, b"\xff\xfc\x01").1, b"\xff\xfe\x01");
        assert!(!client.is_character_mode());
        // Linemode and status are refused; that they are off is no news.
        assert_eq!(
            played(&mut client, b"\xff\xfd\x22\xff\xfb\x05\xff\xfe\x22\xff\xfc\x05").1,
            b"\xff\xfc\x22\xff\xfe\x05"
        );
    }

    #[test]
    fn the_terminal_is_told() {
        let mut client = client();
        let (_, answer) = played(&mut client, b"\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0");
        assert_eq!(answer, b"\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0");
        let (_, answer) = played(&mut client, b"\xff\xfd\x1f");
        assert_eq!(answer, b"\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\xff\xff\xff\xf0");
        let mut more = Vec::new();
        client.resize((80, 255), &mut more);
        assert_eq!(more, b"");
        client.resize((1, 2), &mut more);
        assert_eq!(more, b"\xff\xfa\x1f\x00\x01\x00\x02\xff\xf0");
        let (_, answer) = played(&mut client, b"\xff\xfd\x27\xff\xfa\x27\x01\xff\xf0");
        assert_eq!(answer, b"\xff\xfb\x27\xff\xfa\x27\x00\x00USER\x01me\xff\xf0");
    }

    #[test]
    fn what_has_no_end_is_cut() {
        let mut client = client();
        let flood = [&b"\xff\xfa"[..], &[b'x'; 100_000]].concat();
        assert_eq!(played(&mut client, &flood), (Vec::new(), Vec::new()));
        assert!(matches!(&client.state, State::Between(text, false) if text.len() == LONGEST));
        assert_eq!(played(&mut client, b"\xff\xf0a").0, b"a");
    }
}
