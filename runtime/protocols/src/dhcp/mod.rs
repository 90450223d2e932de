//! The DHCP client for IPv4 (RFC 2131) as a machine without I/O: frames and the time in, actions and a deadline out.

mod answers;
mod client;
mod config;
mod conflict;
mod desk;
mod drops;
mod due;
mod event;
mod grant;
mod message;
mod moves;
mod reply;
mod state;
mod status;
mod timing;

pub use client::Client;
pub use config::{ClientId, Config, Conflict, RoutePolicy};
pub use drops::{Drop, Drops};
pub use event::{Action, Event, Notice};
pub use formats::file::lease::{Lease, Route};
pub use formats::wire::ethernet::Mac;
pub use status::{Phase, Status};
