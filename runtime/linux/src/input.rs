//! Input devices, `/dev/input/event*`: what they have, and what of it one hears. Requests of linux/input.h.

use crate::fd::AsFd;
use crate::{Result, ioctl};
use ioctl::input as request;

/// A key or button by its number in linux/input-event-codes.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u16);

values! {
    Key: u16 {
        /// KEY_POWER: the button that switches the machine off.
        const POWER = 116;
    }
}

impl Key {
    fn bit(self) -> Keys {
        let mut keys = [0; size_of::<Keys>()];
        if let Some(byte) = keys.get_mut(usize::from(self.0 / 8)) {
            *byte = 1 << (self.0 % 8);
        }
        keys
    }
}

/// A bit for each key, up to KEY_MAX.
type Keys = [u8; 0x300 / 8];

/// EV_KEY: the kind of events that keys and buttons make.
const KEYS: u8 = 1;

/// Says whether the device has a key.
///
/// # Errors
/// `NOTTY` (no input device), `NODEV` (unplugged).
#[doc(alias = "EVIOCGBIT")]
pub fn has_key(device: impl AsFd, key: Key) -> Result<bool> {
    // Not all of it is written where the kernel knows fewer keys.
    let mut keys: Keys = [0; _];
    // SAFETY: the kernel writes at most the size that is part of the request.
    unsafe { ioctl::update(device, const { request::EVIOCGBIT.of::<Keys>(KEYS) }, &mut keys) }?;
    Ok(keys.iter().zip(key.bit()).any(|(has, wanted)| has & wanted != 0))
}

/// Hears of this one key from now on, and of nothing else that the device does.
///
/// # Errors
/// `INVAL`, `NOTTY` (before Linux 4.4, or no input device), `NODEV`.
#[doc(alias = "EVIOCSMASK")]
pub fn hear_only(device: impl AsFd, key: Key) -> Result<()> {
    let device = device.as_fd();
    // The mask of kind 0 says which kinds are heard; the kernel takes words of 64 bits only.
    set_mask(device, 0, &[1 << KEYS, 0, 0, 0, 0, 0, 0, 0])?;
    set_mask(device, KEYS, &key.bit())
}

/// Which events of a kind are heard: `struct input_mask`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct EventMask {
    /// The kind of events.
    pub kind: u32,
    /// How many bytes the mask has.
    pub size: u32,
    /// The address of the mask, a bit for each code.
    pub codes: u64,
}

abi!(EventMask = "struct input_mask" { kind: "type", size: "codes_size", codes: "codes_ptr" });

fn set_mask(device: impl AsFd, kind: u8, codes: &[u8]) -> Result<()> {
    let codes_at = codes.as_ptr().expose_provenance() as u64;
    let mask = EventMask { kind: kind.into(), size: codes.len() as u32, codes: codes_at };
    // SAFETY: the kernel reads the structure and as many bytes of codes as it says.
    unsafe { ioctl::set(device, request::EVIOCSMASK, &mask) }.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_bit() {
        let keys = Key::POWER.bit();
        assert_eq!((keys[14], keys.iter().map(|byte| byte.count_ones()).sum::<u32>()), (0x10, 1));
        assert_eq!(Key(0xffff).bit(), [0; _]);
    }
}
