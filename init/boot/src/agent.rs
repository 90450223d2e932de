//! The agent: runs the commands that `cargo xtask boot --exec` sends over a second serial line.
//!
//! It speaks the frames of [`formats::wire::agent`]: hello at its start, `up` once the network is, then for each
//! command, in the order in which they came, what it wrote and its status. Commands run one at a time, each in a child
//! with pipes for its output. Noise on the line is skipped.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::convert::Infallible;

use formats::wire::agent::{self as wire, Decoder, Kind};
use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{self, Mode, OpenFlags, PipeFlags};
use linux::poll::{self, PollFd, PollFlags};
use linux::process::{self, Pid, PidfdFlags, WaitFlags, WaitFor};
use linux::terminal::{self, SetWhen};
use linux::{Errno, retry};

use crate::command::{self, Commands, Streams};
use crate::shutdown::machine::Goal;
use crate::{signals, up};

/// Serves the terminal `/dev/<name>` until it fails; gives a status for process 1, which starts it again.
pub(crate) fn run(commands: &dyn Commands, name: &str, complain: impl FnOnce(Errno)) -> i32 {
    let Err(cause) = serve(commands, name);
    complain(cause);
    1
}

fn serve(commands: &dyn Commands, name: &str) -> linux::Result<Infallible> {
    let path = ["/dev/", name].concat();
    let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
    let line = fs::open(path.as_str(), flags, Mode::empty())?;
    // Not a terminal (a virtio port): nothing changes its bytes anyway.
    match terminal::settings(&line) {
        Ok(settings) => terminal::set_settings(&line, SetWhen::Now, &settings.raw())?,
        Err(Errno::NOTTY) => {}
        Err(cause) => return Err(cause),
    }
    let mut agent = Agent {
        commands,
        line,
        watch: up::watch().ok(),
        decoder: Decoder::new(),
        waiting: VecDeque::new(),
        running: None,
    };
    agent.send(Kind::Hello, &[])?;
    agent.tell_up()?;
    loop {
        agent.step()?;
    }
}

struct Agent<'a> {
    commands: &'a dyn Commands,
    line: OwnedFd,
    /// Ready when the network may have come up; gone once the host was told.
    watch: Option<OwnedFd>,
    decoder: Decoder,
    waiting: VecDeque<Vec<u8>>,
    running: Option<Running>,
}

/// A command in its child.
struct Running {
    pid: Pid,
    /// Ready to read when the child has ended.
    ended: OwnedFd,
    output: Stream,
    error: Stream,
}

/// The reading end of a command's pipe, until all writers have closed it.
struct Stream {
    kind: Kind,
    pipe: Option<OwnedFd>,
}

impl Agent<'_> {
    /// Waits for one thing to happen, and deals with all that has.
    fn step(&mut self) -> linux::Result<()> {
        let [line, watch, output, error, ended] = self.wait()?;
        if watch {
            self.tell_up()?;
        }
        if let Some(running) = &mut self.running {
            if output {
                running.output.pass(&self.line)?;
            }
            if error {
                running.error.pass(&self.line)?;
            }
        }
        if ended {
            self.finish()?;
        }
        if line {
            self.hear()?;
        }
        self.start_next()
    }

    fn wait(&self) -> linux::Result<[bool; 5]> {
        let running = self.running.as_ref();
        let mut entries = [
            entry(Some(&self.line)),
            entry(self.watch.as_ref()),
            entry(running.and_then(|running| running.output.pipe.as_ref())),
            entry(running.and_then(|running| running.error.pipe.as_ref())),
            entry(running.map(|running| &running.ended)),
        ];
        retry(|| poll::poll(&mut entries, None))?;
        Ok(entries.map(|entry| entry.is_ready()))
    }

    /// Tells the host that the network is up, if it is.
    fn tell_up(&mut self) -> linux::Result<()> {
        match up::line() {
            Some(line) => {
                self.watch = None;
                self.send(Kind::Up, &line)
            }
            None => Ok(()),
        }
    }

    /// Reads from the line and takes the frames in it.
    fn hear(&mut self) -> linux::Result<()> {
        let mut bytes = [0; 4096];
        let count = retry(|| fs::read(&self.line, &mut bytes))?;
        if count == 0 {
            // Hung up: nobody will ever speak here again.
            return Err(Errno::IO);
        }
        self.decoder.push(bytes.get(..count).unwrap_or_default());
        while let Some(frame) = self.decoder.next_frame() {
            match frame.kind {
                Kind::Run => self.waiting.push_back(frame.payload.to_vec()),
                Kind::PowerOff => ask(Goal::PowerOff)?,
                Kind::Reboot => ask(Goal::Reboot)?,
                // Our own frames come back from a line that echoes.
                Kind::Hello | Kind::Up | Kind::Output | Kind::Error | Kind::Status => {}
            }
        }
        Ok(())
    }

    fn start_next(&mut self) -> linux::Result<()> {
        while self.running.is_none() {
            let Some(line) = self.waiting.pop_front() else { break };
            match Running::start(self.commands, &line) {
                Ok(running) => self.running = Some(running),
                Err(cause) => {
                    let text = alloc::format!("cannot start a process: {cause}\n");
                    self.send(Kind::Error, text.as_bytes())?;
                    self.send(Kind::Status, &126_u32.to_le_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Sends what the command still has in its pipes, then its status. A process that it left behind may hold the pipes
    /// open; what that writes later belongs to nobody.
    fn finish(&mut self) -> linux::Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let child = retry(|| process::waitid(WaitFor::Process(running.pid), WaitFlags::EXITED))?;
        while running.output.pass(&self.line)? {}
        while running.error.pass(&self.line)? {}
        let status = child.map_or(0, |child| child.ended.shell_status());
        self.send(Kind::Status, &status.cast_unsigned().to_le_bytes())
    }

    fn send(&self, kind: Kind, payload: &[u8]) -> linux::Result<()> {
        let mut frame = Vec::with_capacity(wire::HEAD + payload.len());
        wire::emit(kind, payload, &mut frame);
        fs::write_all(&self.line, &frame)
    }
}

impl Running {
    fn start(commands: &dyn Commands, line: &[u8]) -> linux::Result<Self> {
        let (output, output_end) = pipe()?;
        let (error, error_end) = pipe()?;
        let nothing =
            fs::open(c"/dev/null", OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC, Mode::empty()).ok();
        let streams = Streams {
            input: nothing.as_ref().map(borrow),
            output: Some(borrow(&output_end)),
            error: Some(borrow(&error_end)),
        };
        let pid = command::start(commands, line, streams)?;
        let ended = process::pidfd_open(pid, PidfdFlags::empty())?;
        let output = Stream { kind: Kind::Output, pipe: Some(output) };
        Ok(Self { pid, ended, output, error: Stream { kind: Kind::Error, pipe: Some(error) } })
    }
}

impl Stream {
    /// Sends what is in the pipe now, up to a frame; says whether there was something.
    fn pass(&mut self, line: &OwnedFd) -> linux::Result<bool> {
        let Some(pipe) = &self.pipe else { return Ok(false) };
        let mut frame = [0; wire::HEAD + 0x4000];
        let Some((head, payload)) = frame.split_first_chunk_mut::<{ wire::HEAD }>() else { return Ok(false) };
        match retry(|| fs::read(pipe, payload)) {
            Ok(0) => {
                self.pipe = None;
                Ok(false)
            }
            Ok(count) => {
                *head = wire::head(self.kind, count);
                fs::write_all(line, frame.get(..wire::HEAD + count).unwrap_or_default())?;
                Ok(true)
            }
            Err(Errno::AGAIN) => Ok(false),
            Err(cause) => Err(cause),
        }
    }
}

/// Makes a pipe of which only our end, the reading one, never waits.
fn pipe() -> linux::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
    fs::set_status_flags(&reader, OpenFlags::NONBLOCK)?;
    Ok((reader, writer))
}

fn entry(fd: Option<&OwnedFd>) -> PollFd<'_> {
    fd.map_or(PollFd::nothing(), |fd| PollFd::new(fd, PollFlags::IN))
}

fn borrow(fd: &OwnedFd) -> BorrowedFd<'_> {
    fd.as_fd()
}

/// Asks process 1 for the end of the machine.
fn ask(goal: Goal) -> linux::Result<()> {
    process::kill(Pid::INIT, Some(signals::asking(goal)))
}
