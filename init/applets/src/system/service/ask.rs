//! Questions to process 1's worker, and its answers: a line, and lines with fields between tabs.

use alloc::vec::Vec;
use core::time::Duration;

use linux::fs::write_all;
use linux::net::{
    Family, MessageFlags, Protocol, SocketFlags, SocketKind, UnixAddress, connect, recv, socket,
};
use linux::{Errno, retry, time};
use query::text::parse_decimal;
use system::services::SOCKET;

use crate::{Failure, Io, Outcome, Status};

/// How often it is asked whether a change has come.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a successor of process 1 is waited for.
const SUCCESSION: Duration = Duration::from_secs(10);

/// How a service is.
pub(super) struct Row {
    pub(super) name: Vec<u8>,
    pub(super) state: Vec<u8>,
    /// 0: it has no process.
    pub(super) pid: u64,
    pub(super) restarts: u64,
    /// How long it has been so.
    pub(super) age_ms: u64,
    pub(super) ended: Option<u64>,
    pub(super) waits_for: Vec<u8>,
    needs: Vec<u8>,
    /// How many of its processes were killed for want of memory.
    pub(super) out_of_memory: u64,
    /// The condition that keeps it from starting; empty: none.
    pub(super) unmet: Vec<u8>,
    pub(super) description: Vec<u8>,
}

impl Row {
    fn parse(line: &[u8], now_ms: u64) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b'\t');
        let (name, state) = (fields.next()?.to_vec(), fields.next()?.to_vec());
        let (pid, restarts) = (parse_decimal(fields.next()?)?, parse_decimal(fields.next()?)?);
        let since = parse_decimal(fields.next()?)?;
        let ended = parse_decimal(fields.next()?);
        let (waits_for, needs) = (fields.next()?.to_vec(), fields.next()?.to_vec());
        let age_ms = now_ms.saturating_sub(since);
        Some(Self {
            name,
            state,
            pid,
            restarts,
            age_ms,
            ended,
            waits_for,
            needs,
            out_of_memory: parse_decimal(fields.next()?)?,
            unmet: fields.next()?.to_vec(),
            description: fields.next()?.to_vec(),
        })
    }

    /// Gives those that it needs.
    pub(super) fn needs(&self) -> impl Iterator<Item = &[u8]> {
        self.needs.split(|byte| *byte == b',').filter(|name| !name.is_empty())
    }

    /// Says whether it runs, or has done its work.
    pub(super) fn is_well(&self) -> bool {
        matches!(self.state.as_slice(), b"running" | b"armed" | b"done" | b"skipped")
    }

    /// Says whether it becomes another one by itself.
    fn is_passing(&self) -> bool {
        matches!(self.state.as_slice(), b"starting" | b"resting" | b"stopping")
    }
}

/// Gives all services.
pub(super) fn list() -> Result<Vec<Row>, Failure> {
    let answer = answer(b"list", b"")?;
    let now_ms = system::machine::uptime().as_millis();
    Ok(answer.split(|byte| *byte == b'\n').filter_map(|line| Row::parse(line, now_ms)).collect())
}

/// Asks for a change; says why it was refused.
pub(super) fn change(io: &mut Io<'_>, verb: &[u8], name: &[u8]) -> Outcome {
    let answer = answer(verb, name)?;
    if answer.is_empty() {
        return Ok(io.complain(name, &"who answers was replaced meanwhile; ask again"));
    }
    Ok(refused(io, name, &answer).unwrap_or(Status::SUCCESS))
}

/// Says why a change was refused, if so.
fn refused(io: &mut Io<'_>, name: &[u8], answer: &[u8]) -> Option<Status> {
    let why = answer.trim_ascii_end().strip_prefix(b"error\t")?;
    Some(io.complain(name, &why.escape_ascii()))
}

/// Has process 1 become its successor, and waits until that is there.
pub(super) fn succeed(io: &mut Io<'_>) -> Outcome {
    let before = answer(b"successions", b"")?;
    // Who answers may be replaced before it has.
    let answered = answer(b"reexec", b"")?;
    if let Some(status) = refused(io, b"reexec", &answered) {
        return Ok(status);
    }
    for _ in 0..SUCCESSION.as_millis() / PAUSE.as_millis() {
        // Who answers may be replaced meanwhile, and then says nothing.
        let now = answer(b"successions", b"").unwrap_or_default();
        if !now.is_empty() && now != before {
            return Ok(Status::SUCCESS);
        }
        time::sleep(PAUSE);
    }
    Ok(io.complain(b"reexec", &"process 1 goes on as it is; its log says why"))
}

/// Waits until a service is what it does not leave by itself; a service that waits for others may wait for ever.
pub(super) fn settled(name: &[u8]) -> Result<Option<Row>, Failure> {
    loop {
        let rows = list()?;
        let is_waiting = |row: &Row| row.state == b"waiting";
        let find = |name: &[u8]| rows.iter().find(|row| row.name == name);
        // Whoever it waits for may be on its way.
        let mut next = find(name);
        while let Some(row) = next.filter(|row| is_waiting(row) && row.waits_for != row.name) {
            next = find(&row.waits_for);
        }
        if !next.is_some_and(Row::is_passing) {
            return Ok(rows.into_iter().find(|row| row.name == name));
        }
        time::sleep(PAUSE);
    }
}

pub(super) fn answer(verb: &[u8], name: &[u8]) -> Result<Vec<u8>, Failure> {
    let error = |errno: Errno| Failure::System(system::Error::new("ask", SOCKET.as_bytes(), errno));
    exchange([verb, b" ", name].concat().trim_ascii_end()).map_err(error)
}

fn exchange(line: &[u8]) -> linux::Result<Vec<u8>> {
    let socket = socket(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    let address = UnixAddress::path(SOCKET.as_bytes())?;
    retry(|| connect(&socket, &address))?;
    write_all(&socket, &[line, b"\n"].concat())?;
    let mut answer = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        match retry(|| recv(&socket, &mut bytes, MessageFlags::empty()))? {
            0 => return Ok(answer),
            count => answer.extend_from_slice(bytes.get(..count).unwrap_or_default()),
        }
    }
}
