//! `cargo xtask`: builds, boots, tests and measures Spelunk.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic on a closed pipe: crate::output")]

mod accelerator;
mod applets;
mod bench;
mod boot;
mod budget;
mod build;
mod calls;
mod check;
mod command;
mod contract;
mod guest;
mod image;
mod install;
mod kernel;
mod machine;
mod man;
mod names;
mod output;
mod progress;
mod qemu;
mod scenario;
mod selection;
mod size;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::output::note;
use crate::selection::Selection;

/// Builds, boots, tests and measures Spelunk.
///
/// Whatever a command lacks (QEMU, the kernel's build tools) is installed when it runs as root on a Debian-like
/// system; otherwise it prints the one command to run.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Boot a guest: a prompt on this terminal, or --exec COMMAND, or --scenario NAME
    #[command(after_help = "\
Examples:
  cargo xtask boot                          a prompt; `poweroff` or Ctrl-A X ends it
  cargo xtask boot --exec 'ip -json address' --exec 'cat /etc/resolv.conf'
  cargo xtask boot --scenario lease
  cargo xtask boot --append spelunk.hostname=cave --kernel /boot/vmlinuz

Exit status with --exec: that of the last command; 124 when the time was over, 125 when the guest failed.")]
    Boot(boot::Options),
    /// Build the program for a machine that has nothing but a kernel
    Build {
        /// Architecture, a file of qemu/machines, or `all`
        #[arg(long, value_name = "ARCH", default_value = std::env::consts::ARCH)]
        arch: String,
        /// Commands that the program has: a profile of qemu/images, or a list as `ls,ps,sh`; `list` lists the profiles
        #[arg(long, value_name = "profile:NAME|LIST", default_value = Selection::FULL)]
        applets: String,
    },
    /// Build the kernel that guests boot, and say where it is
    Kernel {
        /// Architecture, a file of qemu/machines, or `all`
        #[arg(long, value_name = "ARCH", default_value = std::env::consts::ARCH)]
        arch: String,
        /// Folder of qemu/kernel whose topics it has too, such as `tests`
        #[arg(long = "with", value_name = "FOLDER")]
        more: Option<String>,
    },
    /// Test everything, or one part, or one processor
    #[command(after_help = "\
Without --arch all of this host's own processor is tested, and of each other one what its file in qemu/machines gives
as `always`: as it stands, the program, its commands (all cases on aarch64, some on the others) and start-up under
qemu-user, with no kernel to build.
With --arch NAME or `all` it is what the file gives as `asked`; with --full everything.

Examples:
  cargo xtask test --only host
  cargo xtask test --applet sed --applet grep
  cargo xtask test --arch aarch64           system calls and guests too
  cargo xtask test --arch riscv64 --only vm
  cargo xtask test --arch all --full")]
    Test(test::Options),
    /// Check the rules of the tree that no compiler holds
    Tidy,
    /// Show what each crate and each command adds to the program
    Size {
        /// Architecture, a file of qemu/machines
        #[arg(long, value_name = "ARCH", default_value = std::env::consts::ARCH)]
        arch: String,
        /// Commands that the program has: a profile of qemu/images, or a list as `ls,ps,sh`
        #[arg(long, value_name = "profile:NAME|LIST", default_value = Selection::FULL)]
        applets: Selection,
    },
    /// Write a manual page for each command, from the tables that `--help` comes from
    Man {
        /// Where the folder man1 is made; target/man without it
        folder: Option<std::path::PathBuf>,
    },
    /// Show the system calls that a finished program can make, or a profile that holds it to them
    #[command(after_help = "\
The program carries them when `spelunk::carry_contract!();` stands beside its main function.

Example:
  cargo xtask contract target/release/server --form oci > seccomp.json")]
    Contract {
        /// The program, of any processor
        program: std::path::PathBuf,
        /// How they are written
        #[arg(long, value_enum, default_value = "list")]
        form: contract::Form,
    },
    /// Write the table of the kernel's calls: numbers, names, kinds of arguments
    Codegen,
    /// Show for each call of the kernel the function that makes it and a test that runs it, or why it has none
    Coverage {
        /// Print rows as JSON
        #[arg(long)]
        json: bool,
    },
    /// Hold the kernel's structures and constants, as runtime/linux has them, against its headers, for all processors
    Abi,
    /// Measure, beside others that do the same
    Bench {
        /// The group of measures; all without it
        name: Option<String>,
        /// Print rows as JSON
        #[arg(long)]
        json: bool,
        /// How often each value is measured; the median counts
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        #[command(flatten)]
        hardware: boot::Hardware,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            note!("xtask: {error:#}");
            ExitCode::from(if error.is::<guest::TimedOut>() { 124 } else { 125 })
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Boot(options) => return boot::run(&options),
        Task::Build { applets, .. } if applets == "list" => selection::list()?,
        Task::Build { arch, applets } => build::run(&arch, &applets.parse()?)?,
        Task::Kernel { arch, more } => kernel::run(&arch, more.as_deref())?,
        Task::Test(options) => test::run(&options)?,
        Task::Man { folder } => man::run(folder.as_deref())?,
        Task::Tidy => tidy::run()?,
        Task::Contract { program, form } => contract::run(&program, form)?,
        Task::Codegen => calls::codegen::run()?,
        Task::Coverage { json } => calls::coverage::run(json)?,
        Task::Abi => calls::abi::run()?,
        Task::Size { arch, applets } => size::run(&arch, &applets)?,
        Task::Bench { name, json, rounds, hardware } => {
            let setup = bench::Setup { hardware, rounds: rounds.max(1), peers: true };
            bench::run(name.as_deref(), json, &setup)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
