//! The attribute tables of links.

use super::{Attributes, HardwareAddress, Text};
use super::{Extent, LinkMode, OperationalState, Statistics};

attributes! {
    /// What is said of a link.
    pub enum Attribute<'a> {
        /// Link-layer address (`IFLA_ADDRESS`).
        Address(HardwareAddress) = 1,
        /// Broadcast address, or the far end (`IFLA_BROADCAST`).
        Broadcast(HardwareAddress) = 2,
        /// Name (`IFLA_IFNAME`).
        Name(Text<'a>) = 3,
        /// Largest packet (`IFLA_MTU`).
        Mtu(u32) = 4,
        /// The link below or opposite (`IFLA_LINK`).
        Lower(u32) = 5,
        /// Queueing discipline (`IFLA_QDISC`).
        Queue(Text<'a>) = 6,
        /// Bridge or bond; 0 leaves it (`IFLA_MASTER`).
        Master(u32) = 10,
        /// Packets in the transmit queue (`IFLA_TXQLEN`).
        QueueLength(u32) = 13,
        /// What the link does (`IFLA_OPERSTATE`).
        OperationalState(OperationalState) = 16,
        /// What it becomes with a carrier (`IFLA_LINKMODE`).
        Mode(LinkMode) = 17,
        /// Kind and its settings, see [`Info`] (`IFLA_LINKINFO`).
        Info(Attributes<'a>) = 18,
        /// Moves the link to the namespace of a process (`IFLA_NET_NS_PID`).
        NamespaceOfProcess(u32) = 19,
        /// The administrator's remark (`IFLA_IFALIAS`).
        Alias(Text<'a>) = 20,
        /// Counters (`IFLA_STATS64`).
        Statistics(Statistics) = 23,
        /// Per family (`IFLA_AF_SPEC`).
        Families(&'a [u8]) = 26,
        /// Group of links (`IFLA_GROUP`).
        Group(u32) = 27,
        /// Moves the link to the namespace of a descriptor (`IFLA_NET_NS_FD`).
        NamespaceOfDescriptor(u32) = 28,
        /// What the answer shall tell (`IFLA_EXT_MASK`).
        Extent(Extent) = 29,
        /// How many asked for packets of others (`IFLA_PROMISCUITY`).
        Promiscuity(u32) = 30,
        /// Transmit queues (`IFLA_NUM_TX_QUEUES`).
        TransmitQueues(u32) = 31,
        /// Receive queues (`IFLA_NUM_RX_QUEUES`).
        ReceiveQueues(u32) = 32,
        /// Whether there is a carrier (`IFLA_CARRIER`).
        Carrier(u8) = 33,
        /// Times the carrier came or went (`IFLA_CARRIER_CHANGES`).
        CarrierChanges(u32) = 35,
        /// Namespace of the link below (`IFLA_LINK_NETNSID`).
        LowerNamespace(i32) = 37,
        /// Held down by the driver (`IFLA_PROTO_DOWN`).
        ProtocolDown(u8) = 39,
        /// Why a notification came (`IFLA_EVENT`).
        Event(u32) = 44,
        /// Smallest MTU (`IFLA_MIN_MTU`).
        LeastMtu(u32) = 50,
        /// Largest MTU (`IFLA_MAX_MTU`).
        MostMtu(u32) = 51,
        /// Lists, see [`Property`] (`IFLA_PROP_LIST`).
        Properties(Attributes<'a>) = 52,
        /// Another name, in requests (`IFLA_ALT_IFNAME`).
        AlternativeName(Text<'a>) = 53,
        /// The address that the hardware came with (`IFLA_PERM_ADDRESS`).
        PermanentAddress(HardwareAddress) = 54,
        /// Device above it, such as `0000:00:02.0` (`IFLA_PARENT_DEV_NAME`).
        Parent(Text<'a>) = 56,
        /// Bus of that device (`IFLA_PARENT_DEV_BUS_NAME`).
        ParentBus(Text<'a>) = 57,
    }
}

attributes! {
    /// What a link is made of, inside [`Attribute::Info`].
    pub enum Info<'a> {
        /// `veth`, `vlan`, `bridge` (`IFLA_INFO_KIND`).
        Kind(Text<'a>) = 1,
        /// Settings of the kind (`IFLA_INFO_DATA`).
        Data(Attributes<'a>) = 2,
        /// Kind of the master (`IFLA_INFO_SLAVE_KIND`).
        PortKind(Text<'a>) = 4,
        /// Settings as its port (`IFLA_INFO_SLAVE_DATA`).
        PortData(Attributes<'a>) = 5,
    }
}

attributes! {
    /// An entry of [`Attribute::Properties`].
    pub enum Property<'a> {
        /// Another name (`IFLA_ALT_IFNAME`).
        AlternativeName(Text<'a>) = 53,
    }
}
