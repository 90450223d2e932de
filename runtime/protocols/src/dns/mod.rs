//! Looking up names (RFC 1034 section 5.3.1, RFC 1123 section 6.1.3, RFC 5452, RFC 6891, RFC 7766): a stub resolver, which
//! asks servers that ask others.
//!
//! [`Lookup`] is one question in flight. Who runs it owns sockets and the clock: a datagram socket of its own for each
//! [`Action::Open`], so that each has a port of the kernel's random choice, connected to the server.
//!
//! Absent on purpose: caches (an [`Answer`] says how long it may be kept; the caller knows where), letters of random case
//! (0x20; a new port and number each time give 31 random bits), verification (DNSSEC: the server's word is passed on),
//! `nsswitch.conf` (it names libraries to load into the program), multicast names (`.local`).

mod answer;
mod candidates;
mod config;
mod event;
mod lookup;
mod reply;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Failure};
pub use config::Config;
pub use event::{Action, Event, Transport};
pub use lookup::Lookup;
