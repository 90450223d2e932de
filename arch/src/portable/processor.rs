//! Words that each processor has of its own, and what a thread does with those of the one that it runs on: by restartable sequences
//! (`rseq(2)`), a few instructions that the kernel has begin anew when another thread or a handler got between them. So there is
//! neither a lock nor an atomic instruction.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// What the kernel and a thread tell each other (`struct rseq` of `uapi/linux/rseq.h`), and behind it a count of ours.
#[repr(C, align(32))]
#[derive(Debug)]
pub struct Area {
    /// The processor at the start of a sequence; 0 where the thread has none.
    pub processor_start: AtomicU32,
    /// The processor that the thread runs on; [`Area::NEW`] or [`Area::REFUSED`] where nobody keeps it.
    pub processor: AtomicU32,
    /// The address of the description of the sequence that runs; where it has 32 bits, the other ones are 0.
    sequence: [AtomicUsize; 8 / size_of::<usize>()],
    flags: AtomicU32,
    /// The memory node of the processor (Linux 6.3).
    pub node: AtomicU32,
    /// A number that no other running thread of the process has, as small as can be (Linux 6.3).
    pub concurrency: AtomicU32,
    reserved: AtomicU32,
    /// How often a sequence of this thread began anew.
    pub restarts: AtomicU32,
}

impl Area {
    /// Bytes of it that the kernel is told of: those of its first version.
    pub const KERNELS: usize = 32;
    /// The number of the processor before the kernel is told of the area.
    pub const NEW: u32 = u32::MAX;
    /// The number of the processor where the kernel does not want to know.
    pub const REFUSED: u32 = u32::MAX - 1;

    /// Makes the area of a thread that the kernel knows nothing of.
    pub const fn new() -> Self {
        Self {
            processor_start: AtomicU32::new(0),
            processor: AtomicU32::new(Self::NEW),
            sequence: [const { AtomicUsize::new(0) }; 8 / size_of::<usize>()],
            flags: AtomicU32::new(0),
            node: AtomicU32::new(0),
            concurrency: AtomicU32::new(0),
            reserved: AtomicU32::new(0),
            restarts: AtomicU32::new(0),
        }
    }

    /// Gives the address of the description of the last sequence, 0 if there was none.
    pub fn description(&self) -> usize {
        self.sequence[0].load(Ordering::Relaxed)
    }

    /// Says whether the kernel keeps it.
    pub fn is_kept(&self) -> bool {
        self.processor.load(Ordering::Relaxed) < Self::REFUSED
    }
}

impl Default for Area {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes from one processor's word to the next one's: a line of the cache that no other shares, nor the one fetched with it.
pub const STRIDE: usize = 128;

/// What a sequence gives if the thread's processor has no word, or is not known: an address of nothing.
pub const ELSEWHERE: usize = 1;

/// The shape of the sequences: the thread's area, the first processor's word, how many processors have one, and what is to be done
/// with the word of this one.
pub type Sequence = unsafe extern "C" fn(*const Area, usize, usize, usize) -> usize;

/// An address in the kernel's description, which has 64 bits on all processors.
#[cfg(target_pointer_width = "64")]
macro_rules! address {
    ($label:literal) => {
        concat!(".8byte ", $label)
    };
}
#[cfg(target_pointer_width = "32")]
macro_rules! address {
    ($label:literal) => {
        concat!(".4byte ", $label, ", 0")
    };
}

/// Defines the sequences from their parts, which are the same in all but for the work. `begin` is done once. `enter` stores the address of the description,
/// which is at label 9, in the area; from label 2 on it may begin anew; it gets the address of the processor's word, or jumps to
/// label 5. The work ends with the one store that counts, `leave` gives the result, `elsewhere` gives [`ELSEWHERE`]. `again` begins with the
/// signature, counts, and jumps to label 6, which stands before `enter`.
macro_rules! define_sequences {
    (
        begin: $begin:tt, enter: $enter:tt, elsewhere: $elsewhere:tt, again: $again:tt,
        add: $add:tt, push: $push:tt, done: $done:tt, pop: $pop:tt, popped: $popped:tt $(,)?
    ) => {
        $crate::portable::processor::define_sequence! {
            /// Adds a number to the word of the processor; gives 0, or [`ELSEWHERE`].
            add $begin $enter $add $done $elsewhere $again
        }
        $crate::portable::processor::define_sequence! {
            /// Puts what lies at an address in front of the list that begins at the word: its first word becomes the address of the
            /// next. Gives 0, or [`ELSEWHERE`].
            push $begin $enter $push $done $elsewhere $again
        }
        $crate::portable::processor::define_sequence! {
            /// Takes the first of the list that begins at the word; gives its address, 0 if there is none, or [`ELSEWHERE`].
            pop $begin $enter $pop $popped $elsewhere $again
        }
    };
}

/// Defines one sequence.
macro_rules! define_sequence {
    (
        $(#[$meta:meta])*
        $name:ident
        [$($begin:literal),* $(,)?] [$($enter:literal),+ $(,)?] [$($work:literal),+ $(,)?] [$($leave:literal),+ $(,)?]
        [$($elsewhere:literal),+ $(,)?] [$($again:literal),+ $(,)?]
    ) => {
        $(#[$meta])*
        ///
        /// # Safety
        /// The area is the running thread's; the words lie [`STRIDE`] apart, and are changed by sequences alone. What lies in a
        /// list is nobody else's, begins with a word, and stays mapped.
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name(area: *const Area, words: usize, count: usize, what: usize) -> usize {
            core::arch::naked_asm!(
                $($begin,)*
                "6:",
                $($enter,)+
                $($work,)+
                "3:", // behind the store
                $($leave,)+
                "5:", // no word here
                $($elsewhere,)+
                $($again,)+
                ".pushsection .data.rel.ro.spelunk_sequences,\"aw\",%progbits", // the description:
                ".balign 32",                                                   // as the kernel wants it
                "9:",
                ".4byte 0, 0",                                  // version, flags
                $crate::portable::processor::address!("2b"),    // start
                ".4byte 3b - 2b, 0",                            // bytes up to the store's end
                $crate::portable::processor::address!("4b"),    // where it begins anew
                ".popsection",                                  // back to the code
            )
        }
    };
}

pub(crate) use {address, define_sequence, define_sequences};
