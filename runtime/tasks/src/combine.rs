//! Two futures as one: both, or whichever ends first.

use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

/// Runs two futures at once; gives what both give, when both have ended.
pub async fn join<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        advance(one.as_mut(), &mut first, context);
        advance(other.as_mut(), &mut second, context);
        match (first.take(), second.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Polls a future that has not ended, and keeps what it gives.
fn advance<F: Future>(future: Pin<&mut F>, output: &mut Option<F::Output>, context: &mut Context<'_>) {
    if output.is_none()
        && let Poll::Ready(value) = future.poll(context)
    {
        *output = Some(value);
    }
}

/// Which of two futures has ended first, and what it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first one.
    First(A),
    /// The second one.
    Second(B),
}

/// Runs two futures at once until one ends, and drops the other. Where both could end at once, the first one counts.
pub async fn select<A: Future, B: Future>(one: A, other: B) -> Either<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(output) = one.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        other.as_mut().poll(context).map(Either::Second)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Count, poll};
    use crate::yield_now;
    use core::future::{pending, ready};

    #[test]
    fn both_end_before_they_are_one() {
        let count = Count::new();
        let mut both = pin!(join(ready(1), async {
            yield_now().await;
            2
        }));
        assert!(poll(both.as_mut(), &count).is_pending());
        assert_eq!(poll(both, &count), Poll::Ready((1, 2)));
    }

    #[test]
    fn the_first_to_end_ends_the_other() {
        let count = Count::new();
        let one = pin!(select(pending::<()>(), ready(2)));
        assert_eq!(poll(one, &count), Poll::Ready(Either::Second(2)));
        let one = pin!(select(ready(1), ready(2)));
        assert_eq!(poll(one, &count), Poll::Ready(Either::First(1)));
    }
}
