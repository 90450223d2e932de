//! Copies a file with many reads and writes under way at once: `ring_copy FROM TO [ENGINE]`.
//!
//! Where the kernel has io_uring, or with the engine `uring`, it does them by itself; with `epoll`, one system call after the
//! other does.
//!
//! ```text
//! $ seq 1 300000 > numbers; ring_copy numbers copied; cmp numbers copied && echo same
//! copied 1988895 bytes
//! same
//! $ : > empty; ring_copy empty copied epoll; cmp empty copied && echo same
//! copied 0 bytes
//! same
//! $ ring_copy nowhere copied; echo "status $?"
//! ring_copy: no such file or directory
//! status 1
//! ```

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::cell::Cell;
use core::ffi::CStr;

use spelunk::io::{Write, stderr, stdout};
use spelunk::linux::fs::{Mode, OpenFlags};
use spelunk::linux::{Errno, Result};
use spelunk::tasks::file::File;
use spelunk::tasks::{Engine, Options, Reactor, run};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// Bytes that each task moves at a time, and how many tasks there are.
const PIECE: usize = 256 << 10;
const TASKS: usize = 8;

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let (Some(from), Some(to)) = (arguments.nth(1), arguments.next()) else {
        let _ = writeln!(stderr(), "usage: ring_copy FROM TO [ENGINE]");
        return 2;
    };
    let engine = match arguments.next().map(CStr::to_bytes) {
        Some(b"epoll") => Some(Engine::Epoll),
        Some(b"uring") => Some(Engine::Uring),
        _ => None,
    };
    let mut out = stdout();
    let said = copy(from, to, engine).and_then(|count| {
        writeln!(out, "copied {count} bytes")?;
        out.flush()
    });
    match said {
        Ok(()) => 0,
        Err(errno) => {
            let _ = writeln!(stderr(), "ring_copy: {errno}");
            1
        }
    }
}

fn copy(from: &CStr, to: &CStr, engine: Option<Engine>) -> Result<u64> {
    let reactor = Reactor::new(&Options { engine, ..Options::default() })?;
    let next = Cell::new(0);
    run(&reactor, async |tasks| {
        let source = File::open(&reactor, from, OpenFlags::READ, Mode::empty()).await?;
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
        let target = File::open(&reactor, to, flags, Mode::octal(0o666)).await?;
        let files = alloc::rc::Rc::new((source, target));
        let mut handles = Vec::new();
        for _ in 0..TASKS {
            handles.push(tasks.spawn(pieces(files.clone(), &next))?);
        }
        let mut count = 0;
        for handle in handles {
            count += handle.await?;
        }
        Ok(count)
    })?
}

/// Copies one piece after the other, each from where nobody has begun yet; gives how many bytes.
async fn pieces(files: alloc::rc::Rc<(File<'_>, File<'_>)>, next: &Cell<u64>) -> Result<u64> {
    let (source, target) = &*files;
    let mut buffer = Vec::new();
    let mut all = 0;
    loop {
        let start = next.get();
        next.set(start + PIECE as u64);
        let mut done = 0;
        while done < PIECE {
            buffer.clear();
            buffer.try_reserve_exact(PIECE - done).map_err(|_| Errno::NOMEM)?;
            buffer.shrink_to(PIECE - done);
            let (count, bytes) = source.read_owned(buffer, Some(start + done as u64)).await;
            let count = count?;
            if count == 0 {
                return Ok(all);
            }
            buffer = write(target, bytes, start + done as u64).await?;
            done += count;
            all += count as u64;
        }
    }
}

/// Writes all bytes at an offset; gives the buffer back.
async fn write(target: &File<'_>, bytes: Vec<u8>, offset: u64) -> Result<Vec<u8>> {
    let (mut bytes, mut offset) = (bytes, offset);
    while !bytes.is_empty() {
        let (count, back) = target.write_owned(bytes, Some(offset)).await;
        let count = count?;
        bytes = back;
        bytes.drain(..count);
        offset += count as u64;
    }
    Ok(bytes)
}
