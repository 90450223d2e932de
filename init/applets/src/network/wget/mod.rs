//! `wget`: BusyBox's, with what scripts use of GNU's, over HTTP alone. The statuses are GNU's: 3 a file, 4 the network, 6 a password
//! that is asked for, 8 a server that refuses.
//!
//! What comes is written to the file itself, as others do, so that `-c` can go on with it; where the connection ends before the
//! server's own length is reached, that is said, and the status is 4. A file that is there is not written over unless `-O` names it.
//! HTTPS is refused, never replaced by HTTP.

mod answer;
mod progress;
mod request;
mod target;

use alloc::vec::Vec;
use core::time::Duration;

use formats::url::Url;
use formats::wire::http::content_range;
use linux::fd::AsFd;
use linux::fs::{Mode, OpenFlags, open};
use net::{Socket, TcpStream};

use self::answer::Answer;
use self::target::{Has, Target};
use super::reach::{Reach, shown};
use crate::{Applet, Flag, Input, Io, Keeps, Outcome, Output, Parsed, Run, Status, sandbox, source, span};

pub(crate) const APPLET: Applet = Applet {
    name: "wget",
    summary: "Fetch files over HTTP",
    usage: "[OPTION]... URL...",
    flags: flags![
        Flag::with(b'O', "output-document", "FILE", "write to FILE; - for standard output"),
        Flag::with(b'P', "directory-prefix", "FOLDER", "write files to FOLDER"),
        Flag::new(b'c', "continue", "go on with what a file has"),
        Flag::new(b'q', "quiet", "say nothing but what went wrong"),
        Flag::with(b'n', "", "KIND", "-nv: say what was fetched; -nc: leave files that are there"),
        Flag::new(NO_VERBOSE, "no-verbose", "the same as -nv"),
        Flag::new(NO_CLOBBER, "no-clobber", "the same as -nc"),
        Flag::new(b'S', "server-response", "show what the server says of itself and the file"),
        Flag::new(SPIDER, "spider", "only see whether it is there"),
        Flag::with(b'T', "timeout", "TIME", "how long to wait for each step (900 s)"),
        Flag::with(b't', "tries", "N", "try so often where the network fails (1); 0 or inf for ever"),
        Flag::with(b'U', "user-agent", "TEXT", "what to call ourselves (Wget)"),
        Flag::with(HEADER, "header", "FIELD", "send this field, too: NAME: VALUE"),
        Flag::with(POST_DATA, "post-data", "TEXT", "send TEXT, by POST"),
        Flag::with(POST_FILE, "post-file", "FILE", "send what FILE has, by POST"),
        Flag::with(USER, "user", "NAME", "who we are"),
        Flag::with(PASSWORD, "password", "TEXT", "the password for that"),
        Flag::with(b'Y', "proxy", "on|off", "whether to go by what http_proxy names (on)"),
        Flag::new(NO_PROXY, "no-proxy", "the same as -Y off"),
        Flag::new(b'4', "inet4-only", "IPv4 only"),
        Flag::new(b'6', "inet6-only", "IPv6 only"),
        Flag::with(REDIRECTS, "max-redirect", "N", "follow so many redirections (20)"),
        Flag::new(b'N', "timestamping", "fetch only what is newer than the file that is there"),
        Flag::new(NO_CACHE, "no-cache", "let no host between answer by itself"),
        Flag::with(b'o', "output-file", "FILE", "write what is said to FILE"),
        Flag::with(b'a', "append-output", "FILE", "the same, behind what FILE has"),
        Flag::new(NO_CHECK, "no-check-certificate", ""),
    ],
    run: Run::Confined(Keeps::Needed, run),
};

keys! {
    128;
    NO_VERBOSE NO_CLOBBER SPIDER HEADER POST_DATA POST_FILE USER PASSWORD NO_PROXY REDIRECTS
    NO_CHECK NO_CACHE
}

const FILE: Status = Status(3);
const NETWORK: Status = Status(4);
const PASSWORD_ASKED: Status = Status(6);
const REFUSED: Status = Status(8);

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Nothing,
    Results,
    All,
}

/// What the options ask for.
struct Settings<'a> {
    parsed: &'a Parsed<'a>,
    reach: Reach,
    /// What is sent, if anything is.
    body: Option<Vec<u8>>,
    proxy: Option<Url>,
    /// The hosts that are reached without it, between commas.
    no_proxy: Vec<u8>,
    says: Says,
    redirects: u64,
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let (path, how) = match parsed.last_of(b"oa") {
        Some(b'a') => (parsed.value(b'a'), OpenFlags::APPEND),
        _ => (parsed.value(b'o'), OpenFlags::TRUNCATE),
    };
    let Some(path) = path else { return fetch_all(io, parsed) };
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::CLOSE_ON_EXEC | how;
    let log = match open(path, flags, Mode::octal(0o666)) {
        Ok(log) => log,
        Err(errno) => {
            io.complain(path, &errno);
            return Ok(FILE);
        }
    };
    let mut bytes = Vec::new();
    let out = match io.out.descriptor() {
        Some(out) => Output::descriptor_stream(out),
        None => Output::memory(&mut bytes),
    };
    let input = io.input.descriptor().map_or(Input::Memory(b""), Input::Descriptor);
    let mut lent = Io::new(input, out, Output::descriptor_stream(log.as_fd()), io.environment);
    lent.name = io.name;
    let outcome = fetch_all(&mut lent, parsed);
    let status = lent.settle(outcome);
    let status = lent.finish(status);
    drop(lent);
    io.out.put(&bytes);
    Ok(status)
}

/// Fetches all that is named; what is said of it goes to standard error.
fn fetch_all(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let settings = settings(io, parsed)?;
    let tries = if parsed.value(b't') == Some(b"inf") { 0 } else { number(io, parsed, b't', 1)? };
    let mut urls = Vec::new();
    for word in &parsed.operands {
        urls.push(Url::parse(word).ok_or_else(|| io.misuse(word, "is no address of the web"))?);
    }
    let mut targets = Vec::new();
    for url in &urls {
        targets.push(Target::new(io, parsed, url)?);
    }
    confine_to(&targets);
    let mut status = Status::SUCCESS;
    for (at, (url, target)) in urls.iter().zip(&targets).enumerate() {
        let mut attempt = 1;
        let fetched = loop {
            // Several files of one name are written one behind the other.
            let fetched = settings.fetch(io, url, target, at > 0 && parsed.has(b'O'));
            if fetched != Err(NETWORK) || attempt == tries {
                break fetched;
            }
            linux::time::sleep(Duration::from_secs(attempt.min(10)));
            attempt += 1;
        };
        status = status.and(fetched.unwrap_or_else(|failure| failure));
    }
    Ok(status)
}

fn settings<'a>(io: &mut Io<'_>, parsed: &'a Parsed<'a>) -> Result<Settings<'a>, Status> {
    let mut reach = Reach::new().map_err(|error| io.complain(b"", &error))?;
    reach.is_ipv6 = parsed.last_of(b"46").map(|key| key == b'6');
    let limit = match parsed.value(b'T') {
        Some(word) => span::parse(word).ok_or_else(|| io.misuse(word, "not a time"))?,
        None => Duration::from_secs(900),
    };
    reach.limit = Some(limit).filter(|limit| !limit.is_zero());
    let body = match (parsed.value(POST_DATA), parsed.value(POST_FILE)) {
        (Some(text), _) => Some(text.to_vec()),
        (None, Some(name)) => {
            let mut bytes = Vec::new();
            let read = source::with(io, name, &mut |_, _, input| input.read_all(&mut bytes));
            read.map_err(|errno| io.complain(name, &errno)).map_err(|_| FILE)?;
            Some(bytes)
        }
        (None, None) => None,
    };
    if let Some(word) = parsed.values(HEADER).find(|word| !word.contains(&b':') || word.contains(&b'\n')) {
        return Err(io.misuse(word, "is no field of a head"));
    }
    let without = parsed.has(NO_PROXY) || parsed.value(b'Y') == Some(b"off");
    let named = io.variable("http_proxy").filter(|name| !without && !name.is_empty());
    let proxy = match named {
        Some(name) => Some(Url::parse(name).ok_or_else(|| io.misuse(name, "is no address of the web"))?),
        None => None,
    };
    let says = match parsed.values(b'n').find(|kind| *kind != b"c") {
        _ if parsed.has(b'q') => Says::Nothing,
        None if parsed.has(NO_VERBOSE) => Says::Results,
        None => Says::All,
        Some(b"v") => Says::Results,
        Some(word) => return Err(io.misuse(word, "is no kind that -n has")),
    };
    let redirects = number(io, parsed, REDIRECTS, 20)?;
    let no_proxy = io.variable("no_proxy").unwrap_or_default().to_vec();
    Ok(Settings { parsed, reach, body, proxy, no_proxy, says, redirects })
}

fn number(io: &mut Io<'_>, parsed: &Parsed<'_>, key: u8, default: u64) -> Result<u64, Status> {
    match parsed.value(key) {
        None => Ok(default),
        Some(word) => query::text::parse_decimal(word).ok_or_else(|| io.misuse(word, "is no number")),
    }
}

/// Gives up all files but those in the folders that are written to.
fn confine_to(targets: &[Target]) {
    let folders: Vec<_> = targets.iter().filter_map(Target::folder).collect();
    let writing: Vec<_> = folders.iter().map(|folder| (folder.as_fd(), sandbox::WRITING)).collect();
    sandbox::to_folders(&writing);
}

impl Settings<'_> {
    /// Fetches one file, over redirections; the error is the status of what went wrong, which has been said.
    fn fetch(&self, io: &mut Io<'_>, first: &Url, target: &Target, appends: bool) -> Result<Status, Status> {
        if !target.is_wanted(io, self) {
            return Ok(Status::SUCCESS);
        }
        let mut url = first.clone();
        let mut method = match (&self.body, self.parsed.has(SPIDER)) {
            (Some(_), _) => "POST",
            (None, true) => "HEAD",
            (None, false) => "GET",
        };
        let has = target.has();
        let offset = has.offset;
        let mut left = self.redirects;
        loop {
            let shares = url.host == first.host;
            let mut answer = self.ask(io, &url, method, has, shares)?;
            match answer.code() {
                200..=299 => return self.receive(io, answer, target, offset, appends),
                300..=303 | 307 | 308 => {
                    let code = answer.code();
                    let to = answer.head().field("Location").map(<[u8]>::to_vec);
                    let Some(to) = to else { return Err(answer.complain(io)) };
                    let next = url.join(&to).filter(|next| !next.host.is_empty());
                    url = next
                        .ok_or_else(|| io.complain(&to, &"redirected to what is no address"))
                        .map_err(|_| REFUSED)?;
                    if left == 0 {
                        io.complain(&to, &"too many redirections");
                        return Err(REFUSED);
                    }
                    left -= 1;
                    if method == "POST" && code <= 303 {
                        method = "GET";
                    }
                }
                304 if has.since.is_some() => {
                    self.say(io, Says::All, &[target.name(), b" is as new as the server's"]);
                    return Ok(Status::SUCCESS);
                }
                // A server need not know how to answer with a head alone.
                405 | 501 if method == "HEAD" => method = "GET",
                416 if offset > 0 => {
                    self.say(io, Says::All, &[target.name(), b" is there already, to its end"]);
                    return Ok(Status::SUCCESS);
                }
                _ => return Err(answer.complain(io)),
            }
        }
    }

    /// Connects to where an address leads, and asks for what is there.
    fn ask(
        &self,
        io: &mut Io<'_>,
        url: &Url,
        method: &str,
        has: Has,
        shares: bool,
    ) -> Result<Answer, Status> {
        if url.scheme != b"http" {
            io.complain(&url.scheme, &"only http is spoken here");
            return Err(Status::FAILURE);
        }
        let proxy = self.proxy.as_ref().filter(|_| !request::is_listed(&url.host, &self.no_proxy));
        let place = proxy.unwrap_or(url);
        let port = place.port.unwrap_or(80);
        let connected = self.reach.connect(&place.host, port);
        let stream = connected.map_err(|error| io.complain(&place.host, &error)).map_err(|_| NETWORK)?;
        if let Ok(address) = stream.peer_address() {
            self.say(io, Says::All, &[b"Connecting to ", &place.host, b" (", &shown(address), b")"]);
        }
        let body = self.body.as_deref().filter(|_| method == "POST");
        let text = request::text(self, url, method, has, proxy, body, shares);
        let mut failed = |errno: linux::Errno| {
            let errno = if errno == linux::Errno::AGAIN { linux::Errno::TIMEDOUT } else { errno };
            io.complain(&place.host, &errno);
            NETWORK
        };
        send(&stream, self.reach.limit, &text).map_err(&mut failed)?;
        let answer = Answer::read(stream).map_err(failed)?;
        let Some(answer) = answer else {
            io.complain(&place.host, &"what answers is no HTTP server");
            return Err(NETWORK);
        };
        if self.parsed.has(b'S') {
            answer.show(io);
        }
        Ok(answer)
    }

    /// Writes what comes to where it belongs.
    fn receive(
        &self,
        io: &mut Io<'_>,
        answer: Answer,
        target: &Target,
        offset: u64,
        appends: bool,
    ) -> Result<Status, Status> {
        if self.parsed.has(SPIDER) {
            self.say(io, Says::All, &[b"remote file exists"]);
            return Ok(Status::SUCCESS);
        }
        let mut offset = offset;
        if answer.code() == 206 {
            let came = answer.head().field("Content-Range").and_then(content_range);
            let is_right = came.is_some_and(|(first, ..)| first == offset);
            // What asked for a part by a field of its own gets that part.
            if !is_right && offset > 0 {
                io.complain(target.name(), &"another part came than was asked for");
                return Err(NETWORK);
            }
        } else {
            // The server gives no parts: from the beginning again.
            offset = 0;
        }
        let opened = target.open(offset > 0 || appends);
        let mut sink = opened.map_err(|errno| io.complain(target.name(), &errno)).map_err(|_| FILE)?;
        self.say(io, Says::All, &target.announced());
        let shows = self.says == Says::All;
        let date = answer.head().field("Last-Modified").map(<[u8]>::to_vec);
        answer::pour(io, answer, &mut sink, target.name(), offset, shows)?;
        target.set_date(&sink, date.as_deref());
        self.say(io, Says::Results, &target.done());
        Ok(Status::SUCCESS)
    }

    /// Says something on standard error, if so much is to be said.
    fn say(&self, io: &mut Io<'_>, weight: Says, words: &[&[u8]]) {
        if self.says >= weight {
            words.iter().for_each(|word| io.err.printable(word));
            io.err.put(b"\n");
            io.err.flush();
        }
    }
}

fn send(stream: &TcpStream, limit: Option<Duration>, text: &[u8]) -> linux::Result<()> {
    stream.set_read_timeout(limit)?;
    stream.set_write_timeout(limit)?;
    let mut stream = stream;
    io::Write::write_all(&mut stream, text)
}
