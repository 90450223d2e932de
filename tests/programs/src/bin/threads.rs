//! Threads in the way that its argument names; the status is the number of the check that failed, 0 if none did.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "the thread pointer is looked at by hand")]
#![allow(clippy::panic, reason = "a thread is to panic")]

extern crate alloc;

use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell, UnsafeCell};
use core::fmt::Write;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;

use linux::process::{self, Limit, Resource, prlimit};
use linux::thread::Processors;
use linux::time;
use programs::Out;
use rt::thread::{self, Builder, JoinHandle};
use rt::{Arguments, Environment};

rt::program!(main);

core::arch::global_asm!(
    ".section .tdata.kept, \"awTR\", %progbits", // initial values, kept though nothing refers to them
    ".balign 64",                                // more than the stack is aligned to
    ".long 3, 1, 4, 1, 5, 9, 2, 6",              // eight words
    ".section .tbss.kept, \"awTR\", %nobits",    // zeros behind them
    ".balign 4",                                 // without a gap
    ".zero 32",                                  // eight words
);

/// A check; it is told how many threads to make.
type Way = fn(usize) -> linux::Result<i32>;

/// What is checked, by the word that asks for it.
const WAYS: &[(&[u8], Way)] = &[
    (b"results", results),
    (b"variables", variables),
    (b"names", names),
    (b"locals", locals),
    (b"parking", parking),
    (b"scopes", scopes),
    (b"borrowed", borrowed),
    (b"processors", processors),
    (b"joined", joined),
    (b"detached", detached),
    (b"refused", refused),
    (b"overflow", overflow),
    (b"panic", panic),
    (b"signals", signals),
];

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let way = arguments.nth(1).map_or(&b""[..], core::ffi::CStr::to_bytes);
    let count = programs::number(arguments.next());
    let Some((_, run)) = WAYS.iter().find(|(name, _)| *name == way) else { return 125 };
    match run(count) {
        Ok(status) => status,
        Err(errno) => {
            let _ = writeln!(Out, "{errno:?}");
            126
        }
    }
}

/// Gives the number of the first check that is false, 0 if all are true.
macro_rules! checks {
    ($($check:expr),+ $(,)?) => {
        [$($check),+].iter().position(|good| !good).map_or(0, |at| at as i32 + 1)
    };
}

fn results(_: usize) -> linux::Result<i32> {
    let large = [7_u64; 1000];
    let sum = thread::spawn(move || large.iter().sum::<u64>())?;
    let array = Builder::new().stack_size(1).spawn(|| [5_u8; 300])?;
    let text = thread::spawn(|| "made there".to_string())?;
    let nothing = thread::spawn(|| ())?;
    let (one, two) = (sum.thread().id(), text.thread().id());
    nothing.join();
    let late = thread::spawn(|| 4)?;
    while !late.is_finished() {
        thread::yield_now();
    }
    Ok(checks![
        sum.join() == 7000,
        array.join() == [5; 300],
        text.join() == "made there",
        late.join() == 4,
        one != two && one != thread::current().id(),
        thread::current().id().get().get() == 1,
    ])
}

/// The variables that the linker laid out: each thread has its own, with the initial values.
fn variables(_: usize) -> linux::Result<i32> {
    fn own() -> (bool, bool) {
        // SAFETY: start-up has set it.
        let pointer = unsafe { arch::thread::pointer() };
        let layout = arch::thread::layout(64, 64);
        let start = pointer + layout.block - layout.pointer;
        let first = core::ptr::with_exposed_provenance_mut::<u32>(start);
        // SAFETY: the block holds sixteen words, which this thread alone uses.
        let words = unsafe { core::slice::from_raw_parts_mut(first, 16) };
        let right = words[..8] == [3, 1, 4, 1, 5, 9, 2, 6] && words[8..] == [0; 8];
        words.fill(7);
        (start.is_multiple_of(64), right)
    }
    let here = own();
    let mut there = Vec::new();
    for _ in 0..20 {
        there.push(thread::spawn(own)?.join());
    }
    let clock = thread::spawn(|| (time::monotonic(), rt::auxv::page_size()))?.join();
    Ok(checks![
        here == (true, true),
        there == [(true, true); 20],
        clock.0 > Duration::ZERO && clock.1 == rt::auxv::page_size(),
    ])
}

fn names(_: usize) -> linux::Result<i32> {
    fn own() -> (Option<alloc::string::String>, bool) {
        let mut buffer = [0; 16];
        let told = process::name(&mut buffer).ok().map(|name| name.to_string_lossy().into_owned());
        let own = thread::current();
        let same = own.name().map(ToString::to_string) == told;
        (told, same || own.name().is_none())
    }
    let named = Builder::new().name("worker").spawn(own)?.join();
    let long = Builder::new().name("twelve bytes\u{20ac}").spawn(own)?.join();
    let cut = Builder::new().name("thirteen byte\u{20ac}").spawn(own)?.join();
    let unnamed = thread::spawn(|| thread::current().name().is_none())?.join();
    Ok(checks![
        named == (Some("worker".into()), true),
        long == (Some("twelve bytes\u{20ac}".into()), true),
        cut == (Some("thirteen byte".into()), true),
        unnamed,
        thread::current().name() == Some("main"),
    ])
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

struct Counted(u32);

impl Drop for Counted {
    fn drop(&mut self) {
        DROPPED.fetch_add(self.0, Ordering::Relaxed);
        if self.0 == 1 {
            // Made by a destructor, dropped after it.
            LATE.with(|late| late.0);
        }
    }
}

rt::thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(5) };
    static LIST: RefCell<Vec<u32>> = RefCell::new(Vec::new());
    static FIRST: Counted = Counted(1);
    static LATE: Counted = Counted(10);
}

fn locals(_: usize) -> linux::Result<i32> {
    fn own() -> (u32, usize, u32) {
        FIRST.with(|_| ());
        COUNT.set(COUNT.get() + 1);
        LIST.with_borrow_mut(|list| list.extend([1, 2, 3]));
        (COUNT.get(), LIST.with_borrow(Vec::len), FIRST.with(|first| first.0))
    }
    let mut all = Vec::new();
    for _ in 0..10 {
        all.push(thread::spawn(own)?.join());
    }
    // Joined threads have dropped theirs.
    let dropped = DROPPED.load(Ordering::Relaxed);
    COUNT.set(9);
    Ok(checks![
        all == [(6, 3, 1); 10],
        dropped == 110,
        own() == (10, 3, 1),
        COUNT.take() == 10,
        COUNT.get() == 0
    ])
}

fn parking(_: usize) -> linux::Result<i32> {
    static TURN: AtomicU32 = AtomicU32::new(0);
    let main = thread::current();
    let other = thread::spawn(move || {
        for turn in 0..1000 {
            while TURN.load(Ordering::Acquire) != 2 * turn + 1 {
                thread::park();
            }
            TURN.store(2 * turn + 2, Ordering::Release);
            main.unpark();
        }
    })?;
    for turn in 0..1000 {
        TURN.store(2 * turn + 1, Ordering::Release);
        other.thread().unpark();
        while TURN.load(Ordering::Acquire) != 2 * turn + 2 {
            thread::park();
        }
    }
    let handle = other.thread();
    other.join();
    // To nobody.
    handle.unpark();
    thread::current().unpark();
    thread::park();
    let before = time::monotonic();
    thread::park_timeout(Duration::from_millis(30));
    let parked = time::monotonic() - before;
    thread::sleep(Duration::from_millis(10));
    let slept = time::monotonic() - before - parked;
    Ok(checks![parked >= Duration::from_millis(30), slept >= Duration::from_millis(10)])
}

fn scopes(_: usize) -> linux::Result<i32> {
    let words = ["one", "two", "three"];
    let mut lengths = [0; 3];
    let counter = AtomicUsize::new(0);
    let first = thread::scope(|scope| {
        for (length, word) in lengths.iter_mut().zip(&words) {
            scope.spawn(|| *length = word.len())?;
        }
        scope.spawn(|| {
            // A thread of the scope starts others.
            for _ in 0..20 {
                let _ = scope.spawn(|| counter.fetch_add(1, Ordering::Relaxed));
            }
        })?;
        Builder::new().name("borrows").spawn_scoped(scope, || &words[0]).map(|handle| *handle.join())
    })?;
    Ok(checks![first == "one", lengths == [3, 3, 5], counter.load(Ordering::Relaxed) == 20])
}

/// Memory for a stack.
struct Stack<const BYTES: usize>(UnsafeCell<[MaybeUninit<u8>; BYTES]>);

// SAFETY: each use of it says that there is no other.
unsafe impl<const BYTES: usize> Sync for Stack<BYTES> {}

impl<const BYTES: usize> Stack<BYTES> {
    const fn new() -> Self {
        Self(UnsafeCell::new([MaybeUninit::uninit(); BYTES]))
    }

    fn get(&self) -> *mut [MaybeUninit<u8>] {
        self.0.get()
    }
}

/// A stack of the caller's, again and again: nothing is mapped for it.
fn borrowed(_: usize) -> linux::Result<i32> {
    static STACK: Stack<{ 64 << 10 }> = Stack::new();
    static SMALL: Stack<100> = Stack::new();
    let before = mapped()?;
    let mut right = 0;
    for turn in 0..100 {
        // SAFETY: the thread that had it before has ended, and its handle is gone.
        let stack = unsafe { &mut *STACK.get() };
        right += Builder::new().spawn_on(stack, move || turn + 1)?.join();
    }
    // SAFETY: nobody else has it.
    let small = unsafe { &mut *SMALL.get() };
    let refused = Builder::new().spawn_on(small, || ()).map(drop);
    Ok(checks![right == 5050, mapped()? == before, refused == Err(linux::Errno::INVAL)])
}

fn processors(_: usize) -> linux::Result<i32> {
    let all = thread::affinity()?;
    let count = thread::available_parallelism()?.get();
    let first = (0..Processors::MOST).find(|number| all.contains(*number)).unwrap_or(0);
    let one = Processors::EMPTY.with(first);
    let inside = thread::spawn(move || {
        thread::set_affinity(&one)?;
        // Inherited.
        let child = thread::spawn(thread::affinity)?.join()?;
        Ok::<_, linux::Errno>((child, thread::available_parallelism()?.get()))
    })?
    .join()?;
    Ok(checks![
        count == all.count() && count > 0,
        inside == (one, 1),
        thread::affinity()? == all,
        thread::set_affinity(&Processors::EMPTY) == Err(linux::Errno::INVAL),
    ])
}

/// Gives the bytes of address space that this process has. An emulator's own memory is not among them in this file, as it
/// is in others.
fn mapped() -> linux::Result<usize> {
    let flags = linux::fs::OpenFlags::READ;
    let file = linux::fs::open(c"/proc/self/maps", flags, linux::fs::Mode::empty())?;
    let mut buffer = [0; 1000];
    let (mut sum, mut number, mut in_range) = (0_usize, 0_usize, true);
    loop {
        let count = linux::fs::read(&file, &mut buffer)?;
        if count == 0 {
            return Ok(sum);
        }
        // Each line begins with "start-end ", and the sum is of ends without starts.
        for &byte in buffer.iter().take(count) {
            match char::from(byte).to_digit(16).filter(|_| in_range) {
                Some(digit) => number = 16 * number + digit as usize,
                None if in_range => {
                    let part = core::mem::take(&mut number);
                    sum = if byte == b'-' { sum.wrapping_sub(part) } else { sum.wrapping_add(part) };
                    in_range = byte == b'-';
                }
                None => in_range = byte == b'\n',
            }
        }
    }
}

/// As many threads as asked, one after the other: afterwards there is as much memory as after the first few.
fn joined(count: usize) -> linux::Result<i32> {
    let run = |count: usize| -> linux::Result<usize> {
        let mut sum = 0;
        for at in 0..count {
            sum += thread::spawn(move || at & 1)?.join();
        }
        Ok(sum)
    };
    // The first few keep some memory.
    let few = burst(40)?;
    run(10)?;
    let before = mapped()?;
    let odd = run(count)?;
    let after = mapped()?;
    Ok(checks![few == 40, odd == count / 2, after == before])
}

/// This many at the same time.
fn burst(count: usize) -> linux::Result<usize> {
    let handles: linux::Result<Vec<JoinHandle<usize>>> = (0..count).map(|_| thread::spawn(|| 1)).collect();
    Ok(handles?.into_iter().map(JoinHandle::join).sum())
}

/// As many threads as asked, for none of which anybody waits; at most some hundreds at a time.
fn detached(count: usize) -> linux::Result<i32> {
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    struct Ends;
    impl Drop for Ends {
        fn drop(&mut self) {
            ENDED.fetch_add(1, Ordering::Release);
        }
    }
    let before = mapped()?;
    let mut started = 0;
    while started < count {
        match thread::spawn(|| Ends) {
            Ok(_) => started += 1,
            Err(linux::Errno::AGAIN | linux::Errno::NOMEM) => thread::yield_now(),
            Err(errno) => return Err(errno),
        }
        while started - ENDED.load(Ordering::Acquire) > 300 {
            thread::yield_now();
        }
    }
    // Those that are kept are all that may stay.
    let most = before + 17 * (3 << 20);
    for _ in 0..2000 {
        if ENDED.load(Ordering::Acquire) == count && mapped()? <= most {
            return Ok(0);
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(checks![ENDED.load(Ordering::Acquire) == count, mapped()? <= most])
}

/// Under limits: refusals are errors, and what was started goes on.
fn refused(_: usize) -> linux::Result<i32> {
    static STOP: AtomicU32 = AtomicU32::new(0);
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let limit = Limit { soft: Some(64 << 20), hard: Some(64 << 20) };
    prlimit(None, Resource::ADDRESS_SPACE, Some(limit))?;
    if prlimit(None, Resource::ADDRESS_SPACE, None) != Ok(limit) {
        return Ok(77); // an emulator
    }
    for _ in 0..3 {
        STOP.store(0, Ordering::Relaxed);
        DROPPED.store(0, Ordering::Relaxed);
        let mut running = Vec::new();
        let errno = loop {
            let token = Dropped;
            let started = thread::spawn(move || {
                let _token = token;
                while STOP.load(Ordering::Acquire) == 0 {
                    thread::sleep(Duration::from_millis(1));
                }
            });
            match started {
                Ok(handle) => running.push(handle),
                Err(errno) => break errno,
            }
        };
        // The refused one's function was dropped.
        let dropped = DROPPED.load(Ordering::Relaxed);
        STOP.store(1, Ordering::Release);
        let count = running.len();
        running.into_iter().for_each(JoinHandle::join);
        let status = checks![
            errno == linux::Errno::NOMEM,
            dropped == 1,
            (10..40).contains(&count),
            DROPPED.load(Ordering::Relaxed) as usize == count + 1,
        ];
        if status != 0 {
            return Ok(status);
        }
    }
    Ok(0)
}

/// Uses up the stack: the guard ends the process.
fn overflow(_: usize) -> linux::Result<i32> {
    fn deeper(depth: usize) -> usize {
        let room = core::hint::black_box([depth as u8; 4000]);
        if depth == usize::MAX { 0 } else { deeper(depth + 1) + usize::from(room[depth % 4000]) }
    }
    let neighbour = thread::spawn(|| thread::sleep(Duration::from_secs(100)))?;
    let depth = Builder::new().stack_size(100 << 10).spawn(|| deeper(core::hint::black_box(0)))?.join();
    drop(neighbour);
    Ok(i32::from(depth == 0))
}

/// One thread panics, named or not, while others do the same.
fn panic(count: usize) -> linux::Result<i32> {
    let name = if count == 0 { Builder::new() } else { Builder::new().name("worker") };
    let handles: linux::Result<Vec<_>> =
        (0..count.max(1)).map(|_| name.spawn(|| panic!("on purpose"))).collect();
    handles?.into_iter().for_each(|handle: JoinHandle<()>| handle.join());
    Ok(1)
}

/// Handlers of signals run while threads come and go.
fn signals(count: usize) -> linux::Result<i32> {
    use linux::signal::{self, Action, ActionFlags, Handler, Signal, SignalSet};
    static SEEN: AtomicU32 = AtomicU32::new(0);
    unsafe extern "C" fn seen(_: core::ffi::c_int) {
        SEEN.fetch_add(1, Ordering::Relaxed);
    }
    let action = Action { handler: Handler::Call(seen), flags: ActionFlags::RESTART, mask: SignalSet::EMPTY };
    // SAFETY: the handler only counts.
    unsafe { signal::sigaction(Signal::USR1, action) }?;
    let own = process::getpid();
    static DONE: AtomicU32 = AtomicU32::new(0);
    let storm = thread::spawn(move || {
        while DONE.load(Ordering::Acquire) == 0 {
            let _ = process::kill(own, Some(Signal::USR1));
        }
    })?;
    for _ in 0..count {
        burst(3)?;
        drop(thread::spawn(|| ())?);
    }
    DONE.store(1, Ordering::Release);
    storm.join();
    Ok(checks![SEEN.load(Ordering::Relaxed) > 0])
}
