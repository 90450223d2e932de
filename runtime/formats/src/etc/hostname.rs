//! `/etc/hostname`: the machine's name on a line; lines that begin with `#` are comments (`hostname(5)`).

/// Finds the name.
pub fn parse(text: &[u8]) -> Option<&[u8]> {
    text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !matches!(line, [] | [b'#', ..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_says_something() {
        assert_eq!(parse(b"# who am I\n\n  spelunk \nother\n"), Some(&b"spelunk"[..]));
        assert_eq!(parse(b"bare"), Some(&b"bare"[..]));
        assert_eq!(parse(b"\n#\n"), None);
    }
}
