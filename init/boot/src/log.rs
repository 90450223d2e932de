//! What process 1 and its workers say: to the console for people, to the kernel's log for later.
//!
//! A message is made in a buffer of fixed size on the stack, so that saying "out of memory" takes none.

use core::ffi::CStr;
use core::fmt::{self, Write};
use formats::time::Duration;

use linux::fd::{OwnedFd, STDERR};
use linux::fs::{self, Mode, OpenFlags};
use linux::poll::{self, PollFd, PollFlags};

/// The weight of a message, heaviest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something does not work.
    Error,
    /// Something changed that the user wants to hear of.
    #[default]
    Info,
    /// Steps on the way.
    Debug,
}

impl Level {
    /// Finds a level by its name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "error" => Self::Error,
            "info" => Self::Info,
            "debug" => Self::Debug,
            _ => return None,
        })
    }
}

/// The kernel's mark of a message: facility daemon, level debug. The kernel keeps it and, having its own idea of what
/// belongs on the console, does not print there what was printed there already.
const MARK: &str = "<31>";

/// Longer messages are cut: a console line is of no use then, and the kernel takes 976 bytes.
const LONGEST: usize = 320;

/// Where messages go. It holds no descriptor: messages are rare, and what is opened for each is there whatever was
/// mounted or lost in between.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log {
    level: Level,
}

impl Log {
    /// Makes a log whose messages of this weight or more go to the console; the kernel's log gets all.
    pub const fn new(level: Level) -> Self {
        Self { level }
    }

    /// Says whether messages of a weight go to the console.
    pub fn shows(self, level: Level) -> bool {
        level <= self.level
    }

    /// Says that something does not work.
    pub fn error(self, message: fmt::Arguments<'_>) {
        self.put(Level::Error, message);
    }

    /// Says that something changed.
    pub fn info(self, message: fmt::Arguments<'_>) {
        self.put(Level::Info, message);
    }

    /// Says what is being done.
    pub fn debug(self, message: fmt::Arguments<'_>) {
        self.put(Level::Debug, message);
    }

    /// A message that can be written nowhere is lost: there is nobody to tell. The kernel's log, which keeps the time,
    /// comes first.
    fn put(self, level: Level, message: fmt::Arguments<'_>) {
        let line = line(message);
        let console = line.as_bytes().get(MARK.len()..).unwrap_or_default();
        if let Ok(kernel) = open(c"/dev/kmsg") {
            let _ = fs::write(kernel, line.as_bytes());
        }
        // A console that a user has stopped (ctrl-S) must not stop process 1.
        let mut ready = [PollFd::new(&STDERR, PollFlags::OUT)];
        if self.shows(level) && poll::poll(&mut ready, Some(Duration::ZERO.into())) == Ok(1) {
            let _ = fs::write(STDERR, console);
        }
    }
}

fn open(path: &CStr) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::WRITE | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
    fs::open(path, flags | OpenFlags::NO_CONTROLLING_TERMINAL, Mode::empty())
}

/// Makes the line with the kernel's mark before it; cuts what is too long at a character.
fn line(message: fmt::Arguments<'_>) -> heapless::String<LONGEST> {
    struct Cut(heapless::String<LONGEST>);
    impl Write for Cut {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for letter in text.chars() {
                if self.0.len() + letter.len_utf8() >= LONGEST {
                    return Err(fmt::Error);
                }
                self.0.push(if letter.is_control() { ' ' } else { letter }).map_err(|_| fmt::Error)?;
            }
            Ok(())
        }
    }
    let mut line = Cut(heapless::String::new());
    // An error says that the rest was cut.
    let _ = write!(line, "{MARK}spelunk: {message}");
    let _ = line.0.push('\n');
    line.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_mark_and_its_end() {
        assert_eq!(line(format_args!("mount {}: busy", "/run")), "<31>spelunk: mount /run: busy\n");
    }

    #[test]
    fn a_message_cannot_forge_another_line() {
        assert_eq!(line(format_args!("a\n<0>b\x1b[2J")), "<31>spelunk: a <0>b [2J\n");
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let line = line(format_args!("{}", "ö".repeat(LONGEST)));
        assert!(line.len() <= LONGEST && line.len() >= LONGEST - 2);
        assert!(line.ends_with("ö\n"));
    }

    #[test]
    fn levels_are_found_by_name_and_ordered() {
        assert_eq!(Level::named("debug"), Some(Level::Debug));
        assert_eq!(Level::named("loud"), None);
        assert!(Level::Error < Level::Info && Level::Info < Level::Debug);
    }
}
