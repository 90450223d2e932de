//! The words of the command line as settings of the driver.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use formats::time::Duration;

use formats::internet::parse_v4;
use protocols::dhcp::{ClientId, Config, Conflict, Mac, RoutePolicy};
use query::text::parse_decimal;
use system::dhcp::Options;

use super::{CONFLICT, DEFAULT_ONLY, IPV6_ONLY, LEASES, NO_RAPID, RESOLVER, TAKE_NAME};
use crate::{HAS_MORE, JSON, Parsed};

/// How long `--once` tries when nothing is said.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the user asked for.
pub(super) struct Settings {
    /// For the driver.
    pub(super) options: Options,
    /// End when all interfaces are configured.
    pub(super) is_once: bool,
    /// Give the leases back at the end.
    pub(super) releases_at_end: bool,
    /// How long to try; none means for ever.
    pub(super) patience: Option<Duration>,
    /// Say each step.
    pub(super) is_verbose: bool,
    /// Rows for programs.
    pub(super) is_json: bool,
}

/// A word that makes no sense, and what it is not.
type Mistake<'a> = (&'a [u8], &'static str);

/// Reads the options.
pub(super) fn read<'a>(parsed: &Parsed<'a>) -> Result<Settings, Mistake<'a>> {
    let mut interfaces = Vec::new();
    for name in parsed.values(b'i').chain(parsed.operands.iter().copied()) {
        interfaces.push(text(name)?);
    }
    let mut config = Config::new(Mac::ZERO);
    if HAS_MORE {
        ask(&mut config, parsed)?;
    }
    let timeout = parsed.value(b't').map(seconds).transpose()?;
    let is_once = parsed.has(b'q');
    let path = |key, usual| if HAS_MORE { parsed.value(key).unwrap_or(usual) } else { usual };
    Ok(Settings {
        options: Options {
            interfaces,
            config,
            resolver_file: Some(text(path(RESOLVER, b"/etc/resolv.conf"))?).filter(|path| !path.is_empty()),
            lease_folder: Some(text(path(LEASES, b"/var/lib/spelunk"))?),
            take_hostname: HAS_MORE && parsed.has(TAKE_NAME),
            dormant: false,
            tells_only: false,
        },
        is_once,
        releases_at_end: HAS_MORE && parsed.has(b'R'),
        patience: timeout.map(|seconds| Duration::from_secs(seconds.into())).or(is_once.then_some(PATIENCE)),
        is_verbose: parsed.has(b'v'),
        is_json: parsed.has(JSON),
    })
}

/// Reads what is to be asked of the server, and how, and how its answer is checked.
fn ask<'a>(config: &mut Config, parsed: &Parsed<'a>) -> Result<(), Mistake<'a>> {
    config.rapid_commit = !parsed.has(NO_RAPID);
    config.ipv6_only = parsed.has(IPV6_ONLY);
    config.broadcast = parsed.has(b'B');
    if let Some(mode) = parsed.value(CONFLICT) {
        config.conflict = conflict(mode)?;
    }
    config.hostname = parsed.value(b'H').map(text).transpose()?;
    config.wanted_seconds = parsed.value(b'l').map(seconds).transpose()?;
    if parsed.has(DEFAULT_ONLY) {
        config.routes = RoutePolicy::DefaultOnly;
    }
    if let Some(class) = parsed.value(b'V') {
        config.vendor_class = text(class)?;
    }
    if let Some(address) = parsed.value(b'r') {
        config.wanted_address = Some(self::address(address)?);
    }
    if let Some(id) = parsed.value(b'C') {
        config.client_id = client_id(id)?;
    }
    Ok(())
}

fn text(word: &[u8]) -> Result<String, Mistake<'_>> {
    core::str::from_utf8(word).map(Into::into).map_err(|_| (word, "not UTF-8"))
}

fn seconds(word: &[u8]) -> Result<u32, Mistake<'_>> {
    parse_decimal(word)
        .and_then(|seconds| u32::try_from(seconds).ok())
        .ok_or((word, "not a number of seconds"))
}

fn address(word: &[u8]) -> Result<Ipv4Addr, Mistake<'_>> {
    let parsed = core::str::from_utf8(word).ok().and_then(parse_v4);
    parsed.ok_or((word, "not an IPv4 address"))
}

fn conflict(word: &[u8]) -> Result<Conflict, Mistake<'_>> {
    match word {
        b"optimistic" => Ok(Conflict::Optimistic),
        b"short" => Ok(Conflict::Short),
        b"full" => Ok(Conflict::Full),
        _ => Err((word, "not optimistic, short or full")),
    }
}

/// Reads a client id; bytes may stand in groups between colons.
fn client_id(word: &[u8]) -> Result<ClientId, Mistake<'_>> {
    match word {
        b"duid" => return Ok(ClientId::Duid),
        b"hardware" => return Ok(ClientId::Hardware),
        _ => {}
    }
    let digits: Option<Vec<u8>> = word
        .iter()
        .filter(|byte| **byte != b':')
        .map(|byte| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    match digits.as_deref().map(<[u8]>::as_chunks::<2>) {
        Some((pairs @ [_, ..], [])) => {
            Ok(ClientId::Bytes(pairs.iter().map(|[high, low]| high << 4 | low).collect()))
        }
        _ => Err((word, "not duid, hardware or bytes in hexadecimal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids() {
        assert_eq!(client_id(b"duid"), Ok(ClientId::Duid));
        assert_eq!(client_id(b"01:52:54:00"), Ok(ClientId::Bytes(vec![1, 0x52, 0x54, 0])));
        assert_eq!(client_id(b"0aFF"), Ok(ClientId::Bytes(vec![10, 255])));
        for wrong in ["", "0", "012", "0g", ":", "dui"] {
            assert!(client_id(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_that_make_no_sense_are_named() {
        assert_eq!(seconds(b"-1"), Err((&b"-1"[..], "not a number of seconds")));
        assert_eq!(seconds(b"4294967296").ok(), None);
        assert_eq!(address(b"10.0.0").ok(), None);
        assert_eq!(conflict(b"short"), Ok(Conflict::Short));
    }
}
