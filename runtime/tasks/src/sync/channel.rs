//! A queue of values between tasks.

use core::cell::{Cell, RefCell};
use core::fmt;

use heapless::Deque;

use crate::wait::List;

/// A queue with room for `N` values: any number of tasks send, any number receive, and who finds no room, or no value, waits in
/// turn. The room, or the value, for which somebody waits is theirs, whoever asks before they run.
#[doc(alias = "mpsc")]
pub struct Channel<T, const N: usize> {
    queue: RefCell<Deque<T, N>>,
    is_closed: Cell<bool>,
    senders: List,
    receivers: List,
}

impl<T, const N: usize> Channel<T, N> {
    /// Makes an empty queue.
    pub const fn new() -> Self {
        Self {
            queue: RefCell::new(Deque::new()),
            is_closed: Cell::new(false),
            senders: List::new(),
            receivers: List::new(),
        }
    }

    /// Sends a value as soon as there is room.
    ///
    /// # Errors
    /// The queue is closed; the value comes back.
    pub async fn send(&self, value: T) -> Result<(), T> {
        match self.try_send(value) {
            Err(value) if !self.is_closed.get() => {
                self.senders.wait().await;
                // Room is this task's since it was woken.
                if self.is_closed.get() { Err(value) } else { self.put(value) }
            }
            sent => sent,
        }
    }

    /// Sends a value if there is room for which nobody waits.
    ///
    /// # Errors
    /// There is none, or the queue is closed; the value comes back.
    pub fn try_send(&self, value: T) -> Result<(), T> {
        let room = N - self.queue.borrow().len();
        if self.is_closed.get() || room <= self.senders.woken() {
            return Err(value);
        }
        self.put(value)
    }

    fn put(&self, value: T) -> Result<(), T> {
        self.queue.borrow_mut().push_back(value)?;
        self.receivers.wake_one();
        Ok(())
    }

    /// Receives the next value; none when the queue is closed and empty.
    pub async fn receive(&self) -> Option<T> {
        let next = self.try_receive();
        if next.is_some() || self.is_closed.get() {
            return next;
        }
        self.receivers.wait().await;
        // One is this task's since it was woken, unless the queue was closed.
        self.next()
    }

    /// Receives the next value if there is one for which nobody waits.
    pub fn try_receive(&self) -> Option<T> {
        let count = self.queue.borrow().len();
        if count <= self.receivers.woken() { None } else { self.next() }
    }

    fn next(&self) -> Option<T> {
        let next = self.queue.borrow_mut().pop_front()?;
        self.senders.wake_one();
        Some(next)
    }

    /// Takes no more values; those that are there can still be received.
    pub fn close(&self) {
        self.is_closed.set(true);
        self.senders.wake_all();
        self.receivers.wake_all();
    }
}

impl<T, const N: usize> Default for Channel<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> fmt::Debug for Channel<T, N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Channel({} of {N})", self.queue.borrow().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Count, poll};
    use crate::{Options, Reactor, join, run};
    use core::pin::pin;
    use core::task::Poll;

    #[test]
    fn who_comes_later_does_not_take_the_room_of_who_was_woken() {
        let (channel, count) = (Channel::<u32, 1>::new(), Count::new());
        channel.try_send(1).unwrap();
        let mut second = pin!(channel.send(2));
        assert!(poll(second.as_mut(), &count).is_pending());
        assert_eq!((channel.try_receive(), channel.try_send(3)), (Some(1), Err(3)));
        let mut third = pin!(channel.send(3));
        assert!(poll(third.as_mut(), &count).is_pending(), "the room is the second's");
        assert_eq!(poll(second, &count), Poll::Ready(Ok(())));
        assert_eq!(channel.try_receive(), Some(2));
        assert_eq!(poll(third, &count), Poll::Ready(Ok(())));
    }

    #[test]
    fn who_comes_later_does_not_take_the_value_of_who_was_woken() {
        let (channel, count) = (Channel::<u32, 2>::new(), Count::new());
        let (mut first, mut second) = (pin!(channel.receive()), pin!(channel.receive()));
        assert!(poll(first.as_mut(), &count).is_pending());
        channel.try_send(1).unwrap();
        assert_eq!(channel.try_receive(), None);
        assert!(poll(second.as_mut(), &count).is_pending(), "the value is the first's");
        assert_eq!(poll(first, &count), Poll::Ready(Some(1)));
        channel.try_send(2).unwrap();
        assert_eq!(poll(second, &count), Poll::Ready(Some(2)));
    }

    #[test]
    fn who_gives_up_hands_the_room_and_the_value_on() {
        let (channel, count) = (Channel::<u32, 1>::new(), Count::new());
        channel.try_send(1).unwrap();
        let mut sender = Box::pin(channel.send(2));
        assert!(poll(sender.as_mut(), &count).is_pending());
        assert_eq!(channel.try_receive(), Some(1));
        drop(sender);
        let mut receiver = Box::pin(channel.receive());
        assert!(poll(receiver.as_mut(), &count).is_pending());
        channel.try_send(3).unwrap();
        drop(receiver);
        assert_eq!(channel.try_receive(), Some(3));
    }

    #[test]
    fn values_arrive_in_order_and_the_end_is_seen() {
        let reactor = Reactor::new(&Options::default()).unwrap();
        let channel = Channel::<u32, 2>::new();
        let seen = run(&reactor, async |_| {
            let send = async {
                for number in 0..100 {
                    channel.send(number).await.unwrap();
                }
                channel.close();
                channel.send(100).await
            };
            let receive = async {
                let mut seen = Vec::new();
                while let Some(number) = channel.receive().await {
                    seen.push(number);
                }
                seen
            };
            join(send, receive).await
        });
        assert_eq!(seen, Ok((Err(100), (0..100).collect())));
        assert_eq!((channel.try_send(1), channel.try_receive()), (Err(1), None));
    }

    #[test]
    fn many_send_and_many_receive() {
        let reactor = Reactor::new(&Options::default()).unwrap();
        let channel = Channel::<u32, 3>::new();
        let sum = run(&reactor, async |tasks| {
            let receivers = [(); 3].map(|()| {
                tasks.spawn(async {
                    let mut sum = 0;
                    while let Some(number) = channel.receive().await {
                        sum += number;
                        crate::yield_now().await;
                    }
                    sum
                })
            });
            let senders = [1, 2, 3, 4].map(|number| {
                let channel = &channel;
                tasks.spawn(async move {
                    for _ in 0..50 {
                        channel.send(number).await.unwrap();
                    }
                })
            });
            for sender in senders {
                sender.unwrap().await;
            }
            channel.close();
            let mut sum = 0;
            for receiver in receivers {
                sum += receiver.unwrap().await;
            }
            sum
        });
        assert_eq!(sum, Ok(500));
    }
}
