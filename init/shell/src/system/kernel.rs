//! The kernel under the shell.

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::time::Duration;

use linux::fs::{self, From as Seek, MemoryFileFlags, Metadata, Mode, Numbers, OpenFlags, PipeFlags};
use linux::poll::{PollFd, PollFlags, poll};
use linux::process::{
    self, Argument, CloneFlags, Ended, Limit, Pid, Program, Resource, Stage, Step, WaitFlags, WaitFor,
};
use linux::signal::{self, Handler, MaskHow, Signal, SignalSet};
use linux::terminal::{self, SetWhen, Size, Termios, bits};
use linux::{Errno, Result};

use super::{Disposition, Start, System, Times, Wait};

/// The kernel.
#[derive(Debug)]
pub struct Kernel {
    numbers: Numbers,
}

impl Kernel {
    /// Takes the right to all descriptors of this process.
    pub const fn new(numbers: Numbers) -> Self {
        Self { numbers }
    }
}

/// Most of a document that a pipe holds: no reader is there yet.
const PIPE: usize = 4096;

/// What a scheduler's tick is in `/proc/PID/stat`, on every processor of today.
const TICK: Duration = Duration::from_millis(10);

impl System for Kernel {
    fn open(&self, path: &[u8], flags: OpenFlags, mode: Mode) -> Result<i32> {
        let flags = flags | OpenFlags::CLOSE_ON_EXEC;
        fs::open(path, flags, mode).map(linux::fd::OwnedFd::into_raw)
    }

    fn duplicate(&self, number: i32, lowest: i32) -> Result<i32> {
        fs::dup_at_least(self.numbers.get(number), lowest).map(linux::fd::OwnedFd::into_raw)
    }

    fn put(&self, from: i32, to: i32) -> Result<()> {
        self.numbers.put(from, to)
    }

    fn close(&self, number: i32) -> Result<()> {
        self.numbers.close(number)
    }

    fn pipe(&self) -> Result<(i32, i32)> {
        let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
        Ok((reader.into_raw(), writer.into_raw()))
    }

    fn document(&self, text: &[u8]) -> Result<i32> {
        if text.len() <= PIPE {
            let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
            fs::write_all(&writer, text)?;
            return Ok(reader.into_raw());
        }
        let file = fs::memfd_create(c"document", MemoryFileFlags::CLOSE_ON_EXEC)?;
        fs::write_all(&file, text)?;
        fs::lseek(&file, Seek::Start(0))?;
        Ok(file.into_raw())
    }

    fn read(&self, number: i32, buffer: &mut [u8]) -> Result<usize> {
        fs::read(self.numbers.get(number), buffer)
    }

    fn write(&self, number: i32, bytes: &[u8]) -> Result<usize> {
        fs::write(self.numbers.get(number), bytes)
    }

    fn seek(&self, number: i32, to: Seek) -> Result<u64> {
        fs::lseek(self.numbers.get(number), to)
    }

    fn wait_readable(&self, number: i32, limit: Duration) -> Result<bool> {
        let mut waiting = [PollFd::borrowed(self.numbers.get(number), PollFlags::IN)];
        poll(&mut waiting, Some(limit)).map(|count| count > 0)
    }

    fn is_terminal(&self, number: i32) -> bool {
        terminal::is_terminal(self.numbers.get(number))
    }

    fn echo(&self, number: i32, shows: bool) -> Result<bool> {
        let terminal = self.numbers.get(number);
        let mut settings = terminal::settings(terminal)?;
        let former = settings.local();
        let local = if shows { former | bits::ECHO } else { former & !bits::ECHO };
        settings.set_local(local);
        terminal::set_settings(terminal, SetWhen::Now, &settings)?;
        Ok(former & bits::ECHO != 0)
    }

    fn settings(&self, number: i32) -> Result<Termios> {
        terminal::settings(self.numbers.get(number))
    }

    fn set_settings(&self, number: i32, settings: &Termios) -> Result<()> {
        // From the background that would stop this process.
        let held = signal::sigprocmask(MaskHow::Block, Some(SignalSet::of(&[Signal::TTOU])))?;
        let set = terminal::set_settings(self.numbers.get(number), SetWhen::Now, settings);
        signal::sigprocmask(MaskHow::Set, Some(held))?;
        set
    }

    fn size(&self, number: i32) -> Result<Size> {
        terminal::size(self.numbers.get(number))
    }

    fn set_foreground(&self, terminal: i32, group: Pid) -> Result<()> {
        // From the background that would stop this process.
        let held = signal::sigprocmask(MaskHow::Block, Some(SignalSet::of(&[Signal::TTOU])))?;
        let set = terminal::set_foreground_group(self.numbers.get(terminal), group);
        signal::sigprocmask(MaskHow::Set, Some(held))?;
        set
    }

    fn foreground(&self, terminal: i32) -> Result<Option<Pid>> {
        terminal::foreground_group(self.numbers.get(terminal))
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<()> {
        let flags = OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
        let folder = fs::open(path, flags, Mode::empty())?;
        let mut buffer = alloc::vec![0; 32 << 10];
        loop {
            let mut is_end = true;
            for entry in fs::getdents64(&folder, &mut buffer)? {
                is_end = false;
                if !entry.is_dot() {
                    each(entry.name.to_bytes());
                }
            }
            if is_end {
                return Ok(());
            }
        }
    }

    fn replace(&self, path: &[u8], bytes: &[u8]) -> Result<()> {
        let new = alloc::format!(".{}", self.pid().get()).into_bytes();
        let new = [path, &new].concat();
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
        let file = fs::open(new.as_slice(), flags, Mode::octal(0o600))?;
        let replaced = fs::write_all(&file, bytes)
            .and_then(|()| fs::fdatasync(&file))
            .and_then(|()| fs::rename(new.as_slice(), path));
        if replaced.is_err() {
            let _ = fs::unlink(new.as_slice());
        }
        replaced
    }

    fn remove(&self, path: &[u8]) -> Result<()> {
        fs::unlink(path)
    }

    fn stat(&self, path: &[u8], follows: bool) -> Result<Metadata> {
        if follows { fs::stat(path) } else { fs::lstat(path) }
    }

    fn fstat(&self, number: i32) -> Result<Metadata> {
        fs::fstat(self.numbers.get(number))
    }

    fn may(&self, path: &[u8], how: u32) -> bool {
        fs::access(path, fs::Access::from_bits_retain(how)).is_ok()
    }

    fn change_folder(&self, path: &[u8]) -> Result<()> {
        fs::chdir(path)
    }

    fn folder(&self) -> Result<Vec<u8>> {
        let mut buffer = alloc::vec![0; linux::path::PATH_BYTES];
        let path = fs::getcwd(&mut buffer)?;
        // Outside the root it begins otherwise.
        if path.starts_with(b"/") { Ok(path.to_vec()) } else { Err(Errno::NOENT) }
    }

    fn set_mask(&self, mask: Mode) -> Mode {
        fs::umask(mask)
    }

    fn limit(&self, resource: Resource) -> Result<Limit> {
        process::getrlimit(resource)
    }

    fn set_limit(&self, resource: Resource, limit: Limit) -> Result<()> {
        process::prlimit(None, resource, Some(limit)).map(drop)
    }

    fn pid(&self) -> Pid {
        process::getpid()
    }

    fn parent(&self) -> i32 {
        process::getppid().map_or(0, Pid::get)
    }

    fn user(&self) -> u32 {
        process::geteuid()
    }

    fn group(&self) -> u32 {
        process::getegid()
    }

    fn set_group(&self, child: Option<Pid>, group: Option<Pid>) -> Result<()> {
        process::setpgid(child, group)
    }

    fn process_group(&self) -> Option<Pid> {
        process::getpgid(None).ok().flatten()
    }

    fn fork(&self, body: &mut dyn FnMut() -> i32) -> Result<Pid> {
        process::spawn(body)
    }

    fn start(&self, start: &Start<'_>) -> Result<Pid> {
        let path = CString::new(start.path).map_err(|_| Errno::INVAL)?;
        let mut steps = Vec::new();
        steps.extend(start.group.map(Step::Group));
        steps.extend(start.foreground.map(Step::Foreground));
        steps.extend(start.defaults.iter().map(|signal| Step::Default(*signal)));
        steps.extend(start.ignored.iter().map(|signal| Step::Ignore(*signal)));
        let program = Program {
            paths: &[&path],
            arguments: &list(start.arguments),
            environment: &list(start.environment),
            steps: &steps,
            flags: CloneFlags::empty(),
            control_group: None,
            mask: None,
        };
        match process::start(&program) {
            Ok(started) => Ok(started.pid),
            // Its group may have ended meanwhile, and its terminal may be gone.
            Err(failed) if matches!(failed.stage, Stage::Step(_)) => {
                process::start(&Program { steps: &[], ..program })
                    .map(|started| started.pid)
                    .map_err(|failed| failed.errno)
            }
            Err(failed) => Err(failed.errno),
        }
    }

    fn execute(&self, start: &Start<'_>) -> Errno {
        for signal in start.defaults {
            let _ = signal::default(*signal);
        }
        process::execve(start.path, &list(start.arguments), &list(start.environment))
    }

    fn wait(&self, wait: Wait) -> Result<Option<(Pid, Ended)>> {
        let mut flags = WaitFlags::EXITED;
        flags.set(WaitFlags::NO_HANG, !wait.blocks);
        flags.set(WaitFlags::STOPPED | WaitFlags::CONTINUED, wait.stopped);
        Ok(process::waitid(WaitFor::Any, flags)?.map(|child| (child.pid, child.ended)))
    }

    fn kill(&self, target: i32, signal: Option<Signal>) -> Result<()> {
        match target {
            -1 => process::kill_all(signal),
            0 => process::kill_group(None, signal),
            _ => match Pid::new(target) {
                Some(pid) => process::kill(pid, signal),
                None => {
                    let group = target.checked_neg().and_then(Pid::new).ok_or(Errno::SRCH)?;
                    process::kill_group(Some(group), signal)
                }
            },
        }
    }

    fn on_signal(&self, signal: Signal, disposition: Disposition) -> Result<()> {
        match disposition {
            Disposition::Default => signal::default(signal),
            Disposition::Ignore => signal::ignore(signal),
            Disposition::Note => signal::note(signal),
        }
    }

    fn ignores(&self, signal: Signal) -> bool {
        matches!(signal::action(signal), Ok(action) if matches!(action.handler, Handler::Ignore))
    }

    fn has_signals(&self) -> bool {
        signal::has_noted()
    }

    fn take_signals(&self) -> SignalSet {
        signal::take_noted()
    }

    fn now(&self) -> Duration {
        linux::time::monotonic()
    }

    fn times(&self) -> Times {
        let mut buffer = [0; 1024];
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
        let read =
            fs::open(c"/proc/self/stat", flags, Mode::empty()).and_then(|file| fs::read(&file, &mut buffer));
        let text = buffer.get(..read.unwrap_or(0)).unwrap_or_default();
        // The name may hold anything; the last parenthesis ends it.
        let after = text.iter().rposition(|byte| *byte == b')').unwrap_or(0);
        let mut words = text.get(after..).unwrap_or_default().split(|byte| *byte == b' ').skip(12);
        let mut next = || {
            words.next().and_then(crate::text::decimal).map_or(Duration::ZERO, |ticks| TICK * ticks as u32)
        };
        Times { user: next(), system: next(), children_user: next(), children_system: next() }
    }

    fn home(&self, user: &[u8]) -> Option<Vec<u8>> {
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC;
        let file = fs::open(c"/etc/passwd", flags, Mode::empty()).ok()?;
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = fs::read(&file, &mut buffer) {
            text.extend_from_slice(buffer.get(..count)?);
        }
        let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.split(|byte| *byte == b':'));
        lines.find_map(|mut fields| (fields.next()? == user).then(|| fields.nth(4).map(<[u8]>::to_vec))?)
    }
}

fn list(strings: &[CString]) -> Vec<Argument<'_>> {
    strings.iter().map(|string| Argument::new(string)).chain([Argument::END]).collect()
}
