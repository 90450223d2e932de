//! Waits with a limit, in simulated time: each ends at its limit, to the nanosecond and without waiting, whichever of its calls
//! fails.

use std::time::Duration;

use linux::Errno;
use linux::time::monotonic;
use simulation::{Failure, Plan};

use super::{Condvar, Mutex, Parker, Semaphore, mpmc, mpsc};

/// What nobody waits for in truth.
const LONG: Duration = Duration::from_secs(1_000_000_000);

/// Waits for what never comes; must say that it did not.
type Wait = fn();

const WAITS: [(&str, Wait); 5] = [
    ("parker", || Parker::new().park_timeout(LONG)),
    ("condvar", || {
        let lock = Mutex::new(());
        let (_guard, result) = Condvar::new().wait_timeout_while(lock.lock(), LONG, |()| true);
        assert!(result.timed_out());
    }),
    ("semaphore", || assert!(!Semaphore::new(0).acquire_timeout(LONG))),
    ("mpsc", || {
        let (_sender, receiver) = mpsc::channel::<u8>();
        assert_eq!(receiver.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Timeout));
    }),
    ("mpmc", || {
        let (sender, receiver) = mpmc::sync_channel(1);
        assert_eq!(receiver.recv_timeout(LONG), Err(mpmc::RecvTimeoutError::Timeout));
        sender.send(1).unwrap();
        assert!(sender.send_timeout(2, LONG).is_err());
    }),
];

#[test]
fn waits_end_at_their_limits() {
    for (name, wait) in WAITS {
        let plan = Plan::new().timeless(Duration::from_secs(1));
        plan.run(wait);
        let waits = if name == "mpmc" { 2 } else { 1 };
        assert_eq!(plan.now(), Some(Duration::from_secs(1) + LONG * waits), "{name}");
    }
}

#[test]
fn waits_end_at_their_limits_whichever_call_fails() {
    for (name, wait) in WAITS {
        let count = {
            let plan = Plan::new().timeless(Duration::ZERO);
            plan.run(wait);
            plan.count()
        };
        assert!(count > 1, "{name}");
        for at in 0..count {
            for errno in [Errno::INTR, Errno::AGAIN] {
                let plan = Plan::new().timeless(Duration::ZERO).failing(Failure { at, errno });
                plan.run(wait);
                // A clock that could not be read stood at zero.
                assert!(plan.now() >= Some(LONG), "{name}: {errno} of call {at}: {:?}", plan.now());
                assert!(plan.run(monotonic) >= LONG, "{name}");
            }
        }
    }
}
