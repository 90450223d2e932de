//! Tasks: results, ends, wakers of other threads, and memory of their own.

use super::*;
use crate::{Options, interval, sleep, timeout};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::Waker;
use std::time::Instant;

fn reactor() -> Reactor {
    Reactor::new(&Options::default()).unwrap()
}

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn results_come_back_and_may_borrow() {
    let reactor = reactor();
    let words = ["a".to_owned(), "b".to_owned()];
    let joined = run(&reactor, async |tasks| {
        let handles: Vec<_> = words
            .iter()
            .map(|word| {
                tasks
                    .spawn(async {
                        yield_now().await;
                        word.as_str()
                    })
                    .unwrap()
            })
            .collect();
        let mut all = String::new();
        for handle in handles {
            all += handle.await;
        }
        all
    });
    assert_eq!(joined.unwrap(), "ab");
}

#[test]
fn tasks_run_in_the_order_in_which_they_became_due() {
    let reactor = reactor();
    let seen = RefCell::new(Vec::new());
    run(&reactor, async |tasks| {
        for number in 0..5 {
            let seen = &seen;
            tasks
                .spawn(async move {
                    seen.borrow_mut().push(number);
                    yield_now().await;
                    seen.borrow_mut().push(number + 10);
                })
                .unwrap()
                .detach();
        }
        yield_now().await;
        yield_now().await;
    })
    .unwrap();
    assert_eq!(*seen.borrow(), [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
}

#[test]
fn a_panic_ends_all_tasks() {
    let reactor = reactor();
    let alive = Rc::new(());
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run(&reactor, async |tasks| {
            for number in 0..3 {
                let held = alive.clone();
                let panics = async move {
                    yield_now().await;
                    assert_ne!(number, 1);
                    core::future::pending::<()>().await;
                    drop(held);
                };
                tasks.spawn(panics).unwrap().detach();
            }
            core::future::pending::<()>().await;
        })
    }));
    assert!(ended.is_err());
    assert_eq!(Rc::strong_count(&alive), 1);
    assert_eq!(run(&reactor, async |_| 7), Ok(7));
}

#[test]
fn a_dropped_handle_ends_the_task_at_once_and_a_detached_one_does_not() {
    let reactor = reactor();
    let (alive, ended) = (Rc::new(()), Cell::new(false));
    run(&reactor, async |tasks| {
        let held = alive.clone();
        let handle = tasks
            .spawn(async move {
                core::future::pending::<()>().await;
                drop(held)
            })
            .unwrap();
        yield_now().await;
        assert_eq!(Rc::strong_count(&alive), 2);
        drop(handle);
        assert_eq!(Rc::strong_count(&alive), 1);
        tasks
            .spawn(async {
                yield_now().await;
                ended.set(true)
            })
            .unwrap()
            .detach();
        while !ended.get() {
            yield_now().await;
        }
    })
    .unwrap();
}

#[test]
fn a_task_that_drops_its_own_handle_ends_when_it_comes_back() {
    let reactor = reactor();
    let alive = Rc::new(());
    run(&reactor, async |tasks| {
        let held = alive.clone();
        let place = Rc::new(RefCell::new(None));
        let theirs = place.clone();
        let own = async move {
            drop(theirs.borrow_mut().take());
            core::future::pending::<()>().await;
            drop(held);
        };
        *place.borrow_mut() = Some(tasks.spawn(own).unwrap());
        yield_now().await;
        assert_eq!(Rc::strong_count(&alive), 1);
    })
    .unwrap();
}

#[test]
fn the_end_of_the_first_future_ends_all() {
    let reactor = reactor();
    let alive = Rc::new(());
    run(&reactor, async |tasks| {
        for _ in 0..3 {
            let held = alive.clone();
            tasks
                .spawn(async move {
                    core::future::pending::<()>().await;
                    drop(held)
                })
                .unwrap()
                .detach();
        }
        yield_now().await;
        assert_eq!(Rc::strong_count(&alive), 4);
    })
    .unwrap();
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn another_thread_wakes_and_may_keep_the_waker_longer_than_the_executor_lives() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = std::thread::spawn(move || {
        let mut kept = Vec::new();
        for waker in receiver {
            std::thread::sleep(MILLISECOND);
            waker.wake_by_ref();
            kept.push(waker);
        }
        kept
    });
    let reactor = reactor();
    for _ in 0..20 {
        let woken = run(&reactor, async |tasks| {
            let (is_first, sender) = (Cell::new(true), &sender);
            let send = move |context: &mut Context<'_>| {
                if is_first.replace(false) {
                    sender.send(context.waker().clone()).unwrap();
                    return Poll::Pending;
                }
                Poll::Ready(7)
            };
            tasks.spawn(core::future::poll_fn(send)).unwrap().await
        });
        assert_eq!(woken.unwrap(), 7);
    }
    drop(sender);
    for waker in other.join().unwrap() {
        waker.wake();
    }
}

#[test]
fn an_arena_holds_so_many_tasks_and_the_heap_is_not_asked() {
    static ROOM: Arena<256, 3> = Arena::new();
    let reactor = reactor();
    for _ in 0..3 {
        let sum = run_in(&ROOM, &reactor, async |tasks| {
            let make = |number: u32| {
                tasks.spawn(async move {
                    yield_now().await;
                    number
                })
            };
            let (one, two, three) = (make(1).unwrap(), make(2).unwrap(), make(3).unwrap());
            assert_eq!(make(4).err(), Some(Errno::NOMEM));
            assert_eq!(tasks.spawn(async { [0_u8; 300] }).err(), Some(Errno::NOMEM));
            drop(one);
            yield_now().await; // it was due: its memory is free when its turn comes
            let four = make(4).unwrap();
            two.await + three.await + four.await
        });
        assert_eq!((sum, ROOM.free()), (Ok(9), 3));
    }
}

#[test]
fn one_executor_runs_on_a_reactor_at_a_time() {
    let reactor = reactor();
    let inner = run(&reactor, async |_| run(&reactor, async |_| 1));
    assert_eq!(inner, Ok(Err(Errno::BUSY)));
    assert_eq!(run(&reactor, async |_| 2), Ok(2));
}

#[test]
fn sleeps_end_in_order_and_not_early() {
    let reactor = reactor();
    let start = Instant::now();
    let seen = RefCell::new(Vec::new());
    run(&reactor, async |tasks| {
        let wait = |time: u32| {
            let (seen, reactor) = (&seen, &reactor);
            tasks.spawn(async move {
                sleep(reactor, time * MILLISECOND / 2).await;
                seen.borrow_mut().push(time);
            })
        };
        let handles = [5, 1, 9, 3].map(|time| wait(time).unwrap());
        drop(wait(1000).unwrap());
        for handle in handles {
            handle.await;
        }
    })
    .unwrap();
    assert_eq!(*seen.borrow(), [1, 3, 5, 9]);
    let took = start.elapsed();
    assert!(took >= 9 * MILLISECOND / 2 && took < 400 * MILLISECOND, "{took:?}");
}

#[test]
fn limits_and_intervals() {
    let reactor = reactor();
    run(&reactor, async |_| {
        let never = core::future::pending::<()>();
        assert_eq!(timeout(&reactor, MILLISECOND, never).await, Err(Errno::TIMEDOUT));
        assert_eq!(timeout(&reactor, 1000 * MILLISECOND, async { 5 }).await, Ok(5));
        let start = Instant::now();
        let mut ticks = interval(&reactor, 2 * MILLISECOND);
        for _ in 0..4 {
            ticks.tick().await;
        }
        assert!(start.elapsed() >= 6 * MILLISECOND);
        std::thread::sleep(10 * MILLISECOND);
        assert!(ticks.tick().await >= 3, "missed ones are counted");
    })
    .unwrap();
}
