//! `/proc/modules`: the loaded modules of the kernel, one a line (`proc_modules(5)`).

use crate::proc::words::Words;
use crate::{Error, Expected};

/// A loaded module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its memory, in bytes.
    pub bytes: u64,
    /// How often it is used; absent if it cannot be unloaded.
    pub uses: Option<u64>,
    users: &'a [u8],
    /// `Live`, `Loading` or `Unloading`.
    pub state: &'a [u8],
}

impl<'a> Module<'a> {
    /// Gives the modules that use it.
    pub fn users(&self) -> impl Iterator<Item = &'a [u8]> {
        self.users.split(|byte| *byte == b',').filter(|name| !name.is_empty() && *name != b"-")
    }
}

/// Gives the modules; a line that makes no sense is passed over.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Module<'_>> {
    text.split(|byte| *byte == b'\n').filter_map(|line| module(line).ok())
}

fn module(line: &[u8]) -> Result<Module<'_>, Error> {
    let mut words = Words::new(line);
    let name = words.word(Expected::Key)?;
    let bytes = words.number(Expected::Number)?;
    let uses = words.word(Expected::Number)?;
    let users = words.word(Expected::Key)?;
    let state = words.word(Expected::State)?;
    Ok(Module { name, bytes, uses: crate::proc::words::decimal(uses), users, state })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;
    use alloc::vec::Vec;

    #[test]
    fn lines_are_read() {
        let sample = b"nf_tables 303104 2 nft_ct,nft_x, Live 0x0000000000000000\n\
            loop 40960 - - Loading 0x0 (E)\nbad\n";
        let found: Vec<Module<'_>> = parse(sample).collect();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name, found[0].bytes, found[0].uses), (&b"nf_tables"[..], 303_104, Some(2)));
        assert_eq!(found[0].users().collect::<Vec<_>>(), [&b"nft_ct"[..], b"nft_x"]);
        assert_eq!((found[1].uses, found[1].users().count(), found[1].state), (None, 0, &b"Loading"[..]));
        torture(sample, |text| {
            let _ = parse(text).count();
        });
    }
}
