//! Sets of system calls of this processor, by their names: for filters that are written by people.
//!
//! ```
//! use spelunk_linux::security::{CallSet, Refusal};
//!
//! // What every program needs, plain input and output, and files; but no renaming of them.
//! let mut calls = CallSet::NONE;
//! for name in ["@default", "@basic-io", "@file-system"] {
//!     calls.add(name)?;
//! }
//! calls.remove("renameat2")?;
//! let program: Vec<_> = calls.instructions(Refusal::Kill).collect();
//! # assert!(spelunk_linux::security::Filter::new(&program).is_ok());
//! # Ok::<(), spelunk_linux::Errno>(())
//! ```

use super::{Refusal, ranges_filter};
use crate::net::FilterInstruction;
use crate::trace::calls;
use crate::{Errno, Result};
use formats::file::calls::sets;

/// The numbers that there is room for; those of calls are below 500 on all processors.
const MOST: u32 = 1024;

/// A set of calls of this processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSet([u64; (MOST / 64) as usize]);

impl CallSet {
    /// No call.
    pub const NONE: Self = Self([0; (MOST / 64) as usize]);

    /// Gives the set of all calls that the table knows ([`calls`]).
    pub fn all() -> Self {
        let mut all = Self::NONE;
        calls().for_each(|call| all.put(call.number, true));
        all
    }

    /// Adds what a name stands for: a call, also one that only other processors have; or a set, whose names begin with `@`
    /// ([`sets`]).
    ///
    /// # Errors
    /// `INVAL`: nothing is named so.
    pub fn add(&mut self, name: &str) -> Result<()> {
        self.put_all(name, true)
    }

    /// Takes what a name stands for away.
    ///
    /// # Errors
    /// `INVAL`: nothing is named so.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        self.put_all(name, false)
    }

    /// Says whether a call is in it, by its number.
    pub fn contains(&self, number: u32) -> bool {
        let word = self.0.get((number / 64) as usize);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Gives the numbers at which calls begin to be in it, begin not to be, and so on by turns: as
    /// [`ranges_filter`] takes them. Behind the last lies no call.
    pub fn bounds(&self) -> impl Iterator<Item = u32> {
        let end = calls().map(|call| call.number + 1).max().unwrap_or(0);
        let former = |number: u32| number.checked_sub(1).is_some_and(|former| self.contains(former));
        (0..end).filter(move |number| self.contains(*number) != former(*number)).chain([end])
    }

    /// Gives the instructions of a [`Filter`](super::Filter) that lets these through. The numbers behind those of the table are of no
    /// call (`NOSYS`), so that programs do without calls that are newer; calls with another processor's numbers are refused.
    pub fn instructions(&self, refusal: Refusal) -> impl Iterator<Item = FilterInstruction> {
        ranges_filter(self.bounds(), refusal)
    }

    fn put_all(&mut self, name: &str, is_in: bool) -> Result<()> {
        if !sets::is_known(name) {
            return Err(Errno::INVAL);
        }
        for call in calls().filter(|call| sets::stands_for(name, call.name)) {
            self.put(call.number, is_in);
        }
        Ok(())
    }

    fn put(&mut self, number: u32, is_in: bool) {
        if let Some(word) = self.0.get_mut((number / 64) as usize) {
            let bit = 1 << (number % 64);
            *word = if is_in { *word | bit } else { *word & !bit };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str) -> u32 {
        calls().find(|call| call.name == name).unwrap().number
    }

    #[test]
    fn sets_and_calls_are_added_and_taken_away() {
        let mut set = CallSet::NONE;
        set.add("@basic-io").unwrap();
        set.add("openat").unwrap();
        set.remove("write").unwrap();
        let has = |name| set.contains(number(name));
        assert!(has("read") && has("openat") && !has("write") && !has("openat2"));
        assert_eq!((set.add("@basic"), set.remove("raed")), (Err(Errno::INVAL), Err(Errno::INVAL)));
        assert!(!set.contains(u32::MAX));
    }

    #[test]
    fn every_call_has_room() {
        let all = CallSet::all();
        assert!(calls().all(|call| call.number < MOST && all.contains(call.number)));
    }

    #[test]
    fn bounds_change_sides_at_each_call_that_does() {
        let mut set = CallSet::NONE;
        set.add("@always").unwrap();
        let bounds: Vec<_> = set.bounds().collect();
        for call in calls() {
            let before = bounds.iter().filter(|bound| **bound <= call.number).count();
            assert_eq!(before % 2 == 1, set.contains(call.number), "{}", call.name);
        }
        assert!(bounds.is_sorted_by(|one, next| one < next));
    }
}
