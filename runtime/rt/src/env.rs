//! The environment: `NAME=value` strings that the caller chose.
//!
//! In secure mode (AT_SECURE) the caller may be an attacker, so the variables by which libraries and their
//! children let themselves be steered are not there: neither looked up, nor listed, nor passed on.

use core::ffi::{CStr, c_char};

/// Names hidden in secure mode beside all that begin with `LD_` and `MALLOC_`: what glibc drops
/// (`sysdeps/generic/unsecvars.h`), and the shell's start-up files and search of options.
const STEERING: [&[u8]; 20] = [
    b"BASH_ENV",
    b"CDPATH",
    b"ENV",
    b"GCONV_PATH",
    b"GETCONF_DIR",
    b"GLIBC_TUNABLES",
    b"HOSTALIASES",
    b"IFS",
    b"LOCALDOMAIN",
    b"LOCPATH",
    b"NIS_PATH",
    b"NLSPATH",
    b"NODE_OPTIONS",
    b"PERL5LIB",
    b"PERL5OPT",
    b"PYTHONPATH",
    b"RESOLV_HOST_CONF",
    b"RES_OPTIONS",
    b"TMPDIR",
    b"TZDIR",
];

/// The program's environment; it lives as long as the process, and is never changed.
///
/// As an iterator it gives the strings whole, as the caller passed them, to be passed on.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    next: *const *const c_char,
    secure: bool,
}

impl Environment {
    /// # Safety
    /// `first` points at pointers to strings and a null behind the last; pointers and strings live forever.
    pub(crate) const unsafe fn new(first: *const *const c_char, secure: bool) -> Self {
        Self { next: first, secure }
    }

    /// Gives the value of a variable: what follows the `=` in the first string with this name.
    pub fn get(self, name: &[u8]) -> Option<&'static [u8]> {
        self.variables().find(|&(found, _)| found == name).map(|(_, value)| value)
    }

    /// Gives name and value of each variable, leaving out strings without a `=`.
    pub fn variables(self) -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
        self.filter_map(|string| split(string.to_bytes()))
    }
}

impl Iterator for Environment {
    type Item = &'static CStr;

    fn next(&mut self) -> Option<&'static CStr> {
        loop {
            // SAFETY: the null has not been passed.
            let string = unsafe { *self.next };
            if string.is_null() {
                return None;
            }
            // SAFETY: as above.
            self.next = unsafe { self.next.add(1) };
            // SAFETY: the kernel's string, which lives forever.
            let string = unsafe { CStr::from_ptr(string) };
            if !(self.secure && steers(string.to_bytes())) {
                return Some(string);
            }
        }
    }
}

/// Splits at the first `=`.
fn split(string: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = string.iter().position(|&byte| byte == b'=')?;
    Some((string.get(..at)?, string.get(at + 1..)?))
}

/// Says whether a string sets a variable that secure mode hides.
fn steers(string: &[u8]) -> bool {
    let name = split(string).map_or(string, |(name, _)| name);
    name.starts_with(b"LD_") || name.starts_with(b"MALLOC_") || STEERING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four strings, as a caller might pass them.
    fn strings() -> [*const c_char; 6] {
        let strings = [c"PATH=/bin", c"LD_PRELOAD=x.so", c"nonsense", c"A=b=c", c"TZDIR=/x"];
        let mut words = [core::ptr::null(); 6];
        for (word, string) in words.iter_mut().zip(strings) {
            *word = string.as_ptr();
        }
        words
    }

    #[test]
    fn variables_are_found_by_their_whole_name() {
        let words = strings();
        // SAFETY: strings with a null behind the last.
        let environment = unsafe { Environment::new(words.as_ptr(), false) };
        assert_eq!(environment.get(b"PATH"), Some(&b"/bin"[..]));
        assert_eq!(environment.get(b"A"), Some(&b"b=c"[..]));
        assert_eq!(environment.get(b"PAT"), None);
        assert_eq!(environment.get(b"nonsense"), None);
        assert_eq!(environment.count(), 5);
        assert_eq!(environment.variables().count(), 4);
    }

    #[test]
    fn secure_mode_hides_what_steers_libraries() {
        let words = strings();
        // SAFETY: as above.
        let environment = unsafe { Environment::new(words.as_ptr(), true) };
        assert_eq!(environment.get(b"LD_PRELOAD"), None);
        assert_eq!(environment.get(b"TZDIR"), None);
        assert_eq!(environment.get(b"PATH"), Some(&b"/bin"[..]));
        assert_eq!(environment.count(), 3);
    }
}
