//! `klogd`: BusyBox's: what the kernel says, for syslogd. It reads `/dev/kmsg`, which gives each record whole, from its beginning or from
//! where the log was cleared.

use core::time::Duration;

use linux::Errno;
use linux::poll::{PollFd, PollFlags, poll};
use net::{UnixAddress, UnixDatagram};
use query::text::{decimal, parse_decimal};
use system::log::{Log, Start};

use crate::process::own;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "klogd",
    summary: "Give what the kernel says to syslogd",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'n', "", "stay in the foreground"),
        Flag::with(b'c', "", "LEVEL", "show on the console only what is more urgent, 1 to 8"),
        Flag::with(b'p', "socket", "FILE", "where syslogd listens (/dev/log)"),
        Flag::new(ONCE, "once", "end when all that is there was given"),
    ],
    run: Run::Parsed(run),
};

const ONCE: u8 = 128;

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    if let Some(word) = parsed.value(b'c') {
        let level = parse_decimal(word).filter(|level| (1..=8).contains(level));
        let level = level.ok_or_else(|| io.misuse(word, "no such level"))?;
        linux::system::set_console_level(level as u32).map_err(|errno| io.complain(word, &errno))?;
    }
    if !parsed.has(b'n') && !parsed.has(ONCE) {
        let words = own::words(parsed, b"c", &[b"-n"]);
        return own::daemon(io, parsed, &words, None);
    }
    let path = parsed.value(b'p').unwrap_or(b"/dev/log");
    let address = UnixAddress::path(path).map_err(|errno| io.complain(path, &errno))?;
    let socket = UnixDatagram::unbound().map_err(|errno| io.complain(path, &errno))?;
    let mut log = Log::open(Start::Cleared)?;
    loop {
        match log.read() {
            Ok(Some(record)) => {
                let mut message = b"<".to_vec();
                let facility = u64::from(record.facility) << 3;
                decimal(facility | u64::from(record.level), &mut message);
                message.extend_from_slice(b">kernel: ");
                message.extend_from_slice(&record.message());
                send(&socket, &address, &message);
            }
            Ok(None) if parsed.has(ONCE) => return Ok(Status::SUCCESS),
            Ok(None) => {
                // Interrupted or not, the log is what tells.
                let _ = poll(&mut [PollFd::new(log.device(), PollFlags::IN)], None);
            }
            Err(error) if error.errno().is_some() => return Err(error.into()),
            // A record that makes no sense does not keep others back.
            Err(_) => {}
        }
    }
}

/// Sends a message; where nobody listens yet, after a wait. One that nobody takes for a minute is lost.
fn send(socket: &UnixDatagram, address: &UnixAddress, message: &[u8]) {
    for _ in 0..60 {
        match linux::retry(|| socket.send_to(message, address)) {
            Err(Errno::NOENT | Errno::CONNREFUSED) => linux::time::sleep(Duration::from_secs(1)),
            _ => return,
        }
    }
}
