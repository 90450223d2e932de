//! Rings between a program and the kernel: io_uring(7). Operations go in as entries, and come out as completions.
//!
//! [`Ring`] holds the mapped rings; [`Entry`] has a constructor for each operation; what is registered with a ring stands in
//! functions of its own. What an entry points to belongs to the kernel from the moment when it is pushed until its completion
//! comes, whatever becomes of the program's interest in it: pushing is unsafe for that reason alone.

mod buffers;
mod entry;
mod pages;
mod register;
mod ring;
mod setup;

pub use buffers::{BufferRing, unregister_group};
pub use entry::{AcceptFlags, CancelFlags, Entry, EntryFlags, Opcode, ReceiveFlags, SpliceFlags};
pub use register::{Probe, probe, register_buffers, register_files, unregister_buffers, update_file};
pub use ring::{Completion, CompletionFlags, Ring};
pub use setup::{Features, Setup, SetupFlags};
