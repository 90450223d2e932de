//! What all processes of a service may take together: the limits of its control group.

use alloc::string::String;
use alloc::vec::Vec;

use crate::packed::packed;

packed! {
    /// The limits of a service's control group; none: none of that kind.
    pub struct Resources {
        /// Bytes of memory; who needs more is killed.
        pub memory: Option<u64>,
        /// Bytes of memory from which on they are held up.
        pub memory_high: Option<u64>,
        /// Bytes of memory on disks.
        pub swap: Option<u64>,
        /// Hundredths of a processor.
        pub cpu: Option<u64>,
        /// The share of processors where there are too few, 1 to 10000; others have 100.
        pub cpu_weight: Option<u64>,
        /// Processes.
        pub processes: Option<u64>,
        /// Of single disks.
        pub disks: Vec<DiskBounds>,
    }
}

packed! {
    /// What a service may have of one disk in a second.
    pub struct DiskBounds {
        /// The device.
        pub path: String,
        /// Bytes read.
        pub read: Option<u64>,
        /// Bytes written.
        pub write: Option<u64>,
        /// Reads.
        pub reads: Option<u64>,
        /// Writes.
        pub writes: Option<u64>,
    }
}
