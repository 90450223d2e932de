//! What the kernel says of a device: in a message when one comes, changes or goes, and in its file `uevent` at any time
//! (`Documentation/ABI/testing/sysfs-uevent`, lib/kobject_uevent.c).

use crate::cursor::Cursor;
use crate::{Error, Expected};

/// The fields of a device, `KEY=VALUE`, each behind a zero byte or on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uevent<'a>(&'a [u8]);

impl<'a> Uevent<'a> {
    /// Reads a message of the kernel: what happened and to which path, then the fields, of which those two are again.
    ///
    /// # Errors
    /// A message without its head, as those of other programs on the same socket are.
    pub fn message(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let head = cursor.take(length, Expected::Word)?;
        let at = head.windows(2).position(|pair| pair == b"@/").filter(|at| *at > 0);
        at.ok_or(Error::new(Expected::Key, 0))?;
        cursor.u8(Expected::EndOfLine)?;
        Ok(Self(cursor.rest()))
    }

    /// Takes the fields of a file, or of a message without its head.
    pub const fn fields_of(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// Gives all fields in their order, and passes over what is none.
    pub fn fields(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.0.split(|byte| matches!(byte, 0 | b'\n')).filter_map(|field| {
            let at = field.iter().position(|byte| *byte == b'=').filter(|at| *at > 0)?;
            Some((field.get(..at)?, field.get(at + 1..)?))
        })
    }

    /// Gives the value of a field.
    pub fn get(self, key: &[u8]) -> Option<&'a [u8]> {
        self.fields().find(|field| field.0 == key).map(|field| field.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"add@/devices/virtual/mem/null\0ACTION=add\0DEVPATH=/devices/virtual/mem/null\0\
                             SUBSYSTEM=mem\0MAJOR=1\0MINOR=3\0DEVNAME=null\0DEVMODE=0666\0SEQNUM=7\0";

    #[test]
    fn a_message_has_fields_behind_its_head() {
        let event = Uevent::message(MESSAGE).unwrap();
        assert_eq!(event.get(b"ACTION"), Some(&b"add"[..]));
        assert_eq!(event.get(b"DEVNAME"), Some(&b"null"[..]));
        assert_eq!((event.get(b"DEV"), event.fields().count()), (None, 8));
    }

    #[test]
    fn a_file_has_lines() {
        let event = Uevent::fields_of(b"DRIVER=\nPCI_ID=1AF4:1000\n=x\nno field\nMODALIAS=pci:v=1\n");
        assert_eq!((event.get(b"DRIVER"), event.get(b"MODALIAS")), (Some(&b""[..]), Some(&b"pci:v=1"[..])));
        assert_eq!(event.fields().count(), 3);
    }

    #[test]
    fn what_others_send_is_refused() {
        for bytes in [&b""[..], b"libudev\0\xfe\xed\xca\xfe", b"@/devices\0A=b\0", b"add@/devices", b"add\0"]
        {
            assert!(Uevent::message(bytes).is_err(), "{bytes:?}");
        }
        for length in 0..MESSAGE.len() {
            let _ = Uevent::message(&MESSAGE[..length]).map(|event| event.fields().count());
        }
    }
}
