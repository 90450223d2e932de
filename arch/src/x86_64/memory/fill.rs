//! `memset`: overlapping stores from both ends, a loop between them when there is much.

/// Defines `memset`; see [`define_memory_functions`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_memset {
    (($(#[$attribute:meta])*) $ask:path) => {
        /// Sets `count` bytes to the low byte of `value`. Gives `to`.
        ///
        /// # Safety
        /// `to` is writable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                // stores the register r of w bytes i*w behind the start for each i of a list, and (n - i)*w before the end
                ".macro ends list, n, r, w, move",
                ".irp i, \\list; \\move [rdi + \\i*\\w], \\r; .endr",
                ".irp i, \\list; \\move [rdi + rdx + (\\i - \\n)*\\w], \\r; .endr", // upwards too, which is faster
                ".endm",
                // more than 2 w bytes
                ".macro many r, w, move, aligned",
                "ends \"0,1\", 2, \\r, \\w, \\move",
                "cmp rdx, 4*\\w; jbe 23f",              // was that all?
                "ends \"2,3\", 6, \\r, \\w, \\move",
                "cmp rdx, 8*\\w; jbe 23f",              // was that all?
                "lea r9, [rdi + rdx - 4*\\w]",          // the last four are set
                "lea r8, [rdi + 4*\\w]; and r8, -\\w",  // and so are those in front of this aligned place
                "32:",
                ".irp i, 0,1,2,3; \\aligned [r8 + \\i*\\w], \\r; .endr", // four
                "add r8, 4*\\w",                        // next
                "cmp r8, r9; jb 32b",                   // until the last four
                ".endm",
                // here it begins
                "mov rax, rdi",                         // result
                "movzx ecx, sil",                       // the byte,
                "mov r8, 0x0101010101010101",           // 8 times
                "imul rcx, r8",
                "cmp rdx, 16; jb 20f",                  // fewer than 16 bytes?
                "cmp rdx, 64; ja 30f",                  // more than 64?
                "movq xmm0, rcx; punpcklqdq xmm0, xmm0", // 16 times
                "ends 0, 1, xmm0, 16, movups",             // first and last 16
                "cmp rdx, 32; jbe 23f",                 // was that all?
                "ends 1, 3, xmm0, 16, movups",             // second, and last but one
                "23:",
                "ret",
                // 65 bytes and more
                "30:",
                "cmp byte ptr [rip + {width}], 1; ja 60f", // registers of 32 bytes?
                "jb 90f",                               // not known yet
                "movq xmm0, rcx; punpcklqdq xmm0, xmm0", // 16 times
                "many xmm0, 16, movups, movaps",
                "23:",
                "ret",
                "60:",
                "vmovq xmm0, rcx; vpunpcklqdq xmm0, xmm0, xmm0", // 16 times
                "vinsertf128 ymm0, ymm0, xmm0, 1",      // 32 times the byte
                "many ymm0, 32, vmovups, vmovaps",
                "23:",
                "vzeroupper",                           // for code with narrow registers
                "ret",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8; jb 21f",                   // 8 to 15?
                "mov [rdi], rcx; mov [rdi + rdx - 8], rcx", // first and last 8
                "ret",
                "21:",
                "cmp edx, 4; jb 22f",                   // 4 to 7?
                "mov [rdi], ecx; mov [rdi + rdx - 4], ecx", // first and last 4
                "ret",
                "22:",
                "test edx, edx; jz 24f",                // none?
                "mov [rdi], cl",                        // 1 to 3: first,
                "mov [rdi + rdx - 1], cl",              // last,
                "shr edx, 1",                           // index of the middle one
                "mov [rdi + rdx], cl",                  // and middle
                "24:",
                "ret",
                // not known yet how wide registers are: ask
                "90:",
                "call {ask}",                           // keeps everything but flags
                "jmp 30b",
                ".purgem ends; .purgem many",           // these names are this function's
                width = sym $crate::memory::WIDTH,
                ask = sym $ask,
            )
        }
    };
}
