//! What a scenario file says. A field that is not known is an error, so that a misspelled check cannot pass.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Deserialize;

use super::network::Described;
use crate::workspace;

/// A guest and what is to happen to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scenario {
    /// What it shows, in a line.
    pub summary: String,
    /// Seconds that all of it may take.
    pub time_limit_s: u64,
    /// Whether processors on which not everything is tested play it too.
    #[serde(default)]
    pub short: bool,
    /// Processors that can play it, by their files in `qemu/machines`, when not all.
    #[serde(default)]
    pub processors: Vec<String>,
    /// Machine of `qemu/machines`, when not the default one.
    pub machine: Option<String>,
    /// Folder of `qemu/kernel` whose topics its kernel has too.
    pub kernel: Option<String>,
    /// Memory in MiB, when not the usual.
    pub memory_mib: Option<u32>,
    /// Whether the guest's time is that of its instructions while it is busy: limits of milliseconds then hold on any
    /// host.
    #[serde(default)]
    pub paced: bool,
    /// Kernel parameters beside those of a driven guest.
    #[serde(default)]
    pub append: Vec<String>,
    /// Devices beside network cards and disks, as QEMU's `-device` takes them.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Whether there is an agent; a guest whose console is the subject goes without.
    #[serde(default = "yes")]
    pub agent: bool,
    /// Changes to the standard image.
    #[serde(default)]
    pub image: Image,
    /// Network cards.
    #[serde(default)]
    pub network: Vec<Network>,
    /// Disks.
    #[serde(default)]
    pub disk: Vec<Disk>,
    /// What happens, in order.
    pub step: Vec<Step>,
    /// Texts that the console must have shown at the end.
    #[serde(default)]
    pub console_contains: Vec<String>,
    /// Texts that the console must never show.
    #[serde(default)]
    pub console_lacks: Vec<String>,
}

/// Changes to the standard image.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Image {
    /// The commands it has, as `--applets` takes them; the profile `initramfs` without it.
    pub applets: Option<String>,
    /// More files: path without leading slash, and text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Programs of `tests/programs`, put into `bin`.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Whether `bin` has the tests of system calls too, as `system-calls` and `call-groups`.
    #[serde(default)]
    pub system_calls: bool,
    /// Directories and devices left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// Modules of Debian's kernel, by their paths below its folder `kernel`, or folders of them: the guest then boots that kernel, and the
    /// image has these alone.
    #[serde(default)]
    pub debian_modules: Vec<String>,
    /// Programs of Debian's, put into `bin`; with the libraries that they need.
    #[serde(default)]
    pub debian_programs: Vec<Borrowed>,
    /// Whether `boot` has the guest's kernel, and as `initrd` the same image without both.
    #[serde(default)]
    pub next_kernel: bool,
    /// Whether Debian's initramfs-tools make the initramfs, with the program in BusyBox's place, and the image goes to a disk.
    #[serde(default)]
    pub initramfs_tools: bool,
}

/// A program of Debian's, which is not installed for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Borrowed {
    /// Its path in its package, without leading slash.
    pub path: String,
    /// The package, and those of libraries that the host may lack.
    pub packages: Vec<String>,
}

/// A network card and what it is plugged into.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Network {
    /// QEMU's own network, which has a DHCP server.
    User {},
    /// A switch with nothing else on it.
    Silent {},
    /// A simulated DHCP server that the scenario commands.
    Server(Described),
}

/// A disk, made anew for each run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Disk {
    /// Size in MiB.
    pub size_mib: u64,
    /// What is on it.
    pub content: Content,
    /// The label of its file system.
    pub label: Option<String>,
    /// The kind of its file system: `ext2` where nothing is said.
    pub kind: Option<String>,
}

/// What a new disk holds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Content {
    /// Zeroes.
    Nothing,
    /// An empty ext2 file system.
    Ext2,
    /// A place for memory.
    Swap,
    /// The image, as the root file system of a machine: ext2 as well.
    Image,
}

/// Something done to the guest, or waited for.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub(crate) enum Step {
    /// Waits until the network is up.
    WaitUp {
        /// What the line must hold.
        #[serde(default)]
        contains: Vec<String>,
        /// Seconds of guest time that it may take at most, from the kernel's start.
        within_ms: Option<u64>,
    },
    /// Waits for the agent: process 1 has come so far.
    WaitAgent {},
    /// Watches for a time in which the network must not come up.
    NotUp {
        /// How long, in seconds.
        for_s: u64,
    },
    /// Runs a command and checks what it gives.
    Run {
        /// The command line.
        command: String,
        /// Its exit status.
        #[serde(default)]
        status: u32,
        /// All of its standard output.
        stdout: Option<String>,
        /// All of its standard output is the program that boots, byte for byte, so many times.
        stdout_programs: Option<usize>,
        /// Texts in its standard output.
        #[serde(default)]
        contains: Vec<String>,
        /// Texts that are not in its standard output.
        #[serde(default)]
        lacks: Vec<String>,
        /// Texts in its standard error.
        #[serde(default)]
        stderr_contains: Vec<String>,
        /// Seconds in which it is run again until all is as expected.
        #[serde(default)]
        retry_s: u64,
    },
    /// Puts bytes on the agent's line that are no frame.
    Noise {
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Waits for a text on the console, after those that were waited for before.
    WaitConsole {
        /// The text.
        text: String,
    },
    /// Types at the console.
    Type {
        /// The letters; a line ends with `\n`.
        text: String,
    },
    /// Gives QEMU a command of the QEMU Machine Protocol: `system_powerdown` is the power button.
    Monitor {
        /// Its name.
        command: String,
        /// Its arguments.
        #[serde(default)]
        arguments: BTreeMap<String, toml::Value>,
    },
    /// Has the simulated server of a card answer, or fall silent.
    Server {
        /// The card's place among the networks, from 0.
        #[serde(default)]
        card: usize,
        /// Whether it answers from now on.
        silent: bool,
    },
    /// Checks which messages the simulated server of a card got since the last look.
    ServerGot {
        /// The card's place among the networks, from 0.
        #[serde(default)]
        card: usize,
        /// The first of them, in order, repeated ones once: a client on a busy host asks again. None: none at all.
        messages: Vec<String>,
    },
    /// Pulls the cable of a card, or plugs it in.
    Cable {
        /// The card's place among the networks, from 0.
        #[serde(default)]
        card: usize,
        /// Whether it is in.
        plugged: bool,
    },
    /// Has the guest reboot in order, and waits for the agent of the next boot.
    Reboot {},
    /// Takes the power away at a random moment, and gives it back: QEMU is killed, the disks are checked as a start does it, and another
    /// QEMU goes on with them.
    PowerCut {
        /// The end of the time in which that moment is, from now.
        within_ms: u64,
    },
    /// Waits until the guest has switched itself off.
    WaitExit {},
}

fn yes() -> bool {
    true
}

impl Scenario {
    /// Reads a scenario by name.
    pub(crate) fn load(name: &str) -> Result<Self> {
        workspace::description("scenarios", "scenario", name, Self::parse)
    }

    fn parse(text: &str) -> Result<Self> {
        let scenario: Self = toml::from_str(text)?;
        let checks = scenario.step.iter().filter(|step| step.checks()).count();
        if checks + scenario.console_contains.len() == 0 {
            bail!("it checks nothing");
        }
        Ok(scenario)
    }

    /// Says whether a processor can play it.
    pub(crate) fn fits(&self, processor: &str) -> bool {
        self.processors.is_empty() || self.processors.iter().any(|fitting| fitting == processor)
    }

    /// Says whether a command's output is held against the program that boots.
    pub(crate) fn compares_programs(&self) -> bool {
        self.step.iter().any(|step| matches!(step, Step::Run { stdout_programs: Some(_), .. }))
    }
}

impl Step {
    fn checks(&self) -> bool {
        !matches!(
            self,
            Self::Type { .. }
                | Self::Monitor { .. }
                | Self::Server { .. }
                | Self::Cable { .. }
                | Self::Noise { .. }
                | Self::PowerCut { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Architecture;

    const SMALL: &str = "summary = 'small'\ntime-limit-s = 5\n";

    #[test]
    fn every_scenario_can_be_read() {
        let known = Architecture::names().unwrap();
        for name in super::super::names().unwrap() {
            let scenario = Scenario::load(&name).unwrap();
            assert!(scenario.processors.iter().all(|processor| known.contains(processor)), "{name}");
        }
    }

    #[test]
    fn a_step_is_read_with_its_defaults() {
        let text = format!("{SMALL}[[step]]\ndo = 'run'\ncommand = 'true'\n[[network]]\nkind = 'silent'\n");
        let scenario = Scenario::parse(&text).unwrap();
        assert!(matches!(&scenario.step[0], Step::Run { status: 0, retry_s: 0, .. }));
        assert!(scenario.fits("arm"));
        assert!(!Scenario { processors: vec!["x86".to_owned()], ..scenario.clone() }.fits("arm"));
        assert!(scenario.agent && matches!(scenario.network[..], [Network::Silent {}]));
    }

    #[test]
    fn misspelled_fields_and_missing_checks_are_refused() {
        let cases = [
            ("[[step]]\ndo = 'run'\ncommand = 'true'\ncontain = ['x']\n", "contain"),
            ("[[step]]\ndo = 'walk'\n", "walk"),
            ("colour = 'red'\n[[step]]\ndo = 'wait-up'\n", "colour"),
            ("[[network]]\nkind = 'user'\nspeed = 3\n[[step]]\ndo = 'wait-up'\n", "speed"),
            ("[[step]]\ndo = 'type'\ntext = 'x'\n", "checks nothing"),
            ("step = []\n", "checks nothing"),
        ];
        for (text, expected) in cases {
            let error = Scenario::parse(&format!("{SMALL}{text}")).unwrap_err();
            assert!(format!("{error:#}").contains(expected), "{expected}: {error:#}");
        }
    }
}
