//! What the tests of futures share: polling by hand, and a waker that counts.

use crate::{Engine, Options, Reactor};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A waker that counts how often it is woken.
pub(crate) struct Count(Arc<Counter>);

struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Count {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Counter(AtomicUsize::new(0))))
    }

    pub(crate) fn get(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }

    pub(crate) fn waker(&self) -> Waker {
        self.0.clone().into()
    }
}

/// Polls a future once.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>, count: &Count) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&count.waker()))
}

/// Makes a reactor of each engine that this kernel has.
pub(crate) fn engines() -> Vec<Reactor> {
    let made = [Engine::Epoll, Engine::Uring]
        .map(|engine| Reactor::new(&Options { engine: Some(engine), submit_thread: None }));
    made.into_iter().flatten().collect()
}
