//! Signals and ends of children.

use alloc::vec::Vec;
use core::cell::Cell;
use core::time::Duration;

use linux::process::{Ended, Fork, exit_group, fork, getpid, kill};
use linux::signal::{MaskHow, Signal, SignalSet, sigprocmask};
use linux::{Errno, Result};
use spelunk::tasks::process::{Child, Signals};
use spelunk::tasks::{Reactor, join, run, sleep, timeout};

use crate::MILLISECOND;

/// Signals that are sent to this process, and children that end early and late.
pub(crate) fn signals(reactor: &Reactor) -> Result<i32> {
    let signals = Signals::new(reactor, SignalSet::of(&[Signal::USR1, Signal::USR2]))?;
    let status = run(reactor, async |tasks| {
        let sender = tasks.spawn(async {
            // In the order in which they are taken if both wait.
            for signal in [Signal::USR1, Signal::USR2] {
                sleep(reactor, MILLISECOND).await;
                kill(getpid(), Some(signal))?;
            }
            Ok::<(), Errno>(())
        })?;
        if signals.next().await?.signal != Signal::USR1 || signals.next().await?.signal != Signal::USR2 {
            return Ok(1);
        }
        sender.await?;
        for (status, pause) in [(7, Duration::ZERO), (8, MILLISECOND * 3)] {
            // SAFETY: the child sleeps and ends, and touches nothing else.
            let pid = match unsafe { fork() }? {
                Fork::Child => {
                    linux::time::sleep(pause);
                    exit_group(status)
                }
                Fork::Parent(pid) => pid,
            };
            let child = match Child::new(reactor, pid) {
                // Emulators know no descriptors of processes.
                Err(Errno::NOSYS) => return Ok(0),
                child => child?,
            };
            if child.ended().await? != Ended::Exited(status) {
                return Ok(2);
            }
            if child.ended().await != Err(Errno::CHILD) {
                return Ok(3);
            }
        }
        Ok::<i32, Errno>(0)
    })?;
    drop(signals);
    let blocked = sigprocmask(MaskHow::Block, None)?;
    if blocked.contains(Signal::USR1) { Ok(4) } else { status }
}

/// Tasks that take the same signal all hear of it, in the order of all; and one that goes leaves it to the others.
pub(crate) fn heard(reactor: &Reactor) -> Result<i32> {
    const ORDER: [Signal; 3] = [Signal::USR1, Signal::USR2, Signal::USR1];
    let both = Signals::new(reactor, SignalSet::of(&[Signal::USR1, Signal::USR2]))?;
    let status = run(reactor, async |_| {
        let one = Signals::new(reactor, SignalSet::of(&[Signal::USR1]))?;
        let heard = Cell::new(0);
        let hear = async |signals: &Signals<'_>, count: usize| {
            let mut came = Vec::new();
            while came.len() < count {
                came.push(signals.next().await?.signal);
                heard.set(heard.get() + 1);
            }
            Ok::<_, Errno>(came)
        };
        let send = async {
            // The kernel keeps one of each: the next is sent when all have heard the one before.
            for (signal, all) in ORDER.into_iter().zip([2, 3, 5]) {
                kill(getpid(), Some(signal))?;
                while heard.get() < all {
                    sleep(reactor, MILLISECOND).await;
                }
            }
            Ok::<_, Errno>(())
        };
        let ((some, all), sent) = join(join(hear(&one, 2), hear(&both, 3)), send).await;
        sent?;
        if some? != [Signal::USR1; 2] || all? != ORDER {
            return Ok(1);
        }
        // Who asks late hears what another one has read, once however often it came meanwhile.
        for _ in 0..2 {
            kill(getpid(), Some(Signal::USR1))?;
            both.next().await?;
        }
        if one.next().await?.signal != Signal::USR1 || timeout(reactor, MILLISECOND, one.next()).await.is_ok()
        {
            return Ok(2);
        }
        drop(one);
        // It would end the program if it were nobody's now.
        kill(getpid(), Some(Signal::USR1))?;
        Ok::<i32, Errno>(if both.next().await?.signal == Signal::USR1 { 0 } else { 3 })
    })?;
    if !sigprocmask(MaskHow::Block, None)?.contains(Signal::USR1) {
        return Ok(4);
    }
    drop(both);
    if sigprocmask(MaskHow::Block, None)?.contains(Signal::USR1) { Ok(5) } else { status }
}
