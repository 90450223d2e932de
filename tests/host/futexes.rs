//! Waiting on words, words that say who holds them, and barriers for all who run.

use crate::emulator::{is_missing, lacks};
use linux::Errno;
use linux::futex::{
    DIED, OWNER, RobustLink, RobustList, Sharing, WAITERS, Waiter, lock_pi, lock_pi_until, move_waiters,
    requeue, try_lock_pi, unlock_pi, wait, wait_any, wait_bits, wake, wake_bits,
};
use linux::thread::{Barriers, barriers, gettid, membarrier};
use linux::time::{Clock, Timespec, clock_gettime};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const PRIVATE: Sharing = Sharing::Private;

fn soon() -> Timespec {
    Timespec::from(clock_gettime(Clock::MONOTONIC).unwrap().since_zero() + Duration::from_millis(10))
}

#[test]
fn one_of_several_words_wakes() {
    let words = [const { AtomicU32::new(7) }; 3];
    let waiters = words.each_ref().map(|word| Waiter::new(word, 7, PRIVATE));
    match wait_any(&waiters, Some(soon())) {
        Err(Errno::NOSYS) if lacks("futex_waitv") => return,
        answer => assert_eq!(answer, Err(Errno::TIMEDOUT)),
    }
    let stale = [waiters[0], Waiter::new(&words[1], 8, PRIVATE)];
    assert_eq!(wait_any(&stale, None), Err(Errno::AGAIN));
    assert_eq!(wait_any(&[], None), Err(Errno::INVAL));
    thread::scope(|scope| {
        let woken = scope.spawn(|| wait_any(&waiters, None));
        while wake(&raw const words[2], 1, PRIVATE) == Ok(0) {
            thread::yield_now();
        }
        assert_eq!(woken.join().unwrap(), Ok(2));
    });
}

#[test]
fn those_who_wait_move_to_another_word() {
    let [from, to] = [const { AtomicU32::new(1) }; 2];
    assert_eq!(requeue(&from, 2, 0, &raw const to, 9, PRIVATE), Err(Errno::AGAIN));
    thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&from, 1, PRIVATE, None));
        while requeue(&from, 1, 0, &raw const to, 9, PRIVATE) == Ok(0) {
            thread::yield_now();
        }
        assert_eq!(wake(&raw const from, 9, PRIVATE), Ok(0));
        assert_eq!(wake(&raw const to, 9, PRIVATE), Ok(1));
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_lock_that_names_its_holder_goes_from_hand_to_hand() {
    let word = AtomicU32::new(0);
    let own = || gettid().get().cast_unsigned();
    match lock_pi(&word, PRIVATE) {
        Err(Errno::NOSYS) if lacks("FUTEX_LOCK_PI") => return,
        answer => assert_eq!(answer, Ok(())),
    }
    assert_eq!(word.load(Ordering::Relaxed) & OWNER, own());
    assert_eq!(lock_pi(&word, PRIVATE), Err(Errno::DEADLK));
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            assert_eq!(try_lock_pi(&word, PRIVATE), Err(Errno::AGAIN));
            assert_eq!(unlock_pi(&word, PRIVATE), Err(Errno::PERM));
            let timed = lock_pi_until(&word, PRIVATE, soon());
            // Linux 5.14 and later.
            assert!([Err(Errno::TIMEDOUT), Err(Errno::NOSYS)].contains(&timed), "{timed:?}");
            lock_pi(&word, PRIVATE).unwrap();
            assert_eq!(word.load(Ordering::Relaxed) & OWNER, own());
            unlock_pi(&word, PRIVATE)
        });
        while word.load(Ordering::Relaxed) & WAITERS == 0 || !other.is_finished() {
            if word.load(Ordering::Relaxed) & WAITERS != 0 && word.load(Ordering::Relaxed) & OWNER == own() {
                // It waits, perhaps for 10 ms alone: then the next one waits for good.
                thread::sleep(Duration::from_millis(30));
                unlock_pi(&word, PRIVATE).unwrap();
                break;
            }
            thread::yield_now();
        }
        assert_eq!(other.join().unwrap(), Ok(()));
    });
    assert_eq!(word.load(Ordering::Relaxed), 0);
}

#[test]
fn the_kernel_opens_what_a_dead_thread_held() {
    let (links, free) = (pin!([const { RobustLink::new() }; 3]), pin!(RobustLink::new()));
    let links = links.into_ref();
    let entered = thread::scope(|scope| {
        let holder = scope.spawn(|| {
            // Stays: the kernel reads it after the thread's last instruction.
            let list = Pin::static_ref(Box::leak(Box::new(RobustList::new())));
            // SAFETY: it stays, and only this thread uses it; the C library's own list is not used by this program.
            unsafe { list.enter() }?;
            let own = gettid().get().cast_unsigned();
            for link in links.get_ref() {
                // SAFETY: the links are pinned as a whole.
                let link = unsafe { Pin::new_unchecked(link) };
                link.word.store(own, Ordering::Relaxed);
                // SAFETY: the list was entered, and the link stays.
                unsafe { list.put(link) };
            }
            // SAFETY: the links are pinned as a whole.
            let second = unsafe { Pin::new_unchecked(&links.get_ref()[1]) };
            // SAFETY: it was put there.
            unsafe { list.take(second) };
            free.word.store(own, Ordering::Relaxed);
            // SAFETY: the link is pinned until the thread has ended.
            unsafe { list.set_pending(Some(free.as_ref())) };
            Ok(())
        });
        holder.join().unwrap()
    });
    match entered {
        Err(Errno::NOSYS) if lacks("set_robust_list") => return,
        answer => assert_eq!(answer, Ok(())),
    }
    // A thread is joined a little before the kernel is through with it.
    let died = |link: &RobustLink| {
        (0..1000).any(|_| {
            thread::sleep(Duration::from_millis(1));
            link.word.load(Ordering::Relaxed) == DIED
        })
    };
    assert!(died(&links.get_ref()[0]) && died(&links.get_ref()[2]) && died(&free));
    assert_ne!(links.get_ref()[1].word.load(Ordering::Relaxed) & OWNER, 0, "it was no longer on the list");
}

#[test]
fn others_pass_a_barrier() {
    let there = match barriers() {
        Err(Errno::NOSYS) if lacks("membarrier") => return,
        answer => answer.unwrap(),
    };
    if !there.contains(Barriers::PRIVATE_EXPEDITED) {
        assert!(there.contains(Barriers::GLOBAL) || lacks("membarrier's commands"));
        return;
    }
    assert_eq!(membarrier(Barriers::PRIVATE_EXPEDITED), Err(Errno::PERM), "nobody has registered");
    membarrier(Barriers::REGISTER_PRIVATE_EXPEDITED).unwrap();
    membarrier(Barriers::PRIVATE_EXPEDITED).unwrap();
    assert_eq!(membarrier(Barriers::from_bits_retain(3)), Err(Errno::INVAL), "two at once");
}

#[test]
fn calls_of_their_own_wait_wake_and_move() {
    const BITS: u32 = 0b10;
    let [from, to] = [const { AtomicU32::new(1) }; 2];
    if is_missing(&wake_bits(&raw const from, BITS, 1, PRIVATE), "futex_wake") {
        return;
    }
    assert_eq!(wait_bits(&from, 2, BITS, PRIVATE, None), Err(Errno::AGAIN));
    let end = Some((Clock::MONOTONIC, soon()));
    assert_eq!(wait_bits(&from, 1, BITS, PRIVATE, end), Err(Errno::TIMEDOUT));
    assert_eq!(move_waiters(&from, 2, 0, &to, 9, PRIVATE), Err(Errno::AGAIN));
    thread::scope(|scope| {
        let waiter = scope.spawn(|| wait_bits(&from, 1, BITS, PRIVATE, None));
        while move_waiters(&from, 1, 0, &to, 9, PRIVATE) == Ok(0) {
            thread::yield_now();
        }
        assert_eq!(wake_bits(&raw const to, 0b01, 9, PRIVATE), Ok(0), "it waits for another bit");
        assert_eq!(wake_bits(&raw const to, BITS, 9, PRIVATE), Ok(1));
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}
