//! One service, as its files describe it.

use alloc::string::String;
use alloc::vec::Vec;

use formats::cursor::Cursor;
use formats::time::Duration;
use formats::{Error, Expected};

use crate::confined::Confined;
use crate::graph::Node;
use crate::packed::{Packed, choice, form, packed};
use crate::resources::Resources;

choice! {
    /// What its process is.
    pub enum Kind {
        /// It runs until it is stopped.
        #[default]
        Daemon = "daemon",
        /// It ends by itself, and has done its work then.
        Oneshot = "oneshot",
        /// It does so again and again, when its time comes.
        Timer = "timer",
    }
}

choice! {
    /// What starts it.
    pub enum Start {
        /// The machine's start.
        #[default]
        Boot = "boot",
        /// A request, or a service that needs or wants it.
        Demand = "demand",
        /// Ctrl-alt-del.
        Keys = "ctrl-alt-del",
        /// The machine's end, before anything is stopped.
        Shutdown = "shutdown",
    }
}

choice! {
    /// After which ends it is started again.
    pub enum Restart {
        /// After every end that nobody asked for.
        #[default]
        Always = "always",
        /// After a status other than 0, or a signal.
        Failure = "failure",
        /// After none.
        Never = "never",
    }
}

choice! {
    /// What becomes of the machine when a service has ended for good.
    pub enum Consequence {
        /// It runs on.
        #[default]
        None = "none",
        /// It is switched off.
        PowerOff = "poweroff",
        /// It is started anew.
        Reboot = "reboot",
        /// It is stopped, the power left on.
        Halt = "halt",
    }
}

choice! {
    /// How its terminal is opened.
    pub enum Mode {
        /// At once.
        #[default]
        Plain = "plain",
        /// When someone there has pressed Enter.
        Ask = "ask",
    }
}

choice! {
    /// Where what it writes to its standard output and standard error goes.
    pub enum Target {
        /// To the log, and to the console.
        #[default]
        Console = "console",
        /// To the log alone.
        Ring = "ring",
        /// To the log, and to a file.
        File = "file",
        /// Where process 1's goes; no log has it.
        Inherit = "inherit",
        /// Nowhere.
        Null = "null",
    }
}

/// By what a service is known to be ready for those that need it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ready {
    /// It runs; a oneshot: it has ended well.
    #[default]
    Started,
    /// Its first process ends well, and another one of it runs on.
    Fork,
    /// It writes a line to this descriptor (s6).
    Descriptor(u8),
    /// It says READY=1 to the socket that NOTIFY_SOCKET names (`sd_notify(3)`).
    Socket,
    /// Someone listens on this TCP port of the machine.
    Port(u16),
    /// This file exists.
    File(String),
}

impl Ready {
    /// Says whether someone must look for it.
    pub const fn is_awaited(&self) -> bool {
        !matches!(self, Self::Started)
    }
}

impl Packed for Ready {
    const FORM: u32 = form("started descriptor socket port file fork", &[u16::FORM, String::FORM]);

    fn pack(&self, into: &mut Vec<u8>) {
        let (kind, number, file) = match self {
            Self::Started => (0, 0, ""),
            Self::Descriptor(number) => (1, u16::from(*number), ""),
            Self::Socket => (2, 0, ""),
            Self::Port(port) => (3, *port, ""),
            Self::File(file) => (4, 0, file.as_str()),
            Self::Fork => (5, 0, ""),
        };
        into.push(kind);
        number.pack(into);
        String::from(file).pack(into);
    }

    fn unpack(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (kind, number, file) = (u8::unpack(cursor)?, u16::unpack(cursor)?, String::unpack(cursor)?);
        Ok(match kind {
            0 => Self::Started,
            1 => Self::Descriptor(u8::try_from(number).map_err(|_| cursor.error(Expected::Number))?),
            2 => Self::Socket,
            3 => Self::Port(number),
            4 => Self::File(file),
            5 => Self::Fork,
            _ => return Err(cursor.error(Expected::Number)),
        })
    }
}

packed! {
    /// A limit of a process; none is no limit.
    pub struct Bounds {
        /// The kernel's number of what is limited (`RLIMIT_`).
        pub resource: u32,
        /// The limit, soft and hard.
        pub most: Option<u64>,
    }
}

packed! {
    /// Whom a process runs as, in the kernel's numbers.
    pub struct Numbers {
        /// The user.
        pub user: u32,
        /// The group.
        pub group: u32,
        /// The further groups.
        pub groups: Vec<u32>,
    }
}

choice! {
    /// How one speaks with a socket.
    pub enum Transport {
        /// A stream, of TCP or of a Unix socket.
        #[default]
        Stream = "stream",
        /// Messages, of UDP or of a Unix socket.
        Datagram = "dgram",
    }
}

packed! {
    /// A socket that is there before its service, and handed to it.
    pub struct Listen {
        /// Its name, for the service.
        pub name: String,
        /// How one speaks with it.
        pub transport: Transport,
        /// A path, or an address with a port.
        pub address: String,
    }
}

packed! {
    /// What becomes of what a service says.
    pub struct Logging {
        /// Where it goes.
        pub target: Target,
        /// The file, if it goes to one; empty: that of the service's name.
        pub file: String,
        /// The size at which the file begins anew; none: never.
        pub size: Option<u64>,
        /// How many older files are kept.
        pub copies: u32,
        /// How many messages it may send within the interval; zero: any number.
        pub burst: u32,
        /// The interval.
        pub interval: Duration,
    }
}

impl Logging {
    /// What is so unless its keys say otherwise.
    const USUAL: Self = Self {
        target: Target::Console,
        file: String::new(),
        size: Some(1 << 20),
        copies: 3,
        burst: 5000,
        interval: Duration::from_secs(10),
    };

    /// Gives the file that belongs to a service of a name.
    pub fn path(&self, name: &str) -> String {
        if self.file.is_empty() { alloc::format!("/var/log/{name}.log") } else { self.file.clone() }
    }
}

packed! {
    /// A service; what its keys mean is said in [`crate::file::KEYS`].
    pub struct Service {
        /// The file's name without `.toml`.
        pub name: String,
        /// What it is, for people.
        pub description: String,
        /// What its process is.
        pub kind: Kind,
        /// What starts it.
        pub start: Start,
        /// The program and its arguments.
        pub command: Vec<String>,
        /// Its environment, `NAME=VALUE`.
        pub environment: Vec<String>,
        /// Whom it runs as; empty: root.
        pub user: String,
        /// Its first group; empty: the user's.
        pub group: String,
        /// Its further groups; none: the user's.
        pub groups: Option<Vec<String>>,
        /// What these three come to on this machine; none: root.
        pub numbers: Option<Numbers>,
        /// The folder that it begins in.
        pub directory: String,
        /// The terminal that it is given, and how.
        pub terminal: String,
        /// How the terminal is opened.
        pub mode: Mode,
        /// Those that it starts after, if they start at all.
        pub after: Vec<String>,
        /// Those that must be ready before it starts.
        pub needs: Vec<String>,
        /// Those that start with it; that they fail is no matter.
        pub wants: Vec<String>,
        /// Those that cannot run beside it.
        pub conflicts: Vec<String>,
        /// By what it is known to be ready.
        pub ready: Ready,
        /// How long it may take to be ready; zero: for ever.
        pub start_timeout: Duration,
        /// After which ends it is started again.
        pub restart: Option<Restart>,
        /// The rest after its first failure, which doubles with each.
        pub rest_first: Duration,
        /// The longest rest.
        pub rest_longest: Duration,
        /// How many failures in a row are the last; zero: none is.
        pub attempts: u32,
        /// How long it must have lived for its end to count as the first failure.
        pub steady: Duration,
        /// What becomes of the machine when it has done its work.
        pub when_done: Consequence,
        /// What becomes of the machine when it is given up.
        pub when_failed: Consequence,
        /// The number of the signal that asks it to end.
        pub stop_signal: u8,
        /// The time from that signal to KILL.
        pub stop_timeout: Duration,
        /// The number of the signal that has it read its settings again; zero: it cannot.
        pub reload_signal: u8,
        /// How often a timer runs; zero: at dates.
        pub timer_every: Duration,
        /// The dates of a timer, as a crontab has them; empty: none.
        pub timer_at: String,
        /// How long after it was started a timer runs first; none: as long as between its runs.
        pub timer_first: Option<Duration>,
        /// How much of a time of its own each machine adds at most.
        pub timer_spread: Duration,
        /// What this one adds.
        pub timer_offset: Duration,
        /// How long it may give no sign of life; zero: for ever.
        pub watchdog: Duration,
        /// How many descriptors are kept for it.
        pub store: u32,
        /// The sockets that it is handed.
        pub sockets: Vec<Listen>,
        /// Paths that must be there for it to start; with `!` before them: that must not.
        pub condition_paths: Vec<String>,
        /// Words of the kernel's command line, so.
        pub condition_arguments: Vec<String>,
        /// The processors that it is for; none: all.
        pub condition_architectures: Vec<String>,
        /// Whether the last two say that it must not start on this machine.
        pub is_unfit: bool,
        /// The limits of its processes.
        pub limits: Vec<Bounds>,
        /// The limits of all of them together.
        pub resources: Resources,
        /// What becomes of what it says.
        pub log: Logging,
        /// Its nice value.
        pub nice: i32,
        /// How much sooner it is killed for want of memory than others, -1000 (never) to 1000.
        pub oom_score: i32,
        /// The permissions that files do not get that it makes; none: those of process 1.
        pub umask: Option<u32>,
        /// What it is kept from.
        pub confined: Confined,
        /// Whether it gives up getting privileges by executing programs.
        pub no_new_privileges: bool,
    }
}

impl Service {
    /// Makes one of which nothing but the name is known.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            start_timeout: Duration::from_secs(60),
            rest_first: Duration::from_millis(100),
            rest_longest: Duration::from_secs(10),
            attempts: 5,
            steady: Duration::from_secs(10),
            stop_signal: linux::signal::Signal::TERM.number() as u8,
            stop_timeout: Duration::from_secs(5),
            log: Logging::USUAL,
            ..Self::default()
        }
    }

    /// Says whether it has a socket for what it says of itself (`sd_notify(3)`).
    pub fn has_notices(&self) -> bool {
        self.ready == Ready::Socket || !self.watchdog.is_zero() || self.store != 0
    }

    /// Gives all whom it names, those that it starts after first.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let lists = [
            ("after", &self.after),
            ("needs", &self.needs),
            ("wants", &self.wants),
            ("conflicts", &self.conflicts),
        ];
        lists.into_iter().flat_map(|(key, list)| list.iter().map(move |name| (key, name.as_str())))
    }
}

/// Says whether a word can be the name of a service: it becomes that of a folder, and stands in messages.
pub fn is_name(word: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_@.+:".contains(&byte);
    !word.is_empty() && word.len() <= 64 && !word.starts_with(['.', '-']) && word.bytes().all(is_plain)
}

packed! {
    /// What a worker hands to process 1: services that were checked.
    pub struct Configuration {
        /// They.
        pub services: Vec<Service>,
        /// What each says of others.
        pub nodes: Vec<Node>,
    }
}

impl Configuration {
    /// Says whether each service has its node, and no node names a place beyond the list.
    pub fn is_whole(&self) -> bool {
        let count = self.services.len();
        let places = |node: &Node| {
            [&node.after, &node.needs, &node.wants, &node.conflicts]
                .into_iter()
                .flatten()
                .all(|at| *at < count)
        };
        self.nodes.len() == count && self.nodes.iter().all(places)
    }
}
