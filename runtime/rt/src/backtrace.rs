//! Who called whom, when a program crashes: on standard error, before it ends as it would have ended.
//!
//! Callers are found by frame pointers (`-Cforce-frame-pointers=yes`; without them only the first line is sure), names in
//! the program's own file, as far as that was not stripped. Where /proc is missing, or the file, addresses are shown alone:
//! those within the program's file, as other tools want them. Nothing is allocated, and no memory is read that may not be
//! there.

use core::fmt::{self, Write};
use core::ptr::with_exposed_provenance;
use core::slice;
use core::sync::atomic::{AtomicBool, Ordering};

use arch::signal::FRAME_RECORD;
use formats::file::elf::{Elf, section_kind, segment_kind};
use linux::fs::{self, Mode, OpenFlags};
use linux::mem::{self, MapFlags, Protection};
use linux::process;
use linux::signal::{self, Context, Interrupt, Interruption, MaskHow, Signal, SignalSet};
use linux::thread;

use crate::fault::{self, Descriptor};
use crate::former::Former;
use crate::{recorder, turn};

/// The most callers that are shown: more than that is a recursion, whose end says enough.
const MOST: usize = 64;

/// Who handled crashes before, and does so afterwards.
static FORMER: Former = Former::new();

/// Whether crashes are reported.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Has a crash of this thread (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, and so a panic) show its callers. Other threads have
/// no stack of their own for handlers: theirs show it unless it is the stack that ran out, or they call this too.
///
/// Who handled these signals before does so afterwards, and may mend what is wrong and have the program go on.
///
/// # Errors
/// Those of `mmap(2)`, `sigaltstack(2)` and `sigaction(2)`.
pub fn on_crash() -> linux::Result<()> {
    // SAFETY: the handler makes system calls, reads memory that is there, and leaves the registers as they are.
    unsafe { FORMER.catch::<Crash>(&fault::CAUGHT) }?;
    INSTALLED.store(true, Ordering::Relaxed);
    Ok(())
}

/// Shows the callers of a panic, if crashes are reported, and ends the process; else comes back.
pub(crate) fn after_panic() {
    if INSTALLED.load(Ordering::Relaxed) {
        let _ = signal::sigprocmask(MaskHow::Unblock, Some(SignalSet::of(&[Signal::ABRT])));
        let _ = thread::tgkill(process::getpid(), thread::gettid(), Signal::ABRT);
    }
}

/// Reports a crash.
struct Crash;

impl Interrupt for Crash {
    fn handle(interruption: &mut Interruption<'_>) {
        static SHOWN: turn::Once = turn::Once::new();
        fault::report(interruption, &FORMER, |interruption| {
            if SHOWN.begin() {
                let _ = show(interruption.context, &mut Descriptor);
            }
            recorder::last_words();
        });
    }
}

/// Writes a line for the interrupted function and each of its callers: number, address in the file, name.
///
/// # Errors
/// Those of the sink.
pub fn show(context: &Context, out: &mut dyn Write) -> fmt::Result {
    let image = Image::map();
    let mut number = 0;
    let mut line = |address: usize| {
        let place = image.place(address);
        let name = image.function(place).unwrap_or_default();
        let shown = writeln!(out, "{number:>4}: {place:#x} {:#}", Name(name));
        number += 1;
        shown
    };
    line(context.program_counter())?;
    let mut frame = context.frame_pointer();
    // A function that calls nobody may have no frame, so that the first record is of its caller.
    let place = image.place(context.program_counter());
    let caller = context.link().map(|link| link.wrapping_sub(1)).filter(|caller| {
        let function = image.function(image.place(*caller));
        let recorded = record(frame).map(|(_, back)| back - 1);
        function.is_some() && function != image.function(place) && recorded != Some(*caller)
    });
    if let Some(caller) = caller {
        line(caller)?;
    }
    for _ in 0..MOST {
        let Some((next, back)) = record(frame) else { break };
        // The address of the call is the one before that of the instruction to return to.
        line(back - 1)?;
        // Stacks grow down, so callers lie above.
        if next <= frame {
            break;
        }
        frame = next;
    }
    Ok(())
}

/// Reads a frame's record: the caller's frame pointer, and the address to return to.
fn record(frame: usize) -> Option<(usize, usize)> {
    let at = frame.wrapping_add_signed(FRAME_RECORD);
    if frame == 0 || !at.is_multiple_of(size_of::<usize>()) || !mem::is_readable(at) {
        return None;
    }
    let words = with_exposed_provenance::<[usize; 2]>(at);
    // SAFETY: it is aligned, and the kernel has just read there; whatever it is, it is numbers.
    let [next, back] = unsafe { words.read_volatile() };
    (back != 0).then_some((next, back))
}

/// The program's own file, as far as it can be had.
struct Image {
    file: Option<Elf<'static>>,
    /// How far above the addresses of the file the program lies.
    offset: usize,
}

impl Image {
    /// Maps the file; it stays mapped, since the process is about to end.
    fn map() -> Self {
        let file = map_file().ok().and_then(|bytes| Elf::parse(bytes).ok());
        let first = file.and_then(|file| {
            file.segments().ok()?.find(|segment| segment.kind == segment_kind::LOAD && segment.offset == 0)
        });
        let first = first.map_or(0, |segment| segment.address as usize);
        Self { file, offset: arch::relocation::image().wrapping_sub(first) }
    }

    fn place(&self, address: usize) -> usize {
        address.wrapping_sub(self.offset)
    }

    fn function(&self, place: usize) -> Option<&'static [u8]> {
        let symbols = self.file?.sections().ok()?.symbols(section_kind::SYMTAB).ok()??;
        symbols.name(&symbols.function_at(place as u64)?).ok()
    }
}

fn map_file() -> linux::Result<&'static [u8]> {
    let file = fs::open(c"/proc/self/exe", OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty())?;
    let size = usize::try_from(fs::fstat(&file)?.size()).map_err(|_| linux::Errno::OVERFLOW)?;
    let anywhere = core::ptr::null_mut();
    // SAFETY: new memory, at an address of the kernel's choice.
    let base = unsafe { mem::mmap(anywhere, size, Protection::READ, MapFlags::PRIVATE, &file, 0) }?;
    // SAFETY: just mapped, never to be taken away; a program's file cannot be written to while it runs.
    Ok(unsafe { slice::from_raw_parts(base, size) })
}

/// A function's name as people write it.
struct Name<'a>(&'a [u8]);

impl fmt::Display for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.0) {
            Ok("") | Err(_) => formatter.write_str("?"),
            Ok(name) => write!(formatter, "{:#}", rustc_demangle::demangle(name)),
        }
    }
}
