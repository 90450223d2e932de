//! A variable of a new program that holds the number of its own process, which nobody knows before it exists.

use super::getpid;
use core::ffi::c_char;
use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

/// Room for a name, the sign =, ten digits and the zero byte at the end.
const ROOM: usize = 64;

/// A variable of the environment that [`Step::Tell`](super::Step::Tell) completes in the new process.
///
/// Only that step writes to it, so that the last byte stays zero, and it always is a terminated string.
pub struct OwnNumber {
    text: [AtomicU8; ROOM],
    /// Where the number begins.
    at: usize,
}

impl OwnNumber {
    /// Makes one without a number; none if the name is too long or no name.
    pub fn new(name: &[u8]) -> Option<Self> {
        let is_name = !name.is_empty() && !name.contains(&b'=') && !name.contains(&0);
        if !is_name || name.len() + 12 > ROOM {
            return None;
        }
        let text = [const { AtomicU8::new(0) }; ROOM];
        for (to, from) in text.iter().zip(name.iter().chain(b"=")) {
            to.store(*from, Ordering::Relaxed);
        }
        Some(Self { text, at: name.len() + 1 })
    }

    pub(super) const fn as_ptr(&self) -> *const c_char {
        self.text.as_ptr().cast()
    }

    /// Writes this process's number.
    pub(super) fn tell(&self) {
        let mut digits = [0; 10];
        let mut rest = getpid().get().unsigned_abs();
        let mut count = 0;
        for digit in &mut digits {
            *digit = b'0' + (rest % 10) as u8;
            (rest, count) = (rest / 10, count + 1);
            if rest == 0 {
                break;
            }
        }
        let digits = digits.iter().take(count).rev().chain(&[0]);
        for (to, from) in self.text.iter().take(ROOM - 1).skip(self.at).zip(digits) {
            to.store(*from, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for OwnNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.text.iter().map(|byte| byte.load(Ordering::Relaxed));
        bytes.take_while(|byte| *byte != 0).try_for_each(|byte| write!(formatter, "{}", byte.escape_ascii()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_variable_with_the_number_of_who_asks() {
        let number = OwnNumber::new(b"LISTEN_PID").unwrap();
        assert_eq!(format!("{number:?}"), "LISTEN_PID=");
        for _ in 0..2 {
            number.tell();
            assert_eq!(format!("{number:?}"), format!("LISTEN_PID={}", std::process::id()));
        }
        assert!(
            OwnNumber::new(&[b'A'; 52])
                .is_some_and(|number| number.text[ROOM - 1].load(Ordering::Relaxed) == 0)
        );
        for name in [&[b'A'; 53][..], b"", b"A=", b"A\0"] {
            assert!(OwnNumber::new(name).is_none());
        }
    }
}
