//! Measures the threads, lock and queue of Rust's std, on this host's C library; prints picoseconds.

use std::hint::black_box;
use std::sync::{Mutex, mpsc};
use std::thread;

use bench::threads::{Runtime, measure};

bench::std_machine!(Std);

impl Runtime for Std {
    type Lock = Mutex<u64>;

    fn spawn_and_join() {
        thread::spawn(|| ()).join().expect("it ends");
    }

    fn lock() -> Mutex<u64> {
        Mutex::new(0)
    }

    fn add_one(lock: &Mutex<u64>) {
        *black_box(lock).lock().expect("nobody panics") += 1;
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
