//! Tables that programs within the kernel share with others.

use super::{Command, bpf};
use crate::fd::{AsFd, BorrowedFd, OwnedFd};
use crate::{Errno, Result};
use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// What a table is (`BPF_MAP_TYPE_…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapKind(pub u32);

values! {
    MapKind: u32 {
        /// BPF_MAP_TYPE_HASH: keys of any kind.
        const HASH = 1;
        /// BPF_MAP_TYPE_ARRAY: keys are numbers of 32 bits from 0 on, and all of them are there.
        const ARRAY = 2;
        /// BPF_MAP_TYPE_LRU_HASH: keys of any kind; in a full table a new one takes the place of some that was not used for long, and the
        /// kernel may begin with that a little early.
        const RECENT = 9;
        /// BPF_MAP_TYPE_LPM_TRIE: keys are a [`Prefix`]; who asks for bits gets the value of the longest prefix of them (Linux 4.11).
        const PREFIXES = 11;
        /// BPF_MAP_TYPE_RINGBUF: records that programs write, see `RingBuffer`.
        const RING = 27;
    }
}

impl MapKind {
    /// Those with a value for each processor under a key (BPF_MAP_TYPE_PERCPU_HASH, …PERCPU_ARRAY, …LRU_PERCPU_HASH,
    /// …PERCPU_CGROUP_STORAGE): the kernel writes them all, side by side.
    const WITH_MANY: [u32; 4] = [5, 6, 10, 21];

    /// Says whether there is one value under a key.
    pub(super) fn has_one_value(self) -> bool {
        !Self::WITH_MANY.contains(&self.0)
    }
}

/// What keys and values can be.
///
/// # Safety
/// Every pattern of bits is a value, and no bit is padding.
pub unsafe trait Bits: Copy {}

// SAFETY: a number is its bits.
unsafe impl Bits for u32 {}
// SAFETY: as above.
unsafe impl Bits for u64 {}
// SAFETY: numbers side by side have nothing between them.
unsafe impl<const COUNT: usize> Bits for [u8; COUNT] {}

/// The first bits of some bytes, as keys of [`MapKind::PREFIXES`]: those of an IPv4 network have 4 bytes, of an IPv6 network 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, packed)]
pub struct Prefix<const BYTES: usize> {
    bits: u32,
    bytes: [u8; BYTES],
}

abi!(Prefix: "a key of any length follows its number of bits in `struct bpf_lpm_trie_key`");

// SAFETY: numbers side by side, packed.
unsafe impl<const BYTES: usize> Bits for Prefix<BYTES> {}

impl<const BYTES: usize> Prefix<BYTES> {
    /// Takes so many bits of these bytes; all of them to ask with.
    pub const fn new(bytes: [u8; BYTES], bits: u32) -> Self {
        Self { bits, bytes }
    }
}

#[repr(C)]
struct Make {
    kind: u32,
    key_bytes: u32,
    value_bytes: u32,
    most: u32,
    flags: u32,
}

abi!(Make starts "union bpf_attr" {
    kind: "map_type", key_bytes: "key_size", value_bytes: "value_size", most: "max_entries", flags: "map_flags",
});

#[repr(C)]
struct Element {
    map: u32,
    pad: u32,
    /// An address.
    key: u64,
    /// An address, of the value or of the next key.
    value: u64,
    flags: u64,
}

abi!(Element starts "union bpf_attr" { map: "map_fd", key: "key", value: "value", flags: "flags" });

/// A table.
#[derive(Debug)]
pub struct Map<K, V> {
    file: OwnedFd,
    kinds: PhantomData<(K, V)>,
}

impl<K: Bits, V: Bits> Map<K, V> {
    /// Makes one of at most so many entries.
    ///
    /// # Errors
    /// `PERM` (needs CAP_BPF), `INVAL` (not with keys or values of this size: those of an array are `u32`; or the kind has a value for
    /// each processor), `NOMEM`, `NOSYS`. See `bpf(2)`.
    #[doc(alias = "BPF_MAP_CREATE")]
    pub fn new(kind: MapKind, most: u32) -> Result<Self> {
        /// BPF_F_NO_PREALLOC: without which there is no table of prefixes.
        const AS_NEEDED: u32 = 1;
        if !kind.has_one_value() {
            return Err(Errno::INVAL);
        }
        let make = Make {
            kind: kind.0,
            key_bytes: size_of::<K>() as u32,
            value_bytes: size_of::<V>() as u32,
            most,
            flags: if kind == MapKind::PREFIXES { AS_NEEDED } else { 0 },
        };
        // SAFETY: the attributes of this command; they point to nothing.
        unsafe { bpf(Command::MAKE_MAP, &make) }.map(OwnedFd::made).map(Self::from_file)
    }

    /// Takes a table with keys and values of these sizes.
    pub(super) const fn from_file(file: OwnedFd) -> Self {
        Self { file, kinds: PhantomData }
    }

    /// Gives the value of a key; none if it is not there. Of prefixes, that of the longest one that the key begins with.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "BPF_MAP_LOOKUP_ELEM")]
    pub fn get(&self, key: K) -> Result<Option<V>> {
        let mut value = MaybeUninit::<V>::zeroed();
        let element = self.element(&raw const key, value.as_mut_ptr(), 0);
        // SAFETY: the kernel reads one key, and writes one value.
        let found = unsafe { bpf(Command::FIND, &element) };
        // SAFETY: all of it was written, by us or by the kernel; every pattern of bits is a value.
        or_none(found.map(|_| unsafe { value.assume_init() }))
    }

    /// Sets the value of a key.
    ///
    /// # Errors
    /// `2BIG` (the table is full, or an array has no such key), `NOSPC` (the same of prefixes), `INVAL` (a prefix longer than its bytes),
    /// `NOMEM`, `BUSY`.
    #[doc(alias = "BPF_MAP_UPDATE_ELEM")]
    pub fn set(&self, key: K, value: V) -> Result<()> {
        let element = self.element(&raw const key, &raw const value, 0);
        // SAFETY: the kernel reads one key and one value.
        unsafe { bpf(Command::SET, &element) }.map(drop)
    }

    /// Takes a key away; says whether it was there.
    ///
    /// # Errors
    /// `INVAL` (an array keeps all keys).
    #[doc(alias = "BPF_MAP_DELETE_ELEM")]
    pub fn remove(&self, key: K) -> Result<bool> {
        let element = self.element(&raw const key, core::ptr::null::<V>(), 0);
        // SAFETY: the kernel reads one key.
        let removed = unsafe { bpf(Command::REMOVE, &element) };
        or_none(removed).map(|removed| removed.is_some())
    }

    /// Gives the key that comes after one, or the first one; none after the last. A key that has been taken away in the meantime
    /// begins anew.
    ///
    /// # Errors
    /// None in practice.
    #[doc(alias = "BPF_MAP_GET_NEXT_KEY")]
    pub fn next_key(&self, after: Option<K>) -> Result<Option<K>> {
        let mut next = MaybeUninit::<K>::zeroed();
        let key = after.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
        let element = self.element(key, next.as_mut_ptr(), 0);
        // SAFETY: the kernel reads one key, if there is one, and writes one.
        let found = unsafe { bpf(Command::NEXT_KEY, &element) };
        // SAFETY: all of it was written, by us or by the kernel; every pattern of bits is a value.
        or_none(found.map(|_| unsafe { next.assume_init() }))
    }

    /// Gives the descriptor as programs name it.
    pub fn number(&self) -> i32 {
        self.file.as_fd().as_raw()
    }

    fn element<T>(&self, key: *const K, value: *const T, flags: u64) -> Element {
        let address = |address: usize| address as u64;
        Element {
            map: self.number().cast_unsigned(),
            pad: 0,
            key: address(key.expose_provenance()),
            value: address(value.expose_provenance()),
            flags,
        }
    }
}

impl<K, V> AsFd for Map<K, V> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn or_none<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(Errno::NOENT) => Ok(None),
        found => found.map(Some),
    }
}
