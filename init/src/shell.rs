//! The command `sh`: the shell over the kernel, with the commands of this program behind those of PATH.

#![expect(unsafe_code, reason = "a shell does with descriptors what its scripts say")]

use alloc::ffi::{CString, NulError};
use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

use linux::Errno;
use linux::fs::Numbers;
use linux::process::{self, Argument};
use rt::Environment;
use shell::Kernel;

use crate::commands::Applets;

/// What it is called by.
pub(crate) const NAMES: [&str; 2] = ["ash", "sh"];

/// Gives the shell's words, its name first, where a program's path and words call it: `sh …`, `spelunk sh …`, and `-sh` as
/// that of a login.
pub(crate) fn words<'a>(path: &'a [u8], words: &[&'a [u8]]) -> Option<Vec<&'a [u8]>> {
    if is_name(path) {
        return Some([&[path], words].concat());
    }
    words.first().is_some_and(|name| is_name(name) && is_own(path)).then(|| words.to_vec())
}

fn is_name(path: &[u8]) -> bool {
    let name = last(path);
    let name = name.strip_prefix(b"-").unwrap_or(name);
    NAMES.iter().any(|known| known.as_bytes() == name)
}

fn is_own(path: &[u8]) -> bool {
    crate::is_program(last(path))
}

fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// Runs the shell with its words, its name first.
pub(crate) fn run(words: &[&[u8]], environment: &[&[u8]]) -> i32 {
    take_name();
    // SAFETY: this process is a shell, and nothing else in it owns a descriptor while a command runs.
    let numbers = unsafe { Numbers::claim() };
    shell::main(&Kernel::new(numbers), &Applets, words, environment)
}

/// Takes the shell's name where the kernel only knows the link by which `become_shell` found the program.
fn take_name() {
    let mut room = [0; 16];
    if process::name(&mut room).is_ok_and(|name| name == c"exe") {
        // For people to see.
        let _ = process::set_name(c"sh");
    }
}

/// Has this process, a child of process 1, run a line and end.
pub(crate) fn become_line(environment: Option<Environment>, line: &[u8]) -> i32 {
    become_shell(&[b"sh", b"-c", line], &strings(environment))
}

/// Has this process, a child of process 1, be a login on its terminal whose prompt begins with a name.
pub(crate) fn become_session(environment: Option<Environment>, name: &str) -> i32 {
    let prompt = format!("PS1={name}:$PWD# ");
    let mut environment = strings(environment);
    environment.push(prompt.as_bytes());
    become_shell(&[b"-sh"], &environment)
}

fn strings(environment: Option<Environment>) -> Vec<&'static [u8]> {
    environment.into_iter().flatten().map(CStr::to_bytes).collect()
}

/// Takes a fresh image of this program, so that nothing of process 1 is open or in memory any more; where there is no `/proc`
/// for that, or no memory, goes on in this one.
fn become_shell(words: &[&[u8]], environment: &[&[u8]]) -> i32 {
    let owned = |strings: &[&[u8]]| -> Result<Vec<CString>, NulError> {
        strings.iter().map(|string| CString::new(*string)).collect()
    };
    if let (Ok(arguments), Ok(variables)) = (owned(words), owned(environment)) {
        let _: Errno = process::execve(c"/proc/self/exe", &list(&arguments), &list(&variables));
    }
    run(words, environment)
}

fn list(strings: &[CString]) -> Vec<Argument<'_>> {
    strings.iter().map(|string| Argument::new(string)).chain([Argument::END]).collect()
}
