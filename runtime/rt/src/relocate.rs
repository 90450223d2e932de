//! Self-relocation: a static position-independent program runs at whatever address the kernel chose, and must
//! itself add that address to the pointers in its data.
//!
//! Until it has done so no such pointer may be read: this file uses no constant that holds an address, calls
//! nothing but inlined functions, and moves words by volatile accesses, so that the compiler never sees memory
//! change that it took for constant. The program's ELF header is found by a reference relative to the code, because
//! AT_PHDR may be absent or, under an emulator, another program's.
//!
//! Where the linker found nothing to write there is nothing to relocate: a program without a writable segment is done
//! when its headers have been read.
//!
//! Relocations come in two tables: RELR, a list of addresses compressed by bitmaps ("add the load address" is
//! all it can say), and RELA or REL, of which a program without undefined symbols holds only that kind as well.

use core::ptr;

use arch::relocation;
use arch::syscall::early_syscall6;
use linux_raw_sys::elf::{
    DT_NULL, DT_REL, DT_RELA, DT_RELASZ, DT_RELSZ, Elf_Ehdr, Elf_Phdr, PF_W, PT_DYNAMIC, PT_GNU_RELRO,
    PT_LOAD, PT_TLS,
};
use linux_raw_sys::general::{__NR_mprotect, PROT_READ};

use crate::auxv::Initial;
use crate::kinds::Kinds;

/// Address of the RELR table (gABI; absent from older headers).
const DT_RELR: usize = 36;
/// Its size in bytes.
const DT_RELRSZ: usize = 35;
/// Address of the other table, of the kind that this processor's linkers make.
const DT_TABLE: usize = if relocation::ADDEND { DT_RELA } else { DT_REL };
/// Its size in bytes.
const DT_TABLESZ: usize = if relocation::ADDEND { DT_RELASZ } else { DT_RELSZ };

/// The program headers that start-up cares for, and the entries of the dynamic section.
const HEADERS: Kinds =
    Kinds::of(&[PT_LOAD as usize, PT_DYNAMIC as usize, PT_TLS as usize, PT_GNU_RELRO as usize]);
const ENTRIES: Kinds = Kinds::of(&[DT_NULL, DT_TABLE, DT_TABLESZ, DT_RELR, DT_RELRSZ]);

/// A part of the program in memory.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Its first byte.
    pub(crate) address: usize,
    /// Bytes that come from the file.
    pub(crate) file_size: usize,
    /// Bytes in all; the rest is zero.
    pub(crate) size: usize,
    /// A power of two, or 0.
    pub(crate) align: usize,
}

/// The parts of the program that start-up cares for; a size of 0 stands for absent.
pub(crate) struct Image {
    /// What is added to the addresses in the file.
    bias: usize,
    /// The dynamic section, or 0 if there is none or nothing for it to change.
    dynamic: usize,
    /// Where the constants begin that are read-only after relocation, and their length in bytes.
    relro: (usize, usize),
    /// The initial values of the thread-local variables.
    pub(crate) tls: Part,
}

// Moved before there is a thread pointer: see `memory`.
const _: () = assert!(size_of::<Image>() <= 64 && size_of::<Initial>() <= 64);

/// Relocates the program where that is needed, then makes its relocated constants read-only.
///
/// # Safety
/// Called once, before anything that a relocation changes is read.
#[inline(always)]
pub(crate) unsafe fn relocate(initial: &Initial) -> Image {
    // SAFETY: the program's own header.
    let image = unsafe { Image::own() };
    // SAFETY: the caller's promise; the tables are the linker's.
    if image.dynamic != 0 && unsafe { apply(&image) } && image.relro.1 != 0 {
        protect(image.relro, initial.page_size);
    }
    image
}

impl Image {
    /// Reads the program headers of this very program.
    ///
    /// # Safety
    /// The linker has mapped the headers and defined `__ehdr_start`.
    #[inline(always)]
    unsafe fn own() -> Self {
        const NONE: Part = Part { address: 0, file_size: 0, size: 0, align: 0 };
        let start = relocation::image();
        let header = ptr::with_exposed_provenance::<Elf_Ehdr>(start);
        // SAFETY: the header lies there, and is never written.
        let header = unsafe { &*header };
        let first = ptr::with_exposed_provenance::<Elf_Phdr>(start + header.e_phoff);
        let mut image = Self { bias: 0, dynamic: 0, relro: (0, 0), tls: NONE };
        // SAFETY: the header says where the table is and how many rows it has; it is never written.
        let headers = unsafe { core::slice::from_raw_parts(first, header.e_phnum as usize) };
        let wanted = HEADERS.kept();
        let mut flags = 0;
        for header in headers {
            if !wanted.may_have(header.p_type as usize) {
                continue;
            }
            match header.p_type {
                PT_LOAD => {
                    flags |= header.p_flags;
                    // The segment that holds the ELF header comes first of those that carry addresses.
                    if header.p_offset == 0 {
                        image.bias = start.wrapping_sub(header.p_vaddr);
                    }
                }
                PT_DYNAMIC => image.dynamic = image.bias.wrapping_add(header.p_vaddr),
                PT_TLS => image.tls = Part::new(image.bias, header),
                PT_GNU_RELRO => image.relro = (image.bias.wrapping_add(header.p_vaddr), header.p_memsz),
                _ => {}
            }
        }
        if flags & PF_W == 0 {
            image.dynamic = 0;
        }
        image
    }
}

impl Part {
    #[inline(always)]
    const fn new(bias: usize, header: &Elf_Phdr) -> Self {
        Self {
            address: bias.wrapping_add(header.p_vaddr),
            file_size: header.p_filesz,
            size: header.p_memsz,
            align: header.p_align,
        }
    }
}

/// Gives the initial values of the thread-local variables.
pub(crate) fn variables() -> Part {
    // SAFETY: the program's own header.
    unsafe { Image::own() }.tls
}

/// Applies both tables; says whether there was anything in them.
///
/// # Safety
/// `image` has a dynamic section, and its tables describe this program.
#[inline(always)]
unsafe fn apply(image: &Image) -> bool {
    let (mut table, mut size, mut relr, mut relr_size) = (0, 0, 0, 0);
    let wanted = ENTRIES.kept();
    let mut entry = image.dynamic;
    loop {
        // SAFETY: the section ends with DT_NULL.
        let tag = unsafe { load(entry) };
        entry += 2 * WORD;
        if !wanted.may_have(tag) {
            continue;
        }
        // SAFETY: each entry has two words.
        let value = unsafe { load(entry - WORD) };
        match tag {
            DT_NULL => break,
            DT_TABLE => table = value,
            DT_TABLESZ => size = value,
            DT_RELR => relr = value,
            DT_RELRSZ => relr_size = value,
            _ => {}
        }
    }
    // SAFETY: the table's address and size come from the dynamic section.
    unsafe { apply_relr(image.bias, image.bias.wrapping_add(relr), relr_size) };
    // SAFETY: as above.
    unsafe { apply_rows(image.bias, image.bias.wrapping_add(table), size) };
    relr_size | size != 0
}

/// Bytes in a word of the tables.
const WORD: usize = size_of::<usize>();

/// Adds the bias to each word that a RELR table names. An even entry is an address; an odd one is a bitmap of
/// the words behind those named so far, one less than a word has bits.
///
/// # Safety
/// The table is the linker's, and is applied once.
#[inline(always)]
unsafe fn apply_relr(bias: usize, table: usize, size: usize) {
    let mut place = 0;
    let mut at = table;
    while at < table.wrapping_add(size) {
        // SAFETY: within the table.
        let entry = unsafe { load(at) };
        if entry & 1 == 0 {
            place = bias.wrapping_add(entry);
            // SAFETY: the linker names a word that holds an address.
            unsafe { add(place, bias) };
            place += WORD;
        } else {
            let mut bits = entry >> 1;
            let mut word = place;
            while bits != 0 {
                if bits & 1 != 0 {
                    // SAFETY: as above.
                    unsafe { add(word, bias) };
                }
                bits >>= 1;
                word += WORD;
            }
            place += (usize::BITS as usize - 1) * WORD;
        }
        at += WORD;
    }
}

/// Adds the bias to the word at an address.
///
/// # Safety
/// The word is the program's, and holds an address that is not relocated yet.
#[inline(always)]
unsafe fn add(place: usize, bias: usize) {
    // SAFETY: the caller's.
    let word = unsafe { load(place) };
    // SAFETY: the caller's.
    unsafe { store(place, word.wrapping_add(bias)) };
}

/// Reads one word.
///
/// # Safety
/// `address` is that of a readable, aligned word.
#[inline(always)]
unsafe fn load(address: usize) -> usize {
    // SAFETY: the caller's.
    unsafe { ptr::with_exposed_provenance::<usize>(address).read_volatile() }
}

/// Writes one word.
///
/// # Safety
/// `address` is that of a writable, aligned word which no Rust code has yet read.
#[inline(always)]
unsafe fn store(address: usize, word: usize) {
    // SAFETY: the caller's.
    unsafe { ptr::with_exposed_provenance_mut::<usize>(address).write_volatile(word) };
}

/// Applies a RELA or REL table; traps on a kind that only a dynamic linker could resolve.
///
/// # Safety
/// The table is the linker's, and is applied once.
#[inline(always)]
unsafe fn apply_rows(bias: usize, table: usize, size: usize) {
    /// The part of a row's second word that says the kind; the rest would name a symbol.
    const KIND: usize = if WORD == 8 { 0xffff_ffff } else { 0xff };
    let mut at = table;
    while at < table.wrapping_add(size) {
        // SAFETY: a row of the table: place, kind and, in one of the two forms, addend.
        let place = bias.wrapping_add(unsafe { load(at) });
        // SAFETY: as above.
        match unsafe { load(at + WORD) } & KIND {
            relocation::RELATIVE => {
                let addend = if relocation::ADDEND { at + 2 * WORD } else { place };
                // SAFETY: a word of the row, or one of the program that the linker names.
                let addend = unsafe { load(addend) };
                // SAFETY: the linker names a word of the program.
                unsafe { store(place, bias.wrapping_add(addend)) };
            }
            relocation::NONE => {}
            _ => arch::start::trap(),
        }
        at += if relocation::ADDEND { 3 * WORD } else { 2 * WORD };
    }
}

/// Makes the whole pages of a range read-only. A failure is let pass: the program is right without.
#[inline(always)]
fn protect((start, length): (usize, usize), page_size: usize) {
    let end = (start + length) & !(page_size - 1);
    let start = start & !(page_size - 1);
    let length = end.wrapping_sub(start);
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_mprotect) };
    // SAFETY: the linker keeps in these pages only what is constant after relocation.
    unsafe { early_syscall6(__NR_mprotect, start, length, PROT_READ as usize, 0, 0, 0) };
}
