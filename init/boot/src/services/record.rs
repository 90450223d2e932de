//! A value that another program reads, a successor of this one or the next start's, in a file: with the number of its form and a checksum, and written in turn
//! into two halves of the file, so that whoever fails while it is written leaves the one before ([`formats::file::slots`]).

use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;

use ::services::packed::{self, Packed};
use formats::file::slots;
use linux::fd::OwnedFd;
use linux::{Errno, Result, fs, retry};

use super::loader;

/// The longest file that is read.
const LONGEST: u64 = 16 << 20;

/// The file, while it is written.
pub(super) struct Record {
    file: OwnedFd,
    form: u32,
    total: usize,
    generation: u64,
}

/// Why there is no value in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The file cannot be read.
    System(Errno),
    /// Another program has written it, whose values have this form.
    Form(u32, u32),
    /// No half of it is whole.
    Torn,
    /// It is whole, and no such value.
    Value(formats::Error),
}

impl Record {
    /// Makes one for values of at most so many bytes.
    ///
    /// # Errors
    /// Those of `memfd_create(2)`.
    pub(super) fn new<T: Packed>(name: &CStr, longest: usize) -> Result<Self> {
        let (file, total) = (loader::memory(name)?, slots::total(longest));
        fs::ftruncate(&file, total as u64)?;
        Ok(Self { file, form: T::FORM, total, generation: 0 })
    }

    pub(super) const fn file(&self) -> &OwnedFd {
        &self.file
    }

    /// Gives the whole file.
    ///
    /// # Errors
    /// Those of `pread(2)`.
    pub(super) fn contents(&self) -> Result<Vec<u8>> {
        let mut bytes = alloc::vec![0; self.total];
        let count = retry(|| fs::pread(&self.file, &mut bytes, 0))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Writes a value that was packed.
    ///
    /// # Errors
    /// `NOSPC`: it is longer than was said. Those of `pwrite(2)`.
    pub(super) fn write(&mut self, value: &[u8]) -> Result<()> {
        if value.len() > slots::room(self.total) {
            return Err(Errno::NOSPC);
        }
        let generation = self.generation + 1;
        let mut bytes = Vec::new();
        slots::emit(&mut bytes, self.form, slots::Record { generation, payload: value });
        let at = slots::offset(self.total, generation) as u64;
        if retry(|| fs::pwrite(&self.file, &bytes, at))? != bytes.len() {
            return Err(Errno::NOSPC);
        }
        self.generation = generation;
        Ok(())
    }
}

/// Reads the value that was written last.
///
/// # Errors
/// Why there is none.
pub(super) fn read<T: Packed>(file: &OwnedFd) -> core::result::Result<T, Refused> {
    let size = fs::fstat(file).map_err(Refused::System)?.size().min(LONGEST);
    let mut bytes = alloc::vec![0; size as usize];
    let count = retry(|| fs::pread(file, &mut bytes, 0)).map_err(Refused::System)?;
    bytes.truncate(count);
    let Some(record) = slots::newest(&bytes, T::FORM) else {
        let other = slots::other_version(&bytes, T::FORM);
        return Err(other.map_or(Refused::Torn, |other| Refused::Form(other, T::FORM)));
    };
    packed::unpack(record.payload).map_err(Refused::Value)
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(cause) => write!(formatter, "{cause}"),
            Self::Form(other, own) => {
                write!(formatter, "it has the form {other:08x} of another program; this one's is {own:08x}")
            }
            Self::Torn => formatter.write_str("its checksum is wrong"),
            Self::Value(error) => write!(formatter, "{error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::services::handover::State;

    #[test]
    fn the_last_value_comes_back_and_a_spoilt_one_is_refused() {
        let mut record = Record::new::<State>(c"test", 1000).unwrap();
        assert_eq!(read::<State>(record.file()), Err(Refused::Torn));
        for heard in 1..4 {
            record.write(&packed::pack(&State { heard, ..State::default() })).unwrap();
            assert_eq!(read::<State>(record.file()).map(|state| state.heard), Ok(heard));
        }
        assert_eq!(record.write(&[0; 1001]), Err(Errno::NOSPC));
        // A value of another form, as another program would write it.
        assert_eq!(read::<u32>(record.file()), Err(Refused::Form(State::FORM, u32::FORM)));
        // The newer half is spoilt: the one before counts. Then both are.
        let size = slots::total(1000) as u64;
        fs::pwrite(record.file(), b"spoilt", size / 2 + 30).unwrap();
        assert_eq!(read::<State>(record.file()).map(|state| state.heard), Ok(2));
        fs::pwrite(record.file(), b"spoilt", 30).unwrap();
        assert_eq!(read::<State>(record.file()), Err(Refused::Torn));
        fs::ftruncate(record.file(), 3).unwrap();
        assert_eq!(read::<State>(record.file()), Err(Refused::Torn));
    }
}
