//! The kernel's functions that need no system call: clocks, the processor's number, random bytes (vdso(7)).
//!
//! The kernel maps a shared object into each process and says where (AT_SYSINFO_EHDR). Each function is looked up
//! on its first use, by the reader of ELF that reads files too, so that a program which asks for no clock pays
//! nothing. Whatever is missing (the object, a table, a symbol, its version) the system call does instead, and
//! so it does when a function answers with an error. The object is believed only as far as it looks like the
//! kernel's: emulators and sandboxes have pointed at other things.
//!
//! The functions run on the caller's stack and want a few KiB of it.

use core::ffi::{c_int, c_uint};
use core::mem::transmute;
use core::ptr::{self, NonNull};
use core::slice;
use core::sync::atomic::{AtomicUsize, Ordering};

use formats::file::elf::{Class, ET_DYN, Elf, Layout, Order, Segment, segment_flags, segment_kind};
use linux::Result;
use linux::system::{self, HardwareFact};
use linux::time::{self, Clock, ClockFunction, Timespec};

use crate::{auxv, random};

/// One function: where it is, once somebody has asked.
pub(crate) struct Function(AtomicUsize);

/// Not looked for yet.
const UNKNOWN: usize = 0;
/// Looked for, and not there.
const ABSENT: usize = 1;

impl Function {
    pub(crate) const fn new() -> Self {
        Self(AtomicUsize::new(UNKNOWN))
    }

    /// Gives the address of the function with this name, if this processor's object has one at all; the name must be the
    /// same at every call.
    #[inline]
    pub(crate) fn get(&self, name: Option<&'static [u8]>) -> Option<usize> {
        let name = name?;
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => self.resolve(name),
            ABSENT => None,
            address => Some(address),
        }
    }

    #[cold]
    fn resolve(&self, name: &'static [u8]) -> Option<usize> {
        let found = find(name).map(|function| function.expose_provenance().get());
        self.0.store(found.unwrap_or(ABSENT), Ordering::Relaxed);
        found
    }
}

/// Gives the crate `linux` the functions by which it reads clocks and makes random bytes from now on.
///
/// Those that nobody calls are not linked.
#[inline(always)]
pub(crate) fn offer() {
    // SAFETY: the function reads clocks.
    unsafe { time::set_clock_function(first_clock_gettime) };
    // SAFETY: the function gives their steps.
    unsafe { time::set_step_function(first_clock_getres) };
    // SAFETY: the function makes random bytes.
    unsafe { linux::random::set_random_function(random::first) };
}

/// Gives the kernel's function for clocks with this name, else the one that makes the call.
fn clock_function(name: Option<&[u8]>, by_call: ClockFunction) -> ClockFunction {
    match name.and_then(find) {
        // SAFETY: the kernel's functions that have these names have this shape.
        Some(address) => unsafe { transmute::<NonNull<()>, ClockFunction>(address) },
        None => by_call,
    }
}

/// The function that reads clocks until the first read has looked for a better one.
///
/// # Safety
/// There is room for a time at `time`.
unsafe extern "C" fn first_clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    let function = clock_function(Some(arch::vdso::CLOCK_GETTIME), time::by_call);
    // SAFETY: it reads clocks, from any thread.
    unsafe { time::set_clock_function(function) };
    // SAFETY: the caller's room.
    unsafe { function(clock, time) }
}

/// The same for the steps of clocks. Some kernels' functions refuse clocks that the call knows, which then decides.
///
/// # Safety
/// There is room for a time at `step`.
unsafe extern "C" fn first_clock_getres(clock: c_int, step: *mut Timespec) -> c_int {
    let function = clock_function(arch::vdso::CLOCK_GETRES, time::step_by_call);
    // SAFETY: it gives steps of clocks, from any thread.
    unsafe { time::set_step_function(function) };
    // SAFETY: the caller's room.
    unsafe { function(clock, step) }
}

/// The kernel's `struct timeval`.
#[repr(C)]
#[derive(Default)]
struct Timeval {
    seconds: i64,
    microseconds: i64,
}

/// Gives the time since 1970 UTC in whole microseconds.
///
/// # Errors
/// None in practice. See `gettimeofday(2)`.
pub fn gettimeofday() -> Result<Timespec> {
    static FUNCTION: Function = Function::new();
    type Shape = unsafe extern "C" fn(*mut Timeval, *mut u8) -> c_int;
    if let Some(address) = FUNCTION.get(arch::vdso::GETTIMEOFDAY) {
        // SAFETY: the kernel's function of that name has this shape.
        let function = unsafe { transmute::<usize, Shape>(address) };
        let mut now = Timeval::default();
        // SAFETY: it writes one structure; the time zone may be left out.
        if unsafe { function(&raw mut now, ptr::null_mut()) } == 0 {
            return Ok(Timespec { seconds: now.seconds, nanoseconds: 1000 * now.microseconds });
        }
    }
    let now = time::clock_gettime(Clock::REALTIME)?;
    Ok(Timespec { nanoseconds: now.nanoseconds / 1000 * 1000, ..now })
}

/// Gives the time since 1970 UTC in whole seconds, as of the last tick.
///
/// # Errors
/// None in practice. See `time(2)`.
#[doc(alias = "time")]
pub fn seconds() -> Result<i64> {
    static FUNCTION: Function = Function::new();
    type Shape = unsafe extern "C" fn(*mut i64) -> i64;
    if let Some(address) = FUNCTION.get(arch::vdso::TIME) {
        // SAFETY: the kernel's function of that name has this shape.
        let function = unsafe { transmute::<usize, Shape>(address) };
        // SAFETY: the copy in memory may be left out.
        let now = unsafe { function(ptr::null_mut()) };
        if now >= 0 {
            return Ok(now);
        }
    }
    time::clock_gettime(Clock::REALTIME_COARSE).map(|now| now.seconds)
}

/// Gives the numbers of the processor and of the memory node that this thread runs on, right now.
///
/// # Errors
/// `NOSYS`. See `getcpu(2)`.
pub fn getcpu() -> Result<(u32, u32)> {
    static FUNCTION: Function = Function::new();
    type Shape = unsafe extern "C" fn(*mut u32, *mut u32, *mut u8) -> c_int;
    let (mut processor, mut node) = (0, 0);
    if let Some(address) = FUNCTION.get(arch::vdso::GETCPU) {
        // SAFETY: the kernel's function of that name has this shape.
        let function = unsafe { transmute::<usize, Shape>(address) };
        // SAFETY: it writes two numbers; the third argument is not used any more.
        if unsafe { function(&raw mut processor, &raw mut node, ptr::null_mut()) } == 0 {
            return Ok((processor, node));
        }
    }
    linux::thread::getcpu()
}

/// Has the kernel's object answer what all processors of this machine can do, else the kernel itself.
///
/// # Errors
/// Those of [`probe_hardware`](system::probe_hardware).
#[doc(alias = "riscv_hwprobe")]
pub fn probe_hardware(facts: &mut [HardwareFact]) -> Result<()> {
    static FUNCTION: Function = Function::new();
    type Shape = unsafe extern "C" fn(*mut HardwareFact, usize, usize, *mut usize, c_uint) -> c_int;
    if let Some(address) = FUNCTION.get(arch::vdso::HARDWARE_PROBE) {
        // SAFETY: the kernel's function of that name has this shape.
        let function = unsafe { transmute::<usize, Shape>(address) };
        // SAFETY: it reads and writes so many structures; no set of processors is given, so all are meant.
        if unsafe { function(facts.as_mut_ptr(), facts.len(), 0, ptr::null_mut(), 0) } == 0 {
            return Ok(());
        }
    }
    system::probe_hardware(facts)
}

/// Finds a function of the kernel's by its name.
pub fn find(name: &[u8]) -> Option<NonNull<()>> {
    let (image, elf, segment) = image()?;
    let symbol = elf.dynamic().ok()??.find_function(name, arch::vdso::VERSION).ok()??;
    let into = symbol.value.checked_sub(segment.address).filter(|&into| into < segment.file_size)?;
    // The value is exact. Rounding it up to some alignment has made others jump past the first instructions.
    NonNull::new(image.wrapping_add(usize::try_from(into).ok()?).cast_mut().cast())
}

/// Gives the kernel's object, as far as it is one: its first byte, its reader, its one segment.
pub fn image() -> Option<(*const u8, Elf<'static>, Segment)> {
    let start = auxv::vdso()?.as_ptr().cast_const();
    let page = auxv::page_size();
    if !start.addr().is_multiple_of(page) {
        return None;
    }
    // SAFETY: the kernel says that an ELF header lies here, so the page is mapped.
    let head = unsafe { slice::from_raw_parts(start, page) };
    let segment = kernel_segment(&Elf::parse(head).ok()?)?;
    let length = usize::try_from(segment.file_size).ok()?;
    // SAFETY: this segment, which begins with the header, is what is mapped here.
    let bytes = unsafe { slice::from_raw_parts(start, length) };
    Some((start, Elf::parse_mapped(bytes).ok()?, segment))
}

/// What the kernel's object looks like on this machine.
const KERNEL_LAYOUT: Layout = Layout {
    class: if cfg!(target_pointer_width = "64") { Class::Bits64 } else { Class::Bits32 },
    order: if cfg!(target_endian = "little") { Order::Little } else { Order::Big },
};

/// Gives the one segment that a kernel's object loads, if this is one: for this processor, relocatable, readable
/// and executable from its header on, and without anything that only programs have.
fn kernel_segment(elf: &Elf<'_>) -> Option<Segment> {
    const FOREIGN: [u32; 3] = [segment_kind::INTERPRETER, segment_kind::TLS, segment_kind::GNU_RELRO];
    let header = elf.header();
    if header.layout != KERNEL_LAYOUT
        || header.machine != arch::abi::ELF_MACHINE
        || header.kind != ET_DYN
        || !matches!(header.os_abi, 0 | 3)
    {
        return None;
    }
    let mut only = None;
    for segment in elf.segments().ok()? {
        let second = segment.kind == segment_kind::LOAD && only.replace(segment).is_some();
        if second || FOREIGN.contains(&segment.kind) {
            return None;
        }
    }
    let only = only?;
    let flags = segment_flags::READ | segment_flags::EXECUTE;
    let whole = only.offset == 0 && only.file_size == only.memory_size;
    (only.flags == flags && whole).then_some(only)
}
