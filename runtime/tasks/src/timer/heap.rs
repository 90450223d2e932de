//! Deadlines in order: a pairing heap that runs through the waiting futures themselves, so that no memory is taken.
//!
//! Setting a deadline is a comparison and two stores, taking back one that nobody came to need is little more: most deadlines
//! are limits that are never reached. Only those that are reached cost a logarithm.
//!
//! A node's children are a chain: `child` is the first of them, `next` goes on, and `previous` goes back, from the first one
//! to the parent.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomPinned;
use core::ptr::{self, NonNull};
use core::task::Waker;

/// A place in the heap; the part of a future that the heap runs through.
pub(super) struct Node {
    /// Nanoseconds of the monotonic clock.
    pub(super) deadline: Cell<u64>,
    pub(super) waker: Cell<Option<Waker>>,
    is_linked: Cell<bool>,
    child: Cell<Link>,
    next: Cell<Link>,
    previous: Cell<Link>,
    _pinned: PhantomPinned,
}

type Link = Option<NonNull<Node>>;

impl Node {
    pub(super) const fn new(deadline: u64) -> Self {
        Self {
            deadline: Cell::new(deadline),
            waker: Cell::new(None),
            is_linked: Cell::new(false),
            child: Cell::new(None),
            next: Cell::new(None),
            previous: Cell::new(None),
            _pinned: PhantomPinned,
        }
    }

    /// Says whether it is in a heap.
    pub(super) fn is_linked(&self) -> bool {
        self.is_linked.get()
    }
}

/// Deadlines in order. It belongs to one thread; nodes in it are alive and lie still.
#[derive(Default)]
pub(super) struct Heap {
    root: Cell<Link>,
}

impl Heap {
    pub(super) const fn new() -> Self {
        Self { root: Cell::new(None) }
    }

    /// Gives the earliest deadline.
    pub(super) fn first(&self) -> Option<u64> {
        self.root.get().map(|root| node(&root).deadline.get())
    }

    /// Puts a node in, which must not be in any heap, and must leave this one before it moves or dies.
    pub(super) fn insert(&self, new: &Node) {
        new.is_linked.set(true);
        self.root.set(meld(self.root.get(), Some(new.into())));
    }

    /// Takes a node out, which must be in this heap.
    pub(super) fn remove(&self, old: &Node) {
        let children = merge(old.child.take());
        match old.previous.take() {
            None => self.root.set(children),
            Some(previous) => {
                let next = old.next.take();
                let previous = node(&previous);
                let is_parent = previous.child.get().is_some_and(|child| ptr::eq(child.as_ptr(), old));
                let link = if is_parent { &previous.child } else { &previous.next };
                link.set(next);
                if let Some(next) = next {
                    node(&next).previous.set(Some(previous.into()));
                }
                self.root.set(meld(self.root.get(), children));
            }
        }
        old.is_linked.set(false);
    }

    /// Takes out the earliest node if its time has come, and gives its waker.
    pub(super) fn expire(&self, now: u64) -> Option<Option<Waker>> {
        let root = self.root.get()?;
        let root = node(&root);
        (root.deadline.get() <= now).then(|| {
            self.remove(root);
            root.waker.take()
        })
    }
}

impl fmt::Debug for Heap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Heap(first: {:?})", self.first())
    }
}

fn node(link: &NonNull<Node>) -> &Node {
    // SAFETY: nodes in a heap are alive, and changed through cells alone.
    unsafe { link.as_ref() }
}

/// Makes one tree of two whose roots have neither siblings nor parents: the later root becomes the first child of the other.
fn meld(one: Link, other: Link) -> Link {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
    let (parent, child) =
        if node(&other).deadline.get() < node(&one).deadline.get() { (other, one) } else { (one, other) };
    let sibling = node(&parent).child.replace(Some(child));
    node(&child).next.set(sibling);
    node(&child).previous.set(Some(parent));
    if let Some(sibling) = sibling {
        node(&sibling).previous.set(Some(child));
    }
    Some(parent)
}

/// Makes one tree of a chain of trees: pairs from the front, then those from the back, which keeps trees flat.
fn merge(chain: Link) -> Link {
    let (mut rest, mut pairs) = (chain, None);
    while let Some(one) = rest {
        let other = node(&one).next.take();
        rest = other.and_then(|other| node(&other).next.take());
        for link in [Some(one), other].iter().flatten() {
            node(link).previous.set(None);
        }
        let pair = meld(Some(one), other);
        if let Some(pair) = pair {
            // A chain through `next`, the last pair first.
            node(&pair).next.set(pairs);
        }
        pairs = pair;
    }
    let mut root = None;
    while let Some(pair) = pairs {
        pairs = node(&pair).next.take();
        root = meld(root, Some(pair));
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence of numbers that look random.
    fn numbers() -> impl FnMut(u64) -> u64 {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        move |limit| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % limit
        }
    }

    #[test]
    fn they_expire_in_order() {
        let heap = Heap::new();
        let nodes: Vec<_> = [5, 3, 9, 3, 1].into_iter().map(|at| Box::pin(Node::new(at))).collect();
        nodes.iter().for_each(|node| heap.insert(node));
        assert_eq!(heap.first(), Some(1));
        assert!(heap.expire(0).is_none());
        let mut seen = Vec::new();
        while let Some(first) = heap.first() {
            seen.push(first);
            assert!(heap.expire(first).is_some());
        }
        assert_eq!(seen, [1, 3, 3, 5, 9]);
        assert!(nodes.iter().all(|node| !node.is_linked()));
    }

    #[test]
    fn any_order_of_setting_expiring_and_taking_back_is_as_in_a_sorted_list() {
        let mut number = numbers();
        let heap = Heap::new();
        let nodes: Vec<_> = (0..200).map(|_| Box::pin(Node::new(0))).collect();
        let mut model: Vec<(u64, usize)> = Vec::new();
        for _ in 0..100_000 {
            let at = number(200) as usize;
            match (number(3), nodes[at].is_linked()) {
                (0, _) => {
                    let first = model.iter().map(|(deadline, _)| *deadline).min();
                    assert_eq!(heap.first(), first);
                    if let Some(first) = first {
                        assert!(heap.expire(first).is_some());
                        // Among equal ones any may be the first.
                        model.retain(|(_, at)| nodes[*at].is_linked());
                    }
                }
                (_, false) => {
                    nodes[at].deadline.set(number(1000));
                    heap.insert(&nodes[at]);
                    model.push((nodes[at].deadline.get(), at));
                }
                (_, true) => {
                    heap.remove(&nodes[at]);
                    model.retain(|(_, other)| *other != at);
                }
            }
            assert_eq!(model.len(), nodes.iter().filter(|node| node.is_linked()).count());
        }
    }
}
