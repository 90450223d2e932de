//! Counts lines, words and bytes of files, which are mapped and not read; what cannot be mapped (a pipe) is read after all.
//!
//! ```text
//! $ printf 'one two\nthree\n' > file; wc file
//! 2 3 14 file
//! $ printf 'no end' | wc -
//! 0 2 6 -
//! $ : > empty; wc file empty
//! 2 3 14 file
//! 0 0 0 empty
//! $ wc missing; echo "status $?"
//! wc: missing: no such file or directory
//! status 1
//! ```

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a mapping is what is shown")]

use core::ptr::null_mut;
use core::slice;

use spelunk::io::{self, Errno, File, Read, Result, Write};
use spelunk::linux::fd::STDIN;
use spelunk::linux::fs;
use spelunk::linux::mem::{Advice, MapFlags, Protection, madvise, mmap, munmap};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

/// What is counted.
#[derive(Default)]
struct Count {
    lines: u64,
    words: u64,
    bytes: u64,
    /// Whether the last byte was of a word: one may go on in the next piece.
    in_word: bool,
}

impl Count {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let of_word = !byte.is_ascii_whitespace();
            self.lines += u64::from(*byte == b'\n');
            self.words += u64::from(of_word && !self.in_word);
            self.in_word = of_word;
        }
        self.bytes += bytes.len() as u64;
    }
}

fn main(arguments: Arguments, _environment: Environment) -> i32 {
    let (mut out, mut status) = (io::stdout(), 0);
    for name in arguments.skip(1).map(|name| name.to_bytes()) {
        let shown = name.escape_ascii();
        let told = match count(name) {
            Ok(Count { lines, words, bytes, .. }) => writeln!(out, "{lines} {words} {bytes} {shown}"),
            Err(errno) => {
                status = 1;
                writeln!(io::stderr(), "wc: {shown}: {errno}")
            }
        };
        if told.is_err() {
            break;
        }
    }
    out.status(status)
}

fn count(name: &[u8]) -> Result<Count> {
    let mut file = if name == b"-" { File::from(fs::dup(STDIN)?) } else { File::open(name)? };
    let mut count = Count::default();
    let size = usize::try_from(file.metadata()?.size()).map_err(|_| Errno::OVERFLOW)?;
    // SAFETY: new memory, at an address of the kernel's choice.
    match unsafe { mmap(null_mut(), size, Protection::READ, MapFlags::PRIVATE, &file, 0) } {
        Ok(base) => {
            // SAFETY: just mapped. Whoever makes the file shorter meanwhile ends this program by SIGBUS, as is usual.
            let bytes = unsafe { slice::from_raw_parts(base, size) };
            // SAFETY: the range is ours, and this changes nothing that is in it. It is advice: without it, slower.
            let _ = unsafe { madvise(base, size, Advice::SEQUENTIAL) };
            count.add(bytes);
            // SAFETY: nothing borrows it any more.
            unsafe { munmap(base, size) }?;
        }
        // A pipe, or a file that claims to be empty.
        Err(_) => {
            let mut buffer = [0; 8192];
            loop {
                match file.read_full(&mut buffer)? {
                    0 => break,
                    more => count.add(buffer.get(..more).unwrap_or_default()),
                }
            }
        }
    }
    Ok(count)
}
