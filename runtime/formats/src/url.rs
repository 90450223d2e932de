//! Addresses of the web (RFC 3986), as far as those of HTTP and FTP go: their parts, and others that are relative to them.

use alloc::vec::Vec;

/// The parts of an address, as they stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// The scheme, in small letters: `http`.
    pub scheme: Vec<u8>,
    /// Name and password, `NAME:PASSWORD`, still escaped.
    pub user: Option<Vec<u8>>,
    /// The host; an IPv6 address without its brackets.
    pub host: Vec<u8>,
    /// The port, if it is said.
    pub port: Option<u16>,
    /// The path with the query, at least `/`, without the fragment.
    pub target: Vec<u8>,
}

impl Url {
    /// Reads an address; one without a scheme is of HTTP. Nothing where there is no host, no such port, or a character that would
    /// end a line.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.iter().any(u8::is_ascii_control) {
            return None;
        }
        let (scheme, rest) = match find(text, b"://") {
            Some(at) => (text.get(..at)?.to_ascii_lowercase(), text.get(at + 3..)?),
            None => (b"http".to_vec(), text),
        };
        let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end)?;
        let (user, place) = match authority.iter().rposition(|byte| *byte == b'@') {
            Some(at) => (Some(authority.get(..at)?.to_vec()), authority.get(at + 1..)?),
            None => (None, authority),
        };
        let (host, port) = match place.strip_prefix(b"[") {
            Some(place) => {
                let end = place.iter().position(|byte| *byte == b']')?;
                (place.get(..end)?, place.get(end + 1..)?)
            }
            None => {
                place.split_at_checked(place.iter().position(|byte| *byte == b':').unwrap_or(place.len()))?
            }
        };
        let port = match port {
            b"" | b":" => None,
            [b':', digits @ ..] => Some(core::str::from_utf8(digits).ok()?.parse().ok()?),
            _ => return None,
        };
        let target = target.split(|byte| *byte == b'#').next().unwrap_or_default();
        let target = if target.first() == Some(&b'/') { target.to_vec() } else { [b"/", target].concat() };
        let target = spaces(&target);
        (!host.is_empty()).then(|| Self { scheme, user, host: host.to_vec(), port, target })
    }

    /// Gives what an address stands for that is met here, which may leave out what is the same.
    pub fn join(&self, reference: &[u8]) -> Option<Self> {
        let is_whole = find(reference, b"://").is_some_and(|at| {
            reference.get(..at).is_some_and(|scheme| scheme.iter().all(u8::is_ascii_alphanumeric))
        });
        if is_whole {
            return Self::parse(reference);
        }
        if reference.starts_with(b"//") {
            return Self::parse(&[&self.scheme[..], b":", reference].concat());
        }
        if reference.iter().any(u8::is_ascii_control) {
            return None;
        }
        let reference = reference.split(|byte| *byte == b'#').next().unwrap_or_default();
        let path = self.target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let target = match reference.first() {
            None => self.target.clone(),
            Some(b'/') => plain(reference),
            Some(b'?') => [path, reference].concat(),
            Some(_) => {
                let folder = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                plain(&[path.get(..folder)?, reference].concat())
            }
        };
        Some(Self { target: spaces(&target), ..self.clone() })
    }

    /// Gives the name of the file: the last part of the path, without the query; empty for a folder.
    pub fn file_name(&self) -> &[u8] {
        let path = self.target.split(|byte| *byte == b'?').next().unwrap_or_default();
        path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// A space would end the target of a request.
fn spaces(target: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(target.len());
    for byte in target {
        match byte {
            b' ' => out.extend_from_slice(b"%20"),
            _ => out.push(*byte),
        }
    }
    out
}

/// Takes `.` and `..` out of a path (RFC 3986 section 5.2.4).
fn plain(target: &[u8]) -> Vec<u8> {
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at(end);
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut is_folder = false;
    for part in path.split(|byte| *byte == b'/').skip(1) {
        is_folder = matches!(part, b"." | b".." | b"");
        match part {
            b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if is_folder && parts.last().is_none_or(|last| !last.is_empty()) {
        parts.push(b"");
    }
    let mut out = Vec::with_capacity(target.len());
    for part in parts {
        out.push(b'/');
        out.extend_from_slice(part);
    }
    out.extend_from_slice(query);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    fn shown(url: &Url) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let user = url.user.as_ref().map(|user| text(user) + "@").unwrap_or_default();
        let port = url.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}|{user}{}{port}|{}", text(&url.scheme), text(&url.host), text(&url.target))
    }

    #[test]
    fn parts() {
        for (text, expected) in [
            ("host", "http|host|/"),
            ("HTTP://host:81/a/b?c=d#e", "http|host:81|/a/b?c=d"),
            ("http://me:pass@host/", "http|me:pass@host|/"),
            ("http://[::1]:8080/x", "http|::1:8080|/x"),
            ("ftp://h/a b", "ftp|h|/a%20b"),
            ("http://h?q", "http|h|/?q"),
            ("http://h:/", "http|h|/"),
        ] {
            assert_eq!(shown(&Url::parse(text.as_bytes()).unwrap()), expected);
            torture(text.as_bytes(), |text| {
                let _ = Url::parse(text).map(|url| (url.join(text), url.file_name().len()));
            });
        }
        for text in ["", "http://", "http://h:x/", "http://h:99999/", "http://h/\r\nX: y", "http://[::1/"] {
            assert_eq!(Url::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_relative() {
        let base = Url::parse(b"http://me:p@h:8/a/b/c?q").unwrap();
        for (text, expected) in [
            ("d", "http|me:p@h:8|/a/b/d"),
            ("../d/./e?x", "http|me:p@h:8|/a/d/e?x"),
            ("../../../..", "http|me:p@h:8|/"),
            ("/x/../y/", "http|me:p@h:8|/y/"),
            ("?z", "http|me:p@h:8|/a/b/c?z"),
            ("//other/x", "http|other|/x"),
            ("https://other/x", "https|other|/x"),
            ("#f", "http|me:p@h:8|/a/b/c?q"),
        ] {
            assert_eq!(shown(&base.join(text.as_bytes()).unwrap()), expected, "{text}");
        }
        assert_eq!(base.file_name(), b"c");
        assert_eq!(base.join(b"/x\r\ny"), None);
    }
}
