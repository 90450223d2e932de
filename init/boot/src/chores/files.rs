//! What must be there at each start, as `tmpfiles.d(5)` lists it.

use alloc::vec::Vec;

use formats::etc::tmpfiles::{self, Kind, Line};
use linux::Errno;
use linux::fd::OwnedFd;
use linux::fs::{self, Mode, OpenFlags};
use system::users::Names;
use system::{file, folder};

use super::shown;
use crate::log::Log;

/// Where the lists are; a name in one folder hides the same name in those behind it.
const FOLDERS: [&[u8]; 3] = [b"/etc/tmpfiles.d", b"/run/tmpfiles.d", b"/usr/lib/tmpfiles.d"];

/// Makes what the lists say; what cannot be made is named in the log.
pub(super) fn make(log: Log) {
    let mut names = None;
    for path in folder::overlaid(&FOLDERS, b".conf") {
        let text = file::read(&path).unwrap_or_default();
        for (number, line) in tmpfiles::parse(&text).enumerate() {
            let done = match &line {
                Ok(line) => one(line, names.get_or_insert_with(Names::read)).map_err(|errno| (line, errno)),
                Err(error) => {
                    log.error(format_args!("{}: entry {}: {error}", shown(&path), number + 1));
                    continue;
                }
            };
            if let Err((line, cause)) = done
                && !line.may_fail
            {
                log.error(format_args!("{}: {}: {cause}", shown(&path), shown(&line.path)));
            }
        }
    }
}

fn one(line: &Line<'_>, names: &Names) -> linux::Result<()> {
    let path = line.path.as_slice();
    match line.kind {
        Kind::Folder => {
            make_parents(path);
            match fs::mkdir(path, Mode::octal(line.mode.unwrap_or(0o755))) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
            let flags =
                OpenFlags::READ | OpenFlags::DIRECTORY | OpenFlags::NO_FOLLOW | OpenFlags::CLOSE_ON_EXEC;
            own(&fs::open(path, flags, Mode::empty())?, line, 0o755, names)
        }
        Kind::File | Kind::NewFile => {
            make_parents(path);
            let how = if line.kind == Kind::File { OpenFlags::EXCLUSIVE } else { OpenFlags::TRUNCATE };
            match write(path, OpenFlags::CREATE | how | OpenFlags::NO_FOLLOW, &line.argument) {
                Ok(file) => own(&file, line, 0o644, names),
                Err(Errno::EXIST) => Ok(()),
                Err(errno) => Err(errno),
            }
        }
        Kind::Link | Kind::NewLink => {
            make_parents(path);
            if line.kind == Kind::NewLink {
                let _ = fs::unlink(path);
            }
            match fs::symlink(line.argument.as_slice(), path) {
                Err(Errno::EXIST) if line.kind == Kind::Link => Ok(()),
                done => done,
            }
        }
        Kind::Text => write(path, OpenFlags::empty(), &line.argument).map(drop),
        Kind::MoreText => write(path, OpenFlags::APPEND, &line.argument).map(drop),
        // Removing, copying and ages are for those who clean up.
        Kind::Other(_) => Ok(()),
    }
}

fn write(path: &[u8], how: OpenFlags, text: &[u8]) -> linux::Result<OwnedFd> {
    let flags = OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC | how;
    let file = fs::open(path, flags, Mode::octal(0o644))?;
    if !text.is_empty() {
        fs::write_all(&file, text)?;
    }
    Ok(file)
}

/// Gives what was made its owner and permissions: the very file, for at its path somebody may have put a link meanwhile.
fn own(file: &OwnedFd, line: &Line<'_>, mode: u32, names: &Names) -> linux::Result<()> {
    let number = |name: &[u8], find: &dyn Fn(&[u8]) -> Option<u32>| match name {
        // An image may have no list of users.
        b"" | b"root" => Ok(0),
        name => find(name).ok_or(Errno::INVAL),
    };
    let user = number(line.user, &|name| names.find_user(name))?;
    let group = number(line.group, &|name| names.find_group(name))?;
    fs::fchown(file, Some(user), Some(group))?;
    fs::fchmod(file, Mode::octal(line.mode.unwrap_or(mode)))
}

fn make_parents(path: &[u8]) {
    let slashes: Vec<usize> =
        path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/').map(|(at, _)| at).collect();
    for at in slashes {
        let _ = fs::mkdir(path.get(..at).unwrap_or_default(), Mode::octal(0o755));
    }
}
