//! `test` (POSIX; what other shells have besides), as [`system::condition`] has it: the shell's own does the same.

use linux::fs::{self, Access, Metadata, Mode, OpenFlags};
use linux::{fd, terminal};
use system::condition::{Files, decide};

use crate::{Applet, Arguments, Io, Run, Status};

pub(crate) const APPLET: Applet =
    Applet { name: "test", summary: SUMMARY, usage: USAGE, flags: flags![], run: Run::Words(test) };

pub(super) const SUMMARY: &str =
    "Say by the status whether an expression holds: 0 yes, 1 no, 2 for what is none";
pub(super) const USAGE: &str = "[EXPRESSION]\n\n\
    Of a file: -b -c -d -e -f -g -h -k -p -r -s -u -w -x -G -L -N -O -S FILE, A -nt -ot -ef B\n\
    Of text: -n -z TEXT, A {= == != < >} B; of numbers: A {-eq -ne -lt -le -gt -ge} B; of a terminal: -t NUMBER\n\
    Of others: ! A, A -a B, A -o B, ( A )";

fn test(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    answer(io, arguments.words)
}

/// Gives the answer as a status.
pub(super) fn answer(io: &mut Io<'_>, words: &[&[u8]]) -> Status {
    match decide(&Here, words) {
        Ok(holds) => holds.into(),
        Err(message) => io.misuse_with(b"", &message),
    }
}

/// The files of this system.
struct Here;

impl Files for Here {
    fn stat(&self, path: &[u8], follows: bool) -> Option<Metadata> {
        if follows { fs::stat(path) } else { fs::lstat(path) }.ok()
    }

    fn may(&self, path: &[u8], how: Access) -> bool {
        fs::access(path, how).is_ok()
    }

    fn is_terminal(&self, number: i32) -> bool {
        let path = alloc::format!("/proc/self/fd/{number}");
        let flags = OpenFlags::NONBLOCK | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
        match number {
            0 => terminal::is_terminal(fd::STDIN),
            1 => terminal::is_terminal(fd::STDOUT),
            2 => terminal::is_terminal(fd::STDERR),
            _ => fs::open(path.as_bytes(), flags, Mode::empty()).is_ok_and(terminal::is_terminal),
        }
    }
}
