//! readv(2), writev(2): bytes from several places go out in one call, and come into several.
//!
//! ```text
//! $ calls vectors
//! wrote 13 bytes of 3 slices
//! read 13 bytes: "tes" "ting" " write"
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{IoSlice, IoSliceMut, PipeFlags, pipe, readv, writev};

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let (reader, writer) = pipe(PipeFlags::CLOSE_ON_EXEC)?;
    let slices = [IoSlice::new(b"testin"), IoSlice::new(b"g wr"), IoSlice::new(b"ite")];
    // A pipe takes so few at once; elsewhere a call may end within a slice, and `write_all` goes on there.
    writeln!(out, "wrote {} bytes of {} slices", writev(&writer, &slices)?, slices.len())?;
    let (mut one, mut two, mut three) = ([0; 3], [0; 4], [0; 6]);
    let mut buffers = [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two), IoSliceMut::new(&mut three)];
    let count = readv(&reader, &mut buffers)?;
    let [one, two, three] = [&one[..], &two, &three].map(|bytes| str::from_utf8(bytes).unwrap_or("?"));
    writeln!(out, "read {count} bytes: {one:?} {two:?} {three:?}")
}
