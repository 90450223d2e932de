//! `strlen`: the first 64 bytes at once, then by 64. What is read beyond the end lies in the same page.

/// Defines `strlen`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_strlen {
    (($(#[$attribute:meta])*)) => {
        /// Counts the bytes before the first zero.
        ///
        /// # Safety
        /// `string` is readable up to a zero byte.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn strlen(string: *const u8) -> usize {
            ::core::arch::naked_asm!(
                "pxor xmm0, xmm0",                      // zeros to compare with
                "mov eax, edi",                         // offset in the page:
                "and eax, 4095",
                "cmp eax, 4032",                        // may 64 bytes be read without crossing into the next?
                "ja 30f",                               // no
                "movups xmm1, [rdi]",                   // first 16 bytes
                "pcmpeqb xmm1, xmm0",                   // 0xff where zero
                "pmovmskb eax, xmm1",                   // one bit a byte
                "test eax, eax",                        // a zero?
                "jnz 20f",                              // yes
                "movups xmm2, [rdi + 16]",              // 48 more
                "movups xmm3, [rdi + 32]",
                "movups xmm4, [rdi + 48]",
                "pcmpeqb xmm2, xmm0",                   // 0xff where zero
                "pcmpeqb xmm3, xmm0",
                "pcmpeqb xmm4, xmm0",
                "pmovmskb eax, xmm2",                   // bits 16 to 31
                "pmovmskb ecx, xmm3",                   // bits 32 to 47
                "pmovmskb edx, xmm4",                   // bits 48 to 63
                "shl eax, 16",
                "shl rcx, 32",
                "shl rdx, 48",
                "or rcx, rdx",                          // all in one
                "or rax, rcx",
                "jnz 20f",                              // a zero
                "lea rax, [rdi + 64]",                  // go on at the multiple of 64 in front of that
                "and rax, -64",
                "jmp 31f",
                "20:",
                "bsf rax, rax",                         // the index is the length
                "ret",
                // close to the end of a page: by aligned groups of 16, which lie in one page, up to a multiple of 64
                "30:",
                "mov rax, rdi",                         // the group that holds the first byte
                "and rax, -16",
                "movaps xmm1, [rax]",                   // may begin before the string
                "pcmpeqb xmm1, xmm0",                   // 0xff where zero
                "pmovmskb edx, xmm1",                   // one bit a byte
                "mov ecx, edi",                         // bytes before the string:
                "and ecx, 15",
                "shr edx, cl",                          // drop their bits
                "test edx, edx",                        // a zero in this group?
                "jnz 40f",                              // yes
                "32:",
                "add rax, 16",                          // next group
                "test al, 63",                          // multiple of 64?
                "jz 31f",                               // yes
                "movaps xmm1, [rax]",                   // 16 bytes
                "pcmpeqb xmm1, xmm0",                   // 0xff where zero
                "pmovmskb edx, xmm1",                   // one bit a byte
                "test edx, edx",                        // a zero?
                "jz 32b",                               // no
                "jmp 41f",                              // yes
                // by 64
                "31:",
                "movaps xmm1, [rax]",                   // 64 bytes
                "movaps xmm2, [rax + 16]",
                "movaps xmm3, [rax + 32]",
                "movaps xmm4, [rax + 48]",
                "movaps xmm5, xmm1",                    // the least of each column is zero
                "pminub xmm5, xmm2",                    // if any in it is
                "movaps xmm6, xmm3",
                "pminub xmm6, xmm4",
                "pminub xmm5, xmm6",
                "pcmpeqb xmm5, xmm0",                   // 0xff where zero
                "pmovmskb edx, xmm5",                   // one bit a column
                "add rax, 64",                          // next
                "test edx, edx",                        // a zero among the 64?
                "jz 31b",                               // no
                "sub rax, 64",                          // back to them
                "pcmpeqb xmm1, xmm0",                   // which group has it?
                "pcmpeqb xmm2, xmm0",
                "pcmpeqb xmm3, xmm0",
                "pcmpeqb xmm4, xmm0",
                "pmovmskb edx, xmm1",                   // bits 0 to 15
                "pmovmskb ecx, xmm2",                   // bits 16 to 31
                "pmovmskb esi, xmm3",                   // bits 32 to 47
                "pmovmskb r8d, xmm4",                   // bits 48 to 63
                "shl rcx, 16",
                "shl rsi, 32",
                "shl r8, 48",
                "or rdx, rcx",                          // all 64 in one
                "or rsi, r8",
                "or rdx, rsi",
                "41:",
                "bsf rdx, rdx",                         // index of the zero in its group
                "add rax, rdx",                         // its address
                "sub rax, rdi",                         // and distance
                "ret",
                "40:",
                "bsf eax, edx",                         // in the first group the index is the length
                "ret",
            )
        }
    };
}
