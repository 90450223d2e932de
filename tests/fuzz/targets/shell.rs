//! Scripts of the shell.

/// Parses a script: it may be wrong, but then its place is within it, and a script that parses still does with an end of the
/// line and a comment behind it.
pub(crate) fn shell(data: &[u8]) {
    const STACK: usize = 512 << 10;
    let lines = data.split(|byte| *byte == b'\n').count() as u32;
    match shell::check(data, STACK) {
        Ok(count) => {
            assert!(count <= data.len(), "more commands than characters");
            // Not behind a backslash, nor in a here-document without end.
            if !data.ends_with(b"\\") && !data.windows(2).any(|pair| pair == b"<<") {
                let longer = [data, b"\n# end\n"].concat();
                assert_eq!(shell::check(&longer, STACK).ok(), Some(count), "a comment is a command");
            }
        }
        Err(error) => {
            assert!((1..=lines).contains(&error.line_number()), "line {} of {lines}", error.line_number());
            assert!(!error.to_string().is_empty());
        }
    }
}
