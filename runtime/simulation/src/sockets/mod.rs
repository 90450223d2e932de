//! Sockets of this machine (unix(7)) in memory: who talks to whom, and which call of the kernel's is what.
//!
//! A descriptor is a real one, of an event counter that nobody looks at: closing, copying it and its flags are the real kernel's. The
//! network has one thread, whose every call is answered at once. One that would wait ends by its limit, which is simulated time; without
//! a limit nobody could end it, and the test panics. Control data does not travel: who sends descriptors hears `OPNOTSUPP`, and the
//! calls for several messages at once give `NOSYS`.

mod end;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr;
use std::rc::Rc;
use std::time::Duration;

use linux::door::Call;
use linux::fd::{BorrowedFd, OwnedFd};
use linux::fs::{OpenFlags, status_flags};
use linux::poll::{EventFlags, eventfd};
use linux::time::Timespec;
use linux::{Errno, Result};
#[cfg(target_pointer_width = "64")]
use linux_raw_sys::general::__NR_ppoll as PPOLL;
#[cfg(target_pointer_width = "32")]
use linux_raw_sys::general::__NR_ppoll_time64 as PPOLL;
use linux_raw_sys::general::{self as kernel, iovec, pollfd};
use linux_raw_sys::net::{self, msghdr};

use crate::vectors::{cut, gather, listed, message, room, scatter};
use end::{End, Kind, Known, Received, Shared, connect, send};

/// The bytes of an address before its name (the family).
const FAMILY: usize = 2;

/// The flags of a socket's kind, SOCK_NONBLOCK and SOCK_CLOEXEC, which are those of files.
const FLAGS: usize = (kernel::O_NONBLOCK | kernel::O_CLOEXEC) as usize;

/// All sockets of a plan.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    ends: RefCell<BTreeMap<isize, Shared>>,
    names: RefCell<Vec<(Vec<u8>, Known)>>,
    /// Names that the network has given.
    given: Cell<u32>,
}

/// What the plan says of transfers and of time.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'plan> {
    /// The most bytes that a stream moves at once.
    pub(crate) most: Option<usize>,
    pub(crate) clock: Option<&'plan Cell<Duration>>,
}

impl Rules<'_> {
    /// Ends what waits.
    fn wait(self, call: Call, limit: Option<Duration>) {
        assert!(limit.is_some(), "nobody can end the wait of {call:?}");
        if let (Some(clock), Some(limit)) = (self.clock, limit) {
            clock.set(clock.get() + limit);
        }
    }
}

impl Sockets {
    /// Answers a call that is about these sockets.
    ///
    /// # Safety
    /// The call is sound with its arguments.
    pub(crate) unsafe fn answer(&self, call: Call, rules: Rules<'_>) -> Option<isize> {
        let word = |answer: Result<usize>| match answer {
            Ok(word) => word as isize,
            Err(errno) => -(errno.number() as isize),
        };
        let [first, second, _, fourth, ..] = call.arguments;
        match call.number {
            kernel::__NR_socket if first == net::AF_UNIX as usize => Some(word(self.make(second))),
            kernel::__NR_socketpair if first == net::AF_UNIX as usize => {
                let pair = self.make_pair(second).map(|pair| {
                    let to = ptr::with_exposed_provenance_mut::<[i32; 2]>(fourth);
                    // SAFETY: the call's, which has the kernel write two descriptors there.
                    unsafe { to.write(pair.map(|fd| fd as i32)) };
                    0
                });
                Some(word(pair))
            }
            // SAFETY: the caller's.
            PPOLL => unsafe { self.poll(call, rules) },
            kernel::__NR_close => {
                self.ends.borrow_mut().remove(&(first as isize));
                None
            }
            _ if copies(call) && self.has(first) => {
                // SAFETY: the caller's.
                let copy = unsafe { call.make() };
                let end = self.end(first)?;
                if copy >= 0 {
                    self.ends.borrow_mut().insert(copy, end);
                }
                Some(copy)
            }
            _ => {
                let end = self.end(first)?;
                // SAFETY: the caller's.
                let answer = unsafe { self.operate(call, &end, rules) };
                answer.map(word)
            }
        }
    }

    fn has(&self, fd: usize) -> bool {
        self.ends.borrow().contains_key(&(fd as isize))
    }

    fn end(&self, fd: usize) -> Option<Shared> {
        self.ends.borrow().get(&(fd as isize)).cloned()
    }

    /// Takes a descriptor for an end.
    fn open(&self, end: Shared, flags: usize) -> Result<usize> {
        let fd = eventfd(0, EventFlags::from_bits_retain((flags & FLAGS) as u32))?.into_raw();
        self.ends.borrow_mut().insert(fd as isize, end);
        Ok(fd as usize)
    }

    fn make(&self, kind: usize) -> Result<usize> {
        self.open(End::new(kind_of(kind)?), kind)
    }

    fn make_pair(&self, kind: usize) -> Result<[usize; 2]> {
        let (one, other) = End::pair(kind_of(kind)?);
        let one = self.open(one, kind)?;
        let other = self.open(other, kind).inspect_err(|_| self.close(one))?;
        Ok([one, other])
    }

    fn close(&self, fd: usize) {
        self.ends.borrow_mut().remove(&(fd as isize));
        // SAFETY: it was opened for a socket that nobody gets.
        drop(unsafe { OwnedFd::from_raw(fd as i32) });
    }

    /// Finds who has a name.
    fn named(&self, name: &[u8]) -> Result<Shared> {
        let names = self.names.borrow();
        let found = names.iter().find(|(this, _)| this == name);
        match found.map(|(_, end)| end.upgrade()) {
            Some(Some(end)) => Ok(end),
            // A path stays when its socket is closed.
            Some(None) => Err(Errno::CONNREFUSED),
            None if name.first() == Some(&0) => Err(Errno::CONNREFUSED),
            None => Err(Errno::NOENT),
        }
    }

    fn bind(&self, end: &Shared, mut name: Vec<u8>) -> Result<usize> {
        if !end.borrow().name.is_empty() {
            return Err(Errno::INVAL);
        }
        if name.is_empty() {
            // As the kernel does: a name outside the tree that nobody has.
            self.given.set(self.given.get() + 1);
            name = format!("\0{:05x}", self.given.get()).into_bytes();
        }
        let mut names = self.names.borrow_mut();
        names.retain(|(name, end)| name.first() != Some(&0) || end.strong_count() > 0);
        if names.iter().any(|(this, _)| *this == name) {
            return Err(Errno::ADDRINUSE);
        }
        names.push((name.clone(), Rc::downgrade(end)));
        end.borrow_mut().name = name;
        Ok(0)
    }

    /// Does what a call asks of a socket; none of what is the real kernel's.
    ///
    /// # Safety
    /// The call is sound with its arguments.
    unsafe fn operate(&self, call: Call, end: &Shared, rules: Rules<'_>) -> Option<Result<usize>> {
        let [_, second, third, fourth, fifth, sixth] = call.arguments;
        let one = |address: usize, length: usize| {
            vec![iovec { iov_base: ptr::with_exposed_provenance_mut(address), iov_len: length as _ }]
        };
        let transfer = Transfer { call, end, rules };
        Some(match call.number {
            kernel::__NR_read => transfer.receive(one(second, third), 0).map(|got| got.bytes.len()),
            kernel::__NR_write => transfer.send(one(second, third), 0, None),
            kernel::__NR_readv => {
                // SAFETY: the call's lists of buffers.
                transfer.receive(unsafe { listed(second, third) }, 0).map(|got| got.bytes.len())
            }
            // SAFETY: as above.
            kernel::__NR_writev => transfer.send(unsafe { listed(second, third) }, 0, None),
            kernel::__NR_sendto => {
                // SAFETY: the call's address.
                let to = unsafe { name_at(fifth, sixth) }.map(|name| self.named(&name)).transpose();
                to.and_then(|to| transfer.send(one(second, third), fourth, to))
            }
            kernel::__NR_recvfrom => transfer.receive(one(second, third), fourth).map(|got| {
                // SAFETY: the call's, which has the kernel write an address there.
                unsafe { put_name(&got.from, fifth, sixth) };
                got.bytes.len()
            }),
            kernel::__NR_sendmsg => {
                // SAFETY: the call's message.
                let (message, list) = unsafe { message(second) };
                if message.msg_controllen != 0 {
                    return Some(Err(Errno::OPNOTSUPP));
                }
                // SAFETY: the message's address.
                let name =
                    unsafe { name_at(message.msg_name.expose_provenance(), message.msg_namelen as usize) };
                let to = name.map(|name| self.named(&name)).transpose();
                to.and_then(|to| transfer.send(list, third, to))
            }
            // SAFETY: the call's message.
            kernel::__NR_recvmsg => unsafe { transfer.receive_message(second, third) },
            kernel::__NR_recvmmsg | kernel::__NR_sendmmsg => Err(Errno::NOSYS),
            // SAFETY: the call's address.
            kernel::__NR_bind => self.bind(end, unsafe { name_at(second, third) }.unwrap_or_default()),
            kernel::__NR_connect => {
                // SAFETY: the call's address.
                let name = unsafe { name_at(second, third) }.unwrap_or_default();
                let connected = self.named(&name).and_then(|to| connect(end, &to));
                connected.map(|()| 0).map_err(|errno| transfer.waited(errno, 0, 1))
            }
            kernel::__NR_listen => end.borrow_mut().listen(second).map(|()| 0),
            kernel::__NR_accept4 => {
                let accepted = end.borrow_mut().accept();
                match accepted {
                    Ok(accepted) => {
                        let name = accepted.borrow().peer_name().unwrap_or_default();
                        self.open(accepted, fourth).inspect(|_| {
                            // SAFETY: the call's, which has the kernel write an address there.
                            unsafe { put_name(&name, second, third) };
                        })
                    }
                    Err(errno) => Err(transfer.waited(errno, 0, 0)),
                }
            }
            kernel::__NR_shutdown => {
                let ways = [second != net::SHUT_WR as usize, second != net::SHUT_RD as usize];
                end.borrow_mut().shut(ways).map(|()| 0)
            }
            kernel::__NR_getsockname => {
                let name = end.borrow().name.clone();
                // SAFETY: the call's, which has the kernel write an address there.
                unsafe { put_name(&name, second, third) };
                Ok(0)
            }
            kernel::__NR_getpeername => end.borrow().peer_name().map(|name| {
                // SAFETY: as above.
                unsafe { put_name(&name, second, third) };
                0
            }),
            // SAFETY: the call's option.
            kernel::__NR_setsockopt => unsafe { set_option(end, third, fourth, fifth) },
            // SAFETY: as above.
            kernel::__NR_getsockopt => unsafe { option(end, second, third, fourth, fifth) },
            _ => return None,
        })
    }

    /// Waits for descriptors, if one of them is of these sockets.
    ///
    /// # Safety
    /// The call is sound with its arguments.
    unsafe fn poll(&self, call: Call, rules: Rules<'_>) -> Option<isize> {
        let [list, count, limit, ..] = call.arguments;
        let first = ptr::with_exposed_provenance_mut::<pollfd>(list);
        if count == 0 {
            return None;
        }
        // SAFETY: the call's, which has the kernel read and write so many.
        let list = unsafe { std::slice::from_raw_parts_mut(first, count) };
        if !list.iter().any(|entry| self.has(entry.fd as usize)) {
            return None;
        }
        let mut others: Vec<pollfd> = list.to_vec();
        for entry in others.iter_mut().filter(|entry| self.has(entry.fd as usize)) {
            entry.fd = -1;
        }
        let mut at_once = Timespec::default();
        let address = [others.as_mut_ptr().expose_provenance(), (&raw mut at_once).expose_provenance()];
        let arguments = [address[0], count, address[1], 0, 0, 0];
        // SAFETY: the list lies above, and so does the limit, over which the kernel writes what is left of nothing.
        let word = unsafe { Call { arguments, ..call }.make() };
        if word < 0 {
            return Some(word);
        }
        let mut ready = 0;
        for (entry, other) in list.iter_mut().zip(&others) {
            let own = self.end(entry.fd as usize);
            entry.revents = own.map_or(other.revents, |end| came(&end.borrow(), entry.events));
            ready += isize::from(entry.revents != 0);
        }
        if ready == 0 {
            let limit = ptr::with_exposed_provenance::<Timespec>(limit);
            // SAFETY: the call's, which has the kernel read a time there, if there is one.
            let limit = unsafe { limit.as_ref() };
            rules.wait(call, limit.map(|limit| limit.since_zero()));
        }
        Some(ready)
    }
}

/// What is asked of one socket.
struct Transfer<'a> {
    call: Call,
    end: &'a Shared,
    rules: Rules<'a>,
}

impl Transfer<'_> {
    fn is_nonblocking(&self, flags: usize) -> bool {
        let [fd, ..] = self.call.arguments;
        // SAFETY: it is one of ours, which its owner has lent to the call.
        let fd = unsafe { BorrowedFd::from_raw(fd as i32) };
        let own = status_flags(fd).is_ok_and(|flags| flags.contains(OpenFlags::NONBLOCK));
        own || flags as u32 & net::MSG_DONTWAIT != 0
    }

    /// Gives the error of a call that has waited as long as it may.
    fn waited(&self, errno: Errno, flags: usize, way: usize) -> Errno {
        if errno == Errno::AGAIN && !self.is_nonblocking(flags) {
            let limit = self.end.borrow().limits.get(way).copied().flatten();
            self.rules.wait(self.call, limit);
        }
        errno
    }

    /// Cuts what a stream moves; a datagram is whole.
    fn cut(&self, list: &mut [iovec]) {
        if let (Some(most), Kind::Stream) = (self.rules.most, self.end.borrow().kind) {
            cut(list, most);
        }
    }

    fn send(&self, mut list: Vec<iovec>, flags: usize, to: Option<Shared>) -> Result<usize> {
        self.cut(&mut list);
        // SAFETY: the call's, which has the kernel read these buffers.
        let bytes = unsafe { gather(&list) };
        send(self.end, &bytes, to).map_err(|errno| self.waited(errno, flags, 1))
    }

    /// Receives into these buffers.
    fn receive(&self, mut list: Vec<iovec>, flags: usize) -> Result<Received> {
        self.cut(&mut list);
        let is_peek = flags as u32 & net::MSG_PEEK != 0;
        let received = self.end.borrow_mut().receive(room(&list), is_peek);
        let received = received.map_err(|errno| self.waited(errno, flags, 0))?;
        // SAFETY: the call's, which has the kernel write these buffers.
        unsafe { scatter(&list, &received.bytes) };
        Ok(received)
    }

    /// Receives a message.
    ///
    /// # Safety
    /// The word is the address of a message that the call has the kernel write.
    unsafe fn receive_message(&self, address: usize, flags: usize) -> Result<usize> {
        // SAFETY: the caller's.
        let (mut header, list) = unsafe { message(address) };
        let received = self.receive(list, flags)?;
        let mut length = header.msg_namelen as u32;
        // SAFETY: the message's room for an address.
        unsafe {
            put_name(
                &received.from,
                header.msg_name.expose_provenance(),
                (&raw mut length).expose_provenance(),
            )
        };
        header.msg_namelen = length as _;
        header.msg_controllen = 0;
        header.msg_flags = if received.is_cut { net::MSG_TRUNC } else { 0 };
        // SAFETY: the caller's.
        unsafe { ptr::with_exposed_provenance_mut::<msghdr>(address).write(header) };
        Ok(received.bytes.len())
    }
}

/// Says whether a call gives a second descriptor of an open file.
pub(crate) fn copies(call: Call) -> bool {
    let [_, second, ..] = call.arguments;
    match call.number {
        kernel::__NR_dup | kernel::__NR_dup3 => true,
        kernel::__NR_fcntl => [kernel::F_DUPFD, kernel::F_DUPFD_CLOEXEC].contains(&(second as u32)),
        _ => false,
    }
}

fn kind_of(word: usize) -> Result<Kind> {
    match (word & !FLAGS) as u32 {
        net::SOCK_STREAM => Ok(Kind::Stream),
        net::SOCK_DGRAM => Ok(Kind::Datagram),
        _ => Err(Errno::SOCKTNOSUPPORT),
    }
}

/// Says what has come for a socket.
fn came(end: &End, events: i16) -> i16 {
    let [is_gone, is_silent] = end.is_hung_up();
    let mut came = 0;
    for (is, flag, is_asked) in [
        (end.is_readable(), kernel::POLLIN, true),
        (end.is_writable(), kernel::POLLOUT, true),
        (is_silent, kernel::POLLRDHUP, true),
        (is_gone, kernel::POLLHUP, false),
    ] {
        if is && (!is_asked || events as u32 & flag != 0) {
            came |= flag as i16;
        }
    }
    came
}

/// Reads the name out of an address; none if there is no address.
///
/// # Safety
/// So many bytes of an address lie there.
unsafe fn name_at(address: usize, length: usize) -> Option<Vec<u8>> {
    if address == 0 || length < FAMILY {
        return None;
    }
    let bytes = ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: the caller's.
    let name = unsafe { std::slice::from_raw_parts(bytes, length) }.get(FAMILY..).unwrap_or_default();
    // A path ends at a zero byte; a name outside the tree begins with one.
    let is_path = name.first().is_some_and(|first| *first != 0);
    let length = if is_path { name.iter().position(|byte| *byte == 0) } else { None };
    Some(name.get(..length.unwrap_or(name.len())).unwrap_or_default().to_vec())
}

/// Writes an address as the kernel does: as much of it as there is room for, and its whole length; of a sender without a name nothing.
///
/// # Safety
/// The second address is that of the length of the room at the first, or 0.
unsafe fn put_name(name: &[u8], address: usize, length: usize) {
    if address == 0 || length == 0 {
        return;
    }
    let mut bytes = (net::AF_UNIX as u16).to_ne_bytes().to_vec();
    bytes.extend_from_slice(name);
    if name.first().is_some_and(|first| *first != 0) {
        bytes.push(0);
    }
    // SAFETY: the caller's.
    unsafe { put(&bytes, address, length, |_| bytes.len()) };
}

/// Writes as many bytes as there is room for, and a length, which is told how many these are.
///
/// # Safety
/// The second address is that of the length of the room at the first.
unsafe fn put(bytes: &[u8], address: usize, length: usize, told: impl FnOnce(usize) -> usize) {
    let length = ptr::with_exposed_provenance_mut::<u32>(length);
    // SAFETY: the caller's.
    let count = (unsafe { length.read() } as usize).min(bytes.len());
    let to = ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: there is so much room.
    unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), count) };
    // SAFETY: the caller's.
    unsafe { length.write(told(count) as u32) };
}

/// Gives which limit an option is, of reading or of writing: each has two numbers.
fn limit_of(name: usize) -> Option<usize> {
    match name as u32 {
        net::SO_RCVTIMEO_OLD | net::SO_RCVTIMEO_NEW => Some(0),
        net::SO_SNDTIMEO_OLD | net::SO_SNDTIMEO_NEW => Some(1),
        _ => None,
    }
}

/// Keeps the limits; other options say nothing to sockets that are in memory.
///
/// # Safety
/// So many bytes of the option lie there.
unsafe fn set_option(end: &Shared, name: usize, address: usize, length: usize) -> Result<usize> {
    let Some(way) = limit_of(name) else { return Ok(0) };
    if length != size_of::<[i64; 2]>() {
        return Err(Errno::INVAL);
    }
    // SAFETY: the caller's.
    let [seconds, micros] = unsafe { ptr::with_exposed_provenance::<[i64; 2]>(address).read_unaligned() };
    let limit = Duration::from_secs(seconds as u64) + Duration::from_micros(micros as u64);
    if let Some(kept) = end.borrow_mut().limits.get_mut(way) {
        *kept = if limit.is_zero() { None } else { Some(limit) };
    }
    Ok(0)
}

/// Gives the kind, the limits, and that there is no error.
///
/// # Safety
/// There is room for as many bytes as the second address says.
unsafe fn option(end: &Shared, level: usize, name: usize, address: usize, length: usize) -> Result<usize> {
    let bytes = match (level as u32, name as u32) {
        (net::SOL_SOCKET, net::SO_ERROR) => 0_i32.to_ne_bytes().to_vec(),
        (net::SOL_SOCKET, net::SO_TYPE) => match end.borrow().kind {
            Kind::Stream => (net::SOCK_STREAM as i32).to_ne_bytes().to_vec(),
            Kind::Datagram => (net::SOCK_DGRAM as i32).to_ne_bytes().to_vec(),
        },
        (net::SOL_SOCKET, _) => {
            let way = limit_of(name).ok_or(Errno::NOPROTOOPT)?;
            let limit = end.borrow().limits.get(way).copied().flatten().unwrap_or_default();
            [limit.as_secs(), u64::from(limit.subsec_micros())].map(u64::to_ne_bytes).concat()
        }
        _ => return Err(Errno::NOPROTOOPT),
    };
    // SAFETY: the caller's.
    unsafe { put(&bytes, address, length, |count| count) };
    Ok(0)
}
