//! mmap(2): a file as memory, and memory that a child shares.
//!
//! MAP_FIXED would take away what is there already: the runtime's callers say FIXED_NO_REPLACE.
//!
//! ```text
//! $ calls mmap
//! read(2) finds what was written to memory: Hello
//! the child's 42 is here, too
//! over a mapping that is there: file exists
//! ```

use core::ptr;

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{MemoryFileFlags, memfd_create, pread, write};
use spelunk::linux::mem::{MapFlags, Protection, mmap, mmap_anonymous, munmap};
use spelunk::linux::process::{WaitFlags, WaitFor, spawn, waitid};
use spelunk::linux::retry;

const PAGE: usize = 4096;
const BOTH: Protection = Protection::READ.union(Protection::WRITE);

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let file = memfd_create("page", MemoryFileFlags::CLOSE_ON_EXEC)?;
    write(&file, b"hello")?;
    // SAFETY: the kernel chooses the address.
    let page = unsafe { mmap(ptr::null_mut(), PAGE, BOTH, MapFlags::SHARED, &file, 0) }?;
    // SAFETY: the file has that byte, and nobody else has the mapping.
    unsafe { page.write_volatile(b'H') };
    let mut bytes = [0; 5];
    pread(&file, &mut bytes, 0)?;
    writeln!(out, "read(2) finds what was written to memory: {}", str::from_utf8(&bytes).unwrap_or("?"))?;

    // SAFETY: the kernel chooses the address.
    let shared = unsafe { mmap_anonymous(ptr::null_mut(), PAGE, BOTH, MapFlags::SHARED) }?;
    let child = spawn(|| {
        // SAFETY: the mapping is there in the child, too.
        unsafe { shared.write_volatile(42) };
        0
    })?;
    retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?;
    // SAFETY: the child has ended.
    writeln!(out, "the child's {} is here, too", unsafe { shared.read_volatile() })?;

    // SAFETY: nothing that is there is replaced.
    let again = unsafe { mmap_anonymous(shared, PAGE, BOTH, MapFlags::PRIVATE | MapFlags::FIXED_NO_REPLACE) };
    match again {
        Ok(_) => writeln!(out, "it was replaced")?,
        Err(errno) => writeln!(out, "over a mapping that is there: {errno}")?,
    }
    for mapping in [page, shared] {
        // SAFETY: nothing uses it any more.
        unsafe { munmap(mapping, PAGE) }?;
    }
    Ok(())
}
