//! The system calls that a program carries.

use formats::file::calls::Calls;

/// Reads the records up to the end or the first error.
pub(crate) fn calls(data: &[u8]) {
    let Ok(Some(mut calls)) = Calls::of_program(data) else { return };
    let mut count = 0;
    while let Some(Ok(call)) = calls.next() {
        count += 1;
        assert!(
            !call.name.contains('\0') && count * 8 <= data.len(),
            "more records than the input has room for"
        );
    }
    assert!(calls.next().is_none(), "the reader goes on after its end");
}
