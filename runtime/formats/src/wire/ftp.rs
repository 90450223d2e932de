//! Replies of the file transfer protocol (RFC 959, RFC 2428).

use core::net::Ipv4Addr;

use crate::proc::words::decimal;

/// Finds a whole reply: its code, the bytes of its text, and how many bytes it takes; nothing while its end has not come. One of
/// several lines (`220-`) ends with a line of the same code and a blank.
pub fn reply(bytes: &[u8]) -> Option<(u16, &[u8], usize)> {
    let mut at = 0;
    let mut open = None;
    loop {
        let rest = bytes.get(at..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = rest.get(..end)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += end + 1;
        let code = line.get(..3).and_then(decimal).and_then(|code| u16::try_from(code).ok());
        match (open, code, line.get(3)) {
            (None, Some(code), Some(b'-')) => open = Some(code),
            (None, _, _) => return Some((code.unwrap_or(0), line.get(4..).unwrap_or_default(), at)),
            (Some(of), Some(code), Some(b' ') | None) if of == code => {
                return Some((code, line.get(4..).unwrap_or_default(), at));
            }
            _ => {}
        }
    }
}

/// Reads where a server listens: `Entering Passive Mode (10,0,0,1,4,1).`
pub fn passive(text: &[u8]) -> Option<(Ipv4Addr, u16)> {
    let start = text.iter().position(u8::is_ascii_digit)?;
    let text = text.get(start..)?;
    let end = text.iter().position(|byte| !byte.is_ascii_digit() && *byte != b',').unwrap_or(text.len());
    let mut numbers = [0_u8; 6];
    let mut words = text.get(..end)?.split(|byte| *byte == b',');
    for number in &mut numbers {
        *number = u8::try_from(decimal(words.next()?)?).ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    Some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

/// Reads the port where a server listens: `Entering Extended Passive Mode (|||6446|)`.
pub fn extended_passive(text: &[u8]) -> Option<u16> {
    let start = text.iter().position(|byte| *byte == b'(')? + 1;
    let (mark, rest) = text.get(start..)?.split_first()?;
    let port = rest.split(|byte| byte == mark).nth(2)?;
    u16::try_from(decimal(port)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn replies_of_one_line_and_several() {
        assert_eq!(reply(b"220 hello\r\n331"), Some((220, &b"hello"[..], 11)));
        let long = b"220-one\r\n two\r\n221 no\r\n220 end\r\n";
        assert_eq!(reply(long), Some((220, &b"end"[..], long.len())));
        for length in 0..long.len() {
            assert_eq!(reply(&long[..length]), None, "{length}");
        }
        assert_eq!(reply(b"what\n"), Some((0, &b""[..], 5)));
        torture(long, |bytes| {
            let _ = reply(bytes);
        });
    }

    #[test]
    fn places() {
        let text = b"Entering Passive Mode (10,0,0,1,4,1).";
        assert_eq!(passive(text), Some((Ipv4Addr::new(10, 0, 0, 1), 1025)));
        assert_eq!(
            (passive(b"(1,2,3,4,5)"), passive(b"no"), passive(b"(256,1,1,1,1,1)")),
            (None, None, None)
        );
        assert_eq!(extended_passive(b"Entering Extended Passive Mode (|||6446|)"), Some(6446));
        assert_eq!((extended_passive(b"(|||x|)"), extended_passive(b"|||1|")), (None, None));
        torture(text, |text| {
            let _ = (passive(text), extended_passive(text));
        });
    }
}
