//! sigaction(2): a handler sees the interrupted code's registers, and what it changes is what the code goes on with.
//!
//! ```text
//! $ calls sigaction
//! no memory was there; a handler made a page, and it holds 0
//! a child faulted, went on in another function and ended with 7
//! ```

use core::hint::black_box;
use core::ptr;

use spelunk::io::{Result, Write};
use spelunk::linux::mem::{MapFlags, Protection, mmap_anonymous, munmap};
use spelunk::linux::process::{WaitFlags, WaitFor, exit_group, spawn, waitid};
use spelunk::linux::signal::{
    ActionFlags, Interrupt, Interruption, Origin, Signal, SignalSet, catch, default,
};
use spelunk::linux::{Errno, retry};

const PAGE: usize = 4096;

/// Maps a page where there was none.
struct Provide;

impl Interrupt for Provide {
    fn handle(interruption: &mut Interruption<'_>) {
        let Origin::Fault(address) = interruption.origin else { exit_group(1) };
        let page = ptr::without_provenance_mut(address & !(PAGE - 1));
        let (protection, flags) =
            (Protection::READ | Protection::WRITE, MapFlags::PRIVATE | MapFlags::FIXED_NO_REPLACE);
        // SAFETY: nothing is there, or it fails.
        if unsafe { mmap_anonymous(page, PAGE, protection, flags) }.is_err() {
            exit_group(2);
        }
    }
}

/// Has the code go on elsewhere.
struct Leave;

impl Interrupt for Leave {
    fn handle(interruption: &mut Interruption<'_>) {
        interruption.context.go_on_in(leave);
    }
}

extern "C" fn leave() -> ! {
    exit_group(7)
}

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    // SAFETY: the kernel chooses the address, and nobody touches it before it is taken away.
    let place = unsafe { mmap_anonymous(ptr::null_mut(), PAGE, Protection::empty(), MapFlags::PRIVATE) }?;
    // SAFETY: nothing has it.
    unsafe { munmap(place, PAGE) }?;
    // SAFETY: the handler makes a system call, and leaves the registers as they are.
    unsafe { catch::<Provide>(Signal::SEGV, ActionFlags::empty(), SignalSet::EMPTY) }?;
    // SAFETY: the handler makes it valid.
    let value = unsafe { black_box(place).read_volatile() };
    writeln!(out, "no memory was there; a handler made a page, and it holds {value}")?;
    let child = spawn(|| {
        // SAFETY: the handler leaves the code that was interrupted for good.
        let caught = unsafe { catch::<Leave>(Signal::SEGV, ActionFlags::empty(), SignalSet::EMPTY) };
        // SAFETY: it faults.
        let value = unsafe { black_box(ptr::without_provenance::<u8>(8)).read_volatile() };
        i32::from(caught.is_ok()) + i32::from(value)
    })?;
    let ended = retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?.ok_or(Errno::CHILD)?.ended;
    default(Signal::SEGV)?;
    writeln!(out, "a child faulted, went on in another function and ended with {}", ended.shell_status())
}
