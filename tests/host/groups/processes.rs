//! Making processes, waiting for them, executing programs.

use std::ffi::CString;
use std::process::ExitCode;
use std::time::Duration;

use linux::fs::{PipeFlags, pipe, read_full};
use linux::process::{
    self, Argument, Ended, Pid, Usage, WaitFlags, WaitFor, Whose, getpgid, getpid, getpriority, getsid,
    setpriority, wait4, waitid,
};

use crate::support::{child, wait};

/// The first word with which this program says what it was given.
pub(crate) const SAY: &str = "--say";

/// Is what the program does that [`execve`] executes.
pub(crate) fn say(words: &[String]) -> ExitCode {
    println!("{words:?} {:?}", std::env::vars().collect::<Vec<_>>());
    ExitCode::from(42)
}

fn nice() {
    let own = Whose::Process(None);
    let before = getpriority(own).unwrap();
    assert!((-20..=19).contains(&before), "the true one, not as the kernel says it");
    setpriority(own, 19).unwrap();
    assert_eq!(getpriority(own), Ok(19));
}

/// Has a child that ends with 23 be waited for.
fn ends(wait: impl FnOnce(Pid) -> (Pid, Ended)) {
    let pid = child(|| if process::getppid().is_some() { 23 } else { 1 });
    assert_eq!(wait(pid), (pid, Ended::Exited(23)));
    assert_eq!(waitid(WaitFor::Process(pid), WaitFlags::EXITED).map(drop), Err(linux::Errno::CHILD));
}

fn with_usage(child: Option<Pid>) -> (Pid, Ended, Usage) {
    linux::retry(|| wait4(child, WaitFlags::empty())).unwrap().unwrap()
}

fn fork_wait() {
    ends(|_| {
        let child = linux::retry(|| waitid(WaitFor::Any, WaitFlags::EXITED)).unwrap().unwrap();
        (child.pid, child.ended)
    });
}

fn fork_waitpid() {
    ends(|pid| {
        let child = wait(pid);
        (child.pid, child.ended)
    });
}

fn fork_waitid() {
    ends(|pid| {
        let kept = WaitFlags::EXITED | WaitFlags::KEEP;
        let seen = linux::retry(|| waitid(WaitFor::Process(pid), kept)).unwrap().unwrap();
        assert_eq!((seen.pid, seen.ended), (pid, Ended::Exited(23)));
        let child = wait(pid);
        (child.pid, child.ended)
    });
}

fn fork_wait3() {
    ends(|_| {
        let (pid, ended, usage) = with_usage(None);
        assert!(usage.resident_kib > 0);
        (pid, ended)
    });
}

fn fork_wait4() {
    ends(|pid| {
        let (pid, ended, usage) = with_usage(Some(pid));
        assert!(usage.user + usage.system < Duration::from_secs(60));
        (pid, ended)
    });
}

fn execve() {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC).unwrap();
    let program =
        CString::new(std::fs::read_link("/proc/self/exe").unwrap().into_os_string().into_encoded_bytes());
    let program = program.unwrap();
    let pid = child(|| {
        linux::fs::set_standard(linux::fs::Standard::Output, &writer).unwrap();
        let words = [c"name", c"--say", c"test", c"two words"].map(Argument::new);
        let words = [words[0], words[1], words[2], words[3], Argument::END];
        let variables = [Argument::new(c"PATH=/test"), Argument::END];
        process::execve(program.as_c_str(), &words, &variables);
        1
    });
    drop(writer);
    let mut said = vec![0; 1024];
    let count = read_full(&reader, &mut said).unwrap();
    let said = String::from_utf8_lossy(&said[..count]).into_owned();
    assert_eq!(said, "[\"test\", \"two words\"] [(\"PATH\", \"/test\")]\n");
    assert_eq!(wait(pid).ended, Ended::Exited(42));
}

fn setsid() {
    let pid = child(|| {
        let session = process::setsid();
        let is_leader = session == Ok(getpid()) && getsid(None) == Ok(session.ok());
        i32::from(!is_leader)
    });
    assert_eq!(wait(pid).ended, Ended::Exited(0));
}

fn setpgid() {
    let pid = child(|| {
        let made = process::setpgid(None, None);
        i32::from(made.is_err() || getpgid(None) != Ok(Some(getpid())))
    });
    assert_eq!(wait(pid).ended, Ended::Exited(0));
}

tests![nice, fork_wait, fork_waitpid, fork_waitid, fork_wait3, fork_wait4, execve, setsid, setpgid,];
