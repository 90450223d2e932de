//! What the kernel tells a program beside its arguments: the auxiliary vector behind the environment.
//!
//! It is read where the kernel put it, on the initial stack; /proc/self/auxv and prctl(PR_GET_AUXV) describe
//! another process when an emulator or valgrind runs the program. Any value may be absent.

use core::ffi::{CStr, c_char};
use core::ptr::{self, NonNull};

use arch::thread::HINT;
use linux_raw_sys::auxvec::{AT_EXECFN, AT_NULL, AT_PAGESZ, AT_RANDOM, AT_SECURE, AT_SYSINFO_EHDR};

use crate::args::Arguments;
use crate::env::Environment;
use crate::kinds::Kinds;

/// What start-up looks for.
const WANTED: Kinds =
    Kinds::of(&[AT_NULL as usize, AT_PAGESZ as usize, AT_SECURE as usize, AT_RANDOM as usize, HINT as usize]);

/// One entry: its kind (`AT_…` of getauxval(3)) and its value, a number or an address.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `AT_…`.
    pub kind: usize,
    /// What it says.
    pub value: usize,
}

/// The initial stack, taken apart, and what start-up itself needs of the auxiliary vector.
pub struct Initial {
    arguments: Arguments,
    environment: *const *const c_char,
    entries: *const Entry,
    /// Whether the kernel calls this a secure execution.
    pub(crate) secure: bool,
    /// AT_PAGESZ, or the processor's usual size.
    pub(crate) page_size: usize,
    /// The entry that setting up the thread wants to be told, or 0.
    pub(crate) hint: usize,
    /// AT_RANDOM, or 0.
    random: usize,
}

impl Initial {
    /// Reads the initial stack: `argc`, arguments, null, environment, null, entries up to AT_NULL.
    ///
    /// # Safety
    /// `stack` points at such a stack, which stays as it is for the life of the process.
    #[inline(always)]
    pub(crate) unsafe fn read(stack: *const usize) -> Self {
        // SAFETY: the stack begins with the count.
        let count = unsafe { *stack };
        // SAFETY: `count` pointers and a null follow it.
        let first = unsafe { stack.add(1) }.cast::<*const c_char>();
        // SAFETY: as above; the environment begins behind the null.
        let environment = unsafe { first.add(count + 1) };
        let mut end = environment;
        // SAFETY: the environment ends with a null.
        while !unsafe { *end }.is_null() {
            // SAFETY: not the end yet.
            end = unsafe { end.add(1) };
        }
        // SAFETY: the entries begin behind that null.
        let entries = unsafe { end.add(1) }.cast::<Entry>();
        // SAFETY: the arguments live as long as the stack, forever.
        let arguments = unsafe { Arguments::new(first, count) };
        let page_size = arch::abi::PAGE_SIZE;
        let mut this = Self { arguments, environment, entries, secure: false, page_size, hint: 0, random: 0 };
        let wanted = WANTED.kept();
        let mut next = entries;
        loop {
            // Volatile, so that the value is read here and not by way of a second pointer.
            // SAFETY: AT_NULL has not been passed.
            let Entry { kind, value } = unsafe { next.read_volatile() };
            // SAFETY: as above.
            next = unsafe { next.add(1) };
            if !wanted.may_have(kind) {
                continue;
            }
            match kind as u32 {
                AT_NULL => return this,
                AT_PAGESZ => this.page_size = value,
                AT_RANDOM => this.random = value,
                AT_SECURE => this.secure = value != 0,
                // A guard, since processors that want no hint have AT_NULL here.
                kind if kind == HINT => this.hint = value,
                _ => {}
            }
        }
    }

    /// Gives the program's arguments.
    pub(crate) const fn arguments(&self) -> Arguments {
        self.arguments
    }

    /// Gives the program's environment, reduced in secure mode.
    pub(crate) const fn environment(&self) -> Environment {
        // SAFETY: read from the stack, which lives forever.
        unsafe { Environment::new(self.environment, self.secure) }
    }

    /// Gives the address of the first entry of the auxiliary vector.
    pub(crate) fn entries(&self) -> usize {
        self.entries.expose_provenance()
    }

    /// Gives a word for the stack protector that differs from run to run.
    pub(crate) fn canary(&self) -> usize {
        let word = match self.random {
            // Spread by a multiplication (Fibonacci hashing): hardly ever run, so short.
            0 => (arch::start::ticks() as usize ^ self.entries.addr()).wrapping_mul(0x9e37_79b9),
            // SAFETY: AT_RANDOM points at 16 bytes, of any alignment.
            address => unsafe { ptr::with_exposed_provenance::<usize>(address).read_unaligned() },
        };
        // A zero byte first (lowest address) stops string functions from reading or writing the whole canary.
        word & !0xff
    }
}

/// The entries up to AT_NULL.
#[derive(Clone, Debug)]
pub struct Entries {
    next: *const Entry,
}

impl Entries {
    /// # Safety
    /// `first` points at entries that live forever and end with AT_NULL, or is null for none.
    const unsafe fn new(first: *const Entry) -> Self {
        Self { next: first }
    }
}

impl Iterator for Entries {
    type Item = Entry;

    #[inline(always)]
    fn next(&mut self) -> Option<Entry> {
        if self.next.is_null() {
            return None;
        }
        // SAFETY: AT_NULL has not been passed.
        let entry = unsafe { *self.next };
        if entry.kind == AT_NULL as usize {
            return None;
        }
        // SAFETY: as above.
        self.next = unsafe { self.next.add(1) };
        Some(entry)
    }
}

/// Gives every entry in the kernel's order.
pub fn entries() -> Entries {
    // SAFETY: null, or the kernel's vector.
    unsafe { Entries::new(ptr::with_exposed_provenance(place())) }
}

/// Gives the address of the first entry, which start-up has put into the control block of the thread: on the stack
/// it costs no page, which a variable of its own would.
#[cfg(not(test))]
fn place() -> usize {
    // SAFETY: start-up has set the thread pointer before any code that could ask.
    unsafe { arch::thread::runtime_word() }
}

/// Unit tests run in a program of another runtime, whose control block is not ours: there are no entries.
#[cfg(test)]
fn place() -> usize {
    0
}

/// Gives the value of the first entry of a kind (`AT_…`), as getauxval(3) does.
pub fn get(kind: u32) -> Option<usize> {
    entries().find(|entry| entry.kind == kind as usize).map(|entry| entry.value)
}

/// Says whether a kernel can have pages of such a size: who makes the vector, a tracer or an emulator, may err.
const fn is_page_size(size: usize) -> bool {
    size.is_power_of_two() && size >= 4096 && size <= 65536
}

/// Gives the size of a page in bytes: the kernel's word (AT_PAGESZ), else the processor's usual one.
pub fn page_size() -> usize {
    get(AT_PAGESZ).filter(|size| is_page_size(*size)).unwrap_or(arch::abi::PAGE_SIZE)
}

/// Says whether the program runs with rights its caller lacks (AT_SECURE): set-user-ID, capabilities, a security
/// module's decision. Whatever the caller chose (environment, descriptors, limits) is then an attacker's word.
pub fn is_secure() -> bool {
    get(AT_SECURE).is_some_and(|value| value != 0)
}

/// Gives the path by which the program was executed (AT_EXECFN), not resolved.
pub fn executable() -> Option<&'static CStr> {
    let address = get(AT_EXECFN).filter(|&address| address != 0)?;
    // SAFETY: the kernel's entry points at a string on the initial stack.
    Some(unsafe { CStr::from_ptr(ptr::with_exposed_provenance(address)) })
}

/// Gives the place of the ELF header of the kernel's shared object (AT_SYSINFO_EHDR), if there is one.
pub fn vdso() -> Option<NonNull<u8>> {
    get(AT_SYSINFO_EHDR).and_then(|address| NonNull::new(ptr::with_exposed_provenance_mut(address)))
}

/// Gives 128 bits that differ from run to run, for the seeds of hash tables: the kernel's random bytes
/// (AT_RANDOM), else a mixture of tick counter and addresses, which an attacker may guess. Not for keys.
pub fn seed() -> [u64; 2] {
    match get(AT_RANDOM) {
        None | Some(0) => {
            let first = mix(arch::start::ticks() ^ entries().next.addr() as u64);
            [first, mix(first)]
        }
        Some(address) => {
            // SAFETY: AT_RANDOM points at 16 bytes of any alignment.
            unsafe { ptr::with_exposed_provenance::<[u64; 2]>(address).read_unaligned() }
        }
    }
}

/// Spreads the entropy of a word over all its bits (the finaliser of SplitMix64).
const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stack of two arguments, one variable and the given entries.
    fn stack(entries: &[usize]) -> Vec<usize> {
        let text = |text: &'static CStr| text.as_ptr().expose_provenance();
        let mut words = vec![2, text(c"prog"), text(c"-x"), 0, text(c"HOME=/"), 0];
        words.extend(entries);
        words.extend([0, 0]);
        words
    }

    #[test]
    fn the_initial_stack_is_taken_apart() {
        let words = stack(&[6, 16384, HINT as usize, 2, 23, 1, 99, 7]);
        // SAFETY: laid out as the kernel does; the test outlives its use.
        let initial = unsafe { Initial::read(words.as_ptr()) };
        assert_eq!((initial.page_size, initial.hint, initial.secure), (16384, 2, true));
        assert_eq!(initial.arguments().collect::<Vec<_>>(), [c"prog", c"-x"]);
        assert_eq!(initial.environment().get(b"HOME"), Some(&b"/"[..]));
        // SAFETY: as above.
        let all = unsafe { Entries::new(initial.entries) }.collect::<Vec<_>>();
        assert_eq!(all.last(), Some(&Entry { kind: 99, value: 7 }));
    }

    #[test]
    fn absent_entries_have_defaults() {
        let words = stack(&[]);
        // SAFETY: as above.
        let initial = unsafe { Initial::read(words.as_ptr()) };
        assert_eq!((initial.page_size, initial.secure), (arch::abi::PAGE_SIZE, false));
        assert_eq!(initial.canary() & 0xff, 0);
        assert_ne!(initial.canary(), 0);
    }

    #[test]
    fn without_start_up_nothing_is_known() {
        assert_eq!(get(AT_PAGESZ), None);
        assert_eq!(page_size(), arch::abi::PAGE_SIZE);
        assert_eq!(vdso(), None);
        assert_eq!(executable(), None);
        assert!(!is_secure());
        assert_ne!(seed()[0], seed()[1]);
    }
}
