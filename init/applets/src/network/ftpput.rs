//! `ftpput`: BusyBox's.

use super::ftp::{self, Session, Trouble, names};
use crate::{Applet, Input, Io, Keeps, Outcome, Parsed, Run, Status, source};

pub(crate) const APPLET: Applet = Applet {
    name: "ftpput",
    summary: "Send a file by FTP",
    usage: "[OPTION]... HOST [REMOTE] LOCAL",
    flags: ftp::FLAGS,
    run: Run::Confined(Keeps::Needed, run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some((host, remote, local)) = names(parsed) else { return Ok(parsed.usage(io)) };
    let mut status = Status::SUCCESS;
    let read = source::with(io, local, &mut |io, _, input| {
        let session = Session::begin(io, parsed, host, None);
        if let Err(trouble) = session.and_then(|session| send(io, session, remote, input)) {
            status = io.complain(host, &trouble);
        }
        Ok(())
    });
    Ok(status.and(io.report(local, read)))
}

fn send(io: &mut Io<'_>, mut session: Session, remote: &[u8], input: &mut Input<'_>) -> Result<(), Trouble> {
    let stream = session.open(io)?;
    let (code, text) = session.ask(io, b"STOR ", remote)?;
    if code / 100 != 1 {
        return Err(Trouble::Refused(code, text));
    }
    let mut to = &stream;
    let mut buffer = alloc::vec![0; 64 << 10];
    loop {
        let count = linux::retry(|| input.read(&mut buffer))?;
        if count == 0 {
            break;
        }
        io::Write::write_all(&mut to, buffer.get(..count).unwrap_or_default())?;
    }
    // The end of the connection is the end of the file.
    drop(stream);
    session.end(io)
}
