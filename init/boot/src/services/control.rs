//! The worker that answers those who ask about services, at the socket [`system::services::SOCKET`].
//!
//! A request is a line: `list`, `chart` (the times of each service's first run), `successions`, `read` (the files again), `reexec`
//! (process 1 itself), or `start`, `stop`, `restart`, `reload` and a name. The answer to `list` and `chart` is a line a service, with
//! fields between tabs; to `successions` how often process 1 has become a successor of itself; to anything else `ok` or `error`,
//! and why. Anyone may look; only root may change. What is to change is passed to process 1 as a few bytes, and the answer waits
//! until they were heard.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use core::time::Duration;

use ::services::manager::Request;
use ::services::{Phase, Service, Status, Table, packed};
use linux::fd::OwnedFd;
use linux::fs::{self, Mode};
use linux::net::options::{peer_credentials, set_receive_timeout, set_send_timeout};
use linux::net::{
    Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, accept, bind, listen, recv, send,
    socket,
};
use linux::{Errno, retry, time};
use system::machine::uptime;
use system::services::{SOCKET, unmet};

use super::asked::{self, Asked};
use super::{Shared, Unit, apart};
use crate::up;

/// How long a client may take for its line, and for its answer: the next one waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// The same of those who may only look: many of them are not to hold up root.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_millis(200);

/// The shortest time that is left to a client.
const SHORTEST: Duration = Duration::from_millis(1);

/// The longest line.
const LONGEST: usize = 256;

/// Works until it is ended.
pub(super) fn run(shared: &Shared, units: &[Unit]) -> i32 {
    let Some(listener) = &shared.control else { return 1 };
    loop {
        let Ok((client, _)) = retry(|| accept(listener, SocketFlags::CLOSE_ON_EXEC)) else { return 1 };
        let answer = match serve(&client, shared, units) {
            Ok(answer) => answer,
            Err(why) => ["error\t", &why, "\n"].concat(),
        };
        // Who has gone needs no answer.
        let _ = send_all(&client, answer.as_bytes());
    }
}

/// Opens the socket; process 1 keeps it, so that who connects while this worker is replaced waits for its successor.
///
/// # Errors
/// Those of `socket(2)`, `bind(2)` and `listen(2)`.
pub(super) fn open() -> linux::Result<OwnedFd> {
    up::make_folder();
    // That of a former program in this process.
    let _ = fs::unlink(SOCKET);
    let listener = socket(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    bind(&listener, &UnixAddress::path(SOCKET.as_bytes())?)?;
    fs::chmod(SOCKET, Mode::octal(0o666))?;
    listen(&listener, 16)?;
    Ok(listener)
}

fn send_all(client: &OwnedFd, mut bytes: &[u8]) -> linux::Result<()> {
    while !bytes.is_empty() {
        let count = retry(|| send(client, bytes, MessageFlags::NO_SIGNAL))?;
        bytes = bytes.get(count..).unwrap_or_default();
    }
    Ok(())
}

fn serve(client: &OwnedFd, shared: &Shared, units: &[Unit]) -> Result<String, String> {
    let said = |doing: &'static str| move |cause: Errno| alloc::format!("{doing}: {cause}");
    let user = peer_credentials(client).map_err(said("ask who you are"))?.user;
    let patience = if user == 0 { PATIENCE } else { PATIENCE_WITH_OTHERS };
    set_send_timeout(client, Some(patience)).map_err(said("set a timeout"))?;
    let line = line(client, patience).map_err(said("read the request"))?;
    let (verb, name) = line.split_once(' ').unwrap_or((&line, ""));
    let show: Option<Show> = match verb {
        "list" => Some(list),
        "chart" => Some(chart),
        "successions" => Some(|table, _| Some(alloc::format!("{}\n", table.successions))),
        _ => None,
    };
    if let Some(show) = show {
        let shown = table(shared).and_then(|table| show(&table, units));
        return shown.ok_or_else(|| "the table cannot be read".into());
    }
    if user != 0 {
        return Err("only root may change services".into());
    }
    let asked = match verb {
        "read" => Asked::Read,
        "reexec" => Asked::Succeed,
        _ => {
            let at = units.iter().position(|unit| unit.name == name);
            let at = at.ok_or_else(|| alloc::format!("there is no service {name}"))?;
            let can_reload =
                || units.get(at).and_then(Unit::service).is_some_and(|one| one.reload_signal != 0);
            match verb {
                "start" => Asked::Of(at, Request::Start),
                "stop" => Asked::Of(at, Request::Stop),
                "restart" => Asked::Of(at, Request::Restart),
                "reload" if can_reload() => Asked::Reload(at),
                "reload" => return Err(alloc::format!("{name} has no reload-signal")),
                _ => {
                    return Err(
                        "expected list, chart, successions, read, reexec, start, stop, restart or reload"
                            .into(),
                    );
                }
            }
        }
    };
    pass_on(asked, shared).map_err(said("tell process 1"))?;
    Ok("ok\n".into())
}

/// Reads a line without its end, within a time.
fn line(client: &OwnedFd, patience: Duration) -> linux::Result<String> {
    let mut line = Vec::new();
    let until = uptime().saturating_add(patience.into());
    while !line.ends_with(b"\n") && line.len() < LONGEST {
        // Whoever sends a byte now and then would take longer. None is for ever.
        let left = until.saturating_sub(uptime()).max(SHORTEST.into());
        set_receive_timeout(client, Some(left.into()))?;
        let mut bytes = [0; LONGEST];
        let count = retry(|| recv(client, &mut bytes, MessageFlags::empty()))?;
        if count == 0 {
            break;
        }
        line.extend_from_slice(bytes.get(..count).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())
}

/// Gives process 1 a request, and waits until it has heard it.
fn pass_on(asked: Asked, shared: &Shared) -> linux::Result<()> {
    let before = table(shared).map_or(0, |table| table.heard);
    asked::tell(shared, asked, "", &[])?;
    for _ in 0..1000 {
        if table(shared).is_some_and(|table| table.heard != before) {
            return Ok(());
        }
        time::sleep(Duration::from_millis(1));
    }
    Err(Errno::TIMEDOUT)
}

/// Reads how the services are; again if it was being written.
pub(super) fn table(shared: &Shared) -> Option<Table> {
    let mut last = Vec::new();
    for _ in 0..100 {
        let mut bytes = alloc::vec![0; fs::fstat(&shared.table).ok()?.size() as usize];
        let count = fs::pread(&shared.table, &mut bytes, 0).ok()?;
        bytes.truncate(count);
        if bytes == last {
            return packed::unpack_first(&bytes).ok();
        }
        last = bytes;
    }
    None
}

/// Shows something of the services; none if the table does not fit them.
type Show = fn(&Table, &[Unit]) -> Option<String>;

fn list(table: &Table, units: &[Unit]) -> Option<String> {
    let mut text = String::new();
    for (unit, status) in units.iter().zip(&table.services) {
        let service = unit.service()?;
        row(&mut text, &service, status, units).ok()?;
    }
    Some(text)
}

/// Gives names and phases with microseconds since the machine's start, and those that each comes after.
fn chart(table: &Table, units: &[Unit]) -> Option<String> {
    let mut text = String::new();
    for (unit, status) in units.iter().zip(&table.services) {
        write!(text, "{}\t{}", unit.name, status.phase.word()).ok()?;
        for time in [status.times.start, status.times.ready, status.times.end] {
            text.push('\t');
            if let Some(time) = time {
                write!(text, "{}", time.as_nanos() / 1000).ok()?;
            }
        }
        let service = unit.service()?;
        let after: Vec<&str> = service.after.iter().chain(&service.needs).map(String::as_str).collect();
        writeln!(text, "\t{}", after.join(",")).ok()?;
    }
    Some(text)
}

fn row(text: &mut String, service: &Service, status: &Status, units: &[Unit]) -> core::fmt::Result {
    let waits_for = status.waits_for.and_then(|at| units.get(at)).map_or("", |unit| unit.name.as_str());
    let Status { phase, pid, restarts, since, ended, out_of_memory, .. } = status;
    let unmet = match phase {
        // Who looks there may never come back.
        Phase::Skipped if apart::is_needed(service) => "its paths lie on another file system".into(),
        Phase::Skipped => unmet(service).unwrap_or_default(),
        _ => String::new(),
    };
    let ended = ended.map_or(String::new(), |ended| alloc::format!("{ended}"));
    let plain: String =
        service.description.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    writeln!(
        text,
        "{}\t{}\t{pid}\t{restarts}\t{}\t{ended}\t{waits_for}\t{}\t{out_of_memory}\t{unmet}\t{plain}",
        service.name,
        phase.word(),
        since.as_millis(),
        service.needs.join(","),
    )
}
