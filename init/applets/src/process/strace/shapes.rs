//! Which argument of which call is a structure, and which one.

use alloc::vec::Vec;

use linux::ioctl::{Argument, Request};
use linux::net::options::{Level, OptionName};
use linux::trace::names::{self, FileCommand};
use query::text::decimal;

use super::accounts;
use super::calls::{asks_for_lock, lock_bytes};
use super::memory::Process;
use super::names::is_call;
use super::show::{Made, open_flags};
use super::words::{address, hexadecimal, narrow, quoted, quoted_digits, signed};
use super::{signals, sockets, structures};

/// What an argument is, beyond its kind. Those that the kernel fills say so by their names, or in [`Shape::is_filled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `struct sigaction`.
    Action,
    /// The same, of before.
    ActionFilled,
    /// A socket's address, behind it its length.
    Address,
    /// The same that the kernel fills, behind it the address of the length.
    AddressFilled,
    /// What fcntl is told.
    CommandArgument,
    /// The bytes of a path that the kernel gives, with its zero.
    Path,
    /// How a process is made (clone3).
    Clone,
    /// Bytes of chance.
    Chance,
    /// The environment of a program: how much of it there is.
    Environment,
    /// Entries of a folder.
    Entries,
    /// What a descriptor is waited for.
    Event,
    /// Those that came.
    Events,
    /// Times of a file: the last use, the last change.
    FileTimes,
    /// The bits that a futex waits for.
    FutexBits,
    /// A number in hexadecimal.
    Hexadecimal,
    /// Two times of a timer in microseconds.
    Interval,
    /// The same of before.
    IntervalFilled,
    /// The address of a length that the kernel changes.
    Length,
    /// Two numbers of a limit.
    Limit,
    /// The same that the kernel fills.
    LimitFilled,
    /// A message that is sent.
    Message,
    /// A message that comes.
    MessageFilled,
    /// The name of an option of the level before it.
    OptionName,
    /// Its value, behind it the length.
    OptionValue,
    /// The same that the kernel fills, behind it the address of the length.
    OptionFilled,
    /// How a file is opened (openat2).
    OpenHow,
    /// Descriptors that are waited for.
    Polled,
    /// The protocol of a family's socket.
    Protocol,
    /// A request.
    Request,
    /// Its argument.
    RequestArgument,
    /// What stat gives.
    Stat,
    /// What statx gives.
    Statx,
    /// A set of signals.
    Signals,
    /// The same of before.
    SignalsFilled,
    /// How the machine does.
    System,
    /// What a wait tells of a child.
    Told,
    /// A time that is left.
    TimeLeft,
    /// Two times of a timer in nanoseconds.
    Setting,
    /// The same of before.
    SettingFilled,
    /// The names of machine and kernel.
    Machine,
    /// A set of descriptors below the number in the first argument.
    Descriptors,
    /// What a file system has room for.
    FileSystem,
    /// A set of processors, before it its bytes.
    Processors,
    /// The same that the kernel fills.
    ProcessorsFilled,
    /// The signals of pselect6, with their length.
    SelectMask,
    /// The time that processes have used, in ticks.
    Ticks,
    /// The same, and what else they have used.
    Usage,
}

/// The structures, by call and argument.
#[rustfmt::skip]
const SHAPES: &[(&str, u8, Shape)] = &[
    ("accept", 1, Shape::AddressFilled), ("accept", 2, Shape::Length),
    ("accept4", 1, Shape::AddressFilled), ("accept4", 2, Shape::Length),
    ("bind", 1, Shape::Address),
    ("clock_nanosleep", 3, Shape::TimeLeft),
    ("clone3", 0, Shape::Clone),
    ("connect", 1, Shape::Address),
    ("epoll_ctl", 3, Shape::Event),
    ("epoll_pwait", 1, Shape::Events), ("epoll_pwait", 4, Shape::Signals),
    ("epoll_wait", 1, Shape::Events),
    ("execve", 2, Shape::Environment),
    ("execveat", 3, Shape::Environment),
    ("fcntl", 2, Shape::CommandArgument),
    ("fstat", 1, Shape::Stat),
    ("fstatat64", 2, Shape::Stat),
    ("fstatfs", 1, Shape::FileSystem),
    ("futex", 5, Shape::FutexBits),
    ("getcwd", 0, Shape::Path),
    ("getdents64", 1, Shape::Entries),
    ("getitimer", 1, Shape::IntervalFilled),
    ("getpeername", 1, Shape::AddressFilled), ("getpeername", 2, Shape::Length),
    ("getrandom", 0, Shape::Chance),
    ("getrlimit", 1, Shape::LimitFilled),
    ("getrusage", 1, Shape::Usage),
    ("getsockname", 1, Shape::AddressFilled), ("getsockname", 2, Shape::Length),
    ("getsockopt", 2, Shape::OptionName), ("getsockopt", 3, Shape::OptionFilled), ("getsockopt", 4, Shape::Length),
    ("ioctl", 1, Shape::Request), ("ioctl", 2, Shape::RequestArgument),
    ("lstat", 1, Shape::Stat),
    ("mmap", 5, Shape::Hexadecimal),
    ("mmap2", 5, Shape::Hexadecimal),
    ("nanosleep", 1, Shape::TimeLeft),
    ("newfstatat", 2, Shape::Stat),
    ("openat2", 2, Shape::OpenHow),
    ("poll", 0, Shape::Polled),
    ("ppoll", 0, Shape::Polled), ("ppoll", 3, Shape::Signals),
    ("prlimit64", 2, Shape::Limit), ("prlimit64", 3, Shape::LimitFilled),
    ("pselect6", 1, Shape::Descriptors), ("pselect6", 2, Shape::Descriptors), ("pselect6", 3, Shape::Descriptors), ("pselect6", 5, Shape::SelectMask),
    ("recvfrom", 4, Shape::AddressFilled), ("recvfrom", 5, Shape::Length),
    ("recvmsg", 1, Shape::MessageFilled),
    ("rseq", 1, Shape::Hexadecimal),
    ("rt_sigaction", 1, Shape::Action), ("rt_sigaction", 2, Shape::ActionFilled),
    ("rt_sigpending", 0, Shape::SignalsFilled),
    ("rt_sigprocmask", 1, Shape::Signals), ("rt_sigprocmask", 2, Shape::SignalsFilled),
    ("rt_sigsuspend", 0, Shape::Signals),
    ("rt_sigtimedwait", 0, Shape::Signals), ("rt_sigtimedwait", 1, Shape::Told),
    ("sched_getaffinity", 2, Shape::ProcessorsFilled),
    ("sched_setaffinity", 2, Shape::Processors),
    ("select", 1, Shape::Descriptors), ("select", 2, Shape::Descriptors), ("select", 3, Shape::Descriptors),
    ("sendmsg", 1, Shape::Message),
    ("sendto", 4, Shape::Address),
    ("setitimer", 1, Shape::Interval), ("setitimer", 2, Shape::IntervalFilled),
    ("setrlimit", 1, Shape::Limit),
    ("setsockopt", 2, Shape::OptionName), ("setsockopt", 3, Shape::OptionValue),
    ("signalfd4", 1, Shape::Signals),
    ("socket", 2, Shape::Protocol),
    ("stat", 1, Shape::Stat),
    ("statfs", 1, Shape::FileSystem),
    ("statx", 4, Shape::Statx),
    ("sysinfo", 0, Shape::System),
    ("timerfd_gettime", 1, Shape::SettingFilled),
    ("timerfd_settime", 2, Shape::Setting), ("timerfd_settime", 3, Shape::SettingFilled),
    ("times", 0, Shape::Ticks),
    ("uname", 0, Shape::Machine),
    ("utimensat", 2, Shape::FileTimes),
    ("wait4", 3, Shape::Usage),
    ("waitid", 2, Shape::Told), ("waitid", 4, Shape::Usage),
];

/// Calls with a structure of their own where words are narrow, or arguments in another order.
const NARROW: [&str; 9] =
    ["stat", "lstat", "fstat", "getrlimit", "setrlimit", "statfs", "fstatfs", "statfs64", "fstatfs64"];

/// Gives the structure of an argument; calls with wider numbers have those of the one that they are named after.
pub(super) fn of(call: &str, index: usize) -> Option<Shape> {
    let is_it = |row: &&(&str, u8, Shape)| is_call(row.0, call) && usize::from(row.1) == index;
    // Where words are narrow, these fill, or take, another structure.
    let is_old = size_of::<usize>() < 8 && NARROW.contains(&call);
    SHAPES.iter().find(is_it).map(|row| row.2).filter(|_| !is_old)
}

impl Shape {
    /// Says whether it is shown when the call has come back.
    pub(super) fn is_filled(self, made: &Made) -> bool {
        match self {
            Self::ActionFilled
            | Self::AddressFilled
            | Self::Chance
            | Self::Entries
            | Self::Events
            | Self::IntervalFilled
            | Self::Clone
            | Self::FileSystem
            | Self::Length
            | Self::LimitFilled
            | Self::Machine
            | Self::MessageFilled
            | Self::OptionFilled
            | Self::Path
            | Self::ProcessorsFilled
            | Self::SettingFilled
            | Self::SignalsFilled
            | Self::Stat
            | Self::Statx
            | Self::System
            | Self::Ticks
            | Self::TimeLeft
            | Self::Told
            | Self::Usage => true,
            Self::RequestArgument => {
                matches!(asked(made).argument(), Some(Argument::Fills(_) | Argument::Updates(_)))
            }
            Self::CommandArgument => asks_for_lock(made.word(1)),
            _ => false,
        }
    }

    /// Gives where the length stands that the kernel changes.
    pub(super) fn length(self, made: &Made, at: usize) -> Option<u64> {
        match self {
            Self::AddressFilled | Self::OptionFilled => Some(made.word(at + 1)),
            Self::MessageFilled => Some(made.word(at).wrapping_add(sockets::NAME_LENGTH)),
            _ => None,
        }
    }

    /// Shows an argument.
    pub(super) fn show(
        self,
        made: &Made,
        process: &Process,
        at: usize,
        result: Option<i64>,
        out: &mut Vec<u8>,
    ) {
        let value = made.word(at);
        if self.number(made, value, out) {
            return;
        }
        let has_failed = result.is_some_and(|result| result < 0);
        if self.is_memory(made) && (value == 0 || has_failed && self.is_filled(made)) {
            return address(value, out);
        }
        let start = out.len();
        if !self.read(made, process, at, result, out) {
            out.truncate(start);
            address(value, out);
        }
    }

    fn is_memory(self, made: &Made) -> bool {
        match self {
            Self::CommandArgument => lock_bytes(made.word(1)).is_some(),
            Self::RequestArgument => asked(made).argument() != Some(Argument::Number),
            // The length is there even if the call fails.
            Self::Length | Self::Clone => false,
            _ => true,
        }
    }

    /// Shows an argument that is a number; false if it is none.
    fn number(self, made: &Made, value: u64, out: &mut Vec<u8>) -> bool {
        match self {
            Self::FutexBits if value as u32 == u32::MAX => out.extend_from_slice(b"FUTEX_BITSET_MATCH_ANY"),
            Self::FutexBits => hexadecimal(value & u64::from(u32::MAX), out),
            Self::Hexadecimal => hexadecimal(value, out),
            Self::OptionName => sockets::option_name(option(made), out),
            Self::Protocol => sockets::protocol(made.word(0), value, out),
            Self::Request => out.extend_from_slice(alloc::format!("{}", asked(made)).as_bytes()),
            _ => return false,
        }
        true
    }

    /// Reads and shows what an argument leads to; false if it leads nowhere.
    fn read(self, made: &Made, process: &Process, at: usize, result: Option<i64>, out: &mut Vec<u8>) -> bool {
        let (value, next) = (made.word(at), made.word(at + 1));
        let count = result.and_then(|result| u64::try_from(result).ok()).unwrap_or_default();
        match self {
            Self::Action | Self::ActionFilled => signals::action(process, value, out),
            Self::Address => sockets::socket_address(process, value, next, out),
            Self::AddressFilled => {
                let Some(length) = process.number(next, 4) else { return false };
                let length = length.min(made.before.unwrap_or(length));
                sockets::socket_address(process, value, length, out)
            }
            Self::Chance => process.bytes(value, count.min(next), quoted_digits, out),
            Self::Clone => {
                let is_shown = structures::clone_arguments(process, value, next, out);
                if is_shown && count > 0 {
                    structures::clone_told(process, value, out);
                }
                is_shown
            }
            Self::CommandArgument => command(made, process, out),
            Self::Descriptors => {
                let below = made.word(0);
                accounts::members(process, value, accounts::set_bytes(below), below, out)
            }
            Self::Entries => {
                let number = structures::entries(process, value, count);
                explained(value, &alloc::format!("{number} entries"), out)
            }
            Self::Environment => {
                let number = process.list(value).count();
                let ending = if number == 1 { "" } else { "s" };
                explained(value, &alloc::format!("{number} var{ending}"), out)
            }
            Self::Event => structures::events(process, value, None, out),
            Self::Events => structures::events(process, value, Some(count), out),
            Self::FileSystem => accounts::file_system(process, value, out),
            Self::FileTimes => structures::file_times(process, value, out),
            Self::Interval | Self::IntervalFilled => structures::interval(process, value, "usec", out),
            Self::Length => length(made, process, value, out),
            Self::Limit | Self::LimitFilled => structures::limit(process, value, out),
            Self::Machine => structures::machine(process, value, out),
            Self::Message => sockets::message(process, value, None, None, out),
            Self::MessageFilled => sockets::message(process, value, result, made.before, out),
            Self::OpenHow => structures::open_how(process, value, out),
            Self::OptionValue => sockets::option(process, option(made), value, next, out),
            Self::OptionFilled => {
                let Some(length) = process.number(next, 4) else { return false };
                sockets::option(process, option(made), value, length, out)
            }
            Self::Path => {
                let bytes = process.read(value, count.saturating_sub(1).min(4096) as usize);
                quoted(&bytes, false, out);
                true
            }
            Self::Polled => structures::polled(process, value, next, false, out),
            Self::Processors | Self::ProcessorsFilled => {
                let bytes = if self == Self::Processors { made.word(1) } else { count.min(made.word(1)) };
                accounts::members(process, value, bytes, bytes.saturating_mul(8), out)
            }
            Self::RequestArgument => match asked(made).argument() {
                Some(Argument::Number) => {
                    signed(narrow(value), out);
                    true
                }
                _ => structures::requested(process, asked(made), value, out),
            },
            Self::SelectMask => accounts::select_mask(process, value, out),
            Self::Setting | Self::SettingFilled => structures::interval(process, value, "nsec", out),
            Self::Signals | Self::SignalsFilled => signals::mask(process, value, out),
            Self::Stat => structures::stat(process, value, out),
            Self::Statx => structures::statx(process, value, out),
            Self::System => structures::system(process, value, out),
            // It is filled when a signal ends the sleep, which then has failed.
            Self::TimeLeft => false,
            Self::Ticks => accounts::ticks(process, value, out),
            Self::Told => structures::told(process, value, out),
            Self::Usage => accounts::usage(process, value, out),
            Self::FutexBits | Self::Hexadecimal | Self::OptionName | Self::Protocol | Self::Request => false,
        }
    }
}

/// Shows an address with a word on what is there.
fn explained(value: u64, words: &str, out: &mut Vec<u8>) -> bool {
    hexadecimal(value, out);
    out.extend_from_slice(alloc::format!(" /* {words} */").as_bytes());
    true
}

fn asked(made: &Made) -> Request {
    Request(made.word(1) as u32)
}

fn option(made: &Made) -> OptionName {
    OptionName { level: Level(made.word(1) as u32), number: made.word(2) as u32 }
}

/// Shows a length that was changed.
fn length(made: &Made, process: &Process, value: u64, out: &mut Vec<u8>) -> bool {
    let Some(now) = process.number(value, 4) else { return false };
    out.push(b'[');
    sockets::changed(made.before, now, out);
    out.push(b']');
    true
}

/// Shows what fcntl(2) is told.
fn command(made: &Made, process: &Process, out: &mut Vec<u8>) -> bool {
    let value = made.word(2);
    if let Some(size) = lock_bytes(made.word(1)) {
        return structures::lock(process, value, size, out);
    }
    match FileCommand(made.word(1) as u32) {
        FileCommand::SET_FLAGS if value == 1 => out.extend_from_slice(b"FD_CLOEXEC"),
        FileCommand::SET_STATUS => open_flags(value & u64::from(u32::MAX), out),
        FileCommand::SET_SIGNAL => signals::name(narrow(value), out),
        FileCommand::SET_LEASE => super::words::named::<names::LockKind>(value & u64::from(u32::MAX), out),
        FileCommand::ADD_SEALS => super::words::named::<linux::fs::Seals>(value & u64::from(u32::MAX), out),
        FileCommand::COPY
        | FileCommand::COPY_CLOSED
        | FileCommand::SET_OWNER
        | FileCommand::SET_PIPE_SIZE => {
            signed(narrow(value), out);
        }
        _ => decimal(value, out),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::trace::calls;

    #[test]
    fn each_row_is_of_a_call_somewhere() {
        let elsewhere = [
            "fstatat64",
            "mmap2",
            "newfstatat",
            "stat",
            "lstat",
            "fstat",
            "epoll_wait",
            "poll",
            "select",
            "getrlimit",
            "setrlimit",
        ];
        for (name, at, shape) in SHAPES {
            let known = calls().find(|call| call.name == *name);
            let count = known.as_ref().and_then(|call| call.kinds().map(Iterator::count));
            let is_there = count.is_some_and(|count| usize::from(*at) < count);
            assert!(is_there || known.is_none() && elsewhere.contains(name), "{name} {at} {shape:?}");
        }
        assert_eq!(of("clock_nanosleep_time64", 3), Some(Shape::TimeLeft));
    }
}
