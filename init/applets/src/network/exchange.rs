//! Bytes both ways between the standard streams and a socket, until the other end has said all, or nothing was said for too
//! long. The end of input is told to the other end. One that has said all is still sent what waits for it, and the input that is
//! there at once, as that of a file is; it may well listen.

use alloc::vec::Vec;
use core::time::Duration;

use linux::fd::BorrowedFd;
use linux::net::{MessageFlags, Shutdown, recv, send, shutdown};
use linux::poll::{PollFd, PollFlags, poll};
use linux::time::{monotonic, sleep};
use linux::{Errno, Result};

use crate::Io;

/// Bytes that are moved at once; a datagram must fit.
const BLOCK: usize = 64 << 10;

/// What is done with bytes on their way.
pub(super) trait Filter {
    /// Takes what was typed, and gives what is to be sent. False ends the exchange.
    fn typed(&mut self, io: &mut Io<'_>, bytes: &[u8], to_send: &mut Vec<u8>) -> bool;
    /// Takes what came: writes what is to be seen, and gives what is to be answered.
    fn came(&mut self, io: &mut Io<'_>, bytes: &[u8], to_send: &mut Vec<u8>);
}

/// Bytes as they are.
pub(super) struct Plain;

impl Filter for Plain {
    fn typed(&mut self, _: &mut Io<'_>, bytes: &[u8], to_send: &mut Vec<u8>) -> bool {
        to_send.extend_from_slice(bytes);
        true
    }

    fn came(&mut self, io: &mut Io<'_>, bytes: &[u8], _: &mut Vec<u8>) {
        io.out.put(bytes);
    }
}

/// How an exchange goes on and ends.
#[derive(Default)]
pub(super) struct Exchange {
    /// Whether the socket is of datagrams, which have no end.
    pub(super) is_datagrams: bool,
    /// Whether standard input is left alone.
    pub(super) has_no_input: bool,
    /// It ends when nothing moved for so long.
    pub(super) idle: Option<Duration>,
    /// It ends so long after the end of input.
    pub(super) after_input: Option<Duration>,
    /// The wait after each line that is sent.
    pub(super) interval: Option<Duration>,
}

impl Exchange {
    /// Moves bytes to the end. What waits to be sent is held back while the other end does not take it, and no more is read
    /// meanwhile; what comes is always taken, so that two such programs never wait for each other.
    pub(super) fn run(&self, io: &mut Io<'_>, socket: BorrowedFd<'_>, filter: &mut dyn Filter) -> Result<()> {
        let mut buffer = alloc::vec![0; BLOCK];
        let (mut pending, mut reads, mut told) = (Vec::new(), !self.has_no_input, self.has_no_input);
        let (mut end, mut listens) = (None, true);
        while !io.out.is_broken() && (listens || reads || !pending.is_empty()) {
            if pending.is_empty() && !reads && !told {
                told = true;
                if !self.is_datagrams {
                    let _ = shutdown(socket, Shutdown::Write);
                }
                end = self.after_input.map(|limit| monotonic().saturating_add(limit));
            }
            io.out.flush();
            let input = io.input.descriptor();
            let takes_input = reads && pending.is_empty();
            let mut wanted = if pending.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
            wanted.set(PollFlags::IN, listens);
            let mut list = [
                PollFd::borrowed(socket, wanted),
                input
                    .filter(|_| takes_input)
                    .map_or(PollFd::nothing(), |input| PollFd::borrowed(input, PollFlags::IN)),
            ];
            let left = end.map(|end: Duration| end.saturating_sub(monotonic()));
            let limit = left.into_iter().chain(self.idle).min();
            // Input from memory is always there.
            let at_once = takes_input && input.is_none();
            let is_short = at_once || !listens && takes_input;
            match poll(&mut list, if is_short { Some(Duration::ZERO) } else { limit }) {
                Ok(0) if !at_once => return Ok(()),
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
            }
            let [of_socket, of_input] = list.map(|entry| entry.came());
            if of_socket.contains(PollFlags::OUT) {
                match self.send(socket, &mut pending) {
                    // It has left, and has told all that there was.
                    Err(_) if !listens => return Ok(()),
                    sent => sent?,
                }
            }
            if listens && of_socket.intersects(PollFlags::IN | PollFlags::HANG_UP | PollFlags::ERROR) {
                match recv(socket, &mut buffer, MessageFlags::DONT_WAIT) {
                    Ok(0) if !self.is_datagrams => listens = false,
                    Ok(count) => {
                        filter.came(io, buffer.get(..count).unwrap_or_default(), &mut pending);
                        if told && !self.has_no_input {
                            // This end has said that it says no more.
                            pending.clear();
                        }
                    }
                    Err(Errno::AGAIN | Errno::INTR) => {}
                    Err(errno) => return Err(errno),
                }
            }
            if takes_input && (at_once || !of_input.is_empty()) {
                match linux::retry(|| io.input.read(&mut buffer)) {
                    Ok(0) | Err(_) => reads = false,
                    Ok(count) => {
                        let typed = buffer.get(..count).unwrap_or_default();
                        if !filter.typed(io, typed, &mut pending) {
                            return Ok(());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn send(&self, socket: BorrowedFd<'_>, pending: &mut Vec<u8>) -> Result<()> {
        let line = self.interval.and_then(|_| pending.iter().position(|byte| *byte == b'\n'));
        let part = line.and_then(|end| pending.get(..=end)).unwrap_or(pending);
        match send(socket, part, MessageFlags::DONT_WAIT | MessageFlags::NO_SIGNAL) {
            Ok(count) => drop(pending.drain(..count)),
            Err(Errno::AGAIN | Errno::INTR) => return Ok(()),
            Err(errno) => return Err(errno),
        }
        if let Some(interval) = self.interval {
            sleep(interval);
        }
        Ok(())
    }
}
