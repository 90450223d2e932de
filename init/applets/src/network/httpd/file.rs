//! Files as answers.

use alloc::vec::Vec;

use formats::wire::http::{Part, escape, part, takes_coding};
use io::{File, Folder};
use linux::fd::AsFd;
use linux::fs::{FileKind, Metadata, Mode, OpenFlags, Resolve, openat, openat2, sendfile};
use linux::{Errno, Result};

use super::connection::Connection;
use super::reply::Reply;
use super::version::Version;

/// Opens a file by its path beneath a folder, which no name in it leads out of.
pub(super) fn open(root: &Folder, path: &[u8]) -> Result<File> {
    let relative = path.strip_prefix(b"/").unwrap_or(path);
    let relative = if relative.is_empty() { b"." } else { relative };
    // A fifo must not be waited for.
    let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NONBLOCK;
    let resolve = Resolve::BENEATH | Resolve::NO_MAGIC_LINKS;
    match openat2(root.as_fd(), relative, flags, Mode::empty(), resolve) {
        Err(Errno::NOSYS) => step_by_step(root, relative, flags),
        opened => opened.map(File::from),
    }
}

/// The same before Linux 5.6: without any links then.
fn step_by_step(root: &Folder, path: &[u8], flags: OpenFlags) -> Result<File> {
    let mut folder = linux::fs::dup(root.as_fd())?;
    for part in path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
        if part == b".." {
            return Err(Errno::XDEV);
        }
        folder = openat(&folder, part, flags | OpenFlags::NO_FOLLOW, Mode::empty())?;
    }
    Ok(File::from(folder))
}

/// Gives the code that a failure is answered with.
pub(super) fn code(errno: Errno) -> u16 {
    match errno {
        Errno::ACCES | Errno::PERM | Errno::XDEV | Errno::LOOP => 403,
        Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG | Errno::NXIO => 404,
        _ => 500,
    }
}

/// Answers with a file, or with the index of a folder; gives the code.
pub(super) fn send(connection: &Connection<'_>) -> core::result::Result<u16, u16> {
    let mut path = connection.path.clone();
    let mut file = open(&connection.root, &path).map_err(code)?;
    let mut about = file.metadata().map_err(code)?;
    if about.kind() == FileKind::Directory {
        if !path.ends_with(b"/") {
            return Ok(lead_on(connection));
        }
        path.extend_from_slice(connection.settings.index());
        file = open(&connection.root, &path)
            .map_err(|errno| if errno == Errno::NOENT { 403 } else { code(errno) })?;
        about = file.metadata().map_err(code)?;
    }
    if about.kind() != FileKind::Regular || path.ends_with(b"/") {
        return Err(if path.ends_with(b"/") { 404 } else { 403 });
    }
    let twin = twin(connection, &path);
    let varies = twin.is_some();
    let takes = connection.head.field("Accept-Encoding").is_some_and(|list| takes_coding(list, b"gzip"));
    let (file, about, is_compressed) = match twin.filter(|_| takes) {
        Some((file, about)) => (file, about, true),
        None => (file, about, false),
    };
    give(connection, &Found { file, about, path, is_compressed, varies })
}

/// What is to be sent.
struct Found {
    file: File,
    about: Metadata,
    /// The name that tells its type.
    path: Vec<u8>,
    /// Whether it is the compressed twin of what that name has.
    is_compressed: bool,
    /// Whether who takes another coding gets another file.
    varies: bool,
}

/// Finds what has been compressed beforehand: a file with `.gz` behind its name.
fn twin(connection: &Connection<'_>, path: &[u8]) -> Option<(File, Metadata)> {
    let file = open(&connection.root, &[path, b".gz"].concat()).ok()?;
    let about = file.metadata().ok()?;
    (about.kind() == FileKind::Regular).then_some((file, about))
}

/// Says where a folder is to be found: with a slash behind its name, so that what it names is found in it.
fn lead_on(connection: &Connection<'_>) -> u16 {
    let mut reply = Reply::new(302);
    let mut place = Vec::new();
    escape(&connection.path, &mut place);
    place.push(b'/');
    if !connection.query.is_empty() {
        place.push(b'?');
        place.extend_from_slice(connection.query);
    }
    reply.field("Location", &place);
    reply.number("Content-Length", 0);
    let _ = reply.send(connection.stream, b"");
    302
}

fn give(connection: &Connection<'_>, found: &Found) -> core::result::Result<u16, u16> {
    let head = &connection.head;
    let version = Version::of(&found.about);
    match version.refusal(head) {
        Some(304) => {
            let mut reply = Reply::new(304);
            found.put_variance(&mut reply);
            version.put(&mut reply);
            let _ = reply.send(connection.stream, b"");
            return Ok(304);
        }
        Some(code) => return Err(code),
        None => {}
    }
    let size = found.about.size();
    let may_be_part = version.has_part(head) && connection.request.method == b"GET";
    let range = head.field("Range").filter(|_| may_be_part);
    let wanted = range.map_or(Part::Whole, |range| part(range, size));
    let (code, first, count) = match wanted {
        Part::Whole => (200, 0, size),
        Part::Bytes(first, last) => (206, first, last - first + 1),
        Part::Outside => {
            let mut reply = Reply::new(416);
            reply.field("Content-Range", alloc::format!("bytes */{size}").as_bytes());
            reply.number("Content-Length", 0);
            let _ = reply.send(connection.stream, b"");
            return Ok(416);
        }
    };
    let mut reply = Reply::new(code);
    reply.field("Content-Type", connection.settings.kind(&found.path));
    if found.is_compressed {
        reply.field("Content-Encoding", b"gzip");
    }
    found.put_variance(&mut reply);
    if code == 206 {
        reply.field("Content-Range", alloc::format!("bytes {first}-{}/{size}", first + count - 1).as_bytes());
    }
    reply.field("Accept-Ranges", b"bytes");
    version.put(&mut reply);
    reply.number("Content-Length", count);
    let sent = reply.send(connection.stream, b"");
    if sent.is_ok() && connection.request.method == b"GET" {
        // What fails now can be told by the length alone.
        let _ = pour(connection, &found.file, first, count);
    }
    Ok(code)
}

impl Found {
    /// Tells caches what the answer depends on.
    fn put_variance(&self, reply: &mut Reply) {
        if self.varies {
            reply.field("Vary", b"Accept-Encoding");
        }
    }
}

fn pour(connection: &Connection<'_>, file: &File, first: u64, mut count: u64) -> Result<()> {
    let first = i64::try_from(first).map_err(|_| Errno::FBIG)?;
    linux::fs::lseek(file.as_fd(), linux::fs::From::Start(first.unsigned_abs()))?;
    while count > 0 {
        let most = usize::try_from(count).unwrap_or(usize::MAX).min(1 << 30);
        match linux::retry(|| sendfile(connection.stream, file.as_fd(), most))? {
            0 => return Err(Errno::IO),
            sent => count -= sent as u64,
        }
    }
    Ok(())
}
