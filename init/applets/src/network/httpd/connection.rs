//! One connection: a request is read, and answered.

use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

use bulk::{Decoder, Radix};
use formats::etc::httpd_conf::{Line, parse};
use formats::wire::http::{Head, Request, request, unescape};
use io::{File, Folder};
use linux::fd::AsFd;
use linux::fs::FileKind;
use linux::net::Shutdown;
use net::{Socket, TcpStream};

use super::reply::{Reply, page};
use super::settings::Settings;
use super::{cgi, file, peer};
use crate::{Io, Status, sandbox};

/// How long a request may take to come, and an answer to go.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest head of a request.
const LONGEST: usize = 16 << 10;

/// Where programs are.
const PROGRAMS: &[u8] = b"/cgi-bin/";

/// A connection with what its request said.
pub(super) struct Connection<'a> {
    pub(super) stream: &'a TcpStream,
    pub(super) settings: &'a Settings<'a>,
    pub(super) root: Folder,
    /// Pages in place of errors that lie outside.
    outer: &'a [OuterPage<'a>],
    /// The other end, as text.
    pub(super) peer: &'a [u8],
    /// What came.
    pub(super) bytes: &'a [u8],
    pub(super) head: Head<'a>,
    pub(super) request: Request<'a>,
    /// The path that is meant, with what `%NN` stands for, and behind it what follows `?`.
    pub(super) path: Vec<u8>,
    pub(super) query: &'a [u8],
    /// The folders on the way to it that have a configuration of their own, and what that says.
    inner: Vec<(Vec<u8>, Vec<u8>)>,
    /// Who said a right password.
    pub(super) user: Option<Vec<u8>>,
}

/// A page in place of an error that lies outside the folder of the pages, opened while that is still allowed: its name and file.
type OuterPage<'s> = (&'s [u8], File);

/// Answers what comes over standard input.
pub(super) fn serve(io: &mut Io<'_>, settings: &Settings<'_>) -> Status {
    let stream = match linux::fs::dup(linux::fd::STDIN) {
        Ok(stream) => TcpStream::from(stream),
        Err(errno) => return io.complain(b"", &errno),
    };
    let root = match Folder::open(settings.home()) {
        Ok(root) => root,
        Err(errno) => return io.complain(settings.home(), &errno),
    };
    let outer = outer_pages(settings);
    if !settings.has_interpreters() && root.open_folder("cgi-bin").is_err() {
        sandbox::to_folders(&[(root.as_fd(), sandbox::READING)]);
    }
    let _ = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
    let (address, name) = peer(&stream);
    let mut bytes = Vec::new();
    let read = read(&stream, &mut bytes);
    let answered =
        read.and_then(|()| answer(io, settings, &stream, (root, &outer), (address, &name), &bytes));
    let code = answered.unwrap_or_else(|code| {
        if code != 0 {
            refuse(&stream, code);
        }
        code
    });
    if settings.verbosity > 1 && code != 0 {
        let mut text = Vec::new();
        query::text::decimal(code.into(), &mut text);
        say(io, &[&name, b": response:", &text]);
    }
    // What is still on its way would else be answered by a reset, which takes the answer along.
    if stream.shutdown(Shutdown::Write).is_ok() {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let mut rest = [0; 4096];
        let mut left = 64;
        while left > 0 && linux::fs::read(&stream, &mut rest).is_ok_and(|count| count > 0) {
            left -= 1;
        }
    }
    Status::SUCCESS
}

/// Opens the pages of errors whose names begin with a slash, as far as there are such.
fn outer_pages<'s>(settings: &'s Settings<'_>) -> Vec<OuterPage<'s>> {
    let pages = settings.error_pages().filter(|(_, name)| name.starts_with(b"/"));
    pages
        .filter_map(|(_, name)| {
            let file = File::from(crate::source::open_file(name).ok()?);
            file.metadata().is_ok_and(|about| about.kind() == FileKind::Regular).then_some((name, file))
        })
        .collect()
}

fn say(io: &mut Io<'_>, words: &[&[u8]]) {
    words.iter().for_each(|word| io.err.printable(word));
    io.err.put(b"\n");
    io.err.flush();
}

/// Reads to the end of a head; the error is the code to answer with, 0 for none.
fn read(stream: &TcpStream, bytes: &mut Vec<u8>) -> Result<(), u16> {
    let begun = linux::time::monotonic();
    while Head::find(bytes).is_none() {
        let length = bytes.len();
        if length >= LONGEST {
            return Err(431);
        }
        // Byte by byte it may not take for ever either.
        if linux::time::monotonic().saturating_sub(begun) > PATIENCE {
            return Err(408);
        }
        bytes.resize(LONGEST, 0);
        let room = bytes.get_mut(length..).unwrap_or_default();
        let count = linux::retry(|| linux::fs::read(stream, room));
        bytes.truncate(length + count.unwrap_or(0));
        match count {
            Ok(0) if length == 0 => return Err(0),
            Ok(0) => return Err(400),
            Ok(_) => {}
            Err(linux::Errno::AGAIN) => return Err(408),
            Err(_) => return Err(0),
        }
    }
    Ok(())
}

/// Answers a request, and gives the code; the error is the code of an answer that is still to be given.
fn answer(
    io: &mut Io<'_>,
    settings: &Settings<'_>,
    stream: &TcpStream,
    (root, outer): (Folder, &[OuterPage<'_>]),
    (address, name): (Option<IpAddr>, &[u8]),
    bytes: &[u8],
) -> Result<u16, u16> {
    let head = Head::find(bytes).ok_or(400_u16)?;
    let request = request(head.first).map_err(|_| 400_u16)?;
    let mut parts = request.target.splitn(2, |byte| *byte == b'?');
    let path = unescape(parts.next().unwrap_or_default()).filter(|path| !path.contains(&0)).ok_or(400_u16)?;
    let query = parts.next().unwrap_or_default();
    if settings.verbosity > 0 {
        say(io, &[name, b": url:", &path]);
    }
    let path = plain(&path).ok_or(400_u16)?;
    let inner = inner(&root, &path);
    let is_welcome = is_allowed(&settings.text, address);
    if !is_welcome || !inner.iter().all(|(_, text)| is_allowed(text, address)) {
        return Err(403);
    }
    let user = None;
    let mut connection = Connection {
        stream,
        settings,
        root,
        outer,
        peer: name,
        bytes,
        head,
        request,
        path,
        query,
        inner,
        user,
    };
    connection.admit()?;
    if connection.path.ends_with(b"/httpd.conf") {
        return Err(connection.error(404));
    }
    if connection.path.starts_with(PROGRAMS) || settings.interpreter(&connection.path).is_some() {
        return cgi::run(io, &connection).map_err(|code| connection.error(code));
    }
    match request.method {
        b"GET" | b"HEAD" => file::send(&connection).map_err(|code| connection.error(code)),
        b"POST" | b"PUT" | b"DELETE" => Err(405),
        _ => Err(501),
    }
}

/// Takes `.`, `..` and empty parts out of a path; nothing where it leads above its beginning.
fn plain(path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut is_folder = true;
    for part in path.split(|byte| *byte == b'/') {
        is_folder = matches!(part, b"" | b"." | b"..");
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let mut plain = Vec::with_capacity(path.len() + 1);
    for part in &parts {
        plain.push(b'/');
        plain.extend_from_slice(part);
    }
    if is_folder {
        plain.push(b'/');
    }
    Some(plain)
}

/// Reads the configuration of each folder on a path.
fn inner(root: &Folder, path: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    /// No configuration of a folder is longer.
    const MOST: usize = 64 << 10;
    let mut found = Vec::new();
    for end in memchr::memchr_iter(b'/', path).filter(|end| *end > 0) {
        let folder = path.get(..end).unwrap_or_default();
        let Ok(file) = file::open(root, &[folder, b"/httpd.conf"].concat()) else { continue };
        let mut text = Vec::new();
        match crate::Input::Descriptor(file.as_fd()).read_some(&mut text, MOST) {
            Ok(false) => {}
            // Of what cannot be read whole nothing is allowed.
            _ => text = b"D:*".to_vec(),
        }
        found.push((folder.to_vec(), text));
    }
    found
}

/// Says whether an address may ask: who is refused comes first, then who is allowed; else it depends on whether all others are
/// refused.
fn is_allowed(text: &[u8], address: Option<IpAddr>) -> bool {
    let Some(address) = address else { return true };
    let mut refuses_all = false;
    for line in parse(text) {
        if let Line::Deny(peers) = line {
            if peers.is_all() {
                refuses_all = true;
            } else if peers.contains(address) {
                return false;
            }
        }
    }
    let is_named = |line| matches!(line, Line::Allow(peers) if peers.contains(address));
    !refuses_all || parse(text).any(is_named)
}

impl Connection<'_> {
    /// Asks for name and password where a line wants one; of several lines those of the longest path count.
    fn admit(&mut self) -> Result<(), u16> {
        let covers = |of: &[u8]| {
            let of = of.strip_suffix(b"/").unwrap_or(of);
            self.path.strip_prefix(of).is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
        };
        let mut users = Vec::new();
        let outer = (Vec::new(), self.settings.text.clone());
        for (folder, text) in self.inner.iter().chain([&outer]) {
            for line in parse(text) {
                if let Line::User { path, user, password } = line {
                    let path = [folder, path].concat();
                    if covers(&path) {
                        users.push((path.len(), [user, b":", password].concat()));
                    }
                }
            }
        }
        let Some(longest) = users.iter().map(|user| user.0).max() else { return Ok(()) };
        let given = self.head.field("Authorization").and_then(|value| value.strip_prefix(b"Basic "));
        let mut said = Vec::new();
        let mut decoder = Decoder::new(Radix::Base64, false);
        let given = given.unwrap_or_default().trim_ascii();
        let is_text = decoder.decode(given, &mut said).is_ok() && decoder.finish(&mut said).is_ok();
        let is_right =
            is_text && users.iter().any(|(length, user)| *length == longest && is_same(&said, user));
        if is_right {
            self.user = said.split(|byte| *byte == b':').next().map(<[u8]>::to_vec);
            return Ok(());
        }
        let mut reply = Reply::new(401);
        let realm: Vec<u8> =
            self.settings.realm.iter().copied().filter(|byte| !b"\"\r\n".contains(byte)).collect();
        reply.field("WWW-Authenticate", &[b"Basic realm=\"", &realm[..], b"\""].concat());
        reply.field("Content-Type", b"text/html");
        let _ = reply.send(self.stream, &page(401));
        // It is answered.
        Err(0)
    }

    /// Answers with the page that the configuration has in place of an error; gives the code that is still to be answered with,
    /// 0 for none.
    fn error(&self, code: u16) -> u16 {
        let Some(name) = self.settings.error_page(code) else { return code };
        let outer = self.outer.iter().find(|page| page.0 == name).map(|page| &page.1);
        // What is not to be found there may be meant to be one of the pages.
        let inner = if outer.is_none() { file::open(&self.root, name).ok() } else { None };
        let Some(opened) = outer.or(inner.as_ref()) else { return code };
        let mut bytes = Vec::new();
        if crate::Input::Descriptor(opened.as_fd()).read_some(&mut bytes, 1 << 20).is_err() {
            return code;
        }
        let mut reply = Reply::new(code);
        reply.field("Content-Type", self.settings.kind(name));
        reply.number("Content-Length", bytes.len() as u64);
        let _ = reply.send(self.stream, if self.request.method == b"HEAD" { b"" } else { &bytes });
        0
    }
}

/// Compares secrets in a time that says nothing of where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differences == 0
}

fn refuse(stream: &TcpStream, code: u16) {
    let mut reply = Reply::new(code);
    let body = page(code);
    if code == 405 {
        reply.field("Allow", b"GET, HEAD");
    }
    reply.field("Content-Type", b"text/html");
    reply.number("Content-Length", body.len() as u64);
    // Who is gone has no need of it.
    let _ = reply.send(stream, &body);
}
