//! Lists of system calls, and filters that let only those through.

use super::instruction::{code, head, instruction};
use super::{ALLOW, Filter, Refusal};
use crate::net::FilterInstruction;
use crate::{Errno, Result};

/// The most instructions that a list comes to: two a call, six around them.
const MOST: usize = 1024;

/// A list of system calls by their numbers on this processor, as the filter that lets them through.
#[derive(Clone, Debug)]
pub struct AllowList {
    program: [FilterInstruction; MOST],
    length: usize,
}

impl AllowList {
    /// Makes a list that allows nothing; calls with another processor's numbers (x86's on x86_64) are always refused.
    pub const fn new(refusal: Refusal) -> Self {
        let head = head(refusal.word());
        // What lies behind the last call refuses.
        let mut program = [instruction(code::RETURN, refusal.word()); MOST];
        if let Some(start) = program.first_chunk_mut() {
            *start = head;
        }
        Self { program, length: head.len() }
    }

    /// Adds a call; once is enough, more does not matter.
    ///
    /// # Errors
    /// `NOSPC` after some 500 calls, more than any kernel has.
    pub fn allow(&mut self, number: u32) -> Result<()> {
        let test = FilterInstruction { jump_false: 1, ..instruction(code::IF_EQUAL, number) };
        if self.program().contains(&test) {
            return Ok(());
        }
        let rest = self.program.get_mut(self.length..MOST - 1).and_then(|rest| rest.first_chunk_mut());
        *rest.ok_or(Errno::NOSPC)? = [test, instruction(code::RETURN, ALLOW)];
        self.length += 2;
        Ok(())
    }

    /// Gives the filter, for [`set_filter`](super::set_filter).
    pub fn filter(&self) -> Filter<'_> {
        Filter::fair(self.program())
    }

    fn program(&self) -> &[FilterInstruction] {
        self.program.get(..=self.length).unwrap_or_default()
    }
}

/// Calls that 32-bit ARM has for itself (`__ARM_NR_set_tls` and its like), without which no program gets far there; others have no
/// call of such a number.
const PRIVATE: [u32; 2] = [0xf_0001, 0xf_0007];

/// Gives the instructions of a [`Filter`]. Below the first bound lie calls that are refused, up to
/// the next those that are let through, and so on by turns; the numbers from the last bound on are of no call (`NOSYS`), so that
/// programs do without calls that are newer. Calls with another processor's numbers (x86's on x86_64) are refused.
pub fn ranges_filter(
    bounds: impl IntoIterator<Item = u32>,
    refusal: Refusal,
) -> impl Iterator<Item = FilterInstruction> {
    let refuse = instruction(code::RETURN, refusal.word());
    let allow = instruction(code::RETURN, ALLOW);
    let unknown = instruction(code::RETURN, Refusal::Error(Errno::NOSYS).word());
    let private = [
        FilterInstruction { jump_false: 2, ..instruction(code::IF_AT_LEAST, PRIVATE[0]) },
        FilterInstruction { jump_true: 1, ..instruction(code::IF_AT_LEAST, PRIVATE[1]) },
        allow,
    ];
    let ranges = bounds.into_iter().zip([refuse, allow].into_iter().cycle()).flat_map(|(bound, verdict)| {
        [FilterInstruction { jump_true: 1, ..instruction(code::IF_AT_LEAST, bound) }, verdict]
    });
    head(refusal.word()).into_iter().chain(private).chain(ranges).chain([unknown])
}

#[cfg(test)]
mod tests {
    use super::super::instruction::{PROCESSOR, offset};
    use super::*;
    use linux_raw_sys::ptrace as kernel;

    /// What the kernel would do with the program.
    fn verdict(program: &[FilterInstruction], processor: u32, number: u32) -> u32 {
        let (mut at, mut word) = (0, 0);
        loop {
            let step = program[at];
            at += 1;
            match step.code {
                code::LOAD if step.k == offset::NUMBER => word = number,
                code::LOAD => word = processor,
                code::IF_EQUAL if word == step.k => at += usize::from(step.jump_true),
                code::IF_AT_LEAST if word >= step.k => at += usize::from(step.jump_true),
                code::IF_AT_LEAST | code::IF_EQUAL => at += usize::from(step.jump_false),
                _ => return step.k,
            }
        }
    }

    #[test]
    fn only_what_is_listed_passes() {
        let mut list = AllowList::new(Refusal::Kill);
        let kill = kernel::SECCOMP_RET_KILL_PROCESS;
        assert_eq!(verdict(list.program(), PROCESSOR, 0), kill);
        for number in [0, 7, 231, 0xf_0005, 7] {
            list.allow(number).unwrap();
        }
        assert_eq!(list.program().len(), 4 + 4 * 2 + 1, "no call twice");
        for number in 0..1000 {
            let expected = if [0, 7, 231].contains(&number) { ALLOW } else { kill };
            assert_eq!(verdict(list.program(), PROCESSOR, number), expected, "{number}");
            assert_eq!(verdict(list.program(), PROCESSOR ^ 1, number), kill, "{number} of another processor");
        }
        assert_eq!(verdict(list.program(), PROCESSOR, 0xf_0005), ALLOW);
    }

    #[test]
    fn a_list_is_full_before_its_room_ends() {
        let mut list = AllowList::new(Refusal::Error(Errno::NOSYS));
        let count = (0..).take_while(|number| list.allow(*number) == Ok(())).count();
        assert_eq!((count, list.allow(9999)), (509, Err(Errno::NOSPC)));
        let (last, next) = (count as u32 - 1, count as u32);
        assert_eq!(verdict(list.program(), PROCESSOR, last), ALLOW);
        assert_eq!(verdict(list.program(), PROCESSOR, next), kernel::SECCOMP_RET_ERRNO | 38);
    }
    #[test]
    fn ranges_are_refused_and_let_through_by_turns() {
        let refusal = Refusal::Error(Errno::PERM);
        let program: Vec<_> = ranges_filter([2, 5, 7, 8, 100], refusal).collect();
        for number in [0, 1, 5, 6, 8, 99] {
            assert_eq!(verdict(&program, PROCESSOR, number), refusal.word(), "{number}");
        }
        for number in [2, 3, 4, 7, 0xf_0001, 0xf_0005] {
            assert_eq!(verdict(&program, PROCESSOR, number), ALLOW, "{number}");
            assert_eq!(verdict(&program, PROCESSOR ^ 1, number), refusal.word(), "{number}");
        }
        for number in [100, 500, 0xf_0000, 0xf_0007, 1 << 30] {
            assert_eq!(verdict(&program, PROCESSOR, number), Refusal::Error(Errno::NOSYS).word(), "{number}");
        }
    }
}
