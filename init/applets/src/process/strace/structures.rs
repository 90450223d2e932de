//! Structures of files, times, terminals, processes and the machine, as strace shows them.

use alloc::vec::Vec;

use linux::fs::{OpenFlags, Resolve};
use linux::ioctl::terminal as request;
use linux::ioctl::{Argument, Request};
use linux::named::Named;
use linux::poll::{Interest, PollFlags};
use linux::trace::SIGNAL_BYTES;
use linux::trace::layout::{EPOLL_EVENT_BYTES, STAT, Told};
use linux::trace::names::{
    CloneBits, EditModes, InputModes, LineModes, LockKind, OutputModes, StatxBits, Whence,
};
use query::text::decimal;

use super::memory::{Fields, Process, WORD};
use super::words::{bar, hexadecimal, named, octal, place, quoted, set, signed};
use super::{show, signals};

/// Shows a file's mode with its type.
fn mode(value: u64, out: &mut Vec<u8>) {
    let kind = match value >> 12 & 0xf {
        0o14 => "S_IFSOCK",
        0o12 => "S_IFLNK",
        0o10 => "S_IFREG",
        0o6 => "S_IFBLK",
        0o4 => "S_IFDIR",
        0o2 => "S_IFCHR",
        0o1 => "S_IFIFO",
        _ => "",
    };
    let bits = [(0o4000, "S_ISUID"), (0o2000, "S_ISGID"), (0o1000, "S_ISVTX")];
    let special = bits.iter().filter(|(bit, _)| value & bit != 0).map(|(_, name)| *name);
    for name in core::iter::once(kind).chain(special).filter(|name| !name.is_empty()) {
        out.extend_from_slice(name.as_bytes());
        out.push(b'|');
    }
    octal(value & 0o777, out);
}

/// Says whether a mode is a device's.
fn is_device(mode: u64) -> bool {
    matches!(mode >> 12 & 0xf, 0o6 | 0o2)
}

fn device(major: u64, minor: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"makedev(");
    hexadecimal(major, out);
    out.extend_from_slice(b", ");
    hexadecimal(minor, out);
    out.push(b')');
}

/// Shows what stat(2) gave.
pub(super) fn stat(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, STAT.bytes) else { return false };
    let mut number = |field: linux::trace::layout::Field| {
        fields.seek(field.at);
        fields.packed(field.size)
    };
    let (is, size, number) = (number(STAT.mode), number(STAT.size), number(STAT.device));
    out.extend_from_slice(b"{st_mode=");
    mode(is, out);
    if is_device(is) {
        out.extend_from_slice(b", st_rdev=");
        device(number >> 8 & 0xfff | number >> 32 & !0xfff, number & 0xff | number >> 12 & 0xfff00, out);
    } else {
        out.extend_from_slice(b", st_size=");
        decimal(size, out);
    }
    out.extend_from_slice(b", ...}");
    true
}

/// Shows what statx(2) gave.
pub(super) fn statx(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 256) else { return false };
    let mut number = |at: usize, size: usize| {
        fields.seek(at);
        fields.packed(size)
    };
    let is = number(28, 2);
    out.extend_from_slice(b"{stx_mask=");
    named::<StatxBits>(number(0, 4), out);
    out.extend_from_slice(b", stx_attributes=");
    hexadecimal(number(8, 8), out);
    out.extend_from_slice(b", stx_mode=");
    mode(is, out);
    if is_device(is) {
        out.extend_from_slice(b", stx_rdev=");
        device(number(128, 4), number(132, 4), out);
    } else {
        out.extend_from_slice(b", stx_size=");
        decimal(number(40, 8), out);
    }
    out.extend_from_slice(b", ...}");
    true
}

/// Shows how openat2(2) opens.
pub(super) fn open_how(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 24) else { return false };
    let (flags, is, resolve) = (fields.packed(8), fields.packed(8), fields.packed(8));
    out.extend_from_slice(b"{flags=");
    show::open_flags(flags, out);
    if is != 0 || flags & u64::from(OpenFlags::CREATE.bits()) != 0 {
        out.extend_from_slice(b", mode=");
        octal(is, out);
    }
    out.extend_from_slice(b", resolve=");
    named::<Resolve>(resolve, out);
    out.push(b'}');
    true
}

/// Shows a limit: soft and hard.
pub(super) fn limit(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 16) else { return false };
    for name in ["{rlim_cur=", ", rlim_max="] {
        out.extend_from_slice(name.as_bytes());
        match fields.packed(8) {
            u64::MAX => out.extend_from_slice(b"RLIM64_INFINITY"),
            number if number > 1024 && number % 1024 == 0 => {
                decimal(number / 1024, out);
                out.extend_from_slice(b"*1024");
            }
            number => decimal(number, out),
        }
    }
    out.push(b'}');
    true
}

/// Shows what epoll tells, one or several.
pub(super) fn events(process: &Process, at: u64, count: Option<u64>, out: &mut Vec<u8>) -> bool {
    let number = count.unwrap_or(1);
    let Some(mut fields) = process.fields(at, EPOLL_EVENT_BYTES * number as usize) else { return false };
    out.extend_from_slice(if count.is_some() { b"[" } else { b"" });
    for index in 0..number as usize {
        fields.seek(index * EPOLL_EVENT_BYTES);
        let events = fields.packed(4);
        fields.seek((index + 1) * EPOLL_EVENT_BYTES - 8);
        let data = fields.packed(8);
        out.extend_from_slice(if index > 0 { b", {events=" } else { b"{events=" });
        named::<Interest>(events, out);
        let text = alloc::format!(", data={{u32={}, u64={data}}}}}", data as u32);
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(if count.is_some() { b"]" } else { b"" });
    true
}

/// How many descriptors that are waited for are shown.
const POLLED: u64 = 256;

/// Shows descriptors that are waited for: what is asked of each, or what came.
pub(super) fn polled(process: &Process, at: u64, count: u64, came: bool, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 8 * count.min(POLLED) as usize) else { return false };
    let mut is_first = true;
    out.push(b'[');
    for _ in 0..count.min(POLLED) {
        let (descriptor, asked, got) = (fields.int(), fields.packed(2), fields.packed(2));
        if came && got == 0 {
            continue;
        }
        out.extend_from_slice(if core::mem::take(&mut is_first) { b"{fd=" } else { b", {fd=" });
        signed(descriptor, out);
        out.extend_from_slice(if came { b", revents=" } else { b", events=" });
        named::<PollFlags>(if came { got } else { asked }, out);
        out.push(b'}');
    }
    if count > POLLED {
        out.extend_from_slice(if is_first { b"..." } else { b", ..." });
    }
    out.push(b']');
    true
}

/// Shows the names of the machine and its kernel.
pub(super) fn machine(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 130) else { return false };
    for name in ["{sysname=", ", nodename="] {
        out.extend_from_slice(name.as_bytes());
        let text = fields.take(65);
        quoted(text.split(|byte| *byte == 0).next().unwrap_or_default(), false, out);
    }
    out.extend_from_slice(b", ...}");
    true
}

/// Shows how the machine does.
pub(super) fn system(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 12 * WORD + 16) else { return false };
    out.extend_from_slice(alloc::format!("{{uptime={}", fields.word()).as_bytes());
    let loads = [fields.word(), fields.word(), fields.word()];
    out.extend_from_slice(alloc::format!(", loads=[{}, {}, {}]", loads[0], loads[1], loads[2]).as_bytes());
    let names = ["totalram", "freeram", "sharedram", "bufferram", "totalswap", "freeswap"];
    let mut field = |name: &str, value: u64| {
        out.extend_from_slice(alloc::format!(", {name}={value}").as_bytes());
    };
    names.iter().for_each(|name| field(name, fields.word()));
    field("procs", fields.number(2));
    fields.number(2);
    field("totalhigh", fields.word());
    field("freehigh", fields.word());
    field("mem_unit", fields.number(4));
    out.push(b'}');
    true
}

/// Shows two times of an interval timer, with their microseconds or nanoseconds.
pub(super) fn interval(process: &Process, at: u64, parts: &str, out: &mut Vec<u8>) -> bool {
    let size = if process.is_wide { 16 } else { 8 };
    let start = out.len();
    out.extend_from_slice(b"{it_interval=");
    let mut is_read = process.times(at, parts, out);
    out.extend_from_slice(b", it_value=");
    is_read &= process.times(at.wrapping_add(size), parts, out);
    out.push(b'}');
    if !is_read {
        out.truncate(start);
    }
    is_read
}

/// Shows how a process is made (clone3(2)); behind it, once it is, what the kernel told of it.
pub(super) fn clone_arguments(process: &Process, at: u64, size: u64, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, size.clamp(64, 88) as usize) else { return false };
    let mut next = || fields.packed(8);
    let (flags, descriptor, child, parent) = (next(), next(), next(), next());
    let (signal, stack, stack_size, pointer) = (next(), next(), next(), next());
    let has = |bits: CloneBits| flags & bits.bits() != 0;
    out.extend_from_slice(b"{flags=");
    named::<CloneBits>(flags, out);
    if has(CloneBits::DESCRIPTOR) {
        place(", pidfd=", descriptor, out);
    }
    if has(CloneBits::TELL_CHILD | CloneBits::CLEAR_AT_END) {
        place(", child_tid=", child, out);
    }
    if has(CloneBits::TELL_PARENT) {
        place(", parent_tid=", parent, out);
    }
    out.extend_from_slice(b", exit_signal=");
    signals::name(signal.cast_signed(), out);
    place(", stack=", stack, out);
    out.extend_from_slice(b", stack_size=");
    hexadecimal(stack_size, out);
    if has(CloneBits::SET_THREAD_POINTER) {
        place(", tls=", pointer, out);
    }
    out.push(b'}');
    true
}

/// Shows what the kernel told of a new process, where it was asked to.
pub(super) fn clone_told(process: &Process, at: u64, out: &mut Vec<u8>) {
    let Some(mut fields) = process.fields(at, 64) else { return };
    let (flags, descriptor, _, parent) =
        (fields.packed(8), fields.packed(8), fields.packed(8), fields.packed(8));
    let mut separator = " => {";
    for (bit, name, place) in
        [(CloneBits::DESCRIPTOR, "pidfd", descriptor), (CloneBits::TELL_PARENT, "parent_tid", parent)]
    {
        if flags & bit.bits() != 0
            && let Some(number) = process.number(place, 4)
        {
            out.extend_from_slice(alloc::format!("{separator}{name}=[{number}]").as_bytes());
            separator = ", ";
        }
    }
    out.extend_from_slice(if separator == ", " { b"}" } else { b"" });
}

/// Shows what waitid(2) tells.
pub(super) fn told(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    let bytes = process.read(at, SIGNAL_BYTES);
    let Some(told) = Told::of(&bytes) else { return false };
    match told.signal {
        0 => out.extend_from_slice(b"{}"),
        _ => signals::told(&told, out),
    }
    true
}

/// Shows a lock on a part of a file, whose offsets have so many bytes.
pub(super) fn lock(process: &Process, at: u64, size: usize, out: &mut Vec<u8>) -> bool {
    let Some(mut fields) = process.fields(at, 2 * size + 8) else { return false };
    let (kind, whence) = (fields.number(2), fields.number(2));
    let mut offset = || if size == 4 { fields.int() } else { fields.number(8).cast_signed() };
    let (start, length) = (offset(), offset());
    out.extend_from_slice(b"{l_type=");
    named::<LockKind>(kind, out);
    out.extend_from_slice(b", l_whence=");
    named::<Whence>(whence, out);
    let text = alloc::format!(", l_start={start}, l_len={length}}}");
    out.extend_from_slice(text.as_bytes());
    true
}

/// Gives how many entries of a folder came.
pub(super) fn entries(process: &Process, at: u64, bytes: u64) -> usize {
    let Some(mut fields) = process.fields(at, bytes as usize) else { return 0 };
    let (mut place, mut count) = (0, 0);
    while place < bytes as usize {
        fields.seek(place + 16);
        let length = fields.packed(2) as usize;
        if length == 0 {
            break;
        }
        (place, count) = (place + length, count + 1);
    }
    count
}

/// Shows the argument of a request (ioctl(2)) that leads to memory.
pub(super) fn requested(process: &Process, asked: Request, at: u64, out: &mut Vec<u8>) -> bool {
    let is = |one: Request| asked == one;
    if [
        request::TCGETS.request(),
        request::TCSETS.request(),
        request::TCSETSW.request(),
        request::TCSETSF.request(),
    ]
    .into_iter()
    .any(is)
    {
        return settings(process, at, out);
    }
    if is(request::TIOCGWINSZ.request()) || is(request::TIOCSWINSZ.request()) {
        let Some(mut fields) = process.fields(at, 8) else { return false };
        let text = alloc::format!(
            "{{ws_row={}, ws_col={}, ws_xpixel={}, ws_ypixel={}}}",
            fields.packed(2),
            fields.packed(2),
            fields.packed(2),
            fields.packed(2)
        );
        out.extend_from_slice(text.as_bytes());
        return true;
    }
    let Some(Argument::Fills(size) | Argument::Reads(size) | Argument::Updates(size)) = asked.argument()
    else {
        return false;
    };
    let Some(mut fields) = process.fields(at, size.into()).filter(|_| matches!(size, 1 | 2 | 4 | 8)) else {
        return false;
    };
    match size {
        4 => out.extend_from_slice(alloc::format!("[{}]", fields.int()).as_bytes()),
        size => out.extend_from_slice(alloc::format!("[{}]", fields.packed(size.into())).as_bytes()),
    }
    true
}

/// Shows a terminal's settings.
fn settings(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    const SPEEDS: &str = "B0 B50 B75 B110 B134 B150 B200 B300 B600 B1200 B1800 B2400 B4800 B9600 B19200 B38400 \
        BOTHER B57600 B115200 B230400 B460800 B500000 B576000 B921600 B1000000 B1152000 B1500000 B2000000 B2500000 \
        B3000000 B3500000 B4000000";
    let Some(mut fields) = process.fields(at, 16) else { return false };
    let [input, output, line, edit] = [(); 4].map(|()| fields.number(4));
    out.extend_from_slice(b"{c_iflag=");
    named::<InputModes>(input, out);
    out.extend_from_slice(b", c_oflag=");
    // Each kind of delay has two values or four.
    let delays = [("NL", 8, 1), ("CR", 9, 3), ("TAB", 11, 3), ("BS", 13, 1), ("VT", 14, 1), ("FF", 15, 1)];
    let (mut parts, mut rest) = (0, output);
    for (name, at, most) in delays {
        bar(&mut parts, out);
        out.extend_from_slice(name.as_bytes());
        decimal(output >> at & most, out);
        rest &= !(most << at);
    }
    set(&OutputModes::NAMES, rest, 1, out);
    out.extend_from_slice(b", c_cflag=");
    let speed = line >> 8 & 0x10 | line & 0xf;
    out.extend_from_slice(SPEEDS.split_ascii_whitespace().nth(speed as usize).unwrap_or("B0").as_bytes());
    out.extend_from_slice(b"|CS");
    decimal(5 + (line >> 4 & 3), out);
    set(&LineModes::NAMES, line & !0x103f, 1, out);
    out.extend_from_slice(b", c_lflag=");
    named::<EditModes>(edit, out);
    out.extend_from_slice(b", ...}");
    true
}

/// Reads a list of two times, as utimensat(2) takes it.
pub(super) fn file_times(process: &Process, at: u64, out: &mut Vec<u8>) -> bool {
    /// UTIME_NOW and UTIME_OMIT, in place of nanoseconds.
    const WORDS: [(u64, &[u8]); 2] = [(0x3fff_ffff, b"UTIME_NOW"), (0x3fff_fffe, b"UTIME_OMIT")];
    let size = if process.is_wide { 8 } else { 4 };
    let Some(mut fields) = process.fields(at, 4 * size) else { return false };
    let time = |fields: &mut Fields, out: &mut Vec<u8>| {
        let (seconds, parts) = (fields.number(size).cast_signed(), fields.number(size));
        match WORDS.iter().find(|(number, _)| *number == parts) {
            Some((_, word)) => out.extend_from_slice(word),
            None => out.extend_from_slice(alloc::format!("{{tv_sec={seconds}, tv_nsec={parts}}}").as_bytes()),
        }
    };
    out.push(b'[');
    time(&mut fields, out);
    out.extend_from_slice(b", ");
    time(&mut fields, out);
    out.push(b']');
    true
}
