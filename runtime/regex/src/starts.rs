//! The bytes with which every match begins: up to where one of them is, nothing has to be looked at.

use text::character;

use crate::program::Step;

/// So many of them can be looked for at once.
const MOST: usize = 3;

/// So many bytes must be passed over each time, or it is faster to look at all.
const WORTH: i32 = 12;

/// Looking for them is given up when it has cost that much more than it has brought.
const PATIENCE: i32 = 4096;

/// The bytes.
#[derive(Debug)]
pub(crate) struct Starts {
    bytes: [u8; MOST],
    /// What was gained, in bytes, up to a limit.
    gain: i32,
}

impl Starts {
    /// Gives those of a program; nothing if they are too many, if nothing is matched too, or if what is before a match counts.
    pub(crate) fn of(steps: &[Step], utf8: bool) -> Option<Self> {
        let (mut found, mut count) = ([0; MOST], 0);
        let mut seen = alloc::vec![false; steps.len()];
        let mut waiting = alloc::vec![0];
        while let Some(at) = waiting.pop() {
            // The end of the program is no step.
            if core::mem::replace(seen.get_mut(at as usize)?, true) {
                continue;
            }
            let step = steps.get(at as usize)?;
            match step {
                Step::Split(first, second) => waiting.extend([*first, *second]),
                Step::Jump(to) => waiting.push(*to),
                Step::Note(_) => waiting.push(at + 1),
                Step::Edge(_) | Step::Again(..) => return None,
                _ if utf8 && step.takes_beyond_ascii() => return None,
                _ => {
                    for byte in 0..=if utf8 { 127 } else { 255_u8 } {
                        let is_new = !found.get(..count)?.contains(&byte);
                        if is_new && step.takes(character::number(&[byte])) {
                            *found.get_mut(count)? = byte;
                            count += 1;
                        }
                    }
                }
            }
        }
        let (known, unused) = found.split_at_mut(count);
        unused.fill(*known.first()?);
        Some(Self { bytes: found, gain: 0 })
    }

    /// Says whether it was worth it so far to look for them.
    pub(crate) const fn is_worth_it(&self) -> bool {
        self.gain >= -PATIENCE
    }

    /// Gives how many bytes are before the first of them; all if there is none.
    pub(crate) fn skip(&mut self, text: &[u8]) -> usize {
        let [first, second, third] = self.bytes;
        let place = if second == first {
            memchr::memchr(first, text)
        } else if third == first {
            memchr::memchr2(first, second, text)
        } else {
            memchr::memchr3(first, second, third, text)
        };
        let skipped = place.unwrap_or(text.len());
        let gain = i32::try_from(skipped).unwrap_or(i32::MAX).saturating_sub(WORTH);
        self.gain = self.gain.saturating_add(gain).min(PATIENCE);
        skipped
    }
}
