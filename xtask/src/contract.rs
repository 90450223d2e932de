//! `cargo xtask contract`: the system calls that a finished program can make, and the profiles that hold it to them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use formats::file::calls::{Calls, Version, least, since};
use serde_json::json;

use crate::output::say;

/// How the calls are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    /// A line each: number, name, and the version of Linux that first has it
    List,
    /// The same as JSON
    Json,
    /// A seccomp profile for OCI runtimes (Docker's --security-opt seccomp=FILE)
    Oci,
    /// A line for a unit of systemd
    Systemd,
}

/// What the kernel has threads call by itself, and what a program that is started needs before it is itself.
const ALWAYS: [&str; 2] = ["restart_syscall", "execve"];

/// Runs `contract`.
pub(crate) fn run(program: &Path, form: Form) -> Result<()> {
    let calls = calls(program)?;
    match form {
        Form::List => {
            for (name, number) in &calls {
                say!("{number:>6}  {name:24}  {}", since(name));
            }
            say!("Linux {} has all of them.", least_of(&calls));
        }
        Form::Json => {
            let rows: Vec<_> = calls
                .iter()
                .map(|(name, number)| json!({ "number": number, "name": name, "since": since(name).to_string() }))
                .collect();
            say!("{}", json!({ "linux": least_of(&calls).to_string(), "calls": rows }));
        }
        Form::Oci => {
            let names: Vec<_> = names(&calls).collect();
            let rule = json!({ "names": names, "action": "SCMP_ACT_ALLOW" });
            let profile =
                json!({ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "syscalls": [rule] });
            say!("{}", serde_json::to_string_pretty(&profile)?);
        }
        Form::Systemd => {
            say!("SystemCallFilter={}", names(&calls).collect::<Vec<_>>().join(" "));
            say!("SystemCallArchitectures=native");
        }
    }
    Ok(())
}

/// Gives the calls of a program, each once, by name.
fn calls(program: &Path) -> Result<BTreeMap<String, u32>> {
    let read = || format!("read {}", program.display());
    let file = std::fs::read(program).with_context(read)?;
    let calls = Calls::of_program(&file).with_context(read)?.with_context(|| {
        format!(
            "{} does not carry its system calls: put `spelunk::carry_contract!();` beside its main function",
            program.display()
        )
    })?;
    calls.map(|call| call.map(|call| (call.name.to_owned(), call.number)).with_context(read)).collect()
}

fn least_of(calls: &BTreeMap<String, u32>) -> Version {
    least(calls.keys().map(String::as_str))
}

fn names(calls: &BTreeMap<String, u32>) -> impl Iterator<Item = &str> {
    calls.keys().map(String::as_str).chain(ALWAYS.into_iter().filter(|name| !calls.contains_key(*name)))
}
