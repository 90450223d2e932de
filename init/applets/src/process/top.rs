//! `top`, in BusyBox's lines: memory, processors, load, and the processes that use most. In batch mode it prints one picture
//! behind the other; on a terminal it draws over the last one, and takes keys: `q` ends, `P M T N` sort by processor, memory,
//! time and number, a space draws anew.

use alloc::vec::Vec;
use core::time::Duration;

use formats::proc::stat::Totals;
use linux::poll::{PollFd, PollFlags, poll};
use linux::signal::Signal;
use linux::terminal::{SetWhen, Termios};
use query::text::{decimal, parse_decimal};
use query::{Rows, Value};
use system::machine;
use system::processes::{self, Process};
use system::users::Names;

use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, span};

pub(crate) const APPLET: Applet = Applet {
    name: "top",
    summary: "Show the processes that use most, again and again",
    usage: "[OPTION]...",
    flags: flags![
        Flag::new(b'b', "batch", "print, one behind the other"),
        Flag::with(b'n', "iterations", "N", "end after N pictures"),
        Flag::with(b'd', "delay", "TIME", "wait so long between (3 s)"),
        Flag::with(b'o', "sort", "KEY", "by cpu, mem, time or pid"),
        Flag::with(b'u', "user", "USER", "only processes of USER"),
        Flag::with(b'p', "pid", "LIST", "only these processes"),
        Flag::new(b'm', "memory", "by memory"),
        Flag::new(b'H', "threads-show", "threads, each by its own number"),
        Flag::new(b'i', "idle-toggle", "leave out who did nothing since the last picture"),
        Flag::may(b'w', "width", "COLUMNS", "lines of so many characters, also as an operand (512)"),
        Flag::new(b'c', "cmdline-toggle", ""),
        Flag::new(b's', "secure-mode", ""),
        Flag::rows("pid:n ppid:n user stat vsz:n rss:n pmem:d pcpu:d time:d args"),
    ],
    run: Run::Parsed(run),
};

/// By what processes are sorted, the greatest first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Processor,
    Memory,
    Time,
    Number,
}

impl Key {
    fn of(letter: u8) -> Option<Self> {
        Some(match letter {
            b'P' | b'p' => Self::Processor,
            b'M' | b'm' => Self::Memory,
            b'T' | b't' => Self::Time,
            b'N' | b'n' => Self::Number,
            _ => return None,
        })
    }
}

/// What is known at one moment.
struct Moment {
    processes: Vec<Process>,
    ticks: [u64; 8],
}

impl Moment {
    fn now(has_threads: bool) -> system::Result<Self> {
        let Totals { ticks, .. } = machine::totals()?;
        let mut processes = processes::all()?;
        if has_threads {
            let mut threads = Vec::new();
            for process in &processes {
                threads.extend(processes::threads_of(process.pid)?);
            }
            processes = threads;
        }
        Ok(Self { processes, ticks })
    }
}

/// What is shown, and how.
struct Picture {
    names: Names,
    user: Option<u32>,
    only: Vec<u32>,
    key: Key,
    memory: u64,
    leaves_out_idle: bool,
    width: Option<usize>,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let width = match (parsed.value(b'w'), parsed.operands.as_slice()) {
        (Some(b""), [word]) => Some(*word),
        (_, [extra, ..]) => return Ok(io.misuse(extra, "no operand is expected")),
        (Some(b""), []) => Some(&b"512"[..]),
        (width, []) => width,
    };
    let width = match width.map(|word| (word, parse_decimal(word))) {
        None => None,
        Some((_, Some(width))) => Some(usize::try_from(width).unwrap_or(usize::MAX)),
        Some((word, None)) => return Ok(io.misuse(word, "is no number")),
    };
    let delay = match parsed.value(b'd').map(|word| (word, span::parse(word))) {
        None => Duration::from_secs(3),
        Some((_, Some(delay))) => delay,
        Some((word, None)) => return Ok(io.misuse(word, "not a time")),
    };
    let count = match parsed.value(b'n').map(|word| (word, parse_decimal(word))) {
        None => u64::MAX,
        Some((_, Some(count))) => count,
        Some((word, None)) => return Ok(io.misuse(word, "is no number")),
    };
    let mut picture = Picture::new(parsed).map_err(|word| io.misuse(word, "not what is expected here"))?;
    picture.width = width;
    if parsed.has(JSON) {
        picture.rows(&Moment::now(parsed.has(b'H'))?, None).json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    let screen = match io.input.descriptor().filter(|_| !parsed.has(b'b') && io.out.columns().is_some()) {
        Some(input) => Screen::new(input),
        None => None,
    };
    // The terminal is given back as it was when somebody ends us.
    let _ = linux::signal::note(Signal::TERM);
    let mut before = None;
    for index in 0..count {
        let now = Moment::now(parsed.has(b'H'))?;
        picture.draw(io, &now, before.as_ref(), screen.is_some())?;
        before = Some(now);
        if io.out.is_broken() || linux::signal::has_noted() || index + 1 == count {
            break;
        }
        match &screen {
            None => linux::time::sleep(delay),
            Some(screen) => match screen.key(delay) {
                Some(b'q' | b'Q' | 3) => break,
                Some(letter) => picture.key = Key::of(letter).unwrap_or(picture.key),
                None => {}
            },
        }
        if linux::signal::has_noted() {
            break;
        }
    }
    Ok(Status::SUCCESS)
}

impl Picture {
    fn new<'a>(parsed: &Parsed<'a>) -> Result<Self, &'a [u8]> {
        let names = Names::read();
        let user = match parsed.value(b'u') {
            None => None,
            Some(word) => Some(names.find_user(word).ok_or(word)?),
        };
        let mut only = Vec::new();
        for word in parsed.values(b'p').flat_map(|list| list.split(|byte| *byte == b',')) {
            only.push(parse_decimal(word).and_then(|number| u32::try_from(number).ok()).ok_or(word)?);
        }
        let key = match parsed.value(b'o') {
            None if parsed.has(b'm') => Key::Memory,
            None => Key::Processor,
            Some(word) => {
                let word = word.strip_prefix(b"%").unwrap_or(word).to_ascii_lowercase();
                let known =
                    [(&b"cpu"[..], b'P'), (b"mem", b'M'), (b"rss", b'M'), (b"time", b'T'), (b"pid", b'N')];
                let found = known.iter().find(|known| known.0 == word).and_then(|known| Key::of(known.1));
                found.ok_or(parsed.value(b'o').unwrap_or_default())?
            }
        };
        let memory = machine::memory().map_or(0, |memory| memory.total);
        let leaves_out_idle = parsed.has(b'i');
        Ok(Self { names, user, only, key, memory, leaves_out_idle, width: None })
    }

    fn draw(
        &self,
        io: &mut Io<'_>,
        now: &Moment,
        before: Option<&Moment>,
        is_screen: bool,
    ) -> system::Result<()> {
        let mut text = Vec::new();
        head(now, before, &mut text)?;
        self.rows(now, before).table(self.width.or(io.out.columns()), &mut text);
        if !is_screen {
            // Between two pictures, so that none has an empty line at its end.
            io.out.put(if before.is_some() { b"\n" } else { b"" });
            io.out.put(&text);
            io.out.flush();
            return Ok(());
        }
        let height = io
            .out
            .descriptor()
            .and_then(|out| linux::terminal::size(out).ok())
            .map_or(24, |size| usize::from(size.rows));
        io.out.put(b"\x1b[H\x1b[J");
        // The last line has no end, so that nothing rolls away.
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').take(height.max(5)).collect();
        io.out.put(&lines.join(&b"\r\n"[..]));
        io.out.flush();
        Ok(())
    }

    fn rows(&self, now: &Moment, before: Option<&Moment>) -> Rows<'static> {
        let passed = total(&now.ticks).saturating_sub(before.map_or(0, |before| total(&before.ticks)));
        let mut chosen: Vec<(&Process, u64)> = Vec::new();
        for process in &now.processes {
            let is_wanted = self.user.is_none_or(|user| user == process.user)
                && (self.only.is_empty() || self.only.contains(&process.leader));
            if is_wanted {
                let former =
                    before.and_then(|before| before.processes.iter().find(|other| other.pid == process.pid));
                let used = process
                    .used
                    .as_millis()
                    .saturating_sub(former.map_or(0, |former| former.used.as_millis()));
                // A tick is ten milliseconds, and all processors' ticks are in the sum.
                let share = (used * 10_000).checked_div(passed).unwrap_or(0);
                if used > 0 || !self.leaves_out_idle {
                    chosen.push((process, share));
                }
            }
        }
        query::sort::sort_by(&mut chosen, |left, right| {
            let key = |(process, share): &(&Process, u64)| match self.key {
                Key::Processor => *share,
                Key::Memory => process.resident_bytes,
                Key::Time => process.used.as_millis(),
                Key::Number => process.pid.into(),
            };
            key(right).cmp(&key(left)).then(left.0.pid.cmp(&right.0.pid))
        });
        let mut rows = Rows::named(
            "pid=PID ppid=PPID user=USER stat=STAT vsz=VSZ rss=RSS pmem=%MEM pcpu=%CPU time=TIME args=COMMAND",
        );
        for (process, share) in chosen {
            let memory =
                ((process.resident_bytes >> 12) * 100_000).checked_div(self.memory >> 12).unwrap_or(0);
            rows.push([
                Value::Number(process.pid.into()),
                Value::Number(process.parent.into()),
                Value::Text(self.names.user(process.user)),
                Value::Text(super::ps::state(process)),
                Value::Size(process.virtual_bytes),
                Value::Size(process.resident_bytes),
                Value::Thousandths(memory),
                Value::Thousandths(share),
                Value::Span(process.used.as_millis()),
                Value::Text(super::ps::command(process)),
            ]);
        }
        rows
    }
}

fn total(ticks: &[u64; 8]) -> u64 {
    ticks.iter().sum()
}

/// Writes the lines above the processes.
fn head(now: &Moment, before: Option<&Moment>, text: &mut Vec<u8>) -> system::Result<()> {
    let memory = machine::memory()?;
    let used = memory.total.saturating_sub(memory.free);
    let amounts = [
        (used, " used, "),
        (memory.free, " free, "),
        (memory.shared, " shrd, "),
        (memory.buffers, " buff, "),
        (memory.cache(), " cached\n"),
    ];
    text.extend_from_slice(b"Mem: ");
    for (bytes, what) in amounts {
        decimal(bytes >> 10, text);
        text.push(b'K');
        text.extend_from_slice(what.as_bytes());
    }
    let former = before.map_or([0; 8], |before| before.ticks);
    let mut passed = now.ticks;
    passed.iter_mut().zip(former).for_each(|(ticks, former)| *ticks = ticks.saturating_sub(former));
    let all = total(&passed);
    let [user, nice, system, idle, waiting, hard, soft, _] = passed;
    text.extend_from_slice(b"CPU:");
    for (ticks, what) in [
        (user, "usr"),
        (system, "sys"),
        (nice, "nic"),
        (idle, "idle"),
        (waiting, "io"),
        (hard, "irq"),
        (soft, "sirq"),
    ] {
        let mut share = Vec::new();
        decimal((ticks * 100).checked_div(all).unwrap_or(0), &mut share);
        text.resize(text.len() + 4_usize.saturating_sub(share.len()), b' ');
        text.extend_from_slice(&share);
        text.extend_from_slice(b"% ");
        text.extend_from_slice(what.as_bytes());
    }
    let load = machine::load()?;
    text.extend_from_slice(b"\nLoad average:");
    for hundredths in load.averages {
        text.push(b' ');
        decimal(hundredths / 100, text);
        text.push(b'.');
        query::text::zero_padded(hundredths % 100, 2, text);
    }
    text.push(b'\n');
    Ok(())
}

/// A terminal that gives each key at once.
struct Screen<'t> {
    terminal: linux::fd::BorrowedFd<'t>,
    former: Termios,
}

impl<'t> Screen<'t> {
    /// Nothing if it is no terminal.
    fn new(terminal: linux::fd::BorrowedFd<'t>) -> Option<Self> {
        let former = linux::terminal::settings(terminal).ok()?;
        linux::terminal::set_settings(terminal, SetWhen::Now, &former.raw()).ok()?;
        Some(Self { terminal, former })
    }

    /// Waits for a key.
    fn key(&self, limit: Duration) -> Option<u8> {
        let mut places = [PollFd::borrowed(self.terminal, PollFlags::IN)];
        let mut key = [0];
        match poll(&mut places, Some(limit)) {
            // At its end nobody is there any more.
            Ok(1..) => Some(if linux::fs::read(self.terminal, &mut key) == Ok(1) { key[0] } else { b'q' }),
            _ => None,
        }
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let _ = linux::terminal::set_settings(self.terminal, SetWhen::Now, &self.former);
        let _ = linux::fs::write(self.terminal, b"\r\n");
    }
}
