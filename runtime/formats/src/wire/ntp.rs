//! Packets of the network time protocol, version 4 (RFC 5905, section 7.3).

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// The port.
pub const PORT: u16 = 123;

/// Bytes of a packet without extensions and without what proves its sender.
pub const LENGTH: usize = 48;

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// Seconds from 1900 to 1970.
const EPOCH: i64 = 2_208_988_800;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One that asks.
    Client,
    /// One that answers.
    Server,
    /// Another, by its number.
    Other(u8),
}

impl Mode {
    const fn number(self) -> u8 {
        match self {
            Self::Client => 3,
            Self::Server => 4,
            Self::Other(number) => number,
        }
    }
}

/// A moment as it is sent: seconds from 1900 in the upper half, which begin anew in 2036, their fraction in the lower. 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stamp(pub u64);

impl Stamp {
    /// Makes one of nanoseconds since 1970.
    pub const fn of(nanoseconds: i64) -> Self {
        let seconds = (nanoseconds.div_euclid(SECOND) + EPOCH) as u64;
        let fraction = ((nanoseconds.rem_euclid(SECOND) as u64) << 32) / SECOND as u64;
        Self(seconds << 32 | fraction)
    }

    /// Gives the nanoseconds since 1970; counts below those of 1970 are taken for the time from 2036 to 2106.
    pub const fn nanoseconds(self) -> i64 {
        let seconds = (self.0 >> 32) as i64;
        let seconds = if seconds < EPOCH { seconds + (1 << 32) } else { seconds };
        (seconds - EPOCH) * SECOND + length(self.0 as u32, 32)
    }
}

/// Gives the nanoseconds of a number of seconds with so many bits behind the point.
const fn length(number: u32, bits: u32) -> i64 {
    // The product needs 62 bits.
    (number as i64 * SECOND) >> bits
}

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Whether a second is added (1) or left out (2) at the end of the day; 3 is a clock that nobody has set.
    pub leap: u8,
    /// The version, 1 to 4.
    pub version: u8,
    /// Who speaks.
    pub mode: Mode,
    /// How far the sender is from a clock; 0 if its words are in `reference`.
    pub stratum: u8,
    /// How often it asks: the exponent of two of seconds.
    pub poll: i8,
    /// How fine its clock is: the exponent of two of seconds.
    pub precision: i8,
    /// How long a packet takes to that clock and back, in nanoseconds.
    pub root_delay: i64,
    /// How far the sender may be off for all that it knows, in nanoseconds.
    pub root_dispersion: i64,
    /// Whom the sender follows: four letters, or its address.
    pub reference: [u8; 4],
    /// When the sender's clock was last set.
    pub set: Stamp,
    /// When the question was sent, as the question said it.
    pub origin: Stamp,
    /// When the question came.
    pub received: Stamp,
    /// When this was sent.
    pub sent: Stamp,
}

/// Reads a packet; what is behind its first [`LENGTH`] bytes is left alone.
pub fn parse(bytes: &[u8]) -> Result<Packet, Error> {
    let mut cursor = Cursor::new(bytes);
    let [first, stratum, poll, precision] = cursor.array(Expected::Time)?;
    let [root_delay, root_dispersion] = cursor.u32s_be(Expected::Time)?;
    let reference = cursor.array(Expected::Time)?;
    let mut stamp = || cursor.array(Expected::Time).map(|bytes| Stamp(u64::from_be_bytes(bytes)));
    let [set, origin, received, sent] = [stamp()?, stamp()?, stamp()?, stamp()?];
    let mode = match first & 7 {
        3 => Mode::Client,
        4 => Mode::Server,
        number => Mode::Other(number),
    };
    Ok(Packet {
        leap: first >> 6,
        version: first >> 3 & 7,
        mode,
        stratum,
        poll: poll.cast_signed(),
        precision: precision.cast_signed(),
        root_delay: length(root_delay, 16),
        root_dispersion: length(root_dispersion, 16),
        reference,
        set,
        origin,
        received,
        sent,
    })
}

impl Packet {
    /// Gives a question: it says nothing of its sender, and `sent` is what the answer must repeat.
    pub const fn question(sent: Stamp) -> Self {
        Self {
            leap: 0,
            version: 4,
            mode: Mode::Client,
            stratum: 0,
            poll: 0,
            precision: 0,
            root_delay: 0,
            root_dispersion: 0,
            reference: [0; 4],
            set: Stamp(0),
            origin: Stamp(0),
            received: Stamp(0),
            sent,
        }
    }

    /// Gives the bytes.
    pub fn bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let first = self.leap << 6 | self.version << 3 | self.mode.number();
        let head = [first, self.stratum, self.poll.cast_unsigned(), self.precision.cast_unsigned()];
        let short = |nanoseconds: i64| {
            let units = (i128::from(nanoseconds) << 16) / i128::from(SECOND);
            u32::try_from(units.max(0)).unwrap_or(u32::MAX).to_be_bytes()
        };
        let parts = [head, short(self.root_delay), short(self.root_dispersion), self.reference];
        let stamps = [self.set, self.origin, self.received, self.sent];
        let (front, back) = bytes.split_at_mut(16);
        front.as_chunks_mut().0.iter_mut().zip(parts).for_each(|(place, part)| *place = part);
        back.as_chunks_mut()
            .0
            .iter_mut()
            .zip(stamps)
            .for_each(|(place, stamp)| *place = stamp.0.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn packets_both_ways() {
        let packet = Packet {
            leap: 1,
            version: 3,
            mode: Mode::Server,
            stratum: 2,
            poll: 6,
            precision: -20,
            root_delay: SECOND / 4,
            root_dispersion: 2 * SECOND,
            reference: *b"GPS\0",
            set: Stamp(1),
            origin: Stamp(2),
            received: Stamp(3),
            sent: Stamp::of(SECOND / 2),
        };
        let bytes = packet.bytes();
        assert_eq!(bytes[..16], *b"\x5c\x02\x06\xec\0\0\x40\0\0\x02\0\0GPS\0");
        assert_eq!(bytes[40..], *b"\x83\xaa\x7e\x80\x80\0\0\0");
        assert_eq!(parse(&bytes), Ok(packet));
        assert_eq!(Packet::question(Stamp(7)).bytes()[..4], [0x23, 0, 0, 0]);
        torture(&bytes, |bytes| {
            let _ = parse(bytes);
        });
        assert!(parse(&bytes[..LENGTH - 1]).is_err());
    }

    #[test]
    fn eras() {
        assert_eq!(Stamp(0).nanoseconds(), 2_085_978_496 * SECOND);
        assert_eq!(Stamp(u64::MAX).nanoseconds(), 2_085_978_496 * SECOND - 1);
        for nanoseconds in [0, 1_700_000_000 * SECOND, 2_100_000_000 * SECOND + 1] {
            assert!((Stamp::of(nanoseconds).nanoseconds() - nanoseconds).abs() <= 1);
        }
    }
}
