//! `nslookup`: BusyBox's and BIND's, for one name. Only name servers are asked, never `/etc/hosts`; a short name is searched in the
//! domains of `/etc/resolv.conf`. Options begin with one hyphen, as they always did.
//!
//! The status says whether anything was found: a host that has an IPv4 address and no IPv6 address was. Names and texts of strangers
//! never reach the terminal as they are.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

use formats::wire::dns::{Data, Kind, Name, Record};
use net::LookupError;
use protocols::dns::Failure;
use query::text::parse_decimal;
use query::{Rows, Value};

use super::reach::{Reach, shown};
use crate::{Applet, Arguments, Flag, Io, Run, Status, sandbox, span};

pub(crate) const APPLET: Applet = Applet {
    name: "nslookup",
    summary: "Ask name servers for a host, an address, or other records",
    usage: "[OPTION]... NAME [SERVER]",
    flags: flags![
        Flag::with(TYPE, "type", "TYPE", "a aaaa cname mx ns ptr soa srv txt or a number (a and aaaa)"),
        Flag::with(PORT, "port", "PORT", "the port of the server (53)"),
        Flag::with(TIMEOUT, "timeout", "TIME", "how long to wait for an answer"),
        Flag::with(RETRY, "retry", "N", "how often to ask"),
        Flag::rows("name type ttl_s:n data"),
    ],
    run: Run::Words(run),
};

keys! { 128; TYPE PORT TIMEOUT RETRY }

/// The port of name servers.
const DOMAIN: u16 = 53;

/// What is asked.
#[derive(Default)]
struct Asked<'a> {
    kind: Option<Kind>,
    port: Option<u16>,
    timeout: Option<core::time::Duration>,
    retry: Option<u8>,
    is_json: bool,
    words: Vec<&'a [u8]>,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let mut asked = Asked::default();
    for word in arguments.words {
        if *word == b"--help" {
            crate::options::print_help(arguments.applet, &mut io.out);
            return Status::SUCCESS;
        }
        let Some(option) = word.strip_prefix(b"-").filter(|option| !option.is_empty()) else {
            asked.words.push(word);
            continue;
        };
        if asked.option(option.strip_prefix(b"-").unwrap_or(option)).is_none() {
            return io.misuse(word, "no such option");
        }
    }
    let [name, server @ ..] = asked.words.as_slice() else { return arguments.usage(io) };
    if server.len() > 1 {
        return arguments.usage(io);
    }
    let Ok(text) = core::str::from_utf8(name) else { return io.complain(name, &LookupError::NoHostName) };
    let mut reach = match Reach::new() {
        Ok(reach) => reach,
        Err(error) => return io.complain(b"", &error),
    };
    if let Some(server) = server.first() {
        match reach.addresses(server, asked.port.unwrap_or(DOMAIN)) {
            Ok(found) => reach.resolver.config_mut().servers = found,
            Err(error) => return io.complain(server, &error),
        }
    }
    asked.adjust(&mut reach);
    sandbox::to_open_files();
    asked.ask(io, &reach, text)
}

impl Asked<'_> {
    /// Takes an option, without its hyphens; nothing where it makes no sense.
    fn option(&mut self, option: &[u8]) -> Option<()> {
        let mut parts = option.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next()?, parts.next().unwrap_or_default());
        match name {
            b"type" | b"query" | b"querytype" | b"q" | b"t" => {
                let number = || Some(Kind(u16::try_from(parse_decimal(value)?).ok()?));
                let kind = core::str::from_utf8(value).ok().and_then(Kind::from_name);
                self.kind = Some(kind.or_else(number)?);
            }
            b"port" | b"po" => self.port = Some(u16::try_from(parse_decimal(value)?).ok()?),
            b"timeout" | b"t0" => self.timeout = Some(span::parse(value)?),
            b"retry" => self.retry = Some(u8::try_from(parse_decimal(value)?).ok()?),
            b"json" => self.is_json = true,
            // They change how much others say, or how they ask.
            b"debug" | b"stats" | b"recurse" | b"vc" | b"search" => {}
            _ => return None,
        }
        Some(())
    }

    fn adjust(&self, reach: &mut Reach) {
        let config = reach.resolver.config_mut();
        if let Some(port) = self.port {
            config.servers.iter_mut().for_each(|server| server.set_port(port));
        }
        if let Some(timeout) = self.timeout {
            config.timeout = timeout.into();
        }
        if let Some(retry) = self.retry {
            config.attempts = retry.max(1);
        }
    }

    fn ask(&self, io: &mut Io<'_>, reach: &Reach, text: &str) -> Status {
        // What asks is a program, which wants to know where an answer is from.
        let server = reach.resolver.config().servers.first().copied();
        if !self.is_json {
            show_server(io, server);
        }
        let address = formats::internet::parse(text);
        // A name of an address is whole; nothing is to be searched behind it.
        let reverse = address.map(|address| format!("{}.", Name::reverse(address)));
        let name = reverse.as_deref().unwrap_or(text);
        let usual: &[Kind] = if reverse.is_some() { &[Kind::PTR] } else { &[Kind::A, Kind::AAAA] };
        let kinds = self.kind.as_ref().map_or(usual, core::slice::from_ref);
        let mut rows = Rows::named("name type ttl_s data");
        let (mut is_found, mut failure) = (false, None);
        // They come with the answers of all kinds.
        let mut aliases: Vec<Name> = Vec::new();
        for kind in kinds {
            match reach.resolver.records(name, *kind) {
                Ok(answer) => {
                    is_found = true;
                    let mut fresh = answer.aliases();
                    fresh.retain(|alias| !aliases.contains(&alias.name));
                    aliases.extend(fresh.iter().map(|alias| alias.name.clone()));
                    for record in fresh.into_iter().chain(answer.records()) {
                        if self.is_json {
                            rows.push(row(&record));
                        } else {
                            show(io, &record);
                        }
                    }
                }
                // That there is nothing of one kind says less than that there is no such name.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if self.is_json {
            rows.json(&mut io.out);
        } else if !is_found {
            complain(io, text, failure);
        }
        if !is_found && self.is_json {
            let reason = failure.unwrap_or(LookupError::NoHostName);
            return io.complain(text.as_bytes(), &reason);
        }
        Status::from(is_found)
    }
}

fn show_server(io: &mut Io<'_>, server: Option<SocketAddr>) {
    let Some(server) = server else { return };
    let host = format!("{}", formats::internet::Shown(server.ip()));
    for part in [b"Server:\t\t", host.as_bytes(), b"\nAddress:\t", &shown(server), b"\n\n"] {
        io.out.put(part);
    }
}

/// Says why nothing was found, on standard output and in the words that scripts look for.
fn complain(io: &mut Io<'_>, text: &str, failure: Option<LookupError>) {
    let code = match failure {
        Some(LookupError::Failed(Failure::NoName(_))) => "NXDOMAIN",
        Some(LookupError::Failed(Failure::Refused(code))) => match code.0 {
            1 => "FORMERR",
            2 => "SERVFAIL",
            4 => "NOTIMP",
            _ => "REFUSED",
        },
        Some(LookupError::Failed(Failure::NoRecords(_))) => {
            io.out.put(b"*** Can't find ");
            io.out.printable(text.as_bytes());
            io.out.put(b": No answer\n");
            return;
        }
        Some(LookupError::Failed(Failure::Silence | Failure::NoServer)) => {
            io.out.put(b";; connection timed out; no servers could be reached\n");
            return;
        }
        other => {
            let reason = other.unwrap_or(LookupError::NoHostName);
            io.complain(text.as_bytes(), &reason);
            return;
        }
    };
    io.out.put(b"** server can't find ");
    io.out.printable(text.as_bytes());
    for part in [b": ", code.as_bytes(), b"\n"] {
        io.out.put(part);
    }
}

/// Gives what a record says: the words before, and the data.
fn data(record: &Record<'_>) -> (&'static str, Vec<u8>) {
    let plain = |words, text: fmt::Arguments<'_>| (words, alloc::fmt::format(text).into_bytes());
    match &record.data {
        Data::Ipv4(address) => plain("", format_args!("{address}")),
        Data::Ipv6(address) => plain("", format_args!("{}", formats::internet::Shown((*address).into()))),
        Data::Alias(name) => plain("canonical name", format_args!("{name}")),
        Data::NameServer(name) => plain("nameserver", format_args!("{name}")),
        Data::Pointer(name) => plain("name", format_args!("{name}")),
        Data::Mail { preference, host } => plain("mail exchanger", format_args!("{preference} {host}")),
        Data::Service { priority, weight, port, host } => {
            plain("service", format_args!("{priority} {weight} {port} {host}"))
        }
        Data::Texts(texts) => {
            let mut all = Vec::new();
            for text in texts.iter() {
                all.extend_from_slice(if all.is_empty() { b"\"" } else { b" \"" });
                all.extend_from_slice(text);
                all.push(b'"');
            }
            ("text", all)
        }
        Data::Start(start) => plain(
            "start",
            format_args!(
                "{} {} {} {} {} {} {}",
                start.server,
                start.mailbox,
                start.serial,
                start.refresh_s,
                start.retry_s,
                start.expire_s,
                start.negative_s
            ),
        ),
        Data::Extension { .. } => ("", Vec::new()),
        Data::Other(bytes) => {
            let mut text = Vec::new();
            for byte in *bytes {
                text.extend_from_slice(format!("{byte:02x}").as_bytes());
            }
            ("data", text)
        }
    }
}

fn show(io: &mut Io<'_>, record: &Record<'_>) {
    let name = format!("{}", record.name);
    let (words, data) = data(record);
    if words.is_empty() {
        for part in [b"Name:\t", name.as_bytes(), b"\nAddress: ", &data, b"\n\n"] {
            io.out.put(part);
        }
        return;
    }
    for part in [name.as_bytes(), b"\t", words.as_bytes(), b" = "] {
        io.out.put(part);
    }
    io.out.printable(&data);
    io.out.put(b"\n");
}

fn row(record: &Record<'_>) -> [Value; 4] {
    let kind = match record.kind.name() {
        Some(name) => Value::text(name.as_bytes()),
        None => Value::Number(record.kind.0.into()),
    };
    let name = format!("{}", record.name);
    [Value::text(name.as_bytes()), kind, Value::Number(record.ttl_s.into()), Value::text(&data(record).1)]
}
