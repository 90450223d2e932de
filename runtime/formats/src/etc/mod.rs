//! `/etc`: the files that people write.

pub mod accounts;
pub mod crontab;
pub mod fstab;
pub mod hostname;
pub mod hosts;
pub mod httpd_conf;
pub mod interfaces;
pub mod issue;
pub mod mdev_conf;
pub mod ntp;
pub mod passwd;
pub mod resolv_conf;
pub mod services;
pub mod syslog_conf;
pub mod tmpfiles;
pub mod udhcpd_conf;

use crate::Error;
use crate::proc::words::Words;

/// Gives the lines of a table, without comments and blanks around; what is no text is passed over.
fn lines(text: &[u8]) -> impl Iterator<Item = &str> {
    let mut lines = Words::new(text);
    let whole = core::iter::from_fn(move || lines.line());
    whole.filter_map(|line| {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        core::str::from_utf8(line).ok().map(str::trim_ascii)
    })
}

/// Reads a table whose lines are bytes; comments and empty lines are passed over, one that makes no sense is an error in its place.
fn entries<'a, T>(
    text: &'a [u8],
    read: fn(&'a [u8]) -> Result<T, Error>,
) -> impl Iterator<Item = Result<T, Error>> {
    let mut lines = Words::new(text);
    let lines = core::iter::from_fn(move || lines.line()).map(<[u8]>::trim_ascii);
    lines.filter(|line| !matches!(line, [] | [b'#', ..])).map(read)
}

/// Reads a file's permissions, in octal digits.
fn permissions(word: &[u8]) -> Option<u32> {
    let text = core::str::from_utf8(word).ok()?;
    u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777)
}
