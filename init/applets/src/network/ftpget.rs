//! `ftpget`: BusyBox's.

use linux::fs::{FileKind, Mode, OpenFlags, open, stat};

use super::ftp::{self, Session, Trouble, names};
use crate::{Applet, Io, Keeps, Outcome, Parsed, Run, Status, sandbox};

pub(crate) const APPLET: Applet = Applet {
    name: "ftpget",
    summary: "Fetch a file by FTP",
    usage: "[OPTION]... HOST [LOCAL] REMOTE",
    flags: ftp::FLAGS,
    run: Run::Confined(Keeps::Needed, run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some((host, local, remote)) = names(parsed) else { return Ok(parsed.usage(io)) };
    let there = stat(local).ok().filter(|found| parsed.has(b'c') && found.kind() == FileKind::Regular);
    let offset = there.map_or(0, |found| found.size());
    let folder = (local != b"-").then(|| sandbox::folder_of(local)).transpose();
    let folder = folder.map_err(|errno| io.complain(local, &errno))?;
    let session = Session::begin(io, parsed, host, folder.as_ref());
    let fetched = match session {
        Ok(session) => fetch(io, session, local, remote, offset),
        Err(trouble) => Err((host, trouble)),
    };
    Ok(fetched.map_or_else(|(object, trouble)| io.complain(object, &trouble), |()| Status::SUCCESS))
}

fn fetch<'a>(
    io: &mut Io<'_>,
    mut session: Session,
    local: &'a [u8],
    remote: &'a [u8],
    offset: u64,
) -> Result<(), (&'a [u8], Trouble)> {
    let there = |trouble| (remote, trouble);
    let stream = session.open(io).map_err(there)?;
    let mut offset = offset;
    if offset > 0 && session.ask(io, b"REST ", alloc::format!("{offset}").as_bytes()).is_err() {
        offset = 0;
    }
    let (code, text) = session.ask(io, b"RETR ", remote).map_err(there)?;
    if code / 100 != 1 {
        return Err(there(Trouble::Refused(code, text)));
    }
    let how = if offset > 0 { OpenFlags::APPEND } else { OpenFlags::TRUNCATE };
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC | how;
    let here = |errno| (local, Trouble::System(errno));
    let file = if local == b"-" { None } else { Some(open(local, flags, Mode::octal(0o666)).map_err(here)?) };
    let mut buffer = alloc::vec![0; 64 << 10];
    loop {
        let count =
            linux::retry(|| linux::fs::read(&stream, &mut buffer)).map_err(|errno| there(errno.into()))?;
        let bytes = buffer.get(..count).unwrap_or_default();
        match &file {
            _ if bytes.is_empty() => break,
            Some(file) => linux::fs::write_all(file, bytes).map_err(here)?,
            None => io.out.put(bytes),
        }
    }
    // Servers may wait for the end of this connection before they say whether that was all of it.
    drop(stream);
    session.end(io).map_err(there)
}
