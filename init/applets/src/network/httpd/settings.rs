//! What options and configuration say.

use alloc::vec::Vec;

use formats::etc::httpd_conf::{Line, parse};

use crate::{Io, Parsed, Status};

const DEFAULT: &[u8] = b"/etc/httpd.conf";

pub(super) struct Settings<'a> {
    /// The configuration.
    pub(super) text: Vec<u8>,
    home: Option<&'a [u8]>,
    pub(super) realm: &'a [u8],
    /// How much is said: 0 nothing, 1 what is asked for, 2 what is answered.
    pub(super) verbosity: usize,
}

impl<'a> Settings<'a> {
    pub(super) fn new(io: &mut Io<'_>, parsed: &Parsed<'a>) -> Result<Self, Status> {
        let text = match parsed.value(b'c') {
            Some(path) => system::file::read(path).map_err(|error| io.complain(b"", &error))?,
            None => system::file::read(DEFAULT).unwrap_or_default(),
        };
        Ok(Self {
            text,
            home: parsed.value(b'h'),
            realm: parsed.value(b'r').unwrap_or(b"Web Server Authentication"),
            verbosity: parsed.values(b'v').count(),
        })
    }

    /// Gives the lines of the configuration.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        parse(&self.text)
    }

    fn find<'s, T>(&'s self, what: impl Fn(Line<'s>) -> Option<T>) -> Option<T> {
        self.lines().find_map(what)
    }

    /// Gives the folder of the pages.
    pub(super) fn home(&self) -> &[u8] {
        let named = self.find(|line| if let Line::Home(home) = line { Some(home) } else { None });
        self.home.or(named).unwrap_or(b".")
    }

    /// Gives the page of a folder.
    pub(super) fn index(&self) -> &[u8] {
        self.find(|line| if let Line::Index(name) = line { Some(name) } else { None })
            .unwrap_or(b"index.html")
    }

    /// Gives the pages in place of errors: their codes, and their paths within the folder of the pages, or with a slash before them of
    /// the file system.
    pub(super) fn error_pages(&self) -> impl Iterator<Item = (u16, &[u8])> {
        self.lines().filter_map(|line| if let Line::Error(of, page) = line { Some((of, page)) } else { None })
    }

    /// Gives the page in place of one error.
    pub(super) fn error_page(&self, code: u16) -> Option<&[u8]> {
        self.error_pages().find(|(of, _)| *of == code).map(|(_, page)| page)
    }

    /// Gives the program that a file is given to.
    pub(super) fn interpreter(&self, path: &[u8]) -> Option<&[u8]> {
        let ending = ending(path)?;
        self.find(|line| match line {
            Line::Interpreter(of, program) if of == ending => Some(program),
            _ => None,
        })
    }

    /// Says whether there are programs that files are given to.
    pub(super) fn has_interpreters(&self) -> bool {
        self.lines().any(|line| matches!(line, Line::Interpreter(..)))
    }

    /// Gives the type of a file.
    pub(super) fn kind(&self, path: &[u8]) -> &[u8] {
        /// Endings and their types.
        const KNOWN: &[(&[u8], &[u8])] = &[
            (b"css", b"text/css"),
            (b"gif", b"image/gif"),
            (b"gz", b"application/gzip"),
            (b"htm", b"text/html"),
            (b"html", b"text/html"),
            (b"ico", b"image/x-icon"),
            (b"jpeg", b"image/jpeg"),
            (b"jpg", b"image/jpeg"),
            (b"js", b"text/javascript"),
            (b"json", b"application/json"),
            (b"mp3", b"audio/mpeg"),
            (b"mp4", b"video/mp4"),
            (b"pdf", b"application/pdf"),
            (b"png", b"image/png"),
            (b"svg", b"image/svg+xml"),
            (b"txt", b"text/plain"),
            (b"wasm", b"application/wasm"),
            (b"wav", b"audio/wav"),
            (b"webp", b"image/webp"),
            (b"woff2", b"font/woff2"),
            (b"xml", b"application/xml"),
            (b"zip", b"application/zip"),
        ];
        let Some(ending) = ending(path) else { return b"application/octet-stream" };
        let said = self.find(|line| match line {
            Line::Type(of, kind) if of.eq_ignore_ascii_case(ending) => Some(kind),
            _ => None,
        });
        let known = KNOWN.iter().find(|known| known.0.eq_ignore_ascii_case(ending)).map(|known| known.1);
        said.or(known).unwrap_or(b"application/octet-stream")
    }
}

/// Gives what is behind the last point of a name.
fn ending(path: &[u8]) -> Option<&[u8]> {
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let at = name.iter().rposition(|byte| *byte == b'.')?;
    name.get(at + 1..)
}
