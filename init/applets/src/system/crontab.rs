//! `crontab` (POSIX; BusyBox's -c). Lines that make no sense are refused, with their numbers, and nothing is changed then. crond reads
//! the file again by itself.

use alloc::vec::Vec;

use formats::etc::crontab::{Line, When, lines};
use io::process::Command;
use linux::Errno;
use linux::fs::{Mode, OpenFlags, chown, fsync, open, rename, unlink, write_all};
use linux::process::{Ended, geteuid, getuid};
use query::text::decimal;
use query::{Rows, Value};
use system::users::Names;
use time::schedule::next;

use super::crond::FOLDER;
use crate::file::{moment, path};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status, source};

pub(crate) const APPLET: Applet = Applet {
    name: "crontab",
    summary: "Show or change which jobs crond runs for a user",
    usage: "[OPTION]... [FILE]\n-l|-e|-r [OPTION]...",
    flags: flags![
        Flag::with(b'c', "crontabs", "FOLDER", "the folder (/var/spool/cron/crontabs)"),
        Flag::with(b'u', "user", "NAME", "the user (the one who asks)"),
        Flag::new(b'l', "list", "show it"),
        Flag::new(b'e', "edit", "change it with VISUAL, EDITOR or vi"),
        Flag::new(b'r', "remove", "take it away"),
        Flag::rows("schedule command next_unix_seconds:n?"),
    ],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let names = Names::read();
    let own = names.user(getuid());
    let user = parsed.value(b'u').unwrap_or(&own);
    let Some(number) = names.user_number(user) else { return Ok(io.complain(user, &"no such user")) };
    if getuid() != 0 && number != getuid() {
        return Ok(io.complain(user, &Errno::PERM));
    }
    let file = path::join(parsed.value(b'c').unwrap_or(FOLDER), user);
    let table = Table { user, number, file };
    match (parsed.last_of(b"ler"), parsed.operands.as_slice()) {
        (Some(b'l'), []) => table.list(io, parsed),
        (None, []) if parsed.has(JSON) => table.list(io, parsed),
        (Some(b'r'), []) => Ok(io.report(user, unlink(table.file.as_slice()))),
        (Some(_), []) => table.edit(io),
        (None, [] | [_]) => {
            let name = parsed.operands.first().copied().unwrap_or(b"-");
            let mut text = Vec::new();
            let read = source::with(io, name, &mut |_, _, input| input.read_all(&mut text));
            read.map_err(|errno| io.complain(name, &errno))?;
            table.put(io, name, &text)
        }
        _ => Ok(parsed.usage(io)),
    }
}

/// A user's crontab.
struct Table<'a> {
    user: &'a [u8],
    number: u32,
    file: Vec<u8>,
}

impl Table<'_> {
    fn text(&self, io: &mut Io<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut text = Vec::new();
        match system::file::read_into(self.file.as_slice(), &mut text) {
            Ok(()) => Ok(Some(text)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(io.complain(&self.file, &errno)),
        }
    }

    fn list(&self, io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
        let Some(text) = self.text(io)? else { return Ok(io.complain(self.user, &"has no crontab")) };
        if !parsed.has(JSON) {
            io.out.put(&text);
            return Ok(Status::SUCCESS);
        }
        let (zone, now) = (moment::zone(io), system::machine::now());
        let mut rows = Rows::named("schedule command next_unix_seconds");
        for (_, line) in lines(&text) {
            let Some(Line::Job(job)) = line else { continue };
            let time = match job.when {
                When::Boot => None,
                When::At(schedule) => next(&schedule, now, &zone),
            };
            let time = time.and_then(|time| u64::try_from(time).ok()).map_or(Value::Unknown, Value::Number);
            rows.push([Value::text(job.words), Value::text(job.command), time]);
        }
        rows.json(&mut io.out);
        Ok(Status::SUCCESS)
    }

    /// Puts a text in its place, unless a line of it makes no sense.
    fn put(&self, io: &mut Io<'_>, name: &[u8], text: &[u8]) -> Outcome {
        let mut status = Status::SUCCESS;
        for (number, _) in lines(text).filter(|(_, line)| line.is_none()) {
            let mut place = [name, b":"].concat();
            decimal(number as u64, &mut place);
            status = io.complain(&place, &"this line makes no sense");
        }
        if status != Status::SUCCESS {
            return Ok(status);
        }
        let draft = self.draft();
        let written = draft_of(&draft, text).and_then(|()| {
            // Only root can give it to others, and needs not for himself.
            if geteuid() == 0 { chown(draft.as_slice(), Some(self.number), None) } else { Ok(()) }
        });
        let placed = written.and_then(|()| rename(draft.as_slice(), self.file.as_slice()));
        if placed.is_err() {
            let _ = unlink(draft.as_slice());
        }
        Ok(io.report(&self.file, placed))
    }

    /// Gives the name of a draft, which crond passes over.
    fn draft(&self) -> Vec<u8> {
        let (folder, name) = (path::parent(&self.file), self.user);
        path::join(folder, &[b".", name, b".new"].concat())
    }

    /// Has a copy edited in the folder of temporary files; it is kept there where it makes no sense.
    fn edit(&self, io: &mut Io<'_>) -> Outcome {
        let before = self.text(io)?.unwrap_or_default();
        let folder = io.variable("TMPDIR").unwrap_or(b"/tmp");
        let mut name = [self.user, b".crontab."].concat();
        decimal(linux::process::getpid().get().unsigned_abs().into(), &mut name);
        let copy = path::join(folder, &name);
        draft_of(&copy, &before).map_err(|errno| io.complain(&copy, &errno))?;
        let editor = io.variable("VISUAL").or_else(|| io.variable("EDITOR")).unwrap_or(b"vi");
        // It may be more than one word.
        let line = [editor, b" \"$1\""].concat();
        let mut command = Command::new("/bin/sh");
        let variables = io.environment.iter().filter_map(|entry| alloc::ffi::CString::new(*entry).ok());
        command.arguments([&b"-c"[..], &line, b"sh", &copy]).environment(variables);
        let ended = command.start().map(|mut child| child.wait());
        let mut text = Vec::new();
        let status = match ended {
            Ok(Ok(Ended::Exited(0))) => match system::file::read_into(copy.as_slice(), &mut text) {
                Ok(()) if text == before => Status::SUCCESS,
                Ok(()) => self.put(io, &copy, &text)?,
                Err(errno) => io.complain(&copy, &errno),
            },
            _ => io.complain(editor, &"has failed; nothing is changed"),
        };
        if status == Status::SUCCESS {
            let _ = unlink(copy.as_slice());
        } else {
            io.complain(&copy, &"this is what was edited");
        }
        Ok(status)
    }
}

/// Makes a file that only its owner can read; one of that name that was left is none of ours.
fn draft_of(path: &[u8], text: &[u8]) -> linux::Result<()> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::CLOSE_ON_EXEC;
    match unlink(path) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    let file = open(path, flags, Mode::octal(0o600))?;
    write_all(&file, text)?;
    fsync(&file)
}
