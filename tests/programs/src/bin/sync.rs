//! Threads that wait for each other in the way that its argument names; the status is the number of the check that failed.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use linux::Result;
use linux::time::monotonic;
use programs::{Way, checks};
use spelunk::sync::mpmc::{self, RecvError, RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError};
use spelunk::sync::{
    Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, Parker, RwLock, Semaphore, mpsc,
};
use spelunk::thread::{self, JoinHandle};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

const WAYS: &[(&[u8], Way)] = &[
    (b"mutex", mutex),
    (b"rwlock", rwlock),
    (b"condvar", condvar),
    (b"once", once),
    (b"barrier", barrier),
    (b"semaphore", semaphore),
    (b"parker", parker),
    (b"heap", heap),
    (b"many", many),
    (b"bounded", bounded),
    (b"ends", ends),
    (b"limits", limits),
];

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    programs::check(WAYS, arguments)
}

/// Runs this in some threads, which are told their numbers.
fn together<T: Send + 'static>(
    threads: usize,
    body: impl Fn(usize) -> T + Send + Sync + 'static,
) -> Result<Vec<T>> {
    let body = Arc::new(body);
    let handles: Result<Vec<JoinHandle<T>>> = (0..threads)
        .map(|number| {
            let body = Arc::clone(&body);
            thread::spawn(move || body(number))
        })
        .collect();
    Ok(handles?.into_iter().map(JoinHandle::join).collect())
}

fn mutex(count: usize) -> Result<i32> {
    static SUM: Mutex<usize> = Mutex::new(0);
    together(4, move |_| (0..count).for_each(|_| *SUM.lock() += 1))?;
    let guard = SUM.lock();
    let busy = thread::spawn(|| SUM.try_lock().is_none())?.join();
    let sum = *guard;
    drop(guard);
    Ok(checks![sum == 4 * count, busy, SUM.try_lock().is_some()])
}

fn rwlock(count: usize) -> Result<i32> {
    static PAIR: RwLock<(usize, usize)> = RwLock::new((0, 0));
    let read = together(4, move |number| {
        let mut same = true;
        for turn in 0..count {
            if (turn + number) % 4 == 0 {
                let mut pair = PAIR.write();
                pair.0 += 1;
                pair.1 += 1;
            } else {
                let pair = PAIR.read();
                same &= pair.0 == pair.1;
            }
        }
        same
    })?;
    let two = (PAIR.read(), PAIR.read());
    let refused = PAIR.try_write().is_none() && PAIR.try_read().is_some();
    drop(two);
    let writer = PAIR.try_write();
    let alone = PAIR.try_read().is_none();
    drop(writer);
    Ok(checks![read == [true; 4], PAIR.read().0 == count / 4 * 4, refused, alone])
}

fn condvar(count: usize) -> Result<i32> {
    static TURN: Mutex<usize> = Mutex::new(0);
    static NEXT: Condvar = Condvar::new();
    together(3, move |number| {
        for round in 0..count {
            let mut turn = NEXT.wait_while(TURN.lock(), |turn| *turn != 3 * round + number);
            *turn += 1;
            drop(turn);
            NEXT.notify_all();
        }
    })?;
    let before = monotonic();
    let (guard, result) = NEXT.wait_timeout_while(TURN.lock(), Duration::from_millis(20), |_| true);
    let waited = monotonic() - before;
    Ok(checks![*guard == 3 * count, result.timed_out(), waited >= Duration::from_millis(20)])
}

fn once(count: usize) -> Result<i32> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static LAZY: LazyLock<u32> = LazyLock::new(|| {
        thread::sleep(Duration::from_millis(20));
        MADE.fetch_add(1, Ordering::Relaxed) + 41
    });
    let lazy = together(4, |_| *LAZY)?;
    for _ in 0..count {
        let (cell, once, ran) =
            (Arc::new(OnceLock::new()), Arc::new(Once::new()), Arc::new(AtomicU32::new(0)));
        let (other, counter) = (Arc::clone(&cell), Arc::clone(&ran));
        let seen = together(3, move |number| {
            once.call_once(|| {
                counter.fetch_add(1, Ordering::Relaxed);
            });
            let value = *other.get_or_init(|| number);
            (value, once.is_completed(), other.set(9) == Err(9))
        })?;
        let value = cell.get().copied();
        if seen.iter().any(|(own, done, refused)| Some(*own) != value || !done || !refused) {
            return Ok(50);
        }
        if ran.load(Ordering::Relaxed) != 1 {
            return Ok(51);
        }
    }
    let mut cell = OnceLock::new();
    let unset = cell.get().is_none();
    let set = cell.set(alloc::boxed::Box::new(5));
    let taken = cell.take();
    Ok(checks![lazy == [41; 4], unset && set.is_ok(), taken.as_deref() == Some(&5), cell.get().is_none()])
}

fn barrier(count: usize) -> Result<i32> {
    static BARRIER: Barrier = Barrier::new(3);
    static THERE: AtomicU32 = AtomicU32::new(0);
    let leaders = together(3, move |_| {
        let mut leads = 0;
        for round in 1..=count {
            THERE.fetch_add(1, Ordering::Relaxed);
            leads += usize::from(BARRIER.wait().is_leader());
            if THERE.load(Ordering::Relaxed) < 3 * round as u32 {
                return usize::MAX;
            }
            BARRIER.wait();
        }
        leads
    })?;
    Ok(checks![leaders.iter().all(|leads| *leads <= count), leaders.iter().sum::<usize>() == count])
}

fn semaphore(count: usize) -> Result<i32> {
    static PERMITS: Semaphore = Semaphore::new(2);
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    let most = together(4, move |_| {
        let mut most = 0;
        for _ in 0..count {
            PERMITS.acquire();
            most = most.max(INSIDE.fetch_add(1, Ordering::Relaxed) + 1);
            INSIDE.fetch_sub(1, Ordering::Relaxed);
            PERMITS.release(1);
        }
        most
    })?;
    let taken = PERMITS.try_acquire() && PERMITS.try_acquire() && !PERMITS.try_acquire();
    let late = PERMITS.acquire_timeout(Duration::from_millis(10));
    Ok(checks![most.iter().all(|most| (1..=2).contains(most)), taken, !late])
}

fn parker(count: usize) -> Result<i32> {
    static PLACES: [Parker; 2] = [const { Parker::new() }; 2];
    PLACES[0].unpark();
    together(2, move |number| {
        for _ in 0..count {
            PLACES[number].park();
            PLACES[1 - number].unpark();
        }
    })?;
    PLACES[0].unpark();
    PLACES[0].unpark();
    PLACES[0].park();
    let before = monotonic();
    PLACES[0].park_timeout(Duration::from_millis(10));
    Ok(checks![monotonic() - before >= Duration::from_millis(10)])
}

/// All threads allocate at once.
fn heap(count: usize) -> Result<i32> {
    let right = together(4, move |number| {
        let mut blocks: Vec<Vec<u8>> = Vec::new();
        for turn in 0..count {
            let size = (turn * 37 + number * 11) % 3000 + 1;
            blocks.push(alloc::vec![(turn + number) as u8; size]);
            if blocks.len() > 50 {
                let block = blocks.swap_remove(turn % 50);
                if block.iter().any(|byte| *byte != block[0]) {
                    return false;
                }
            }
        }
        true
    })?;
    Ok(checks![right == [true; 4]])
}

/// Senders and receivers: each thing comes once, those of one sender to one receiver in their order.
fn many(count: usize) -> Result<i32> {
    for bound in [None, Some(0), Some(1), Some(10)] {
        let (sender, receiver) = match bound {
            None => mpmc::channel(),
            Some(bound) => mpmc::sync_channel(bound),
        };
        let receivers: Result<Vec<_>> = (0..2)
            .map(|_| {
                let receiver = receiver.clone();
                thread::spawn(move || receiver.iter().collect::<Vec<(usize, usize)>>())
            })
            .collect();
        drop(receiver);
        together(2, move |number| (0..count).all(|at| sender.clone().send((number, at)).is_ok()))?;
        let received: Vec<_> = receivers?.into_iter().map(JoinHandle::join).collect();
        let ordered = received
            .iter()
            .all(|list| (0..2).all(|number| list.iter().filter(|(from, _)| *from == number).is_sorted()));
        let mut all: Vec<_> = received.concat();
        all.sort_unstable();
        let whole = all.iter().copied().eq((0..2).flat_map(|number| (0..count).map(move |at| (number, at))));
        if !ordered || !whole {
            return Ok(1 + bound.map_or(0, |bound| bound as i32 + 1));
        }
    }
    Ok(0)
}

fn bounded(_: usize) -> Result<i32> {
    let (sender, receiver) = mpsc::sync_channel(2);
    let filled = sender.send(1).is_ok() && sender.try_send(2).is_ok();
    let full = sender.try_send(3) == Err(TrySendError::Full(3));
    let late = sender.send_timeout(3, Duration::from_millis(10)) == Err(SendTimeoutError::Timeout(3));
    let waiting = thread::spawn(move || sender.send(3).is_ok())?;
    thread::sleep(Duration::from_millis(10));
    let waits = !waiting.is_finished();
    let first = receiver.recv();
    let sent = waiting.join();
    let rest: Vec<i32> = receiver.try_iter().collect();
    let (nobody, none) = mpmc::sync_channel(0);
    let refused = nobody.try_send(1) == Err(TrySendError::Full(1))
        && nobody.send_timeout(2, Duration::from_millis(10)) == Err(SendTimeoutError::Timeout(2))
        && none.try_recv() == Err(TryRecvError::Empty);
    let taker = thread::spawn(move || none.recv())?;
    let mut tries = 0;
    while nobody.try_send(7).is_err() && tries < 1000 {
        tries += 1;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(checks![
        filled,
        full,
        late,
        waits,
        first == Ok(1),
        sent,
        rest == [2, 3],
        refused,
        taker.join() == Ok(7)
    ])
}

/// What is there comes; after that everybody hears that there is nobody at the other end.
fn ends(_: usize) -> Result<i32> {
    let (sender, receiver) = mpsc::channel();
    let more = sender.clone();
    let sent = sender.send(1).is_ok() && more.send(2).is_ok();
    drop((sender, more));
    let last = [receiver.recv(), receiver.recv(), receiver.recv()];
    let (sender, receiver) = mpmc::sync_channel(1);
    let thing = Arc::new(());
    let kept = sender.send(Arc::clone(&thing)).is_ok();
    let blocked = {
        let (sender, thing) = (sender.clone(), Arc::clone(&thing));
        thread::spawn(move || sender.send(thing).is_err())?
    };
    let (own, other) = mpsc::channel::<()>();
    let asleep = thread::spawn(move || other.recv())?;
    thread::sleep(Duration::from_millis(10));
    drop((receiver, own));
    let woken = blocked.join();
    Ok(checks![
        sent && last == [Ok(1), Ok(2), Err(RecvError)],
        kept && woken,
        asleep.join() == Err(RecvError),
        sender
            .try_send(Arc::clone(&thing))
            .is_err_and(|error| matches!(error, TrySendError::Disconnected(_))),
        Arc::strong_count(&thing) == 1,
    ])
}

fn limits(_: usize) -> Result<i32> {
    let (sender, receiver) = mpsc::channel::<u8>();
    let before = monotonic();
    let late = receiver.recv_timeout(Duration::from_millis(20));
    let waited = monotonic() - before;
    let slow = thread::spawn(move || {
        thread::sleep(Duration::from_millis(10));
        sender.send(3).is_ok()
    })?;
    let came = receiver.recv_timeout(Duration::from_secs(60));
    slow.join();
    Ok(checks![
        late == Err(RecvTimeoutError::Timeout),
        waited >= Duration::from_millis(20),
        came == Ok(3),
        receiver.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Disconnected),
        receiver.try_recv() == Err(TryRecvError::Disconnected),
    ])
}
