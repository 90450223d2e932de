//! Tasks that wait for each other: queues, signs, locks and permits. Each is a value that the tasks borrow; none takes memory
//! beyond itself. They are for the tasks of one thread: threads have those of `rt::sync`.

mod channel;
mod mutex;
mod semaphore;
mod sign;

pub use channel::Channel;
pub use mutex::{Mutex, MutexGuard};
pub use semaphore::{Permit, Semaphore};
pub use sign::Sign;
