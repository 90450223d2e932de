//! process_vm_readv(2), process_vm_writev(2): the memory of another process, for who may trace it.
//!
//! ```text
//! $ calls remote
//! here it is 42, in the child 4711
//! the child found 99 and ended with it
//! where nothing is: bad address
//! ```

use core::sync::atomic::{AtomicU32, Ordering};

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{IoSlice, IoSliceMut, PipeFlags, pipe, read, write};
use spelunk::linux::mem::{Remote, process_vm_readv, process_vm_writev};
use spelunk::linux::process::{WaitFlags, WaitFor, spawn, waitid};
use spelunk::linux::{Errno, retry};

static VALUE: AtomicU32 = AtomicU32::new(42);

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let (told, tell) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let (wait, go_on) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let child = spawn(|| {
        VALUE.store(4711, Ordering::Relaxed);
        let _ = write(&tell, b"x");
        let _ = read(&wait, &mut [0; 1]);
        VALUE.load(Ordering::Relaxed).cast_signed()
    })?;
    read(&told, &mut [0; 1])?;
    // The copy has the same addresses.
    let there = [Remote { address: VALUE.as_ptr().addr(), length: 4 }];
    let mut bytes = [0; 4];
    process_vm_readv(child, &mut [IoSliceMut::new(&mut bytes)], &there)?;
    let (here, value) = (VALUE.load(Ordering::Relaxed), u32::from_ne_bytes(bytes));
    writeln!(out, "here it is {here}, in the child {value}")?;
    // SAFETY: it is another process's memory.
    unsafe { process_vm_writev(child, &[IoSlice::new(&99_u32.to_ne_bytes())], &there) }?;
    let nowhere =
        process_vm_readv(child, &mut [IoSliceMut::new(&mut bytes)], &[Remote { address: 8, length: 4 }]);
    write(&go_on, b"x")?;
    let ended = retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?.ok_or(Errno::CHILD)?.ended;
    writeln!(out, "the child found {} and ended with it", ended.shell_status())?;
    match nowhere {
        Ok(count) => writeln!(out, "{count} bytes where nothing is"),
        Err(errno) => writeln!(out, "where nothing is: {errno}"),
    }
}
