//! A place where threads wait until all of them are there.

use super::condvar::Condvar;
use super::mutex::Mutex;

/// A place where a number of threads wait for each other, again and again: `std::sync::Barrier`.
#[derive(Debug)]
pub struct Barrier {
    count: usize,
    state: Mutex<State>,
    all_there: Condvar,
}

#[derive(Debug)]
struct State {
    /// How many wait.
    there: usize,
    /// How often all were there.
    round: usize,
}

/// What [`Barrier::wait`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Says whether this is the one of them that came last.
    pub const fn is_leader(self) -> bool {
        self.0
    }
}

impl Barrier {
    /// Makes a place for this many threads.
    pub const fn new(count: usize) -> Self {
        Self { count, state: Mutex::new(State { there: 0, round: 0 }), all_there: Condvar::new() }
    }

    /// Waits until all are there.
    pub fn wait(&self) -> BarrierWaitResult {
        let mut state = self.state.lock();
        state.there += 1;
        if state.there >= self.count {
            state.there = 0;
            state.round = state.round.wrapping_add(1);
            self.all_there.notify_all();
            return BarrierWaitResult(true);
        }
        let round = state.round;
        drop(self.all_there.wait_while(state, |state| state.round == round));
        BarrierWaitResult(false)
    }
}
