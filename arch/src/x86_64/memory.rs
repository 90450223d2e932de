//! The memory functions that compilers call by name, for every size and alignment, with SSE2 only.
//!
//! They are assembly because a compiler recognises such a loop in Rust and replaces it by a call of itself. Up to
//! 256 bytes everything is loaded before anything is stored, from both ends with an overlap in the middle: no
//! loop, no alignment, and the same code is right for overlapping operands. No `rep movsb`: it starts slowly, and
//! has a cliff of a factor 25 on some processors when the operands differ by a few bytes modulo 4096. No CPUID,
//! which costs microseconds in a virtual machine.

/// Defines `memmove` (which is also `memcpy`), `memset`, `memcmp` (also `bcmp`) and `strlen`, with the given
/// attributes; `"memcpy"` and `"bcmp"` after `also` become second names of the symbols.
#[macro_export]
macro_rules! define_memory_functions {
    ($(#[$attribute:meta])* $(also $copy:literal, $equal:literal)?) => {
        /// Copies `count` bytes; the operands may overlap. Gives `to`.
        ///
        /// # Safety
        /// `from` is readable and `to` writable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                $(concat!(".globl ", $copy),)? // the second name
                $(concat!($copy, ":"),)?       // starts here too
                "mov rax, rdi",                // result
                "cmp rdx, 16",                 // fewer than 16 bytes?
                "jb 20f",                      // yes: general registers
                "movups xmm0, [rsi]",          // first 16 bytes
                "movups xmm1, [rsi + rdx - 16]", // last 16 bytes
                "cmp rdx, 32",                 // more than these two?
                "ja 30f",                      // yes
                "movups [rdi], xmm0",          // 16 to 32 bytes: first
                "movups [rdi + rdx - 16], xmm1", // and last
                "ret",
                // 33 bytes and more
                "30:",
                "movups xmm2, [rsi + 16]",     // second 16 bytes
                "movups xmm3, [rsi + rdx - 32]", // last but one
                "cmp rdx, 64",                 // more than these four?
                "ja 31f",                      // yes
                "movups [rdi], xmm0",          // 33 to 64 bytes: four overlapping stores
                "movups [rdi + 16], xmm2",     //
                "movups [rdi + rdx - 32], xmm3", //
                "movups [rdi + rdx - 16], xmm1", //
                "ret",
                // 65 bytes and more
                "31:",
                "movups xmm4, [rsi + 32]",     // third
                "movups xmm5, [rsi + 48]",     // fourth
                "movups xmm6, [rsi + rdx - 64]", // fourth from the end
                "movups xmm7, [rsi + rdx - 48]", // third from the end
                "cmp rdx, 128",                // more than these eight?
                "ja 32f",                      // yes
                "movups [rdi], xmm0",          // 65 to 128 bytes: eight overlapping stores
                "movups [rdi + 16], xmm2",     //
                "movups [rdi + 32], xmm4",     //
                "movups [rdi + 48], xmm5",     //
                "movups [rdi + rdx - 64], xmm6", //
                "movups [rdi + rdx - 48], xmm7", //
                "movups [rdi + rdx - 32], xmm3", //
                "movups [rdi + rdx - 16], xmm1", //
                "ret",
                // 129 bytes and more
                "32:",
                "cmp rdx, 256",                // more than sixteen registers hold?
                "ja 40f",                      // yes: loop
                "movups xmm8, [rsi + 64]",     // fifth
                "movups xmm9, [rsi + 80]",     // sixth
                "movups xmm10, [rsi + 96]",    // seventh
                "movups xmm11, [rsi + 112]",   // eighth
                "movups xmm12, [rsi + rdx - 128]", // eighth from the end
                "movups xmm13, [rsi + rdx - 112]", // seventh from the end
                "movups xmm14, [rsi + rdx - 96]", // sixth from the end
                "movups xmm15, [rsi + rdx - 80]", // fifth from the end
                "movups [rdi], xmm0",          // 129 to 256 bytes: sixteen overlapping stores
                "movups [rdi + 16], xmm2",     //
                "movups [rdi + 32], xmm4",     //
                "movups [rdi + 48], xmm5",     //
                "movups [rdi + 64], xmm8",     //
                "movups [rdi + 80], xmm9",     //
                "movups [rdi + 96], xmm10",    //
                "movups [rdi + 112], xmm11",   //
                "movups [rdi + rdx - 128], xmm12", //
                "movups [rdi + rdx - 112], xmm13", //
                "movups [rdi + rdx - 96], xmm14", //
                "movups [rdi + rdx - 80], xmm15", //
                "movups [rdi + rdx - 64], xmm6", //
                "movups [rdi + rdx - 48], xmm7", //
                "movups [rdi + rdx - 32], xmm3", //
                "movups [rdi + rdx - 16], xmm1", //
                "ret",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8",                  // 8 to 15?
                "jb 21f",                      // no
                "mov rcx, [rsi]",              // first 8
                "mov r8, [rsi + rdx - 8]",     // last 8
                "mov [rdi], rcx",              // store both
                "mov [rdi + rdx - 8], r8",     //
                "ret",
                "21:",
                "cmp edx, 4",                  // 4 to 7?
                "jb 22f",                      // no
                "mov ecx, [rsi]",              // first 4
                "mov r8d, [rsi + rdx - 4]",    // last 4
                "mov [rdi], ecx",              // store both
                "mov [rdi + rdx - 4], r8d",    //
                "ret",
                "22:",
                "test edx, edx",               // none?
                "jz 23f",                      // nothing to do
                "mov r8d, edx",                // 1 to 3: first, middle and last byte
                "shr r8d, 1",                  // index of the middle one
                "movzx ecx, byte ptr [rsi]",   // first
                "movzx r9d, byte ptr [rsi + r8]", // middle
                "movzx r10d, byte ptr [rsi + rdx - 1]", // last
                "mov [rdi], cl",               // store all three
                "mov [rdi + r8], r9b",         //
                "mov [rdi + rdx - 1], r10b",   //
                "23:",
                "ret",
                // 257 bytes and more; first 16 bytes in xmm0, last 64 in xmm6 xmm7 xmm3 xmm1
                "40:",
                "mov rcx, rdi",                // does the target begin inside the source?
                "sub rcx, rsi",                // distance
                "cmp rcx, rdx",                // below the count only if so
                "jb 50f",                      // yes: from the end
                "lea r9, [rdi + rdx - 64]",    // where the last 64 bytes go
                "lea r8, [rdi + 16]",          // behind the first 16 bytes
                "and r8, -16",                 // next aligned place of the target
                "sub rsi, rdi",                // source relative to target
                "41:",
                "movups xmm8, [r8 + rsi]",     // 64 bytes
                "movups xmm9, [r8 + rsi + 16]", //
                "movups xmm10, [r8 + rsi + 32]", //
                "movups xmm11, [r8 + rsi + 48]", //
                "movaps [r8], xmm8",           // to aligned places
                "movaps [r8 + 16], xmm9",      //
                "movaps [r8 + 32], xmm10",     //
                "movaps [r8 + 48], xmm11",     //
                "add r8, 64",                  // next
                "cmp r8, r9",                  // until the last 64 bytes begin
                "jb 41b",                      //
                "movups [r9], xmm6",           // the last 64 bytes
                "movups [r9 + 16], xmm7",      //
                "movups [r9 + 32], xmm3",      //
                "movups [r9 + 48], xmm1",      //
                "movups [rdi], xmm0",          // the first 16, late: they may overlap what was still to be read
                "ret",
                // as above from the end; first 64 bytes in xmm0 xmm2 xmm4 xmm5, last 16 in xmm1
                "50:",
                "lea r9, [rdi + 64]",          // where the first 64 bytes end
                "lea r8, [rdi + rdx - 1]",     // the last byte
                "and r8, -16",                 // aligned place that holds it; less than 16 bytes lie behind
                "sub rsi, rdi",                // source relative to target
                "51:",
                "movups xmm8, [r8 + rsi - 16]", // 64 bytes
                "movups xmm9, [r8 + rsi - 32]", //
                "movups xmm10, [r8 + rsi - 48]", //
                "movups xmm11, [r8 + rsi - 64]", //
                "movaps [r8 - 16], xmm8",      // to aligned places
                "movaps [r8 - 32], xmm9",      //
                "movaps [r8 - 48], xmm10",     //
                "movaps [r8 - 64], xmm11",     //
                "sub r8, 64",                  // next
                "cmp r8, r9",                  // until the first 64 bytes are reached
                "ja 51b",                      //
                "movups [rdi + rdx - 16], xmm1", // the last 16 bytes
                "movups [rdi], xmm0",          // the first 64
                "movups [rdi + 16], xmm2",     //
                "movups [rdi + 32], xmm4",     //
                "movups [rdi + 48], xmm5",     //
                "ret",
            )
        }

        /// Sets `count` bytes to the low byte of `value`. Gives `to`.
        ///
        /// # Safety
        /// `to` is writable for `count` bytes.
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                "mov rax, rdi",                // result
                "movd xmm0, esi",              // the byte, to be spread:
                "punpcklbw xmm0, xmm0",        // to 2 bytes
                "pshuflw xmm0, xmm0, 0",       // to 8
                "punpcklqdq xmm0, xmm0",       // to 16
                "cmp rdx, 16",                 // fewer than 16 bytes?
                "jb 20f",                      // yes
                "movups [rdi], xmm0",          // first 16
                "movups [rdi + rdx - 16], xmm0", // last 16
                "cmp rdx, 32",                 // was that all?
                "jbe 23f",                     // yes
                "movups [rdi + 16], xmm0",     // second
                "movups [rdi + rdx - 32], xmm0", // last but one
                "cmp rdx, 64",                 // was that all?
                "jbe 23f",                     // yes
                "movups [rdi + 32], xmm0",     // third and fourth from both ends
                "movups [rdi + 48], xmm0",     //
                "movups [rdi + rdx - 64], xmm0", //
                "movups [rdi + rdx - 48], xmm0", //
                "cmp rdx, 128",                // was that all?
                "jbe 23f",                     // yes
                "lea r9, [rdi + rdx - 64]",    // the last 64 bytes are set
                "lea r8, [rdi + 64]",          // and so are the first
                "and r8, -16",                 // next aligned place
                "30:",
                "movaps [r8], xmm0",           // 64 bytes
                "movaps [r8 + 16], xmm0",      //
                "movaps [r8 + 32], xmm0",      //
                "movaps [r8 + 48], xmm0",      //
                "add r8, 64",                  // next
                "cmp r8, r9",                  // until the last 64
                "jb 30b",                      //
                "23:",
                "ret",
                // fewer than 16 bytes
                "20:",
                "movq rcx, xmm0",              // 8 times the byte
                "cmp edx, 8",                  // 8 to 15?
                "jb 21f",                      // no
                "mov [rdi], rcx",              // first 8
                "mov [rdi + rdx - 8], rcx",    // last 8
                "ret",
                "21:",
                "cmp edx, 4",                  // 4 to 7?
                "jb 22f",                      // no
                "mov [rdi], ecx",              // first 4
                "mov [rdi + rdx - 4], ecx",    // last 4
                "ret",
                "22:",
                "test edx, edx",               // none?
                "jz 23b",                      // nothing to do
                "mov [rdi], cl",               // 1 to 3: first,
                "mov [rdi + rdx - 1], cl",     // last,
                "shr edx, 1",                  // index of the middle one
                "mov [rdi + rdx], cl",         // and middle
                "ret",
            )
        }

        /// Compares `count` bytes: negative, 0 or positive as the first that differ compare.
        ///
        /// # Safety
        /// Both are readable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
            ::core::arch::naked_asm!(
                $(concat!(".globl ", $equal),)? // the second name
                $(concat!($equal, ":"),)?      // starts here too
                "cmp rdx, 16",                 // fewer than 16 bytes?
                "jb 20f",                      // yes
                "movups xmm0, [rdi]",          // first 16 of both
                "movups xmm1, [rsi]",          //
                "pcmpeqb xmm0, xmm1",          // 0xff where equal
                "pmovmskb ecx, xmm0",          // one bit a byte
                "xor eax, eax",                // offset of this group
                "sub ecx, 0xffff",             // 0 if all are equal
                "jnz 60f",                     // a difference
                "cmp rdx, 32",                 // more than two groups?
                "ja 30f",                      // yes
                // the last 16, which may overlap what is known to be equal
                "24:",
                "lea rax, [rdx - 16]",         // offset of this group
                "movups xmm0, [rdi + rax]",    // last 16 of both
                "movups xmm1, [rsi + rax]",    //
                "pcmpeqb xmm0, xmm1",          // 0xff where equal
                "pmovmskb ecx, xmm0",          // one bit a byte
                "sub ecx, 0xffff",             // 0 if all are equal
                "jnz 60f",                     // a difference
                "xor eax, eax",                // equal
                "ret",
                // 33 bytes and more: 16 at a time up to 64
                "30:",
                "mov eax, 16",                 // offset of the second group
                "cmp rdx, 128",                // worth 64 at a time?
                "ja 40f",                      // yes
                "31:",
                "movups xmm0, [rdi + rax]",    // 16 of both
                "movups xmm1, [rsi + rax]",    //
                "pcmpeqb xmm0, xmm1",          // 0xff where equal
                "pmovmskb ecx, xmm0",          // one bit a byte
                "sub ecx, 0xffff",             // 0 if all are equal
                "jnz 60f",                     // a difference
                "add rax, 16",                 // next group
                "lea rcx, [rax + 16]",         // its end
                "cmp rcx, rdx",                // still within?
                "jb 31b",                      // yes
                "jmp 24b",                     // the last
                // 129 bytes and more
                "40:",
                "lea r8, [rdx - 64]",          // last offset of a whole 64
                "41:",
                "movups xmm0, [rdi + rax]",    // 64 of the left
                "movups xmm1, [rdi + rax + 16]", //
                "movups xmm2, [rdi + rax + 32]", //
                "movups xmm3, [rdi + rax + 48]", //
                "movups xmm4, [rsi + rax]",    // 64 of the right
                "movups xmm5, [rsi + rax + 16]", //
                "movups xmm6, [rsi + rax + 32]", //
                "movups xmm7, [rsi + rax + 48]", //
                "pcmpeqb xmm0, xmm4",          // 0xff where equal
                "pcmpeqb xmm1, xmm5",          //
                "pcmpeqb xmm2, xmm6",          //
                "pcmpeqb xmm3, xmm7",          //
                "movaps xmm4, xmm0",           // keep the first
                "pand xmm4, xmm1",             // all four in one
                "movaps xmm5, xmm2",           //
                "pand xmm5, xmm3",             //
                "pand xmm4, xmm5",             //
                "pmovmskb ecx, xmm4",          // one bit a column
                "sub ecx, 0xffff",             // 0 if all are equal
                "jnz 50f",                     // a difference among the 64
                "add rax, 64",                 // next
                "cmp rax, r8",                 // a whole 64 left?
                "jbe 41b",                     // yes
                "lea rcx, [rax + 16]",         // fewer than 64 left: 16 at a time
                "cmp rcx, rdx",                //
                "jb 31b",                      //
                "jmp 24b",                     // or only the last
                // which of the four groups differs first?
                "50:",
                "pmovmskb ecx, xmm0",          // first
                "sub ecx, 0xffff",             //
                "jnz 60f",                     //
                "add rax, 16",                 //
                "pmovmskb ecx, xmm1",          // second
                "sub ecx, 0xffff",             //
                "jnz 60f",                     //
                "add rax, 16",                 //
                "pmovmskb ecx, xmm2",          // third
                "sub ecx, 0xffff",             //
                "jnz 60f",                     //
                "add rax, 16",                 //
                "pmovmskb ecx, xmm3",          // fourth
                "sub ecx, 0xffff",             //
                // ecx = mask - 0xffff: its lowest set bit is that of the first byte that differs
                "60:",
                "bsf ecx, ecx",                // index of that byte in its group
                "add rax, rcx",                // and in the whole
                "movzx ecx, byte ptr [rsi + rax]", // the right's byte
                "movzx eax, byte ptr [rdi + rax]", // the left's
                "sub eax, ecx",                // difference
                "ret",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8",                  // 8 to 15?
                "jb 21f",                      // no
                "mov rax, [rdi]",              // first 8 of both
                "mov rcx, [rsi]",              //
                "cmp rax, rcx",                // equal?
                "jne 61f",                     // no
                "mov rax, [rdi + rdx - 8]",    // last 8 of both
                "mov rcx, [rsi + rdx - 8]",    //
                "cmp rax, rcx",                // equal?
                "jne 61f",                     // no
                "xor eax, eax",                // equal
                "ret",
                "21:",
                "cmp edx, 4",                  // 4 to 7?
                "jb 22f",                      // no
                "mov eax, [rdi]",              // first 4 of both
                "mov ecx, [rsi]",              //
                "cmp eax, ecx",                // equal?
                "jne 62f",                     // no
                "mov eax, [rdi + rdx - 4]",    // last 4 of both
                "mov ecx, [rsi + rdx - 4]",    //
                "cmp eax, ecx",                // equal?
                "jne 62f",                     // no
                "xor eax, eax",                // equal
                "ret",
                "22:",
                "xor eax, eax",                // equal so far
                "test edx, edx",               // none?
                "jz 23f",                      // equal
                "movzx eax, byte ptr [rdi]",   // first byte
                "movzx ecx, byte ptr [rsi]",   //
                "sub eax, ecx",                // difference
                "jnz 23f",                     //
                "mov r8d, edx",                // 1 to 3:
                "shr r8d, 1",                  // the middle byte
                "movzx eax, byte ptr [rdi + r8]", //
                "movzx ecx, byte ptr [rsi + r8]", //
                "sub eax, ecx",                // difference
                "jnz 23f",                     //
                "movzx eax, byte ptr [rdi + rdx - 1]", // the last byte
                "movzx ecx, byte ptr [rsi + rdx - 1]", //
                "sub eax, ecx",                // difference
                "23:",
                "ret",
                // words that differ: the lowest address decides
                "61:",
                "bswap rax",                   // first byte to the top
                "bswap rcx",                   //
                "cmp rax, rcx",                // carry if left is below
                "sbb eax, eax",                // -1 or 0
                "or eax, 1",                   // -1 or 1
                "ret",
                "62:",
                "bswap eax",                   // first byte to the top
                "bswap ecx",                   //
                "cmp eax, ecx",                // carry if left is below
                "sbb eax, eax",                // -1 or 0
                "or eax, 1",                   // -1 or 1
                "ret",
            )
        }

        /// Counts the bytes before the first zero.
        ///
        /// # Safety
        /// `string` is readable up to a zero byte.
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn strlen(string: *const u8) -> usize {
            ::core::arch::naked_asm!(
                "pxor xmm0, xmm0",             // zeros to compare with
                "mov rax, rdi",                // aligned groups never cross into a page that is not there:
                "and rax, -16",                // the group that holds the first byte
                "movaps xmm1, [rax]",          // may begin before the string
                "pcmpeqb xmm1, xmm0",          // 0xff where zero
                "pmovmskb edx, xmm1",          // one bit a byte
                "mov ecx, edi",                // bytes before the string:
                "and ecx, 15",                 //
                "shr edx, cl",                 // drop their bits
                "test edx, edx",               // a zero in this group?
                "jnz 40f",                     // yes
                // by 16 up to a multiple of 64
                "30:",
                "add rax, 16",                 // next group
                "test al, 63",                 // multiple of 64?
                "jz 31f",                      // yes
                "movaps xmm1, [rax]",          // 16 bytes
                "pcmpeqb xmm1, xmm0",          // 0xff where zero
                "pmovmskb edx, xmm1",          // one bit a byte
                "test edx, edx",               // a zero?
                "jz 30b",                      // no
                "jmp 41f",                     // yes
                // by 64
                "31:",
                "movaps xmm1, [rax]",          // 64 bytes
                "movaps xmm2, [rax + 16]",     //
                "movaps xmm3, [rax + 32]",     //
                "movaps xmm4, [rax + 48]",     //
                "movaps xmm5, xmm1",           // the least of each column is zero
                "pminub xmm5, xmm2",           // if any in it is
                "movaps xmm6, xmm3",           //
                "pminub xmm6, xmm4",           //
                "pminub xmm5, xmm6",           //
                "pcmpeqb xmm5, xmm0",          // 0xff where zero
                "pmovmskb edx, xmm5",          // one bit a column
                "add rax, 64",                 // next
                "test edx, edx",               // a zero among the 64?
                "jz 31b",                      // no
                "sub rax, 64",                 // back to them
                "pcmpeqb xmm1, xmm0",          // which group has it?
                "pcmpeqb xmm2, xmm0",          //
                "pcmpeqb xmm3, xmm0",          //
                "pcmpeqb xmm4, xmm0",          //
                "pmovmskb edx, xmm1",          // bits 0 to 15
                "pmovmskb ecx, xmm2",          // bits 16 to 31
                "pmovmskb esi, xmm3",          // bits 32 to 47
                "pmovmskb r8d, xmm4",          // bits 48 to 63
                "shl rcx, 16",                 //
                "shl rsi, 32",                 //
                "shl r8, 48",                  //
                "or rdx, rcx",                 // all 64 in one
                "or rsi, r8",                  //
                "or rdx, rsi",                 //
                "41:",
                "bsf rdx, rdx",                // index of the zero in its group
                "add rax, rdx",                // its address
                "sub rax, rdi",                // and distance
                "ret",
                "40:",
                "bsf eax, edx",                // in the first group the index is the length
                "ret",
            )
        }
    };
}

define_memory_functions!();

#[cfg(test)]
mod tests {
    use super::{memcmp, memmove, memset, strlen};

    /// Every size up to past the loops' unrolling, then some about powers of two.
    fn sizes() -> impl Iterator<Item = usize> {
        (0..420).chain((9..15).flat_map(|power| (1_usize << power) - 2..(1 << power) + 3))
    }

    /// Bytes in which every neighbourhood is different.
    fn pattern(count: usize) -> Vec<u8> {
        (0..count).map(|at| (at.wrapping_mul(0x9e37_79b9) >> 11) as u8).collect()
    }

    #[test]
    fn moves_are_right_at_every_size_alignment_and_overlap() {
        for size in sizes() {
            let space = size + 160;
            for (from, to) in
                [(64, 0), (0, 64), (64, 63), (63, 64), (64, 47), (48, 65), (7, 7), (80, 3), (1, 81)]
            {
                let mut ours = pattern(space);
                let mut right = ours.clone();
                right.copy_within(from..from + size, to);
                let base = ours.as_mut_ptr();
                // SAFETY: both ranges lie in the buffer.
                let given = unsafe { memmove(base.wrapping_add(to), base.wrapping_add(from), size) };
                assert_eq!(given, base.wrapping_add(to));
                assert!(ours == right, "size {size} from {from} to {to}");
            }
        }
    }

    #[test]
    fn sets_touch_exactly_their_bytes() {
        for size in sizes() {
            for at in [0, 1, 15, 16, 31, 63] {
                let mut ours = pattern(size + 128);
                let mut right = ours.clone();
                right[at..at + size].fill(0xa5);
                // SAFETY: within the buffer.
                unsafe { memset(ours.as_mut_ptr().wrapping_add(at), 0x7fa5, size) };
                assert!(ours == right, "size {size} at {at}");
            }
        }
    }

    #[test]
    fn comparisons_find_the_first_difference() {
        for size in sizes() {
            let left = pattern(size + 3);
            let mut right = vec![0; size + 1];
            right[1..].copy_from_slice(&left[3..]);
            let compare = |right: &[u8]| {
                // SAFETY: both hold `size` bytes from there.
                unsafe { memcmp(left.as_ptr().wrapping_add(3), right.as_ptr().wrapping_add(1), size) }
            };
            assert_eq!(compare(&right), 0, "size {size}");
            let step = if size > 512 { 37 } else { 1 };
            for at in (0..size).rev().step_by(step) {
                let kept = right[1 + at];
                right[1 + at] = kept.wrapping_add(1);
                // A later difference must not count.
                right[size] ^= 0x80;
                let sign = left[3..].cmp(&right[1..]) as i32;
                assert_eq!(compare(&right).signum(), sign, "size {size} at {at}");
                right[size] ^= 0x80;
                right[1 + at] = kept;
            }
        }
    }

    #[test]
    fn lengths_stop_at_the_first_zero() {
        let mut string = vec![b'x'; 5000];
        for size in sizes().filter(|&size| size < 4800) {
            for at in [0, 1, 17, 63] {
                let end = at + size;
                let kept = core::mem::take(&mut string[end]);
                // SAFETY: a zero byte follows.
                assert_eq!(unsafe { strlen(string.as_ptr().wrapping_add(at)) }, size, "size {size} at {at}");
                string[end] = kept;
            }
        }
    }
}
