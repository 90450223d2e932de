//! What each method does to a link.

use alloc::vec::Vec;

use formats::etc::interfaces::Interface;
use linux::process::{Pid, kill};
use linux::signal::Signal;
use query::text::parse_decimal;

use super::super::classic;
use super::Session;
use crate::{Io, Status};

/// How long a client of DHCP may take to end, in steps of 10 ms.
const STEPS: usize = 200;

/// Configures a link as its part of the file says, or takes that back.
///
/// A name with a colon is one more address of the link before it, which is left as it is otherwise.
pub(super) fn apply(session: &Session<'_>, io: &mut Io<'_>, name: &[u8], part: &Interface<'_>) -> Status {
    let at = name.iter().position(|byte| *byte == b':');
    let (link, label) = (name.get(..at.unwrap_or(name.len())).unwrap_or(name), at.map(|_| name));
    let done = match (part.family, part.method) {
        (b"inet" | b"inet6", b"loopback" | b"static" | b"manual") | (b"inet6", b"auto") => {
            match (session.is_up, label) {
                (true, _) => up(session, io, link, label, part),
                (false, Some(_)) => remove(session, io, link, part),
                (false, None) => down(session, io, link, part),
            }
        }
        (b"inet", b"dhcp") => {
            if session.is_up {
                lease(session, io, link, part)
            } else {
                release(session, io, link);
                down(session, io, link, part)
            }
        }
        (family, method) => {
            let words = [family, b" ", method].concat();
            return io.complain(&words, &"no such way to configure a link");
        }
    };
    done.map_or_else(|status| status, |status| session.counted(status))
}

/// Runs one of our commands, and ends where it fails.
fn must(session: &Session<'_>, io: &mut Io<'_>, words: &[&[u8]]) -> Result<(), Status> {
    match session.counted(session.call(io, words)) {
        Status::SUCCESS => Ok(()),
        status => Err(status),
    }
}

fn up(
    session: &Session<'_>,
    io: &mut Io<'_>,
    link: &[u8],
    label: Option<&[u8]>,
    part: &Interface<'_>,
) -> Result<Status, Status> {
    let family: &[u8] = if part.family == b"inet6" { b"-6" } else { b"-4" };
    if part.method == b"static" {
        let address = address(io, part)?;
        let mut words = Vec::from([b"ip", family, b"address", b"add", address.as_slice(), b"dev", link]);
        let has_broadcast = part.family == b"inet";
        words.extend(
            has_broadcast
                .then_some([b"broadcast", part.option("broadcast").unwrap_or(b"+")])
                .into_iter()
                .flatten(),
        );
        // IPv6 has no labels.
        let label = label.filter(|_| part.family == b"inet");
        for (value, word) in [
            (part.option("pointopoint"), &b"peer"[..]),
            (part.option("label").or(label), b"label"),
            (part.option("scope"), b"scope"),
        ] {
            words.extend(value.map(|value| [word, value]).into_iter().flatten());
        }
        must(session, io, &words)?;
    }
    if label.is_none() {
        switch_on(session, io, link, part)?;
    }
    if part.method == b"static"
        && let Some(gateway) = part.option("gateway")
    {
        let mut words =
            Vec::from([b"ip", family, b"route", b"add", b"default", b"via", gateway, b"dev", link]);
        words.extend(part.option("metric").map(|metric| [b"metric", metric]).into_iter().flatten());
        must(session, io, &words)?;
    }
    Ok(Status::SUCCESS)
}

/// Gives the address with the bits of its prefix.
fn address(io: &mut Io<'_>, part: &Interface<'_>) -> Result<Vec<u8>, Status> {
    let word = part.option("address").ok_or_else(|| io.complain(part.name, &"the address is missing"))?;
    if word.contains(&b'/') {
        return Ok(word.to_vec());
    }
    let (address, _) = classic::read_address(word).ok_or_else(|| io.complain(word, &"not an address"))?;
    let bits = match (part.option("netmask"), address) {
        (Some(mask), core::net::IpAddr::V4(_)) => classic::read_mask(mask).map(u32::from),
        (Some(bits), _) => classic::number(bits),
        (None, core::net::IpAddr::V4(address)) => Some(classic::class(address).into()),
        (None, _) => Some(64),
    };
    let bits =
        bits.ok_or_else(|| io.complain(part.option("netmask").unwrap_or_default(), &"not a network mask"))?;
    let mut text = word.to_vec();
    text.push(b'/');
    query::text::decimal(bits.into(), &mut text);
    Ok(text)
}

/// Sets what is said of the link itself, and switches it on; by hand, only what is said.
fn switch_on(
    session: &Session<'_>,
    io: &mut Io<'_>,
    link: &[u8],
    part: &Interface<'_>,
) -> Result<(), Status> {
    let hardware =
        part.option("hwaddress").map(|value| value.strip_prefix(b"ether ").unwrap_or(value).trim_ascii());
    let mut words = Vec::from([&b"ip"[..], b"link", b"set", b"dev", link]);
    words.extend(hardware.map(|hardware| [&b"address"[..], hardware]).into_iter().flatten());
    words.extend(part.option("mtu").map(|mtu| [&b"mtu"[..], mtu]).into_iter().flatten());
    let is_manual = part.method == b"manual";
    if is_manual && words.len() == 5 {
        return Ok(());
    }
    words.extend((!is_manual).then_some(&b"up"[..]));
    must(session, io, &words)
}

fn down(session: &Session<'_>, io: &mut Io<'_>, link: &[u8], part: &Interface<'_>) -> Result<Status, Status> {
    if part.method == b"manual" {
        return Ok(Status::SUCCESS);
    }
    let family: &[u8] = if part.family == b"inet6" { b"-6" } else { b"-4" };
    let flushed = session.call(io, &[b"ip", family, b"address", b"flush", b"dev", link]);
    Ok(flushed.and(session.call(io, &[b"ip", b"link", b"set", b"dev", link, b"down"])))
}

/// Takes one address of several from a link.
fn remove(
    session: &Session<'_>,
    io: &mut Io<'_>,
    link: &[u8],
    part: &Interface<'_>,
) -> Result<Status, Status> {
    if part.method != b"static" {
        return Ok(Status::SUCCESS);
    }
    let family: &[u8] = if part.family == b"inet6" { b"-6" } else { b"-4" };
    let address = address(io, part)?;
    Ok(session.call(io, &[b"ip", family, b"address", b"delete", &address, b"dev", link]))
}

/// Gives the file in which the client of a link has its number.
fn number_file(link: &[u8]) -> Vec<u8> {
    [b"/run/udhcpc.", link, b".pid"].concat()
}

fn lease(
    session: &Session<'_>,
    io: &mut Io<'_>,
    link: &[u8],
    part: &Interface<'_>,
) -> Result<Status, Status> {
    switch_on(session, io, link, part)?;
    let file = number_file(link);
    let mut words = Vec::from([&b"udhcpc"[..], b"-n", b"-R", b"-p", &file, b"-i", link]);
    for (option, letter) in
        [("hostname", &b"-H"[..]), ("vendor", b"-V"), ("client", b"-c"), ("script", b"-s")]
    {
        words.extend(part.option(option).map(|value| [letter, value]).into_iter().flatten());
    }
    let more = part.option("udhcpc_opts").unwrap_or_default();
    words.extend(more.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()));
    Ok(session.program(io, &words, io.environment))
}

/// Ends the client of a link, which gives its lease back.
fn release(session: &Session<'_>, io: &mut Io<'_>, link: &[u8]) {
    let file = number_file(link);
    let number = system::file::read(&file).ok().and_then(|text| parse_decimal(text.trim_ascii()));
    let Some(pid) = number.and_then(|number| i32::try_from(number).ok()).and_then(Pid::new) else { return };
    let mut word = Vec::new();
    query::text::decimal(pid.get().unsigned_abs().into(), &mut word);
    if session.announce(io, &[b"kill", &word]) {
        return;
    }
    // It may have ended already.
    if kill(pid, Some(Signal::TERM)).is_ok() {
        for _ in 0..STEPS {
            if kill(pid, None).is_err() {
                break;
            }
            linux::time::sleep(core::time::Duration::from_millis(10));
        }
    }
    let _ = linux::fs::unlink(file.as_slice());
}
