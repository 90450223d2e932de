//! Process 1's successor: the same program or the one that has taken its place, run anew in the same process, so that services keep
//! their parent. It is asked for (`service reexec`), or the way out when process 1 fails.
//!
//! Before process 1 waits, all that a successor must know lies in two memory files: the plan ([`Plan`]) and how far all have come
//! ([`State`]). These and the descriptors that process 1 holds lie on a shelf ([`shelf`]). To become the successor, the shelf is put
//! in the place of standard input, and the program executed: two system calls, which a handler of faults may make, too.
//!
//! A successor after a fault goes on from what was known when process 1 last waited. What happened since then it finds out: of a child
//! that was reaped it asks the kernel, and what was started for a service is killed by its control group and started again. Process 1 that
//! fails again within [`STEADY`] does what it does without a successor: the prompt for repairs.
//!
//! State of another form, or with a wrong checksum, is refused. Without the state, the descriptors are kept, and each service with a
//! process in its control group goes on with that; without the plan as well, the files are read again, and only then looked for processes.

mod found;
mod left;
mod shelf;
mod taken;

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use ::services::handover::{Plan, State};
use ::services::manager::Manager;
use ::services::packed;
use formats::time::Duration;
use linux::fd::{AsFd, BorrowedFd, OwnedFd, STDERR, STDIN};
use linux::fs::{self, Mode, OpenFlags, Standard};
use linux::process::{self, Argument, Pid};
use linux::signal::Signal;
use linux::{Errno, Result};

use super::Services;
use super::record::{self, Record};
use crate::log::Log;
use crate::settings::Settings;
use crate::shutdown::machine::Goal;
use crate::signals;
use crate::workers::Crew;
pub(super) use found::lives;

/// How long a successor after a fault must live for the next fault to have one, too, in seconds.
const STEADY: u32 = 10;

/// By how many bytes a state may grow until it is laid out anew, with each service by so many.
const GROWTH: usize = 256;
const GROWTH_OF_ONE: usize = 64;

/// How many variables a successor gets at most.
const VARIABLES: usize = 64;

/// The number of the shelf; -1: there is none. It is what a handler of faults knows.
static SHELF: AtomicI32 = AtomicI32::new(-1);

/// When this program took over after a fault, in seconds since the machine's start, and 1; 0: it did not.
static TOOK_OVER: AtomicU32 = AtomicU32::new(0);

/// Why a program is a successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession {
    /// Someone asked for it.
    Asked,
    /// The program before has failed.
    Fault,
}

impl Succession {
    /// Finds it by the word that a successor is given.
    pub fn named(word: &CStr) -> Option<Self> {
        [Self::Asked, Self::Fault].into_iter().find(|one| one.word() == word)
    }

    const fn word(self) -> &'static CStr {
        match self {
            Self::Asked => c"--succeed",
            Self::Fault => c"--recover",
        }
    }
}

/// What a successor is handed, while process 1 runs.
#[derive(Default)]
pub(super) struct Handover {
    /// Where the program lay when services began.
    program: Option<CString>,
    shelf: Option<OwnedFd>,
    /// Plan and state; both stay open, so that whoever looks for a fault finds them under `/proc/1/fd`.
    records: Option<(Record, Record)>,
    /// The state that was last written.
    last: Vec<u8>,
    /// Whether services or descriptors are others than those of the plan.
    pub(super) is_stale: bool,
    has_failed: bool,
    /// Whether someone has asked for a successor.
    pub(super) is_wanted: bool,
    /// How many there were; from a time on at which nobody knew, counted from another number.
    pub(super) successions: u32,
}

/// What a successor has got beside the services.
pub(crate) struct Inheritance {
    pub(crate) services: Services,
    /// The memory of the network's worker.
    pub(crate) memory: Option<OwnedFd>,
    /// Process 1's other workers: what each works at, and its process.
    pub(crate) workers: Vec<(u8, Option<Pid>)>,
    /// The end of the machine, if it has begun.
    pub(crate) goal: Option<Goal>,
}

impl Handover {
    /// Lays plan, state and descriptors out; what was there before counts until all of it is done.
    fn lay_out(&mut self, plan: &Plan, state: &[u8], files: Vec<BorrowedFd<'_>>) -> Result<()> {
        let bytes = packed::pack(plan);
        let mut plan_file = Record::new::<Plan>(c"plan", bytes.len())?;
        plan_file.write(&bytes)?;
        let longest = state.len() + GROWTH + GROWTH_OF_ONE * plan.services.len();
        let mut state_file = Record::new::<State>(c"state", longest)?;
        state_file.write(state)?;
        let mut all = Vec::from([plan_file.file().as_fd(), state_file.file().as_fd(), STDIN]);
        all.extend(files);
        let shelf = shelf::fill(&all)?;
        self.program = self.program.take().or_else(|| program_of("self"));
        SHELF.store(shelf.as_raw(), Ordering::Relaxed);
        (self.shelf, self.records, self.is_stale) = (Some(shelf), Some((plan_file, state_file)), false);
        Ok(())
    }
}

/// Gives where the program of a process lies; what takes the place of its file takes that of the program.
fn program_of(process: &str) -> Option<CString> {
    let mut room = [0; 512];
    let path = fs::readlink(alloc::format!("/proc/{process}/exe").as_str(), &mut room).ok()?;
    CString::new(path.strip_suffix(b" (deleted)").unwrap_or(path)).ok()
}

/// Becomes the successor, if process 1 has left something for one and has not just been one; returns if that cannot be.
///
/// It takes no memory, and needs nothing that was known but the two numbers.
pub(crate) fn recover() {
    let log = Log::default();
    let number = SHELF.swap(-1, Ordering::Relaxed);
    if number < 0 {
        return;
    }
    let took_over = TOOK_OVER.load(Ordering::Relaxed);
    if took_over != 0 && seconds().saturating_sub(took_over) < STEADY {
        return log.error(format_args!("process 1 has failed twice within {STEADY} s"));
    }
    let cause = match fs::dup_number(number) {
        // What was executed, whatever lies in its place by now: it wrote what is read.
        Ok(shelf) => execute(c"/proc/self/exe", &shelf, Succession::Fault),
        Err(cause) => cause,
    };
    log.error(format_args!("process 1 cannot go on from what it has saved: {cause}"));
}

/// Gives the seconds since the machine's start, and 1.
fn seconds() -> u32 {
    (::system::machine::uptime().as_secs() as u32).saturating_add(1)
}

/// Executes a program in this process, with the shelf as its standard input; gives why that cannot be.
fn execute(path: &CStr, shelf: &OwnedFd, succession: Succession) -> Errno {
    let (mut text, mut words) = ([0; 4096], [0; 4096]);
    let mut environment = Strings::new();
    add(&mut environment, c"/proc/self/environ", &mut text, 0);
    // Behind its name, and the word that made this program a successor, stand the settings of a container.
    let mut arguments = Strings::new();
    let _ = arguments.push(Argument::new(c"init"));
    let _ = arguments.push(Argument::new(succession.word()));
    add(&mut arguments, c"/proc/self/cmdline", &mut words, 1);
    let input = fs::dup(STDIN);
    if let Err(cause) = fs::set_standard(Standard::Input, shelf) {
        return cause;
    }
    let cause = process::execve(path, &arguments, &environment);
    if let Ok(input) = input {
        let _ = fs::set_standard(Standard::Input, &input);
    }
    cause
}

/// What a program is handed.
type Strings<'t> = heapless::Vec<Argument<'t>, VARIABLES>;

/// Adds the strings of a file of this process behind the first few, and what ends them.
fn add<'t>(strings: &mut Strings<'t>, path: &CStr, text: &'t mut [u8], skipped: usize) {
    let read = fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
        .and_then(|file| fs::read_full(&file, text));
    let text = text.get(..read.unwrap_or(0)).unwrap_or_default();
    let all = text.split_inclusive(|byte| *byte == 0).filter_map(|one| CStr::from_bytes_with_nul(one).ok());
    for one in all.skip(skipped).filter(|one| Succession::named(one).is_none()).take(VARIABLES - 3) {
        let _ = strings.push(Argument::new(one));
    }
    let _ = strings.push(Argument::END);
}

/// Takes over what process 1 has left; none if it has left nothing.
pub(crate) fn inherit(
    settings: &Settings,
    succession: Succession,
    log: Log,
    now: Duration,
) -> Option<Inheritance> {
    let mut files = match fs::dup(STDIN).and_then(|shelf| shelf::empty(&shelf)) {
        Ok(files) if files.is_empty() => return None,
        Err(Errno::NOTSOCK) => return None,
        Ok(files) => files.into_iter(),
        Err(cause) => {
            log.error(format_args!("take what process 1 has left: {cause}"));
            Vec::new().into_iter()
        }
    };
    if succession == Succession::Fault {
        TOOK_OVER.store(seconds(), Ordering::Relaxed);
    }
    let mut services = Services::new(settings, log);
    services.is_begun = true;
    let (Some(plan), Some(state), Some(input)) = (files.next(), files.next(), files.next()) else {
        let _ = fs::set_standard(Standard::Input, STDERR);
        return Some(services.find(settings, None, (None, files), now));
    };
    let _ = fs::set_standard(Standard::Input, &input).or_else(|_| fs::set_standard(Standard::Input, STDERR));
    let state = record::read::<State>(&state);
    let plan = record::read::<Plan>(&plan);
    let (memory, former) = match plan.map(|plan| services.take_up(plan, &mut files, now)) {
        Ok(Some((memory, former))) => (memory, Some(former)),
        Ok(None) => {
            log.error(format_args!(
                "the plan that process 1 has left is refused: descriptors or services are missing"
            ));
            (None, None)
        }
        Err(refused) => {
            log.error(format_args!("the plan that process 1 has left is refused: {refused}"));
            (None, None)
        }
    };
    let state = state.inspect_err(|refused| {
        log.error(format_args!("the state that process 1 has left is refused: {refused}"));
    });
    let known = former.as_ref().zip(state.ok()).and_then(|((list, nodes), state)| {
        let manager = Manager::resumed(list, nodes.clone(), &state.lives)?;
        (state.services.len() == list.len()).then_some((manager, state))
    });
    if let Some((manager, state)) = known {
        services.manager = manager;
        services.resume(&state, succession, now);
        let workers = state.workers.iter().map(|(role, pid)| (*role, living(*pid))).collect();
        return Some(Inheritance { goal: goal_of(state.goal), workers, memory, services });
    }
    Some(services.find(settings, former, (memory, files), now))
}

/// Gives a child by its number, if it is still to be waited for.
fn living(number: Option<i32>) -> Option<Pid> {
    number.and_then(Pid::new).filter(|pid| found::is_child(*pid))
}

fn number_of(goal: Goal) -> u8 {
    signals::asking(goal).number() as u8
}

fn goal_of(number: Option<u8>) -> Option<Goal> {
    number.and_then(|number| Signal::new(number.into())).and_then(signals::goal)
}

impl Services {
    /// Keeps what a successor must know, before process 1 waits; becomes the successor, if someone has asked for that.
    pub(crate) fn save(&mut self, crew: &Crew<'_>, goal: Option<Goal>) {
        if self.shared.is_none() {
            return;
        }
        let kept = self.keep(crew, goal);
        // Told once: it is tried again and again.
        if let Err(cause) = kept
            && !core::mem::replace(&mut self.handover.has_failed, true)
        {
            self.log.error(format_args!("keep the state of process 1: {cause}"));
        }
        if kept.is_ok() {
            self.handover.has_failed = false;
        }
        // The files that are being read are known soon.
        if !self.handover.is_wanted || self.loader.is_some() {
            return;
        }
        self.handover.is_wanted = false;
        let cause = match (&self.handover.shelf, &self.handover.program) {
            _ if goal.is_some() || self.end.is_some() => return,
            (Some(shelf), Some(program)) if kept.is_ok() => execute(program, shelf, Succession::Asked),
            _ => kept.err().unwrap_or(Errno::NOENT),
        };
        self.log.error(format_args!("process 1 goes on as it is: execute its program: {cause}"));
    }

    fn keep(&mut self, crew: &Crew<'_>, goal: Option<Goal>) -> Result<()> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let state = packed::pack(&self.state(crew, goal));
        if self.handover.is_stale {
            let (plan, files) = left::plan(shared, &self.units, &self.manager, crew);
            if let Err(cause) = self.handover.lay_out(&plan, &state, files) {
                // What lies there is not how it is now: a successor has to look for processes.
                if let Some((_, file)) = &mut self.handover.records {
                    let _ = file.write(&[]);
                }
                return Err(cause);
            }
        } else if let Some((_, file)) = &mut self.handover.records
            && state != self.handover.last
        {
            file.write(&state)?;
        }
        self.handover.last = state;
        Ok(())
    }
}
