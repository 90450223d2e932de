//! The DHCP client for IPv4 (RFC 2131) as a machine without I/O: frames and the time in, actions and a deadline out.

mod client;
mod config;
mod drops;
mod event;
mod status;

pub use client::Client;
pub use config::{ClientId, Config, Conflict, RoutePolicy};
pub use drops::{Drop, Drops};
pub use event::{Action, Event, Notice};
pub use formats::file::lease::{Lease, Route};
pub use formats::wire::ethernet::Mac;
pub use status::{Phase, Status};
