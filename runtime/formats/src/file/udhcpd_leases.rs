//! The leases of BusyBox's DHCP server (`udhcpd.leases`, which `dumpleases` shows): when it was written, as 64 bits, and a record
//! of 36 bytes for each lease; numbers in network order.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use crate::cursor::Cursor;
use crate::wire::ethernet::Mac;
use crate::{Error, Expected};

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Seconds that are left.
    pub left_s: u32,
    /// The address.
    pub address: Ipv4Addr,
    /// Who has it; zero if somebody declined it.
    pub station: Mac,
    /// What the client calls itself, at most 19 bytes.
    pub name: Vec<u8>,
}

/// Room for a name with its terminator.
const NAME: usize = 20;

/// Writes the file; the time is seconds since 1970.
pub fn emit(written_s: u64, leases: &[Lease]) -> Vec<u8> {
    let mut out = Vec::from(written_s.to_be_bytes());
    for lease in leases {
        out.extend_from_slice(&lease.left_s.to_be_bytes());
        out.extend_from_slice(&lease.address.octets());
        out.extend_from_slice(&lease.station.0);
        let end = out.len() + NAME + 2;
        out.extend(lease.name.iter().take(NAME - 1));
        out.resize(end, 0);
    }
    out
}

/// Reads the file: when it was written, and the leases; a record that is cut ends them.
pub fn parse(bytes: &[u8]) -> Result<(u64, Vec<Lease>), Error> {
    let mut cursor = Cursor::new(bytes);
    let written = cursor.u64_be(Expected::Time)?;
    let mut leases = Vec::new();
    while let Ok(lease) = record(&mut cursor) {
        leases.push(lease);
    }
    Ok((written, leases))
}

fn record(cursor: &mut Cursor<'_>) -> Result<Lease, Error> {
    let left_s = cursor.u32_be(Expected::Record)?;
    let address = Ipv4Addr::from(cursor.array(Expected::Record)?);
    let station = Mac(cursor.array(Expected::Record)?);
    let name: [u8; NAME + 2] = cursor.array(Expected::Record)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
    Ok(Lease { left_s, address, station, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_come_back() {
        let lease = |name: &[u8]| Lease {
            left_s: 600,
            address: [10, 0, 0, 7].into(),
            station: Mac([2, 0, 0, 0, 0, 7]),
            name: name.to_vec(),
        };
        let bytes = emit(7, &[lease(b"owl"), lease(b"")]);
        assert_eq!(bytes.len(), 8 + 2 * 36);
        assert_eq!(bytes[..22], [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 2, 88, 10, 0, 0, 7, 2, 0, 0, 0, 0, 7]);
        assert_eq!(parse(&bytes), Ok((7, vec![lease(b"owl"), lease(b"")])));
        for length in 0..bytes.len() {
            assert!(parse(&bytes[..length]).is_ok_and(|(_, leases)| leases.len() < 2) || length < 8);
        }
        assert_eq!(parse(&emit(0, &[lease(&[b'x'; 40])])).unwrap().1[0].name.len(), 19);
    }
}
