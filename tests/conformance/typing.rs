//! The shell on a pseudo terminal: what a person types, and what the commands make of it.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use linux::fd::{AsFd, OwnedFd};
use linux::fs::{Mode, OpenFlags};
use linux::poll::{PollFd, PollFlags, poll};
use linux::signal::{self, Signal};
use linux::terminal::{self, Size, bits};
use spelunk_tests::tally::Tally;

use Step::{Ended, Keeps, Lines, Sees, Sends, Sized, Types};

/// What happens in a dialogue.
enum Step {
    /// Someone types.
    Types(&'static str),
    /// This comes next on the terminal, after anything else.
    Sees(&'static str),
    /// The terminal gets so many columns.
    Sized(u16),
    /// Another process sends the shell a signal.
    Sends(Signal),
    /// The terminal edits lines itself.
    Lines,
    /// The shell has ended: with this status, or by this signal.
    Ended(Result<i32, Signal>),
    /// The history's file holds this.
    Keeps(&'static str),
}

/// A dialogue: its name, the kind of the terminal, and its steps.
type Dialogue = (&'static str, &'static str, &'static [Step]);

const DIALOGUES: &[Dialogue] = &[
    (
        "a command is edited before it runs",
        "xterm",
        &[
            Types("cho $((1+1))x\x1b[1~e\x05\x7fy\r"),
            Sees("\n2y\r\n"),
            Sees("$ "),
            Types("false\r"),
            Sees("$ "),
            Types("\x04"),
            Ended(Ok(1)),
            Keeps("echo $((1+1))y\nfalse\n"),
        ],
    ),
    (
        "a line is edited as in vi",
        "xterm",
        &[
            Types("set -o vi\r"),
            Sees("$ "),
            Types("cho a$((2))b c\x1b0ie\x1b$xiz\x1bA y\r"),
            Sees("\na2bz y\r\n"),
            Types("\x1bk0cwprintf\x1bwD\x1b#"),
            Sees("#printf"),
            Types("set -o emacs\recho x\x01\x06\x06$((1+1))\r"),
            Sees("2ho"),
            Types("\x04"),
        ],
    ),
    (
        "commands come back from the history",
        "xterm",
        &[
            Types("echo a$((2))\recho b$((3))\r\x1b[A\x1b[A\r"),
            Sees("\na2\r\n"),
            Sees("\nb3\r\n"),
            Sees("\na2\r\n"),
            Sees("$ "),
            Types("\x12b$"),
            Sees("(search) 'b$'"),
            Types("\r"),
            Sees("\nb3\r\n"),
            Types("exit 4\r"),
            Ended(Ok(4)),
            Keeps("echo a$((2))\necho b$((3))\nexit 4\n"),
        ],
    ),
    (
        "the history is shown, changed and run again",
        "xterm",
        &[
            Types("echo a$((1))\recho b$((2)) \\\rc\rfc -l\r"),
            Sees("\n1\techo a$((1))\r\n2\techo b$((2)) \\\r\n\tc\r\n"),
            Sees("$ "),
            Types("fc -ln -1\r"),
            Sees("\n\tfc -l\r\n"),
            Sees("$ "),
            Types("fc -lr 1 2\r"),
            Sees("\n2\techo b$((2)) \\\r\n\tc\r\n1\techo a$((1))\r\n"),
            Sees("$ "),
            Types("fc -s a=z ech\r"),
            Sees("fc: a: is not in the command\r\n"),
            Types("fc -l nothing\r"),
            Sees("fc: nothing: no such command in the history\r\n"),
            Types("fc -s a=z 'echo a'\r"),
            Sees("\necho z$((1))\r\nz1\r\n"),
            Sees("$ "),
            Types("history 2\r"),
            Sees("\techo z$((1))\r\n"),
            Sees("\thistory 2\r\n"),
            Sees("$ "),
            Types("fc -e 'sed -i s/z/y/' 'echo z'\r"),
            Sees("\necho y$((1))\r\ny1\r\n"),
            Sees("$ "),
            Types("fc -e false 1; echo $?.\r"),
            Sees("\n1.\r\n"),
            Sees("$ "),
            Types("set -o vi; EDITOR='sed -i s/w/v/'\recho w$((3))\x1bv"),
            Sees("\necho v$((3))\r\nv3\r\n"),
            Sees("$ "),
            Types("iexit\r"),
        ],
    ),
    (
        "a command of many lines is one",
        "xterm",
        &[
            Types("for i in 1 2\rdo echo $i.\rdone\r"),
            Sees("\n1.\r\n2.\r\n"),
            Types("cat <<E\r$((3*3))\rE\r"),
            Sees("\n9\r\n"),
            Types("echo a\\\rb\r"),
            Sees("\nab\r\n"),
            Types("exit\r"),
            Ended(Ok(0)),
            Keeps("for i in 1 2\\\ndo echo $i.\\\ndone\ncat <<E\\\n$((3*3))\\\nE\necho a\\\\\nb\nexit\n"),
        ],
    ),
    (
        "what is pasted waits",
        "xterm",
        &[
            Types("\x1b[200~echo 1$((1))\recho 2$((2))\r\x1b[201~"),
            Sees("2$((2))"),
            Types("echo 3$((3))\r"),
            Sees("\n11\r\n22\r\n33\r\n"),
        ],
    ),
    (
        "^C drops the line",
        "xterm",
        &[
            Types("echo a$((1))\x03"),
            Sees("^C"),
            Sees("\n"),
            Types("echo $?\r"),
            Sees("\n130\r\n"),
            Sees("$ "),
            Types("trap 'echo caught' INT\r"),
            Sees("$ "),
            Types("x\x03"),
            Sees("caught"),
            Sees("$ "),
            Types("trap '' INT\r"),
            Sees("$ "),
            Types("echo y\x03echo b$((1))\r"),
            Sees("\nb1\r\n"),
        ],
    ),
    (
        "programs find the terminal as it was",
        "xterm",
        &[
            Types("cat\r"),
            Sees("cat"),
            Sees("\n"),
            Lines,
            Types("abc\r"),
            Sees("abc\r\nabc\r\n"),
            Types("\x1a"),
            Sees("Stopped"),
            Sees("$ "),
            Types("jobs\r"),
            Sees("Stopped"),
            Types("fg\r"),
            Sees("\ncat\r\n"),
            Types("in front\r"),
            Sees("in front\r\nin front\r\n"),
            Types("\x03"),
            Sees("$ "),
            Types("cat\rtyped ahead\r"),
            Sees("cat"),
            Sees("\ntyped ahead\r\n"),
            Types("\x04"),
            Sees("$ "),
            Types("\x04"),
            Ended(Ok(0)),
            Lines,
        ],
    ),
    (
        "another size draws the line anew",
        "xterm",
        &[
            Types("echo abcdefghijklmnopqrst"),
            Sees("qrst"),
            Sized(12),
            Sees("$ echo abcde\r\r\nfghijklmnopq\r\r\nrst"),
            Types("\r"),
            Sees("\nabcdefghijklmnopqrst\r\n"),
        ],
    ),
    (
        "wide characters are one key each",
        "xterm",
        &[Types("echo \u{4f60}x\u{597d}\x02\x7f\r"), Sees("\n\u{4f60}\u{597d}\r\n")],
    ),
    (
        "commands, options, files and variables are completed",
        "xterm",
        &[
            Types("mkdir 'new folder'; ech\t$((5))>new\tfile\r"),
            Sees("$ "),
            Types("some_function() { ech\t$((6)).$1; }; VALUE_OF_MINE=8\r"),
            Sees("$ "),
            Types("some_f\t\"$VALUE_OF\t\"\r"),
            Sees("\n6.8\r\n"),
            Types("cat $HOME/new\tf\t\r"),
            Sees("\n5\r\n"),
            Sees("$ "),
            Types("ls --al\t"),
            Sees("--almost-all  so, but"),
        ],
    ),
    (
        "a signal that ends the shell leaves the terminal and the history",
        "xterm",
        &[
            Types("echo $((9))\r"),
            Sees("\n9\r\n"),
            Sees("$ "),
            Types("abc"),
            Sees("abc"),
            Sends(Signal::HUP),
            Ended(Err(Signal::HUP)),
            Lines,
            Keeps("echo $((9))\n"),
        ],
    ),
    (
        "a trap runs while a line is typed, and the line stays",
        "xterm",
        &[
            Types("trap 'echo got $((4))' USR1\r"),
            Sees("$ "),
            Types("echo k$((5))"),
            Sees("k$((5))"),
            Sends(Signal::USR1),
            Sees("got 4"),
            Sees("$ echo k"),
            Types("\r"),
            Sees("\nk5\r\n"),
        ],
    ),
    (
        "a plain terminal edits by itself",
        "dumb",
        &[Lines, Types("echo a$((1+1))b\r"), Sees("\na2b\r\n$ "), Lines, Types("\x04"), Ended(Ok(0))],
    ),
];

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);

/// A shell on a terminal.
struct Session {
    master: OwnedFd,
    terminal: OwnedFd,
    child: Child,
    /// What it has written and nobody has seen yet.
    waiting: Vec<u8>,
}

/// Goes through the dialogues that are wanted; gives how many went well, and says which did not.
pub(crate) fn run(shell: &Path, folder: &Path, tally: &Tally) {
    for (index, (name, kind, steps)) in DIALOGUES.iter().enumerate() {
        let home = folder.join(index.to_string());
        tally.case(&format!("typing: {name}"), || perform(shell, &home, kind, steps));
    }
}

fn perform(shell: &Path, home: &Path, kind: &str, steps: &[Step]) -> Result<()> {
    fs::create_dir_all(home)?;
    let mut session = Session::begin(shell, home, kind)?;
    let done = steps.iter().enumerate().try_for_each(|(index, step)| {
        session.step(step, home).with_context(|| format!("step {}", index + 1))
    });
    let _ = session.child.kill();
    session.child.wait()?;
    done
}

impl Session {
    fn begin(shell: &Path, home: &Path, kind: &str) -> Result<Self> {
        let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
        let master = linux::fs::open("/dev/ptmx", flags, Mode::empty())?;
        terminal::unlock_peer(&master)?;
        let peer = terminal::open_peer(&master, flags)?;
        terminal::set_size(&master, Size { rows: 24, columns: 80 })?;
        let path = fs::read_link(format!("/proc/self/fd/{}", peer.as_fd().as_raw()))?;
        let no_controlling_terminal = OpenFlags::NO_CONTROLLING_TERMINAL.bits() as i32;
        let file = File::options().read(true).write(true).custom_flags(no_controlling_terminal).open(path)?;
        let mut command = Command::new("/usr/bin/setsid");
        command.arg("--ctty").arg(shell).current_dir(home).env_clear();
        command.env("PATH", super::PATH).env("HOME", home).env("TERM", kind).env("PS1", "$ ");
        command.stdin(file.try_clone()?).stdout(file.try_clone()?).stderr(file);
        // Who runs the tests so that they survive his terminal (nohup) has it ignored, and so would the shell.
        signal::default(Signal::HUP)?;
        let child = command.spawn().context("setsid")?;
        let mut session = Self { master, terminal: peer, child, waiting: Vec::new() };
        session.see("$ ")?;
        Ok(session)
    }

    fn step(&mut self, step: &Step, home: &Path) -> Result<()> {
        match step {
            Types(text) => Ok(linux::fs::write_all(&self.master, text.as_bytes())?),
            Sees(text) => self.see(text),
            Sized(columns) => Ok(terminal::set_size(&self.master, Size { rows: 24, columns: *columns })?),
            Sends(signal) => {
                let pid = linux::process::Pid::new(self.child.id().cast_signed()).context("a number")?;
                Ok(linux::process::kill(pid, Some(*signal))?)
            }
            Lines => {
                let settings = terminal::settings(&self.terminal)?;
                let wanted = bits::ICANON | bits::ECHO | bits::ISIG;
                ensure!(settings.local() & wanted == wanted, "the terminal passes single keys");
                Ok(())
            }
            Ended(expected) => {
                let status = self.end()?;
                let found = match status.code() {
                    Some(code) => Ok(code),
                    None => Err(status.signal().and_then(Signal::new)),
                };
                ensure!(found == expected.map_err(Some), "{status}");
                Ok(())
            }
            Keeps(expected) => {
                let found = fs::read_to_string(home.join(".sh_history")).context("the history")?;
                ensure!(found == *expected, "the history is {found:?}\nexpected {expected:?}");
                Ok(())
            }
        }
    }

    /// Waits for a text, and takes all up to its end.
    fn see(&mut self, text: &str) -> Result<()> {
        let end = Instant::now() + LIMIT;
        loop {
            let found = self.waiting.windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(at) = found {
                self.waiting.drain(..at + text.len());
                return Ok(());
            }
            if !self.read(end)? {
                bail!("expected {text:?}\nafter that came \"{}\"", self.waiting.escape_ascii());
            }
        }
    }

    /// Reads what comes; false when the time is over.
    fn read(&mut self, end: Instant) -> Result<bool> {
        let left = end.saturating_duration_since(Instant::now());
        let mut files = [PollFd::new(&self.master, PollFlags::IN)];
        if poll(&mut files, Some(left))? == 0 {
            return Ok(false);
        }
        let mut buffer = [0; 4096];
        let count = linux::fs::read(&self.master, &mut buffer)?;
        self.waiting.extend_from_slice(&buffer[..count]);
        Ok(true)
    }

    /// Waits for the end of the shell, and reads what it writes until then.
    fn end(&mut self) -> Result<std::process::ExitStatus> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < end, "the shell has not ended");
            self.read(Instant::now() + Duration::from_millis(5))?;
        }
    }
}
