//! Programs of ours, built for a machine without a libc and run as the kernel, and hostile kernels, would run them.

#![allow(unsafe_code, reason = "system calls between fork and execve")]

mod contract;
mod cost;
mod examples;
mod faults;
mod hazards;
mod panics;
mod signals;
mod start;
mod sync;
mod tasks;
mod threads;
mod trace;
mod user;
mod vdso;
