//! QEMU's command line: what a guest is made of, and the words that make it so.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::install::{self, need};
use crate::machine::{Architecture, Machine};

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// QEMU translates them; runs anywhere.
    Tcg,
    /// QEMU translates and counts them: guest time is instructions, one a nanosecond, the same on any host.
    Counted,
    /// As [`Self::Counted`] while the guest is busy; while it waits, time passes as on the host: for limits of time
    /// that a busy host must not break.
    Paced,
    /// The processor itself.
    Kvm,
}

/// What a network card of the guest is plugged into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// QEMU's own network, which has a DHCP server and a way out.
    User,
    /// A switch without anything else on it.
    Silent,
    /// A stream socket, each frame after its length in 32 bits, big-endian; the other end listens at this path.
    Socket(PathBuf),
}

/// What happens when the guest resets itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reset {
    /// The machine starts anew.
    Boot,
    /// QEMU exits.
    Exit,
}

/// A guest to be started.
#[derive(Clone, Debug)]
pub(crate) struct Guest<'a> {
    /// Its processor's architecture.
    pub architecture: &'a Architecture,
    /// The machine around it.
    pub machine: &'a Machine,
    /// What executes it.
    pub engine: Engine,
    /// The kernel's image.
    pub kernel: &'a Path,
    /// The kernel's first file system, when there is one.
    pub initramfs: Option<&'a Path>,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Kernel parameters beside the machine's own.
    pub append: Vec<String>,
    /// Its network cards.
    pub networks: Vec<Network>,
    /// Disk images, raw.
    pub disks: Vec<PathBuf>,
    /// More devices, as QEMU's `-device` takes them.
    pub devices: Vec<String>,
    /// What a reset does.
    pub reset: Reset,
}

/// Sockets that QEMU connects to when it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'a> {
    /// The second serial line.
    pub agent: Option<&'a Path>,
    /// QEMU's own control protocol.
    pub monitor: &'a Path,
}

impl Guest<'_> {
    /// Gives the command that starts QEMU with the guest's console on standard input and output; a terminal there is
    /// switched to single letters by QEMU, and Ctrl-A is its escape letter.
    pub(crate) fn interactive(&self) -> Result<Command> {
        let mut command = self.common(None)?;
        command.args(["-serial", "mon:stdio"]);
        Ok(command)
    }

    /// Gives the command that starts QEMU with the guest's console on pipes, and its other lines on sockets.
    pub(crate) fn driven(&self, lines: Lines<'_>) -> Result<Command> {
        let mut command = self.common(lines.agent)?;
        command.args(["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"]);
        if lines.agent.is_some() && self.machine.agent_devices.is_empty() {
            command.args(["-serial", "chardev:agent"]);
        }
        command.arg("-chardev").arg(socket("monitor", lines.monitor));
        command.args(["-mon", "chardev=monitor,mode=control"]);
        Ok(command)
    }

    fn common(&self, agent: Option<&Path>) -> Result<Command> {
        install::ensure(&[need(&self.architecture.program, &self.architecture.package)])?;
        let mut command = with_parent(&self.architecture.program);
        command.args(["-no-user-config", "-nodefaults", "-display", "none"]);
        command.args(self.engine_words());
        command.arg("-m").arg(format!("{}M", self.memory_mib));
        command.arg("-kernel").arg(self.kernel);
        if let Some(path) = self.initramfs {
            command.arg("-initrd").arg(path);
        }
        command.arg("-append").arg(self.parameters());
        let mut agent_devices = &[][..];
        if let Some(path) = agent {
            command.arg("-chardev").arg(socket("agent", path));
            agent_devices = &self.machine.agent_devices;
        }
        // The agent's devices first: the guest numbers them.
        for device in agent_devices.iter().chain(&self.machine.devices).chain(&self.devices) {
            command.args(["-device", device]);
        }
        for (index, network) in self.networks.iter().enumerate() {
            command.arg("-netdev").arg(backend(network, index));
            // Cards are told apart by their addresses, which are counted.
            let address = format!("52:54:00:12:34:{:02x}", 0x56 + index);
            command.arg("-device").arg(format!("{},netdev=n{index},mac={address}", self.machine.network));
        }
        for (index, path) in self.disks.iter().enumerate() {
            let mut drive = OsString::from(format!("if=none,id=d{index},format=raw,file="));
            drive.push(path);
            command.arg("-drive").arg(drive);
            command.arg("-device").arg(format!("{},drive=d{index}", self.machine.disk));
        }
        if self.reset == Reset::Exit {
            command.arg("-no-reboot");
        }
        Ok(command)
    }

    fn engine_words(&self) -> Vec<String> {
        let Machine { machine, cpu, cpu_kvm, .. } = self.machine;
        let (accelerator, cpu) = match self.engine {
            Engine::Tcg | Engine::Counted | Engine::Paced => ("tcg", cpu),
            Engine::Kvm => ("kvm", cpu_kvm),
        };
        let mut words = vec!["-machine".to_owned(), format!("{machine},accel={accelerator}")];
        words.extend(["-cpu".to_owned(), cpu.clone()]);
        let counting = match self.engine {
            Engine::Counted => Some("shift=0,sleep=off"),
            Engine::Paced => Some("shift=0,sleep=on"),
            Engine::Tcg | Engine::Kvm => None,
        };
        words.extend(counting.into_iter().flat_map(|counting| ["-icount".to_owned(), counting.to_owned()]));
        words
    }

    fn parameters(&self) -> String {
        let words: Vec<_> = self.machine.append.iter().chain(&self.append).map(String::as_str).collect();
        words.join(" ")
    }
}

fn backend(network: &Network, index: usize) -> OsString {
    match network {
        Network::User => format!("user,id=n{index}").into(),
        Network::Silent => format!("hubport,id=n{index},hubid={index}").into(),
        Network::Socket(path) => {
            let mut words =
                OsString::from(format!("stream,id=n{index},server=off,addr.type=unix,addr.path="));
            words.push(path);
            words
        }
    }
}

fn socket(name: &str, path: &Path) -> OsString {
    let mut words = OsString::from(format!("socket,id={name},server=off,path="));
    words.push(path);
    words
}

/// Starts a program that dies with us, where util-linux is new enough to arrange that.
fn with_parent(program: &str) -> Command {
    let works = Command::new("setpriv").args(["--pdeathsig", "KILL", "true"]).output();
    if works.is_ok_and(|output| output.status.success()) {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", program]);
        return command;
    }
    Command::new(program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::show;

    fn words(change: impl FnOnce(&mut Guest<'_>)) -> String {
        let architecture = Architecture::load("x86_64").unwrap();
        let mut guest = Guest {
            architecture: &architecture,
            machine: architecture.machine(None).unwrap(),
            engine: Engine::Tcg,
            kernel: Path::new("/k"),
            initramfs: Some(Path::new("/i")),
            memory_mib: 128,
            append: vec!["quiet".to_owned()],
            networks: vec![Network::User, Network::Silent, Network::Socket("/s".into())],
            disks: vec!["/d".into()],
            devices: Vec::new(),
            reset: Reset::Exit,
        };
        change(&mut guest);
        show(&guest.driven(Lines { agent: Some(Path::new("/a")), monitor: Path::new("/m") }).unwrap())
    }

    #[test]
    fn each_part_of_a_guest_has_its_words() {
        let line = words(|_| {});
        for expected in [
            ",accel=tcg ",
            " -m 128M -kernel /k -initrd /i -append 'console=ttyS0 quiet' ",
            " -netdev user,id=n0 ",
            ",netdev=n1,mac=52:54:00:12:34:57 ",
            " -netdev hubport,id=n1,hubid=1 ",
            " -netdev stream,id=n2,server=off,addr.type=unix,addr.path=/s ",
            " -drive if=none,id=d0,format=raw,file=/d ",
            " -no-reboot",
            " -chardev socket,id=agent,server=off,path=/a ",
            " -serial chardev:agent ",
        ] {
            assert!(line.contains(expected), "{expected} in {line}");
        }
        assert!(!line.contains("icount"));
    }

    #[test]
    fn engines_and_resets_differ() {
        assert!(words(|guest| guest.engine = Engine::Counted).contains(" -icount shift=0,sleep=off "));
        assert!(words(|guest| guest.engine = Engine::Kvm).contains(",accel=kvm -cpu host "));
        assert!(!words(|guest| guest.reset = Reset::Boot).contains("-no-reboot"));
    }
}
