//! `strlen`: the first 64 bytes (160 with wide registers) from where the string begins, then by aligned groups of
//! four registers. What is read beyond the end lies in the same page.

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
                // looks at a register of bytes: bits of `to` where they are zero; r is a register to use
                ".macro zeros_narrow r, at, to",
                "movups xmm\\r, \\at",                  // 16 bytes
                "pcmpeqb xmm\\r, xmm0",                 // 0xff where zero
                "pmovmskb \\to, xmm\\r",                // one bit a byte
                ".endm",
                ".macro zeros_wide r, at, to",
                "vpcmpeqb ymm\\r, ymm0, \\at",          // 32 bytes: 0xff where zero
                "vpmovmskb \\to, ymm\\r",               // one bit a byte
                ".endm",
                // the least of each column
                ".macro least_narrow r, with",
                "pminub xmm\\r, \\with",
                ".endm",
                ".macro least_wide r, with",
                "vpminub ymm\\r, ymm\\r, \\with",
                ".endm",
                // looks at the register at offset `at` from the start, and goes on if it has no zero
                ".macro early zeros, at, leave",
                "\\zeros 1, [rdi+\\at], eax",
                "test eax, eax; jz 21f",                // a zero?
                "bsf eax, eax",                         // its index in the register
                ".if \\at",
                "add eax, \\at",                        // and in the string
                ".endif",
                "\\leave",
                "ret",
                "21:",
                ".endm",
                // from rax on, a multiple of 4 w, by as many
                ".macro many r, w, move, zeros, least, leave",
                "41:",
                "\\move \\r\\()1, [rax]",
                "\\move \\r\\()2, [rax + 2*\\w]",
                "\\least 1, [rax+\\w]",                 // zero if any in the column is
                "\\least 2, [rax+3*\\w]",
                "\\least 1, \\r\\()2",
                "\\zeros 1, \\r\\()1, edx",             // one bit a column
                "add rax, 4*\\w",                       // next
                "test edx, edx; jz 41b",                // a zero among the four?
                ".irp back, 4,2",
                "\\zeros 1, [rax-\\back*\\w], edx",     // two registers of the four
                "\\zeros 2, [rax-\\back*\\w+\\w], ecx",
                "shl rcx, \\w; or rdx, rcx",            // both in one
                ".if \\back == 4",
                "lea rsi, [rax - 4*\\w]",               // where the first two begin
                "jnz 42f",                              // it is there
                "lea rsi, [rax - 2*\\w]",               // where the other two begin
                ".endif",
                ".endr",
                "42:",
                "bsf rax, rdx",                         // index of the zero among them
                "add rax, rsi; sub rax, rdi",           // its address, and distance
                "\\leave",
                "ret",
                ".endm",
                // here it begins
                "pxor xmm0, xmm0",                      // zeros to compare with
                "mov eax, edi; and eax, 4095",          // offset in the page
                "cmp eax, 4096 - 160; ja 30f",          // may 160 bytes be read without crossing into the next?
                "cmp byte ptr [rip + {width}], 2; ja 25f", // integers in registers of 32 bytes?
                ".irp at, 0, 16, 32, 48; early zeros_narrow, \\at; .endr",
                "lea rax, [rdi + 64]; and rax, -64",    // go on at the multiple of 64 in front of that
                "26:",
                "many xmm, 16, movaps, zeros_narrow, least_narrow",
                "25:",
                "vpxor xmm0, xmm0, xmm0",               // wider
                ".irp at, 0, 32, 64, 96, 128; early zeros_wide, \\at, vzeroupper; .endr",
                "lea rax, [rdi + 128]; and rax, -128",  // go on at the multiple of 128 in front of that
                "27:",
                "many ymm, 32, vmovaps, zeros_wide, least_wide, vzeroupper",
                // close to the end of a page: by aligned groups of 16, which lie in one page, up to its end
                "30:",
                "mov rax, rdi; and rax, -16",           // the group that holds the first byte
                "zeros_narrow 1, [rax], edx",           // may begin before the string
                "mov ecx, edi; and ecx, 15",            // bytes before the string:
                "shr edx, cl",                          // drop their bits
                "bsf edx, edx; jnz 33f",                // in the first group the index is the length
                "32:",
                "add rax, 16",                          // next group
                "test eax, 4095; jz 34f",               // the next page?
                "zeros_narrow 1, [rax], edx",
                "bsf edx, edx; jz 32b",                 // index of the zero in its group
                "add rax, rdx; sub rax, rdi",           // its address, and distance
                "ret",
                "33:",
                "mov eax, edx",
                "ret",
                "34:",
                "cmp byte ptr [rip + {width}], 2; jbe 26b", // integers in registers of 32 bytes?
                "vpxor xmm0, xmm0, xmm0",               // wider
                "jmp 27b",
                ".irp name, zeros_narrow, zeros_wide, least_narrow, least_wide, early, many; .purgem \\name; .endr",
                width = sym $crate::memory::WIDTH,
            )
        }
    };
}
