//! What a service says of itself at its notify socket (`sd_notify(3)`): lines NAME=VALUE.

/// What a message says; what is not known is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notice<'a> {
    /// READY=1.
    pub is_ready: bool,
    /// WATCHDOG=1: it lives.
    pub is_alive: bool,
    /// FDSTORE=1: the descriptors that come with it are to be kept.
    pub keeps: bool,
    /// FDSTOREREMOVE=1: those of that name are not to be kept any more.
    pub forgets: bool,
    /// FDNAME: the name of descriptors.
    pub name: Option<&'a str>,
    /// STATUS: how it is, for people.
    pub status: Option<&'a str>,
}

/// Reads a message; a line that makes no sense is none.
pub fn parse(bytes: &[u8]) -> Notice<'_> {
    let mut notice = Notice::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((name, value)) = core::str::from_utf8(line).ok().and_then(|line| line.split_once('='))
        else {
            continue;
        };
        let is_one = value == "1";
        match name {
            "READY" => notice.is_ready = is_one,
            "WATCHDOG" => notice.is_alive = is_one,
            "FDSTORE" => notice.keeps = is_one,
            "FDSTOREREMOVE" => notice.forgets = is_one,
            "FDNAME" if is_name(value) => notice.name = Some(value),
            "STATUS" => notice.status = Some(value),
            _ => {}
        }
    }
    notice
}

/// Says whether descriptors can have this name: colons divide them in LISTEN_FDNAMES.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 256 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_understood() {
        let notice = parse(b"READY=1\nSTATUS=all is well\nX_MINE=1\nWATCHDOG=1\n");
        let expected =
            Notice { is_ready: true, is_alive: true, status: Some("all is well"), ..Notice::default() };
        assert_eq!(notice, expected);
        let notice = parse(b"FDSTORE=1\nFDNAME=state");
        assert_eq!(notice, Notice { keeps: true, name: Some("state"), ..Notice::default() });
        assert!(parse(b"FDSTOREREMOVE=1\nFDNAME=state").forgets);
    }

    #[test]
    fn anything_else_is_nothing() {
        for bytes in [
            &b""[..],
            b"READY",
            b"READY=0",
            b"READY=11",
            b"ready=1",
            b"\xff=1",
            b"FDNAME=a:b",
            b"FDNAME=",
            b"\0\n=\n=",
        ] {
            assert_eq!(parse(bytes), Notice::default(), "{}", bytes.escape_ascii());
        }
    }
}
