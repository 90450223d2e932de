//! `ntpd`: BusyBox's. It keeps the clock by that of servers ([`protocols::ntp`] says how), and answers others if it is to.
//!
//! Deviations: with `-q` it stays in the foreground and sets the clock at once by the first round of answers, however little it is
//! off, where the other would leave the kernel to lead it; `-w` tells what servers say; a question says nothing of this machine, and
//! its stamp is a random number; a set clock is stepped from half a second on, if three answers in a row say so.

mod change;
mod questions;
mod server;
mod session;

use alloc::vec::Vec;

use formats::etc::ntp::{Server, servers};
use linux::fd::AsFd;
use linux::process::{Whose, setpriority};
use query::text::parse_decimal;

use crate::process::own;
use crate::sandbox::{self, READING};
use crate::system::logger;
use crate::{Applet, Flag, Io, JSON, Keeps, Outcome, Parsed, Run, Status};

use questions::Questions;
use session::Session;

pub(crate) const APPLET: Applet = Applet {
    name: "ntpd",
    summary: "Keep the clock by those of others",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'n', "", "stay in the foreground"),
        Flag::new(b'q', "", "set the clock once, and end"),
        Flag::new(b'w', "", "only ask, and tell what servers say"),
        Flag::with(b'p', "", "SERVER", "keyno:N:HOST or HOST (those of /etc/ntp.conf)"),
        Flag::with(b'k', "", "FILE", "the keys by which servers prove who they are"),
        Flag::with(b'S', "", "PROGRAM", "run when the clock was stepped, and so on"),
        Flag::new(b'l', "", "answer others"),
        Flag::with(b'I', "", "LINK", "with -l: answer on this link alone"),
        Flag::new(b'N', "", "run before others"),
        Flag::new(b'd', "", "tell more"),
        Flag::new(b't', "", ""),
        Flag::new(BEHIND, "behind", ""),
        Flag::rows("server address offset_ns:n delay_ns:n stratum:n reference"),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

/// Nobody looks on.
const BEHIND: u8 = 128;

/// What of the options counts all the time.
struct Manner<'a> {
    /// Whether the clock is left alone.
    only_asks: bool,
    is_once: bool,
    tells_more: bool,
    script: Option<&'a [u8]>,
    /// Whether the system's log is told, for there is nobody else.
    is_behind: bool,
}

impl Manner<'_> {
    /// Tells something of an object, if that is not too much.
    fn tell(&self, io: &mut Io<'_>, object: &[u8], text: &dyn core::fmt::Display) {
        if self.is_behind {
            // daemon.info
            let mut message = b"ntpd: ".to_vec();
            query::text::printable(object, &mut message);
            message.extend_from_slice(alloc::format!(": {text}").as_bytes());
            logger::tell(30, &message);
        } else {
            io.complain(object, text);
        }
    }
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let manner = Manner {
        only_asks: parsed.has(b'w'),
        is_once: parsed.has(b'q'),
        tells_more: parsed.has_any(b"dw") && !parsed.has(JSON),
        script: parsed.value(b'S'),
        is_behind: parsed.has(BEHIND),
    };
    let text = system::file::read(b"/etc/ntp.conf").unwrap_or_default();
    let peers = peers(io, parsed, &text)?;
    if peers.is_empty() && !parsed.has(b'l') {
        io.complain(b"", &"no server; name one by -p or in /etc/ntp.conf");
        return Ok(parsed.usage(io));
    }
    let questions = Questions::new(io, &peers, parsed.value(b'k'))?;
    let server = parsed.has(b'l').then(|| server::open(parsed.value(b'I'))).transpose();
    let server = server.map_err(|errno| io.complain(b"port 123", &errno))?;
    if !parsed.has_any(b"nqw") && !parsed.has(BEHIND) {
        // Whether the port could be had has been seen; the one behind takes it again.
        drop(server);
        let words = own::words(parsed, &[], &[b"--behind"]);
        return own::daemon(io, parsed, &words, None);
    }
    let priority = if parsed.has(b'N') { setpriority(Whose::Process(None), -15) } else { Ok(()) };
    priority.map_err(|errno| io.complain(b"-N", &errno))?;
    let mut session =
        Session::new(manner, questions, server).map_err(|errno| io.complain(b"signals", &errno))?;
    if parsed.value(b'S').is_none() {
        confine();
    }
    session.serve(io);
    if parsed.has(JSON) {
        session.rows.json(&mut io.out);
    }
    Ok(Status::SUCCESS)
}

/// Gives the servers that the options name, else those of the configuration.
fn peers<'a>(io: &mut Io<'_>, parsed: &Parsed<'a>, text: &'a [u8]) -> Result<Vec<Server<'a>>, Status> {
    if !parsed.has(b'p') {
        return Ok(servers(text));
    }
    let server = |word: &'a [u8]| {
        let (key, host) = match word.strip_prefix(b"keyno:") {
            None => (None, word),
            Some(rest) => {
                let colon = rest.iter().position(|byte| *byte == b':')?;
                let (number, host) = rest.split_at(colon);
                (Some(u32::try_from(parse_decimal(number)?).ok()?), host.get(1..)?)
            }
        };
        let host = core::str::from_utf8(host).ok().filter(|host| !host.is_empty())?;
        Some(Server { host, key })
    };
    let named = parsed.values(b'p');
    named.map(|word| server(word).ok_or_else(|| io.misuse(word, "is no server"))).collect()
}

/// Gives up all files but those that say where hosts are.
fn confine() {
    match sandbox::folder_of(b"/etc/hosts") {
        Ok(folder) => sandbox::to_folders(&[(folder.as_fd(), READING)]),
        Err(_) => sandbox::to_open_files(),
    }
}
