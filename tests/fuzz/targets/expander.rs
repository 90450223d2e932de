//! Words of the shell as they are expanded: by a shell that has no system, only variables and a folder of odd names.

use std::cell::RefCell;
use std::time::Duration;

use linux::fs::{From as Seek, Metadata, Mode, OpenFlags};
use linux::process::{Ended, Limit, Pid, Resource};
use linux::signal::{Signal, SignalSet};
use linux::terminal::{Size, Termios};
use linux::{Errno, Result};
use shell::{Commands, Disposition, Start, System, Times, Wait};

/// What is set before the words: parameters, and variables that name each other.
const BEFORE: &[u8] = b"set -- one 'two words' '' '*'\na=1 b='x y  z' c=a d='[!a]*' e= f=c\nprintf '[%s]' ";

/// Expands words: whatever they are the shell comes to an end, and to the same one each time. Gives its status and what it has
/// printed.
pub(crate) fn expander(data: &[u8]) -> (i32, Vec<u8>) {
    let script = [BEFORE, &words(data)].concat();
    let first = expand(&script);
    assert!((0..=255).contains(&first.0), "status {}", first.0);
    assert_eq!(expand(&script), first);
    first
}

/// Leaves out what ends a command: without it there is no loop that need not end.
fn words(data: &[u8]) -> Vec<u8> {
    data.iter().filter(|byte| !matches!(byte, b';' | b'&' | b'\n' | b'`')).copied().collect()
}

/// Runs a script; gives its status and what it has printed.
fn expand(script: &[u8]) -> (i32, Vec<u8>) {
    let nowhere = Nowhere::default();
    let status = shell::main(&nowhere, &nowhere, &[b"sh", b"-c", script], &[b"PATH=/bin"]);
    (status, nowhere.printed.into_inner())
}

/// A system that refuses everything but to print.
#[derive(Default)]
struct Nowhere {
    printed: RefCell<Vec<u8>>,
}

impl Commands for Nowhere {
    fn has(&self, _name: &[u8]) -> bool {
        false
    }
    fn is_quick(&self, _name: &[u8]) -> bool {
        false
    }
    fn call(&self, _words: &[&[u8]], _environment: &[&[u8]]) -> i32 {
        127
    }
    fn collect(&self, _words: &[&[u8]], _environment: &[&[u8]], _into: &mut Vec<u8>) -> i32 {
        127
    }
    fn nearest(&self, _name: &[u8]) -> Vec<&'static str> {
        Vec::new()
    }
    fn names(&self) -> Vec<&'static str> {
        Vec::new()
    }
    fn options(&self, _name: &[u8]) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Refuses calls whose answers nobody needs.
macro_rules! refused {
    ($($name:ident($($type:ty),*) -> $of:ty;)*) => {
        $(fn $name(&self, $(_: $type),*) -> Result<$of> {
            Err(Errno::NOENT)
        })*
    };
}

impl System for Nowhere {
    refused! {
        open(&[u8], OpenFlags, Mode) -> i32;
        duplicate(i32, i32) -> i32;
        put(i32, i32) -> ();
        close(i32) -> ();
        pipe() -> (i32, i32);
        document(&[u8]) -> i32;
        read(i32, &mut [u8]) -> usize;
        seek(i32, Seek) -> u64;
        wait_readable(i32, Duration) -> bool;
        echo(i32, bool) -> bool;
        settings(i32) -> Termios;
        set_settings(i32, &Termios) -> ();
        size(i32) -> Size;
        set_foreground(i32, Pid) -> ();
        foreground(i32) -> Option<Pid>;
        replace(&[u8], &[u8]) -> ();
        remove(&[u8]) -> ();
        stat(&[u8], bool) -> Metadata;
        fstat(i32) -> Metadata;
        change_folder(&[u8]) -> ();
        folder() -> Vec<u8>;
        set_limit(Resource, Limit) -> ();
        set_group(Option<Pid>, Option<Pid>) -> ();
        fork(&mut dyn FnMut() -> i32) -> Pid;
        start(&Start<'_>) -> Pid;
        wait(Wait) -> Option<(Pid, Ended)>;
        kill(i32, Option<Signal>) -> ();
        on_signal(Signal, Disposition) -> ();
    }

    fn write(&self, number: i32, bytes: &[u8]) -> Result<usize> {
        if number == 1 {
            self.printed.borrow_mut().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }
    fn is_terminal(&self, _number: i32) -> bool {
        false
    }
    fn list(&self, _path: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<()> {
        [&b"a"[..], b"b c", b"*", b".x", b"[a]", b"\xff\xfe", b"\xc3\xa9"].into_iter().for_each(each);
        Ok(())
    }
    fn may(&self, _path: &[u8], _how: u32) -> bool {
        false
    }
    fn set_mask(&self, _mask: Mode) -> Mode {
        Mode::empty()
    }
    fn limit(&self, _resource: Resource) -> Result<Limit> {
        Ok(Limit { soft: Some(512 << 10), hard: None })
    }
    fn pid(&self) -> Pid {
        Pid::INIT
    }
    fn parent(&self) -> i32 {
        0
    }
    fn user(&self) -> u32 {
        1
    }
    fn group(&self) -> u32 {
        1
    }
    fn process_group(&self) -> Option<Pid> {
        None
    }
    fn execute(&self, _start: &Start<'_>) -> Errno {
        Errno::NOENT
    }
    fn ignores(&self, _signal: Signal) -> bool {
        false
    }
    fn has_signals(&self) -> bool {
        false
    }
    fn take_signals(&self) -> SignalSet {
        SignalSet::of(&[])
    }
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    fn times(&self) -> Times {
        Times::default()
    }
    fn home(&self, user: &[u8]) -> Option<Vec<u8>> {
        (user == b"root").then(|| b"/root".to_vec())
    }
}
