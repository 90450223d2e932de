//! Several descriptors at once, for code that brings its own list of what it waits for.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use linux::fd::BorrowedFd;
use linux::poll::{PollFd, PollFlags};
use linux::time::monotonic;
use linux::{Errno, Result};

use crate::{Reactor, Watched, Way, timeout};

/// Waits as `poll(2)` does, while other tasks run: until something comes for one of the descriptors, or the time is over; gives
/// for how many something has come. None of them may be watched already.
///
/// # Errors
/// Those of [`Watched::new`] and `poll(2)`, but `INTR`.
pub async fn poll(reactor: &Reactor, files: &mut [PollFd<'_>], limit: Option<Duration>) -> Result<usize> {
    let end = limit.map(|limit| monotonic() + limit);
    let watched = watch(reactor, files)?;
    loop {
        match linux::retry(|| linux::poll::poll(files, Some(Duration::ZERO)))? {
            0 => {}
            count => return Ok(count),
        }
        let left = end.map(|end| end.saturating_sub(monotonic()));
        let waited = match left {
            Some(Duration::ZERO) => return Ok(0),
            Some(left) => timeout(reactor, left, any(&watched)).await,
            None => Ok(any(&watched).await),
        };
        match waited {
            Ok(waited) => waited?,
            Err(Errno::TIMEDOUT) => return Ok(0),
            Err(errno) => return Err(errno),
        }
    }
}

type Wanted<'r, 'fd> = (Watched<'r, BorrowedFd<'fd>>, PollFlags);

fn watch<'r, 'fd>(reactor: &'r Reactor, files: &[PollFd<'fd>]) -> Result<Vec<Wanted<'r, 'fd>>> {
    let open = files.iter().filter_map(|file| Some((file.descriptor()?, file.wanted())));
    open.map(|(file, wanted)| Ok((Watched::new(reactor, file)?, wanted))).collect()
}

/// Waits for any of them, of which nothing has come by now.
async fn any(watched: &[Wanted<'_, '_>]) -> Result<()> {
    type Wait<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
    let mut waits: Vec<Wait<'_>> = Vec::new();
    for (watched, wanted) in watched {
        // Errors and hang-ups come both ways.
        let is_out = wanted.contains(PollFlags::OUT);
        let is_in = !is_out || wanted.contains(PollFlags::IN);
        for way in
            [(Way::In, is_in), (Way::Out, is_out)].into_iter().filter_map(|(way, is)| is.then_some(way))
        {
            watched.is_over(way);
            waits.push(Box::pin(watched.ready(way)));
        }
    }
    poll_fn(|context| {
        let mut ready = waits.iter_mut().map(|wait| wait.as_mut().poll(context));
        ready.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::engines;
    use crate::{join, run, sleep};
    use linux::fs::{PipeFlags, pipe, write};

    const SHORT: Duration = Duration::from_millis(2);

    #[test]
    fn whichever_is_ready_first_ends_the_wait() {
        for reactor in &engines() {
            let ends = [(); 3].map(|()| pipe(PipeFlags::CLOSE_ON_EXEC | PipeFlags::NONBLOCK).unwrap());
            let outs = || ends.each_ref().map(|(out, _)| PollFd::new(out, PollFlags::IN));
            run(reactor, async |_| {
                let mut files = outs();
                assert_eq!(poll(reactor, &mut files, Some(SHORT)).await, Ok(0));
                for (number, (_, into)) in ends.iter().enumerate() {
                    let mut files = outs();
                    let late = async {
                        sleep(reactor, SHORT).await;
                        write(into, b"x").unwrap();
                    };
                    let (count, ()) = join(poll(reactor, &mut files, None), late).await;
                    assert_eq!(count, Ok(1), "{reactor:?}");
                    assert!(files[number].is_ready());
                    linux::fs::read(&ends[number].0, &mut [0]).unwrap();
                }
                let mut both = [PollFd::nothing(), PollFd::new(&ends[0].1, PollFlags::OUT)];
                assert_eq!(poll(reactor, &mut both, None).await, Ok(1));
                assert!(both[1].is_ready() && !both[0].is_ready());
            })
            .unwrap();
        }
    }
}
