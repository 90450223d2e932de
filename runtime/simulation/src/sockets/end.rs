//! Sockets in memory, as unix(7) has them: streams of bytes, and datagrams.
//!
//! An end is fresh, has a name, listens, or has a peer. It is held by its descriptors alone: its peer and its name know it only as long
//! as one of them is open. Nothing here waits: what would have to gives `AGAIN`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::time::Duration;

use linux::{Errno, Result};

/// The most bytes that lie unread at the end of a stream.
const ROOM: usize = 64 << 10;

/// The most datagrams that lie unread (net.unix.max_dgram_qlen), and the most bytes of one (net.core.wmem_default).
const MESSAGES: usize = 10;
const LONGEST: usize = 212_992;

/// What an end carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stream,
    Datagram,
}

/// An end as its descriptors share it.
pub(super) type Shared = Rc<RefCell<End>>;

/// What has come: of a stream any part of it, else one datagram.
#[derive(Debug)]
struct Message {
    bytes: Vec<u8>,
    /// The sender's name; empty if it has none.
    from: Vec<u8>,
}

/// An end as its name and its peer know it.
pub(super) type Known = Weak<RefCell<End>>;

/// What is received.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    /// The sender's name; empty if it has none.
    pub(super) from: Vec<u8>,
    /// A part of the datagram found no room, and is lost.
    pub(super) is_cut: bool,
}

/// Connections that nobody has taken yet.
#[derive(Debug)]
struct Queue {
    most: usize,
    waiting: VecDeque<Shared>,
}

/// One end.
#[derive(Debug)]
pub(super) struct End {
    pub(super) kind: Kind,
    /// What it is bound to, as the kernel has it; empty: nothing.
    pub(super) name: Vec<u8>,
    /// How long reading and writing wait; none for ever.
    pub(super) limits: [Option<Duration>; 2],
    peer: Option<Known>,
    inbox: VecDeque<Message>,
    queue: Option<Queue>,
    /// Whether reading and writing have been shut down.
    shut: [bool; 2],
    /// The peer went without having read all: told once.
    is_reset: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        let is_unread = !self.inbox.is_empty();
        if let Some(peer) = self.peer.as_ref().and_then(Weak::upgrade)
            && self.kind == Kind::Stream
            && is_unread
        {
            peer.borrow_mut().is_reset = true;
        }
    }
}

impl End {
    /// Makes one that is fresh.
    pub(super) fn new(kind: Kind) -> Shared {
        Rc::new(RefCell::new(Self {
            kind,
            name: Vec::new(),
            limits: [None; 2],
            peer: None,
            inbox: VecDeque::new(),
            queue: None,
            shut: [false; 2],
            is_reset: false,
        }))
    }

    /// Makes two that are each other's peers.
    pub(super) fn pair(kind: Kind) -> (Shared, Shared) {
        let (one, other) = (Self::new(kind), Self::new(kind));
        one.borrow_mut().peer = Some(Rc::downgrade(&other));
        other.borrow_mut().peer = Some(Rc::downgrade(&one));
        (one, other)
    }

    /// Gives its peer, as long as that is open.
    fn peer(&self) -> Option<Shared> {
        self.peer.as_ref().and_then(Weak::upgrade)
    }

    /// Gives its peer's name, if it has a peer.
    pub(super) fn peer_name(&self) -> Result<Vec<u8>> {
        match &self.peer {
            Some(peer) => Ok(peer.upgrade().map(|peer| peer.borrow().name.clone()).unwrap_or_default()),
            None => Err(Errno::NOTCONN),
        }
    }

    /// Takes connections from now on.
    pub(super) fn listen(&mut self, most: usize) -> Result<()> {
        match self.kind {
            Kind::Datagram => Err(Errno::OPNOTSUPP),
            Kind::Stream if self.name.is_empty() || self.peer.is_some() => Err(Errno::INVAL),
            Kind::Stream => {
                self.queue.get_or_insert(Queue { most, waiting: VecDeque::new() }).most = most;
                Ok(())
            }
        }
    }

    /// Takes a connection.
    pub(super) fn accept(&mut self) -> Result<Shared> {
        let queue = self.queue.as_mut().ok_or(Errno::INVAL)?;
        queue.waiting.pop_front().ok_or(Errno::AGAIN)
    }

    /// Shuts reading and writing down.
    pub(super) fn shut(&mut self, ways: [bool; 2]) -> Result<()> {
        if self.kind == Kind::Stream && self.peer.is_none() {
            return Err(Errno::NOTCONN);
        }
        for (shut, way) in self.shut.iter_mut().zip(ways) {
            *shut |= way;
        }
        Ok(())
    }

    fn held(&self) -> usize {
        self.inbox.iter().map(|message| message.bytes.len()).sum()
    }

    /// Says whether nothing will come any more.
    fn is_at_end(&self) -> bool {
        let is_over = match (&self.peer, self.kind) {
            (Some(peer), Kind::Stream) => peer.upgrade().is_none_or(|peer| peer.borrow().shut[1]),
            _ => false,
        };
        self.shut[0] || is_over
    }

    /// Says whether reading would not wait.
    pub(super) fn is_readable(&self) -> bool {
        let waits = self.queue.as_ref().is_some_and(|queue| !queue.waiting.is_empty());
        waits || !self.inbox.is_empty() || self.is_reset || self.is_at_end()
    }

    /// Says whether writing would not wait.
    pub(super) fn is_writable(&self) -> bool {
        match (self.kind, self.peer()) {
            (Kind::Stream, Some(peer)) => self.shut[1] || peer.borrow().held() < ROOM,
            (Kind::Datagram, Some(peer)) => peer.borrow().inbox.len() < MESSAGES,
            (_, None) => self.queue.is_none(),
        }
    }

    /// Says whether the other end is gone for good, and whether it at least says nothing more.
    pub(super) fn is_hung_up(&self) -> [bool; 2] {
        let is_gone = match (&self.peer, self.kind) {
            (Some(peer), Kind::Stream) => peer.strong_count() == 0 || self.shut == [true; 2],
            _ => false,
        };
        [is_gone, is_gone || self.kind == Kind::Stream && self.is_at_end()]
    }

    /// Receives at most so many bytes.
    pub(super) fn receive(&mut self, room: usize, is_peek: bool) -> Result<Received> {
        let Some(first) = self.inbox.front() else {
            if core::mem::take(&mut self.is_reset) {
                return Err(Errno::CONNRESET);
            }
            let nothing = Received { bytes: Vec::new(), from: Vec::new(), is_cut: false };
            return match self.kind {
                Kind::Stream if self.peer.is_none() => Err(Errno::INVAL),
                _ if self.is_at_end() => Ok(nothing),
                _ => Err(Errno::AGAIN),
            };
        };
        if self.kind == Kind::Stream {
            return Ok(self.receive_bytes(room, is_peek));
        }
        let bytes: Vec<u8> = first.bytes.iter().copied().take(room).collect();
        let received = Received { is_cut: bytes.len() < first.bytes.len(), bytes, from: first.from.clone() };
        if !is_peek {
            self.inbox.pop_front();
        }
        Ok(received)
    }

    fn receive_bytes(&mut self, room: usize, is_peek: bool) -> Received {
        let all = self.inbox.iter().flat_map(|message| message.bytes.iter().copied());
        let bytes: Vec<u8> = all.take(room).collect();
        let mut left = if is_peek { 0 } else { bytes.len() };
        while let Some(first) = self.inbox.front_mut().filter(|_| left > 0) {
            let count = left.min(first.bytes.len());
            first.bytes.drain(..count);
            left -= count;
            if first.bytes.is_empty() {
                self.inbox.pop_front();
            }
        }
        Received { bytes, from: Vec::new(), is_cut: false }
    }
}

/// Connects an end to the one that has a name.
pub(super) fn connect(end: &Shared, to: &Shared) -> Result<()> {
    let kind = end.borrow().kind;
    if to.borrow().kind != kind {
        return Err(Errno::PROTOTYPE);
    }
    if kind == Kind::Datagram {
        end.borrow_mut().peer = Some(Rc::downgrade(to));
        return Ok(());
    }
    if end.borrow().peer.is_some() {
        return Err(Errno::ISCONN);
    }
    if end.borrow().queue.is_some() {
        return Err(Errno::INVAL);
    }
    let mut listener = to.borrow_mut();
    let name = listener.name.clone();
    let queue = listener.queue.as_mut().ok_or(Errno::CONNREFUSED)?;
    // As the kernel counts: one more than was asked for.
    if queue.waiting.len() > queue.most {
        return Err(Errno::AGAIN);
    }
    let other = End::new(kind);
    other.borrow_mut().name = name;
    other.borrow_mut().peer = Some(Rc::downgrade(end));
    end.borrow_mut().peer = Some(Rc::downgrade(&other));
    queue.waiting.push_back(other);
    Ok(())
}

/// Sends bytes, of a stream as many as there is room for; to the peer unless another end is given.
pub(super) fn send(end: &Shared, bytes: &[u8], to: Option<Shared>) -> Result<usize> {
    let (kind, from) = (end.borrow().kind, end.borrow().name.clone());
    if end.borrow().shut[1] {
        return Err(Errno::PIPE);
    }
    match kind {
        Kind::Stream => {
            if to.is_some() {
                return Err(if end.borrow().peer.is_some() { Errno::ISCONN } else { Errno::OPNOTSUPP });
            }
            if end.borrow().peer.is_none() {
                return Err(Errno::NOTCONN);
            }
            let peer = end.borrow().peer().ok_or(Errno::PIPE)?;
            let mut peer = peer.borrow_mut();
            if peer.shut[0] {
                return Err(Errno::PIPE);
            }
            let count = bytes.len().min(ROOM.saturating_sub(peer.held()));
            match bytes.get(..count) {
                Some([]) | None if !bytes.is_empty() => return Err(Errno::AGAIN),
                Some([]) | None => {}
                Some(part) => peer.inbox.push_back(Message { bytes: part.to_vec(), from }),
            }
            Ok(count)
        }
        Kind::Datagram => {
            let is_known = end.borrow().peer.is_some();
            let missing = if is_known { Errno::CONNREFUSED } else { Errno::NOTCONN };
            let peer = to.or_else(|| end.borrow().peer()).ok_or(missing)?;
            if bytes.len() > LONGEST {
                return Err(Errno::MSGSIZE);
            }
            let is_others = peer.borrow().peer.as_ref().is_some_and(|own| !own.ptr_eq(&Rc::downgrade(end)));
            let mut peer = peer.borrow_mut();
            match (is_others, peer.shut[0], peer.inbox.len() >= MESSAGES) {
                (true, ..) => Err(Errno::PERM),
                (_, true, _) => Err(Errno::PIPE),
                (.., true) => Err(Errno::AGAIN),
                _ => {
                    peer.inbox.push_back(Message { bytes: bytes.to_vec(), from });
                    Ok(bytes.len())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(end: &Shared, room: usize) -> Result<Vec<u8>> {
        end.borrow_mut().receive(room, false).map(|received| received.bytes)
    }

    #[test]
    fn a_stream_keeps_order_and_no_borders() {
        let (one, other) = End::pair(Kind::Stream);
        assert_eq!((send(&one, b"some", None), send(&one, b"thing", None)), (Ok(4), Ok(5)));
        assert_eq!(other.borrow_mut().receive(6, true).unwrap().bytes, b"someth", "looked at");
        assert_eq!(bytes(&other, 6), Ok(b"someth".to_vec()));
        assert_eq!(bytes(&other, 6), Ok(b"ing".to_vec()));
        assert_eq!(bytes(&other, 6), Err(Errno::AGAIN));
    }

    #[test]
    fn a_full_stream_waits_and_one_that_is_read_goes_on() {
        let (one, other) = End::pair(Kind::Stream);
        assert_eq!(send(&one, &[1; ROOM + 1], None), Ok(ROOM));
        assert_eq!((send(&one, b"x", None), one.borrow().is_writable()), (Err(Errno::AGAIN), false));
        assert_eq!(bytes(&other, 10).unwrap().len(), 10);
        assert_eq!(send(&one, &[1; 20], None), Ok(10));
    }

    #[test]
    fn who_goes_is_missed() {
        let (one, other) = End::pair(Kind::Stream);
        send(&one, b"last", None).unwrap();
        drop(one);
        assert_eq!(bytes(&other, 9), Ok(b"last".to_vec()));
        assert_eq!((bytes(&other, 9), send(&other, b"x", None)), (Ok(vec![]), Err(Errno::PIPE)));
        let (one, other) = End::pair(Kind::Stream);
        send(&other, b"never read", None).unwrap();
        drop(one);
        assert_eq!((bytes(&other, 9), bytes(&other, 9)), (Err(Errno::CONNRESET), Ok(vec![])));
    }

    #[test]
    fn one_way_ends_and_the_other_goes_on() {
        let (one, other) = End::pair(Kind::Stream);
        one.borrow_mut().shut([false, true]).unwrap();
        assert_eq!((send(&one, b"x", None), bytes(&other, 9)), (Err(Errno::PIPE), Ok(vec![])));
        assert_eq!((send(&other, b"x", None), bytes(&one, 9)), (Ok(1), Ok(b"x".to_vec())));
    }

    #[test]
    fn datagrams_keep_their_borders_and_some_are_too_many() {
        let (one, other) = End::pair(Kind::Datagram);
        for text in [b"first".as_slice(), b"", b"third"] {
            assert_eq!(send(&one, text, None), Ok(text.len()));
        }
        let first = other.borrow_mut().receive(3, false).unwrap();
        assert_eq!((first.bytes.as_slice(), first.is_cut), (b"fir".as_slice(), true));
        assert_eq!((bytes(&other, 9), bytes(&other, 9)), (Ok(vec![]), Ok(b"third".to_vec())));
        let sent = (0..20).take_while(|_| send(&one, b"x", None).is_ok()).count();
        assert_eq!((sent, one.borrow().is_writable()), (MESSAGES, false));
    }

    #[test]
    fn listeners_take_connections_in_turn() {
        let listener = End::new(Kind::Stream);
        assert_eq!(listener.borrow_mut().listen(1), Err(Errno::INVAL), "no name");
        listener.borrow_mut().name = b"\0name".to_vec();
        let clients = [(); 3].map(|()| End::new(Kind::Stream));
        assert_eq!(connect(&clients[0], &listener), Err(Errno::CONNREFUSED));
        listener.borrow_mut().listen(1).unwrap();
        let connected = clients.each_ref().map(|client| connect(client, &listener));
        assert_eq!(connected, [Ok(()), Ok(()), Err(Errno::AGAIN)]);
        let served = listener.borrow_mut().accept().unwrap();
        send(&clients[0], b"hello", None).unwrap();
        assert_eq!(bytes(&served, 9), Ok(b"hello".to_vec()));
        assert_eq!(clients[0].borrow().peer_name(), Ok(b"\0name".to_vec()));
    }
}
