//! Threads in the way that its argument names; the status is the number of the check that failed, 0 if none did.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "the thread pointer is looked at by hand")]
#![allow(clippy::panic, reason = "a thread is to panic")]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell, UnsafeCell};
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;

use arch::processor::{self, Area, ELSEWHERE, SIGNATURE, STRIDE, Sequence};
use linux::process::{self, Limit, Resource, prlimit};
use linux::thread::Processors;
use linux::time;
use programs::{Way, checks};
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
    (b"handlers", handlers),
    (b"large", large),
    (b"sequences", sequences),
    (b"counters", counters),
    (b"shelves", shelves),
];

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    programs::check(WAYS, arguments)
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
        return Ok(programs::SKIPPED); // an emulator
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

/// A thread's stack for handlers goes with it, and there is one however often it is asked for.
fn handlers(count: usize) -> linux::Result<i32> {
    use rt::backtrace::on_crash;
    let twice = || on_crash().is_ok() && on_crash().is_ok();
    let run = || thread::spawn(twice).map(JoinHandle::join);
    let first = run()?;
    on_crash()?;
    let before = mapped()?;
    let mut good = on_crash().is_ok();
    for _ in 0..count {
        good &= run()?;
    }
    Ok(checks![first, good, mapped()? == before])
}

/// Of large stacks few are kept.
fn large(_: usize) -> linux::Result<i32> {
    const STACK: usize = 16 << 20;
    let before = mapped()?;
    let mut threads = Vec::new();
    for _ in 0..8 {
        threads.push(Builder::new().stack_size(STACK).spawn(thread::park)?);
    }
    let meanwhile = mapped()?;
    for one in threads {
        one.thread().unpark();
        one.join();
    }
    Ok(checks![meanwhile >= before + 8 * STACK, mapped()? < before + 3 * STACK])
}

/// Words as of three processors.
#[repr(align(128))]
struct Words([usize; 3 * STRIDE / size_of::<usize>()]);

/// The sequences do what they say, on an area that says which processor this is, and are described as the kernel wants it.
fn sequences(_: usize) -> linux::Result<i32> {
    let (area, words) = (Area::new(), UnsafeCell::new(Words([0; 3 * STRIDE / size_of::<usize>()])));
    // SAFETY: nobody else uses area and words; what is pushed are addresses of words that stay.
    let run =
        |sequence: Sequence, what: usize| unsafe { sequence(&raw const area, words.get().addr(), 3, what) };
    let at = |number: usize| {
        // SAFETY: nobody writes meanwhile.
        unsafe { &*words.get() }.0[number * STRIDE / size_of::<usize>()]
    };
    let nodes = [UnsafeCell::new(1_usize), UnsafeCell::new(2)];
    let [one, two] = nodes.each_ref().map(|node| node.get().expose_provenance());
    let _ = words.get().expose_provenance();
    let elsewhere = [processor::add, processor::push, processor::pop].map(|sequence| run(sequence, one));
    area.processor.store(1, Ordering::Relaxed);
    let added = [run(processor::add, 5), run(processor::add, 2), at(0), at(1), at(2)];
    area.processor.store(2, Ordering::Relaxed);
    let pushed = [run(processor::push, one), run(processor::push, two), at(2)];
    let popped = [(); 3].map(|()| run(processor::pop, 0));
    area.processor.store(3, Ordering::Relaxed);
    let beyond = run(processor::pop, 0);
    // Version and flags, start, length, where it begins anew.
    let description = core::ptr::with_exposed_provenance::<[u64; 4]>(area.description());
    // SAFETY: the sequence has stored where it lies.
    let [version, start, length, again] = unsafe { description.read() };
    let mark = core::ptr::with_exposed_provenance::<u32>(again as usize - 4);
    // SAFETY: it lies in the code.
    let mark = unsafe { mark.read_unaligned() };
    Ok(checks![
        elsewhere == [ELSEWHERE; 3],
        added == [0, 0, 0, 7, 0],
        pushed == [0, 0, two],
        popped == [two, one, 0],
        beyond == ELSEWHERE,
        version == 0 && (8..64).contains(&length) && again > start + length,
        mark == SIGNATURE,
        area.restarts.load(Ordering::Relaxed) == 0,
    ])
}

/// Threads and handlers count, while signals and each other come between: nothing is lost, and where the kernel keeps areas it has
/// sequences begin anew.
fn counters(count: usize) -> linux::Result<i32> {
    use linux::signal::{ActionFlags, Interrupt, Interruption, Signal, SignalSet, catch};
    use rt::processor::{self, Counter};
    static COUNT: Counter = Counter::new();
    static FEW: Counter<0> = Counter::new();
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    static DONE: AtomicU32 = AtomicU32::new(0);
    struct Counts;
    impl Interrupt for Counts {
        fn handle(_: &mut Interruption<'_>) {
            SEEN.fetch_add(1, Ordering::Relaxed);
            COUNT.add(1);
        }
    }
    // SAFETY: the handler adds.
    unsafe { catch::<Counts>(Signal::USR1, ActionFlags::RESTART, SignalSet::EMPTY) }?;
    let (own, target) = (process::getpid(), linux::thread::gettid());
    let storm = thread::spawn(move || {
        while DONE.load(Ordering::Acquire) == 0 {
            let _ = linux::thread::tgkill(own, target, Signal::USR1);
            thread::yield_now();
        }
    })?;
    let work = move || {
        for at in 0..count {
            COUNT.add(3);
            FEW.add(1);
            if at % 64 == 0 {
                thread::yield_now();
            }
        }
    };
    let threads: linux::Result<Vec<_>> = (0..4).map(|_| thread::spawn(work)).collect();
    let is_kept = processor::current().is_some();
    let deadline = time::monotonic() + Duration::from_secs(10);
    let mut more = 0;
    while is_kept && processor::restarts() == 0 && time::monotonic() < deadline {
        (0..1000).for_each(|_| COUNT.add(1));
        more += 1000;
    }
    threads?.into_iter().for_each(JoinHandle::join);
    DONE.store(1, Ordering::Release);
    storm.join();
    // The test holds against this what the kernel is known to do.
    let said: &[u8] = if is_kept { b"kept\n" } else { b"refused\n" };
    linux::fs::write_all(linux::fd::STDOUT, said)?;
    let before_6_3 = processor::concurrency().is_none() && processor::node().is_none();
    Ok(checks![
        COUNT.sum() == 4 * 3 * count + more + SEEN.load(Ordering::Relaxed),
        FEW.sum() == 4 * count,
        is_kept == (processor::restarts() != 0),
        before_6_3 || processor::concurrency().is_some_and(|number| number < 6),
    ])
}

/// What lies on a shelf is nobody's, or one thread's; what is left goes with it.
fn shelves(count: usize) -> linux::Result<i32> {
    use rt::processor::{Item, Shelf};
    const ITEMS: usize = 64;
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    struct Marker(Cell<bool>);
    impl Drop for Marker {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let turns = AtomicUsize::new(0);
    let run = |shelf: &Shelf<Marker, 64>| {
        (0..count).all(|at| {
            let Some(item) = shelf.take() else {
                thread::yield_now();
                return true;
            };
            let is_alone = !item.0.replace(true);
            if at % 16 == 0 {
                thread::yield_now();
            }
            item.0.set(false);
            turns.fetch_add(1, Ordering::Relaxed);
            shelf.put(item);
            is_alone
        })
    };
    let (shelf, crowded) = (Shelf::<Marker, 64>::new(), Shelf::<Marker, 0>::new());
    for _ in 0..ITEMS {
        shelf.put(Box::new(Item::new(Marker(Cell::new(false)))));
        crowded.put(Box::new(Item::new(Marker(Cell::new(false)))));
    }
    let good = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| run(&shelf))).collect();
        threads.into_iter().all(|thread| thread.is_ok_and(|thread| thread.join()))
    });
    let first = crowded.take().map(|item| item.into_inner());
    drop((shelf, crowded, first));
    Ok(checks![good, turns.into_inner() > 0, DROPPED.load(Ordering::Relaxed) == 2 * ITEMS])
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
