//! The futures of operations that the kernel has: of one result, and of many.

use core::future::poll_fn;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use linux::Errno;
use linux::uring::CompletionFlags;

use super::Reactor;
use super::flight::State;
use super::operation::{Operation, Repeated};
use super::uring::{Manner, Uring};

/// The future of an operation.
pub(crate) struct Flying<'r, O: Operation> {
    uring: &'r Uring,
    manner: Manner,
    stage: Stage<O>,
}

enum Stage<O> {
    Held(O),
    Flying(u32),
    Done,
}

impl<'r, O: Operation> Flying<'r, O> {
    pub(super) const fn new(uring: &'r Uring, operation: O, manner: Manner) -> Self {
        Self { uring, manner, stage: Stage::Held(operation) }
    }
}

impl<O: Operation> Future for Flying<'_, O> {
    type Output = O::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O::Output> {
        let this = self.get_mut();
        match mem::replace(&mut this.stage, Stage::Done) {
            Stage::Held(operation) => match this.uring.start(operation, this.manner, context.waker()) {
                Ok(index) => this.stage = Stage::Flying(index),
                Err((operation, errno)) => {
                    return Poll::Ready(operation.finish(Err(errno), CompletionFlags::empty()));
                }
            },
            Stage::Flying(index) => {
                let Some(flight) = this.uring.flights.get(index) else { return Poll::Pending };
                let landed = flight.state.get() == State::Landed;
                if let Some(outcome) = flight.outcome.get().filter(|_| landed) {
                    // SAFETY: `start` has put an `O` there, and the kernel has let go of it.
                    let operation = unsafe { flight.room::<O>().read() };
                    this.uring.free(index, flight);
                    let is_over = this.manner.limit.is_some() && outcome.result() == Err(Errno::CANCELED);
                    let result = if is_over { Err(Errno::TIMEDOUT) } else { outcome.result() };
                    return Poll::Ready(operation.finish(result, outcome.flags));
                }
                flight.wait(context.waker());
                this.stage = Stage::Flying(index);
            }
            Stage::Done => {}
        }
        Poll::Pending
    }
}

impl<O: Operation> Drop for Flying<'_, O> {
    fn drop(&mut self) {
        if let Stage::Flying(index) = self.stage {
            self.uring.abandon(index);
        }
    }
}

/// An operation that the kernel carries out again and again, for as long as this lives. Results that nobody takes wait; when there
/// are many the kernel stops, and goes on when they are taken.
pub(crate) struct Series<'r, O: Repeated> {
    reactor: &'r Reactor,
    uring: &'r Uring,
    operation: O,
    flight: Option<u32>,
    /// How many results it gave since it began, or began again.
    count: u64,
}

impl<'r, O: Repeated> Series<'r, O> {
    pub(super) const fn new(reactor: &'r Reactor, uring: &'r Uring, operation: O) -> Self {
        Self { reactor, uring, operation, flight: None, count: 0 }
    }

    /// Waits for the next result.
    pub(crate) async fn next(&mut self) -> O::Output {
        self.reactor.spend().await;
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Says whether the result that was given last was the first since it began, or began again.
    pub(crate) const fn was_first(&self) -> bool {
        self.count == 1
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<O::Output> {
        loop {
            let Some(index) = self.flight else {
                self.count = 0;
                match self.uring.start_many(self.operation.clone(), context.waker()) {
                    Ok(index) => self.flight = Some(index),
                    Err((operation, errno)) => {
                        return Poll::Ready(operation.finish(Err(errno), CompletionFlags::empty()));
                    }
                }
                return Poll::Pending;
            };
            let Some(flight) = self.uring.flights.get(index) else { return Poll::Pending };
            match self.uring.take_one(flight) {
                // It was to stop, and is begun again.
                Some(one) if one.result() == Err(Errno::CANCELED) => {}
                Some(one) => {
                    self.count += 1;
                    return Poll::Ready(self.operation.clone().finish(one.result(), one.flags));
                }
                None if flight.state.get() == State::Landed => {
                    self.uring.bury(index, flight);
                    self.flight = None;
                }
                None => {
                    flight.wait(context.waker());
                    return Poll::Pending;
                }
            }
        }
    }
}

impl<O: Repeated> Drop for Series<'_, O> {
    fn drop(&mut self) {
        if let Some(index) = self.flight {
            self.uring.abandon(index);
        }
    }
}
