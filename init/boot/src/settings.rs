//! What the kernel command line says to Spelunk: the `spelunk.*` keys.
//!
//! Written as the kernel's own module parameters are: `spelunk.key=value`, where `-` and `_` are the same letter.
//! The kernel hands no such word on to process 1 as an argument, so they are read from `/proc/cmdline`. In a container, which is shown
//! the one of its host, they are the words behind the name of its process 1, up to a word `--`: what follows that is the command that
//! the container is for, and whoever gives one has prepared the rest: mounts, network and prompt are off, and the log is `error`, unless
//! asked for.
//!
//! | key | value | without it |
//! |---|---|---|
//! | `spelunk.hostname` | the host's name | what `/etc/hostname` says, or `spelunk` |
//! | `spelunk.agent` | terminal that serves `cargo xtask boot --exec` (`ttyS1`) | no agent |
//! | `spelunk.emergency` | `on`, `off`; alone: `on`: a prompt before anything but the mounts | `off` |
//! | `spelunk.mounts` | `on`, `off`: mount the kernel's file systems | `on` |
//! | `spelunk.network` | `on`, `off`: bring the network up | `on` |
//! | `spelunk.devices` | `on`, `off`: load drivers, name devices, give them to their groups | `on` |
//! | `spelunk.overlay` | nothing, or a device: what is written on the root of `root=` goes to memory, or there | written on it |
//! | `spelunk.watchdog` | seconds, 3 to 3600; alone: 30: the hardware starts the machine anew when process 1 stands still so long | no watchdog |
//! | `spelunk.prompt` | `on`, `off`: a prompt on the console | `on` |
//! | `spelunk.conflict` | `optimistic`, `short`, `full`: how a leased address is checked (RFC 5227) | `optimistic` |
//! | `spelunk.release` | `on`, `off`: give the leases back at shutdown | `off`: the next start asks for the same address |
//! | `spelunk.state` | disk (`/dev/vda`) or directory that keeps the lease over a reboot | kept in memory only |
//! | `spelunk.log` | `error`, `info`, `debug`: least weight of a message on the console | `info` |
//! | `spelunk.stop` | seconds from TERM to KILL at shutdown, up to 600, for all services together, too | 3; services have what their files give them |

use core::fmt;
use formats::time::Duration;

use formats::proc::cmdline::{self, Parameter};
use protocols::dhcp::Conflict;

use crate::log::Level;

/// Text of limited length, kept without the heap.
pub type Name = heapless::String<64>;

/// The decisions of the one who boots the machine. It holds no heap memory: process 1 keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The host's name.
    pub hostname: Name,
    /// Whether that was asked for.
    pub is_named: bool,
    /// The terminal of the agent, without `/dev/`.
    pub agent: Option<Name>,
    /// Whether a prompt comes before the network and the workers.
    pub emergency: bool,
    /// Whether the kernel's file systems are mounted.
    pub mounts: bool,
    /// Whether the network is brought up.
    pub network: bool,
    /// Whether devices are looked after.
    pub devices: bool,
    /// Whether another root is named (`root=`): a word of the kernel's, not of ours.
    pub root: bool,
    /// The init of that root, where it is named (`init=`).
    pub init: Option<Name>,
    /// After how long without a word from process 1 the hardware starts the machine anew.
    pub watchdog: Option<Duration>,
    /// Whether there is a prompt on the console.
    pub prompt: bool,
    /// How a leased address is checked.
    pub conflict: Conflict,
    /// Whether leases are given back when the network's worker is ended.
    pub release: bool,
    /// The disk or directory that keeps leases over a reboot.
    pub state: Option<Name>,
    /// The least weight of a message that goes to the console.
    pub log: Level,
    /// The time from TERM to KILL at shutdown, if that was said.
    pub stop: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: Name::try_from("spelunk").unwrap_or_default(),
            is_named: false,
            agent: None,
            emergency: false,
            mounts: true,
            network: true,
            devices: cfg!(feature = "devices"),
            root: false,
            init: None,
            watchdog: None,
            prompt: true,
            conflict: Conflict::default(),
            release: false,
            state: None,
            log: Level::default(),
            stop: None,
        }
    }
}

/// A word that is addressed to Spelunk and makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused<'a> {
    word: Parameter<'a>,
    expected: &'static str,
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.word.value.unwrap_or_default();
        let equals = if self.word.value.is_some() { "=" } else { "" };
        write!(f, "kernel command line: {}{equals}{value}: expected {}", self.word.key, self.expected)
    }
}

impl Settings {
    /// Reads a kernel command line; a word that makes no sense is handed to `refuse` and changes nothing.
    pub fn parse(line: &str, refuse: impl FnMut(Refused<'_>)) -> Self {
        let mut settings = Self::default();
        settings.hear(line, refuse);
        settings
    }

    /// Reads the words of a container's process 1 so.
    pub fn of_container(words: &str, refuse: impl FnMut(Refused<'_>)) -> Self {
        let mut parameters = cmdline::parse(words);
        parameters.by_ref().for_each(drop);
        let has_command = parameters.rest().trim_ascii_end().len() > "--".len();
        let mut settings = Self::default();
        if has_command {
            (settings.mounts, settings.network, settings.prompt) = (false, false, false);
            settings.log = Level::Error;
        }
        settings.hear(words, refuse);
        settings
    }

    fn hear(&mut self, line: &str, mut refuse: impl FnMut(Refused<'_>)) {
        for word in cmdline::parse(line) {
            if let Some(key) = word.key.strip_prefix("spelunk.")
                && let Err(expected) = self.set(Parameter { key, ..word })
            {
                refuse(Refused { word, expected });
            }
            if cfg!(feature = "disks") {
                self.hear_kernels(word);
            }
        }
    }

    /// Takes the words of the kernel's that are ours to follow in an image that is not the root.
    fn hear_kernels(&mut self, word: Parameter<'_>) {
        match word.key {
            "root" => self.root = true,
            "init" => self.init = word.value.and_then(|path| Name::try_from(path).ok()),
            _ => {}
        }
    }

    fn set(&mut self, word: Parameter<'_>) -> Result<(), &'static str> {
        let switches = [
            ("emergency", &mut self.emergency),
            ("mounts", &mut self.mounts),
            ("network", &mut self.network),
            ("prompt", &mut self.prompt),
            ("release", &mut self.release),
        ];
        if let Some((_, value)) = switches.into_iter().find(|(key, _)| word.is(key)) {
            *value = switch(word)?;
            return Ok(());
        }
        let text = || word.value.filter(|value| !value.is_empty());
        if word.is("hostname") {
            self.hostname = name(text(), "a name of at most 64 bytes")?;
            self.is_named = true;
        } else if word.is("agent") {
            let terminal = text().map(|name| name.strip_prefix("/dev/").unwrap_or(name));
            self.agent = Some(name(terminal, "the name of a terminal")?);
        } else if word.is("conflict") {
            self.conflict = conflict(text())?;
        } else if word.is("state") {
            let path = text().filter(|path| path.starts_with('/'));
            self.state = Some(name(path, "an absolute path of at most 64 bytes")?);
        } else if word.is("log") {
            self.log = text().and_then(Level::named).ok_or("error, info or debug")?;
        } else if word.is("stop") {
            let seconds = text().and_then(|seconds| seconds.parse().ok()).filter(|seconds| *seconds <= 600);
            self.stop = Some(Duration::from_secs(seconds.ok_or("seconds, at most 600")?));
        } else {
            return self.set_more(word);
        }
        Ok(())
    }

    /// Takes the keys of parts that not every program has.
    fn set_more(&mut self, word: Parameter<'_>) -> Result<(), &'static str> {
        if cfg!(feature = "devices") && word.is("devices") {
            self.devices = switch(word)?;
        } else if cfg!(feature = "housekeeping") && word.is("watchdog") {
            let seconds = word.value.map_or(Some(30), |seconds| seconds.parse().ok());
            let seconds = seconds.filter(|seconds| (3..=3600).contains(seconds));
            self.watchdog = Some(Duration::from_secs(seconds.ok_or("seconds, 3 to 3600")?));
        } else if !(cfg!(feature = "disks") && word.is("overlay")) {
            // The child that mounts the root reads that one itself.
            return Err("a key that Spelunk knows");
        }
        Ok(())
    }
}

fn name(text: Option<&str>, expected: &'static str) -> Result<Name, &'static str> {
    text.and_then(|text| Name::try_from(text).ok()).ok_or(expected)
}

fn switch(word: Parameter<'_>) -> Result<bool, &'static str> {
    match word.value {
        None | Some("on" | "yes" | "1") => Ok(true),
        Some("off" | "no" | "0") => Ok(false),
        Some(_) => Err("on or off"),
    }
}

fn conflict(text: Option<&str>) -> Result<Conflict, &'static str> {
    match text {
        Some("optimistic") => Ok(Conflict::Optimistic),
        Some("short") => Ok(Conflict::Short),
        Some("full") => Ok(Conflict::Full),
        _ => Err("optimistic, short or full"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    fn parse(line: &str) -> (Settings, Vec<String>) {
        let mut refused = Vec::new();
        let settings = Settings::parse(line, |word| refused.push(word.to_string()));
        (settings, refused)
    }

    #[test]
    fn a_line_without_our_keys_gives_the_defaults() {
        let line = "BOOT_IMAGE=/vmlinuz ro console=ttyS0 spelunky.hostname=x";
        assert_eq!(parse(line), (Settings::default(), Vec::new()));
        assert_eq!(Settings::default().hostname, "spelunk");
    }

    #[test]
    fn every_key_is_understood() {
        let (settings, refused) = parse(
            "spelunk.hostname=cave spelunk.agent=/dev/ttyS1 spelunk.emergency spelunk.mounts=off spelunk.network=no \
             spelunk.prompt=0 spelunk.conflict=full spelunk.release spelunk.state=/dev/vda spelunk.log=debug spelunk.stop=10\n",
        );
        assert!(refused.is_empty(), "{refused:?}");
        assert_eq!(
            settings,
            Settings {
                hostname: Name::try_from("cave").unwrap(),
                is_named: true,
                agent: Some(Name::try_from("ttyS1").unwrap()),
                emergency: true,
                mounts: false,
                network: false,
                prompt: false,
                conflict: Conflict::Full,
                release: true,
                state: Some(Name::try_from("/dev/vda").unwrap()),
                log: Level::Debug,
                stop: Some(Duration::from_secs(10)),
                ..Settings::default()
            }
        );
    }

    #[test]
    fn a_container_with_a_command_is_prepared() {
        let parse = |line| Settings::of_container(line, |word| panic!("{word}"));
        assert_eq!(parse("/init spelunk.prompt=off "), Settings { prompt: false, ..Settings::default() });
        assert_eq!(parse("/init -- "), Settings::default());
        let prepared = Settings {
            mounts: false,
            network: false,
            prompt: false,
            log: Level::Error,
            ..Settings::default()
        };
        assert_eq!(parse("/init -- sh spelunk.hostname=x "), prepared);
        assert_eq!(parse("/init spelunk.network=on -- sh "), Settings { network: true, ..prepared });
    }

    #[cfg(feature = "devices")]
    #[test]
    fn devices_may_be_left_to_others() {
        assert!(!parse("spelunk.devices=off").0.devices);
    }

    #[cfg(feature = "disks")]
    #[test]
    fn words_of_the_kernels_are_heard() {
        let (settings, refused) = parse("root=/dev/vda1 init=/bin/x spelunk.overlay");
        assert!(settings.root && refused.is_empty());
        assert_eq!(settings.init.as_deref(), Some("/bin/x"));
    }

    #[test]
    fn the_last_word_of_a_key_counts() {
        let (settings, _) = parse("spelunk.hostname=a spelunk.hostname=\"b c\"");
        assert_eq!(settings.hostname, "b c");
    }

    #[test]
    fn senseless_words_are_named_and_change_nothing() {
        let long = "x".repeat(65);
        #[rustfmt::skip]
        let cases = [
            ("spelunk.colour=red".to_string(), "spelunk.colour=red: expected a key that Spelunk knows"),
            ("spelunk.mounts=perhaps".to_string(), "spelunk.mounts=perhaps: expected on or off"),
            ("spelunk.conflict".to_string(), "spelunk.conflict: expected optimistic, short or full"),
            ("spelunk.state=vda".to_string(), "spelunk.state=vda: expected an absolute path of at most 64 bytes"),
            ("spelunk.log=loud".to_string(), "spelunk.log=loud: expected error, info or debug"),
            ("spelunk.stop=601".to_string(), "spelunk.stop=601: expected seconds, at most 600"),
            ("spelunk.stop=-1".to_string(), "spelunk.stop=-1: expected seconds, at most 600"),
            ("spelunk.hostname=".to_string(), "spelunk.hostname=: expected a name of at most 64 bytes"),
            (alloc::format!("spelunk.hostname={long}"), "expected a name of at most 64 bytes"),
        ];
        for (line, complaint) in cases {
            let (settings, refused) = parse(&line);
            assert_eq!(settings, Settings::default(), "{line}");
            assert_eq!(refused.len(), 1, "{line}");
            assert!(refused[0].ends_with(complaint), "{line}: {refused:?}");
        }
    }
}
