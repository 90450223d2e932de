//! The devices of a bus as `/sys/bus` has them: for `lspci` and `lsusb`.

use alloc::vec::Vec;

use crate::{Flag, Parsed};

/// The option that both have.
pub(super) const ROOT: Flag = Flag::with(b'R', "root", "FOLDER", "the devices of FOLDER/sys");

/// The devices of a bus.
pub(super) struct Bus {
    folder: Vec<u8>,
    /// Their names, sorted.
    pub(super) devices: Vec<Vec<u8>>,
}

impl Bus {
    /// Looks at a bus; one that is not there has no devices.
    pub(super) fn read(parsed: &Parsed<'_>, bus: &str) -> Self {
        let root = parsed.value(b'R').unwrap_or_default();
        let folder = [root, b"/sys/bus/", bus.as_bytes(), b"/devices/"].concat();
        let mut devices = system::folder::names(&folder).unwrap_or_default();
        devices.sort_unstable();
        Self { folder, devices }
    }

    /// Gives the text of a file of a device, without blanks around; empty if there is none.
    pub(super) fn text(&self, device: &[u8], name: &str) -> Vec<u8> {
        let path = [&self.folder, device, b"/", name.as_bytes()].concat();
        system::file::read(&path).unwrap_or_default().trim_ascii().to_vec()
    }

    /// Gives the number in a file of a device, in base sixteen unless a base is given.
    pub(super) fn number(&self, device: &[u8], name: &str, base: u32) -> Option<u32> {
        let text = self.text(device, name);
        let text = core::str::from_utf8(&text).ok()?;
        u32::from_str_radix(text.strip_prefix("0x").unwrap_or(text), base).ok()
    }

    /// Gives the name of the driver that has a device.
    pub(super) fn driver(&self, device: &[u8]) -> Option<Vec<u8>> {
        let path = [&self.folder, device, b"/driver"].concat();
        let mut room = [0; linux::path::PATH_BYTES];
        let target = linux::fs::readlink(path.as_slice(), &mut room).ok()?;
        target.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec)
    }
}

/// Writes a number in base sixteen, so many digits wide.
pub(super) fn hexadecimal(number: u32, width: usize) -> Vec<u8> {
    let mut digits = Vec::new();
    query::text::radix(number.into(), 16, &mut digits);
    let gap = width.saturating_sub(digits.len());
    digits.splice(0..0, core::iter::repeat_n(b'0', gap));
    digits
}
