//! Every system call by a test of its own: 61 groups, named as in the table `names.txt`, whose names ljsyscall's tests had first.
//!
//! A module is a group and a function a test. Each runs in a child of its own, so that what it does to signals, users, limits and
//! namespaces ends with it; its open descriptors are the same before and after. A name of the table has a test or, behind `#`, the
//! reason why it has none; a name without either fails, and so does a test that the table does not name. Those whose name ends in
//! `root` are skipped unless root runs them; they run in namespaces of their own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]
#![allow(unsafe_code, reason = "signal handlers, forks and raw descriptors are what is tested")]

#[macro_use]
mod runner;

mod address_names;
mod aio;
mod basic;
mod bpf;
mod bpf_root;
mod bridge_linux;
mod capabilities;
mod clock;
mod directory_operations;
mod events_epoll;
mod file_operations;
mod file_operations_at;
mod file_operations_linux;
mod filesystem_linux;
mod ids;
mod ids_linux;
mod inotify;
mod largefile;
mod locking;
mod misc;
mod misc_linux;
mod misc_linux_root;
mod mmap;
mod mount_linux_root;
mod mounts;
mod mq;
mod mremap;
mod namespaces_root;
mod netlink;
mod open_close;
mod perf_root;
mod poll_select;
mod ppoll;
mod proc;
mod processes;
mod processes_linux;
mod raw_socket;
mod read_write;
mod rusage;
#[allow(unreachable_pub, reason = "the other tests have it in a library")]
#[path = "../../src/sandbox.rs"]
mod sandbox;
mod scheduler;
#[path = "../scratch.rs"]
mod scratch;
mod seccomp;
mod sendfd;
mod sendfile;
mod shm;
mod signals;
mod signals_linux;
mod sleep;
mod sockets_pipes;
mod support;
mod swap;
mod tee_splice;
mod termios;
mod timeofday;
mod timers;
mod timers_linux;
mod timespec_timeval;
mod tuntap_root;
mod types_reflect;
mod util;
mod util_misc;
mod xattr_linux;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let [word, rest @ ..] = words.as_slice()
        && word == processes::SAY
    {
        return processes::say(rest);
    }
    runner::run(GROUPS, include_str!("names.txt"), &words)
}

const GROUPS: &[&[runner::Test]] = &[
    address_names::TESTS,
    aio::TESTS,
    basic::TESTS,
    bpf::TESTS,
    bpf_root::TESTS,
    bridge_linux::TESTS,
    capabilities::TESTS,
    clock::TESTS,
    directory_operations::TESTS,
    events_epoll::TESTS,
    file_operations::TESTS,
    file_operations_at::TESTS,
    file_operations_linux::TESTS,
    filesystem_linux::TESTS,
    ids::TESTS,
    ids_linux::TESTS,
    inotify::TESTS,
    largefile::TESTS,
    locking::TESTS,
    misc::TESTS,
    misc_linux::TESTS,
    misc_linux_root::TESTS,
    mmap::TESTS,
    mount_linux_root::TESTS,
    mounts::TESTS,
    mq::TESTS,
    mremap::TESTS,
    namespaces_root::TESTS,
    netlink::TESTS,
    open_close::TESTS,
    perf_root::TESTS,
    poll_select::TESTS,
    ppoll::TESTS,
    proc::TESTS,
    processes::TESTS,
    processes_linux::TESTS,
    raw_socket::TESTS,
    read_write::TESTS,
    rusage::TESTS,
    scheduler::TESTS,
    seccomp::TESTS,
    sendfd::TESTS,
    sendfile::TESTS,
    shm::TESTS,
    signals::TESTS,
    signals_linux::TESTS,
    sleep::TESTS,
    sockets_pipes::TESTS,
    swap::TESTS,
    tee_splice::TESTS,
    termios::TESTS,
    timeofday::TESTS,
    timers::TESTS,
    timers_linux::TESTS,
    timespec_timeval::TESTS,
    tuntap_root::TESTS,
    types_reflect::TESTS,
    util::TESTS,
    util_misc::TESTS,
    xattr_linux::TESTS,
];
