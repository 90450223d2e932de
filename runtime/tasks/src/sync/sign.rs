//! A sign from one task to another: the latest value, once.

use core::cell::Cell;
use core::fmt;

use crate::wait::List;

/// Holds the latest value that was given, until a task takes it: a result that comes once, or news of which the last count.
#[doc(alias = "oneshot")]
#[doc(alias = "watch")]
pub struct Sign<T> {
    value: Cell<Option<T>>,
    waiting: List,
}

impl<T> Sign<T> {
    /// Makes one that holds nothing.
    pub const fn new() -> Self {
        Self { value: Cell::new(None), waiting: List::new() }
    }

    /// Gives a value; gives back the one that nobody has taken.
    pub fn give(&self, value: T) -> Option<T> {
        let former = self.value.replace(Some(value));
        self.waiting.wake_one();
        former
    }

    /// Takes the value as soon as there is one.
    pub async fn take(&self) -> T {
        loop {
            match self.value.take() {
                Some(value) => return value,
                None => self.waiting.wait().await,
            }
        }
    }
}

impl<T> Default for Sign<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Sign<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sign")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Count, poll};
    use core::pin::pin;
    use core::task::Poll;

    #[test]
    fn the_latest_value_is_taken_once() {
        let (sign, count) = (Sign::new(), Count::new());
        let mut take = pin!(sign.take());
        assert!(poll(take.as_mut(), &count).is_pending());
        assert_eq!((sign.give(1), sign.give(2), count.get()), (None, Some(1), 1));
        assert_eq!(poll(take, &count), Poll::Ready(2));
        assert!(poll(pin!(sign.take()), &count).is_pending());
    }
}
