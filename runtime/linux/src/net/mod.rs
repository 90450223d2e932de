//! Sockets: making them, their addresses, messages with control data, and options by name.

mod address;
mod batch;
mod connection;
mod control;
mod descriptors;
mod filter;
mod interface;
mod message;
mod socket;
mod tunnel;

pub mod options;
pub mod vlan;

pub use address::{Address, AddressArg, NetlinkAddress, PacketAddress, PacketKind, UnixAddress};
pub use batch::{Datagram, recvmmsg, sendmmsg};
pub use connection::{Shutdown, accept, bind, connect, getpeername, getsockname, listen, shutdown};
pub use control::{
    Control, ControlMessages, Credentials, Descriptors, PacketAuxiliary, SendControl, Undelivered,
    control_room,
};
pub use descriptors::{receive_descriptors, send_descriptors};
pub(crate) use filter::Program as FilterProgram;
pub use filter::{FilterInstruction, attach_filter, detach_filter, lock_filter};
pub use interface::{
    INTERFACE_NAME_BYTES, InterfaceName, InterfaceRequest, interface_index, interface_name, put_up,
};
pub use message::{
    MessageFlags, Received, recv, recvfrom, recvfrom_uninit, recvmsg, send, sendmsg, sendto, unsent,
};
pub use socket::{Family, Protocol, SocketFlags, SocketKind, socket, socketpair};
pub use tunnel::{Carries, open_tunnel, set_tunnel_owner, set_tunnel_persistent};
