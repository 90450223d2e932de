//! `/sys`: attributes of devices.

pub mod capabilities;
pub mod cgroup;
pub mod processors;
pub mod udev_message;
pub mod uevent;
