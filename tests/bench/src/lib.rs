//! What the measuring programs share: the same work for each runtime, so that only the runtime differs.

#![no_std]
#![allow(unsafe_code, reason = "the heap is measured by its raw calls")]

pub mod heap;
pub mod threads;

/// What the work needs of whatever it runs on.
pub trait Machine {
    /// Gives the time in nanoseconds since some start.
    fn now() -> u64;
    /// Runs this in two threads at once.
    fn twice(body: impl Fn() + Sync);
}

/// Makes a type that is [`Machine`] on the runtime.
#[macro_export]
macro_rules! own_machine {
    ($name:ident) => {
        struct $name;

        impl $crate::Machine for $name {
            fn now() -> u64 {
                ::spelunk::linux::time::monotonic().as_nanos() as u64
            }

            fn twice(body: impl Fn() + Sync) {
                ::spelunk::thread::scope(|scope| {
                    scope.spawn(&body).expect("a thread starts");
                    body();
                });
            }
        }
    };
}

/// Makes a type that is [`Machine`] on Rust's std.
#[macro_export]
macro_rules! std_machine {
    ($name:ident) => {
        struct $name;

        impl $crate::Machine for $name {
            fn now() -> u64 {
                static START: ::std::sync::LazyLock<::std::time::Instant> =
                    ::std::sync::LazyLock::new(::std::time::Instant::now);
                START.elapsed().as_nanos() as u64
            }

            fn twice(body: impl Fn() + Sync) {
                ::std::thread::scope(|scope| {
                    scope.spawn(&body);
                    body();
                });
            }
        }
    };
}

/// Gives the picoseconds of one of `count` things that are done.
fn time<M: Machine>(count: u64, work: impl FnOnce()) -> u64 {
    let start = M::now();
    work();
    (M::now() - start) * 1000 / count
}
