//! Process 1: one linear start, then one loop that waits for signals and deadlines.

use formats::time::Duration;

use linux::fs::{self, Mode, OpenFlags};
use linux::process::{self, Pid, WaitFlags, WaitFor};
use linux::signal::Signal;
use linux::{Errno, system, time};

use crate::chores::Chores;
use crate::command::Commands;
use crate::disks::Disks;
#[cfg(feature = "disks")]
use crate::disks::Outcome;
use crate::log::Log;
use crate::services::Services;
#[cfg(feature = "services")]
use crate::services::{Succession, inherit};
use crate::settings::{Refused, Settings};
use crate::shutdown::machine::{Action, Event, Goal, Shutdown};
use crate::workers::Crew;
use crate::{console, mounts, power_button, shutdown, signals};

/// The room for the kernel command line in bytes: the kernel's own limit on most processors.
const COMMAND_LINE: usize = 2048;

/// How long the network's worker has the processor for itself: until it waits for the first answer, on a slow machine.
/// Signals that come meanwhile wait.
const HEAD_START: Duration = Duration::from_millis(5);

/// How many children are reaped before the loop looks at its signals again.
const REAPED: usize = 512;

/// The time from TERM to KILL at shutdown, if nobody said another one.
const STOP: Duration = Duration::from_secs(3);

/// Runs the machine from process 1's first step to the end:
///
/// 1. console: descriptors 0 to 2 exist, whatever the image lacks;
/// 2. signals are held back, to be taken by the loop;
/// 3. the file systems that the start itself needs: `/proc`, `/run`;
/// 4. the kernel command line gives the settings;
/// 5. the network's worker starts, and is let ahead: what follows is done while it waits for answers;
/// 6. the other file systems;
/// 7. the agent, and the prompt on the console; the host gets its name, ctrl-alt-del and the power button become
///    signals, faults of process 1 are survived from here on;
/// 8. the loop: children are reaped, workers started again, until someone asks for the end;
/// 9. the end: TERM, KILL, data written out, unmounted, `reboot(2)`.
///
/// With `root=` in an image that lies in memory, steps 5 and 7 are those of the root's own init, which takes this one's place once the
/// root is mounted; what `/etc/fstab` lists is mounted before services begin.
///
/// With `spelunk.emergency` a prompt for repairs comes before step 5, and its end lets the rest go on.
///
/// No step stops the ones after it: what fails is named in the log. Returns only if the kernel refuses to end the
/// machine, as it does in a container; the result is process 1's status then.
pub fn run(commands: &dyn Commands) -> i32 {
    // A start reads the clock ten times; finding the vDSO's function takes the time of a hundred calls.
    time::forgo_vdso();
    console::ensure();
    signals::hold();
    mounts::first(Log::default());
    let settings = settings();
    let log = Log::new(settings.log);
    let mut crew = Crew::new(commands, &settings, log);
    // The disk that keeps the leases is a device node.
    let disks = Disks::new(&settings, log);
    let at_once = settings.emergency || settings.state.is_some() || disks.seeks_root();
    if at_once {
        other_mounts(&settings, log);
    }
    if settings.emergency {
        crew.hold(::system::machine::uptime());
    } else if disks.seeks_root() {
        crew.start_devices(::system::machine::uptime());
    } else {
        crew.start_network(::system::machine::uptime());
        if !at_once {
            // Not a yield: the scheduler would go on with this process, which it knows longer.
            time::sleep(HEAD_START.into());
            other_mounts(&settings, log);
        }
        crew.start_others(::system::machine::uptime());
    }
    name_host(&settings, log);
    if let Err(cause) = commands.survive_faults() {
        log.error(format_args!("survive faults: {cause}"));
    }
    crew.show_memory();
    if !crew.has_devices() {
        power_button::watch(log);
    }
    let services = Services::new(&settings, log);
    let chores = Chores::new(&settings, log);
    Process1::new(crew, (disks, chores), services, &settings, log).watch()
}

/// Goes on as the successor of another program in this process, which has left what it knew: services and workers have their processes,
/// and what is started is started as if nothing had happened. Where nothing was left, it runs the machine as [`run`] does.
/// Returns as [`run`].
#[cfg(feature = "services")]
pub fn succeed(commands: &dyn Commands, succession: Succession) -> i32 {
    time::forgo_vdso();
    signals::hold();
    let settings = settings();
    let log = Log::new(settings.log);
    let now = ::system::machine::uptime();
    let Some(inherited) = inherit(&settings, succession, log, now) else { return run(commands) };
    // The kernel names it by the link that was executed.
    let _ = process::set_name(c"init");
    if let Err(cause) = commands.survive_faults() {
        log.error(format_args!("survive faults: {cause}"));
    }
    let former = (inherited.memory, inherited.workers.as_slice());
    let mut crew = Crew::resumed(commands, &settings, log, former, now);
    crew.show_memory();
    if succession == Succession::Asked {
        crew.renew(now);
    }
    if !crew.has_devices() {
        power_button::watch(log);
    }
    let start = (Disks::lost(log), Chores::lost(&settings, log));
    let mut process1 = Process1::new(crew, start, inherited.services, &settings, log);
    // Of those that have ended meanwhile no signal may come any more.
    process1.more = true;
    if let Some(goal) = inherited.goal {
        process1.tell(Event::Ask(goal), now);
    }
    process1.watch()
}

/// Goes on after a panic of process 1, which was reported already: as a successor of its own, if there is something left to go on
/// from and that has not just been tried; if not, the console gets a prompt for repairs, the network's worker and the agent are
/// kept as they run, and the loop begins anew. Services run on, but nobody looks after them any more. Returns as [`run`].
pub fn recover(commands: &dyn Commands) -> i32 {
    #[cfg(feature = "services")]
    crate::services::recover();
    signals::hold();
    let now = ::system::machine::uptime();
    let settings = settings();
    let log = Log::new(settings.log);
    let mut crew = Crew::recovered(commands, &settings, log, now);
    crew.hold(now);
    let services = Services::lost(&settings, log);
    let start = (Disks::lost(log), Chores::lost(&settings, log));
    Process1::new(crew, start, services, &settings, log).watch()
}

/// Reads the settings; what makes no sense is named in the log. A container is shown the kernel command line of its host; its own
/// settings are the words behind its process 1's name.
fn settings() -> Settings {
    let mut line = [0; COMMAND_LINE];
    let is_container = is_container();
    let path = if is_container { c"/proc/self/cmdline" } else { c"/proc/cmdline" };
    let read = fs::open(path, OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())
        .and_then(|file| fs::read(&file, &mut line));
    let log = Log::default();
    let failed =
        |cause: &Errno| log.error(format_args!("read {}: {cause}", path.to_str().unwrap_or_default()));
    let count = read.inspect_err(failed).unwrap_or(0);
    let line = line.get_mut(..count).unwrap_or_default();
    line.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    // A boot loader may pass anything; a word that is not UTF-8 ends what is understood.
    let text = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let refuse = |refused: Refused<'_>| log.error(format_args!("{refused}"));
    if is_container { Settings::of_container(text, refuse) } else { Settings::parse(text, refuse) }
}

/// Says whether this is process 1 of a container; a program without services is none's.
fn is_container() -> bool {
    cfg!(feature = "services") && !shutdown::has_machine()
}

fn name_host(settings: &Settings, log: Log) {
    if let Err(cause) = system::sethostname(settings.hostname.as_bytes()) {
        log.error(format_args!("set the host name: {cause}"));
    }
    // Refused in a container, where no keyboard sends it either.
    let _ = system::set_ctrl_alt_del(false);
}

fn other_mounts(settings: &Settings, log: Log) {
    if settings.mounts {
        mounts::others(log);
    }
}

/// What the loop keeps.
struct Process1<'a> {
    crew: Crew<'a>,
    disks: Disks,
    chores: Chores,
    settings: &'a Settings,
    services: Services,
    shutdown: Shutdown,
    /// The child that writes out and unmounts.
    leaver: Option<Pid>,
    /// Whether more children may wait to be reaped than were taken in one turn.
    more: bool,
    /// Set when the kernel refused to end the machine.
    status: Option<i32>,
    log: Log,
}

impl<'a> Process1<'a> {
    fn new(
        crew: Crew<'a>,
        start: (Disks, Chores),
        services: Services,
        settings: &'a Settings,
        log: Log,
    ) -> Self {
        let shutdown = Shutdown::new(settings.stop.unwrap_or(STOP));
        let (disks, chores) = start;
        Self {
            crew,
            disks,
            chores,
            settings,
            services,
            shutdown,
            leaver: None,
            more: false,
            status: None,
            log,
        }
    }

    /// Waits and acts until the end; gives a status only if there is none.
    fn watch(mut self) -> i32 {
        loop {
            let now = ::system::machine::uptime();
            self.crew.tick(now);
            let is_held = self.crew.is_held();
            self.disks.tick(!is_held, self.settings);
            let has_disks = !is_held && !self.disks.is_busy();
            self.chores.tick(has_disks, self.settings, now);
            self.services.tick(has_disks && !self.chores.is_busy(), now);
            if let Some(goal) = self.services.consequence() {
                self.ask(goal, false, now);
            }
            if let Some(goal) = self.services.goal(now) {
                self.tell(Event::Ask(goal), now);
            }
            self.tell(Event::Deadline, now);
            if let Some(status) = self.status {
                return status;
            }
            self.services.save(&self.crew, self.shutdown.goal());
            let signal = signals::wait(self.limit(now));
            let now = ::system::machine::uptime();
            if let Some(signal) = signal {
                self.hear(signal, now);
            }
            self.reap(now);
        }
    }

    fn hear(&mut self, signal: Signal, now: Duration) {
        self.services.signalled(signal);
        if let Some(goal) = signals::goal(signal) {
            self.ask(goal, signal == Signal::INT, now);
        }
    }

    /// Takes a request for the machine's end.
    fn ask(&mut self, goal: Goal, is_by_keys: bool, now: Duration) {
        self.log.info(format_args!("{} asked for", goal.name()));
        // Services end first, in their order.
        if !self.services.hold(goal, is_by_keys, now) {
            self.tell(Event::Ask(goal), now);
        }
    }

    /// Gives how long the loop may wait; none means for ever.
    fn limit(&self, now: Duration) -> Option<Duration> {
        if self.more {
            return Some(Duration::ZERO);
        }
        let deadline = [
            self.crew.deadline(),
            self.chores.deadline(),
            self.services.deadline(),
            self.shutdown.deadline(),
        ]
        .into_iter()
        .flatten()
        .min();
        deadline.map(|deadline| deadline.saturating_sub(now))
    }

    /// Takes the children that have ended: our own and the orphans that every process leaves to process 1.
    fn reap(&mut self, now: Duration) {
        self.more = true;
        for _ in 0..REAPED {
            match process::waitid(WaitFor::Any, WaitFlags::EXITED | WaitFlags::NO_HANG) {
                Ok(Some(child)) if self.leaver == Some(child.pid) => self.tell(Event::Left, now),
                Ok(Some(child)) if self.services.ended(child, now) => {}
                Ok(Some(child)) if self.disk_work_ended(child, now) || self.chores.ended(&child) => {}
                Ok(Some(child)) => self.crew.ended(child, now),
                nothing => {
                    self.more = false;
                    if nothing == Err(Errno::CHILD) {
                        self.tell(Event::Alone, now);
                    }
                    return;
                }
            }
        }
    }

    /// Says whether a child worked at the disks, and does what its end asks for.
    #[cfg(feature = "disks")]
    fn disk_work_ended(&mut self, child: process::Child, now: Duration) -> bool {
        match self.disks.ended(child) {
            Outcome::NotOurs => return false,
            Outcome::Done => {}
            Outcome::Root => {
                self.crew.stop(now);
                self.disks.become_root(self.settings);
            }
            Outcome::NoRoot => self.crew.hold(now),
        }
        true
    }

    #[cfg(not(feature = "disks"))]
    #[allow(clippy::unused_self, reason = "it is called whatever the features are")]
    const fn disk_work_ended(&mut self, _child: process::Child, _now: Duration) -> bool {
        false
    }

    fn tell(&mut self, event: Event, now: Duration) {
        if let Event::Ask(goal) = event {
            self.chores.end_is(goal);
        }
        for action in self.shutdown.handle(event, now) {
            match action {
                Action::StopWorkers => self.crew.stop(now),
                Action::Terminate => shutdown::terminate(),
                Action::Kill => shutdown::kill(),
                Action::Leave => self.leave(now),
                // Whoever started the container hears how it ended; anew starts it only the kernel's word.
                Action::End(Goal::PowerOff | Goal::Halt) if is_container() => {
                    self.status = Some(self.services.status());
                }
                Action::End(goal) => {
                    let cause = shutdown::end(goal);
                    self.log.error(format_args!("{}: {cause}", goal.name()));
                    self.status = Some(0);
                }
            }
        }
    }

    /// Makes the child that writes out and unmounts; without one, nothing may be done that could last.
    fn leave(&mut self, now: Duration) {
        let log = self.log;
        let chores = &self.chores;
        let started = process::spawn(|| {
            chores.leave();
            shutdown::leave(log)
        });
        match started {
            Ok(pid) => self.leaver = Some(pid),
            Err(cause) => {
                self.log.error(format_args!("write out and unmount: {cause}"));
                self.tell(Event::Left, now);
            }
        }
    }
}
