//! Real system calls on the machine that runs the tests: what they give, and how they fail.
//!
//! What needs privileges runs in a child in a user namespace of its own; no test needs root.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]
#![allow(unsafe_code, reason = "signal handlers, forks and raw descriptors are what is tested")]

mod attributes;
mod caches;
mod cgroups;
mod child;
mod confinement;
mod counters;
mod descriptors;
mod directories;
mod emulator;
mod errors;
mod files;
mod futexes;
mod ipc;
mod keys;
mod links;
mod memory;
mod metadata;
mod mounts;
mod names;
mod notices;
#[cfg(target_pointer_width = "32")]
mod old_kernel;
mod packets;
mod processes;
mod programs;
mod programs_in_kernel;
mod remote;
mod rings;
mod scratch;
mod signals;
#[allow(unreachable_pub, reason = "the other tests have it in a library")]
#[path = "../src/skip.rs"]
mod skip;
mod sockets;
mod terminals;
mod threads;
mod times;
mod tracees;
mod waiting;
mod watched_trees;
mod width;
