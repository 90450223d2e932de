//! The attribute tables of links.

use alloc::string::String;

use super::super::{HardwareAddress, Nest};
use super::{Extent, LinkMode, OperationalState, Statistics};

attributes! {
    /// What is said of a link.
    pub enum Attribute {
        /// Link-layer address.
        ADDRESS: HardwareAddress = 1 => "IFLA_ADDRESS",
        /// Broadcast address, or the far end.
        BROADCAST: HardwareAddress = 2 => "IFLA_BROADCAST",
        /// Name.
        NAME: String = 3 => "IFLA_IFNAME",
        /// Largest packet.
        MTU: u32 = 4 => "IFLA_MTU",
        /// The link below or opposite.
        LOWER: u32 = 5 => "IFLA_LINK",
        /// Queueing discipline.
        QUEUE: String = 6 => "IFLA_QDISC",
        /// Bridge or bond; 0 leaves it.
        MASTER: u32 = 10 => "IFLA_MASTER",
        /// Packets in the transmit queue.
        QUEUE_LENGTH: u32 = 13 => "IFLA_TXQLEN",
        /// What the link does.
        OPERATIONAL_STATE: OperationalState = 16 => "IFLA_OPERSTATE",
        /// What it becomes with a carrier.
        MODE: LinkMode = 17 => "IFLA_LINKMODE",
        /// Kind and its settings, see [`Info`].
        INFO: Nest = 18 => "IFLA_LINKINFO",
        /// Moves the link to the namespace of a process.
        NAMESPACE_OF_PROCESS: u32 = 19 => "IFLA_NET_NS_PID",
        /// The administrator's remark.
        ALIAS: String = 20 => "IFLA_IFALIAS",
        /// Counters.
        STATISTICS: Statistics = 23 => "IFLA_STATS64",
        /// Per family.
        FAMILIES: [u8] = 26 => "IFLA_AF_SPEC",
        /// Group of links.
        GROUP: u32 = 27 => "IFLA_GROUP",
        /// Moves the link to the namespace of a descriptor.
        NAMESPACE_OF_DESCRIPTOR: u32 = 28 => "IFLA_NET_NS_FD",
        /// What the answer shall tell.
        EXTENT: Extent = 29 => "IFLA_EXT_MASK",
        /// How many asked for packets of others.
        PROMISCUITY: u32 = 30 => "IFLA_PROMISCUITY",
        /// Transmit queues.
        TRANSMIT_QUEUES: u32 = 31 => "IFLA_NUM_TX_QUEUES",
        /// Receive queues.
        RECEIVE_QUEUES: u32 = 32 => "IFLA_NUM_RX_QUEUES",
        /// Whether there is a carrier.
        CARRIER: bool = 33 => "IFLA_CARRIER",
        /// Times the carrier came or went.
        CARRIER_CHANGES: u32 = 35 => "IFLA_CARRIER_CHANGES",
        /// Namespace of the link below.
        LOWER_NAMESPACE: i32 = 37 => "IFLA_LINK_NETNSID",
        /// Held down by the driver.
        PROTOCOL_DOWN: bool = 39 => "IFLA_PROTO_DOWN",
        /// Why a notification came.
        EVENT: u32 = 44 => "IFLA_EVENT",
        /// Smallest MTU.
        LEAST_MTU: u32 = 50 => "IFLA_MIN_MTU",
        /// Largest MTU.
        MOST_MTU: u32 = 51 => "IFLA_MAX_MTU",
        /// Lists, see [`Property`].
        PROPERTIES: Nest = 52 => "IFLA_PROP_LIST",
        /// Another name, in requests.
        ALTERNATIVE_NAME: String = 53 => "IFLA_ALT_IFNAME",
        /// The address that the hardware came with.
        PERMANENT_ADDRESS: HardwareAddress = 54 => "IFLA_PERM_ADDRESS",
        /// Device above it, such as `0000:00:02.0`.
        PARENT: String = 56 => "IFLA_PARENT_DEV_NAME",
        /// Bus of that device.
        PARENT_BUS: String = 57 => "IFLA_PARENT_DEV_BUS_NAME",
    }
}

attributes! {
    /// What a link is made of, inside [`Attribute::INFO`].
    pub enum Info {
        /// `veth`, `vlan`, `bridge`.
        KIND: String = 1 => "IFLA_INFO_KIND",
        /// Settings of the kind.
        DATA: Nest = 2 => "IFLA_INFO_DATA",
        /// Kind of the master.
        PORT_KIND: String = 4 => "IFLA_INFO_SLAVE_KIND",
        /// Settings as its port.
        PORT_DATA: Nest = 5 => "IFLA_INFO_SLAVE_DATA",
    }
}

attributes! {
    /// An entry of [`Attribute::PROPERTIES`].
    pub enum Property {
        /// Another name.
        ALTERNATIVE_NAME: String = 53 => "IFLA_ALT_IFNAME",
    }
}
