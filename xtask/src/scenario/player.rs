//! Plays a scenario: starts its guest, does its steps, and checks what it must have come to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use formats::wire::agent::Kind;
use serde_json::{Value, json};

use super::file::{Disk, Image, Network, Scenario, Step};
use super::network::{self, Behaviour};
use super::{debian, disk};
use crate::guest::{Happening, Running};
use crate::image::{self, Compression};
use crate::machine::{Architecture, Machine};
use crate::qemu::{self, Engine, Guest, Reset};
use crate::selection::Selection;
use crate::{boot, build, output};

/// Where a scenario is played.
pub(crate) struct Stage<'a> {
    /// The processor's architecture.
    pub architecture: &'a Architecture,
    /// The machine.
    pub machine: &'a Machine,
    /// The kernel's image.
    pub kernel: &'a Path,
    /// What executes the guest.
    pub engine: Engine,
    /// How its image is compressed.
    pub compression: Compression,
    /// A folder for its disks.
    pub folder: &'a Path,
}

/// Plays a scenario from start to end.
pub(crate) fn play(name: &str, scenario: &Scenario, stage: &Stage<'_>, verbose: bool) -> Result<()> {
    let Image {
        applets,
        files,
        programs,
        system_calls,
        without,
        debian_modules,
        debian_programs,
        next_kernel,
        initramfs_tools,
    } = scenario.image.clone();
    let selection: Selection = applets.as_deref().unwrap_or(Selection::INITRAMFS).parse()?;
    let debian = match debian_modules.as_slice() {
        [] => None,
        modules => {
            let program = build::spelunk(stage.architecture, &selection)?;
            Some(debian::kernel(stage.architecture, &program, modules, stage.folder)?)
        }
    };
    let kernel = debian.as_ref().map_or(stage.kernel, |debian| &debian.image);
    let mut copied = debian.as_ref().map_or_else(BTreeMap::new, |debian| debian.files.clone());
    for program in &debian_programs {
        copied.extend(debian::program(stage.architecture, program)?);
    }
    let mut changes = image::Changes { files, copied, programs, system_calls, without };
    if next_kernel {
        add_next_kernel(&mut changes, kernel, stage, &selection, name)?;
    }
    let initramfs = match initramfs_tools {
        true => {
            let program = build::spelunk(stage.architecture, &selection)?;
            debian::initramfs(stage.architecture, &program, stage.folder)?
        }
        false => image::write(stage.architecture, &selection, name, stage.compression, &changes)?,
    };
    let tree = || image::tree(stage.architecture, &selection, &changes, &Ok);
    let place = |index| stage.folder.join(format!("disk{index}"));
    let disks = scenario.disk.iter().enumerate().map(|(index, disk)| disk::make(disk, &place(index), &tree));
    let (networks, servers) = networks(&scenario.network, stage.folder)?;
    let mut append = scenario.append.clone();
    match scenario.agent {
        true => append.extend(boot::driven(stage.machine)),
        false => append.push("panic=-1".to_owned()),
    }
    let reboots = scenario.step.iter().any(|step| matches!(step, Step::Reboot {}));
    let guest = Guest {
        architecture: stage.architecture,
        machine: stage.machine,
        engine: stage.engine,
        kernel,
        initramfs: Some(&initramfs),
        memory_mib: scenario.memory_mib.unwrap_or(boot::MEMORY_MIB),
        append,
        networks,
        disks: disks.collect::<Result<_>>()?,
        devices: scenario.devices.clone(),
        reset: if reboots { Reset::Boot } else { Reset::Exit },
    };
    let limit = Duration::from_secs(scenario.time_limit_s);
    let program =
        if scenario.compares_programs() { program(stage.architecture, &selection)? } else { Vec::new() };
    let running = Running::start(&guest, scenario.agent)?;
    let until = Instant::now() + limit;
    let mut player = Player {
        running,
        guest: &guest,
        disks: &scenario.disk,
        has_agent: scenario.agent,
        until,
        limit,
        verbose,
        heard: 0,
        up: None,
        servers,
        program,
    };
    for (index, step) in scenario.step.iter().enumerate() {
        player.step(step).with_context(|| format!("step {}", index + 1))?;
    }
    player.finish(scenario)
}

/// Adds a kernel to an image, and the image as it is without it.
fn add_next_kernel(
    changes: &mut image::Changes,
    kernel: &Path,
    stage: &Stage<'_>,
    selection: &Selection,
    name: &str,
) -> Result<()> {
    let image = image::write(stage.architecture, selection, name, stage.compression, changes)?;
    let initrd = stage.folder.join("initrd");
    fs::rename(&image, &initrd).with_context(|| format!("rename {}", image.display()))?;
    changes.copied.insert("boot/kernel".into(), kernel.to_owned());
    changes.copied.insert("boot/initrd".into(), initrd);
    Ok(())
}

/// A simulated server for each card that has one.
type Servers = Vec<Option<Arc<Mutex<Behaviour>>>>;

fn networks(described: &[Network], folder: &Path) -> Result<(Vec<qemu::Network>, Servers)> {
    let (mut networks, mut servers) = (Vec::new(), Vec::new());
    for (index, one) in described.iter().enumerate() {
        let (network, server) = match one {
            Network::User {} => (qemu::Network::User, None),
            Network::Silent {} => (qemu::Network::Silent, None),
            Network::Server(described) => {
                let path = folder.join(format!("network{index}"));
                let server = network::start(&path, described.clone())?;
                (qemu::Network::Socket(path), Some(server))
            }
        };
        networks.push(network);
        servers.push(server);
    }
    Ok((networks, servers))
}

struct Player<'a> {
    running: Running,
    guest: &'a Guest<'a>,
    disks: &'a [Disk],
    has_agent: bool,
    until: Instant,
    limit: Duration,
    verbose: bool,
    /// How much of the console has been searched by `wait-console`.
    heard: usize,
    /// The line of the agent's `up`, since the last boot.
    up: Option<String>,
    servers: Servers,
    /// The program that boots, when something is compared with it.
    program: Vec<u8>,
}

impl Player<'_> {
    fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::WaitUp { contains, within_ms } => self.wait_up(contains, *within_ms),
            Step::WaitAgent {} => {
                self.wait("the agent did not start", |happening| *happening == Happening::Hello).map(|_| ())
            }
            Step::NotUp { for_s } => self.not_up(Duration::from_secs(*for_s)),
            Step::Run { .. } => self.run_until_right(step),
            Step::Noise { bytes } => self.running.put(bytes),
            Step::WaitConsole { text } => self.wait_console(text),
            Step::Type { text } => self.running.type_text(text),
            Step::Monitor { command, arguments } => {
                self.running.monitor(command, &arguments_json(arguments)?)
            }
            Step::Server { card, silent } => {
                self.server(*card)?.silent = *silent;
                Ok(())
            }
            Step::ServerGot { card, messages } => self.server_got(*card, messages),
            Step::Cable { card, plugged } => {
                self.running.monitor("set_link", &json!({ "name": format!("n{card}"), "up": plugged }))
            }
            Step::Reboot {} => {
                self.running.send(Kind::Reboot, &[])?;
                self.wait("the machine did not start anew", |seen| is_event(seen, "RESET"))?;
                self.up = None;
                Ok(())
            }
            Step::PowerCut { within_ms } => self.power_cut(*within_ms),
            Step::WaitExit {} => self.wait_exit("the guest did not switch itself off"),
        }
    }

    fn wait_up(&mut self, contains: &[String], within_ms: Option<u64>) -> Result<()> {
        while self.up.is_none() {
            self.wait("the network did not come up", |happening| matches!(happening, Happening::Up(_)))?;
        }
        let line = self.up.clone().unwrap_or_default();
        for text in contains {
            ensure!(line.contains(text.as_str()), "the up line lacks {text:?}: {line}");
        }
        if let Some(limit) = within_ms {
            let took = line.split_whitespace().skip_while(|word| *word != "in").nth(1).unwrap_or_default();
            let took: u64 = took.parse().with_context(|| format!("no time in the up line: {line}"))?;
            ensure!(took <= limit, "up only after {took} ms, not within {limit} ms: {line}");
        }
        Ok(())
    }

    fn power_cut(&mut self, within_ms: u64) -> Result<()> {
        // Any moment will do, and no two runs need be alike: what survives one must survive all.
        let moment_ms = u64::from(RandomState::new().hash_one(within_ms) as u32) % within_ms.max(1);
        std::thread::sleep(Duration::from_millis(moment_ms));
        self.running.kill()?;
        for (disk, path) in self.disks.iter().zip(&self.guest.disks) {
            disk::check(disk, path)?;
        }
        self.running = Running::start(self.guest, self.has_agent)?;
        (self.heard, self.up) = (0, None);
        Ok(())
    }

    fn not_up(&mut self, time: Duration) -> Result<()> {
        let end = (Instant::now() + time).min(self.until);
        loop {
            match self.next(end)? {
                None => return Ok(()),
                Some(Happening::Up(line)) => bail!("the network came up, which it must not: {line}"),
                Some(Happening::Exited(status)) => {
                    return Err(self.running.ended(&format!("the guest ended ({status})")));
                }
                Some(_) => {}
            }
        }
    }

    /// Runs a command, again and again as long as the step allows, until all is as the step says.
    fn run_until_right(&mut self, step: &Step) -> Result<()> {
        let Step::Run { command, retry_s, .. } = step else { return Ok(()) };
        let end = Instant::now() + Duration::from_secs(*retry_s);
        loop {
            let ran = self.capture(command)?;
            let Err(error) = right(step, &ran, &self.program) else { return Ok(()) };
            if Instant::now() >= end {
                let Ran { status, errors, .. } = &ran;
                let output = ran.text();
                return Err(error.context(format!(
                    "`{command}` ended with {status}\n--- its standard output:\n{output}--- its standard error:\n{errors}---"
                )));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn server(&self, card: usize) -> Result<MutexGuard<'_, Behaviour>> {
        let server = self.servers.get(card).and_then(Option::as_ref);
        let server = server.with_context(|| format!("card {card} has no simulated server"))?;
        Ok(server.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn server_got(&self, card: usize, expected: &[String]) -> Result<()> {
        let mut got = std::mem::take(&mut self.server(card)?.received);
        // A busy host makes a guest ask again.
        got.dedup();
        let right = if expected.is_empty() { got.is_empty() } else { begins(&got, expected) };
        ensure!(right, "the server of card {card} got {got:?}, not {expected:?}");
        Ok(())
    }

    fn capture(&mut self, command: &str) -> Result<Ran> {
        self.running.send(Kind::Run, command.as_bytes())?;
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let missing = format!("`{command}` did not end");
        loop {
            match self.wait(&missing, |_| true)? {
                Happening::Output(bytes) => output.extend(bytes),
                Happening::Error(bytes) => errors.extend(bytes),
                Happening::Status(status) => {
                    return Ok(Ran { status, output, errors: String::from_utf8_lossy(&errors).into_owned() });
                }
                _ => {}
            }
        }
    }

    fn wait_console(&mut self, text: &str) -> Result<()> {
        loop {
            let console = self.running.console();
            if let Some(at) = console.get(self.heard..).and_then(|unheard| unheard.find(text)) {
                self.heard += at + text.len();
                return Ok(());
            }
            let missing = format!("the console did not show {text:?}");
            self.wait(&missing, |happening| matches!(happening, Happening::Console(_)))?;
        }
    }

    fn wait_exit(&mut self, missing: &str) -> Result<()> {
        loop {
            match self.next(self.until)? {
                Some(Happening::Exited(status)) if status.success() => return Ok(()),
                Some(Happening::Exited(status)) => {
                    return Err(self.running.ended(&format!("QEMU ended with {status}")));
                }
                Some(_) => {}
                None => return Err(self.late(missing)),
            }
        }
    }

    /// Waits for a happening; the guest's end is an error.
    fn wait(&mut self, missing: &str, wanted: impl Fn(&Happening) -> bool) -> Result<Happening> {
        loop {
            match self.next(self.until)? {
                Some(Happening::Exited(status)) => {
                    return Err(self.running.ended(&format!("{missing}: the guest ended before ({status})")));
                }
                Some(happening) if wanted(&happening) => return Ok(happening),
                Some(_) => {}
                None => return Err(self.late(missing)),
            }
        }
    }

    fn next(&mut self, until: Instant) -> Result<Option<Happening>> {
        let happening = self.running.next(until)?;
        match &happening {
            Some(Happening::Up(line)) => self.up = Some(line.clone()),
            Some(Happening::Console(bytes)) if self.verbose => {
                output::pass_on_error(bytes);
            }
            _ => {}
        }
        Ok(happening)
    }

    fn late(&self, missing: &str) -> anyhow::Error {
        self.running.timed_out(&format!("{missing} within the scenario's {} s", self.limit.as_secs()))
    }

    /// Has the guest power off unless it has done so, and looks at its console once more.
    fn finish(mut self, scenario: &Scenario) -> Result<()> {
        if scenario.agent && !scenario.step.iter().any(|step| matches!(step, Step::WaitExit {})) {
            self.running.send(Kind::PowerOff, &[])?;
            self.wait_exit("the guest did not power off")?;
        }
        let console = self.running.console();
        for text in &scenario.console_contains {
            ensure!(console.contains(text.as_str()), "the console never showed {text:?}:\n{console}");
        }
        for text in scenario.console_lacks.iter().map(String::as_str).chain(["Kernel panic"]) {
            ensure!(!console.contains(text), "the console showed {text:?}:\n{console}");
        }
        Ok(())
    }
}

fn program(architecture: &Architecture, selection: &Selection) -> Result<Vec<u8>> {
    let path = build::spelunk(architecture, selection)?;
    fs::read(&path).with_context(|| format!("read {}", path.display()))
}

/// What a command gave.
struct Ran {
    status: u32,
    output: Vec<u8>,
    errors: String,
}

impl Ran {
    /// Gives as much of the output as someone would read.
    fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.output.get(..READABLE).unwrap_or(&self.output))
    }
}

/// More of a command's output is not shown and not searched.
const READABLE: usize = 0x1_0000;

fn right(step: &Step, ran: &Ran, program: &[u8]) -> Result<()> {
    let Step::Run { status, stdout, stdout_programs, contains, lacks, stderr_contains, .. } = step else {
        return Ok(());
    };
    let output = ran.text();
    ensure!(ran.status == *status, "expected status {status}");
    if let Some(expected) = stdout {
        ensure!(output == *expected, "expected exactly {expected:?} on standard output");
    }
    if let Some(times) = stdout_programs {
        let (is, expected) = (ran.output.len(), times * program.len());
        ensure!(is == expected, "expected {expected} bytes on standard output, not {is}");
        let differs = ran.output.iter().zip(program.iter().cycle()).position(|(is, expected)| is != expected);
        ensure!(differs.is_none(), "byte {differs:?} of standard output is not the program's");
    }
    for text in contains {
        ensure!(output.contains(text.as_str()), "expected {text:?} on standard output");
    }
    for text in lacks {
        ensure!(!output.contains(text.as_str()), "expected no {text:?} on standard output");
    }
    for text in stderr_contains {
        ensure!(ran.errors.contains(text.as_str()), "expected {text:?} on standard error");
    }
    Ok(())
}

fn begins(got: &[&str], expected: &[String]) -> bool {
    got.len() >= expected.len() && got.iter().zip(expected).all(|(got, expected)| got == expected)
}

fn is_event(happening: &Happening, name: &str) -> bool {
    matches!(happening, Happening::Event(found) if found == name)
}

fn arguments_json(arguments: &BTreeMap<String, toml::Value>) -> Result<Value> {
    match arguments.is_empty() {
        true => Ok(Value::Null),
        false => serde_json::to_value(arguments).context("write arguments as JSON"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_step(fields: &str) -> Step {
        toml::from_str(&format!("do = 'run'\ncommand = 'x'\n{fields}")).unwrap()
    }

    #[test]
    fn each_expectation_of_a_command_can_fail() {
        let ran = Ran { status: 3, output: b"one two\n".to_vec(), errors: "bad\n".into() };
        for fields in [
            "status = 3",
            "status = 3\nstdout = \"one two\\n\"",
            "status = 3\ncontains = ['one', 'two']\nlacks = ['three']\nstderr-contains = ['bad']",
        ] {
            right(&run_step(fields), &ran, b"two ").unwrap();
        }
        for fields in [
            "",
            "status = 3\nstdout = 'one two'",
            "status = 3\ncontains = ['one', 'three']",
            "status = 3\nlacks = ['two']",
            "status = 3\nstderr-contains = ['good']",
            "status = 3\nstdout-programs = 1",
            "status = 3\nstdout-programs = 2",
        ] {
            assert!(right(&run_step(fields), &ran, b"two ").is_err(), "{fields}");
        }
    }

    #[test]
    fn output_is_held_against_the_program() {
        let ran = Ran { status: 0, output: b"abcabc".to_vec(), errors: String::new() };
        right(&run_step("stdout-programs = 2"), &ran, b"abc").unwrap();
        assert!(right(&run_step("stdout-programs = 2"), &ran, b"abd").is_err());
        assert!(right(&run_step("stdout-programs = 3"), &ran, b"abc").is_err());
    }

    #[test]
    fn messages_are_held_against_their_beginning() {
        let expected = ["discover", "request"].map(str::to_owned);
        assert!(begins(&["discover", "request", "discover"], &expected));
        assert!(!begins(&["discover"], &expected));
        assert!(!begins(&["request", "discover"], &expected));
    }
}
