//! mremap(2).

use linux::mem::{self, MapFlags, Protection, RemapFlags, mmap_anonymous, munmap};

const PAGE: usize = 4096;

fn mremap() {
    let both = Protection::READ | Protection::WRITE;
    // SAFETY: the kernel chooses the address.
    let one = unsafe { mmap_anonymous(std::ptr::null_mut(), PAGE, both, MapFlags::PRIVATE) }.unwrap();
    // SAFETY: it was mapped, for both.
    unsafe { one.write(42) };
    // SAFETY: nothing points there but `one`, which is not used again.
    let two = unsafe { mem::mremap(one, PAGE, PAGE * 2, RemapFlags::MAY_MOVE) }.unwrap();
    // SAFETY: both pages are mapped, for both.
    unsafe { two.wrapping_add(PAGE).write(1) };
    // SAFETY: as above.
    assert_eq!(unsafe { two.read() }, 42);
    // SAFETY: nothing points there any more.
    unsafe { munmap(two, PAGE * 2) }.unwrap();
}

tests![mremap];
