//! Measures our threads, lock, queue and count; prints picoseconds.

#![no_std]
#![no_main]

use core::hint::black_box;

use bench::threads::{Runtime, measure};
use spelunk::io::{Write, stdout};
use spelunk::rt::processor::Counter;
use spelunk::sync::{Mutex, mpsc};
use spelunk::{Arguments, Environment, thread};

spelunk::program!(main);

bench::own_machine!(Ours);

impl Runtime for Ours {
    type Lock = Mutex<u64>;
    type Counter = Counter;

    fn spawn_and_join() {
        thread::spawn(|| ()).expect("a thread starts").join();
    }

    fn lock() -> Mutex<u64> {
        Mutex::new(0)
    }

    fn add_one(lock: &Mutex<u64>) {
        *black_box(lock).lock() += 1;
    }

    fn counter() -> Counter {
        Counter::new()
    }

    fn count(counter: &Counter) {
        black_box(counter).add(1);
    }

    fn counted(counter: &Counter) -> usize {
        counter.sum()
    }

    fn pass(count: u64) {
        let (sender, receiver) = mpsc::channel();
        let sum = thread::spawn(move || receiver.iter().sum::<u64>()).expect("a thread starts");
        (0..count).for_each(|number| sender.send(number).expect("somebody receives"));
        drop(sender);
        assert_eq!(sum.join(), count * (count - 1) / 2);
    }
}

fn main(_arguments: Arguments, _environment: Environment) -> i32 {
    let mut out = stdout();
    i32::from(writeln!(out, "{}", measure::<Ours>()).and_then(|()| out.flush()).is_err())
}
