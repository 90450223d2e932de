//! A network of one guest and one simulated DHCP server, over a stream socket of QEMU's.
//!
//! The server is the tests' own ([`dhcp_server`]): it can be silent, start to answer later, or be wrong in
//! one way. Beside DHCP it answers who has its address, which a client asks before it renews.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use formats::wire::arp::{self, Operation, Packet};
use formats::wire::dhcp4::{Code, MessageType};
use formats::wire::ethernet::{self, EtherType};
use serde::Deserialize;

use dhcp_server::{Server, Settings};

/// What a server does, may be changed while it runs, and has seen.
#[derive(Debug, Default)]
pub(super) struct Behaviour {
    /// Whether it answers.
    pub silent: bool,
    /// The kinds of messages that it got since the last look, by their names in lower case.
    pub received: Vec<&'static str>,
}

/// How a server is wrong.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// It gives a multicast address.
    MulticastAddress,
    /// It does not say who it is.
    NoServerId,
    /// It gives no lease time.
    NoLeaseTime,
    /// It answers another's question.
    WrongTransaction,
    /// Its frames end in the midst of the options.
    CutShort,
}

/// A server as a scenario describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Described {
    /// N of its network 10.9.N.0/24; its own address is 10.9.N.1, clients get .50 and on.
    #[serde(default)]
    pub number: u8,
    /// Whether it is silent at first.
    #[serde(default)]
    pub silent: bool,
    /// Lease time in seconds.
    #[serde(default = "hour")]
    pub lease_s: u32,
    /// In which way it is wrong.
    pub fault: Option<Fault>,
}

const fn hour() -> u32 {
    3600
}

/// The longest frame that is taken: QEMU's own limit is 68 KiB.
const MAX_FRAME: u32 = 70_000;

/// Starts a server that listens at a path for QEMU.
pub(super) fn start(path: &Path, described: Described) -> Result<Arc<Mutex<Behaviour>>> {
    let listener = UnixListener::bind(path).with_context(|| format!("listen at {}", path.display()))?;
    let behaviour = Arc::new(Mutex::new(Behaviour { silent: described.silent, received: Vec::new() }));
    let shared = Arc::clone(&behaviour);
    thread::spawn(move || {
        let mut server = server(&described);
        // One stream for each QEMU; it ends when that does.
        for mut stream in listener.incoming().flatten() {
            let _ = serve(&mut stream, &mut server, &shared);
        }
    });
    Ok(behaviour)
}

fn server(described: &Described) -> Server {
    let mut server =
        Server::new(Settings { seconds: described.lease_s, ..Settings::usual(described.number) });
    match described.fault {
        None => {}
        Some(Fault::MulticastAddress) => {
            server.on_draft = Box::new(|draft| draft.header.yours = [239, 1, 1, 1].into());
        }
        Some(Fault::NoServerId) => server.on_draft = Box::new(|draft| draft.remove(Code::SERVER)),
        Some(Fault::NoLeaseTime) => server.on_draft = Box::new(|draft| draft.remove(Code::LEASE_TIME)),
        Some(Fault::WrongTransaction) => {
            server.on_draft = Box::new(|draft| draft.header.transaction ^= 1);
        }
        Some(Fault::CutShort) => {
            server.on_frame = Box::new(|_, mut frame| {
                frame.truncate(frame.len() - 20);
                vec![frame]
            });
        }
    }
    server
}

fn serve(stream: &mut UnixStream, server: &mut Server, behaviour: &Mutex<Behaviour>) -> std::io::Result<()> {
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length > MAX_FRAME {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut frame = vec![0; length as usize];
        stream.read_exact(&mut frame)?;
        for answer in answers(server, behaviour, &frame) {
            let length = u32::try_from(answer.len()).map_err(|_| ErrorKind::InvalidData)?;
            stream.write_all(&[&length.to_be_bytes(), answer.as_slice()].concat())?;
        }
    }
}

fn answers(server: &mut Server, behaviour: &Mutex<Behaviour>, frame: &[u8]) -> Vec<Vec<u8>> {
    let mut behaviour = behaviour.lock().unwrap_or_else(PoisonError::into_inner);
    server.settings.silent = behaviour.silent;
    let answers = server.frame(frame);
    behaviour.received.extend(server.received.drain(..).map(name));
    match behaviour.silent {
        true => Vec::new(),
        false => answers.into_iter().chain(resolve(&server.settings, frame)).collect(),
    }
}

/// Answers who has the server's address.
fn resolve(settings: &Settings, bytes: &[u8]) -> Option<Vec<u8>> {
    let frame = ethernet::parse(bytes).ok().filter(|frame| frame.kind == EtherType::ARP)?;
    let question = arp::parse(frame.payload).ok()?;
    if question.operation != Operation::REQUEST || question.target != settings.address {
        return None;
    }
    let answer = Packet {
        operation: Operation::REPLY,
        sender_hardware: settings.hardware,
        sender: settings.address,
        target_hardware: question.sender_hardware,
        target: question.sender,
    };
    Some(answer.frame())
}

fn name(kind: MessageType) -> &'static str {
    match kind {
        MessageType::DISCOVER => "discover",
        MessageType::REQUEST => "request",
        MessageType::DECLINE => "decline",
        MessageType::RELEASE => "release",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use formats::wire::ethernet::Mac;

    use super::*;

    const GUEST: Mac = Mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);

    fn described(text: &str) -> Described {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_server_says_who_has_its_address_unless_it_is_silent() {
        let question = Packet::probe(GUEST, [10, 9, 3, 1].into()).frame();
        let mut server = server(&described("number = 3"));
        let behaviour = Mutex::new(Behaviour::default());
        let answer = answers(&mut server, &behaviour, &question).pop().unwrap();
        let answer = arp::parse(ethernet::parse(&answer).unwrap().payload).unwrap();
        assert_eq!((answer.sender, answer.target_hardware), ([10, 9, 3, 1].into(), GUEST));
        behaviour.lock().unwrap().silent = true;
        assert!(answers(&mut server, &behaviour, &question).is_empty());
    }

    #[test]
    fn frames_come_after_their_length() {
        let folder = crate::guest::private_folder().unwrap();
        let path = folder.join("network");
        let _behaviour = start(&path, described("")).unwrap();
        let mut stream = UnixStream::connect(&path).unwrap();
        let question = Packet::probe(GUEST, [10, 9, 0, 1].into()).frame();
        stream.write_all(&[&(question.len() as u32).to_be_bytes(), question.as_slice()].concat()).unwrap();
        let mut answer = [0; 64];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[..4], [0, 0, 0, 60]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
