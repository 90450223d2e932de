//! The kinds of values that keys take, and reading them: one place for what a message says is expected.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

use formats::etc::crontab::Schedule;
use formats::file::calls::sets;
use formats::time::Duration;
use linux::process::CAPABILITY_NAMES;
use linux::signal::Signal;

use crate::{DiskBounds, Listen, Ready, Transport, is_name};

/// What TOML has under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    Text(String),
    Number(i64),
    Switch(bool),
    /// A list of texts.
    List(Vec<String>),
    /// Anything else: no key takes it.
    Other,
}

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// An absolute path.
    Path,
    /// Words of a program: a list, or a text that blanks divide.
    Command,
    /// Texts.
    Texts,
    /// Names of services.
    Names,
    /// Names and their texts.
    Variables,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Words(Words),
    /// Absolute paths.
    Paths,
    /// A time.
    Time,
    /// Bytes, or none for no limit.
    Bytes,
    /// A number, or none for no limit.
    Count,
    /// A number in these bounds.
    Number(i64, i64),
    /// Yes or no.
    Switch,
    /// A signal.
    Signal,
    /// Dates.
    Dates,
    /// Names and addresses of sockets.
    Sockets,
    /// Devices and limits.
    Disks,
    /// Permissions, in octal.
    Permissions,
    /// By what readiness is known.
    Ready,
}

/// Words of which a key takes some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// These.
    These(&'static [&'static str]),
    /// Names of capabilities.
    Capabilities,
    /// Names of system calls, and of sets of them.
    Calls,
}

impl Words {
    fn text(self) -> String {
        match self {
            Self::These(words) => format!("a list of some of {}", words.join(", ")),
            Self::Capabilities => r#"a list of capabilities, as in ["net_bind_service"]"#.into(),
            Self::Calls => r#"a list of system calls and sets of them, as in ["@system-service"]"#.into(),
        }
    }

    fn all(self) -> Vec<&'static str> {
        match self {
            Self::These(words) => words.to_vec(),
            Self::Capabilities => CAPABILITY_NAMES.split_ascii_whitespace().collect(),
            Self::Calls => sets::names().collect(),
        }
    }

    fn has(self, word: &str) -> bool {
        match self {
            Self::Calls => sets::is_known(word),
            Self::These(_) | Self::Capabilities => self.all().contains(&word),
        }
    }
}

/// A value as a key takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Text, a path, a word of a choice.
    Text(String),
    /// A list of any kind.
    List(Vec<String>),
    /// A time.
    Time(Duration),
    /// Bytes or a count; none for no limit.
    Amount(Option<u64>),
    /// A number, of a signal too.
    Number(i64),
    /// Yes or no.
    Switch(bool),
    /// By what readiness is known.
    Ready(Ready),
    /// A socket.
    Socket(Listen),
    /// What may be had of a disk.
    Disk(DiskBounds),
}

impl Shape {
    /// Says what is expected.
    pub fn text(self) -> String {
        match self {
            Self::Text => "text without a zero byte".into(),
            Self::Path => "an absolute path".into(),
            Self::Command => "a list of words, or a text of plain words (no shell reads it)".into(),
            Self::Texts => "a list of texts".into(),
            Self::Names => "a list of names of services".into(),
            Self::Variables => "text, under a name without =".into(),
            Self::Choice(words) => match words {
                [first @ .., last] => format!("{} or {last}", first.join(", ")),
                [] => String::new(),
            },
            Self::Words(words) => words.text(),
            Self::Paths => "a list of absolute paths".into(),
            Self::Time => r#"a time, as in 5 (seconds), "500ms", "2m", "1h""#.into(),
            Self::Bytes => r#"a number of bytes, as in 4096, "64M", "1G", or "unlimited""#.into(),
            Self::Count => r#"a number, or "unlimited""#.into(),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Switch => "true or false".into(),
            Self::Signal => "the name of a signal".into(),
            Self::Sockets => "stream:/PATH, dgram:/PATH, tcp:[ADDRESS:]PORT or udp:[ADDRESS:]PORT".into(),
            Self::Disks => {
                r#"limits of a second, as in "read 10M write 512K reads 100 writes 50", under the path of a device"#.into()
            }
            Self::Permissions => r#"permissions in octal, as in "027""#.into(),
            Self::Dates => {
                r#"dates as a crontab has them, as in "30 3 * * *", "*/5 * * * *", "@daily""#.into()
            }
            Self::Ready => "start, fork, notify-fd:NUMBER, notify-socket, port:NUMBER or file:/PATH".into(),
        }
    }

    /// Says whether it is that of a table of any names.
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Variables | Self::Sockets | Self::Disks)
    }

    /// Says whether a name can stand in such a table.
    pub(super) fn takes_name(self, name: &str) -> bool {
        match self {
            Self::Variables => !name.is_empty() && !name.contains(['=', '\0']),
            Self::Disks => name.starts_with('/') && !name.contains('\0'),
            // Colons divide them in LISTEN_FDNAMES.
            _ => is_name(name) && !name.contains(':'),
        }
    }

    /// Gives the words that are meant, for a nearest one.
    pub(super) fn words(self) -> Vec<&'static str> {
        match self {
            Self::Choice(words) => words.to_vec(),
            Self::Signal => Signal::named().filter_map(Signal::name).collect(),
            Self::Words(words) => words.all(),
            _ => Vec::new(),
        }
    }

    /// Gives the first word of a value that is none of those that are meant.
    pub(super) fn stranger(self, raw: &Raw) -> Option<&str> {
        match (self, raw) {
            (_, Raw::Text(text)) => Some(text),
            (Self::Words(words), Raw::List(list)) => {
                list.iter().map(String::as_str).find(|one| !words.has(one))
            }
            _ => None,
        }
    }

    /// Makes of what TOML has what the key takes.
    pub(super) fn take(self, raw: Raw) -> Option<Given> {
        let is_plain = |text: &str| !text.contains('\0');
        Some(match (self, raw) {
            (Self::Text | Self::Variables, Raw::Text(text)) if is_plain(&text) => Given::Text(text),
            (Self::Path, Raw::Text(text)) if is_plain(&text) && text.starts_with('/') => Given::Text(text),
            (Self::Choice(words), Raw::Text(text)) if words.contains(&text.as_str()) => Given::Text(text),
            (Self::Command, Raw::Text(text)) => Given::List(plain_words(&text)?),
            (Self::Command, Raw::List(list)) if list.first().is_some_and(|first| !first.is_empty()) => {
                Given::List(list).plain()?
            }
            (Self::Texts, Raw::List(list)) => Given::List(list).plain()?,
            (Self::Names, Raw::List(list)) if list.iter().all(|name| is_name(name)) => Given::List(list),
            (Self::Words(words), Raw::List(list)) if list.iter().all(|one| words.has(one)) => {
                Given::List(list)
            }
            (Self::Paths, Raw::List(list)) if list.iter().all(|path| path.starts_with('/')) => {
                Given::List(list).plain()?
            }
            (Self::Time, Raw::Number(seconds)) => Given::Time(Duration::from_secs(seconds.try_into().ok()?)),
            (Self::Time, Raw::Text(text)) => Given::Time(time(&text)?),
            (Self::Bytes | Self::Count, Raw::Text(text)) if text == "unlimited" => Given::Amount(None),
            (Self::Bytes | Self::Count, Raw::Number(number)) => Given::Amount(Some(number.try_into().ok()?)),
            (Self::Bytes, Raw::Text(text)) => Given::Amount(Some(bytes(&text)?)),
            (Self::Number(least, most), Raw::Number(number)) if (least..=most).contains(&number) => {
                Given::Number(number)
            }
            (Self::Switch, Raw::Switch(on)) => Given::Switch(on),
            (Self::Signal, Raw::Text(text)) => Given::Number(Signal::from_name(&text)?.number().into()),
            (Self::Dates, Raw::Text(text)) => {
                Schedule::parse(text.as_bytes())?;
                Given::Text(text)
            }
            (Self::Sockets, Raw::Text(text)) => Given::Socket(socket(&text)?),
            (Self::Disks, Raw::Text(text)) => Given::Disk(disk(&text)?),
            (Self::Permissions, Raw::Text(text)) => {
                Given::Number(i64::from_str_radix(&text, 8).ok().filter(|mode| (0..=0o777).contains(mode))?)
            }
            (Self::Ready, Raw::Text(text)) => Given::Ready(ready(&text)?),
            _ => return None,
        })
    }
}

impl Given {
    fn plain(self) -> Option<Self> {
        match &self {
            Self::List(list) if list.iter().any(|text| text.contains('\0')) => None,
            _ => Some(self),
        }
    }
}

/// Divides a text at blanks. One with anything that a shell would take for more than itself is none: who writes such a thing
/// expects a shell.
fn plain_words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split_ascii_whitespace().map(String::from).collect();
    let is_plain = !text.contains(|letter: char| "\"'\\$`|&;<>*?()#~\0".contains(letter));
    (is_plain && !words.is_empty()).then_some(words)
}

/// Divides a number from its unit.
fn quantity(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim_start()))
}

fn time(text: &str) -> Option<Duration> {
    let (number, unit) = quantity(text)?;
    let unit_ms = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit_ms).map(Duration::from_millis)
}

fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = quantity(text)?;
    let shift = match unit {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

fn socket(text: &str) -> Option<Listen> {
    let (kind, address) = text.split_once(':')?;
    let (transport, is_path) = match kind {
        "stream" => (Transport::Stream, true),
        "dgram" => (Transport::Datagram, true),
        "tcp" => (Transport::Stream, false),
        "udp" => (Transport::Datagram, false),
        _ => return None,
    };
    let is_right = match is_path {
        // The kernel's limit, with its zero byte.
        true => address.starts_with('/') && address.len() < 108 && !address.contains('\0'),
        false => address.parse::<SocketAddr>().is_ok_and(|address| address.port() != 0) || is_port(address),
    };
    is_right.then(|| Listen { name: String::new(), transport, address: address.into() })
}

/// Reads pairs of a word and a number.
fn disk(text: &str) -> Option<DiskBounds> {
    let mut bounds = DiskBounds::default();
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let (limit, unit): (_, fn(&str) -> Option<u64>) = match word {
            "read" => (&mut bounds.read, bytes),
            "write" => (&mut bounds.write, bytes),
            "reads" => (&mut bounds.reads, |text| text.parse().ok()),
            "writes" => (&mut bounds.writes, |text| text.parse().ok()),
            _ => return None,
        };
        // The kernel takes none for a limit of nothing.
        let number = unit(words.next()?).filter(|number| *number > 0)?;
        if limit.replace(number).is_some() {
            return None;
        }
    }
    (bounds != DiskBounds::default()).then_some(bounds)
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port != 0)
}

fn ready(text: &str) -> Option<Ready> {
    let (word, rest) = text.split_once(':').unwrap_or((text, ""));
    Some(match (word, rest) {
        ("start", "") => Ready::Started,
        ("fork", "") => Ready::Fork,
        ("notify-socket", "") => Ready::Socket,
        ("notify-fd", number) => Ready::Descriptor(number.parse().ok().filter(|number| *number > 2)?),
        ("port", number) => Ready::Port(number.parse().ok().filter(|number| *number > 0)?),
        ("file", path) if path.starts_with('/') && !path.contains('\0') => Ready::File(path.into()),
        _ => return None,
    })
}
