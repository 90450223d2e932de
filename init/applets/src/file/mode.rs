//! Permissions as people write them: in octal, or as changes such as `u=rwx,go-w,a+X` (POSIX `chmod`).

use alloc::vec::Vec;

use linux::fs::Mode;

/// A change of permissions.
pub(super) enum Change {
    /// These, whatever they were. Of a folder the two upper bits stay unless they were written out (`00755`).
    To { bits: u32, all: bool },
    /// One step after the other.
    Steps(Vec<Step>),
}

/// `u+rw`, with one operator.
pub(super) struct Step {
    /// The bits of those whom it is about; none if it does not say, so that the mask counts.
    who: u32,
    operator: u8,
    bits: u32,
    /// `X`: execution, if it is a folder or anyone may already.
    execute: bool,
    /// `u`, `g` or `o`: what they have, as how far their bits lie from the right.
    copied: Option<u32>,
}

const SET_BITS: u32 = 0o6000;

impl Change {
    /// Reads one; nothing if it is not one.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        if text.first()?.is_ascii_digit() {
            let bits = octal(text)?;
            return Some(Self::To { bits, all: text.len() > 4 });
        }
        let mut steps = Vec::new();
        for clause in text.split(|&byte| byte == b',') {
            parse_clause(clause, &mut steps)?;
        }
        Some(Self::Steps(steps))
    }

    /// Gives what permissions become.
    pub(super) fn apply(&self, old: u32, is_folder: bool, mask: u32) -> u32 {
        match self {
            Self::To { bits, all } if is_folder && !all => bits | old & SET_BITS,
            Self::To { bits, .. } => *bits,
            Self::Steps(steps) => {
                steps.iter().fold(old & 0o7777, |mode, step| step.apply(mode, is_folder, mask))
            }
        }
    }

    /// Gives what permissions become, with the mask of this process.
    pub(super) fn applied(&self, old: u32, is_folder: bool) -> Mode {
        Mode::octal(self.apply(old, is_folder, mask()))
    }
}

impl Step {
    fn apply(&self, mode: u32, is_folder: bool, mask: u32) -> u32 {
        let mut bits = self.bits;
        if self.execute && (is_folder || mode & 0o111 != 0) {
            bits |= 0o111;
        }
        if let Some(shift) = self.copied {
            bits |= (mode >> shift & 7) * 0o111;
        }
        let (who, bits) = if self.who == 0 { (0o7777, bits & !mask) } else { (self.who, bits & self.who) };
        // Those bits of a folder stay unless they are spoken of.
        let kept = if is_folder { SET_BITS & !self.bits } else { 0 };
        match self.operator {
            b'+' => mode | bits,
            b'-' => mode & !bits,
            _ => mode & (!who | kept) | bits,
        }
    }
}

/// Reads at most seven octal digits.
pub(super) fn octal(text: &[u8]) -> Option<u32> {
    let is_octal = !text.is_empty() && text.len() < 8 && text.iter().all(|byte| (b'0'..b'8').contains(byte));
    let bits = text.iter().fold(0, |bits, byte| bits << 3 | u32::from(byte & 7));
    (is_octal && bits <= 0o7777).then_some(bits)
}

fn parse_clause(clause: &[u8], steps: &mut Vec<Step>) -> Option<()> {
    let operators = clause.iter().position(|byte| b"+-=".contains(byte))?;
    let (names, mut rest) = clause.split_at(operators);
    let mut who = 0;
    for name in names {
        who |= match name {
            b'u' => 0o4700,
            b'g' => 0o2070,
            b'o' => 0o1007,
            b'a' => 0o7777,
            _ => return None,
        };
    }
    while let Some((&operator, text)) = rest.split_first() {
        let end = text.iter().position(|byte| b"+-=".contains(byte)).unwrap_or(text.len());
        let (letters, next) = text.split_at(end);
        steps.push(parse_step(who, operator, letters)?);
        rest = next;
    }
    Some(())
}

fn parse_step(who: u32, operator: u8, letters: &[u8]) -> Option<Step> {
    let mut step = Step { who, operator, bits: 0, execute: false, copied: None };
    if let [name @ (b'u' | b'g' | b'o')] = letters {
        step.copied = Some(match name {
            b'u' => 6,
            b'g' => 3,
            _ => 0,
        });
        return Some(step);
    }
    if letters.first().is_some_and(u8::is_ascii_digit) && who == 0 {
        step.who = 0o7777;
        step.bits = octal(letters)?;
        return Some(step);
    }
    for letter in letters {
        match letter {
            b'r' => step.bits |= 0o444,
            b'w' => step.bits |= 0o222,
            b'x' => step.bits |= 0o111,
            b'X' => step.execute = true,
            b's' => step.bits |= SET_BITS,
            b't' => step.bits |= 0o1000,
            _ => return None,
        }
    }
    Some(step)
}

/// Gives the mask of this process; the kernel shows it only when it is set.
pub(super) fn mask() -> u32 {
    let mask = linux::fs::umask(Mode::empty());
    linux::fs::umask(mask);
    mask.bits()
}

/// Has no mask count while something is made, so that it has its permissions from the first moment.
pub(super) fn without_mask<T>(make: impl FnOnce() -> T) -> T {
    let mask = linux::fs::umask(Mode::empty());
    let made = make();
    linux::fs::umask(mask);
    made
}

/// Gives permissions as `ls` shows them, without the kind.
pub(super) fn letters(mode: u32) -> [u8; 9] {
    let mut text = *b"rwxrwxrwx";
    for (index, letter) in text.iter_mut().enumerate() {
        if mode & (0o400 >> index) == 0 {
            *letter = b'-';
        }
    }
    for (bit, at, letter) in [(0o4000, 2, b's'), (0o2000, 5, b's'), (0o1000, 8, b't')] {
        if mode & bit != 0
            && let Some(place) = text.get_mut(at)
        {
            *place = if *place == b'-' { letter.to_ascii_uppercase() } else { letter };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str, old: u32, is_folder: bool) -> Option<u32> {
        Change::parse(text.as_bytes()).map(|change| change.apply(old, is_folder, 0o022))
    }

    #[test]
    fn changes() {
        for (text, old, new) in [
            ("644", 0o777, 0o644),
            ("0", 0o777, 0),
            ("4755", 0, 0o4755),
            ("u+x", 0o644, 0o744),
            ("+x", 0o644, 0o755),
            ("+w", 0o444, 0o644),
            ("a+w", 0o444, 0o666),
            ("go-rwx", 0o755, 0o700),
            ("-x", 0o777, 0o666),
            ("=r", 0o777, 0o444),
            ("=", 0o777, 0),
            ("u=rwx,g=rx,o=", 0o000, 0o750),
            ("u+r-w", 0o200, 0o400),
            ("g=u", 0o700, 0o770),
            ("o=g-w", 0o070, 0o075),
            ("a+X", 0o644, 0o644),
            ("a+X", 0o744, 0o755),
            ("u+s,+t", 0o755, 0o5755),
            ("g+s", 0o755, 0o2755),
            ("u=rw", 0o4755, 0o655),
            ("=750", 0o4777, 0o750),
        ] {
            assert_eq!(applied(text, old, false), Some(new), "{text}");
        }
        for bad in ["", "8", "77777", "u", "u+q", "x+u", "u+x,", "u+ug"] {
            assert_eq!(applied(bad, 0, false), None, "{bad}");
        }
    }

    #[test]
    fn folders_keep_the_bits_that_are_not_spoken_of() {
        assert_eq!(applied("755", 0o2700, true), Some(0o2755));
        assert_eq!(applied("00755", 0o2700, true), Some(0o755));
        assert_eq!(applied("g=rx", 0o2700, true), Some(0o2750));
        assert_eq!(applied("g=s", 0o0770, true), Some(0o2700));
        assert_eq!(applied("a+X", 0o600, true), Some(0o711));
    }

    #[test]
    fn shown_as_letters() {
        assert_eq!(&letters(0o644), b"rw-r--r--");
        assert_eq!(&letters(0o7755), b"rwsr-sr-t");
        assert_eq!(&letters(0o7644), b"rwSr-Sr-T");
    }
}
