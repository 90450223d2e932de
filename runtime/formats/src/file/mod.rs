//! What lies in files: a format a file.

pub mod btf;
pub mod calls;
pub mod cpio;
pub mod device_record;
pub mod ebpf;
pub mod elf;
pub mod journal;
pub mod key_map;
pub mod lease;
pub mod posix_tz;
pub mod ring;
pub mod slots;
pub mod tzif;
pub mod udhcpd_leases;
pub mod utmp;
