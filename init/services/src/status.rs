//! How services are, as process 1 shows it to those who ask.

use alloc::vec::Vec;

use formats::time::Duration;

use crate::machine::{Rest, State};
use crate::manager::{Intent, Manager};
use crate::packed::{choice, packed};

choice! {
    /// How a service is, in a word.
    pub enum Phase {
        /// Nobody has started it yet.
        #[default]
        Off = "off",
        /// It is to start, and others come first.
        Waiting = "waiting",
        /// It runs when its time comes or someone connects.
        Armed = "armed",
        /// It runs and is not ready.
        Starting = "starting",
        /// It is ready.
        Running = "running",
        /// It failed, and is started again soon.
        Resting = "resting",
        /// It was asked to end.
        Stopping = "stopping",
        /// It was stopped.
        Stopped = "stopped",
        /// It has done its work.
        Done = "done",
        /// It was given up.
        Failed = "failed",
        /// Its conditions are not met.
        Skipped = "skipped",
    }
}

packed! {
    /// When the first process of a service came so far, since the machine's start; none: it has not yet, or there was none.
    pub struct Times {
        /// It was made.
        pub start: Option<Duration>,
        /// The service was ready: it ran, had done its work, or waited for its time.
        pub ready: Option<Duration>,
        /// It ended.
        pub end: Option<Duration>,
    }
}

packed! {
    /// How a service is.
    pub struct Status {
        /// In a word.
        pub phase: Phase,
        /// The number of its process; 0: none.
        pub pid: i32,
        /// How often it was started again by itself.
        pub restarts: u32,
        /// Since when the machine has been up when it became so.
        pub since: Duration,
        /// How its last process ended, as a shell tells it; none: none has ended.
        pub ended: Option<i32>,
        /// How many of its processes the kernel has killed for want of memory.
        pub out_of_memory: u32,
        /// How its first run went.
        pub times: Times,
        /// One that it waits for, by its place in the list.
        pub waits_for: Option<usize>,
    }
}

packed! {
    /// How all services are.
    pub struct Table {
        /// How many requests were heard.
        pub heard: u32,
        /// How often process 1 has become a successor of itself.
        pub successions: u32,
        /// They, in the order of the list.
        pub services: Vec<Status>,
    }
}

impl Phase {
    /// Says whether it will become another one by itself.
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::Waiting | Self::Starting | Self::Resting | Self::Stopping)
    }

    /// Gives that of a service.
    pub fn of(manager: &Manager, service: usize) -> Self {
        let Some(machine) = manager.machine(service) else { return Self::Off };
        match machine.state() {
            // Others must end before it.
            _ if machine.is_active() && manager.intent(service).ends() => Self::Stopping,
            State::Off(_) | State::Armed { .. } if manager.intent(service) == Intent::Up => Self::Waiting,
            State::Off(Rest::Never) => Self::Off,
            State::Off(Rest::Stopped) => Self::Stopped,
            State::Off(Rest::Done) => Self::Done,
            State::Off(Rest::Failed) => Self::Failed,
            State::Off(Rest::Skipped) => Self::Skipped,
            State::Armed { .. } => Self::Armed,
            State::Starting { .. } => Self::Starting,
            State::Running { .. } => Self::Running,
            State::Resting { .. } => Self::Resting,
            State::Stopping { .. } | State::Killing { .. } => Self::Stopping,
        }
    }
}
