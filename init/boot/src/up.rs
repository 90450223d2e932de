//! `/run/spelunk/up`: the line that says that the network is up, for whoever waits for it.
//!
//! The network worker writes it, once whole; the agent, the prompt and any script read it. It is a file and not a
//! descriptor from process 1, so that a worker that is restarted, or a user's program, can ask as well.

use alloc::vec::Vec;
use formats::time::Duration;

use linux::fd::OwnedFd;
use linux::fs::{self, Mode, NotifyEvents, NotifyFlags, OpenFlags};
use linux::poll::{self, PollFd, PollFlags};

/// The folder of what process 1 and its workers show.
const FOLDER: &str = "/run/spelunk";

const PATH: &str = "/run/spelunk/up";
const DRAFT: &str = "/run/spelunk/.up";

/// Publishes the line; a reader sees all of it or nothing.
///
/// # Errors
/// Those of `open(2)`, `write(2)` and `rename(2)`.
pub fn announce(line: &str) -> linux::Result<()> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::CLOSE_ON_EXEC;
    make_folder();
    let draft = fs::open(DRAFT, flags, Mode::octal(0o644))?;
    fs::write_all(&draft, line.as_bytes())?;
    fs::write_all(&draft, b"\n")?;
    fs::rename(DRAFT, PATH)
}

/// Makes the folder, if nobody has yet; if it cannot be made, its first user says so.
pub(crate) fn make_folder() {
    let _ = fs::mkdir(FOLDER, Mode::octal(0o755));
}

/// Gives the line, without its end, once it was published.
pub(crate) fn line() -> Option<Vec<u8>> {
    let file = fs::open(PATH, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).ok()?;
    let mut text = [0; 512];
    let count = fs::read_full(&file, &mut text).ok()?;
    Some(text.get(..count)?.trim_ascii_end().to_vec())
}

/// Opens a descriptor that is ready to read when the line may have been published since; to be made before [`line()`] is
/// asked, so that nothing falls between the two.
///
/// # Errors
/// Those of `inotify(7)`; `NOENT` if process 1 could not make the folder.
pub(crate) fn watch() -> linux::Result<OwnedFd> {
    let watcher = fs::inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK)?;
    fs::inotify_add_watch(&watcher, FOLDER, NotifyEvents::MOVED_TO)?;
    Ok(watcher)
}

/// Waits until the line was published or the time is over.
pub(crate) fn wait(limit: Duration) {
    if let Ok(watcher) = watch()
        && line().is_none()
    {
        // The line is all that is ever moved into the folder, so the first wake-up is the one.
        let _ = poll::poll(&mut [PollFd::new(&watcher, PollFlags::IN)], Some(limit.into()));
    }
}
