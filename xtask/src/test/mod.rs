//! `cargo xtask test`: everything that can be tested, each part also alone, and one line of numbers at the end.

mod host;
mod processor;
mod report;
mod space;
mod unsteady;

use std::slice;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::boot::Hardware;
use crate::install::{self, Need, need};
use crate::machine::{Architecture, Depth};
use crate::output::say;
use crate::{applets, names};

use report::{Count, Report};

/// What `test` can be told.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// One part alone
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The table of this command alone, held against the library and the program that ships
    #[arg(long, value_name = "NAME", conflicts_with_all = ["only", "full"])]
    applet: Vec<String>,
    /// Everything, also where the usual is less
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    hardware: Hardware,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// form: formatting, clippy, documentation, the tree's own rules
    Tidy,
    /// what needs no guest: unit tests, real calls, programs, tables of the commands; other processors' are emulated
    Host,
    /// our network code in private namespaces, against real servers
    Netns,
    /// guests: the program that ships, scenarios, budgets
    Vm,
}

impl Options {
    /// Says whether a processor, or everything, was asked for.
    const fn asks(&self) -> bool {
        self.full || self.hardware.arch.is_some()
    }
}

/// What the suites of this host need beyond a Rust toolchain and a C compiler; scenarios install what they need.
const NEEDS: &[(Part, &[Need<'static>])] = &[
    (Part::Tidy, &[need("git", "git")]),
    (
        Part::Host,
        &[
            need("autoconf", "autoconf"),
            need("busybox", "busybox-static"),
            need("cpio", "cpio"),
            need("ip", "iproute2"),
            need("killall", "psmisc"),
            need("lsof", "lsof"),
            need("musl-gcc", "musl-tools"),
            need("ps", "procps"),
            need("/etc/services", "netbase"),
            need("strace", "strace"),
            need("unshare", "util-linux"),
            need("xxd", "xxd"),
        ],
    ),
    (
        Part::Netns,
        &[
            need("dhcpd", "isc-dhcp-server"),
            need("dnsmasq", "dnsmasq-base"),
            need("ip", "iproute2"),
            need("kea-dhcp4", "kea-dhcp4-server"),
            need("udhcpc", "udhcpc"),
            need("udhcpd", "udhcpd"),
            need("unshare", "util-linux"),
        ],
    ),
];

/// Runs the tests; fails when one does, or when a suite ran nothing.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.applet.is_empty() {
        return commands(options);
    }
    if options.only.is_none() {
        space::ensure()?;
    }
    let plan = plan(options)?;
    let wanted = |part: Part| options.only.is_none_or(|only| only == part);
    // This host's own processor comes first.
    let (own, others) =
        plan.split_at(plan.iter().filter(|planned| planned.architecture.target().is_host()).count());
    if !own.is_empty() {
        for (_, needs) in NEEDS.iter().filter(|(part, _)| wanted(*part)) {
            install::ensure(needs)?;
        }
    }
    // A bare machine's list of names comes with a package.
    let host = host();
    let mut report = match options.only {
        Some(_) => suites(Report::default(), &plan, options, &wanted)?,
        None => side_by_side(own, others, options)?,
    };
    report.suite("the host is as it was", || {
        for (file, before) in HOST.iter().zip(&host).filter(|(file, before)| **before != read(file)) {
            say!("{file} was\n{}", String::from_utf8_lossy(before));
        }
        Ok(Count::one(host == self::host()))
    });
    report.finish()
}

/// Says whether a part is asked for.
type Wanted<'a> = &'a (dyn Fn(Part) -> bool + Sync);

/// Runs what is built for tests of this host's processor beside what ships: one waits for the linker, for guests and for
/// time to pass where the other computes. Who has done its part takes the next of the other processors.
fn side_by_side(own: &[Planned], others: &[Planned], options: &Options) -> Result<Report> {
    let left = Mutex::new(others.iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let lane = |wanted: Wanted<'_>| {
        let report = suites(Report::beside(), own, options, wanted)?;
        std::iter::from_fn(next)
            .try_fold(report, |report, other| suites(report, slice::from_ref(other), options, &|_| true))
    };
    std::thread::scope(|scope| {
        let tests = scope.spawn(|| lane(&|part| part != Part::Vm));
        let shipped = lane(&|part| part == Part::Vm);
        let mut report = tests.join().unwrap_or_else(|_| bail!("a thread of the tests has panicked"))?;
        report.append(shipped?);
        Ok(report)
    })
}

/// Runs suites one after the other, and adds them to a report.
fn suites(mut report: Report, plan: &[Planned], options: &Options, wanted: Wanted<'_>) -> Result<Report> {
    for Planned { architecture, depth } in plan {
        match architecture.target().is_host() {
            true => own(&mut report, architecture, options, wanted)?,
            false => processor::suites(&mut report, architecture, *depth, options, wanted),
        }
    }
    Ok(report)
}

/// Runs the tables of some commands, on this host's processor or those that are named.
fn commands(options: &Options) -> Result<()> {
    let known = applets::names()?;
    if let Some(name) = options.applet.iter().find(|name| !known.contains(name)) {
        bail!(names::unknown("command", name, known.iter().map(String::as_str)));
    }
    install::ensure(NEEDS.iter().find(|(part, _)| *part == Part::Host).map_or(&[], |(_, needs)| needs))?;
    let words: Vec<_> = options.applet.iter().map(|name| format!("^{name}: ")).collect();
    let mut report = Report::default();
    for architecture in
        Architecture::chosen(options.hardware.arch.as_deref().unwrap_or(std::env::consts::ARCH))?
    {
        if architecture.target().is_host() {
            let test = ["--package", "spelunk-tests", "--test", "applets", "--"];
            report.cargo("tests applets", test.into_iter().chain(words.iter().map(String::as_str)));
        }
        processor::tables(&mut report, &architecture, &words);
    }
    report.finish()
}

/// An architecture, and how much of its tests is to run.
struct Planned {
    architecture: Architecture,
    depth: Depth,
}

/// Decides what runs: this host's own processor first, and all of it.
fn plan(options: &Options) -> Result<Vec<Planned>> {
    let named = options.hardware.arch.as_deref();
    let depth = |architecture: &Architecture| match named {
        _ if options.full || architecture.target().is_host() => Depth::Full,
        Some(_) => architecture.tests.asked,
        None => architecture.tests.always,
    };
    let chosen = Architecture::chosen(named.unwrap_or("all"))?;
    let mut plan: Vec<_> = chosen
        .into_iter()
        .map(|architecture| Planned { depth: depth(&architecture), architecture })
        .collect();
    plan.sort_by_key(|planned| !planned.architecture.target().is_host());
    match (options.only, &options.hardware.kernel) {
        (Some(Part::Tidy | Part::Netns), _) => plan.retain(|planned| planned.architecture.target().is_host()),
        (_, Some(_)) if named.is_none() => plan.truncate(1),
        (_, Some(path)) if plan.len() > 1 => {
            bail!("{} is a kernel of one architecture: say which with --arch", path.display())
        }
        _ => {}
    }
    if plan.is_empty() {
        bail!("this part is tested on this host's own processor, {}, alone", std::env::consts::ARCH);
    }
    Ok(plan)
}

/// Runs the suites of this host.
fn own(
    report: &mut Report,
    architecture: &Architecture,
    options: &Options,
    wanted: Wanted<'_>,
) -> Result<()> {
    if wanted(Part::Tidy) {
        host::forms(report);
    }
    if wanted(Part::Host) {
        host::units(report);
        host::structures(report);
        host::targets(report, Part::Host)?;
    }
    if wanted(Part::Netns) {
        host::targets(report, Part::Netns)?;
    }
    if wanted(Part::Vm) {
        processor::program(report, architecture, Depth::Full);
        host::pages(report);
        host::targets(report, Part::Vm)?;
        processor::scenarios(report, architecture, Depth::Full, &options.hardware, options.asks());
        host::budget(report, &processor::of(architecture, &options.hardware));
    }
    Ok(())
}

/// What a DHCP client that escaped its namespace would take away, and a test that forgot whose machine it runs on.
const HOST: [&str; 5] =
    ["/etc/resolv.conf", "/etc/hosts", "/proc/net/route", "/proc/sys/kernel/hostname", "/var/lib/spelunk"];

fn host() -> [Vec<u8>; HOST.len()] {
    HOST.map(read)
}

/// Gives what is in a file, or in those of a folder, with their names.
fn read(path: &str) -> Vec<u8> {
    let Ok(folder) = std::fs::read_dir(path) else { return std::fs::read(path).unwrap_or_default() };
    let named = |entry: std::fs::DirEntry| {
        [entry.file_name().into_encoded_bytes(), std::fs::read(entry.path()).unwrap_or_default()].concat()
    };
    let mut files: Vec<_> = folder.flatten().map(named).collect();
    files.sort_unstable();
    files.join(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(arch: Option<&str>, full: bool, only: Option<Part>) -> Vec<(String, Depth)> {
        let hardware = Hardware { arch: arch.map(str::to_owned), kernel: None, accel: Default::default() };
        let plan = plan(&Options { only, applet: Vec::new(), full, hardware }).unwrap_or_default();
        plan.into_iter().map(|planned| (planned.architecture.name, planned.depth)).collect()
    }

    #[test]
    fn the_hosts_own_processor_comes_first_and_in_full() {
        let own = (std::env::consts::ARCH.to_owned(), Depth::Full);
        for plan in [planned(None, false, None), planned(Some("all"), false, None)] {
            assert_eq!(plan.first(), Some(&own));
            assert_eq!(plan.len(), Architecture::names().unwrap().len());
        }
        assert_eq!(planned(Some(&own.0), false, None), [own]);
    }

    #[test]
    fn others_are_tested_as_far_as_their_files_say_or_in_full() {
        let other = if std::env::consts::ARCH == "riscv64" { "arm" } else { "riscv64" };
        let tests = Architecture::load(other).unwrap().tests;
        assert_eq!(planned(Some(other), false, None), [(other.to_owned(), tests.asked)]);
        assert!(planned(None, false, None).contains(&(other.to_owned(), tests.always)));
        assert!(planned(Some("all"), true, None).iter().all(|(_, depth)| *depth == Depth::Full));
        assert_eq!(planned(Some(other), true, Some(Part::Netns)), [], "which is refused");
        assert_eq!(planned(None, true, Some(Part::Tidy)).len(), 1);
    }
}
