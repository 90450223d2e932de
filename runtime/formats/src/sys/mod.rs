//! `/sys`: attributes of devices.

pub mod capabilities;
pub mod processors;
pub mod uevent;
