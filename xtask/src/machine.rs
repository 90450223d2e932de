//! Machines that QEMU can be: `qemu/machines/<architecture>.toml`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use toolchain::{CLibrary, Native, Target};

use crate::{names, workspace};

/// All that is known of an architecture on the host's side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Architecture {
    /// Its name in our tree, which is also the file's.
    #[serde(skip)]
    pub name: String,
    /// QEMU's program.
    pub program: String,
    /// Debian's package that has it.
    pub package: String,
    /// Rust's name of the target that the program is built for.
    pub target: String,
    /// The program that runs its programs on another processor.
    pub emulator: String,
    /// The other architecture whose kernels may run its programs as they are.
    pub native: Option<Native>,
    /// What tests that use Rust's std are linked with.
    pub c_library: CLibrary,
    /// How much of the tests is run where it is not the host's.
    pub tests: Tests,
    /// The machine that is used unless another is asked for.
    pub default_machine: String,
    /// How a kernel is built for it.
    pub kernel: Kernel,
    /// The machines, by name.
    pub machine: BTreeMap<String, Machine>,
}

/// How much of the tests is run, unless everything is asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Tests {
    /// Without a word of architectures.
    pub always: Depth,
    /// When it is named, or all are.
    pub asked: Depth,
}

/// A part of all tests that are there for an architecture, from less to more.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Depth {
    /// What needs no guest and no C library: the program, some cases of its commands, and start-up, emulated.
    Sample,
    /// So, with all cases of the commands.
    Programs,
    /// With the scenarios that say `short`: boot, lease, reboot, end.
    Short,
    /// With all scenarios, and the tests of system calls.
    Full,
}

/// How a kernel is built.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Kernel {
    /// The kernel's name of the architecture.
    pub arch: String,
    /// The image that QEMU boots, a path in the build folder.
    pub image: String,
    /// Prefix of a compiler for it, when it is not the host's.
    pub cross_compile: Option<String>,
    /// Debian's package of that compiler.
    pub compiler: Option<String>,
    /// The filter for this processor's jumps that the kernel's reader of xz knows.
    pub xz_filter: Option<XzFilter>,
}

/// Filters that make jumps to one place look the same, so that xz packs them better.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum XzFilter {
    /// 32-bit ARM's branches.
    Arm,
    /// Jumps and calls of x86, 32 or 64 bits.
    X86,
}

/// One machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Machine {
    /// What it is good for, in a line.
    pub summary: String,
    /// Value of QEMU's `-machine`, without the accelerator.
    pub machine: String,
    /// Value of QEMU's `-cpu` when instructions are emulated.
    pub cpu: String,
    /// Value of QEMU's `-cpu` under KVM.
    pub cpu_kvm: String,
    /// Devices that are always there.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Device that joins a network.
    pub network: String,
    /// Device that joins a disk.
    pub disk: String,
    /// Kernel parameters that make the first serial line the console.
    pub append: Vec<String>,
    /// The guest's name of the line that the agent speaks over.
    pub agent: String,
    /// Devices that make this line, over the character device `agent`, where the machine has no second serial line.
    #[serde(default)]
    pub agent_devices: Vec<String>,
}

impl Architecture {
    /// Reads an architecture's file.
    pub(crate) fn load(name: &str) -> Result<Self> {
        let parse = |text: &str| Ok(toml::from_str::<Self>(text)?);
        let mut found = workspace::description("machines", "architecture", name, parse)?;
        name.clone_into(&mut found.name);
        found.machine(None)?;
        Ok(found)
    }

    /// Gives what a program is built for.
    pub(crate) fn target(&self) -> Target {
        let Self { name, target, emulator, native, c_library, .. } = self.clone();
        Target { name, triple: target, emulator, native, c_library }
    }

    /// Reads the file of an architecture, or with `all` of each.
    pub(crate) fn chosen(name: &str) -> Result<Vec<Self>> {
        match name {
            "all" => Self::names()?.iter().map(|name| Self::load(name)).collect(),
            name => Ok(vec![Self::load(name)?]),
        }
    }

    /// Lists the architectures that have a file.
    pub(crate) fn names() -> Result<Vec<String>> {
        workspace::described("machines")
    }

    /// Gives a machine by name, or the default one.
    pub(crate) fn machine(&self, name: Option<&str>) -> Result<&Machine> {
        let name = name.unwrap_or(&self.default_machine);
        self.machine.get(name).with_context(|| {
            names::unknown(
                &format!("machine of {}", self.name),
                name,
                self.machine.keys().map(String::as_str),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_architecture_can_be_read() {
        let names = Architecture::names().unwrap();
        assert!(!names.is_empty());
        for name in names {
            let found = Architecture::load(&name).unwrap();
            assert!(found.machine(None).is_ok());
            assert!(found.machine(Some("abacus")).unwrap_err().to_string().contains(&found.default_machine));
        }
    }
}
