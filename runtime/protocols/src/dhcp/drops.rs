//! Why a reply was dropped: one reason each, counted, with a name that a user understands.

/// Makes the reasons, their list and their names from one table.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// The reason why a received frame, or a part of it, was not used.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Drop {
            $($(#[$doc])* $variant,)*
        }

        impl Drop {
            /// Every reason, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Gives the reason in words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

reasons! {
    /// Shorter than its headers say, or than DHCP's fixed part.
    Truncated = "truncated packet";
    /// Not IPv4 with sane lengths.
    IpHeader = "bad IP header";
    /// The IP header's sum is wrong.
    IpChecksum = "bad IP checksum";
    /// From an address that no host has (RFC 1122 section 3.2.1.3).
    Sender = "illegal sender address";
    /// A piece of a larger packet: no piece of a DHCP reply is used.
    Fragment = "IP fragment";
    /// UDP's length lies.
    UdpLength = "bad UDP length";
    /// UDP's sum is wrong, and was there to be checked.
    UdpChecksum = "bad UDP checksum";
    /// A request, not a reply.
    NotReply = "not a reply (op)";
    /// Hardware type or address length is not Ethernet's.
    HardwareType = "not for Ethernet (htype, hlen)";
    /// No DHCP magic cookie: BOOTP, or noise.
    Cookie = "wrong magic cookie";
    /// An answer to somebody else, or to a question of long ago.
    TransactionId = "wrong transaction id";
    /// For another station.
    ClientHardware = "for another hardware address";
    /// The client id that came back is not ours (RFC 6842).
    ClientId = "for another client id";
    /// No message type (option 53), or one of a wrong length.
    NoMessageType = "no message type";
    /// A message type that servers do not send to clients.
    MessageType = "unexpected message type";
    /// A FORCERENEW: nothing authenticates it (RFC 3203, CVE-2020-13529).
    ForceRenew = "FORCERENEW ignored";
    /// A reply that this state does not wait for.
    Unexpected = "reply not expected now";
    /// The options run past the end of the packet.
    Options = "options cut short";
    /// No server id (option 54).
    NoServer = "no server id";
    /// A server id that cannot be a server's address.
    BadServer = "illegal server id";
    /// An answer from a server that we did not choose.
    OtherServer = "from a server not chosen";
    /// An ACK for an address that we did not ask for.
    OtherAddress = "for an address not asked for";
    /// An address that no host may have.
    BadAddress = "illegal address offered";
    /// No lease time (option 51).
    NoLeaseTime = "no lease time";
    /// A lease time of zero.
    ZeroLease = "lease of zero seconds";
    /// A grant that came so late that its time is over.
    EndedLease = "lease ended before it came";
    /// Part made up: without a subnet mask (option 1) the one of before counts, or the class of the address.
    NoMask = "no subnet mask sent";
    /// A mask whose ones are not together, or that leaves no room for us.
    BadMask = "bad subnet mask";
    /// Part dropped: an option of a wrong length.
    OptionLength = "option of wrong length ignored";
    /// Part dropped: a router that cannot be one.
    BadRouter = "illegal router ignored";
    /// Part dropped: a route that cannot be one.
    BadRoute = "bad route ignored";
    /// Part dropped: a name server or time server that cannot be one.
    BadHost = "illegal server address ignored";
    /// Part dropped: a name with bytes that a name cannot have.
    BadName = "unsafe name ignored";
    /// Part dropped: an MTU below what IPv4 needs.
    BadMtu = "MTU too small ignored";
    /// Part changed: a lease or timer raised to the floor.
    ShortLease = "lease raised to the floor";
    /// A malformed ARP packet.
    Arp = "malformed ARP packet";
}

const REASONS: usize = Drop::ALL.len();

/// How often each reason occurred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drops([u32; REASONS]);

impl Default for Drops {
    fn default() -> Self {
        Self([0; REASONS])
    }
}

impl Drops {
    /// Counts one; the counter stops at its largest value.
    pub fn count(&mut self, reason: Drop) {
        self.add(reason, 1);
    }

    /// Counts several, as when the counters of an earlier process are carried on.
    pub fn add(&mut self, reason: Drop, times: u32) {
        if let Some(counter) = self.0.get_mut(reason as usize) {
            *counter = counter.saturating_add(times);
        }
    }

    /// Gives one counter.
    pub fn get(&self, reason: Drop) -> u32 {
        self.0.get(reason as usize).copied().unwrap_or(0)
    }

    /// Lists the reasons that occurred.
    pub fn iter(&self) -> impl Iterator<Item = (Drop, u32)> + '_ {
        Drop::ALL.iter().copied().zip(self.0.iter().copied()).filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_and_a_counter_of_its_own() {
        let mut drops = Drops::default();
        for (index, reason) in Drop::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, index);
            assert!(
                !Drop::ALL[..index].iter().any(|other| other.name() == reason.name()),
                "{}",
                reason.name()
            );
            drops.count(*reason);
            assert_eq!(drops.get(*reason), 1);
        }
        assert_eq!(drops.iter().count(), Drop::ALL.len());
        drops.add(Drop::Truncated, u32::MAX);
        assert_eq!(drops.get(Drop::Truncated), u32::MAX);
    }
}
