//! Processes of one machine telling each other: message queues of POSIX, and the queues, semaphores and memory of System V.

mod memory;
mod messages;
mod owned;
mod queue;
mod semaphores;

pub use memory::{AttachFlags, shmat, shmdt, shmget, shmget_private, shmremove};
pub use messages::{MESSAGE_BYTES, MessageQueueFlags, msgget, msgrcv, msgremove, msgsnd};
pub use owned::{MessageQueue, Queue, Semaphores, SharedMemory};
pub use queue::{
    QueueAttributes, mq_attributes, mq_notify, mq_open, mq_receive, mq_send, mq_set_nonblock, mq_unlink,
};
pub use semaphores::{Operation, semget, semop, semremove, semset, semvalue};

flags! {
    /// How an object of System V is found or made, beside the permissions of a new one (the low nine bits).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GetFlags: u32 {
        /// IPC_CREAT: makes one if there is none of the key.
        const CREATE = 0o1000;
        /// IPC_EXCL: with CREATE, fails if there is one.
        const EXCLUSIVE = 0o2000;
        const _ = !0;
    }
}

/// IPC_PRIVATE: the key that always makes a new object.
pub const PRIVATE: i32 = 0;

/// IPC_RMID: removes an object.
const REMOVE: u32 = 0;
/// IPC_NOWAIT: `AGAIN` or `NOMSG` in place of waiting.
const NO_WAIT: u32 = 0o4000;
