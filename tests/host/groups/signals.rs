//! Signals: what is done on them, and waiting for them.

use std::time::Duration;

use linux::Errno;
use linux::fs::{PipeFlags, pipe, write};
use linux::process::{Ended, getpid, kill};
use linux::signal::{Handler, Signal, SignalSet, action, default, ignore, sigsuspend};
use linux::time::set_alarm;

use crate::support::{child, wait};

fn signal_return() {
    default(Signal::USR1).unwrap();
    assert!(matches!(action(Signal::USR1).unwrap().handler, Handler::Default));
    ignore(Signal::USR1).unwrap();
    assert!(matches!(action(Signal::USR1).unwrap().handler, Handler::Ignore));
    default(Signal::USR1).unwrap();
}

fn pause() {
    let pid = child(|| {
        let _ = sigsuspend(SignalSet::EMPTY);
        1
    });
    kill(pid, Some(Signal::TERM)).unwrap();
    assert_eq!(wait(pid).ended, Ended::Killed(Signal::TERM));
}

fn alarm() {
    assert_eq!(set_alarm(Duration::from_secs(10), Duration::ZERO), Ok(Duration::ZERO));
    let left = set_alarm(Duration::ZERO, Duration::ZERO).unwrap();
    assert!(left > Duration::from_secs(5) && left <= Duration::from_secs(10), "{left:?}");
}

fn signal_ignore() {
    ignore(Signal::INT).unwrap();
    kill(getpid(), Some(Signal::INT)).unwrap();
    default(Signal::INT).unwrap();
}

fn sigaction_ignore() {
    ignore(Signal::PIPE).unwrap();
    kill(getpid(), Some(Signal::PIPE)).unwrap();
    assert!(matches!(action(Signal::PIPE).unwrap().handler, Handler::Ignore));
}

fn sigpipe() {
    ignore(Signal::PIPE).unwrap();
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    drop(reader);
    assert_eq!(write(&writer, b"x"), Err(Errno::PIPE));
    default(Signal::PIPE).unwrap();
    let pid = child(|| write(&writer, b"x").map_or(1, |_| 2));
    assert_eq!(wait(pid).ended, Ended::Killed(Signal::PIPE));
}

tests![signal_return, pause, alarm, signal_ignore, sigaction_ignore, sigpipe];
