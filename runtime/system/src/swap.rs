//! How memory is put on disks: the options that `/etc/fstab` and `swapon(8)` have for it.

use linux::mem::SwapFlags;

/// How a place is used.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Those of a higher one are used first.
    pub priority: Option<u16>,
    /// Whether and when the device is told what is free.
    pub flags: SwapFlags,
    /// That there is no such place is no fault.
    pub may_be_missing: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { priority: None, flags: SwapFlags::empty(), may_be_missing: false }
    }
}

impl Manner {
    /// Reads options; the error is one that is none.
    ///
    /// # Errors
    /// The option that makes no sense.
    pub fn read<'o>(&mut self, list: &'o [u8]) -> Result<(), &'o [u8]> {
        for option in list.split(|byte| *byte == b',') {
            let (name, value) = match option.iter().position(|byte| *byte == b'=') {
                Some(at) => (option.get(..at).unwrap_or_default(), option.get(at + 1..).unwrap_or_default()),
                None => (option, &b""[..]),
            };
            match name {
                b"pri" => self.priority = Some(priority(value).ok_or(option)?),
                b"discard" => self.flags |= discard(value).ok_or(option)?,
                b"nofail" => self.may_be_missing = true,
                // What else stands in that file is for others.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads a priority: 0 to 32767.
pub fn priority(word: &[u8]) -> Option<u16> {
    query::text::parse_decimal(word)
        .and_then(|number| u16::try_from(number).ok())
        .filter(|number| *number < 0x8000)
}

/// Reads how a device is told what is free: `once`, `pages`, or both.
pub fn discard(policy: &[u8]) -> Option<SwapFlags> {
    let more = match policy {
        b"" | b"both" => SwapFlags::empty(),
        b"once" => SwapFlags::DISCARD_ONCE,
        b"pages" => SwapFlags::DISCARD_PAGES,
        _ => return None,
    };
    Some(SwapFlags::DISCARD | more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_line() {
        let mut manner = Manner::default();
        manner.read(b"sw,pri=7,discard=once,nofail").unwrap();
        assert_eq!((manner.priority, manner.may_be_missing), (Some(7), true));
        assert_eq!(manner.flags, SwapFlags::DISCARD | SwapFlags::DISCARD_ONCE);
        assert_eq!(manner.read(b"defaults,pri=40000"), Err(&b"pri=40000"[..]));
    }
}
