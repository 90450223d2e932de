//! Scenarios: guests with a story, as `qemu/scenarios/<name>.toml` tells it.

mod debian;
mod disk;
mod file;
mod network;
mod player;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::accelerator;
use crate::boot::Hardware;
use crate::guest::private_folder;
use crate::output::say;
use crate::qemu::Engine;
use crate::workspace;

pub(crate) use file::Scenario;

/// Runs `boot --scenario`: the one that is named, or lists all.
pub(crate) fn command(name: &str, hardware: &Hardware, verbose: bool) -> Result<ExitCode> {
    if name == "list" {
        for name in names()? {
            say!("{name:<20} {}", Scenario::load(&name)?.summary);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let scenario = Scenario::load(name)?;
    let started = Instant::now();
    play(name, &scenario, hardware, verbose)?;
    say!("{name}: passed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(ExitCode::SUCCESS)
}

/// Lists the scenarios.
pub(crate) fn names() -> Result<Vec<String>> {
    workspace::described("scenarios")
}

/// Plays a scenario; an error says which step failed, and how.
pub(crate) fn play(name: &str, scenario: &Scenario, hardware: &Hardware, verbose: bool) -> Result<()> {
    let architecture = hardware.architecture()?;
    if !scenario.fits(&architecture.name) {
        bail!("scenario {name} is for {} only: its file says why", scenario.processors.join(", "));
    }
    let machine = architecture.machine(scenario.machine.as_deref())?;
    let kernel = hardware.kernel(&architecture, scenario.kernel.as_deref())?;
    let engine = match scenario.paced {
        true => Engine::Paced,
        false => accelerator::choose(hardware.accel, &architecture, machine, &kernel)?,
    };
    let folder = private_folder()?;
    let compression = hardware.compression(&architecture);
    let stage = player::Stage {
        architecture: &architecture,
        machine,
        kernel: &kernel,
        engine,
        compression,
        folder: &folder,
    };
    let result = player::play(name, scenario, &stage, verbose);
    let _ = std::fs::remove_dir_all(&folder); // the next run makes its own
    result.with_context(|| format!("scenario {name}"))
}
