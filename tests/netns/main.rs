//! Tests in private network namespaces, against real servers and the real kernel.

mod classic;
mod dhcp;
mod names;
mod rtnetlink;
mod servers;
