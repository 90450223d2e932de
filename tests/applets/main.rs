//! Holds every command against its table, `tests/applets/<name>.test`, and the tables against other implementations.
//!
//! The commands are those of the program that `SPELUNK_PROGRAM` names, which may be for the other processor that
//! `SPELUNK_ARCH` names, else of our library in a program of the host. With that library
//! a case that says `portable` must give the same with GNU's (util-linux's, procps's) tool and BusyBox's, where they are
//! installed: that checks the table. Words that are arguments choose cases by a part of `name: case`; of each table the first case
//! and one of `SPELUNK_SHARE` others is played, all without it.

mod catalog;
mod image;
mod live;
mod traced;
mod trees;

use std::ffi::OsStr;
use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use spelunk_tests::perform::{also, perform, shown};
use spelunk_tests::programs::target;
use spelunk_tests::table::{self, Case, Expected};
use spelunk_tests::tally::{Tally, each, harness};

fn main() -> ExitCode {
    harness(run)
}

/// Plays the tables, several at once, then what has the host for itself.
fn run(tally: &Tally) -> Result<()> {
    let ours = Ours::new()?;
    let peers = if ours.ships { Vec::new() } else { peers() };
    let share = match std::env::var("SPELUNK_SHARE") {
        Ok(share) => share.parse::<NonZeroUsize>().with_context(|| format!("SPELUNK_SHARE={share}"))?,
        Err(_) => NonZeroUsize::MIN,
    };
    each(applets::names(), |applet| {
        for case in read(applet)?.into_iter().step_by(share.get()) {
            let name = format!("{applet}: {}", case.name);
            match unfit(&case, &ours) {
                Some(reason) => tally.skip(&name, reason),
                None => tally.case(&name, || check(applet, &case, &ours, &peers)),
            }
        }
        Ok(())
    })?;
    for case in live::CASES.iter().chain(&trees::CASES).chain(&catalog::CASES).chain(&image::CASES) {
        tally.case(case.0, || live::play(case, &ours));
    }
    for case in &traced::CASES {
        match traced::unfit(&ours) {
            Some(reason) => tally.skip(case.0, reason),
            None => tally.case(case.0, || live::play(case, &ours)),
        }
    }
    Ok(())
}

/// Says why a case cannot be tried here, if it cannot.
fn unfit<'a>(case: &'a Case, ours: &Ours) -> Option<&'a str> {
    if case.tags.iter().any(|tag| tag == "root") && linux::process::geteuid() != 0 {
        return Some("needs root");
    }
    case.native.as_deref().filter(|_| ours.emulator.is_some())
}

/// Reads the table of a command; every command must have one.
fn read(name: &str) -> Result<Vec<Case>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("applets").join(format!("{name}.test"));
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let cases = table::parse(&text).with_context(|| path.display().to_string())?;
    if cases.is_empty() {
        bail!("{} has no case", path.display());
    }
    Ok(cases)
}

/// Our commands: a folder that has the program under each name.
struct Ours {
    folder: PathBuf,
    program: PathBuf,
    /// Whether that is the program that ships.
    ships: bool,
    /// What runs the program, when this host's processor does not.
    emulator: Option<PathBuf>,
    /// Whether its words are not those of the host's programs.
    is_narrow: bool,
}

impl Ours {
    fn new() -> Result<Self> {
        let named = std::env::var_os("SPELUNK_PROGRAM");
        let (target, ships) = (target(), named.is_some());
        let emulator = (ships && !target.runs_here()).then(|| target.emulator_path());
        let built = PathBuf::from(named.unwrap_or_else(|| env!("CARGO_BIN_EXE_applet").into()));
        let folder = std::env::temp_dir().join(format!("spelunk-applets-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        // A copy, which other users reach wherever the checkout is.
        let program = folder.join(".program");
        fs::copy(&built, &program).with_context(|| built.display().to_string())?;
        let starter = match &emulator {
            None => program.clone(),
            Some(emulator) => script(&folder, emulator, &program)?,
        };
        for name in applets::names().chain(["busybox"]) {
            symlink(&starter, folder.join(name))?;
        }
        let is_narrow = ships && !target.is_host();
        Ok(Self { folder, program, ships, emulator, is_narrow })
    }

    /// Calls the program by a name.
    fn command(&self, name: &OsStr) -> Command {
        let path = self.folder.join(name);
        match &self.emulator {
            None => Command::new(path),
            // Not the script: the shell has a word in the environment.
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg("-0").arg(path).arg(&self.program);
                command
            }
        }
    }
}

/// Writes what a command of ours starts when it wants another one: the kernel knows no program of that processor.
fn script(folder: &Path, emulator: &Path, program: &Path) -> Result<PathBuf> {
    let path = folder.join(".emulated");
    let (emulator, program) = (emulator.display(), program.display());
    fs::write(&path, format!("#!/bin/sh\nexec '{emulator}' -0 \"$0\" '{program}' \"$@\"\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Another implementation.
struct Peer {
    name: &'static str,
    /// Words before the command's own, given the command's name.
    command: fn(&OsStr) -> Option<Command>,
}

/// Gives the implementations that can be called here.
fn peers() -> Vec<Peer> {
    vec![
        Peer {
            name: "gnu",
            command: |name| {
                let found = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
                    .iter()
                    .map(|folder| Path::new(folder).join(name));
                let found = found.into_iter().find(|path| path.exists())?;
                // On some systems those are BusyBox's.
                let is_busybox = fs::canonicalize(&found).is_ok_and(|path| path.ends_with("busybox"));
                (!is_busybox).then(|| Command::new(found))
            },
        },
        Peer {
            name: "busybox",
            command: |name| {
                let path =
                    ["/usr/bin/busybox", "/bin/busybox"].iter().map(Path::new).find(|path| path.exists())?;
                let list = Command::new(path).arg("--list").output().ok()?;
                let has = list.stdout.split(|&byte| byte == b'\n').any(|line| line == name.as_bytes());
                has.then(|| {
                    let mut command = Command::new(path);
                    command.arg(name);
                    command
                })
            },
        },
    ]
}

fn check(applet: &str, case: &Case, ours: &Ours, peers: &[Peer]) -> Result<()> {
    let outcome = perform(case, &ours.folder, |name| Some(ours.command(name)))?.context("ours")?;
    if !case.out.is_met(&outcome.out) {
        bail!("output {}\nexpected {}{}", shown(&outcome.out), case.out, also(&outcome.err));
    }
    if matches!(case.out, Expected::Json(_)) {
        catalog::conform(applet, &outcome.out)?;
    }
    if !case.err.is_met(&outcome.err) {
        bail!("errors {}\nexpected {}", shown(&outcome.err), case.err);
    }
    if outcome.status != case.status {
        bail!("status {}, expected {}{}", outcome.status, case.status, also(&outcome.err));
    }
    for peer in peers.iter().filter(|peer| case.tags.iter().any(|tag| tag == "portable" || tag == peer.name))
    {
        let Some(theirs) = perform(case, Path::new("/usr/bin"), peer.command)? else { continue };
        if !case.out.is_met(&theirs.out) {
            bail!("the table differs from {}: output {}{}", peer.name, shown(&theirs.out), also(&theirs.err));
        }
        // Messages are each implementation's own, and so are the numbers of failures.
        if (theirs.status == 0) != (case.status == 0) || theirs.err.is_empty() != outcome.err.is_empty() {
            bail!("the table differs from {}: status {}{}", peer.name, theirs.status, also(&theirs.err));
        }
    }
    Ok(())
}
