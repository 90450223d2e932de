//! Tasks in the way that its argument names; the status is the number of the check that failed, 0 if none did.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a buffer of its own is given away")]

extern crate alloc;

#[path = "tasks/signals.rs"]
mod signals;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::ffi::CStr;
use core::future::poll_fn;
use core::mem::MaybeUninit;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Poll;
use core::time::Duration;

use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags, PipeFlags, pipe, read, unlink, write_all};
use linux::net::{Address, Family, MessageFlags, Shutdown, SocketFlags, SocketKind, UnixAddress, socketpair};
use linux::process::{getpid, set_no_new_privileges};
use linux::security::{AllowList, Refusal, set_filter};
use linux::time::monotonic;
use linux::{Errno, Result};
use rt::thread;
use rt::{Arguments, Environment};
use spelunk::tasks::file::{File, metadata};
use spelunk::tasks::net::{Datagram, Endpoint, Listener, Stream};
use spelunk::tasks::{
    Arena, Engine, Options, OwnedBuffer, OwnedBytes, Pool, Reactor, join, run, run_in, sleep, timeout,
    yield_now,
};

rt::program!(main);

/// A check.
type Way = fn(&Reactor) -> Result<i32>;

/// What is checked, by the word that asks for it.
const WAYS: &[(&[u8], Way)] = &[
    (b"accepting", accepting),
    (b"arena", arena),
    (b"cancelled", cancelled),
    (b"datagrams", datagrams),
    (b"dropped", dropped),
    (b"files", files),
    (b"forbidden", forbidden),
    (b"heard", signals::heard),
    (b"incoming", incoming),
    (b"kept", kept),
    (b"owned", owned),
    (b"passed", passed),
    (b"pools", pools),
    (b"refused", refused),
    (b"signals", signals::signals),
    (b"streams", streams),
    (b"threads", threads),
    (b"timers", timers),
    (b"withdrawn", withdrawn),
];

const MILLISECOND: Duration = Duration::from_millis(1);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let way = arguments.nth(1).map_or(&b""[..], CStr::to_bytes);
    let Some((_, check)) = WAYS.iter().find(|(name, _)| *name == way) else { return 125 };
    let (engine, submit_thread) = match arguments.next().map(CStr::to_bytes) {
        Some(b"epoll") => (Some(Engine::Epoll), None),
        Some(b"uring") => (Some(Engine::Uring), None),
        Some(b"thread") => (Some(Engine::Uring), Some(MILLISECOND * 20)),
        _ => (None, None),
    };
    match Reactor::new(&Options { engine, submit_thread }).and_then(|reactor| check(&reactor)) {
        // What an emulator, or a kernel that forbids it, lacks.
        Err(Errno::NOSYS | Errno::PERM | Errno::OPNOTSUPP) if engine == Some(Engine::Uring) => {
            programs::SKIPPED
        }
        ended => programs::verdict(way.escape_ascii(), ended),
    }
}

/// Tasks in static memory.
fn arena(reactor: &Reactor) -> Result<i32> {
    static ROOM: Arena<512, 8> = Arena::new();
    let sum = run_in(&ROOM, reactor, async |tasks| {
        let mut sum = 0;
        for number in 0..100 {
            let one = tasks.spawn(async move {
                sleep(reactor, MILLISECOND / 100).await;
                number
            })?;
            let other = tasks.spawn(async move { number })?;
            sum += one.await + other.await;
        }
        Ok::<i32, Errno>(sum)
    })??;
    Ok(if sum == 9900 && ROOM.free() == 8 { 0 } else { 1 })
}

/// A hundred tasks that sleep, and one that a limit ends.
fn timers(reactor: &Reactor) -> Result<i32> {
    let start = monotonic();
    let (ended, last) = (Cell::new(0), Cell::new(Duration::ZERO));
    let limited = run(reactor, async |tasks| {
        let mut handles = Vec::new();
        for number in 0..100_u32 {
            let (ended, last) = (&ended, &last);
            handles.push(tasks.spawn(async move {
                let time = MILLISECOND * (number * 7 % 10) / 2;
                sleep(reactor, time).await;
                ended.set(ended.get() + 1);
                last.set(last.get().max(time));
                monotonic() - start >= time
            })?);
        }
        let mut all = true;
        for handle in handles {
            all &= handle.await;
        }
        let limited = timeout(reactor, MILLISECOND, core::future::pending::<()>()).await;
        Ok::<_, Errno>(all && limited == Err(Errno::TIMEDOUT))
    })??;
    Ok(match (limited, ended.get(), last.get() == MILLISECOND * 9 / 2) {
        (true, 100, true) => 0,
        (false, ..) => 1,
        (_, 100, _) => 2,
        _ => 3,
    })
}

/// Threads wake tasks, early and late.
fn threads(reactor: &Reactor) -> Result<i32> {
    let count = run(reactor, async |tasks| {
        let mut count = 0;
        for number in 0..50 {
            let is_first = Cell::new(true);
            let woken = poll_fn(move |context| {
                if !is_first.replace(false) {
                    return Poll::Ready(true);
                }
                let waker = context.waker().clone();
                let thread = thread::spawn(move || {
                    if number % 2 == 0 {
                        linux::time::sleep(MILLISECOND / 10);
                    }
                    waker.wake();
                });
                if thread.is_err() { Poll::Ready(false) } else { Poll::Pending }
            });
            count += i32::from(tasks.spawn(woken)?.await);
        }
        Ok::<i32, Errno>(count)
    })??;
    Ok(if count == 50 { 0 } else { 1 })
}

/// Bytes that a connection carries both ways: more than sockets hold, so that both ends wait.
const LENGTH: usize = 3 << 20;

/// Connections of each family, on which both ends read and write at once.
fn streams(reactor: &Reactor) -> Result<i32> {
    let name = [b"spelunk-tasks-".as_slice(), &getpid().get().to_ne_bytes()].concat();
    let v4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
    let v6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0);
    stream(reactor, &v4, 1)?;
    match stream(reactor, &v6, 2) {
        Ok(()) | Err(Errno::ADDRNOTAVAIL | Errno::AFNOSUPPORT) => {}
        Err(errno) => return Err(errno),
    }
    stream(reactor, &UnixAddress::abstract_name(&name)?, 3)?;
    Ok(0)
}

fn stream(reactor: &Reactor, address: &impl Endpoint, seed: u8) -> Result<()> {
    let listener = Listener::bind(reactor, address, 16)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    run(reactor, async |tasks| {
        let server = tasks.spawn(async {
            let mut handles = Vec::new();
            for _ in 0..3 {
                let (stream, _) = listener.accept().await?;
                handles.push(tasks.spawn(echo(stream))?);
            }
            for handle in handles {
                handle.await?;
            }
            Ok::<(), Errno>(())
        })?;
        let mut clients = Vec::new();
        for number in 0..3 {
            clients.push(tasks.spawn(client(reactor, address, seed + number * 10))?);
        }
        for client in clients {
            client.await?;
        }
        server.await
    })?
}

/// Sends back what comes.
async fn echo(stream: Stream<'_>) -> Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return stream.shutdown(Shutdown::Write);
        }
        stream.write_all(buffer.get(..count).unwrap_or_default()).await?;
    }
}

fn byte(at: usize, seed: u8) -> u8 {
    (at % 251) as u8 ^ seed
}

/// Sends bytes and looks at what comes back, both at once.
async fn client(reactor: &Reactor, address: Address, seed: u8) -> Result<()> {
    let stream = Stream::connect(reactor, &address).await?;
    let sent: Vec<u8> = (0..LENGTH).map(|at| byte(at, seed)).collect();
    let send = async {
        stream.write_all(&sent).await?;
        stream.shutdown(Shutdown::Write)
    };
    let receive = async {
        let mut came = vec![0; LENGTH];
        stream.read_exact(&mut came).await?;
        let is_end = stream.read(&mut [0]).await? == 0;
        if came == sent && is_end { Ok(()) } else { Err(Errno::BADMSG) }
    };
    let (sent, received) = join(send, receive).await;
    sent.and(received)
}

/// Messages there and back.
fn datagrams(reactor: &Reactor) -> Result<i32> {
    let any = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
    let (one, other) = (Datagram::bind(reactor, &any)?, Datagram::bind(reactor, &any)?);
    let there = other.local_address()?.ok_or(Errno::INVAL)?;
    run(reactor, async |tasks| {
        let answer = tasks.spawn(async {
            let mut buffer = [0; 64];
            let (count, from) = other.receive_from(&mut buffer).await?;
            other.send_to(buffer.get(..count).unwrap_or_default(), &from.ok_or(Errno::INVAL)?).await
        })?;
        one.connect(&there)?;
        yield_now().await;
        one.send(b"there and back").await?;
        let mut buffer = [0; 64];
        let (count, from) = one.receive_from(&mut buffer).await?;
        answer.await?;
        Ok(i32::from(buffer.get(..count) != Some(b"there and back") || from != Some(there)))
    })?
}

/// Nobody is there, and the other end goes away.
fn refused(reactor: &Reactor) -> Result<i32> {
    let listener = Listener::bind(reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 1)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    run(reactor, async |_| {
        let stream = Stream::connect(reactor, &address).await?;
        let (other, _) = listener.accept().await?;
        // Bytes that nobody reads make the end of this side a break.
        stream.write_all(b"x").await?;
        drop(other);
        if stream.read(&mut [0]).await != Err(Errno::CONNRESET) {
            return Ok(1);
        }
        if stream.write(b"x").await != Err(Errno::PIPE) {
            return Ok(2);
        }
        drop(listener);
        let refused = Stream::connect(reactor, &address).await.map(drop);
        Ok(if refused == Err(Errno::CONNREFUSED) { 0 } else { 3 })
    })?
}

/// Whoever stops taking connections loses none; a Unix socket without room says so, or waits until there is some; and all is
/// read, though a read ends where urgent data begins.
fn accepting(reactor: &Reactor) -> Result<i32> {
    let listener = Listener::bind(reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 16)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    let name = [b"spelunk-full-".as_slice(), &getpid().get().to_ne_bytes()].concat();
    let full = UnixAddress::abstract_name(&name)?;
    let unix = Listener::bind(reactor, &full, 0)?;
    run(reactor, async |_| {
        let mut accept = Box::pin(listener.accept());
        if timeout(reactor, MILLISECOND, &mut accept).await.is_ok() {
            return Ok(1);
        }
        let client = Stream::connect(reactor, &address).await?;
        drop(accept);
        let Ok(taken) = timeout(reactor, MILLISECOND * 1000, listener.accept()).await else { return Ok(2) };
        let (served, _) = taken?;
        served.write_all(b"before ").await?;
        linux::net::send(&served, b"!", MessageFlags::OUT_OF_BAND)?;
        served.write_all(b"behind").await?;
        let mut came = [0; 64];
        let mut count = 0;
        while count < 13 {
            let rest = came.get_mut(count..).unwrap_or_default();
            let Ok(more) = timeout(reactor, MILLISECOND * 1000, client.read(rest)).await else {
                return Ok(3);
            };
            count += more?;
        }
        if came.get(..count) != Some(b"before behind".as_slice()) {
            return Ok(4);
        }
        let _first = Stream::connect(reactor, &full).await?;
        let second = timeout(reactor, MILLISECOND * 20, Stream::connect(reactor, &full)).await;
        let told = match reactor.engine() {
            Engine::Epoll => matches!(second, Ok(Err(Errno::AGAIN))),
            Engine::Uring => second.map(drop) == Err(Errno::TIMEDOUT),
        };
        unix.accept().await?;
        Ok::<i32, Errno>(if told { 0 } else { 5 })
    })?
}

/// Connections that come by themselves: more at once than wait for their taker, each once and in turn; those that nobody asked
/// for are closed in the end.
fn incoming(reactor: &Reactor) -> Result<i32> {
    let listener = Listener::bind(reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 256)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    run(reactor, async |_| {
        let mut incoming = listener.incoming();
        if timeout(reactor, MILLISECOND, incoming.next()).await.is_ok() {
            return Ok(1);
        }
        let mut clients = Vec::new();
        for _ in 0..150 {
            clients.push(Stream::connect(reactor, &address).await?);
        }
        for client in &clients {
            let Ok(taken) = timeout(reactor, MILLISECOND * 1000, incoming.next()).await else { return Ok(2) };
            let taken = taken?;
            if taken.peer_address()? != client.local_address()? || taken.local_address()? != Some(address) {
                return Ok(3);
            }
        }
        let last = Stream::connect(reactor, &address).await?;
        sleep(reactor, MILLISECOND).await;
        drop(incoming);
        drop(listener);
        let ended = timeout(reactor, MILLISECOND * 1000, last.read(&mut [0])).await;
        Ok::<i32, Errno>(if matches!(ended, Ok(Ok(0) | Err(Errno::CONNRESET))) { 0 } else { 4 })
    })?
}

/// Polls a future so many times at most, and lets something happen before one of them; then drops it.
async fn steps(future: impl Future, polls: u32, at: u32, event: impl AsyncFnOnce()) {
    let mut future = core::pin::pin!(future);
    let mut event = Some(event);
    for poll in 0..polls {
        if let Some(event) = event.take_if(|_| poll == at) {
            event().await;
        }
        if poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await {
            return;
        }
        // Several turns of the reactor: what the kernel has to say is heard.
        for _ in 0..3 {
            yield_now().await;
        }
    }
}

/// Gives the lowest number that no descriptor has.
fn lowest() -> Result<i32> {
    pipe(PipeFlags::CLOSE_ON_EXEC).map(|(out, _)| out.as_fd().as_raw())
}

/// Futures of each kind that are dropped after so many polls, with what they wait for coming before, between or after them: each
/// buffer comes back once, and no descriptor stays open.
fn dropped(reactor: &Reactor) -> Result<i32> {
    static DROPPED: AtomicU32 = AtomicU32::new(0);
    let told = || Told { bytes: vec![1; 64], dropped: &DROPPED };
    let pool = Pool::new(reactor, 4, 64)?;
    let listener = Listener::bind(reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 64)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    let first = lowest()?;
    let mut given = 0;
    let status = run(reactor, async |_| {
        for (polls, at) in (0..5).flat_map(|polls| (0..=polls).map(move |at| (polls, at))) {
            let (one, other) = pair(reactor)?;
            // Room or not, it is sent or lost: what is looked at here is what is dropped.
            let word = async || {
                let _ = linux::net::send(&one, b"word", MessageFlags::DONT_WAIT);
            };
            steps(other.read_owned(told()), polls, at, word).await;
            steps(other.read_owned_within(told(), MILLISECOND), polls, at, word).await;
            steps(one.write_zero_copy(told()), polls, at, word).await;
            given += 3;
            steps(other.receive(&pool), polls, at, word).await;
            let mut chunks = other.chunks(&pool)?;
            steps(chunks.next(), polls, at, word).await;
            steps(chunks.next(), polls, at, word).await;
            drop(chunks);
            let mut incoming = listener.incoming();
            let connect = async || drop(Stream::connect(reactor, &address).await);
            steps(incoming.next(), polls, at, connect).await;
            steps(incoming.next(), polls, at, connect).await;
            drop(incoming);
            steps(listener.accept(), polls, at, connect).await;
            steps(Stream::connect(reactor, &address), polls, at, word).await;
        }
        for _ in 0..1000 {
            if DROPPED.load(Ordering::Relaxed) == given {
                break;
            }
            sleep(reactor, MILLISECOND).await;
        }
        if DROPPED.load(Ordering::Relaxed) != given {
            return Ok(1);
        }
        // All buffers are there again.
        let (one, other) = pair(reactor)?;
        let mut chunks = Vec::new();
        for _ in 0..4 {
            one.write_all(b"x").await?;
            chunks.push(other.receive(&pool).await?);
        }
        Ok::<i32, Errno>(0)
    })??;
    Ok(if status == 0 && lowest()? != first { 2 } else { status })
}

/// Buffers that are given away, and limits that the kernel keeps.
fn owned(reactor: &Reactor) -> Result<i32> {
    let (one, other) = pair(reactor)?;
    run(reactor, async |_| {
        let (count, sent) = one.write_owned(b"given away".to_vec()).await;
        let (came, buffer) = other.read_owned(Vec::with_capacity(64)).await;
        if (count?, came?) != (10, 10) || buffer != sent {
            return Ok(1);
        }
        let (nothing, buffer) = other.read_owned_within(buffer, MILLISECOND * 5).await;
        if nothing != Err(Errno::TIMEDOUT) || buffer.capacity() < 64 {
            return Ok(2);
        }
        let (count, _) = one.write_owned(b"in time".as_slice()).await;
        let (came, buffer) = other.read_owned_within(buffer, MILLISECOND * 5000).await;
        Ok(if (count?, came?) == (7, 7) && buffer == b"in time" { 0 } else { 3 })
    })?
}

/// Two ends of a connection.
fn pair(reactor: &Reactor) -> Result<(Stream<'_>, Stream<'_>)> {
    let (one, other) = socketpair(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC)?;
    Ok((Stream::from_socket(reactor, one)?, Stream::from_socket(reactor, other)?))
}

/// A buffer that tells when it is dropped.
struct Told {
    bytes: Vec<u8>,
    dropped: &'static AtomicU32,
}

// SAFETY: those of the vector.
unsafe impl OwnedBytes for Told {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

// SAFETY: those of the vector.
unsafe impl OwnedBuffer for Told {
    fn room(&mut self) -> &mut [MaybeUninit<u8>] {
        self.bytes.room()
    }

    unsafe fn filled(&mut self, count: usize) {
        // SAFETY: as the caller says.
        unsafe { self.bytes.filled(count) };
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Futures that are dropped while the kernel has their buffers: the buffers live until it has let go of them, nothing that
/// comes later is lost, and nothing leaks.
fn cancelled(reactor: &Reactor) -> Result<i32> {
    static DROPPED: AtomicU32 = AtomicU32::new(0);
    let told = || Told { bytes: Vec::with_capacity(4096), dropped: &DROPPED };
    let (one, other) = pair(reactor)?;
    let status = run(reactor, async |tasks| {
        for number in 1..=100_u32 {
            let early = timeout(reactor, MILLISECOND / 20, other.read_owned(told())).await;
            if early.map(drop) != Err(Errno::TIMEDOUT) {
                return Ok(1);
            }
            // Where the kernel has it, it is not dropped before the reactor has heard that the kernel has let go.
            if reactor.engine() == Engine::Uring && DROPPED.load(Ordering::Relaxed) >= number {
                return Ok(2);
            }
            while DROPPED.load(Ordering::Relaxed) < number {
                sleep(reactor, MILLISECOND / 100).await;
            }
        }
        // Several at once, which the end of their tasks drops.
        for _ in 0..3 {
            drop(tasks.spawn(async { other.read_owned(told()).await })?);
            let task = tasks.spawn(async { other.read_owned(told()).await })?;
            yield_now().await;
            yield_now().await;
            drop(task);
        }
        one.write_all(b"kept").await?;
        let (count, buffer) = other.read_owned(told()).await;
        if count? != 4 || buffer.bytes != b"kept" {
            return Ok(3);
        }
        // The end of all drops what still waits.
        tasks.spawn(async { other.read_owned(told()).await })?.detach();
        yield_now().await;
        Ok::<i32, Errno>(0)
    })??;
    Ok(status)
}

/// Files: written, read, asked about, and moved through a pipe.
fn files(reactor: &Reactor) -> Result<i32> {
    let path = alloc::format!("/tmp/spelunk-tasks-{}", getpid().get());
    let status = run(reactor, async |_| {
        let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        let file = File::open(reactor, &path.as_str(), flags, Mode::octal(0o600)).await?;
        let text: Vec<u8> = (0..10_000).map(|at| byte(at, 5)).collect();
        let (written, text) = file.write_owned(text, None).await;
        if written? != text.len() {
            return Ok(1);
        }
        file.sync().await?;
        let sizes = (file.metadata().await?.size(), metadata(reactor, &path.as_str()).await?.size());
        if sizes != (10_000, 10_000) {
            return Ok(2);
        }
        let (count, part) = file.read_owned(vec![0; 100].into_boxed_slice(), Some(5000)).await;
        if count? != 100 || text.get(5000..5100) != Some(&*part) {
            return Ok(3);
        }
        let (out, into) = pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK)?;
        let (out, into) = (File::from_descriptor(reactor, out)?, File::from_descriptor(reactor, into)?);
        let again = File::open(reactor, &path.as_str(), OpenFlags::READ, Mode::empty()).await?;
        let moved = again.splice(&into, 4096).await?;
        let (count, came) = out.read_owned(Vec::with_capacity(8192), None).await;
        if count? != moved || text.get(..moved) != Some(came.as_slice()) {
            return Ok(4);
        }
        drop(into);
        if out.read_owned(came, None).await.0 != Ok(0) {
            return Ok(5);
        }
        let missing = File::open(reactor, &"/nowhere/at/all", OpenFlags::READ, Mode::empty()).await;
        Ok::<i32, Errno>(if missing.err() == Some(Errno::NOENT) { 0 } else { 6 })
    })?;
    unlink(path.as_str())?;
    status
}

/// Descriptors travel with bytes, to who waits for them already.
fn passed(reactor: &Reactor) -> Result<i32> {
    let (one, other) = pair(reactor)?;
    run(reactor, async |_| {
        let send = async {
            sleep(reactor, MILLISECOND).await;
            let (out, into) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
            let count = one.send_descriptors(b"here", &[out.as_fd(), into.as_fd()]).await?;
            write_all(&into, b"through")?;
            Ok::<_, Errno>(count)
        };
        let receive = async {
            let (mut bytes, mut came) = ([0; 8], Vec::new());
            let count = other.receive_descriptors(&mut bytes, &mut came).await?;
            Ok::<_, Errno>((bytes.get(..count) == Some(b"here"), came))
        };
        let (sent, received) = join(send, receive).await;
        let (are_right, came) = received?;
        let mut bytes = [0; 8];
        match (sent?, are_right, came.as_slice()) {
            (4, true, [out, _into]) if read(out, &mut bytes)? == 7 && bytes.starts_with(b"through") => {}
            _ => return Ok(1),
        }
        let nothing = one.send_descriptors(b"", &[]).await;
        drop(one);
        let end = other.receive_descriptors(&mut bytes, &mut Vec::new()).await;
        Ok(if (nothing, end) == (Err(Errno::INVAL), Ok(0)) { 0 } else { 2 })
    })?
}

/// Files that the kernel keeps at hand serve as the others do, and are closed when they are dropped.
fn kept(reactor: &Reactor) -> Result<i32> {
    let is_kept = reactor.engine() == Engine::Uring;
    let (mut one, mut other) = pair(reactor)?;
    if (one.register(), other.register(), one.register()) != (is_kept, is_kept, is_kept) {
        return Ok(1);
    }
    let status = run(reactor, async |_| {
        let (count, sent) = one.write_owned(b"at hand".to_vec()).await;
        let (came, buffer) = other.read_owned(Vec::with_capacity(64)).await;
        if (count?, came?) != (7, 7) || buffer != sent {
            return Ok(2);
        }
        let (nothing, buffer) = other.read_owned_within(buffer, MILLISECOND).await;
        if nothing != Err(Errno::TIMEDOUT) {
            return Ok(3);
        }
        drop(one);
        Ok::<i32, Errno>(if other.read_owned(buffer).await.0? == 0 { 0 } else { 4 })
    })??;
    drop(other);
    // As many as there are places, and again, since they are free then.
    for _ in 0..2 {
        let mut files = Vec::new();
        for _ in 0..130 {
            let (out, into) = pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK)?;
            files.push(File::from_descriptor(reactor, out)?);
            files.push(File::from_descriptor(reactor, into)?);
        }
        let count = files.iter_mut().map(File::register).filter(|is_kept| *is_kept).count();
        if count != if is_kept { 256 } else { 0 } {
            return Ok(5);
        }
    }
    Ok(status)
}

/// A few buffers for many connections, half of which receive by themselves, and bytes that are sent from where they are.
fn pools(reactor: &Reactor) -> Result<i32> {
    let pool = Pool::new(reactor, 4, 1000)?;
    let listener = Listener::bind(reactor, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), 16)?;
    let address = listener.local_address()?.ok_or(Errno::INVAL)?;
    let bytes: Vec<u8> = (0..200_000).map(|at| byte(at, 9)).collect();
    run(reactor, async |tasks| {
        let mut receivers = Vec::new();
        for number in 0..8 {
            let one = Stream::connect(reactor, &address).await?;
            let (other, _) = listener.accept().await?;
            let (pool, bytes) = (&pool, &bytes);
            tasks.spawn(async move { send_all(&one, bytes.clone()).await })?.detach();
            receivers.push(tasks.spawn(async move {
                let mut chunks = if number % 2 == 0 { Some(other.chunks(pool)?) } else { None };
                let mut at = 0;
                loop {
                    let next = match &mut chunks {
                        Some(chunks) => chunks.next().await,
                        None => other.receive(pool).await,
                    };
                    let chunk = match next {
                        // Others have all the buffers at this moment.
                        Err(Errno::NOBUFS) => {
                            yield_now().await;
                            continue;
                        }
                        chunk => chunk?,
                    };
                    if chunk.is_empty() {
                        return Ok::<_, Errno>(at == bytes.len());
                    }
                    if bytes.get(at..at + chunk.len()) != Some(&*chunk) {
                        return Ok(false);
                    }
                    at += chunk.len();
                    yield_now().await; // with a buffer in hand
                }
            })?);
        }
        let mut all = true;
        for receiver in receivers {
            all &= receiver.await?;
        }
        // A dropped future gives its buffer back.
        let (one, other) = pair(reactor)?;
        for _ in 0..20 {
            let nothing = timeout(reactor, MILLISECOND / 20, other.receive(&pool)).await;
            all &= nothing.map(drop) == Err(Errno::TIMEDOUT);
        }
        one.write_all(b"there").await?;
        let chunks = &*other.receive(&pool).await? == b"there";
        Ok::<i32, Errno>(if all && chunks { 0 } else { 1 })
    })?
}

/// Sends all bytes without a copy, and closes.
async fn send_all(stream: &Stream<'_>, bytes: Vec<u8>) -> Result<()> {
    let (count, mut rest) = stream.write_zero_copy(bytes).await;
    rest.drain(..count?);
    stream.write_all_owned(rest).await.0?;
    stream.shutdown(Shutdown::Write)
}

/// A sandbox that is closed while an operation is with the kernel, and refuses what rings are told by: whoever waits hears so,
/// everything ends, and the next reactor waits with epoll.
fn withdrawn(reactor: &Reactor) -> Result<i32> {
    let (one, other) = pair(reactor)?;
    let ended = run(reactor, async |tasks| {
        tasks.spawn(async { other.read_owned(Vec::with_capacity(64)).await })?.detach();
        sleep(reactor, MILLISECOND).await;
        let mut list = AllowList::new(Refusal::Error(Errno::PERM));
        (0..426).chain(427..470).try_for_each(|number| list.allow(number))?;
        set_no_new_privileges()?;
        set_filter(list.filter())?;
        one.write_all(b"x").await?;
        sleep(reactor, MILLISECOND).await;
        Ok::<(), Errno>(())
    });
    match (reactor.engine(), ended) {
        (Engine::Epoll, Ok(Ok(()))) | (Engine::Uring, Err(Errno::PERM)) => {}
        _ => return Ok(1),
    }
    let asked = Options { engine: Some(Engine::Uring), submit_thread: None };
    if Reactor::new(&asked).err() != Some(Errno::PERM) {
        return Ok(2);
    }
    let next = Reactor::new(&Options::default())?;
    if next.engine() != Engine::Epoll { Ok(3) } else { owned(&next) }
}

/// A sandbox that forbids io_uring, as containers do: who asks for it hears so, and who does not is served by epoll.
fn forbidden(_reactor: &Reactor) -> Result<i32> {
    let mut list = AllowList::new(Refusal::Error(Errno::PERM));
    // The calls of io_uring have the same numbers on all processors, as all later ones have.
    (0..425).chain(428..470).try_for_each(|number| list.allow(number))?;
    set_no_new_privileges()?;
    set_filter(list.filter())?;
    let asked = Options { engine: Some(Engine::Uring), submit_thread: None };
    if Reactor::new(&asked).err() != Some(Errno::PERM) {
        return Ok(1);
    }
    let reactor = Reactor::new(&Options::default())?;
    if reactor.engine() != Engine::Epoll { Ok(2) } else { owned(&reactor) }
}
