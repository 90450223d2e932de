//! `login` (BusyBox's, of which it has neither PAM nor the script before): asks for a name and a password three times at most, for
//! LOGIN_TIMEOUT seconds (60), and becomes the user's shell. `/etc/nologin` keeps all but root out; where `/etc/securetty` is, it
//! names the terminals that root may log in at.

use alloc::vec::Vec;
use core::time::Duration;

use linux::fs::{self, Mode};
use linux::process::geteuid;
use linux::signal::{Signal, default, note};
use linux::time::set_alarm;

use super::accounts::Accounts;
use super::password::{self, ask, line};
use super::session::{Environment, User, record, shell};
use super::terminal;
use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "login",
    summary: "Begin a session: ask who it is, and run his shell",
    usage: "[OPTION]... [USER]",
    flags: flags![
        Flag::new(b'f', "", "he has proved himself already"),
        Flag::with(b'h', "", "HOST", "where he comes from"),
        Flag::new(b'p', "", "leave the environment as it is"),
        Flag::new(b'H', "", "do not show this machine's name"),
    ],
    run: Run::Parsed(run),
};

const TRIES: u32 = 3;
const SECONDS: u64 = 60;
/// How long a wrong password is answered with nothing.
const PAUSE: Duration = Duration::from_secs(3);

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if geteuid() != 0 {
        return Ok(io.complain(b"", &"only root can begin sessions"));
    }
    let said = io.variable("LOGIN_TIMEOUT").and_then(query::text::parse_decimal);
    let limit = Duration::from_secs(said.unwrap_or(SECONDS));
    // Again and again, for it may come between two waits.
    let alarm = note(Signal::ALRM).and_then(|()| set_alarm(limit, Duration::from_millis(500)));
    alarm.map_err(|errno| io.complain(b"", &errno))?;
    let place = io.input.descriptor().and_then(terminal::name).unwrap_or_default();
    let place = place.strip_prefix(b"/dev/").unwrap_or(&place);
    let user = prove(io, parsed, place)?;
    set_alarm(Duration::ZERO, Duration::ZERO).map_err(|errno| io.complain(b"", &errno))?;
    let _ = default(Signal::ALRM);
    if user.number != 0
        && let Ok(reason) = system::file::read(b"/etc/nologin")
    {
        io.out.put(if reason.is_empty() { b"Only root may log in now.\n" } else { &reason });
        return Ok(Status::FAILURE);
    }
    record(
        io,
        &[b"session of ", &user.name, b" at ", place, b" from ", parsed.value(b'h').unwrap_or(b"here")],
    );
    begin(io, parsed, &user)
}

/// Asks until somebody has proved to be a user.
fn prove(io: &mut Io<'_>, parsed: &Parsed<'_>, place: &[u8]) -> Result<User, Failure> {
    let accounts = Accounts::at(b"");
    let mut named = parsed.operands.first().map(|name| name.to_vec());
    for _ in 0..TRIES {
        let is_known = named.is_some() && parsed.has(b'f');
        let name = match named.take() {
            Some(name) => name,
            None => ask_name(io, parsed)?,
        };
        let text = accounts.text(io, "passwd")?.unwrap_or_default();
        let fields = formats::etc::accounts::find(&text, &name).unwrap_or_default();
        let fields: Vec<Vec<u8>> = fields.into_iter().map(<[u8]>::to_vec).collect();
        let user = User::new(&fields);
        let kept = password::kept(io, &accounts, &name)?;
        let is_kept_out = user.as_ref().is_some_and(|user| user.number == 0) && !is_secure(place);
        let is_right = if is_known || kept.as_ref().is_some_and(Vec::is_empty) {
            true
        } else {
            let given = ask(io, b"Password: ").ok_or_else(|| io.complain(b"", &"nobody has answered"))?;
            password::is_right(kept.as_deref(), &given)
        };
        match user {
            Some(user) if is_right && !is_kept_out => return Ok(user),
            _ => {}
        }
        record(io, &[b"not let in at ", place, b": ", &name]);
        linux::time::sleep(PAUSE);
        io.out.put(b"Login incorrect\n");
        io.out.flush();
    }
    Err(Status::FAILURE.into())
}

fn ask_name(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Vec<u8>, Failure> {
    for _ in 0..10 {
        if let Ok(names) = linux::system::uname()
            && !parsed.has(b'H')
        {
            io.out.put(names.host());
            io.out.put(b" ");
        }
        io.out.put(b"login: ");
        io.out.flush();
        let Some(name) = line(&mut io.input) else { return Err(Status::FAILURE.into()) };
        let name = name.0.trim_ascii();
        if !name.is_empty() {
            return Ok(name.to_vec());
        }
    }
    Err(Status::FAILURE.into())
}

/// Says whether root may log in at a terminal.
fn is_secure(place: &[u8]) -> bool {
    let Ok(text) = system::file::read(b"/etc/securetty") else { return true };
    // Who is at none is not at one of them, though the text has an empty line.
    !place.is_empty() && text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == place)
}

fn begin(io: &mut Io<'_>, parsed: &Parsed<'_>, user: &User) -> Outcome {
    if let Some(file) = io.input.descriptor()
        && linux::terminal::is_terminal(file)
    {
        let given = fs::fchown(file, Some(user.number), Some(user.group));
        let given = given.and_then(|()| fs::fchmod(file, Mode::octal(0o600)));
        io.report(b"terminal", given);
    }
    let how = if parsed.has(b'p') { Environment::Changed } else { Environment::Fresh };
    let variables = user.variables(io, how);
    user.become_him().map_err(|errno| io.complain(&user.name, &errno))?;
    if fs::chdir(user.home.as_slice()).is_err() {
        io.complain(&user.home, &"no folder to begin in");
        let _ = fs::chdir("/");
    }
    if fs::stat(".hushlogin").is_err()
        && let Ok(text) = system::file::read(b"/etc/motd")
    {
        io.out.put(&text);
    }
    Ok(shell(io, &user.shell, &[], true, &variables))
}
