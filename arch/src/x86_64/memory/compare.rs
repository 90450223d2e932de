//! `memcmp`, which is also `bcmp`: by 16 bytes, or by four registers when there is much; the group that differs is
//! then looked at closely.

/// Defines `memcmp`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_memcmp {
    (($(#[$attribute:meta])*) $ask:path, $($also:literal)?) => {
        /// Compares `count` bytes: negative, 0 or positive as the first that differ compare.
        ///
        /// # Safety
        /// Both are readable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
            ::core::arch::naked_asm!(
                // compares 16 bytes at an offset: 0xff where equal
                ".macro pair i, at",
                "movups xmm\\i, [rdi + \\at]; movups xmm4, [rsi + \\at]",
                "pcmpeqb xmm\\i, xmm4",
                ".endm",
                // the same at rax; zero flag: equal; else the lowest bit of ecx is that of the difference
                ".macro sixteen",
                "pair 0, rax",
                "pmovmskb ecx, xmm0",                   // one bit a byte
                "sub ecx, 0xffff",                      // 0 if all are equal
                ".endm",
                // compares two groups of two registers, of which the second begins at offset b + 2 w; zero flag: equal
                ".macro narrow a, b",
                ".irp i, 0,1; pair \\i, \\a + 16*\\i; .endr",
                ".irp i, 2,3; pair \\i, \\b + 16*\\i; .endr",
                ".irp i, 1,2,3; pand xmm0, xmm\\i; .endr", // all four in one
                "pmovmskb ecx, xmm0",                   // one bit a column
                "sub ecx, 0xffff",                      // 0 if all are equal
                ".endm",
                ".macro wide a, b",
                ".irp i, 0,1; vmovups ymm\\i, [rdi + \\a + 32*\\i]; .endr", // left
                ".irp i, 0,1; vxorps ymm\\i, ymm\\i, [rsi + \\a + 32*\\i]; .endr", // bits that differ from the right
                ".irp i, 2,3; vmovups ymm\\i, [rdi + \\b + 32*\\i]; .endr", // left
                ".irp i, 2,3; vxorps ymm\\i, ymm\\i, [rsi + \\b + 32*\\i]; .endr", // bits that differ from the right
                "vorps ymm0, ymm0, ymm1",               // all in one
                "vorps ymm2, ymm2, ymm3",
                "vorps ymm0, ymm0, ymm2",
                "vptest ymm0, ymm0",                    // none?
                ".endm",
                // more than 4 w bytes
                ".macro many four, w, leave",
                "xor eax, eax",                         // from the start
                "lea r8, [rdx - 4*\\w]",                // offset of the last four
                "41:",
                "\\four rax, rax; jnz 50f",             // a difference at rax or behind
                "add rax, 4*\\w",                       // next
                "cmp rax, r8; jb 41b",                  // a whole four left?
                "mov rax, r8",                          // the last four, which may overlap what is equal
                "\\four rax, rax; jnz 50f",             // a difference
                "xor eax, eax",                         // equal
                "50:",
                "\\leave",                              // keeps the flags
                "jnz 31b",                              // find the difference
                "ret",
                ".endm",
                // here it begins
                $(concat!(".globl ", $also),)?          // the second name
                $(concat!($also, ":"),)?                // starts here too
                "cmp rdx, 16; jb 20f",                  // fewer than 16 bytes?
                "cmp rdx, 32; ja 30f",                  // more than two registers?
                "xor eax, eax",                         // first 16
                "sixteen; jnz 60f",                     // a difference
                "lea rax, [rdx - 16]",                  // last 16, which may overlap them
                "sixteen; jnz 60f",                     // a difference
                "xor eax, eax",                         // equal
                "ret",
                "30:",
                "cmp rdx, 64; ja 40f",                  // more than four?
                "xor eax, eax",                         // from the start; also "equal"
                "narrow 0, rdx-64",                     // 33 to 64 bytes
                "jnz 31f",                              // a difference
                "ret",
                // a difference is known to be at rax or behind
                "31:",
                "sixteen; jnz 60f",                     // here
                "add rax, 16",                          // next
                "lea rcx, [rdx - 16]",                  // the last
                "cmp rax, rcx",                         // a whole 16 left?
                "cmova rax, rcx",                       // no: the last, which may overlap what is equal
                "jmp 31b",
                // 65 bytes and more
                "40:",
                "cmp byte ptr [rip + {width}], 1; ja 70f", // registers of 32 bytes?
                "jb 90f",                               // not known yet
                "many narrow, 16",
                "70:",
                "cmp rdx, 128; ja 71f",                 // more than four of those?
                "xor eax, eax",                         // from the start; also "equal"
                "wide 0, rdx-128",                      // 65 to 128 bytes
                "vzeroupper",                           // for code with narrow registers
                "jnz 31b",                              // a difference
                "ret",
                "71:",
                "many wide, 32, vzeroupper",
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
                "cmp edx, 8; jb 21f",                   // 8 to 15?
                "mov rax, [rdi]; mov rcx, [rsi]",       // first 8 of both
                "cmp rax, rcx; jne 61f",                // unequal?
                "mov rax, [rdi + rdx - 8]",             // last 8 of both
                "mov rcx, [rsi + rdx - 8]",
                "61:",
                "bswap rax; bswap rcx",                 // the lowest address decides: first byte to the top
                "62:",
                "cmp rax, rcx",                         // as numbers
                "seta al; sbb al, 0",                   // 1 if above, 0 - 1 if below
                "movsx eax, al",
                "ret",
                "21:",
                "cmp edx, 4; jb 22f",                   // 4 to 7?
                "mov eax, [rdi]; mov ecx, [rsi]",       // first 4 of both
                "mov r8d, [rdi + rdx - 4]",             // last 4 of both
                "mov r9d, [rsi + rdx - 4]",
                "bswap rax; bswap rcx",                 // first byte to the top
                "bswap r8d; bswap r9d",
                "or rax, r8; or rcx, r9",               // the last behind the first
                "jmp 62b",
                "22:",
                "xor eax, eax",                         // equal
                "sub edx, 1; jb 23f",                   // none?
                "movzx eax, byte ptr [rdi]",            // first byte
                "movzx ecx, byte ptr [rsi]",
                "sub eax, ecx; jnz 23f",                // unequal?
                "movzx eax, byte ptr [rdi + rdx]",      // the last byte
                "movzx ecx, byte ptr [rsi + rdx]",
                "shr edx, 1",                           // index of the middle byte
                "movzx r8d, byte ptr [rdi + rdx]",
                "movzx r9d, byte ptr [rsi + rdx]",
                "shl r8d, 8; or eax, r8d",              // middle before last
                "shl r9d, 8; or ecx, r9d",
                "sub eax, ecx",                         // difference
                "23:",
                "ret",
                // not known yet how wide registers are
                "90:",
                "call {ask}",                           // keeps everything but flags
                "jmp 40b",
                ".irp name, pair, sixteen, narrow, wide, many; .purgem \\name; .endr",
                width = sym $crate::memory::WIDTH,
                ask = sym $ask,
            )
        }
    };
}
