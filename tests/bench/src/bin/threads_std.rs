//! Measures the threads, lock and queue of Rust's std and an atomic count, on this host's C library; prints picoseconds.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use bench::threads::{Runtime, measure};

bench::std_machine!(Std);

impl Runtime for Std {
    type Lock = Mutex<u64>;
    type Counter = AtomicUsize;

    fn spawn_and_join() {
        thread::spawn(|| ()).join().expect("it ends");
    }

    fn lock() -> Mutex<u64> {
        Mutex::new(0)
    }

    fn add_one(lock: &Mutex<u64>) {
        *black_box(lock).lock().expect("nobody panics") += 1;
    }

    fn counter() -> AtomicUsize {
        AtomicUsize::new(0)
    }

    fn count(counter: &AtomicUsize) {
        black_box(counter).fetch_add(1, Ordering::Relaxed);
    }

    fn counted(counter: &AtomicUsize) -> usize {
        counter.load(Ordering::Relaxed)
    }

    fn pass(count: u64) {
        let (sender, receiver) = mpsc::channel();
        let sum = thread::spawn(move || receiver.iter().sum::<u64>());
        (0..count).for_each(|number| sender.send(number).expect("somebody receives"));
        drop(sender);
        assert_eq!(sum.join().expect("it ends"), count * (count - 1) / 2);
    }
}

fn main() {
    println!("{}", measure::<Std>());
}
