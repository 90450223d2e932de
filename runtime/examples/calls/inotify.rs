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
    self, Mode, NotifyEvents, NotifyFlags, inotify_add_watch, inotify_init, inotify_read, inotify_rm_watch,
};

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
    let (mut buffer, mut last) = ([0; 1024], 0);
    for change in inotify_read(&watcher, &mut buffer)? {
        let name = str::from_utf8(change.name).unwrap_or("?");
        match change.events {
            NotifyEvents::CREATE => writeln!(out, "CREATE {name}")?,
            NotifyEvents::MOVED_FROM => writeln!(out, "MOVED_FROM {name}")?,
            NotifyEvents::MOVED_TO if change.cookie == last => {
                writeln!(out, "MOVED_TO {name}, of the same move")?;
            }
            NotifyEvents::DELETE => writeln!(out, "DELETE {name}")?,
            NotifyEvents::ENDED => writeln!(out, "IGNORED: the watch has ended")?,
            other => writeln!(out, "{other} {name}")?,
        }
        last = change.cookie;
    }
    Ok(())
}
