//! `memmove`, which is also `memcpy`.
//!
//! Up to 128 bytes (256 with wide registers) everything is loaded before anything is stored, from both ends with an
//! overlap in the middle: no loop, no alignment, and the same code is right for overlapping operands. No
//! `rep movsb`: it starts slowly, and has a cliff of a factor 25 on some processors when the operands differ by a
//! few bytes modulo 4096.

/// Defines `memmove`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_memmove {
    (($(#[$attribute:meta])*) $detect:path, $($also:literal)?) => {
        /// Copies `count` bytes; the operands may overlap. Gives `to`.
        ///
        /// # Safety
        /// `from` is readable and `to` writable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                $(concat!(".globl ", $also),)?          // the second name
                $(concat!($also, ":"),)?                // starts here too
                "mov rax, rdi",                         // result
                "cmp rdx, 16",                          // fewer than 16 bytes?
                "jb 20f",                               // yes: general registers
                "movups xmm0, [rsi]",                   // first 16 bytes
                "movups xmm1, [rsi + rdx - 16]",        // last 16 bytes
                "cmp rdx, 32",                          // more than these two?
                "ja 30f",                               // yes
                "movups [rdi], xmm0",                   // 16 to 32 bytes: first
                "movups [rdi + rdx - 16], xmm1",        // and last
                "ret",
                // 33 bytes and more
                "30:",
                "movups xmm2, [rsi + 16]",              // second 16 bytes
                "movups xmm3, [rsi + rdx - 32]",        // last but one
                "cmp rdx, 64",                          // more than these four?
                "ja 31f",                               // yes
                "movups [rdi], xmm0",                   // 33 to 64 bytes: four overlapping stores
                "movups [rdi + 16], xmm2",
                "movups [rdi + rdx - 32], xmm3",
                "movups [rdi + rdx - 16], xmm1",
                "ret",
                // 65 bytes and more
                "31:",
                "cmp byte ptr [rip + {width}], 1",      // registers of 32 bytes?
                "ja 60f",                               // yes
                "jb 90f",                               // not known yet
                "34:",
                "movups xmm4, [rsi + 32]",              // third
                "movups xmm5, [rsi + 48]",              // fourth
                "movups xmm6, [rsi + rdx - 64]",        // fourth from the end
                "movups xmm7, [rsi + rdx - 48]",        // third from the end
                "cmp rdx, 128",                         // more than these eight?
                "ja 32f",                               // yes
                "movups [rdi], xmm0",                   // 65 to 128 bytes: eight overlapping stores
                "movups [rdi + 16], xmm2",
                "movups [rdi + 32], xmm4",
                "movups [rdi + 48], xmm5",
                "movups [rdi + rdx - 64], xmm6",
                "movups [rdi + rdx - 48], xmm7",
                "movups [rdi + rdx - 32], xmm3",
                "movups [rdi + rdx - 16], xmm1",
                "ret",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8",                           // 8 to 15?
                "jb 21f",                               // no
                "mov rcx, [rsi]",                       // first 8
                "mov r8, [rsi + rdx - 8]",              // last 8
                "mov [rdi], rcx",                       // store both
                "mov [rdi + rdx - 8], r8",
                "ret",
                "21:",
                "cmp edx, 4",                           // 4 to 7?
                "jb 22f",                               // no
                "mov ecx, [rsi]",                       // first 4
                "mov r8d, [rsi + rdx - 4]",             // last 4
                "mov [rdi], ecx",                       // store both
                "mov [rdi + rdx - 4], r8d",
                "ret",
                "22:",
                "test edx, edx",                        // none?
                "jz 23f",                               // nothing to do
                "mov r8d, edx",                         // 1 to 3: first, middle and last byte
                "shr r8d, 1",                           // index of the middle one
                "movzx ecx, byte ptr [rsi]",            // first
                "movzx r9d, byte ptr [rsi + r8]",       // middle
                "movzx r10d, byte ptr [rsi + rdx - 1]", // last
                "mov [rdi], cl",                        // store all three
                "mov [rdi + r8], r9b",
                "mov [rdi + rdx - 1], r10b",
                "23:",
                "ret",
                // 129 bytes and more; first 64 in xmm0 xmm2 xmm4 xmm5, last 64 in xmm6 xmm7 xmm3 xmm1
                "32:",
                "mov rcx, rdi",                         // does the target begin inside the source?
                "sub rcx, rsi",                         // distance
                "cmp rcx, rdx",                         // below the count only if so
                "jb 50f",                               // yes: from the end
                "lea r9, [rdi + rdx - 64]",             // where the last 64 bytes go
                "lea r8, [rdi + 16]",                   // behind the first 16 bytes
                "and r8, -16",                          // next aligned place of the target
                "sub rsi, rdi",                         // source relative to target
                "41:",
                "movups xmm8, [r8 + rsi]",              // 64 bytes
                "movups xmm9, [r8 + rsi + 16]",
                "movups xmm10, [r8 + rsi + 32]",
                "movups xmm11, [r8 + rsi + 48]",
                "movaps [r8], xmm8",                    // to aligned places
                "movaps [r8 + 16], xmm9",
                "movaps [r8 + 32], xmm10",
                "movaps [r8 + 48], xmm11",
                "add r8, 64",                           // next
                "cmp r8, r9",                           // until the last 64 bytes begin
                "jb 41b",
                "movups [r9], xmm6",                    // the last 64 bytes
                "movups [r9 + 16], xmm7",
                "movups [r9 + 32], xmm3",
                "movups [r9 + 48], xmm1",
                "movups [rdi], xmm0",                   // the first 16, late: they may overlap what was still to be read
                "ret",
                // as above from the end
                "50:",
                "lea r9, [rdi + 64]",                   // where the first 64 bytes end
                "lea r8, [rdi + rdx - 1]",              // the last byte
                "and r8, -16",                          // aligned place that holds it; less than 16 bytes lie behind
                "sub rsi, rdi",                         // source relative to target
                "51:",
                "movups xmm8, [r8 + rsi - 16]",         // 64 bytes
                "movups xmm9, [r8 + rsi - 32]",
                "movups xmm10, [r8 + rsi - 48]",
                "movups xmm11, [r8 + rsi - 64]",
                "movaps [r8 - 16], xmm8",               // to aligned places
                "movaps [r8 - 32], xmm9",
                "movaps [r8 - 48], xmm10",
                "movaps [r8 - 64], xmm11",
                "sub r8, 64",                           // next
                "cmp r8, r9",                           // until the first 64 bytes are reached
                "ja 51b",
                "movups [rdi + rdx - 16], xmm1",        // the last 16 bytes
                "movups [rdi], xmm0",                   // the first 64
                "movups [rdi + 16], xmm2",
                "movups [rdi + 32], xmm4",
                "movups [rdi + 48], xmm5",
                "ret",
                // with registers of 32 bytes: 65 bytes and more
                "60:",
                "vmovups ymm0, [rsi]",                  // first 32
                "vmovups ymm1, [rsi + 32]",             // second
                "vmovups ymm2, [rsi + rdx - 64]",       // last but one
                "vmovups ymm3, [rsi + rdx - 32]",       // last
                "cmp rdx, 128",                         // more than these four?
                "ja 61f",                               // yes
                "vmovups [rdi], ymm0",                  // 65 to 128 bytes: four overlapping stores
                "vmovups [rdi + 32], ymm1",
                "vmovups [rdi + rdx - 64], ymm2",
                "vmovups [rdi + rdx - 32], ymm3",
                "vzeroupper",                           // for code with narrow registers
                "ret",
                "61:",
                "vmovups ymm4, [rsi + 64]",             // third
                "vmovups ymm5, [rsi + 96]",             // fourth
                "vmovups ymm6, [rsi + rdx - 128]",      // fourth from the end
                "vmovups ymm7, [rsi + rdx - 96]",       // third from the end
                "cmp rdx, 256",                         // more than these eight?
                "ja 62f",                               // yes
                "vmovups [rdi], ymm0",                  // 129 to 256 bytes: eight overlapping stores
                "vmovups [rdi + 32], ymm1",
                "vmovups [rdi + 64], ymm4",
                "vmovups [rdi + 96], ymm5",
                "vmovups [rdi + rdx - 128], ymm6",
                "vmovups [rdi + rdx - 96], ymm7",
                "vmovups [rdi + rdx - 64], ymm2",
                "vmovups [rdi + rdx - 32], ymm3",
                "vzeroupper",                           // for code with narrow registers
                "ret",
                // 257 bytes and more; first 128 in ymm0 ymm1 ymm4 ymm5, last 128 in ymm6 ymm7 ymm2 ymm3
                "62:",
                "mov rcx, rdi",                         // does the target begin inside the source?
                "sub rcx, rsi",                         // distance
                "cmp rcx, rdx",                         // below the count only if so
                "jb 70f",                               // yes: from the end
                "lea r9, [rdi + rdx - 128]",            // where the last 128 bytes go
                "lea r8, [rdi + 32]",                   // behind the first 32 bytes
                "and r8, -32",                          // next aligned place of the target
                "sub rsi, rdi",                         // source relative to target
                "63:",
                "vmovups ymm8, [r8 + rsi]",             // 128 bytes
                "vmovups ymm9, [r8 + rsi + 32]",
                "vmovups ymm10, [r8 + rsi + 64]",
                "vmovups ymm11, [r8 + rsi + 96]",
                "vmovaps [r8], ymm8",                   // to aligned places
                "vmovaps [r8 + 32], ymm9",
                "vmovaps [r8 + 64], ymm10",
                "vmovaps [r8 + 96], ymm11",
                "sub r8, -128",                         // next, in a shorter form than add
                "cmp r8, r9",                           // until the last 128 bytes begin
                "jb 63b",
                "vmovups [r9], ymm6",                   // the last 128 bytes
                "vmovups [r9 + 32], ymm7",
                "vmovups [r9 + 64], ymm2",
                "vmovups [r9 + 96], ymm3",
                "vmovups [rdi], ymm0",                  // the first 32, late as above
                "vzeroupper",                           // for code with narrow registers
                "ret",
                "70:",
                "lea r9, [rdi + 128]",                  // where the first 128 bytes end
                "lea r8, [rdi + rdx - 1]",              // the last byte
                "and r8, -32",                          // aligned place that holds it; less than 32 bytes lie behind
                "sub rsi, rdi",                         // source relative to target
                "71:",
                "vmovups ymm8, [r8 + rsi - 32]",        // 128 bytes
                "vmovups ymm9, [r8 + rsi - 64]",
                "vmovups ymm10, [r8 + rsi - 96]",
                "vmovups ymm11, [r8 + rsi - 128]",
                "vmovaps [r8 - 32], ymm8",              // to aligned places
                "vmovaps [r8 - 64], ymm9",
                "vmovaps [r8 - 96], ymm10",
                "vmovaps [r8 - 128], ymm11",
                "add r8, -128",                         // next
                "cmp r8, r9",                           // until the first 128 bytes are reached
                "ja 71b",
                "vmovups [rdi + rdx - 32], ymm3",       // the last 32 bytes
                "vmovups [rdi], ymm0",                  // the first 128
                "vmovups [rdi + 32], ymm1",
                "vmovups [rdi + 64], ymm4",
                "vmovups [rdi + 96], ymm5",
                "vzeroupper",                           // for code with narrow registers
                "ret",
                // not known yet how wide registers are: ask, then start anew, or go on with the narrow ones
                "90:",
                "push rdi",                             // keep the arguments,
                "push rsi",
                "push rdx",                             // which also aligns the stack
                "call {detect}",                        // 2 for 32 bytes, 1 for 16, 0 if it is too early to say
                "pop rdx",                              // the arguments again
                "pop rsi",
                "pop rdi",
                "mov [rip + {width}], al",              // remember
                "movups xmm0, [rsi]",                   // what had been loaded
                "movups xmm1, [rsi + rdx - 16]",
                "movups xmm2, [rsi + 16]",
                "movups xmm3, [rsi + rdx - 32]",
                "cmp al, 2",                            // 32 bytes?
                "mov rax, rdi",                         // result again
                "je 60b",                               // yes
                "jmp 34b",                              // no
                width = sym $crate::memory::WIDTH,
                detect = sym $detect,
            )
        }
    };
}
