//! Those who wait for one thing: a list that runs through the waiting futures themselves, so that no memory is taken.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

/// Waiting futures, in the order in which they came. It belongs to one thread.
#[derive(Default)]
pub(crate) struct List {
    first: Cell<Option<NonNull<Node>>>,
    last: Cell<Option<NonNull<Node>>>,
    /// How many were woken, and have neither heard of it nor gone.
    woken: Cell<usize>,
}

/// The part of a future that the list runs through. It lies still from its first poll until it is dropped.
struct Node {
    state: Cell<State>,
    waker: Cell<Option<Waker>>,
    next: Cell<Option<NonNull<Node>>>,
    previous: Cell<Option<NonNull<Node>>>,
    _pinned: PhantomPinned,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not polled yet.
    New,
    /// In the list.
    Waiting,
    /// Taken out of the list by who woke it, and not polled since.
    Woken,
    /// Its poll has said so.
    Done,
}

impl List {
    /// Makes a list that nobody waits in.
    pub(crate) const fn new() -> Self {
        Self { first: Cell::new(None), last: Cell::new(None), woken: Cell::new(0) }
    }

    /// Waits until it is woken. What was waited for may be gone again by then: callers look, and wait again.
    pub(crate) const fn wait(&self) -> Wait<'_> {
        let node = Node {
            state: Cell::new(State::New),
            waker: Cell::new(None),
            next: Cell::new(None),
            previous: Cell::new(None),
            _pinned: PhantomPinned,
        };
        Wait { list: self, node }
    }

    /// Says whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.get().is_none()
    }

    /// Gives how many were woken by now, and have not run since: what they were told of is theirs.
    pub(crate) fn woken(&self) -> usize {
        self.woken.get()
    }

    /// Wakes who has waited longest; says whether there was anybody. Who is woken and dropped before it has heard of it wakes
    /// the next one.
    pub(crate) fn wake_one(&self) -> bool {
        let Some(first) = self.first.get() else { return false };
        // SAFETY: nodes in the list are alive: their drop takes them out.
        let node = unsafe { first.as_ref() };
        self.remove(node);
        node.state.set(State::Woken);
        self.woken.set(self.woken.get() + 1);
        if let Some(waker) = node.waker.take() {
            waker.wake();
        }
        true
    }

    /// Wakes all who wait by now.
    pub(crate) fn wake_all(&self) {
        // Who is woken in this very loop, and waits again, comes behind this one.
        let last = self.last.get();
        while !self.is_empty() {
            let is_last = self.first.get() == last;
            self.wake_one();
            if is_last {
                break;
            }
        }
    }

    fn append(&self, node: &Node) {
        let last = self.last.replace(Some(node.into()));
        node.previous.set(last);
        node.next.set(None);
        self.neighbour(last, &self.first, |last| &last.next).set(Some(node.into()));
    }

    fn remove(&self, node: &Node) {
        let (next, previous) = (node.next.take(), node.previous.take());
        self.neighbour(previous, &self.first, |previous| &previous.next).set(next);
        self.neighbour(next, &self.last, |next| &next.previous).set(previous);
    }

    /// Gives a field of a node, or the end of the list in its place.
    fn neighbour<'a>(
        &'a self,
        node: Option<NonNull<Node>>,
        end: &'a Cell<Option<NonNull<Node>>>,
        field: impl FnOnce(&'a Node) -> &'a Cell<Option<NonNull<Node>>>,
    ) -> &'a Cell<Option<NonNull<Node>>> {
        match node {
            // SAFETY: nodes in the list are alive: their drop takes them out.
            Some(node) => field(unsafe { node.as_ref() }),
            None => end,
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_empty() { "List(nobody)" } else { "List(somebody)" })
    }
}

/// The future that waits in a list.
pub(crate) struct Wait<'list> {
    list: &'list List,
    node: Node,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { list, node } = self.into_ref().get_ref();
        match node.state.get() {
            State::New => {
                node.state.set(State::Waiting);
                node.waker.set(Some(context.waker().clone()));
                list.append(node);
                Poll::Pending
            }
            State::Waiting => {
                let known = node.waker.take().filter(|waker| waker.will_wake(context.waker()));
                node.waker.set(known.or_else(|| Some(context.waker().clone())));
                Poll::Pending
            }
            State::Woken => {
                node.state.set(State::Done);
                list.woken.set(list.woken.get() - 1);
                Poll::Ready(())
            }
            State::Done => Poll::Ready(()),
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        match self.node.state.get() {
            State::Waiting => self.list.remove(&self.node),
            // What it was told of is for somebody else then.
            State::Woken => {
                self.list.woken.set(self.list.woken.get() - 1);
                self.list.wake_one();
            }
            State::New | State::Done => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Count, poll};
    use core::pin::pin;

    #[test]
    fn the_first_to_come_is_the_first_to_be_woken() {
        let list = List::new();
        let (mut one, mut two) = (pin!(list.wait()), pin!(list.wait()));
        let (first, second) = (Count::new(), Count::new());
        assert!(poll(one.as_mut(), &first).is_pending() && poll(two.as_mut(), &second).is_pending());
        assert!(list.wake_one());
        assert_eq!((first.get(), second.get()), (1, 0));
        assert!(poll(one, &first).is_ready() && poll(two.as_mut(), &second).is_pending());
        assert!(list.wake_one() && !list.wake_one());
        assert!(poll(two, &second).is_ready());
    }

    #[test]
    fn who_leaves_is_not_woken_and_who_was_woken_hands_on() {
        let list = List::new();
        let counts = [Count::new(), Count::new(), Count::new()];
        let mut waits: Vec<_> = counts.iter().map(|_| Box::pin(list.wait())).collect();
        for (wait, count) in waits.iter_mut().zip(&counts) {
            assert!(poll(wait.as_mut(), count).is_pending());
        }
        drop(waits.remove(1));
        assert!(list.wake_one());
        drop(waits.remove(0)); // woken, and gone before it was polled
        assert_eq!(counts.each_ref().map(Count::get), [1, 0, 1]);
        assert!(list.is_empty());
    }

    #[test]
    fn all_are_woken_once() {
        let list = List::new();
        let count = Count::new();
        let mut waits: Vec<_> = (0..3).map(|_| Box::pin(list.wait())).collect();
        waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), &count).is_pending()));
        list.wake_all();
        list.wake_all();
        assert_eq!(count.get(), 3);
    }
}
