//! What the keys of the console mean, as BusyBox's `dumpkmap` writes it and `loadkmap` reads it: seven letters, a byte for each of 256
//! tables that says whether it follows, and for each that does what 128 keys mean, in the order of the machine's bytes.

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::{Error, Expected};

const MAGIC: &[u8] = b"bkeymap";
/// How many keys a table has.
pub const KEYS: u8 = 128;

/// A table: its number, and what each key means.
pub type Table = (u8, Vec<u16>);

/// Reads a map.
pub fn parse(bytes: &[u8]) -> Result<Vec<Table>, Error> {
    let mut cursor = Cursor::new(bytes);
    if cursor.take(MAGIC.len(), Expected::KeyMap)? != MAGIC {
        return Err(Error::new(Expected::KeyMap, 0));
    }
    let flags: [u8; 256] = cursor.array(Expected::KeyMap)?;
    let mut tables = Vec::new();
    for (number, _) in (0..=u8::MAX).zip(flags).filter(|(_, flag)| *flag == 1) {
        let mut keys = Vec::new();
        for _ in 0..KEYS {
            keys.push(cursor.u16_ne(Expected::KeyMap)?);
        }
        tables.push((number, keys));
    }
    Ok(tables)
}

/// Writes a map, whose tables are sorted by their numbers.
pub fn emit(tables: &[Table]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend((0..=u8::MAX).map(|number| u8::from(tables.iter().any(|table| table.0 == number))));
    for (_, keys) in tables {
        keys.iter().for_each(|key| bytes.extend_from_slice(&key.to_ne_bytes()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_is_written_is_read() {
        let tables = vec![(0, (0..128).collect::<Vec<u16>>()), (4, vec![0xf01; 128])];
        let bytes = emit(&tables);
        assert_eq!(bytes.len(), 7 + 256 + 2 * 256);
        assert_eq!(parse(&bytes), Ok(tables));
        for length in 0..bytes.len() {
            assert!(parse(&bytes[..length]).is_err());
        }
        assert_eq!(parse(&[0; 600]), Err(Error::new(Expected::KeyMap, 0)));
    }
}
