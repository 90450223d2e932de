//! Tests in private network namespaces, against real servers and the real kernel.

mod dhcp;
mod names;
mod rtnetlink;
mod servers;
