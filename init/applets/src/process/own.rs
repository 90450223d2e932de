//! This program again: how a command goes to the background, and has each of its tasks done in a process of its own. The crate
//! cannot fork, and a fresh image has nothing of the old one in memory.

use alloc::vec::Vec;

use linux::fd::BorrowedFd;
use linux::fs::{Mode, OpenFlags};
use linux::process::{CloneFlags, Pid, Step};
use query::text::decimal;

use super::launch::{self, Launch};
use crate::{Io, Outcome, Parsed, Status, Value, source};

/// Gives the words that call a command again, with the options that it was given but these, and some more.
pub(crate) fn words(parsed: &Parsed<'_>, without: &[u8], with: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut words = Vec::from([parsed.applet.name().as_bytes().to_vec()]);
    for (key, value) in parsed.options.iter().filter(|(key, _)| !without.contains(key)) {
        let flag = parsed.applet.flags().iter().find(|flag| flag.key == *key);
        let Some(flag) = flag else { continue };
        let is_alone = flag.value() == Value::None;
        words.push(match flag.short() {
            Some(letter) => [&[b'-', letter][..], value].concat(),
            None if is_alone => [b"--", flag.long().as_bytes()].concat(),
            None => [b"--", flag.long().as_bytes(), b"=", value].concat(),
        });
    }
    words.extend(with.iter().map(|word| word.to_vec()));
    words.push(b"--".to_vec());
    words.extend(parsed.operands.iter().map(|word| word.to_vec()));
    words
}

/// Starts this program with these words as a child that takes these steps before.
pub(crate) fn start(io: &mut Io<'_>, words: &[Vec<u8>], steps: &[Step<'_>]) -> Result<Pid, Status> {
    io.out.flush();
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let launch = Launch::own(&words, io.environment);
    let started = match &launch {
        Some(launch) => launch.start(steps, CloneFlags::empty(), None),
        None => return Err(launch::refused(io, &words, linux::Errno::INVAL)),
    };
    started.map_err(|(_, errno)| launch::refused(io, &words, errno))
}

/// Has a command go on in the background: in a session of its own, without input and output, but with an open file as its standard
/// input if one is given.
pub(crate) fn background(
    io: &mut Io<'_>,
    words: &[Vec<u8>],
    input: Option<BorrowedFd<'_>>,
) -> Result<Pid, Status> {
    let nothing = |number| Step::Open(number, c"/dev/null", OpenFlags::READ_WRITE, Mode::empty());
    let input = input.map_or(nothing(0), |input| Step::Put(input, 0));
    start(io, words, &[Step::Session, input, nothing(1), nothing(2)])
}

/// The same for one that others find by the number in `/run/NAME.pid`; it matters to nobody where that cannot be written.
pub(crate) fn daemon(
    io: &mut Io<'_>,
    parsed: &Parsed<'_>,
    words: &[Vec<u8>],
    input: Option<BorrowedFd<'_>>,
) -> Outcome {
    let pid = background(io, words, input)?;
    let path = [b"/run/", parsed.applet.name().as_bytes(), b".pid"].concat();
    if let Ok(file) = source::create_file(&path) {
        let mut text = Vec::new();
        decimal(pid.get().unsigned_abs().into(), &mut text);
        text.push(b'\n');
        let _ = linux::fs::write_all(&file, &text);
    }
    Ok(Status::SUCCESS)
}
