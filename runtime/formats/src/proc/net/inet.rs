//! `/proc/net/tcp`, `udp`, `udplite`, `raw` and their likes of IPv6: the sockets of the internet, a line each (`proc_net_tcp(5)`).

use core::net::{IpAddr, SocketAddr};

use crate::proc::words::Words;
use crate::{Error, Expected};

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Its own end; of a raw socket the port is the protocol.
    pub local: SocketAddr,
    /// The other end; all zero if there is none.
    pub remote: SocketAddr,
    /// The number of its state (`TCP_ESTABLISHED` is 1), which UDP and raw sockets use as well.
    pub state: u8,
    /// Bytes that wait to be sent or acknowledged.
    pub send_queue: u32,
    /// Bytes that wait to be received.
    pub receive_queue: u32,
    /// Number of its user.
    pub user: u32,
    /// Number of its inode.
    pub inode: u64,
}

/// Gives the sockets; a line that makes no sense, such as the title, is passed over.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Socket> {
    text.split(|byte| *byte == b'\n').filter_map(|line| socket(line).ok())
}

fn socket(line: &[u8]) -> Result<Socket, Error> {
    let mut words = Words::new(line);
    words.until(b':', Expected::Number)?;
    let place = words.error(Expected::Address);
    let local = address(words.word(Expected::Address)?).ok_or(place)?;
    let remote = address(words.word(Expected::Address)?).ok_or(place)?;
    let state = hexadecimal(words.word(Expected::State)?).ok_or(words.error(Expected::State))?;
    let (send, receive) = pair(words.word(Expected::Number)?).ok_or(words.error(Expected::Number))?;
    // The timer, and how often was sent again.
    words.word(Expected::Field)?;
    words.word(Expected::Field)?;
    let user = words.number(Expected::Number)?;
    words.word(Expected::Field)?;
    let inode = words.number(Expected::Number)?;
    let (send_queue, receive_queue) = (send, receive);
    Ok(Socket { local, remote, state: state as u8, send_queue, receive_queue, user, inode })
}

/// Reads an address, words of 32 bits in the order of the machine, and a port.
fn address(word: &[u8]) -> Option<SocketAddr> {
    let at = word.iter().position(|byte| *byte == b':')?;
    let (digits, port) = (word.get(..at)?, word.get(at + 1..)?);
    let mut bytes = [0_u8; 16];
    for (place, digits) in bytes.chunks_exact_mut(4).zip(digits.chunks(8)) {
        place.copy_from_slice(&hexadecimal(digits)?.to_ne_bytes());
    }
    let ip: IpAddr = match digits.len() {
        8 => <[u8; 4]>::try_from(bytes.get(..4)?).ok()?.into(),
        32 => bytes.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::try_from(hexadecimal(port)?).ok()?))
}

fn pair(word: &[u8]) -> Option<(u32, u32)> {
    let at = word.iter().position(|byte| *byte == b':')?;
    Some((hexadecimal(word.get(..at)?)?, hexadecimal(word.get(at + 1..)?)?))
}

/// Reads a number in base 16, at most eight digits.
pub(super) fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digit = |sum: u32, byte: &u8| Some(sum << 4 | char::from(*byte).to_digit(16)?);
    (1..=8).contains(&digits.len()).then(|| digits.iter().try_fold(0, digit))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    #[test]
    #[cfg(target_endian = "little")]
    fn lines_are_read() {
        let sample = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 0100007F:07E8 0200000A:D431 01 00000005:0000001A 00:00000000 00000000  1000        0 1166 1 0 100\n   \
            1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 \
            00:00000000 00000000     0        0 77 1\nbad\n";
        let found: Vec<Socket> = parse(sample).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].local, "127.0.0.1:2024".parse().unwrap());
        assert_eq!(found[0].remote, "10.0.0.2:54321".parse().unwrap());
        assert_eq!((found[0].state, found[0].send_queue, found[0].receive_queue), (1, 5, 26));
        assert_eq!((found[0].user, found[0].inode), (1000, 1166));
        assert_eq!(found[1].local, "[::1]:22".parse().unwrap());
        assert_eq!((found[1].state, found[1].inode), (10, 77));
        torture(sample, |text| {
            let _ = parse(text).count();
        });
    }
}
