//! Permits, of which there are so many.

use core::cell::Cell;

use crate::wait::List;

/// So many permits: who finds none waits for one, in turn. A permit that is given back while somebody waits is theirs, whoever
/// asks before they run.
#[derive(Debug)]
pub struct Semaphore {
    /// Those that nobody has, with those of the woken, of which there are no more.
    free: Cell<usize>,
    waiting: List,
}

impl Semaphore {
    /// Makes one with so many permits.
    pub const fn new(permits: usize) -> Self {
        Self { free: Cell::new(permits), waiting: List::new() }
    }

    /// Takes a permit as soon as there is one, which is given back when it is dropped.
    pub async fn acquire(&self) -> Permit<'_> {
        if let Some(permit) = self.try_acquire() {
            return permit;
        }
        self.waiting.wait().await;
        // One is this task's since it was woken.
        self.free.set(self.free.get() - 1);
        Permit(self)
    }

    /// Takes a permit if there is one for which nobody waits.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        if self.free.get() == self.waiting.woken() {
            return None;
        }
        self.free.set(self.free.get() - 1);
        Some(Permit(self))
    }
}

/// A permit.
#[derive(Debug)]
#[must_use = "a permit that is dropped is given back"]
pub struct Permit<'a>(&'a Semaphore);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.waiting.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Count, poll};
    use core::pin::pin;
    use core::task::Poll;

    #[test]
    fn permits_go_to_those_who_wait_in_turn() {
        let (permits, count) = (Semaphore::new(1), Count::new());
        let first = permits.try_acquire().unwrap();
        let (mut second, mut third) = (pin!(permits.acquire()), pin!(permits.acquire()));
        assert!(poll(second.as_mut(), &count).is_pending() && poll(third.as_mut(), &count).is_pending());
        drop(first);
        let Poll::Ready(second) = poll(second, &count) else { panic!("it is its turn") };
        assert!(poll(third.as_mut(), &count).is_pending() && permits.try_acquire().is_none());
        drop(second);
        assert!(poll(third, &count).is_ready() && permits.try_acquire().is_some());
    }

    #[test]
    fn who_comes_later_does_not_take_the_permit_of_who_was_woken() {
        let (permits, count) = (Semaphore::new(1), Count::new());
        let first = permits.try_acquire().unwrap();
        let mut second = pin!(permits.acquire());
        assert!(poll(second.as_mut(), &count).is_pending());
        drop(first);
        assert!(permits.try_acquire().is_none(), "it is the second's");
        let mut third = pin!(permits.acquire());
        assert!(poll(third.as_mut(), &count).is_pending());
        let Poll::Ready(second) = poll(second, &count) else { panic!("it is its turn") };
        drop(second);
        let Poll::Ready(third) = poll(third, &count) else { panic!("it is its turn") };
        drop(third);
        assert!(permits.try_acquire().is_some());
    }

    #[test]
    fn a_permit_whose_waiter_has_gone_is_free_again() {
        let (permits, count) = (Semaphore::new(1), Count::new());
        let first = permits.try_acquire().unwrap();
        let mut second = Box::pin(permits.acquire());
        assert!(poll(second.as_mut(), &count).is_pending());
        drop(first);
        drop(second);
        assert!(permits.try_acquire().is_some());
    }

    #[test]
    fn who_gives_up_hands_its_turn_on() {
        let (permits, count) = (Semaphore::new(1), Count::new());
        let first = permits.try_acquire().unwrap();
        let mut second = Box::pin(permits.acquire());
        let mut third = pin!(permits.acquire());
        assert!(poll(second.as_mut(), &count).is_pending() && poll(third.as_mut(), &count).is_pending());
        drop(first);
        drop(second);
        assert!(poll(third, &count).is_ready());
    }
}
