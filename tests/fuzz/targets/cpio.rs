//! Archives of the first file system.

use formats::file::cpio::{Entry, Writer, parse};

/// Reads the entries up to the end or the first error; those that were read are written again and read again.
pub(crate) fn cpio(data: &[u8]) {
    let mut reader = parse(data);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    while let Some(Ok(entry)) = reader.next() {
        assert!(entry.permissions <= 0o7777 && !entry.path.is_empty() && !entry.path.contains(&0));
        entries.push(entry);
        assert!(entries.len() * 110 <= data.len(), "more entries than the input has room for");
    }
    assert!(reader.next().is_none(), "the reader goes on after its end");
    let mut writer = Writer::new();
    for entry in &entries {
        assert_eq!(writer.add(entry), Ok(()), "an entry that was read cannot be written");
    }
    let Ok(archive) = writer.finish() else { panic!("an archive that was read cannot be ended") };
    let again: Result<Vec<_>, _> = parse(&archive).collect();
    assert_eq!(again.as_ref(), Ok(&entries), "entries do not survive being written");
}
