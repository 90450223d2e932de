//! `/sys`: attributes of devices.

pub mod processors;
