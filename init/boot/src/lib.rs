//! Process 1 and its workers; process 1 never panics, never exits and parses no byte that came from outside.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod agent;
mod child;
#[cfg(feature = "housekeeping")]
mod chores;
mod command;
mod console;
#[cfg(feature = "devices")]
mod devices;
#[cfg(feature = "disks")]
mod disks;
pub mod log;
mod mounts;
pub mod network;
#[cfg(not(feature = "housekeeping"))]
mod no_chores;
#[cfg(not(feature = "disks"))]
mod no_disks;
#[cfg(not(feature = "services"))]
mod no_services;
mod power_button;
mod process1;
mod prompt;
#[cfg(feature = "services")]
mod services;
mod settings;
mod shutdown;
mod signals;
mod state;
pub mod up;
mod words;
mod workers;

#[cfg(not(feature = "housekeeping"))]
use no_chores as chores;
#[cfg(not(feature = "disks"))]
use no_disks as disks;
#[cfg(not(feature = "services"))]
use no_services as services;

pub use command::Commands;
#[cfg(feature = "services")]
pub use process1::succeed;
pub use process1::{recover, run};
#[cfg(feature = "services")]
pub use services::Succession;
pub use settings::{Name, Refused, Settings};
