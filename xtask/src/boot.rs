//! `cargo xtask boot`: a guest with the program as its process 1, at a prompt, or for commands given.

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use formats::wire::agent::Kind;

use crate::accelerator::{self, Accelerator};
use crate::guest::{Happening, Running};
use crate::image::{self, Compression};
use crate::machine::{Architecture, Machine};
use crate::output::{self, note, say};
use crate::qemu::{Engine, Guest, Network, Reset};
use crate::selection::Selection;
use crate::{kernel, scenario};

/// What `boot` can be told.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Run a command in the guest once the network is up, print what it prints, and power off; may be repeated
    #[arg(long, value_name = "COMMAND")]
    exec: Vec<String>,
    /// Run a scenario of qemu/scenarios; `list` lists them
    #[arg(long, value_name = "NAME", conflicts_with_all = ["exec", "append", "memory", "machine", "applets"])]
    scenario: Option<String>,
    #[command(flatten)]
    hardware: Hardware,
    /// Commands that the guest has: a profile of qemu/images, or a list as `ls,ps,sh`
    #[arg(long, value_name = "profile:NAME|LIST", default_value = Selection::FULL)]
    applets: Selection,
    /// Machine of the architecture, from its file in qemu/machines; `list` lists them
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
    /// Memory of the guest in MiB
    #[arg(long, value_name = "MIB")]
    memory: Option<u32>,
    /// More kernel parameters, such as spelunk.hostname=cave; may be repeated
    #[arg(long, value_name = "WORDS")]
    append: Vec<String>,
    /// Seconds until the guest is ended: 60 with --exec, without end at a prompt
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Show the guest's console on standard error (with --exec and --scenario)
    #[arg(long, short)]
    verbose: bool,
}

/// What a guest runs on.
#[derive(Args, Clone, Debug)]
pub(crate) struct Hardware {
    /// Architecture, a file of qemu/machines, in place of this host's
    #[arg(long, value_name = "ARCH")]
    pub arch: Option<String>,
    /// Any kernel with virtio and serial drivers, instead of the one that is built
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// What executes the guest's instructions
    #[arg(long, value_enum, default_value_t)]
    pub accel: Accelerator,
}

impl Hardware {
    /// Reads the file of the architecture.
    pub(crate) fn architecture(&self) -> Result<Architecture> {
        Architecture::load(self.arch.as_deref().unwrap_or(std::env::consts::ARCH))
    }

    /// Gives the kernel: the one asked for, else ours, with the topics of a folder if one is named, built if need be.
    pub(crate) fn kernel(&self, architecture: &Architecture, more: Option<&str>) -> Result<PathBuf> {
        match &self.kernel {
            Some(path) if path.is_file() => Ok(path.clone()),
            Some(path) => bail!("no kernel at {}", path.display()),
            None => kernel::image(architecture, more),
        }
    }

    /// Gives how the initramfs is compressed: our kernel knows the best way, any kernel knows gzip.
    pub(crate) fn compression(&self, architecture: &Architecture) -> Compression {
        match self.kernel {
            Some(_) => Compression::Gzip,
            None => Compression::Xz(architecture.kernel.xz_filter),
        }
    }
}

/// Memory of a guest that nothing else is said about, in MiB.
pub(crate) const MEMORY_MIB: u32 = 128;

/// How long commands may take, the boot before them included.
const EXEC: Duration = Duration::from_secs(60);

/// How long a guest may take to power off.
const POWER_OFF: Duration = Duration::from_secs(15);

/// Runs `boot`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(name) = &options.scenario {
        return scenario::command(name, &options.hardware, options.verbose);
    }
    let architecture = options.hardware.architecture()?;
    if options.machine.as_deref() == Some("list") {
        for (name, machine) in &architecture.machine {
            say!("{name:<10} {}", machine.summary);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let machine = architecture.machine(options.machine.as_deref())?;
    let kernel = options.hardware.kernel(&architecture, None)?;
    let initramfs =
        image::plain(&architecture, &options.applets, options.hardware.compression(&architecture))?;
    let guest = Guest {
        architecture: &architecture,
        machine,
        engine: accelerator::choose(options.hardware.accel, &architecture, machine, &kernel)?,
        kernel: &kernel,
        initramfs: Some(&initramfs),
        memory_mib: options.memory.unwrap_or(MEMORY_MIB),
        append: parameters(options, machine),
        networks: vec![Network::User],
        disks: Vec::new(),
        devices: Vec::new(),
        reset: if options.exec.is_empty() { Reset::Boot } else { Reset::Exit },
    };
    match options.exec.as_slice() {
        [] => interactive(&guest, options.timeout),
        commands => {
            let limit = options.timeout.map_or(EXEC, Duration::from_secs);
            let mut session = Session::start(&guest, limit, options.verbose)?;
            let up = session.wait_up();
            match options.hardware.kernel {
                Some(_) => {
                    up.context("with a kernel whose network driver may be a module: none is loaded")?
                }
                None => up?,
            };
            let mut status = 0;
            for command in commands {
                status = session.run(command)?;
            }
            session.power_off()?;
            Ok(ExitCode::from(u8::try_from(status).unwrap_or(u8::MAX)))
        }
    }
}

fn parameters(options: &Options, machine: &Machine) -> Vec<String> {
    let mut words = options.append.clone();
    if options.exec.is_empty() {
        words.push("quiet".to_owned());
        return words;
    }
    words.extend(driven(machine));
    words
}

/// Gives the kernel parameters of a guest that is driven over its agent: a panic ends it, nobody sits at its prompt.
pub(crate) fn driven(machine: &Machine) -> [String; 3] {
    let agent = format!("spelunk.agent={}", machine.agent);
    [agent, "spelunk.prompt=off".to_owned(), "panic=-1".to_owned()]
}

/// Gives the user the guest's console.
fn interactive(guest: &Guest<'_>, timeout: Option<u64>) -> Result<ExitCode> {
    let engine = match guest.engine {
        Engine::Kvm => "KVM",
        Engine::Tcg | Engine::Counted | Engine::Paced => "TCG",
    };
    note!("boot: QEMU with {engine}; `poweroff` or Ctrl-A X ends it, Ctrl-A H lists its other keys");
    let mut command = guest.interactive()?;
    let mut child = command.stdin(Stdio::inherit()).spawn().context("start QEMU")?;
    let status = match timeout {
        None => child.wait().context("wait for QEMU")?,
        Some(seconds) => {
            let until = Instant::now() + Duration::from_secs(seconds);
            loop {
                if let Some(status) = child.try_wait().context("wait for QEMU")? {
                    break status;
                }
                if Instant::now() >= until {
                    child.kill().context("end QEMU")?;
                    child.wait().context("wait for QEMU")?;
                    bail!("the guest still ran after {seconds} s and was ended");
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    };
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A guest that runs commands for us.
pub(crate) struct Session {
    guest: Running,
    limit: Duration,
    until: Instant,
    verbose: bool,
}

impl Session {
    /// Starts a guest that has `limit` for all that it is asked to do.
    pub(crate) fn start(guest: &Guest<'_>, limit: Duration, verbose: bool) -> Result<Self> {
        Ok(Self { guest: Running::start(guest, true)?, limit, until: Instant::now() + limit, verbose })
    }

    /// Waits until the network is up; gives the line that says so.
    pub(crate) fn wait_up(&mut self) -> Result<String> {
        let mut hello = false;
        loop {
            let missing =
                if hello { "the network did not come up" } else { "the guest's agent did not start" };
            match self.next(missing)? {
                Happening::Hello => hello = true,
                Happening::Up(line) => return Ok(line),
                _ => {}
            }
        }
    }

    /// Runs a command, passes on what it prints, and gives its status.
    pub(crate) fn run(&mut self, command: &str) -> Result<u32> {
        self.guest.send(Kind::Run, command.as_bytes())?;
        let missing = format!("the command did not end: {command}");
        loop {
            match self.next(&missing)? {
                Happening::Status(status) => return Ok(status),
                Happening::Output(bytes) => output::pass_on(&bytes),
                Happening::Error(bytes) => output::pass_on_error(&bytes),
                _ => {}
            }
        }
    }

    /// Has the guest power off, and waits for that.
    pub(crate) fn power_off(mut self) -> Result<()> {
        self.guest.send(Kind::PowerOff, &[])?;
        self.until = Instant::now() + POWER_OFF;
        self.limit = POWER_OFF;
        loop {
            match self.guest.next(self.until)? {
                Some(Happening::Exited(status)) if status.success() => return Ok(()),
                Some(Happening::Exited(status)) => {
                    return Err(self.guest.ended(&format!("QEMU ended with {status}")));
                }
                Some(Happening::Console(bytes)) => self.show(&bytes),
                Some(_) => {}
                None => return Err(self.late("the guest did not power off")),
            }
        }
    }

    fn next(&mut self, missing: &str) -> Result<Happening> {
        match self.guest.next(self.until)? {
            Some(Happening::Console(bytes)) => {
                self.show(&bytes);
                Ok(Happening::Console(bytes))
            }
            Some(Happening::Exited(status)) => {
                Err(self.guest.ended(&format!("{missing}: the guest ended before ({status})")))
            }
            Some(other) => Ok(other),
            None => Err(self.late(missing)),
        }
    }

    fn show(&self, bytes: &[u8]) {
        if self.verbose {
            output::pass_on_error(bytes);
        }
    }

    fn late(&self, missing: &str) -> anyhow::Error {
        self.guest.timed_out(&format!("{missing} within {} s", self.limit.as_secs()))
    }
}
