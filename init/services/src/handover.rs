//! What process 1 hands to its successor, which is the same program or a newer one, run anew in the same process: how far the lives of
//! services have come, and which descriptor belongs to whom. [`Plan`] changes with the files of services and with descriptors,
//! [`State`] all the time.
//!
//! Descriptors travel beside it, in the order in which [`Plan`] counts them. Times are those of the kernel's clock, which goes on.

use alloc::string::String;
use alloc::vec::Vec;

use formats::cursor::Cursor;
use formats::time::Duration;
use formats::{Error, Expected};

use crate::graph::Node;
use crate::machine::{Course, Rest, State as Stage, Then};
use crate::manager::{Ending, Intent};
use crate::packed::{Packed, PackedService, form, packed};
use crate::{Phase, Times};

packed! {
    /// The services, and what is held for them.
    pub struct Plan {
        /// The services, each packed.
        pub services: Vec<PackedService>,
        /// What each says of others.
        pub nodes: Vec<Node>,
        /// Which descriptors each has.
        pub held: Vec<Held>,
        /// Whether there is the memory of the network's worker.
        pub has_memory: bool,
        /// Whether there is the socket of `/dev/log`.
        pub has_syslog: bool,
        /// Whether there is the socket of journald's messages.
        pub has_journal: bool,
        /// Whether there is the socket of those who ask.
        pub has_control: bool,
        /// Which services the workers know.
        pub generation: u32,
        /// How many ends of pipes there are of which nobody knows the service.
        pub strays: u32,
    }
}

packed! {
    /// Which descriptors a service has, in their order.
    pub struct Held {
        /// Whether it has the two ends of the pipe to the log.
        pub says: bool,
        /// Whether it has a notify socket.
        pub notices: bool,
        /// How many sockets are open for it.
        pub sockets: u32,
        /// The names of those that are kept for it.
        pub store: Vec<String>,
    }
}

packed! {
    /// How far all have come.
    pub struct State {
        /// How many requests were heard.
        pub heard: u32,
        /// How often process 1 has become a successor of itself.
        pub successions: u32,
        /// Whether the files are being read.
        pub is_loading: bool,
        /// Whether the machine's end goes on without the services.
        pub is_over: bool,
        /// The number of the signal that asks for the end that was asked for, and when that comes whatever the services do.
        pub end: Option<(u8, Duration)>,
        /// The number of the signal that asks for the end that has begun.
        pub goal: Option<u8>,
        /// The processes of those who help with services.
        pub helpers: Vec<Option<i32>>,
        /// Process 1's other workers: what each works at, and its process.
        pub workers: Vec<(u8, Option<i32>)>,
        /// How far the lives of services have come.
        pub lives: Lives,
        /// What else is known of each service.
        pub services: Vec<Known>,
    }
}

packed! {
    /// What is known of a service beside its life.
    pub struct Known {
        /// Its process.
        pub pid: Option<i32>,
        /// The child that looks for something for it.
        pub probe: Option<i32>,
        /// How it was last shown.
        pub phase: Phase,
        /// Since when it has been so.
        pub since: Duration,
        /// How its last process ended, as a shell tells it.
        pub ended: Option<i32>,
        /// How many of its processes were killed for want of memory.
        pub out_of_memory: u32,
        /// How its first run went.
        pub times: Times,
    }
}

/// How far the lives of all services have come, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    pub(crate) ending: Ending,
    pub(crate) lives: Vec<(Course, Intent)>,
}

impl Packed for Lives {
    const FORM: u32 = form("lives", &[Ending::FORM, Course::FORM, Intent::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        self.ending.pack(into);
        self.lives.pack(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        Ok(Self { ending: Packed::unpack(cursor)?, lives: Packed::unpack(cursor)? })
    }
}

/// Variants without values, each with its number.
macro_rules! numbered {
    ($kind:ident: $($number:literal $variant:ident)*) => {
        impl Packed for $kind {
            const FORM: u32 = form(concat!($(stringify!($variant), " "),*), &[]);

            fn pack(&self, into: &mut Vec<u8>) {
                into.push(match self { $(Self::$variant => $number,)* });
            }

            fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
                match cursor.u8(Expected::Number)? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(cursor.error(Expected::Number)),
                }
            }
        }
    };
}

numbered!(Ending: 0 No 1 First 2 All);
numbered!(Intent: 0 None 1 Up 2 Down 3 Again);
numbered!(Rest: 0 Never 1 Stopped 2 Done 3 Failed 4 Skipped);

/// Where the stages with times begin, behind those without a process.
const ARMED: u8 = 5;

impl Packed for Course {
    const FORM: u32 = form(
        "armed starting running resting stopping killing; failures overdue restarts",
        &[Rest::FORM, Option::<Duration>::FORM],
    );

    fn pack(&self, into: &mut Vec<u8>) {
        let (number, since, until) = match self.state {
            Stage::Off(rest) => {
                rest.pack(into);
                return self.pack_counts(into);
            }
            Stage::Armed { until } => (0, None, until),
            Stage::Starting { since, until } => (1, Some(since), until),
            Stage::Running { since, until } => (2, Some(since), until),
            Stage::Resting { until } => (3, None, Some(until)),
            Stage::Stopping { until, then } => (4, then.since(), Some(until)),
            Stage::Killing { until, then } => (5, then.since(), Some(until)),
        };
        (ARMED + number).pack(into);
        since.pack(into);
        until.pack(into);
        self.pack_counts(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut ahead = *cursor;
        let number = ahead.u8(Expected::Number)?;
        let state = if number < ARMED {
            Stage::Off(Rest::unpack(cursor)?)
        } else {
            *cursor = ahead;
            let (since, until): (Option<Duration>, Option<Duration>) = Packed::unpack(cursor)?;
            let then = since.map_or(Then::Stop, |since| Then::Fail { since });
            match (number - ARMED, since, until) {
                (0, None, until) => Stage::Armed { until },
                (1, Some(since), until) => Stage::Starting { since, until },
                (2, Some(since), until) => Stage::Running { since, until },
                (3, None, Some(until)) => Stage::Resting { until },
                (4, _, Some(until)) => Stage::Stopping { until, then },
                (5, _, Some(until)) => Stage::Killing { until, then },
                _ => return Err(cursor.error(Expected::State)),
            }
        };
        let (failures, (overdue, restarts)) = Packed::unpack(cursor)?;
        Ok(Self { state, failures, overdue, restarts })
    }
}

impl Course {
    fn pack_counts(&self, into: &mut Vec<u8>) {
        (self.failures, (self.overdue, self.restarts)).pack(into);
    }
}

impl Then {
    const fn since(self) -> Option<Duration> {
        match self {
            Self::Stop => None,
            Self::Fail { since } => Some(since),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::{pack, unpack};

    const AT: Duration = Duration::from_millis(1234);
    const LATER: Duration = Duration::from_secs(70);

    fn stages() -> Vec<Stage> {
        let rests = [Rest::Never, Rest::Stopped, Rest::Done, Rest::Failed, Rest::Skipped];
        let mut stages: Vec<Stage> = rests.into_iter().map(Stage::Off).collect();
        for until in [None, Some(LATER)] {
            stages.push(Stage::Armed { until });
            stages.push(Stage::Starting { since: AT, until });
            stages.push(Stage::Running { since: AT, until });
        }
        stages.push(Stage::Resting { until: LATER });
        for then in [Then::Stop, Then::Fail { since: AT }] {
            stages.push(Stage::Stopping { until: LATER, then });
            stages.push(Stage::Killing { until: LATER, then });
        }
        stages
    }

    #[test]
    fn every_stage_comes_back_and_nothing_less_does() {
        for state in stages() {
            let course = Course { state, failures: 3, overdue: 9, restarts: 70_000 };
            let bytes = pack(&course);
            assert_eq!(unpack::<Course>(&bytes), Ok(course));
            for length in 0..bytes.len() {
                assert!(unpack::<Course>(&bytes[..length]).is_err(), "{state:?} {length}");
            }
        }
        // A stage that there is not, and one without the time that it must have.
        assert!(unpack::<Course>(&[99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(unpack::<Course>(&[ARMED + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn all_of_a_state_comes_back() {
        let lives = stages()
            .into_iter()
            .zip([Intent::None, Intent::Up, Intent::Down, Intent::Again].into_iter().cycle());
        let lives =
            lives.map(|(state, intent)| (Course { state, failures: 0, overdue: 0, restarts: 1 }, intent));
        let state = State {
            heard: 7,
            successions: 2,
            end: Some((15, LATER)),
            goal: Some(10),
            helpers: vec![Some(12), None],
            workers: vec![(0, Some(2)), (3, None)],
            lives: Lives { ending: Ending::First, lives: lives.collect() },
            services: vec![Known { pid: Some(33), since: AT, phase: Phase::Running, ..Known::default() }],
            ..State::default()
        };
        let bytes = pack(&state);
        assert_eq!(unpack::<State>(&bytes), Ok(state));
        for length in 0..bytes.len() {
            assert!(unpack::<State>(&bytes[..length]).is_err(), "{length}");
        }
    }
}
