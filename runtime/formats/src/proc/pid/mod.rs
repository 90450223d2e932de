//! `/proc/<pid>/`: one process.

pub mod auxv;
pub mod cgroup;
pub mod cmdline;
pub mod mountinfo;
pub mod smaps;
pub mod stat;
pub mod status;
