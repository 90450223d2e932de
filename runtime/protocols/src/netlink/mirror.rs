//! A copy of a kernel table, kept by notifications and mended by dumps.
//!
//! Notifications are applied as they come. When some were lost (`ENOBUFS`), the queue is emptied unread, the table is
//! dumped anew, and the difference between copy and dump comes out as changes, as if no notification had been lost.
//! A notification older than the dump may still be applied after it; the newer one that follows in the queue puts the
//! copy right, so that the copy equals the table whenever the queue is empty.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// An entry of a kernel table.
pub trait Object {
    /// What tells entries apart.
    type Key: Ord + Clone;

    /// Gives the entry's key.
    fn key(&self) -> Self::Key;

    /// Says whether nothing but counters, ages and the like differs.
    fn same(&self, other: &Self) -> bool;
}

/// A difference in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    /// An entry is new.
    New(T),
    /// An entry is not as it was.
    Changed {
        /// What it was.
        before: T,
        /// What it is.
        now: T,
    },
    /// An entry is gone; this is what it was.
    Gone(T),
}

/// The copy of a table.
#[derive(Debug)]
pub struct Mirror<T: Object> {
    entries: BTreeMap<T::Key, T>,
}

impl<T: Object> Default for Mirror<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new() }
    }
}

impl<T: Object + Clone> Mirror<T> {
    /// Gives the entries, by key.
    pub fn entries(&self) -> impl Iterator<Item = &T> {
        self.entries.values()
    }

    /// Gives the entry of a key.
    pub fn get(&self, key: &T::Key) -> Option<&T> {
        self.entries.get(key)
    }

    /// Applies the news that an entry is there; `None` when that was known.
    pub fn put(&mut self, entry: T) -> Option<Change<T>> {
        match self.entries.insert(entry.key(), entry.clone()) {
            None => Some(Change::New(entry)),
            Some(before) if before.same(&entry) => None,
            Some(before) => Some(Change::Changed { before, now: entry }),
        }
    }

    /// Applies the news that an entry is gone; `None` when it was not there.
    pub fn remove(&mut self, key: &T::Key) -> Option<Change<T>> {
        self.entries.remove(key).map(Change::Gone)
    }

    /// Takes a whole dump in place of the copy and gives the differences: what is gone first.
    pub fn replace(&mut self, dump: Vec<T>) -> Vec<Change<T>> {
        let mut before = core::mem::take(&mut self.entries);
        let mut news = Vec::new();
        for entry in dump {
            let key = entry.key();
            match before.remove(&key) {
                None => news.push(Change::New(entry.clone())),
                Some(old) if old.same(&entry) => {}
                Some(old) => news.push(Change::Changed { before: old, now: entry.clone() }),
            }
            self.entries.insert(key, entry);
        }
        before.into_values().map(Change::Gone).chain(news).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Row {
        key: u8,
        value: u8,
        age: u8,
    }

    impl Object for Row {
        type Key = u8;
        fn key(&self) -> u8 {
            self.key
        }
        fn same(&self, other: &Self) -> bool {
            self.value == other.value
        }
    }

    const fn row(key: u8, value: u8, age: u8) -> Row {
        Row { key, value, age }
    }

    #[test]
    fn notifications_that_say_nothing_new_are_silent() {
        let mut mirror = Mirror::default();
        assert_eq!(mirror.put(row(1, 1, 0)), Some(Change::New(row(1, 1, 0))));
        assert_eq!(mirror.put(row(1, 1, 9)), None);
        assert_eq!(mirror.get(&1), Some(&row(1, 1, 9)));
        let changed = Change::Changed { before: row(1, 1, 9), now: row(1, 2, 0) };
        assert_eq!(mirror.put(row(1, 2, 0)), Some(changed));
        assert_eq!(mirror.remove(&2), None);
        assert_eq!(mirror.remove(&1), Some(Change::Gone(row(1, 2, 0))));
    }

    #[test]
    fn a_dump_after_a_loss_gives_the_difference_once() {
        let mut mirror = Mirror::default();
        for key in 1..=3 {
            mirror.put(row(key, 1, 0));
        }
        let dump = vec![row(2, 1, 5), row(3, 7, 5), row(4, 1, 5)];
        let changes = mirror.replace(dump.clone());
        let expected = vec![
            Change::Gone(row(1, 1, 0)),
            Change::Changed { before: row(3, 1, 0), now: row(3, 7, 5) },
            Change::New(row(4, 1, 5)),
        ];
        assert_eq!(changes, expected);
        assert_eq!(mirror.replace(dump), vec![]);
        assert_eq!(mirror.entries().count(), 3);
    }
}
