//! The calls of Linux that few programs know, one a file: each shows what the call does and where its description is often wrong.
//! The head of each file is its transcript.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "memory, handlers and other processes are what is shown")]

extern crate alloc;

mod attributes;
mod bpf;
mod clone;
mod counters;
mod descriptors;
mod dispatch;
mod epoll;
mod futex;
mod getdents;
mod inotify;
mod memfd;
mod mknod;
mod mmap;
mod netlink;
mod processors;
mod ptrace;
mod queue;
mod remote;
mod seccomp;
mod select;
mod sendfile;
mod sigaction;
mod signalfd;
mod splice;
mod statx;
mod uring;
mod vectors;
mod vmsplice;

use spelunk::io::{Errno, Result, Write, stderr, stdout};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// What shows a call.
type Show = fn(&mut dyn Write) -> Result<()>;

const CALLS: &[(&str, Show)] = &[
    ("attributes", attributes::run),
    ("bpf", bpf::run),
    ("clone", clone::run),
    ("counters", counters::run),
    ("descriptors", descriptors::run),
    ("dispatch", dispatch::run),
    ("epoll", epoll::run),
    ("futex", futex::run),
    ("getdents", getdents::run),
    ("inotify", inotify::run),
    ("memfd", memfd::run),
    ("mknod", mknod::run),
    ("mmap", mmap::run),
    ("netlink", netlink::run),
    ("processors", processors::run),
    ("ptrace", ptrace::run),
    ("queue", queue::run),
    ("remote", remote::run),
    ("seccomp", seccomp::run),
    ("select", select::run),
    ("sendfile", sendfile::run),
    ("sigaction", sigaction::run),
    ("signalfd", signalfd::run),
    ("splice", splice::run),
    ("statx", statx::run),
    ("uring", uring::run),
    ("vectors", vectors::run),
    ("vmsplice", vmsplice::run),
];

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let word = arguments.nth(1).and_then(|word| word.to_str().ok()).unwrap_or_default();
    let Some((_, show)) = CALLS.iter().find(|(name, _)| *name == word) else {
        let mut out = stderr();
        let _ = write!(out, "calls NAME:");
        for (name, _) in CALLS {
            let _ = write!(out, " {name}");
        }
        let _ = writeln!(out);
        return 2;
    };
    let mut out = stdout();
    let shown = show(&mut out).and_then(|()| out.flush());
    match shown {
        Ok(()) => 0,
        // What this kernel has not, or does not let us have.
        Err(
            errno @ (Errno::NOSYS
            | Errno::PERM
            | Errno::ACCES
            | Errno::OPNOTSUPP
            | Errno::NOENT
            | Errno::INVAL),
        ) => {
            let _ = writeln!(stderr(), "calls: {word}: not here: {errno}");
            1
        }
        Err(errno) => {
            let _ = writeln!(stderr(), "calls: {word}: {errno}");
            1
        }
    }
}
