//! Groups and sessions of processes, and signals to them: setsid(2), setpgid(2), kill(2).

use super::Pid;
use crate::signal::Signal;
use crate::{Errno, Result};

/// Founds a session and a group, both led by this process and without terminal; gives their number.
///
/// # Errors
/// `PERM` (this process already leads a group). See `setsid(2)`.
pub fn setsid() -> Result<Pid> {
    // SAFETY: no arguments.
    let word = unsafe { syscall!(__NR_setsid) }?;
    Pid::new(word as i32).ok_or(Errno::SRCH)
}

/// Gives the session of a process; of this one if none is given. None if it was founded outside this namespace.
///
/// # Errors
/// `SRCH`, `PERM`. See `getsid(2)`.
pub fn getsid(process: Option<Pid>) -> Result<Option<Pid>> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_getsid, or_zero(process)) }.map(|word| Pid::new(word as i32))
}

/// Puts a process into a group; no process means this one, no group a new one with the process's number.
///
/// # Errors
/// `SRCH`, `PERM`, `ACCES` (it has called execve), `INVAL`. See `setpgid(2)`.
pub fn setpgid(process: Option<Pid>, group: Option<Pid>) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_setpgid, or_zero(process), or_zero(group)) }.map(drop)
}

/// Gives the group of a process; of this one if none is given. None if it was founded outside this namespace.
///
/// # Errors
/// `SRCH`. See `getpgid(2)`.
pub fn getpgid(process: Option<Pid>) -> Result<Option<Pid>> {
    // SAFETY: an integer only.
    unsafe { syscall!(__NR_getpgid, or_zero(process)) }.map(|word| Pid::new(word as i32))
}

/// Sends a signal to a process; no signal only asks whether that could be done.
///
/// # Errors
/// `SRCH`, `PERM`, `INVAL`. See `kill(2)`.
pub fn kill(process: Pid, signal: Option<Signal>) -> Result<()> {
    send(process.get(), signal)
}

/// Sends a signal to all processes of a group; to this process's own group if none is given.
///
/// # Errors
/// `SRCH`, `PERM` (to none of them), `INVAL`. See `kill(2)`.
#[doc(alias = "killpg")]
pub fn kill_group(group: Option<Pid>, signal: Option<Signal>) -> Result<()> {
    match group {
        // The number -1 would mean everybody; there is no way to name group 1 but from inside.
        Some(Pid::INIT) => Err(Errno::INVAL),
        group => send(-or_zero(group), signal),
    }
}

/// Sends a signal to every process that this one may signal, except process 1 and itself.
///
/// # Errors
/// `SRCH` (there is none), `PERM`, `INVAL`. See `kill(2)`.
pub fn kill_all(signal: Option<Signal>) -> Result<()> {
    send(-1, signal)
}

fn send(target: i32, signal: Option<Signal>) -> Result<()> {
    // SAFETY: integers only.
    unsafe { syscall!(__NR_kill, target, signal.map_or(0, Signal::number)) }.map(drop)
}

fn or_zero(process: Option<Pid>) -> i32 {
    process.map_or(0, Pid::get)
}

/// Has the kernel hang up the terminal of this session, so that nobody keeps it from before.
///
/// # Errors
/// `PERM` (needs CAP_SYS_TTY_CONFIG). See `vhangup(2)`.
pub fn vhangup() -> Result<()> {
    // SAFETY: no arguments.
    unsafe { syscall!(__NR_vhangup) }.map(drop)
}
