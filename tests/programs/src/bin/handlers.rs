//! Handlers that change the code they interrupt: the argument says which.
//!
//! `map`: each touch of memory that is not there brings the page, and the program goes on as if nothing had happened.
//! `skip`: an instruction that no processor has is passed over. `leave`: the program goes on elsewhere.
//! `stack`: a handler runs when the usual stack is used up.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "handlers and faults are what is tried")]

use core::fmt::Write;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use linux::mem::{MapFlags, Protection, mmap_anonymous, munmap};
use linux::process::exit_group;
use linux::signal::{ActionFlags, Interrupt, Interruption, Origin, Signal, SignalSet, catch, sigaltstack};
use programs::Out;
use rt::{Arguments, Environment};

rt::program!(main);

/// Pages that are touched.
const PAGES: usize = 3;

/// Where the memory is that is not there.
static HOLE: AtomicUsize = AtomicUsize::new(0);
/// How often a handler ran.
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let ended = match arguments.nth(1).map(|word| word.to_bytes()) {
        Some(b"map") => map(),
        Some(b"skip") => skip(),
        Some(b"leave") => leave(),
        Some(b"stack") => stack(),
        _ => return 2,
    };
    i32::from(ended.is_err())
}

fn anywhere(size: usize) -> linux::Result<*mut u8> {
    let access = Protection::READ | Protection::WRITE;
    // SAFETY: new memory, at an address of the kernel's choice.
    unsafe { mmap_anonymous(ptr::null_mut(), size, access, MapFlags::PRIVATE) }
}

/// Brings the page that is missing.
struct Bring;

impl Interrupt for Bring {
    fn handle(interruption: &mut Interruption<'_>) {
        let page = rt::auxv::page_size();
        let hole = HOLE.load(Ordering::Relaxed);
        let Origin::Fault(address) = interruption.origin else { exit_group(3) };
        if !(hole..hole + PAGES * page).contains(&address) || interruption.signal != Signal::SEGV {
            exit_group(4);
        }
        COUNT.fetch_add(1, Ordering::Relaxed);
        let base = ptr::with_exposed_provenance_mut(address & !(page - 1));
        let access = Protection::READ | Protection::WRITE;
        // SAFETY: the page was taken away by `map`, and nobody else has it.
        let brought = unsafe { mmap_anonymous(base, page, access, MapFlags::PRIVATE | MapFlags::FIXED) };
        if brought.is_err() {
            exit_group(5);
        }
    }
}

fn map() -> linux::Result<()> {
    let page = rt::auxv::page_size();
    let hole = anywhere(PAGES * page)?;
    HOLE.store(hole.expose_provenance(), Ordering::Relaxed);
    // SAFETY: just mapped, and not used yet.
    unsafe { munmap(hole, PAGES * page) }?;
    // SAFETY: the handler makes a system call.
    unsafe { catch::<Bring>(Signal::SEGV, ActionFlags::empty(), SignalSet::EMPTY) }?;
    let mut sum = 0;
    for index in 0..PAGES {
        let place = hole.wrapping_add(index * page + 8).cast::<usize>();
        // SAFETY: the handler brings the page.
        unsafe { place.write_volatile(index + 40) };
        // SAFETY: as above.
        sum += unsafe { place.read_volatile() };
    }
    say(format_args!("{} faults, sum {sum}\n", COUNT.load(Ordering::Relaxed)));
    Ok(())
}

/// Passes over the instruction.
struct Skip;

impl Interrupt for Skip {
    fn handle(interruption: &mut Interruption<'_>) {
        COUNT.fetch_add(1, Ordering::Relaxed);
        let at = interruption.context.program_counter();
        if interruption.origin != Origin::Fault(at) || at != arch::signal::undefined as *const () as usize {
            exit_group(3);
        }
        interruption.context.set_program_counter(at + arch::signal::UNDEFINED_BYTES);
    }
}

fn skip() -> linux::Result<()> {
    // SAFETY: the instruction that is passed over does nothing.
    unsafe { catch::<Skip>(Signal::ILL, ActionFlags::empty(), SignalSet::EMPTY) }?;
    for _ in 0..2 {
        arch::signal::undefined();
    }
    say(format_args!("{} skipped\n", COUNT.load(Ordering::Relaxed)));
    Ok(())
}

/// Goes on elsewhere.
struct Leave;

impl Interrupt for Leave {
    fn handle(interruption: &mut Interruption<'_>) {
        interruption.context.go_on_in(elsewhere);
    }
}

/// Where a program goes that has nothing to go back to.
extern "C" fn elsewhere() -> ! {
    say(format_args!("elsewhere\n"));
    exit_group(0)
}

fn leave() -> linux::Result<()> {
    // SAFETY: the program ends there.
    unsafe { catch::<Leave>(Signal::ILL, ActionFlags::empty(), SignalSet::EMPTY) }?;
    arch::signal::undefined();
    Err(linux::Errno::ILSEQ)
}

/// Says that it runs, and ends.
struct Tell;

impl Interrupt for Tell {
    fn handle(interruption: &mut Interruption<'_>) {
        let here = (&raw const *interruption).addr();
        let stack = HOLE.load(Ordering::Relaxed);
        let own = (stack..stack + STACK).contains(&here);
        let near = matches!(interruption.origin, Origin::Fault(address) if address.abs_diff(interruption.context.stack_pointer()) < 1 << 20);
        say(format_args!("own stack {own}, fault near the old one {near}\n"));
        exit_group(0);
    }
}

const STACK: usize = 64 << 10;

fn stack() -> linux::Result<()> {
    let base = anywhere(STACK)?;
    HOLE.store(base.addr(), Ordering::Relaxed);
    // SAFETY: the memory is for nothing else.
    unsafe { sigaltstack(base, STACK) }?;
    for signal in [Signal::SEGV, Signal::BUS] {
        // SAFETY: the handler ends the process.
        unsafe { catch::<Tell>(signal, ActionFlags::ON_STACK, SignalSet::EMPTY) }?;
    }
    say(format_args!("{}", deeper(1)));
    Ok(())
}

/// Uses the stack up.
#[inline(never)]
fn deeper(depth: usize) -> usize {
    let room = core::hint::black_box([depth; 64]);
    if depth == 0 { 0 } else { deeper(depth + 1) + room[depth % 64] }
}

fn say(text: core::fmt::Arguments<'_>) {
    let _ = Out.write_fmt(text);
}
