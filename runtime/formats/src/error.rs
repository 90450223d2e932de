//! What a reader says when the bytes are not what the format asks for.

use core::fmt;
use core::num::NonZeroU32;

/// A mismatch between a format and the bytes at hand: what was expected, and at which byte.
///
/// One word of 32 bits, for every read gives a value or this, and what fits registers is never written to memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error(NonZeroU32);

impl Error {
    /// Joins what the format asks for and the offset in bytes from the start of the input; of 16 MiB and more the
    /// last that fits is kept.
    pub const fn new(expected: Expected, at: usize) -> Self {
        const LAST: usize = u32::MAX as usize >> 8;
        let at = if at < LAST { at as u32 } else { LAST as u32 };
        Self(expected.number().saturating_add(at << 8))
    }

    /// Gives what the format asks for at that place.
    pub fn expected(self) -> Expected {
        Expected::ALL.get(usize::from(self.0.get() as u8) - 1).copied().unwrap_or(Expected::Field)
    }

    /// Gives the offset in bytes from the start of the input.
    pub const fn at(self) -> usize {
        (self.0.get() >> 8) as usize
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected().name(), self.at())
    }
}

impl core::error::Error for Error {}

/// Declares what can be expected, each with its name. The names are one text: a table of texts would be relocated at
/// each start of a program.
macro_rules! expected {
    ($($name:ident = $text:literal,)*) => {
        /// What a format asks for at a place: a field, or the record that it is part of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Expected {
            $(#[doc = concat!("\"", $text, "\"")] $name,)*
        }

        impl Expected {
            const ALL: &[Self] = &[$(Self::$name),*];
            const NAMES: &str = concat!($($text, "\n"),*);
        }
    };
}

expected! {
    Field = "field",
    // Text.
    Number = "number",
    Word = "word",
    Key = "key",
    EndOfLine = "end of line",
    Time = "time",
    Kilobytes = "number of kB",
    LoadAverage = "load average",
    ThreadCounts = "running/all threads",
    MemTotal = "line MemTotal:",
    Uid = "line Uid:",
    BootTime = "line btime",
    ProcessId = "process identifier",
    NameInParentheses = "name in parentheses",
    State = "state",
    MountNumber = "number of a mount",
    DeviceNumber = "device number",
    Root = "root",
    MountPoint = "mount point",
    FileSystemType = "kind of file system",
    Options = "options",
    Hyphen = "hyphen",
    Source = "source",
    InterfacesLine = "auto, iface, source or an option of an iface",
    ServerSetting = "setting of a DHCP server",
    RecordHead = "head, ended by a semicolon",
    KeyMap = "map of keys (bkeymap), with all of its tables",
    LeaseFile = "lease file of version 1, with its checksum at the end",
    // Packets.
    HardwareAddress = "hardware address (six hexadecimal bytes between colons)",
    EthernetHeader = "Ethernet header",
    ArpPacket = "ARP packet for IPv4 over Ethernet",
    Ipv4Header = "IPv4 header",
    IcmpEcho = "ICMP echo request or reply",
    UdpHeader = "UDP header with the packet's length",
    DhcpHeader = "DHCP header",
    DhcpOption = "DHCP option of right length",
    SubnetMask = "subnet mask whose ones are together",
    DomainName = "domain name",
    StatusLine = "status line of HTTP/1",
    RequestLine = "request line of HTTP/1",
    TftpPacket = "packet of TFTP",
    ChunkSize = "size of a chunk",
    ShorterPayload = "payload that fits a packet",
    // Netlink.
    NetlinkMessage = "netlink message",
    NetlinkReply = "netlink reply with its request",
    Attribute = "netlink attribute",
    Link = "link with its name and MTU",
    Address = "IPv4 or IPv6 address",
    Route = "route",
    NextHop = "next hop",
    Neighbour = "neighbour",
    ShorterAttribute = "attribute of at most 65531 bytes",
    // Files.
    Record = "record",
    CpioHeader = "cpio header",
    CpioPath = "cpio path of 1 to 4095 bytes, none of them zero",
    CpioFile = "cpio file of less than 4 GiB",
    ElfHeader = "ELF header",
    ProgramHeader = "program header",
    SectionHeader = "section header",
    Section = "contents of a section",
    Segment = "loaded segment",
    Offset = "offset within the file",
    String = "string that ends with a zero byte",
    StringTable = "table of strings",
    SymbolTable = "table of symbols",
    Symbol = "symbol",
    SymbolVersion = "version of a symbol",
    HashTable = "hash table of symbols",
    DynamicSection = "dynamic section",
}

impl Expected {
    /// Gives the name, as a noun phrase ("IPv4 header").
    pub fn name(self) -> &'static str {
        Self::NAMES.split_terminator('\n').nth(self as usize).unwrap_or_default()
    }

    const fn number(self) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(self as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_both_parts() {
        for (index, expected) in Expected::ALL.iter().enumerate() {
            let error = Error::new(*expected, index * 1000);
            assert_eq!((error.expected(), error.at()), (*expected, index * 1000));
        }
        assert_eq!(Expected::NAMES.lines().count(), Expected::ALL.len());
        let error = Error::new(Expected::DynamicSection, usize::MAX);
        assert_eq!((error.expected(), error.at()), (Expected::DynamicSection, 0xff_ffff));
        assert_eq!(Error::new(Expected::Ipv4Header, 14).to_string(), "expected IPv4 header at byte 14");
        assert_eq!(size_of::<Result<u32, Error>>(), 8);
    }
}
