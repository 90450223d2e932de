//! Tests in private network namespaces, against real servers and the real kernel.

mod dhcp;
mod rtnetlink;
mod servers;
