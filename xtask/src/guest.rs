//! A guest that runs: its console, its agent and QEMU's monitor, as one stream of happenings with time limits.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use formats::wire::agent::{self, Decoder, Kind};
use serde_json::{Value, json};

use crate::command;
use crate::qemu::{self, Engine, Lines};

/// Something that the guest or QEMU did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happening {
    /// The guest wrote to its console.
    Console(Vec<u8>),
    /// The agent runs.
    Hello,
    /// The network is up; the line that says so.
    Up(String),
    /// The running command wrote to its standard output.
    Output(Vec<u8>),
    /// The running command wrote to its standard error.
    Error(Vec<u8>),
    /// The running command ended.
    Status(u32),
    /// QEMU tells of an event, by its name in the QEMU Machine Protocol.
    Event(String),
    /// QEMU has exited.
    Exited(ExitStatus),
}

/// The time limit passed; the guest still runs.
#[derive(Debug)]
pub(crate) struct TimedOut {
    /// What did not happen, and what the guest last said.
    pub message: String,
}

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TimedOut {}

/// A running guest; dropped, it is ended at once.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    folder: PathBuf,
    keyboard: Option<ChildStdin>,
    agent: Option<UnixStream>,
    monitor: UnixStream,
    incoming: Receiver<Raw>,
    decoder: Decoder,
    console: Vec<u8>,
    exit: Option<ExitStatus>,
    engine: Engine,
}

/// What the reading threads hand over.
#[derive(Debug)]
enum Raw {
    Console(Vec<u8>),
    Agent(Vec<u8>),
    Event(String),
    Ended,
}

/// How long a paced guest may be silent before QEMU is asked for anything at all: now and then, on a busy host, QEMU 7.2
/// forgets to set the timer that wakes such a guest from its idling, and sleeps for hours. A question wakes it.
const NUDGE: Duration = Duration::from_millis(500);

/// How long QEMU may take to open its lines.
const START: Duration = Duration::from_secs(20);

impl Running {
    /// Starts a guest, with an agent's line or without.
    pub(crate) fn start(guest: &qemu::Guest<'_>, with_agent: bool) -> Result<Self> {
        let folder = private_folder()?;
        let agent_path = folder.join("agent");
        let monitor_path = folder.join("monitor");
        let agent_path = with_agent.then_some(agent_path.as_path());
        let agent_listener = agent_path.map(listen).transpose()?;
        let monitor_listener = listen(&monitor_path)?;
        let mut command = guest.driven(Lines { agent: agent_path, monitor: &monitor_path })?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("start {}", command::show(&command)))?;
        let (sender, incoming) = mpsc::channel();
        let agent = agent_listener.map(|listener| accept(&listener, &mut child)).transpose()?;
        let monitor = accept(&monitor_listener, &mut child)?;
        let keyboard = child.stdin.take();
        let output = child.stdout.take().context("QEMU's standard output")?;
        if let Some(agent) = &agent {
            pass_on(agent.try_clone().context("share the agent's line")?, sender.clone(), Raw::Agent, None);
        }
        pass_on_events(&monitor, sender.clone())?;
        pass_on(output, sender, Raw::Console, Some(Raw::Ended));
        let decoder = Decoder::new();
        let mut running = Self {
            child,
            folder,
            keyboard,
            agent,
            monitor,
            incoming,
            decoder,
            console: Vec::new(),
            exit: None,
            engine: guest.engine,
        };
        running.monitor("qmp_capabilities", &Value::Null)?;
        Ok(running)
    }

    /// Waits for the next happening, until a point in time; nothing then.
    pub(crate) fn next(&mut self, until: Instant) -> Result<Option<Happening>> {
        loop {
            if let Some(found) = self.frame() {
                return Ok(Some(found));
            }
            if let Some(status) = self.exit {
                return Ok(Some(Happening::Exited(status)));
            }
            let left = until.saturating_duration_since(Instant::now());
            let turn = if self.engine == Engine::Paced { left.min(NUDGE) } else { left };
            match self.incoming.recv_timeout(turn) {
                Ok(Raw::Agent(bytes)) => self.decoder.push(&bytes),
                Ok(Raw::Console(bytes)) => {
                    self.console.extend_from_slice(&bytes);
                    return Ok(Some(Happening::Console(bytes)));
                }
                Ok(Raw::Event(name)) => return Ok(Some(Happening::Event(name))),
                Ok(Raw::Ended) | Err(RecvTimeoutError::Disconnected) => {
                    self.exit = Some(self.child.wait().context("wait for QEMU")?);
                }
                Err(RecvTimeoutError::Timeout) if turn < left => {
                    // If it cannot be told any more, its end is about to be heard.
                    let _ = self.monitor("query-status", &Value::Null);
                }
                Err(RecvTimeoutError::Timeout) => return Ok(None),
            }
        }
    }

    /// Ends it at once, as a loss of power does.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill().context("end QEMU")?;
        self.child.wait().context("wait for QEMU").map(drop)
    }

    fn frame(&mut self) -> Option<Happening> {
        let frame = self.decoder.next_frame()?;
        let bytes = frame.payload.to_vec();
        Some(match frame.kind {
            Kind::Hello => Happening::Hello,
            Kind::Up => Happening::Up(String::from_utf8_lossy(&bytes).into_owned()),
            Kind::Output => Happening::Output(bytes),
            Kind::Error => Happening::Error(bytes),
            Kind::Status => Happening::Status(frame.status()?),
            // A terminal that echoes: what we sent comes back. The guest's agent never sends these.
            Kind::Run | Kind::PowerOff | Kind::Reboot => return self.frame(),
        })
    }

    /// Sends the agent a frame.
    pub(crate) fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<()> {
        let mut bytes = Vec::new();
        agent::emit(kind, payload, &mut bytes);
        self.put(&bytes)
    }

    /// Puts bytes on the agent's line as they are.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let line = self.agent.as_mut().context("this guest has no agent")?;
        line.write_all(bytes).context("write to the agent's line")
    }

    /// Types letters at the console.
    pub(crate) fn type_text(&mut self, text: &str) -> Result<()> {
        let keyboard = self.keyboard.as_mut().context("the console is closed")?;
        keyboard.write_all(text.as_bytes()).and_then(|()| keyboard.flush()).context("type at the console")
    }

    /// Gives QEMU a command of the QEMU Machine Protocol; answers are not waited for.
    pub(crate) fn monitor(&mut self, name: &str, arguments: &Value) -> Result<()> {
        let mut command = json!({ "execute": name });
        if !arguments.is_null() {
            command["arguments"] = arguments.clone();
        }
        self.monitor.write_all(format!("{command}\n").as_bytes()).with_context(|| format!("tell QEMU {name}"))
    }

    /// Gives all that the guest wrote to its console so far.
    pub(crate) fn console(&self) -> String {
        String::from_utf8_lossy(&self.console).replace('\r', "")
    }

    /// Says what may be wrong with a guest that does not do what it should.
    fn hint(&self) -> &'static str {
        match self.engine {
            Engine::Kvm => {
                "\nIt ran under KVM, which is not usable on every host that has it; --accel tcg is."
            }
            Engine::Tcg | Engine::Counted | Engine::Paced => "",
        }
    }

    /// Makes the error for something that did not happen in time, with the last lines of the console.
    pub(crate) fn timed_out(&self, what: &str) -> anyhow::Error {
        TimedOut { message: format!("{what}{}{}", self.last_lines(), self.hint()) }.into()
    }

    /// Makes the error for a guest that ended where it should not have.
    pub(crate) fn ended(&mut self, what: &str) -> anyhow::Error {
        let mut said = String::new();
        if let Some(errors) = self.child.stderr.as_mut() {
            let _ = errors.read_to_string(&mut said); // what there is
        }
        anyhow::anyhow!(
            "{what}{}{}{}{}",
            self.last_lines(),
            if said.is_empty() { "" } else { "\nQEMU said: " },
            said.trim_end(),
            self.hint()
        )
    }

    fn last_lines(&self) -> String {
        let text = self.console();
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        match lines.get(lines.len().saturating_sub(15)..) {
            None | Some([]) => "\nThe guest's console is empty.".to_owned(),
            Some(tail) => format!("\nThe last lines of the guest's console:\n  {}", tail.join("\n  ")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when QEMU has exited already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a folder for sockets, whose paths may be 107 bytes long.
pub(crate) fn private_folder() -> Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("spelunk-{}-{number}", std::process::id()));
    let _ = fs::remove_dir_all(&folder); // of a process with the same number, long ago
    fs::create_dir(&folder).with_context(|| format!("make {}", folder.display()))?;
    Ok(folder)
}

fn listen(path: &Path) -> Result<UnixListener> {
    let listener = UnixListener::bind(path).with_context(|| format!("listen at {}", path.display()))?;
    listener.set_nonblocking(true).with_context(|| format!("listen at {}", path.display()))?;
    Ok(listener)
}

/// Waits for QEMU to connect, as long as it lives.
fn accept(listener: &UnixListener, child: &mut Child) -> Result<UnixStream> {
    let started = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).context("prepare a line of QEMU")?;
                return Ok(stream);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("wait for QEMU to open its lines"),
        }
        if let Some(status) = child.try_wait().context("look after QEMU")? {
            let mut said = String::new();
            if let Some(errors) = child.stderr.as_mut() {
                let _ = errors.read_to_string(&mut said); // what there is
            }
            bail!("QEMU exited at once ({status}): {}", said.trim());
        }
        if started.elapsed() > START {
            let _ = child.kill();
            bail!("QEMU did not open its lines within {} s", START.as_secs());
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Hands what a stream gives to the channel, from a thread of its own.
fn pass_on<R: Read + Send + 'static>(
    mut stream: R,
    sender: Sender<Raw>,
    wrap: fn(Vec<u8>) -> Raw,
    end: Option<Raw>,
) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                    if sender.send(wrap(bytes)).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        if let Some(end) = end {
            let _ = sender.send(end); // nobody listens any more
        }
    });
}

fn pass_on_events(monitor: &UnixStream, sender: Sender<Raw>) -> Result<()> {
    let reader = BufReader::new(monitor.try_clone().context("share QEMU's monitor")?);
    thread::spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
            if let Some(name) = message["event"].as_str()
                && sender.send(Raw::Event(name.to_owned())).is_err()
            {
                return;
            }
        }
    });
    Ok(())
}
