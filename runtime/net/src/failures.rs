//! Streams and messages with each of their system calls failing in turn, and with transfers that are short: what is told is true, what
//! came is what was sent, nothing is lost or sent twice, nothing stays open. The sockets are in memory.

use core::time::Duration;
use std::vec::Vec;

use io::{BufRead, BufReader, BufWriter, IoSlice, IoSliceMut, Read, Write};
use linux::net::MessageFlags;
use linux::poll::{PollFd, PollFlags, poll};
use linux::{Errno, Result, retry};
use simulation::{Failure, Plan, each_failure_of};

use crate::{Shutdown, Socket, UnixAddress, UnixDatagram, UnixListener, UnixStream};

/// Errors that calls of sockets give one day.
const ERRORS: [Errno; 6] =
    [Errno::INTR, Errno::CONNRESET, Errno::PIPE, Errno::NOBUFS, Errno::NOMEM, Errno::MFILE];

/// Has each call fail with each of the errors.
fn each(errors: &[Errno], run: impl Fn(Option<Failure>)) {
    each_failure_of(|| Plan::new().connected(), errors, run);
}

/// Checks what came of a run: it is right, or its error is that of the call that failed.
fn told<T: PartialEq + core::fmt::Debug>(failure: Option<Failure>, came: Result<T>, expected: &T) {
    match (failure, came) {
        (_, Ok(came)) => assert_eq!(&came, expected, "{failure:?}"),
        (Some(failure), Err(errno)) => assert_eq!(errno, failure.errno, "{failure:?}"),
        (None, Err(errno)) => panic!("nothing failed, and yet: {errno}"),
    }
}

/// The same where a signal makes no difference.
fn told_through_signals<T: PartialEq + core::fmt::Debug>(
    failure: Option<Failure>,
    came: Result<T>,
    expected: &T,
) {
    let failure = failure.filter(|failure| failure.errno != Errno::INTR);
    told(failure, came, expected);
}

fn lines() -> Vec<Vec<u8>> {
    (0..200).map(|number| std::format!("line {number}\n").into_bytes()).collect()
}

/// Sends the lines through buffers that are smaller than they are together, some larger than a buffer.
fn spoken<const N: usize>(lines: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    let (one, other) = UnixStream::pair()?;
    let mut to = BufWriter::<_, N>::new(&one);
    for line in lines {
        to.write_all(line)?;
    }
    to.finish()?;
    retry(|| one.shutdown(Shutdown::Write))?;
    let mut from = BufReader::<_, N>::new(&other);
    let mut came = Vec::new();
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(came);
        }
        came.push(line);
    }
}

#[test]
fn lines_come_as_they_were_written() {
    let lines = lines();
    // A pair is made by a call that is not made again.
    let made = |failure: Option<Failure>| failure.filter(|failure| failure.at == 0);
    each(&ERRORS, |failure| match made(failure) {
        Some(_) => told(failure, spoken::<300>(&lines), &lines),
        None => told_through_signals(failure, spoken::<300>(&lines), &lines),
    });
    each(&[Errno::IO], |failure| told(failure, spoken::<4>(&lines[..20]), &lines[..20].to_vec()));
    for most in [1, 2, 7, 299, 300, 301] {
        let came = Plan::new().connected().short(most).run(|| spoken::<300>(&lines));
        assert_eq!(came, Ok(lines.clone()), "{most}");
    }
}

/// Holds back, and sends on until nobody says to wait.
fn sent_on(text: &[u8]) -> Result<Vec<u8>> {
    let (one, mut other) = UnixStream::pair()?;
    let mut to = BufWriter::<_, 4096>::new(&one);
    to.write_all(text)?;
    while to.flush() == Err(Errno::AGAIN) {}
    assert_eq!(to.buffer(), b"");
    to.take_error();
    to.finish()?;
    let mut came = std::vec![0; text.len()];
    other.read_full(&mut came)?;
    Ok(came)
}

#[test]
fn what_must_wait_is_neither_lost_nor_sent_twice() {
    let text = lines().concat()[..200].to_vec();
    for most in [1, 3, 100, 200] {
        let plan = || Plan::new().connected().short(most);
        each_failure_of(plan, &[Errno::AGAIN], |failure| match sent_on(&text) {
            Ok(came) => assert_eq!(came, text, "{failure:?}"),
            // Who reads without a buffer hears it.
            Err(errno) => assert_eq!(Some(errno), failure.map(|failure| failure.errno)),
        });
    }
}

#[test]
fn a_writer_whose_peer_is_gone_says_so_once_and_drops_in_silence() {
    let plan = Plan::new().connected();
    plan.run(|| {
        let (one, other) = UnixStream::pair().unwrap();
        drop(other);
        let mut to = BufWriter::<_, 16>::new(&one);
        to.write_all(b"held back").unwrap();
        assert_eq!((to.flush(), to.has_failed()), (Err(Errno::PIPE), true));
        let before = plan.count();
        drop(to);
        assert_eq!(plan.count(), before, "a sink that has failed is not asked again");
    });
    assert!(plan.open().is_empty());
}

#[test]
fn a_reader_hears_what_came_before_the_other_end_broke() {
    Plan::new().connected().run(|| {
        let (one, other) = UnixStream::pair().unwrap();
        (&one).write_all(b"never read").unwrap();
        (&other).write_all(b"whole\nhalf").unwrap();
        // It goes with bytes unread.
        drop(other);
        let mut from = BufReader::<_, 8>::new(&one);
        let mut line = Vec::new();
        assert_eq!((from.read_until(b'\n', &mut line), line.as_slice()), (Ok(6), b"whole\n".as_slice()));
        line.clear();
        assert_eq!(from.read_until(b'\n', &mut line), Err(Errno::CONNRESET));
        assert_eq!(line, b"half", "what came is there");
        assert_eq!(from.read_until(b'\n', &mut line), Ok(0));
    });
}

/// A server takes a connection, and answers.
fn served() -> Result<Vec<u8>> {
    let address = UnixAddress::abstract_name(b"served")?;
    let listener = UnixListener::bind(&address)?;
    let mut client = UnixStream::connect(&address)?;
    let mut server = listener.accept()?;
    assert_eq!(client.peer_address()?, address);
    let sent = client.write_vectored(&[IoSlice::new(b"two "), IoSlice::new(b"parts")])?;
    client.write_all(b"two parts".get(sent..).unwrap_or_default())?;
    let (mut first, mut rest) = ([0; 3], [0; 6]);
    let mut count = 0;
    while count < 9 {
        let got = match count {
            0 => server.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut rest)])?,
            1..3 => server.read(&mut first[count..])?,
            _ => server.read(&mut rest[count - 3..])?,
        };
        assert_ne!(got, 0);
        count += got;
    }
    Ok([first.as_slice(), &rest].concat())
}

#[test]
fn connections_are_made_or_say_why_not() {
    let expected = b"two parts".to_vec();
    each(&ERRORS, |failure| match served() {
        Ok(came) => assert_eq!(came, expected, "{failure:?}"),
        Err(errno) => assert_eq!(Some(errno), failure.map(|failure| failure.errno)),
    });
    for most in 1..10 {
        assert_eq!(Plan::new().connected().short(most).run(served), Ok(expected.clone()), "{most}");
    }
}

/// Messages between two names.
fn exchanged() -> Result<[Vec<u8>; 2]> {
    let bound = |name: &[u8]| UnixDatagram::bind(&UnixAddress::abstract_name(name)?);
    let (asks, answers) = (bound(b"asks")?, bound(b"answers")?);
    asks.send_to(b"what?", &answers.local_address()?)?;
    let mut buffer = [0; 16];
    let (count, from) = answers.recv_from(&mut buffer)?;
    let question = buffer[..count].to_vec();
    assert_eq!(from, asks.local_address()?);
    answers.connect(&from)?;
    answers.send_message(None, &[IoSlice::new(b"th"), IoSlice::new(b"is")], None)?;
    let mut short = [0; 3];
    let received = asks.receive_message(&mut [IoSliceMut::new(&mut short)], &mut [])?;
    assert!(received.flags.contains(MessageFlags::TRUNCATED));
    Ok([question, short[..received.count].to_vec()])
}

#[test]
fn messages_are_whole_whatever_fails() {
    let expected = [b"what?".to_vec(), b"thi".to_vec()];
    each(&ERRORS, |failure| told(failure, exchanged(), &expected));
    // A limit of transfers is for streams.
    assert_eq!(Plan::new().connected().short(1).run(exchanged), Ok(expected));
}

#[test]
fn limits_pass_in_no_time_and_exactly() {
    let hour = Duration::from_secs(3600);
    let plan = Plan::new().connected().timeless(hour);
    plan.run(|| {
        let (mut one, mut other) = UnixStream::pair().unwrap();
        one.set_read_timeout(Some(hour)).unwrap();
        assert_eq!(one.read(&mut [0]), Err(Errno::AGAIN));
        assert_eq!(plan.now(), Some(2 * hour));
        let asked = PollFlags::IN | PollFlags::OUT;
        let ready = |stream: &UnixStream, asked, limit| {
            let mut list = [PollFd::new(stream, asked)];
            poll(&mut list, Some(limit)).map(|_| list[0].came())
        };
        assert_eq!(ready(&one, PollFlags::IN, hour), Ok(PollFlags::empty()));
        assert_eq!(plan.now(), Some(3 * hour));
        other.write_all(b"x").unwrap();
        assert_eq!(ready(&one, asked, hour), Ok(asked));
        drop(other);
        assert_eq!(ready(&one, PollFlags::IN, hour), Ok(PollFlags::IN | PollFlags::HANG_UP));
        assert_eq!(plan.now(), Some(3 * hour), "nobody waited");
    });
}

#[test]
#[should_panic(expected = "nobody can end the wait")]
fn who_waits_for_what_cannot_come_is_told() {
    Plan::new()
        .connected()
        .run(|| {
            let (mut one, _other) = UnixStream::pair().unwrap();
            one.read(&mut [0])
        })
        .unwrap();
}
