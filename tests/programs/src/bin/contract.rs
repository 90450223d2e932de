//! Binds itself to the system calls that it was linked with, and shows that it is bound: `list` prints them, `keep` makes
//! calls of its own, `break` makes one that the linker never saw.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a system call that leaves no record")]

use core::fmt::Write;

use linux::security::Refusal;
use linux::{Errno, process};
use programs::Out;
use rt::{Arguments, Environment, contract};

rt::program!(main);
rt::carry_contract!();

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let word = arguments.nth(1).map_or(&b""[..], |word| word.to_bytes());
    let done = match word {
        b"list" => list(),
        b"keep" => keep(),
        b"break" => breach(),
        _ => Err(Errno::INVAL),
    };
    programs::verdict(word.escape_ascii(), done.map(|()| 0))
}

fn list() -> Result<(), Errno> {
    for call in contract::calls() {
        let call = call.map_err(|_| Errno::NOEXEC)?;
        writeln!(Out, "{} {}", call.number, call.name).map_err(|_| Errno::IO)?;
    }
    Ok(())
}

fn keep() -> Result<(), Errno> {
    contract::enforce(Refusal::Kill)?;
    // A second filter is one more call that the first must let through.
    contract::enforce(Refusal::Kill)?;
    match process::getpid() {
        pid if pid.get() > 0 => writeln!(Out, "kept").map_err(|_| Errno::IO),
        _ => Err(Errno::SRCH),
    }
}

fn breach() -> Result<(), Errno> {
    contract::enforce(Refusal::Error(Errno::NOSYS))?;
    // SAFETY: integers only.
    let refused = unsafe { arch::syscall::syscall0(linux_raw_sys::general::__NR_getppid) };
    if refused != -38 {
        return Err(Errno::PERM);
    }
    contract::enforce(Refusal::Kill)?;
    writeln!(Out, "refused").map_err(|_| Errno::IO)?;
    // SAFETY: integers only.
    unsafe { arch::syscall::syscall0(linux_raw_sys::general::__NR_getppid) };
    Ok(())
}
