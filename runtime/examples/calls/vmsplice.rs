//! vmsplice(2): pages of this program stand in a pipe. Until they are read they must stay as they are: the reader sees what is
//! there then.
//!
//! ```text
//! $ calls vmsplice
//! 4096 bytes given, changed afterwards; the reader gets: B
//! written as bytes and changed afterwards: A
//! ```

use core::ptr;

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{IoSlice, PipeFlags, pipe, read, vmsplice, write};
use spelunk::linux::mem::{MapFlags, Protection, mmap_anonymous, munmap};

const PAGE: usize = 4096;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let (protection, flags) = (Protection::READ | Protection::WRITE, MapFlags::PRIVATE);
    // SAFETY: the kernel chooses the address.
    let page = unsafe { mmap_anonymous(ptr::null_mut(), PAGE, protection, flags) }?;
    // SAFETY: the page is ours.
    unsafe { page.write_volatile(b'A') };
    {
        // SAFETY: nobody writes to the page while the slice is there.
        let slice = unsafe { core::slice::from_raw_parts(page, PAGE) };
        vmsplice(&writer, &[IoSlice::new(slice)])?;
    }
    // SAFETY: as above; the pipe has the page, too, which is what is shown.
    unsafe { page.write_volatile(b'B') };
    let mut buffer = [0; PAGE];
    let count = read(&reader, &mut buffer)?;
    writeln!(out, "{count} bytes given, changed afterwards; the reader gets: {}", char::from(buffer[0]))?;
    let mut byte = [b'A'];
    write(&writer, &byte)?;
    core::hint::black_box(&mut byte)[0] = b'B';
    read(&reader, &mut buffer)?;
    writeln!(out, "written as bytes and changed afterwards: {}", char::from(buffer[0]))?;
    // SAFETY: nothing uses it any more.
    unsafe { munmap(page, PAGE) }
}
