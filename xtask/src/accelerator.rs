//! The choice between KVM and QEMU's own translation.
//!
//! That `/dev/kvm` opens proves nothing: where virtualisation is nested without hardware behind it, a guest hangs at
//! its first instruction. So the kernel itself is started under KVM without a file system, and must have got as far
//! as missing it within two seconds. The verdict holds until the host boots again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::machine::{Architecture, Machine};
use crate::output::note;
use crate::qemu::{Engine, Guest, Reset};
use crate::workspace;

/// What a user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accelerator {
    /// KVM if a small guest proves within two seconds that it works, else TCG
    #[default]
    Auto,
    /// QEMU translates the guest's instructions; works everywhere
    Tcg,
    /// the processor runs the guest; hangs where KVM only pretends to work
    Kvm,
}

/// How long a guest may take to show that KVM works.
const PROBE: Duration = Duration::from_secs(2);

/// What the kernel says when it has come up and finds no file system.
const PROOF: &str = "Kernel panic - not syncing: VFS";

/// Decides what executes the guest.
pub(crate) fn choose(
    wish: Accelerator,
    architecture: &Architecture,
    machine: &Machine,
    kernel: &Path,
) -> Result<Engine> {
    Ok(match wish {
        Accelerator::Tcg => Engine::Tcg,
        Accelerator::Kvm => Engine::Kvm,
        Accelerator::Auto if works(architecture, machine, kernel)? => Engine::Kvm,
        Accelerator::Auto => Engine::Tcg,
    })
}

fn works(architecture: &Architecture, machine: &Machine, kernel: &Path) -> Result<bool> {
    let openable = fs::OpenOptions::new().read(true).write(true).open("/dev/kvm").is_ok();
    if architecture.name != std::env::consts::ARCH || !openable {
        return Ok(false);
    }
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let verdict = workspace::cache("kvm")?.join(boot.trim());
    if let Ok(text) = fs::read_to_string(&verdict) {
        return Ok(text == "works");
    }
    let works = probe(architecture, machine, kernel)?;
    if !works {
        note!("boot: /dev/kvm is there, but a guest does not come up under it; using TCG");
    }
    workspace::write(&verdict, if works { "works" } else { "hangs" })?;
    Ok(works)
}

fn probe(architecture: &Architecture, machine: &Machine, kernel: &Path) -> Result<bool> {
    let guest = Guest {
        architecture,
        machine,
        engine: Engine::Kvm,
        kernel,
        initramfs: None,
        memory_mib: 64,
        append: vec!["panic=-1".to_owned()],
        networks: Vec::new(),
        disks: Vec::new(),
        devices: Vec::new(),
        reset: Reset::Exit,
    };
    let mut command = guest.interactive()?;
    prints(&mut command, PROOF, PROBE)
}

/// Says whether a command prints a text within a time; it is ended either way.
fn prints(command: &mut Command, text: &'static str, limit: Duration) -> Result<bool> {
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("start the guest that tries KVM")?;
    let output = child.stdout.take().context("read from the guest that tries KVM")?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
        let found = lines.into_iter().any(|line| String::from_utf8_lossy(&line).contains(text));
        let _ = sender.send(found); // nobody listens after the time limit
    });
    let found = receiver.recv_timeout(limit.saturating_sub(started.elapsed())).unwrap_or(false);
    child.kill().context("end the guest that tries KVM")?;
    child.wait().context("wait for the guest that tries KVM")?;
    let _ = reader.join();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_time_is_seen_and_silence_is_not_waited_for() {
        let try_it = |script: &str| {
            let mut command = Command::new("sh");
            prints(command.args(["-c", script]), "ready", Duration::from_millis(500)).unwrap()
        };
        assert!(try_it("echo getting ready; exec sleep 60"));
        assert!(!try_it("echo nothing"));
        let started = Instant::now();
        assert!(!try_it("exec sleep 60"));
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
