//! The words of locks and signs in every order of steps of two and three threads.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use linux::time::Timespec;

use super::condvar::RawCondvar;
use super::model::{Case, ModelWord, explore};
use super::mutex::RawMutex;
use super::once::RawOnce;
use super::parker::Parker;
use super::rwlock::RawRwLock;
use super::semaphore::RawSemaphore;
use super::word::Word;

/// Adds one in two steps, which is lost unless nobody else is at it.
fn add_one(word: ModelWord) {
    let value = word.load(Relaxed);
    word.swap(value + 1, Relaxed);
}

/// Some time; it comes when the explorer says so.
const LATER: Option<Timespec> = Some(Timespec { seconds: 1, nanoseconds: 0 });

#[test]
fn a_mutex_lets_one_in_and_forgets_nobody() {
    for (threads, turns, spurious) in [(2, 2, false), (3, 1, false), (2, 1, true)] {
        let tried = explore(|case| {
            let (lock, data) = (Arc::new(RawMutex::on(case.word(0))), case.word(0));
            for _ in 0..threads {
                let lock = Arc::clone(&lock);
                case.thread(move || {
                    for _ in 0..turns {
                        lock.lock();
                        add_one(data);
                        lock.unlock();
                    }
                });
            }
            if spurious {
                case.spurious();
            }
            case.end(move || assert_eq!(data.peek(), threads * turns));
        });
        assert!(tried.states > 30, "{tried:?}");
    }
}

#[test]
fn a_try_is_never_wrong() {
    explore(|case| {
        let (word, data) = (case.word(0), case.word(0));
        let lock = Arc::new(RawMutex::on(word));
        let other = Arc::clone(&lock);
        case.thread(move || {
            lock.lock();
            add_one(data);
            lock.unlock();
        });
        case.thread(move || {
            if other.try_lock() {
                add_one(data);
                other.unlock();
            }
        });
        case.end(move || assert!((1..=2).contains(&data.peek()) && word.peek() == 0));
    });
}

/// Readers and writers, who look whether somebody is inside that must not be.
fn read_write(case: &mut Case, readers: usize, writers: usize) {
    let (state, turns, data) = (case.word(0), case.word(0), case.word(0));
    let lock = Arc::new(RawRwLock::on(state, turns));
    let inside = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
    for _ in 0..writers {
        let (lock, inside) = (Arc::clone(&lock), Arc::clone(&inside));
        case.thread(move || {
            lock.write();
            assert_eq!((inside.0.load(Relaxed), inside.1.fetch_add(1, Relaxed)), (0, 0));
            data.load(Relaxed);
            inside.1.fetch_sub(1, Relaxed);
            lock.end_write();
        });
    }
    for _ in 0..readers {
        let (lock, inside) = (Arc::clone(&lock), Arc::clone(&inside));
        case.thread(move || {
            lock.read();
            inside.0.fetch_add(1, Relaxed);
            assert_eq!(inside.1.load(Relaxed), 0);
            data.load(Relaxed);
            inside.0.fetch_sub(1, Relaxed);
            lock.end_read();
        });
    }
    case.end(move || assert_eq!(state.peek() << 2, 0));
}

#[test]
fn a_lock_for_readers_and_writers_forgets_nobody() {
    explore(|case| read_write(case, 1, 1));
    explore(|case| {
        read_write(case, 1, 1);
        case.spurious();
    });
    for (readers, writers) in [(2, 1), (1, 2)] {
        let tried = explore(|case| {
            read_write(case, readers, writers);
            case.preemptions(2);
        });
        assert!(tried.states > 500, "{tried:?}");
    }
}

#[test]
fn readers_read_together() {
    // Each reads until the other one does, too: with one at a time they would wait for ever.
    explore(|case| {
        let lock = Arc::new(RawRwLock::on(case.word(0), case.word(0)));
        let inside = case.word(0);
        for _ in 0..2 {
            let lock = Arc::clone(&lock);
            case.thread(move || {
                lock.read();
                if inside.add(1, Relaxed) == 0 {
                    inside.wait(1, None);
                } else {
                    inside.wake(1);
                }
                lock.end_read();
            });
        }
    });
}

#[test]
fn what_is_said_of_a_condition_is_heard() {
    for waiting in 1..=2 {
        let tried = explore(|case| {
            let (lock, condition) =
                (Arc::new(RawMutex::on(case.word(0))), Arc::new(RawCondvar::on(case.word(0))));
            let ready = case.word(0);
            for _ in 0..waiting {
                let (lock, condition) = (Arc::clone(&lock), Arc::clone(&condition));
                case.thread(move || {
                    lock.lock();
                    while ready.load(Relaxed) == 0 {
                        condition.wait(&lock, None);
                    }
                    ready.add(u32::MAX, Relaxed);
                    lock.unlock();
                });
            }
            case.thread(move || {
                lock.lock();
                ready.add(waiting, Relaxed);
                lock.unlock();
                condition.notify(if waiting == 1 { 1 } else { u32::MAX });
            });
            if waiting == 2 {
                case.preemptions(2);
            }
            case.end(move || assert_eq!(ready.peek(), 0));
        });
        assert!(tried.states > 100, "{tried:?}");
    }
}

#[test]
fn a_wait_with_a_limit_ends_and_has_the_lock() {
    explore(|case| {
        let (lock, condition) =
            (Arc::new(RawMutex::on(case.word(0))), Arc::new(RawCondvar::on(case.word(0))));
        let data = case.word(0);
        for _ in 0..2 {
            let (lock, condition) = (Arc::clone(&lock), Arc::clone(&condition));
            case.thread(move || {
                lock.lock();
                condition.wait(&lock, LATER);
                add_one(data);
                lock.unlock();
            });
        }
        case.end(move || assert_eq!(data.peek(), 2));
    });
}

#[test]
fn what_happens_once_is_seen_by_all() {
    explore(|case| {
        let (once, data) = (Arc::new(RawOnce::on(case.word(0))), case.word(0));
        for _ in 0..3 {
            let once = Arc::clone(&once);
            case.thread(move || {
                let done: Result<(), ()> = once.call(|| {
                    add_one(data);
                    Ok(())
                });
                assert_eq!((done, data.load(Relaxed)), (Ok(()), 1));
            });
        }
    });
}

#[test]
fn who_fails_leaves_it_to_the_next() {
    explore(|case| {
        let (once, tries) = (Arc::new(RawOnce::on(case.word(0))), case.word(0));
        for _ in 0..3 {
            let once = Arc::clone(&once);
            case.thread(move || {
                let _ = once.call(|| if tries.add(1, Relaxed) == 0 { Err(()) } else { Ok(()) });
            });
        }
        case.end(move || assert_eq!(tries.peek(), 2));
    });
}

#[test]
fn a_sign_to_a_parked_thread_is_kept() {
    for signs in 1..=2 {
        explore(|case| {
            let (parker, said) = (Arc::new(Parker::on(case.word(0))), case.word(0));
            let own = Arc::clone(&parker);
            case.thread(move || {
                while said.load(Relaxed) < signs {
                    own.park();
                }
            });
            for _ in 0..signs {
                let parker = Arc::clone(&parker);
                case.thread(move || {
                    said.add(1, Relaxed);
                    parker.unpark();
                });
            }
        });
    }
    explore(|case| {
        let parker = Arc::new(Parker::on(case.word(0)));
        let own = Arc::clone(&parker);
        case.thread(move || own.park_until(LATER));
        case.thread(move || parker.unpark());
    });
}

#[test]
fn permits_are_neither_lost_nor_made() {
    for (permits, releases, takers) in [(0, 2, 2), (1, 1, 2), (2, 0, 2)] {
        explore(|case| {
            let word = case.word(permits);
            let semaphore = Arc::new(RawSemaphore::on(word, case.word(0)));
            for _ in 0..takers {
                let semaphore = Arc::clone(&semaphore);
                case.thread(move || assert!(semaphore.acquire(None)));
            }
            if releases > 0 {
                case.thread(move || (0..releases).for_each(|_| semaphore.release(1)));
            }
            case.end(move || assert_eq!(word.peek(), 0));
        });
    }
    explore(|case| {
        let word = case.word(0);
        let (semaphore, got) = (Arc::new(RawSemaphore::on(word, case.word(0))), case.word(0));
        for _ in 0..2 {
            let semaphore = Arc::clone(&semaphore);
            case.thread(move || {
                got.add(u32::from(semaphore.acquire(LATER)), Relaxed);
            });
        }
        case.thread(move || semaphore.release(1));
        case.end(move || assert_eq!(word.peek() + got.peek(), 1));
    });
}
