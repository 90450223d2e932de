//! The prompt on the console: the shell, or in a program without it a loop that splits words and runs a command in a child.
//!
//! An empty read (ctrl-D) or the word `exit` ends it; process 1 then starts it anew. Ctrl-C ends the command, not the
//! prompt: both are in the terminal's foreground group, and the prompt holds the signal back.

use alloc::vec::Vec;
use formats::time::Duration;

use linux::fd::{STDIN, STDOUT};
use linux::process::{self, WaitFlags, WaitFor};
use linux::signal::{self, MaskHow, Signal, SignalSet};
use linux::{Errno, fs, retry, terminal};

use crate::command::{self, Commands, Streams};
use crate::up;

/// What the terminal's keys send.
const KEYS: SignalSet = SignalSet::of(&[Signal::INT, Signal::QUIT, Signal::TSTP]);

/// How long the prompt waits for the line that says that the network is up, so that the two do not share a line.
const PATIENCE: Duration = Duration::from_millis(250);

/// The longest line in bytes.
const LONGEST: usize = 4096;

/// Serves the console until its end; `name` stands before `:/# `. Gives 0 at the end, 1 when there is no console.
pub(crate) fn run(commands: &dyn Commands, name: &str, network: bool) -> i32 {
    // Without its own session and terminal only ctrl-C is missing.
    let _ = process::setsid();
    let _ = terminal::set_controlling(STDIN, true);
    if network {
        up::wait(PATIENCE);
    }
    if let Some(status) = commands.session(name) {
        return status;
    }
    let _ = signal::sigprocmask(MaskHow::Block, Some(KEYS));
    let mut prompt = Prompt { commands, typed: Vec::new() };
    loop {
        let sign = [name.as_bytes(), b":/# "].concat();
        if fs::write_all(STDOUT, &sign).is_err() {
            return 1;
        }
        match prompt.line() {
            Ok(Some(line)) if line.trim_ascii() == b"exit" => return 0,
            Ok(Some(line)) => prompt.serve(&line),
            Ok(None) => return 0,
            Err(_) => return 1,
        }
    }
}

struct Prompt<'a> {
    commands: &'a dyn Commands,
    /// What was read behind the last line: a pipe gives several at once.
    typed: Vec<u8>,
}

impl Prompt<'_> {
    /// Reads a line; none at the end of the input. What exceeds the longest line is a line of its own.
    fn line(&mut self) -> Result<Option<Vec<u8>>, Errno> {
        loop {
            if let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.typed.drain(..=end).collect()));
            }
            let mut piece = [0; LONGEST];
            let count = retry(|| fs::read(STDIN, &mut piece))?;
            self.typed.extend_from_slice(piece.get(..count).unwrap_or_default());
            if count == 0 || self.typed.len() >= LONGEST {
                let rest = core::mem::take(&mut self.typed);
                return Ok(Some(rest).filter(|rest| !rest.is_empty()));
            }
        }
    }

    /// Runs one line to its end and says how it ended if that was not well.
    fn serve(&self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let ended = command::start(self.commands, line, Streams::default())
            .and_then(|pid| retry(|| process::waitid(WaitFor::Process(pid), WaitFlags::EXITED)));
        let text = match ended {
            Ok(child) => match child.map_or(0, |child| child.ended.shell_status()) {
                0 => return,
                status => alloc::format!("[status {status}]\n"),
            },
            Err(cause) => alloc::format!("cannot start a process: {cause}\n"),
        };
        let _ = fs::write_all(STDOUT, text.as_bytes());
    }
}
