//! `memset`: overlapping stores from both ends, a loop between them when there is much.

/// Defines `memset`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_memset {
    (($(#[$attribute:meta])*) $detect:path) => {
        /// Sets `count` bytes to the low byte of `value`. Gives `to`.
        ///
        /// # Safety
        /// `to` is writable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                "mov rax, rdi",                         // result
                "movd xmm0, esi",                       // the byte, to be spread:
                "punpcklbw xmm0, xmm0",                 // to 2 bytes
                "pshuflw xmm0, xmm0, 0",                // to 8
                "punpcklqdq xmm0, xmm0",                // to 16
                "cmp rdx, 16",                          // fewer than 16 bytes?
                "jb 20f",                               // yes
                "cmp rdx, 64",                          // more than 64?
                "ja 30f",                               // yes
                "movups [rdi], xmm0",                   // first 16
                "movups [rdi + rdx - 16], xmm0",        // last 16
                "cmp rdx, 32",                          // was that all?
                "jbe 23f",                              // yes
                "movups [rdi + 16], xmm0",              // second
                "movups [rdi + rdx - 32], xmm0",        // last but one
                "23:",
                "ret",
                // 65 bytes and more
                "30:",
                "cmp byte ptr [rip + {width}], 1",      // registers of 32 bytes?
                "ja 60f",                               // yes
                "jb 90f",                               // not known yet
                "31:",
                "movups [rdi], xmm0",                   // the first 64
                "movups [rdi + 16], xmm0",
                "movups [rdi + 32], xmm0",
                "movups [rdi + 48], xmm0",
                "movups [rdi + rdx - 64], xmm0",        // and the last 64
                "movups [rdi + rdx - 48], xmm0",
                "movups [rdi + rdx - 32], xmm0",
                "movups [rdi + rdx - 16], xmm0",
                "cmp rdx, 128",                         // was that all?
                "jbe 23b",                              // yes
                "lea r9, [rdi + rdx - 64]",             // the last 64 bytes are set
                "lea r8, [rdi + 64]",                   // and so are the first
                "and r8, -16",                          // next aligned place
                "32:",
                "movaps [r8], xmm0",                    // 64 bytes
                "movaps [r8 + 16], xmm0",
                "movaps [r8 + 32], xmm0",
                "movaps [r8 + 48], xmm0",
                "add r8, 64",                           // next
                "cmp r8, r9",                           // until the last 64
                "jb 32b",
                "ret",
                // with registers of 32 bytes: 65 bytes and more
                "60:",
                "vinsertf128 ymm0, ymm0, xmm0, 1",      // 32 times the byte
                "vmovups [rdi], ymm0",                  // the first 64
                "vmovups [rdi + 32], ymm0",
                "vmovups [rdi + rdx - 64], ymm0",       // and the last 64
                "vmovups [rdi + rdx - 32], ymm0",
                "cmp rdx, 128",                         // was that all?
                "jbe 62f",                              // yes
                "vmovups [rdi + 64], ymm0",             // the first 128
                "vmovups [rdi + 96], ymm0",
                "vmovups [rdi + rdx - 128], ymm0",      // and the last 128
                "vmovups [rdi + rdx - 96], ymm0",
                "cmp rdx, 256",                         // was that all?
                "jbe 62f",                              // yes
                "lea r9, [rdi + rdx - 128]",            // the last 128 bytes are set
                "lea r8, [rdi + 128]",                  // and so are the first
                "and r8, -32",                          // next aligned place
                "61:",
                "vmovaps [r8], ymm0",                   // 128 bytes
                "vmovaps [r8 + 32], ymm0",
                "vmovaps [r8 + 64], ymm0",
                "vmovaps [r8 + 96], ymm0",
                "sub r8, -128",                         // next, in a shorter form than add
                "cmp r8, r9",                           // until the last 128
                "jb 61b",
                "62:",
                "vzeroupper",                           // for code with narrow registers
                "ret",
                // fewer than 16 bytes
                "20:",
                "movq rcx, xmm0",                       // 8 times the byte
                "cmp edx, 8",                           // 8 to 15?
                "jb 21f",                               // no
                "mov [rdi], rcx",                       // first 8
                "mov [rdi + rdx - 8], rcx",             // last 8
                "ret",
                "21:",
                "cmp edx, 4",                           // 4 to 7?
                "jb 22f",                               // no
                "mov [rdi], ecx",                       // first 4
                "mov [rdi + rdx - 4], ecx",             // last 4
                "ret",
                "22:",
                "test edx, edx",                        // none?
                "jz 23b",                               // nothing to do
                "mov [rdi], cl",                        // 1 to 3: first,
                "mov [rdi + rdx - 1], cl",              // last,
                "shr edx, 1",                           // index of the middle one
                "mov [rdi + rdx], cl",                  // and middle
                "ret",
                // not known yet how wide registers are: ask, then go on
                "90:",
                "push rdi",                             // keep the arguments,
                "push rsi",
                "push rdx",                             // which also aligns the stack
                "call {detect}",                        // 2 for 32 bytes, 1 for 16, 0 if it is too early to say
                "pop rdx",                              // the arguments again
                "pop rsi",
                "pop rdi",
                "mov [rip + {width}], al",              // remember
                "movd xmm0, esi",                       // spread the byte again
                "punpcklbw xmm0, xmm0",
                "pshuflw xmm0, xmm0, 0",
                "punpcklqdq xmm0, xmm0",
                "cmp al, 2",                            // 32 bytes?
                "mov rax, rdi",                         // result again
                "je 60b",                               // yes
                "jmp 31b",                              // no
                width = sym $crate::memory::WIDTH,
                detect = sym $detect,
            )
        }
    };
}
