//! `getty` (BusyBox's, and those options of util-linux's `agetty` that inittabs have): opens a terminal, sets it up, shows `/etc/issue`,
//! reads a name and becomes `login`. Speed and terminal may stand in either order, as both have it; several speeds are tried one
//! after the other, at each break or zero byte that comes in place of a name.

use alloc::vec::Vec;
use core::time::Duration;

use formats::etc::issue;
use linux::fd::{AsFd, BorrowedFd, STDIN};
use linux::fs::{self, Mode, OpenFlags, Standard, set_standard};
use linux::process::{getpid, getsid, setsid};
use linux::signal::{Signal, note};
use linux::terminal::{self, SetWhen, Termios, bits};
use linux::time::set_alarm;
use query::text::{decimal, parse_decimal};

use crate::process::launch;
use crate::zone::Zone;
use crate::{Applet, Failure, Flag, Input, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "getty",
    summary: "Open a terminal, ask for a name, and have login ask for the rest",
    usage: "[OPTION]... SPEED[,SPEED]... TERMINAL [TYPE]\n[OPTION]... TERMINAL [SPEED[,SPEED]... [TYPE]]",
    flags: flags![
        Flag::new(b'h', "flow-control", "hardware flow control"),
        Flag::new(b'L', "local-line", "there is no modem: no carrier to wait for"),
        Flag::new(b'm', "extract-baud", "the modem says the speed when it connects"),
        Flag::new(b'n', "skip-login", "do not ask for a name"),
        Flag::new(b'w', "wait-cr", "wait for a return or line feed first"),
        Flag::new(b'i', "noissue", "do not show /etc/issue"),
        Flag::with(b'f', "issue-file", "FILE", "show FILE in its place"),
        Flag::with(b'l', "login-program", "PROGRAM", "run PROGRAM, not /bin/login"),
        Flag::with(b't', "timeout", "SECONDS", "wait so long for a name"),
        Flag::with(b'I', "init-string", "TEXT", "send TEXT first, with \\015 and the like in it"),
        Flag::with(b'H', "host", "HOST", "say to login that HOST is where it comes from"),
        Flag::with(b'a', "autologin", "USER", "log USER in without a question"),
        Flag::new(b'J', "noclear", ""),
        Flag::new(KEEP, "keep-baud", ""),
    ],
    run: Run::Parsed(run),
};

const KEEP: u8 = 128;

/// What the modem says is waited for so long.
const MODEM: Duration = Duration::from_secs(5);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (line, speeds, kind) = match *parsed.operands.as_slice() {
        [line] => (line, &b""[..], None),
        [first, second, ref kind @ ..] if kind.len() < 2 => {
            let (speeds, line) =
                if first.first().is_some_and(u8::is_ascii_digit) { (first, second) } else { (second, first) };
            (line, speeds, kind.first().copied())
        }
        _ => return Ok(parsed.usage(io)),
    };
    let mut numbers = Vec::new();
    for word in speeds.split(|byte| *byte == b',').filter(|word| !word.is_empty()) {
        let number = parse_decimal(word).and_then(|number| u32::try_from(number).ok());
        numbers.push(number.ok_or_else(|| io.misuse(word, "not a speed"))?);
    }
    let timeout = match parsed.value(b't') {
        None => Duration::ZERO,
        Some(word) => Duration::from_secs(parse_decimal(word).ok_or_else(|| io.misuse(word, "not a time"))?),
    };
    take_line(io, line)?;
    let terminal = STDIN;
    if let Some(text) = parsed.value(b'I') {
        let mut bytes = Vec::new();
        text::escape::unescape(text, text::escape::Zero::Bare, &mut bytes);
        fs::write_all(terminal, &bytes).map_err(|errno| io.complain(line, &errno))?;
    }
    let mut line = Line { terminal, name: line, speeds: numbers, at: 0 };
    line.set_up(io, parsed)?;
    if parsed.has(b'm') {
        line.hear_modem();
    }
    if !timeout.is_zero() {
        let alarm = note(Signal::ALRM).and_then(|()| set_alarm(timeout, Duration::from_millis(500)));
        alarm.map_err(|errno| io.complain(b"", &errno))?;
    }
    if parsed.has(b'w') {
        while !matches!(line.byte(), Some(b'\r' | b'\n')) {}
    }
    let name = match parsed.value(b'a') {
        Some(name) => Some(name.to_vec()),
        None if parsed.has(b'n') => {
            line.show_issue(io, parsed);
            None
        }
        None => Some(line.ask(io, parsed)?),
    };
    let _ = set_alarm(Duration::ZERO, Duration::ZERO);
    line.finish(io)?;
    let login = parsed.value(b'l').unwrap_or(b"/bin/login");
    let mut words = Vec::from([login]);
    if let Some(host) = parsed.value(b'H') {
        words.extend([b"-h", host]);
    }
    match &name {
        Some(name) if parsed.has(b'a') => words.extend([b"-f", name.as_slice()]),
        Some(name) => words.extend([b"--", name.as_slice()]),
        None => {}
    }
    let kind = kind.map(|kind| [b"TERM=", kind].concat());
    let mut variables: Vec<&[u8]> = io.environment.to_vec();
    if let Some(kind) = &kind {
        variables.retain(|entry| !entry.starts_with(b"TERM="));
        variables.push(kind);
    }
    Ok(launch::replace(io, &words, &variables))
}

/// Makes a terminal standard input and output, and the session's; `-` is the one that is there already.
fn take_line(io: &mut Io<'_>, line: &[u8]) -> Result<(), Failure> {
    let is_leader = getsid(None).is_ok_and(|session| session == Some(getpid()));
    if !is_leader {
        // Fails for who leads a group, such as a command of a shell: it has a terminal then.
        let _ = setsid();
    }
    if line != b"-" {
        let path = if line.starts_with(b"/") { line.to_vec() } else { [b"/dev/", line].concat() };
        let flags = OpenFlags::READ_WRITE | OpenFlags::NONBLOCK | OpenFlags::CLOSE_ON_EXEC;
        let opened = fs::open(path.as_slice(), flags, Mode::empty()).and_then(|file| {
            // What is no terminal must not be given away.
            terminal::settings(&file)?;
            // Without waiting for a carrier, but then as usual.
            fs::set_status_flags(&file, OpenFlags::READ_WRITE)?;
            let _ = fs::fchown(&file, Some(0), None);
            let _ = fs::fchmod(&file, Mode::octal(0o620));
            for standard in [Standard::Input, Standard::Output, Standard::Error] {
                set_standard(standard, &file)?;
            }
            Ok(())
        });
        opened.map_err(|errno| io.complain(line, &errno))?;
    }
    let _ = terminal::set_controlling(STDIN, false);
    match terminal::settings(STDIN) {
        Ok(_) => Ok(()),
        Err(errno) => Err(io.complain(line, &errno).into()),
    }
}

/// A terminal that somebody is to log in at.
struct Line<'a> {
    terminal: BorrowedFd<'a>,
    name: &'a [u8],
    /// The speeds it may have; none: the one it has.
    speeds: Vec<u32>,
    at: usize,
}

impl Line<'_> {
    fn settings(&self, io: &mut Io<'_>) -> Result<Termios, Failure> {
        terminal::settings(self.terminal).map_err(|errno| io.complain(self.name, &errno).into())
    }

    /// Sets it up for a name whose characters come one by one, of which nothing is known yet.
    fn set_up(&self, io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<(), Failure> {
        let mut settings = self.settings(io)?.raw();
        let mut control = settings.control() | bits::CREAD | bits::HUPCL;
        control &= !(bits::CLOCAL | bits::CRTSCTS);
        if parsed.has(b'L') {
            control |= bits::CLOCAL;
        }
        if parsed.has(b'h') {
            control |= bits::CRTSCTS;
        }
        settings.set_control(control);
        settings.set_output(settings.output() | bits::OPOST | bits::ONLCR);
        if let Some(speed) = self.speeds.get(self.at)
            && !settings.set_speeds(*speed, *speed)
        {
            let mut digits = Vec::new();
            decimal((*speed).into(), &mut digits);
            return Err(io.misuse(&digits, "no such speed").into());
        }
        terminal::set_settings(self.terminal, SetWhen::Drained, &settings)
            .map_err(|errno| io.complain(self.name, &errno).into())
    }

    /// Reads what a modem says when it connects, such as `CONNECT 9600`, and takes the number for the speed.
    fn hear_modem(&mut self) {
        let mut said = [0; 64];
        let mut heard = [linux::poll::PollFd::new(&self.terminal, linux::poll::PollFlags::IN)];
        if linux::poll::poll(&mut heard, Some(MODEM)) == Ok(0) {
            return;
        }
        let count = fs::read(self.terminal, &mut said).unwrap_or(0);
        let said = said.get(..count).unwrap_or_default();
        let digits = said.split(|byte| !byte.is_ascii_digit()).find(|digits| !digits.is_empty());
        if let Some(speed) = digits.and_then(parse_decimal).and_then(|speed| u32::try_from(speed).ok())
            && let Ok(mut settings) = terminal::settings(self.terminal)
            && settings.set_speeds(speed, speed)
        {
            let _ = terminal::set_settings(self.terminal, SetWhen::Drained, &settings);
        }
    }

    /// Reads a byte; nothing at the end, or when the time is over.
    fn byte(&self) -> Option<u8> {
        let mut byte = [0];
        matches!(Input::Descriptor(self.terminal).read(&mut byte), Ok(1)).then_some(byte[0])
    }

    fn show_issue(&self, io: &mut Io<'_>, parsed: &Parsed<'_>) {
        if parsed.has(b'i') {
            return;
        }
        let text = system::file::read(parsed.value(b'f').unwrap_or(b"/etc/issue")).unwrap_or_default();
        let zone = Zone::of(io, true);
        let shown = issue::expand(&text, &mut |letter, shown| self.tell(letter, &zone, shown));
        io.out.put(&shown);
    }

    /// Writes what a letter of `/etc/issue` stands for.
    fn tell(&self, letter: u8, zone: &Zone, shown: &mut Vec<u8>) -> bool {
        let Ok(names) = linux::system::uname() else { return false };
        let date = zone.date(system::machine::now());
        match letter {
            b'n' | b'h' => shown.extend_from_slice(names.host()),
            b's' => shown.extend_from_slice(names.system()),
            b'r' => shown.extend_from_slice(names.release()),
            b'v' => shown.extend_from_slice(names.version()),
            b'm' => shown.extend_from_slice(names.machine()),
            b'o' | b'D' | b'O' => shown.extend_from_slice(names.domain()),
            b'l' => shown.extend_from_slice(self.name.strip_prefix(b"/dev/").unwrap_or(self.name)),
            b'd' => date.day_text(shown),
            b't' => date.second_text(shown),
            b'b' => {
                let speed = terminal::settings(self.terminal).map_or(0, |settings| settings.speeds().0);
                decimal(speed.into(), shown);
            }
            b'u' | b'U' => {
                let users = system::sessions::Sessions::now().logins.len();
                decimal(users as u64, shown);
                if letter == b'U' {
                    shown.extend_from_slice(if users == 1 { b" user" } else { b" users" });
                }
            }
            _ => return false,
        }
        true
    }

    /// Asks for a name until one comes.
    fn ask(&mut self, io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<u8>, Failure> {
        loop {
            self.show_issue(io, parsed);
            if let Ok(names) = linux::system::uname() {
                io.out.put(names.host());
            }
            io.out.put(b" login: ");
            io.out.flush();
            match self.read_name(io)? {
                Some(name) if name.starts_with(b"-") => {
                    io.out.put(b"A name cannot begin with a dash.\n");
                }
                Some(name) if !name.is_empty() => return Ok(name),
                Some(_) => {}
                // Signs that the speed is wrong.
                None if !self.speeds.is_empty() => {
                    self.at = (self.at + 1) % self.speeds.len();
                    self.set_up(io, parsed)?;
                }
                None => {}
            }
        }
    }

    /// Reads a name, with echo; nothing when a break has come.
    fn read_name(&self, io: &mut Io<'_>) -> Result<Option<Vec<u8>>, Failure> {
        const LONGEST: usize = 256;
        let settings = self.settings(io)?;
        let [erase, kill] = [bits::VERASE, bits::VKILL]
            .map(|index| settings.characters().get(index as usize).copied().unwrap_or_default());
        let mut name = Vec::new();
        loop {
            let Some(byte) = self.byte() else { return Err(Status::FAILURE.into()) };
            match byte {
                0 => return Ok(None),
                b'\r' | b'\n' => {
                    io.out.put(b"\n");
                    io.out.flush();
                    return Ok(Some(name));
                }
                // The keys that end things; the latter only where nothing has been typed.
                3 => return Err(Status::FAILURE.into()),
                4 if name.is_empty() => return Err(Status::FAILURE.into()),
                8 | 127 => erase_one(io, &mut name),
                byte if byte == erase => erase_one(io, &mut name),
                21 => {
                    while !name.is_empty() {
                        erase_one(io, &mut name)
                    }
                }
                byte if byte == kill => {
                    while !name.is_empty() {
                        erase_one(io, &mut name)
                    }
                }
                byte if byte >= b' ' && name.len() < LONGEST => {
                    name.push(byte);
                    io.out.put(&[byte]);
                }
                _ => {}
            }
            io.out.flush();
        }
    }

    /// Sets the terminal up for lines.
    fn finish(&self, io: &mut Io<'_>) -> Result<(), Failure> {
        let settings = self.settings(io)?.sane();
        terminal::set_settings(self.terminal.as_fd(), SetWhen::Drained, &settings)
            .map_err(|errno| io.complain(self.name, &errno).into())
    }
}

fn erase_one(io: &mut Io<'_>, name: &mut Vec<u8>) {
    if name.pop().is_some() {
        io.out.put(b"\x08 \x08");
    }
}
