//! The keys of a service file: one table, from which they are read, refused and documented.

use alloc::string::String;
use alloc::vec::Vec;

use formats::time::Duration;
use linux::process::Resource;

use super::{Given, Shape, Words};
use crate::confined::{DISK_CLASSES, NAMESPACES, OPTIONAL, capabilities};
use crate::{Bounds, Consequence, DiskBounds, Kind, Listen, Mode, Ready, Restart, Service, Start, Target};

/// A key.
#[derive(Debug)]
pub struct Key {
    /// Its name, that of its table and a point before it.
    pub name: &'static str,
    /// What its value is.
    pub shape: Shape,
    /// What it is for.
    pub help: &'static str,
    /// Sets what it is for; the text is what follows the name, where the key is a table of any names.
    pub(super) set: fn(&mut Service, &str, Given),
}

const fn key(
    name: &'static str,
    shape: Shape,
    set: fn(&mut Service, &str, Given),
    help: &'static str,
) -> Key {
    Key { name, shape, help, set }
}

/// All keys, in the order in which they are shown.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("description", Shape::Text, |s, _, v| s.description = v.text(), "what it is, for people"),
    key("kind", Shape::Choice(Kind::WORDS), |s, _, v| s.kind = v.choice(Kind::from_word), "a daemon runs until it is stopped, a oneshot ends by itself, a timer is one again and again"),
    key("start", Shape::Choice(Start::WORDS), |s, _, v| s.start = v.choice(Start::from_word), "what starts it"),
    key("command", Shape::Command, |s, _, v| s.command = v.list(), "the program and its arguments"),
    key("environment", Shape::Variables, |s, name, v| s.set_variable(name, &v.text()), "variables: a table of names and texts"),
    key("user", Shape::Text, |s, _, v| s.user = v.text(), "whom it runs as"),
    key("group", Shape::Text, |s, _, v| s.group = v.text(), "its group, in place of the user's"),
    key("groups", Shape::Texts, |s, _, v| s.groups = Some(v.list()), "its further groups, in place of the user's"),
    key("directory", Shape::Path, |s, _, v| s.directory = v.text(), "the folder that it begins in"),
    key("terminal", Shape::Path, |s, _, v| s.terminal = v.text(), "the terminal that it reads, writes and controls"),
    key("terminal-mode", Shape::Choice(Mode::WORDS), |s, _, v| s.mode = v.choice(Mode::from_word), "ask: it starts when Enter is pressed there"),
    key("after", Shape::Names, |s, _, v| s.after = v.list(), "starts after these, if they start at all"),
    key("needs", Shape::Names, |s, _, v| s.needs = v.list(), "starts these, and itself when they are ready"),
    key("wants", Shape::Names, |s, _, v| s.wants = v.list(), "starts these, whatever becomes of them"),
    key("conflicts", Shape::Names, |s, _, v| s.conflicts = v.list(), "stops these"),
    key("ready", Shape::Ready, |s, _, v| s.ready = v.ready(), "by what it is known to be ready"),
    key("ready-timeout", Shape::Time, |s, _, v| s.start_timeout = v.time(), "how long that may take; 0: for ever (60 s)"),
    key("restart.when", Shape::Choice(Restart::WORDS), |s, _, v| s.restart = Restart::from_word(&v.text()), "after which ends it is started again (always; oneshot: never)"),
    key("restart.first", Shape::Time, |s, _, v| s.rest_first = v.time(), "the rest after a second failure in a row, which doubles with each (100 ms)"),
    key("restart.longest", Shape::Time, |s, _, v| s.rest_longest = v.time(), "the longest rest (10 s)"),
    key("restart.attempts", Shape::Number(0, 1_000_000), |s, _, v| s.attempts = v.number() as u32, "failures in a row after which it is given up; 0: never (5)"),
    key("restart.steady", Shape::Time, |s, _, v| s.steady = v.time(), "who lived that long has not failed in a row (10 s)"),
    key("action.done", Shape::Choice(Consequence::WORDS), |s, _, v| s.when_done = v.choice(Consequence::from_word), "what becomes of the machine when it has done its work (none)"),
    key("action.failed", Shape::Choice(Consequence::WORDS), |s, _, v| s.when_failed = v.choice(Consequence::from_word), "what becomes of it when it is given up (none)"),
    key("stop.signal", Shape::Signal, |s, _, v| s.stop_signal = v.number() as u8, "what asks it to end (TERM)"),
    key("stop.timeout", Shape::Time, |s, _, v| s.stop_timeout = v.time(), "from then to KILL (5 s)"),
    key("timer.every", Shape::Time, |s, _, v| s.timer_every = v.time(), "from the start of a run to that of the next"),
    key("timer.at", Shape::Dates, |s, _, v| s.timer_at = v.text(), "when it runs, by the clock of this place"),
    key("timer.first", Shape::Time, |s, _, v| s.timer_first = Some(v.time()), "from its start to the first run (every)"),
    key("timer.spread", Shape::Time, |s, _, v| s.timer_spread = v.time(), "each machine is later by a time of its own, up to this"),
    key("watchdog", Shape::Time, |s, _, v| s.watchdog = v.time(), "it is killed if it does not say WATCHDOG=1 that often"),
    key("reload-signal", Shape::Signal, |s, _, v| s.reload_signal = v.number() as u8, "what has it read its settings again"),
    key("sockets", Shape::Sockets, |s, name, v| s.set_socket(name, v), "sockets that start it: a table of names and addresses"),
    key("store", Shape::Number(0, 512), |s, _, v| s.store = v.number() as u32, "descriptors that are kept for it (FDSTORE=1)"),
    key("condition.paths", Shape::Texts, |s, _, v| s.condition_paths = v.list(), "starts only if these exist; with ! before: if not"),
    key("condition.kernel-arguments", Shape::Texts, |s, _, v| s.condition_arguments = v.list(), "only with these words on the kernel's command line; !: without"),
    key("condition.architectures", Shape::Texts, |s, _, v| s.condition_architectures = v.list(), "only on one of these, as uname -m names them"),
    key("limits.open-files", Shape::Count, |s, _, v| s.limit(Resource::OPEN_FILES, v), "descriptors"),
    key("limits.processes", Shape::Count, |s, _, v| s.limit(Resource::PROCESSES, v), "processes of its user"),
    key("limits.cpu-seconds", Shape::Count, |s, _, v| s.limit(Resource::CPU, v), "seconds on a processor"),
    key("limits.address-space", Shape::Bytes, |s, _, v| s.limit(Resource::ADDRESS_SPACE, v), "addresses"),
    key("limits.data", Shape::Bytes, |s, _, v| s.limit(Resource::DATA, v), "data"),
    key("limits.stack", Shape::Bytes, |s, _, v| s.limit(Resource::STACK, v), "the first thread's stack"),
    key("limits.core", Shape::Bytes, |s, _, v| s.limit(Resource::CORE, v), "a core file"),
    key("limits.file-size", Shape::Bytes, |s, _, v| s.limit(Resource::FILE_SIZE, v), "a file"),
    key("limits.locked-memory", Shape::Bytes, |s, _, v| s.limit(Resource::LOCKED_MEMORY, v), "what it keeps in memory"),
    key("cgroup.memory", Shape::Bytes, |s, _, v| s.resources.memory = v.amount(), "of all its processes together"),
    key("cgroup.memory-high", Shape::Bytes, |s, _, v| s.resources.memory_high = v.amount(), "from which on they are held up"),
    key("cgroup.swap", Shape::Bytes, |s, _, v| s.resources.swap = v.amount(), "of their memory on disks"),
    key("cgroup.cpu-percent", Shape::Number(1, 100_000), |s, _, v| s.resources.cpu = Some(v.number() as u64), "of one processor, of all its processes together"),
    key("cgroup.cpu-weight", Shape::Number(1, 10_000), |s, _, v| s.resources.cpu_weight = Some(v.number() as u64), "its share where processors are too few; others have 100"),
    key("cgroup.processes", Shape::Count, |s, _, v| s.resources.processes = v.amount(), "how many it may have"),
    key("cgroup.disks", Shape::Disks, |s, path, v| s.set_disk(path, v), "what it may have of disks in a second: a table of devices"),
    key("log.target", Shape::Choice(Target::WORDS), |s, _, v| s.log.target = v.choice(Target::from_word), "where its output goes; the first three: to the log, too"),
    key("log.file", Shape::Path, |s, _, v| s.log.file = v.text(), "the file of the target file (/var/log/NAME.log)"),
    key("log.size", Shape::Bytes, |s, _, v| s.log.size = v.amount(), "how long it gets before it begins anew (1M)"),
    key("log.copies", Shape::Number(0, 99), |s, _, v| s.log.copies = v.number() as u32, "how many older ones are kept (3)"),
    key("log.burst", Shape::Number(0, 1_000_000), |s, _, v| s.log.burst = v.number() as u32, "messages within the interval, of which the log takes no more; 0: any number (5000)"),
    key("log.interval", Shape::Time, |s, _, v| s.log.interval = v.time(), "the interval (10 s)"),
    key("nice", Shape::Number(-20, 19), |s, _, v| s.nice = v.number() as i32, "how much it gives way to others"),
    key("oom-score", Shape::Number(-1000, 1000), |s, _, v| s.oom_score = v.number() as i32, "how much sooner than others it is killed for want of memory; -1000: never"),
    key("umask", Shape::Permissions, |s, _, v| s.umask = Some(v.number() as u32), "the permissions that its files do not get"),
    key("disk-class", Shape::Choice(DISK_CLASSES), |s, _, v| s.confined.disk_class = v.text(), "how disks serve it beside others"),
    key("processors", Shape::Texts, |s, _, v| s.confined.processors = v.list(), "numbers of those that it may run on"),
    key("confine.capabilities", Shape::Words(Words::Capabilities), |s, _, v| s.confined.capabilities = Some(capabilities(&v.list())), "those that it has, whoever it runs as, and may get at most"),
    key("confine.namespaces", Shape::Words(Words::These(NAMESPACES)), |s, _, v| s.confined.namespaces = v.list(), "what it has of its own"),
    key("confine.private-tmp", Shape::Switch, |s, _, v| s.confined.private_tmp = v.switch(), "/tmp and /var/tmp are its own, empty at its start, gone at its end"),
    key("confine.read-only", Shape::Switch, |s, _, v| s.confined.read_only = v.switch(), "it can write to /dev, /proc and what is `writable` alone"),
    key("confine.writable", Shape::Paths, |s, _, v| s.confined.writable = v.list(), "what it can write to all the same"),
    key("confine.calls", Shape::Words(Words::Calls), |s, _, v| s.confined.calls = v.list(), "the system calls that it may make (all); others give EPERM"),
    key("confine.calls-refused", Shape::Words(Words::Calls), |s, _, v| s.confined.calls_refused = v.list(), "those that it may not make of these"),
    key("confine.files-read", Shape::Paths, |s, _, v| s.confined.files_read = v.list(), "what it may read and execute, by landlock (all)"),
    key("confine.files-written", Shape::Paths, |s, _, v| s.confined.files_written = v.list(), "what it may also write, make and remove"),
    key("confine.optional", Shape::Words(Words::These(OPTIONAL)), |s, _, v| s.confined.optional = v.list(), "starts without these where the kernel has no seccomp, no landlock"),
    key("no-new-privileges", Shape::Switch, |s, _, v| s.no_new_privileges = v.switch(), "it gets none by executing programs"),
];

/// The value that its shape has promised; another one, which cannot come, is the least there is.
impl Given {
    fn text(self) -> String {
        if let Self::Text(text) = self { text } else { String::new() }
    }

    fn list(self) -> Vec<String> {
        if let Self::List(list) = self { list } else { Vec::new() }
    }

    fn time(self) -> Duration {
        if let Self::Time(time) = self { time } else { Duration::ZERO }
    }

    fn amount(self) -> Option<u64> {
        if let Self::Amount(amount) = self { amount } else { None }
    }

    fn number(self) -> i64 {
        if let Self::Number(number) = self { number } else { 0 }
    }

    fn switch(self) -> bool {
        self == Self::Switch(true)
    }

    fn ready(self) -> Ready {
        if let Self::Ready(ready) = self { ready } else { Ready::Started }
    }

    fn socket(self) -> Listen {
        if let Self::Socket(socket) = self { socket } else { Listen::default() }
    }

    fn disk(self) -> DiskBounds {
        if let Self::Disk(bounds) = self { bounds } else { DiskBounds::default() }
    }

    fn choice<T: Default>(self, from_word: fn(&str) -> Option<T>) -> T {
        from_word(&self.text()).unwrap_or_default()
    }
}

impl Service {
    fn limit(&mut self, resource: Resource, value: Given) {
        let limit = Bounds { resource: resource.0, most: value.amount() };
        put(&mut self.limits, limit, |one| one.resource == resource.0);
    }

    fn set_socket(&mut self, name: &str, value: Given) {
        put(&mut self.sockets, Listen { name: name.into(), ..value.socket() }, |one| one.name == name);
    }

    fn set_disk(&mut self, path: &str, value: Given) {
        let bounds = DiskBounds { path: path.into(), ..value.disk() };
        put(&mut self.resources.disks, bounds, |one| one.path == path);
    }

    /// Sets a variable of the environment.
    pub(super) fn set_variable(&mut self, name: &str, value: &str) {
        let variable = alloc::format!("{name}={value}");
        let is_same = |one: &String| one.split_once('=').is_some_and(|(known, _)| known == name);
        put(&mut self.environment, variable, is_same);
    }
}

/// Puts a value in the place of the one that it replaces, or behind all.
fn put<T>(list: &mut Vec<T>, value: T, is_same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|one| is_same(one)) {
        Some(one) => *one = value,
        None => list.push(value),
    }
}
