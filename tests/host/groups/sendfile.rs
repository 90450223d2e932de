//! sendfile(2): from file to file within the kernel.

use linux::fs::{self, From, lseek};

use crate::scratch::Scratch;
use crate::support::file;

/// Copies 16 bytes that stand at an offset.
fn from(offset: u64) {
    let scratch = Scratch::new();
    let (one, two) = (file(&scratch.at("one")), file(&scratch.at("two")));
    fs::pwrite(&one, b"sixteen bytes...", offset).unwrap();
    lseek(&one, From::Start(offset)).unwrap();
    assert_eq!(fs::sendfile(&two, &one, 16), Ok(16));
    assert_eq!(lseek(&one, From::Current(0)), Ok(offset + 16));
    let mut buffer = [0; 16];
    assert_eq!(fs::pread(&two, &mut buffer, 0), Ok(16));
    assert_eq!(&buffer, b"sixteen bytes...");
    assert_eq!(fs::sendfile(&two, &one, 16), Ok(0), "the end");
}

fn sendfile() {
    from(0);
}

fn sendfile_offset() {
    from(8);
}

fn sendfile_largefile() {
    from(1 << 33);
}

tests![sendfile, sendfile_offset, sendfile_largefile];
