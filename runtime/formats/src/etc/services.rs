//! `/etc/services` (`services(5)`): names of ports.

use super::lines;
use crate::proc::words::decimal;

/// Finds the port of a service for a protocol (`tcp`, `udp`), by its name or another name that it has.
pub fn port(text: &[u8], name: &str, protocol: &str) -> Option<u16> {
    entries(text).find_map(|entry| {
        let known = core::iter::once(entry.name).chain(entry.aliases.split_ascii_whitespace());
        (entry.protocol == protocol && known.into_iter().any(|known| known == name)).then_some(entry.port)
    })
}

/// Finds the name of a port for a protocol.
pub fn name<'a>(text: &'a [u8], port: u16, protocol: &str) -> Option<&'a str> {
    entries(text).find(|entry| entry.port == port && entry.protocol == protocol).map(|entry| entry.name)
}

struct Entry<'a> {
    name: &'a str,
    port: u16,
    protocol: &'a str,
    aliases: &'a str,
}

/// Gives the lines that make sense.
fn entries(text: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    lines(text).filter_map(line)
}

fn line(line: &str) -> Option<Entry<'_>> {
    let blank = |letter: char| letter.is_ascii_whitespace();
    let (name, rest) = line.split_once(blank)?;
    let rest = rest.trim_ascii_start();
    let (place, aliases) = rest.split_once(blank).unwrap_or((rest, ""));
    let (port, protocol) = place.split_once('/')?;
    let port = decimal(port.as_bytes()).and_then(|port| u16::try_from(port).ok())?;
    Some(Entry { name, port, protocol, aliases })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    const SAMPLE: &[u8] = b"# services\nssh\t\t22/tcp\t\t\t# Secure\nhttp 80/tcp www www-http\nhttp 80/udp\n\
domain 53/udp\nhuge 65536/tcp\nbroken\nbad x/tcp\nlast 9/tcp";

    #[test]
    fn ports_and_names() {
        assert_eq!(port(SAMPLE, "ssh", "tcp"), Some(22));
        assert_eq!((port(SAMPLE, "www", "tcp"), port(SAMPLE, "www", "udp")), (Some(80), None));
        assert_eq!((port(SAMPLE, "huge", "tcp"), port(SAMPLE, "Secure", "tcp")), (None, None));
        assert_eq!(port(SAMPLE, "last", "tcp"), Some(9));
        assert_eq!((name(SAMPLE, 53, "udp"), name(SAMPLE, 53, "tcp")), (Some("domain"), None));
        torture(SAMPLE, |text| assert_eq!(port(text, "absent", "tcp"), None));
    }
}
