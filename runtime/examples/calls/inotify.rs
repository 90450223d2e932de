//! inotify(7): what happens in a directory. A watch has a number, which is no descriptor.
//!
//! ```text
//! $ calls inotify
//! CREATE one
//! MOVED_FROM one
//! MOVED_TO two, of the same move
//! DELETE two
//! IGNORED: the watch has ended
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{
    self, Mode, NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, inotify_rm_watch,
};

/// The number, what happened, what joins two events, and how long the name is: 4 bytes each.
const HEAD: usize = 16;

/// IN_IGNORED: nothing more comes of the watch.
const IGNORED: u32 = 0x8000;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    fs::mkdir("watched", Mode::octal(0o700))?;
    let watcher = inotify_init(NotifyFlags::CLOSE_ON_EXEC | NotifyFlags::NONBLOCK)?;
    let events =
        NotifyEvents::CREATE | NotifyEvents::MOVED_FROM | NotifyEvents::MOVED_TO | NotifyEvents::DELETE;
    let watch = inotify_add_watch(&watcher, "watched", events)?;
    let how = fs::OpenFlags::WRITE | fs::OpenFlags::CREATE | fs::OpenFlags::CLOSE_ON_EXEC;
    drop(fs::open("watched/one", how, Mode::octal(0o600))?);
    fs::rename("watched/one", "watched/two")?;
    fs::unlink("watched/two")?;
    inotify_rm_watch(&watcher, watch)?;
    fs::rmdir("watched")?;
    let mut buffer = [0; 1024];
    let count = fs::read(&watcher, &mut buffer)?;
    let (mut rest, mut last) = (buffer.get(..count).unwrap_or_default(), 0);
    while let Some((head, behind)) = rest.split_at_checked(HEAD) {
        let (words, _) = head.as_chunks();
        let [_, happened, cookie, length] =
            [0, 1, 2, 3].map(|at| words.get(at).map_or(0, |word| u32::from_ne_bytes(*word)));
        let Some((name, behind)) = behind.split_at_checked(length as usize) else { break };
        // Zeros fill it up.
        let name = str::from_utf8(name).unwrap_or("?").trim_end_matches('\0');
        match NotifyEvents::from_bits_retain(happened) {
            NotifyEvents::CREATE => writeln!(out, "CREATE {name}")?,
            NotifyEvents::MOVED_FROM => writeln!(out, "MOVED_FROM {name}")?,
            NotifyEvents::MOVED_TO if cookie == last => writeln!(out, "MOVED_TO {name}, of the same move")?,
            NotifyEvents::DELETE => writeln!(out, "DELETE {name}")?,
            _ if happened == IGNORED => writeln!(out, "IGNORED: the watch has ended")?,
            other => writeln!(out, "{other:?} {name}")?,
        }
        (rest, last) = (behind, cookie);
    }
    Ok(())
}
