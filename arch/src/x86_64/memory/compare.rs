//! `memcmp`, which is also `bcmp`: by 16 bytes, or by 64 or 128 when there is much; the group that differs is then
//! looked at closely.

/// Defines `memcmp`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_memcmp {
    (($(#[$attribute:meta])*) $detect:path, $($also:literal)?) => {
        /// Compares `count` bytes: negative, 0 or positive as the first that differ compare.
        ///
        /// # Safety
        /// Both are readable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
            ::core::arch::naked_asm!(
                $(concat!(".globl ", $also),)?          // the second name
                $(concat!($also, ":"),)?                // starts here too
                "cmp rdx, 16",                          // fewer than 16 bytes?
                "jb 20f",                               // yes
                "movups xmm0, [rdi]",                   // first 16 of both
                "movups xmm1, [rsi]",
                "pcmpeqb xmm0, xmm1",                   // 0xff where equal
                "pmovmskb ecx, xmm0",                   // one bit a byte
                "xor eax, eax",                         // offset of this group
                "sub ecx, 0xffff",                      // 0 if all are equal
                "jnz 60f",                              // a difference
                "cmp rdx, 32",                          // more than two groups?
                "ja 30f",                               // yes
                // the last 16, which may overlap what is known to be equal
                "24:",
                "lea rax, [rdx - 16]",                  // offset of this group
                "movups xmm0, [rdi + rax]",             // last 16 of both
                "movups xmm1, [rsi + rax]",
                "pcmpeqb xmm0, xmm1",                   // 0xff where equal
                "pmovmskb ecx, xmm0",                   // one bit a byte
                "sub ecx, 0xffff",                      // 0 if all are equal
                "jnz 60f",                              // a difference
                "xor eax, eax",                         // equal
                "ret",
                // 33 bytes and more
                "30:",
                "mov eax, 16",                          // offset of the second group
                "cmp rdx, 64",                          // up to 64?
                "jbe 31f",                              // yes
                "cmp byte ptr [rip + {width}], 1",      // registers of 32 bytes?
                "ja 70f",                               // yes
                "jb 90f",                               // not known yet
                "cmp rdx, 128",                         // worth 64 at a time?
                "ja 40f",                               // yes
                "31:",
                "movups xmm0, [rdi + rax]",             // 16 of both
                "movups xmm1, [rsi + rax]",
                "pcmpeqb xmm0, xmm1",                   // 0xff where equal
                "pmovmskb ecx, xmm0",                   // one bit a byte
                "sub ecx, 0xffff",                      // 0 if all are equal
                "jnz 60f",                              // a difference
                "add rax, 16",                          // next group
                "lea rcx, [rax + 16]",                  // its end
                "cmp rcx, rdx",                         // still within?
                "jb 31b",                               // yes
                "jmp 24b",                              // the last
                // 129 bytes and more
                "40:",
                "lea r8, [rdx - 64]",                   // last offset of a whole 64
                "41:",
                "movups xmm0, [rdi + rax]",             // 64 of the left
                "movups xmm1, [rdi + rax + 16]",
                "movups xmm2, [rdi + rax + 32]",
                "movups xmm3, [rdi + rax + 48]",
                "movups xmm4, [rsi + rax]",             // 64 of the right
                "movups xmm5, [rsi + rax + 16]",
                "movups xmm6, [rsi + rax + 32]",
                "movups xmm7, [rsi + rax + 48]",
                "pcmpeqb xmm0, xmm4",                   // 0xff where equal
                "pcmpeqb xmm1, xmm5",
                "pcmpeqb xmm2, xmm6",
                "pcmpeqb xmm3, xmm7",
                "pand xmm0, xmm1",                      // all four in one
                "pand xmm2, xmm3",
                "pand xmm0, xmm2",
                "pmovmskb ecx, xmm0",                   // one bit a column
                "sub ecx, 0xffff",                      // 0 if all are equal
                "jnz 31b",                              // a difference among the 64: find it by 16
                "add rax, 64",                          // next
                "cmp rax, r8",                          // a whole 64 left?
                "jbe 41b",                              // yes
                "lea rcx, [rax + 16]",                  // fewer than 64 left: 16 at a time
                "cmp rcx, rdx",
                "jb 31b",
                "jmp 24b",                              // or only the last
                // ecx = mask - 0xffff: its lowest set bit is that of the first byte that differs
                "60:",
                "bsf ecx, ecx",                         // index of that byte in its group
                "add rax, rcx",                         // and in the whole
                "movzx ecx, byte ptr [rsi + rax]",      // the right's byte
                "movzx eax, byte ptr [rdi + rax]",      // the left's
                "sub eax, ecx",                         // difference
                "ret",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8",                           // 8 to 15?
                "jb 21f",                               // no
                "mov rax, [rdi]",                       // first 8 of both
                "mov rcx, [rsi]",
                "cmp rax, rcx",                         // equal?
                "jne 61f",                              // no
                "mov rax, [rdi + rdx - 8]",             // last 8 of both
                "mov rcx, [rsi + rdx - 8]",
                "cmp rax, rcx",                         // equal?
                "jne 61f",                              // no
                "xor eax, eax",                         // equal
                "ret",
                "21:",
                "cmp edx, 4",                           // 4 to 7?
                "jb 22f",                               // no
                "mov eax, [rdi]",                       // first 4 of both
                "mov ecx, [rsi]",
                "cmp eax, ecx",                         // equal?
                "jne 62f",                              // no
                "mov eax, [rdi + rdx - 4]",             // last 4 of both
                "mov ecx, [rsi + rdx - 4]",
                "cmp eax, ecx",                         // equal?
                "jne 62f",                              // no
                "xor eax, eax",                         // equal
                "ret",
                "22:",
                "xor eax, eax",                         // equal so far
                "test edx, edx",                        // none?
                "jz 23f",                               // equal
                "movzx eax, byte ptr [rdi]",            // first byte
                "movzx ecx, byte ptr [rsi]",
                "sub eax, ecx",                         // difference
                "jnz 23f",
                "mov r8d, edx",                         // 1 to 3:
                "shr r8d, 1",                           // the middle byte
                "movzx eax, byte ptr [rdi + r8]",
                "movzx ecx, byte ptr [rsi + r8]",
                "sub eax, ecx",                         // difference
                "jnz 23f",
                "movzx eax, byte ptr [rdi + rdx - 1]",  // the last byte
                "movzx ecx, byte ptr [rsi + rdx - 1]",
                "sub eax, ecx",                         // difference
                "23:",
                "ret",
                // words that differ: the lowest address decides
                "61:",
                "bswap rax",                            // first byte to the top
                "bswap rcx",
                "cmp rax, rcx",                         // carry if left is below
                "sbb eax, eax",                         // -1 or 0
                "or eax, 1",                            // -1 or 1
                "ret",
                "62:",
                "bswap eax",                            // first byte to the top
                "bswap ecx",
                "cmp eax, ecx",                         // carry if left is below
                "sbb eax, eax",                         // -1 or 0
                "or eax, 1",                            // -1 or 1
                "ret",
                // with registers of 32 bytes: 65 bytes and more, of which the first 16 are equal; by 128 up to the last 128
                "70:",
                "cmp rdx, 128",                         // up to 128?
                "jbe 72f",                              // yes
                "lea r8, [rdx - 128]",                  // last offset of a whole 128
                "xor eax, eax",                         // from the start, which costs less than a remainder
                "71:",
                "vmovups ymm0, [rdi + rax]",            // 128 of the left
                "vmovups ymm1, [rdi + rax + 32]",
                "vmovups ymm2, [rdi + rax + 64]",
                "vmovups ymm3, [rdi + rax + 96]",
                "vxorps ymm0, ymm0, [rsi + rax]",       // bits that differ from the right
                "vxorps ymm1, ymm1, [rsi + rax + 32]",
                "vxorps ymm2, ymm2, [rsi + rax + 64]",
                "vxorps ymm3, ymm3, [rsi + rax + 96]",
                "vorps ymm0, ymm0, ymm1",               // all in one
                "vorps ymm2, ymm2, ymm3",
                "vorps ymm0, ymm0, ymm2",
                "vptest ymm0, ymm0",                    // none?
                "jnz 74f",                              // a difference among the 128
                "sub rax, -128",                        // next, in a shorter form than add
                "cmp rax, r8",                          // a whole 128 left?
                "jb 71b",                               // yes
                "mov rax, r8",                          // the last 128, which may overlap what is equal
                "vmovups ymm0, [rdi + rax]",            // 128 of the left
                "vmovups ymm1, [rdi + rax + 32]",
                "vmovups ymm2, [rdi + rax + 64]",
                "vmovups ymm3, [rdi + rax + 96]",
                "vxorps ymm0, ymm0, [rsi + rax]",       // bits that differ from the right
                "vxorps ymm1, ymm1, [rsi + rax + 32]",
                "vxorps ymm2, ymm2, [rsi + rax + 64]",
                "vxorps ymm3, ymm3, [rsi + rax + 96]",
                "vorps ymm0, ymm0, ymm1",               // all in one
                "vorps ymm2, ymm2, ymm3",
                "vorps ymm0, ymm0, ymm2",
                "vptest ymm0, ymm0",                    // none?
                "jnz 74f",                              // a difference among the 128
                "xor eax, eax",                         // equal
                "vzeroupper",                           // for code with narrow registers
                "ret",
                // 65 to 128 bytes: four overlapping pairs
                "72:",
                "vmovups ymm0, [rdi]",                  // the first 64 of the left
                "vmovups ymm1, [rdi + 32]",
                "vmovups ymm2, [rdi + rdx - 64]",       // and the last 64
                "vmovups ymm3, [rdi + rdx - 32]",
                "vxorps ymm0, ymm0, [rsi]",             // bits that differ from the right
                "vxorps ymm1, ymm1, [rsi + 32]",
                "vxorps ymm2, ymm2, [rsi + rdx - 64]",
                "vxorps ymm3, ymm3, [rsi + rdx - 32]",
                "vorps ymm0, ymm0, ymm1",               // all in one
                "vorps ymm2, ymm2, ymm3",
                "vorps ymm0, ymm0, ymm2",
                "vptest ymm0, ymm0",                    // none?
                "jnz 74f",                              // a difference
                "xor eax, eax",                         // equal
                "vzeroupper",                           // for code with narrow registers
                "ret",
                "74:",
                "vzeroupper",                           // a difference at rax or behind: find it by 16
                "jmp 31b",
                // not known yet how wide registers are: ask, then start anew
                "90:",
                "push rdi",                             // keep the arguments,
                "push rsi",
                "push rdx",                             // which also aligns the stack
                "call {detect}",                        // 2 for 32 bytes, 1 for 16, 0 if it is too early to say
                "pop rdx",                              // the arguments again
                "pop rsi",
                "pop rdi",
                "mov [rip + {width}], al",              // remember
                "cmp al, 2",                            // 32 bytes?
                "mov eax, 16",                          // offset of the second group
                "je 70b",                               // yes
                "jmp 31b",                              // no: by 16, this once
                width = sym $crate::memory::WIDTH,
                detect = sym $detect,
            )
        }
    };
}
