//! Groups of buffers among which the kernel chooses: their numbers, and their end, which may come after that of the ring.

use alloc::rc::Rc;
use core::cell::{Cell, OnceCell};

use linux::Errno;
use linux::fd::{AsFd, RawFd};
use linux::uring::{BufferRing, Ring, unregister_group};

use crate::operations::borrow;

/// The numbers of a ring's groups.
#[derive(Default)]
pub(super) struct Groups {
    /// The one to be tried next.
    next: Cell<u16>,
    /// The ring's descriptor, for as long as there is the ring; made with the first group.
    ring: OnceCell<Rc<Cell<Option<RawFd>>>>,
}

impl Groups {
    /// Makes a group; none before Linux 5.19.
    pub(super) fn make(&self, ring: &Ring, count: u16, size: u32) -> Option<Group> {
        for _ in 0..=u16::MAX {
            let number = self.next.get();
            self.next.set(number.wrapping_add(1));
            // SAFETY: each operation that chooses from it holds it until it has completed, see `ReceiveChunk`; its pool serves
            // this ring's reactor alone.
            match unsafe { BufferRing::new(ring, number, count, size) } {
                Ok(buffers) => {
                    let ring = self.ring.get_or_init(|| Rc::new(Cell::new(Some(ring.as_fd().as_raw()))));
                    return Some(Group { buffers, number, ring: ring.clone() });
                }
                // A group with this number is still there.
                Err(Errno::EXIST) => {}
                Err(_) => return None,
            }
        }
        None
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        if let Some(ring) = self.ring.get() {
            ring.set(None);
        }
    }
}

/// Buffers among which the kernel chooses.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) buffers: BufferRing,
    pub(crate) number: u16,
    ring: Rc<Cell<Option<RawFd>>>,
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(ring) = self.ring.get() {
            // Before the memory goes. If it is refused, the number is not used again, and nobody chooses from the group.
            let _ = unregister_group(borrow(ring), self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::uring::Setup;

    #[test]
    fn a_number_is_free_when_its_group_is_gone() {
        let Ok(ring) = Ring::new(4, &Setup::PLAIN) else { return };
        let groups = Groups::default();
        let Some(first) = groups.make(&ring, 2, 64) else { return };
        groups.next.set(first.number);
        let second = groups.make(&ring, 2, 64).unwrap();
        assert_ne!(first.number, second.number);
        let number = first.number;
        drop(first);
        groups.next.set(number);
        assert_eq!(groups.make(&ring, 2, 64).map(|again| again.number), Some(number));
    }
}
