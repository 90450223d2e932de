//! Commands whose inputs change, or whose readers go, while they run: what no table can say.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use linux::fd::OwnedFd;
use linux::fs::OpenFlags;

use crate::Ours;

/// How long a line is waited for; none takes so long.
const LIMIT: Duration = Duration::from_secs(20);

/// A case: its name, and the function that fails when it does.
pub(crate) type Case = (&'static str, fn(&Ours, &Path) -> Result<()>);

/// All of them.
pub(crate) const CASES: [Case; 11] = [
    ("dd: says how far it is", dd_reports),
    ("getty: reads a name as it is typed, and shows it", getty_reads_a_name),
    ("getty: asks again when the name is none", getty_asks_again),
    ("head: leaves to others what it did not print", head_gives_back),
    ("sort: takes a second thread for many lines", sort_of_many),
    ("tac: reads a file from its end as it reads a stream", tac_of_blocks),
    ("tail: shows what a file grows by", tail_follows),
    ("tail: shows a file that takes the place of another", tail_follows_names),
    ("tail: says that a file has become shorter", tail_sees_truncation),
    ("tee: goes on when nobody reads its output", tee_goes_on),
    ("yes: ends with its reader", yes_ends),
];

/// Plays a case in a folder of its own.
pub(crate) fn play(case: &Case, ours: &Ours) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("spelunk-live-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = case.1(ours, &folder);
    fs::remove_dir_all(&folder)?;
    result
}

/// A command that runs, and the lines of its output and its messages as they come.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn new(mut command: Command) -> Result<Self> {
        // One pipe for both, so that lines come in their order.
        let (reader, writer) = std::io::pipe()?;
        let child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(reader).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Ok(Self { child, lines })
    }

    fn expect(&self, line: &str) -> Result<()> {
        let got = self.lines.recv_timeout(LIMIT).with_context(|| format!("{line:?} did not come"))?;
        ensure!(got == line, "{got:?} in place of {line:?}");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(path: &Path, text: &str) -> Result<()> {
    Ok(OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes())?)
}

/// Gives a command of ours with its words.
fn command(ours: &Ours, name: &str, words: &[&OsStr]) -> Command {
    let mut command = ours.command(OsStr::new(name));
    command.args(words);
    command
}

fn file(folder: &Path, text: &str) -> Result<PathBuf> {
    let path = folder.join("file");
    fs::write(&path, text)?;
    Ok(path)
}

fn tail_follows(ours: &Ours, folder: &Path) -> Result<()> {
    let path = file(folder, "one\n")?;
    let tail = Running::new(command(ours, "tail", &["-f".as_ref(), path.as_ref()]))?;
    tail.expect("one")?;
    append(&path, "two\n")?;
    tail.expect("two")?;
    append(&path, "three\nfour\n")?;
    tail.expect("three")?;
    tail.expect("four")
}

fn tail_follows_names(ours: &Ours, folder: &Path) -> Result<()> {
    let path = file(folder, "one\n")?;
    let words: [&OsStr; 4] = ["-F".as_ref(), "-s".as_ref(), "0.05".as_ref(), path.as_ref()];
    let tail = Running::new(command(ours, "tail", &words))?;
    tail.expect("one")?;
    let other = folder.join("other");
    fs::write(&other, "two\n")?;
    fs::rename(&other, &path)?;
    tail.expect(&format!("tail: {}: is another file now", path.display()))?;
    tail.expect("two")?;
    fs::remove_file(&path)?;
    tail.expect(&format!("tail: {}: no such file or directory", path.display()))?;
    fs::write(&path, "three\n")?;
    tail.expect(&format!("tail: {}: has appeared", path.display()))?;
    tail.expect("three")
}

fn tail_sees_truncation(ours: &Ours, folder: &Path) -> Result<()> {
    let path = file(folder, "a long line\n")?;
    let tail = Running::new(command(ours, "tail", &["-f".as_ref(), path.as_ref()]))?;
    tail.expect("a long line")?;
    File::options().write(true).open(&path)?.set_len(0)?;
    tail.expect(&format!("tail: {}: has become shorter", path.display()))?;
    append(&path, "new\n")?;
    tail.expect("new")
}

/// A terminal of our own: the end that a person sits at, the other one, and the path of that.
fn terminal() -> Result<(OwnedFd, OwnedFd, String)> {
    let flags = OpenFlags::READ_WRITE | OpenFlags::NO_CONTROLLING_TERMINAL | OpenFlags::CLOSE_ON_EXEC;
    let seat = linux::fs::open("/dev/ptmx", flags, linux::fs::Mode::empty())?;
    linux::terminal::unlock_peer(&seat)?;
    let peer = linux::terminal::open_peer(&seat, flags)?;
    let name = fs::read_link(format!("/proc/self/fd/{}", peer.as_raw()))?;
    Ok((seat, peer, name.to_string_lossy().into_owned()))
}

/// Reads what appears on a terminal until it ends so.
fn appears(seat: &OwnedFd, end: &str) -> Result<String> {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(end.as_bytes()) {
        let count = linux::fs::read(seat, &mut byte);
        ensure!(count == Ok(1), "{end:?} does not come behind {}", text.escape_ascii());
        text.push(byte[0]);
    }
    Ok(String::from_utf8(text)?)
}

fn getty(ours: &Ours, folder: &Path, typed: &[&str]) -> Result<String> {
    let issue = file(folder, "This is \\l.\n")?;
    let (seat, peer, name) = terminal()?;
    let words = ["-L", "-l", "/bin/echo", "-f"].map(OsStr::new);
    let mut command = command(ours, "getty", &words);
    command.arg(&issue).args(["115200,9600", name.as_str(), "vt100"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut text = String::new();
    for line in typed {
        text += &appears(&seat, "login: ")?;
        linux::fs::write_all(&seat, line.as_bytes())?;
    }
    text += &appears(&seat, "-- ann\r\n")?;
    ensure!(child.wait()?.success(), "{text}");
    drop(peer);
    let host = fs::read_to_string("/proc/sys/kernel/hostname")?;
    Ok(text.replace(&name.replace("/dev/", ""), "LINE").replace(host.trim(), "HOST"))
}

fn getty_reads_a_name(ours: &Ours, folder: &Path) -> Result<()> {
    let text = getty(ours, folder, &["xx\x15anx\x7fn\r"])?;
    let echo = "xx\x08 \x08\x08 \x08anx\x08 \x08n\r\n";
    ensure!(text == format!("This is LINE.\r\nHOST login: {echo}-- ann\r\n"), "{text:?}");
    Ok(())
}

fn getty_asks_again(ours: &Ours, folder: &Path) -> Result<()> {
    // A zero byte is what a break becomes: the next speed.
    let text = getty(ours, folder, &["\n", "-froot\n", "\0", "ann\n"])?;
    ensure!(text.matches("This is LINE.").count() == 4, "{text:?}");
    ensure!(text.contains("A name cannot begin with a dash."), "{text:?}");
    Ok(())
}

fn head_gives_back(ours: &Ours, folder: &Path) -> Result<()> {
    let path = file(folder, "one\ntwo\nthree\n")?;
    let mut input = File::open(&path)?;
    let output = command(ours, "head", &["-n1".as_ref()]).stdin(input.try_clone()?).output()?;
    ensure!(output.stdout == b"one\n");
    let mut rest = String::new();
    input.read_to_string(&mut rest)?;
    ensure!(rest == "two\nthree\n", "{rest:?}");
    Ok(())
}

fn sort_of_many(ours: &Ours, folder: &Path) -> Result<()> {
    // More than once, some of them, and more than one thread takes.
    let mut lines: Vec<String> = (0..60_000_u64).map(|at| format!("{} line", at * 7919 % 50_021)).collect();
    fs::write(folder.join("lines"), lines.join("\n"))?;
    lines.sort();
    let sorted = |words: &[&str]| -> Result<Vec<String>> {
        let output =
            ours.command(OsStr::new("sort")).args(words).arg("lines").current_dir(folder).output()?;
        ensure!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
        Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
    };
    // By parts of half the memory, too, which are written to files.
    for words in [&[][..], &["-S", "900K"]] {
        ensure!(sorted(words)? == lines, "{words:?}: another order");
    }
    lines.dedup();
    ensure!(sorted(&["-u"])? == lines, "-u: another order");
    lines.reverse();
    ensure!(sorted(&["-r", "-u"])? == lines, "-r -u: another order");
    Ok(())
}

fn tac_of_blocks(ours: &Ours, folder: &Path) -> Result<()> {
    let long = "y".repeat(700_000);
    let lines: Vec<_> = (0..40_000).map(|number| format!("line {number}\n")).collect();
    let path = file(folder, &format!("{}{long}\nlast", lines.concat()))?;
    let backwards = lines.iter().rev().cloned().collect::<String>();
    let expected = format!("last{long}\n{backwards}");
    let of_file = command(ours, "tac", &[path.as_ref()]).output()?;
    ensure!(of_file.stdout == expected.as_bytes(), "of a file: {} bytes", of_file.stdout.len());
    let words: [&OsStr; 2] = ["-s".as_ref(), "\n".as_ref()];
    let mut tac = command(ours, "tac", &words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = tac.stdin.take().context("input")?;
    let text = fs::read(&path)?;
    let writer = std::thread::spawn(move || input.write_all(&text));
    let of_stream = tac.wait_with_output()?;
    writer.join().ok().context("the writer")??;
    ensure!(of_stream.stdout == expected.as_bytes(), "of a stream: {} bytes", of_stream.stdout.len());
    Ok(())
}

fn yes_ends(ours: &Ours, _: &Path) -> Result<()> {
    let mut yes =
        command(ours, "yes", &["no".as_ref()]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    BufReader::new(yes.stdout.take().context("output")?).read_line(&mut line)?;
    ensure!(line == "no\n", "{line:?}");
    let started = Instant::now();
    while yes.try_wait()?.is_none() {
        if started.elapsed() > LIMIT {
            yes.kill()?;
            bail!("it goes on without a reader");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn tee_goes_on(ours: &Ours, folder: &Path) -> Result<()> {
    let path = folder.join("file");
    let mut tee = command(ours, "tee", &["-p".as_ref(), path.as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    drop(tee.stdout.take());
    let mut input = tee.stdin.take().context("input")?;
    let text = "line\n".repeat(50_000);
    input.write_all(text.as_bytes())?;
    drop(input);
    let status = tee.wait()?;
    ensure!(status.success(), "{status}");
    ensure!(fs::read_to_string(&path)? == text);
    Ok(())
}

fn dd_reports(ours: &Ours, _: &Path) -> Result<()> {
    // The emulator has handlers of its own for all signals: it cannot be seen when the program has one.
    if ours.emulator.is_some() {
        return Ok(());
    }
    let words: [&OsStr; 3] = ["bs=1".as_ref(), "of=/dev/null".as_ref(), "status=noxfer".as_ref()];
    let mut dd = command(ours, "dd", &words).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (mut input, messages) = (dd.stdin.take().context("input")?, dd.stderr.take().context("messages")?);
    let mut messages = BufReader::new(messages).lines();
    // Before it has its handler the signal would end it.
    let started = Instant::now();
    while !catches(&dd, linux::signal::Signal::USR1)? {
        ensure!(started.elapsed() < LIMIT, "it takes no notice of SIGUSR1");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = linux::process::Pid::new(dd.id() as i32).context("its number")?;
    linux::process::kill(pid, Some(linux::signal::Signal::USR1))?;
    let mut next = || messages.next().context("no message")?.context("messages");
    ensure!(next()? == "0+0 records in" && next()? == "0+0 records out");
    input.write_all(b"abc")?;
    drop(input);
    ensure!(dd.wait()?.success());
    ensure!(next()? == "3+0 records in" && next()? == "3+0 records out");
    Ok(())
}

/// Says whether a process has a handler for a signal.
fn catches(process: &Child, signal: linux::signal::Signal) -> Result<bool> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).context("no SigCgt")?;
    Ok(u64::from_str_radix(mask, 16)? >> (signal.number() - 1) & 1 == 1)
}
