//! `udhcpc`: the options, messages and script of BusyBox's client, on this program's own ([`super::dhcp`]).
//!
//! With a script (`-s`, else `/usr/share/udhcpc/default.script` or `/etc/udhcpc/default.script` if it is there) the script
//! configures the link; without one it is done here, with routes, resolver file and largest packet. Deviations: what is asked
//! for and how often are the own client's (`-O` adds to it, `-o` and the pauses are passed over, `-t` times `-T` is how long the first
//! attempt may take); of options to be sent (`-x`) the name, the lease time, vendor class and client id are known. In the
//! background the lease goes on in a process of its own, which takes it over.

mod client;
mod script;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::Ipv4Addr;

use formats::internet::parse_v4;
use formats::time::Duration;
use formats::wire::dhcp4;
use linux::fs::{Access, access};
use protocols::dhcp::{ClientId, Config, Conflict, Mac};
use query::text::parse_decimal;
use system::dhcp::Options;

use super::{classic, values};
use crate::{Applet, Failure, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "udhcpc",
    summary: "Get an address by DHCP",
    usage: "[OPTION]...",
    flags: flags![
        Flag::with(b'i', "interface", "LINK", "the link (eth0)"),
        Flag::with(b's', "script", "FILE", "run FILE when something changes"),
        Flag::with(b'p', "pidfile", "FILE", "write the number of the process there"),
        Flag::new(b'f', "foreground", "stay in the foreground"),
        Flag::new(b'b', "background", "go to the background without a lease, too"),
        Flag::new(b'n', "now", "end if no lease can be got"),
        Flag::new(b'q', "quit", "end when a lease is got"),
        Flag::new(b'R', "release", "give the lease back at the end"),
        Flag::with(b't', "retries", "N", "attempts before giving up for now (3)"),
        Flag::with(b'T', "timeout", "SECONDS", "how long each takes (3)"),
        Flag::with(b'A', "tryagain", "SECONDS", "how long until the next (20)"),
        Flag::with(b'r', "request", "ADDRESS", "the address to ask for"),
        Flag::with(b'H', "hostname", "NAME", "tell the server this name"),
        Flag::with(b'h', "", "NAME", "the same"),
        Flag::with(b'F', "fqdn", "NAME", "the same"),
        Flag::with(b'x', "", "OPTION:VALUE", "send hostname, lease, 0x3c (vendor class) or 0x3d (client id)"),
        Flag::with(b'V', "vendorclass", "TEXT", "what kind of machine this is"),
        Flag::with(b'c', "clientid", "HEX", "the client id"),
        Flag::new(b'C', "clientid-none", "the hardware address is the client id"),
        Flag::may(b'a', "arping", "MS", "ask whether the address is in use before using it"),
        Flag::new(b'B', "broadcast", "ask for replies to the broadcast address"),
        Flag::with(b'O', "request-option", "OPTION", "ask for this option, too, by its name or number"),
        Flag::new(b'o', "no-default-options", ""),
        Flag::new(b'S', "syslog", ""),
        Flag::new(b'v', "verbose", "say each step"),
        Flag::with(LEASES, "lease-dir", "DIR", "where leases are kept (/var/lib/spelunk)"),
        Flag::new(INHERIT, "inherit", ""),
    ],
    run: Run::Parsed(run),
};

const LEASES: u8 = 128;
/// In the background: the lease of the process before is taken over.
const INHERIT: u8 = 129;

/// The scripts that distributions install.
const SCRIPTS: [&[u8]; 2] = [b"/usr/share/udhcpc/default.script", b"/etc/udhcpc/default.script"];

/// What was asked for, beyond what the driver is told.
struct Wish<'p> {
    parsed: &'p Parsed<'p>,
    link: String,
    script: Option<&'p [u8]>,
    /// How long an attempt takes; none for ever.
    patience: Option<Duration>,
    pause: Duration,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if let Some(extra) = parsed.operands.first() {
        return Ok(io.misuse(extra, "no operand is expected"));
    }
    let most = u32::MAX.into();
    let [tries, time, pause] = [(b't', 3), (b'T', 3), (b'A', 20)].map(|(key, default)| {
        values::number(io, parsed.value(key), most).map(|number| number.unwrap_or(default))
    });
    let (tries, time, pause) = (tries?, time?, Duration::from_secs(pause?));
    let link = classic::text(io, parsed.value(b'i').unwrap_or(b"eth0"))?.to_string();
    let installed = SCRIPTS.into_iter().find(|path| access(*path, Access::EXECUTE).is_ok());
    let script = parsed.value(b's').or(installed).filter(|path| !path.is_empty());
    let folder = classic::text(io, parsed.value(LEASES).unwrap_or(b"/var/lib/spelunk"))?;
    let options = Options {
        interfaces: alloc::vec![link.clone()],
        config: config(io, parsed)?,
        resolver_file: script.is_none().then(|| "/etc/resolv.conf".into()),
        lease_folder: Some(folder.into()),
        take_hostname: false,
        dormant: false,
        tells_only: script.is_some(),
    };
    let patience = Duration::from_secs(tries.saturating_mul(time));
    let wish = Wish { parsed, link, script, patience: (tries > 0).then_some(patience), pause };
    Ok(client::run(io, &wish, options))
}

fn config(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Result<Config, Failure> {
    let mut config = Config::new(Mac::ZERO);
    config.broadcast = parsed.has(b'B');
    config.client_id = ClientId::Hardware;
    if parsed.has(b'a') {
        config.conflict = Conflict::Full;
    }
    if let Some(word) = parsed.value(b'r') {
        config.wanted_address = Some(address(word).ok_or_else(|| io.misuse(word, "not an IPv4 address"))?);
    }
    for word in parsed.values(b'O') {
        let code = core::str::from_utf8(word).ok().and_then(dhcp4::code);
        config.also_wanted.push(code.ok_or_else(|| io.misuse(word, "no such option of DHCP"))?.0);
    }
    for (key, value) in &parsed.options {
        let (option, value) = match key {
            b'H' | b'h' | b'F' => (&b"hostname"[..], *value),
            b'V' => (&b"vendor"[..], *value),
            b'c' => (&b"clientid"[..], *value),
            b'x' => {
                let at = value.iter().position(|byte| *byte == b':');
                let at = at.ok_or_else(|| io.misuse(value, "expected OPTION:VALUE"))?;
                (&value[..at], &value[at + 1..])
            }
            _ => continue,
        };
        match option {
            b"hostname" | b"12" | b"0x0c" | b"fqdn" => {
                config.hostname = Some(classic::text(io, value)?.into())
            }
            b"vendor" | b"60" | b"0x3c" => config.vendor_class = classic::text(io, value)?.into(),
            b"clientid" | b"61" | b"0x3d" => {
                let bytes = bytes(value).ok_or_else(|| io.misuse(value, "not bytes in hexadecimal"))?;
                config.client_id = ClientId::Bytes(bytes);
            }
            b"lease" | b"51" | b"0x33" => {
                let seconds = parse_decimal(value).and_then(|seconds| u32::try_from(seconds).ok());
                config.wanted_seconds = Some(seconds.ok_or_else(|| io.misuse(value, "not a number"))?);
            }
            // Nobody needs those that are left; scripts that send them shall not fail.
            _ => {}
        }
    }
    Ok(config)
}

fn address(word: &[u8]) -> Option<Ipv4Addr> {
    core::str::from_utf8(word).ok().and_then(parse_v4)
}

/// Reads bytes in base 16, which may stand between colons.
fn bytes<T: FromIterator<u8>>(word: &[u8]) -> Option<T> {
    let digits = word.iter().filter(|byte| **byte != b':').map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    (!pairs.is_empty()).then(|| pairs.iter().map(|[high, low]| (high << 4 | low) as u8).collect())
}
