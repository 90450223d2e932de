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
    (($(#[$attribute:meta])*) $ask:path, $($also:literal)?) => {
        /// Copies `count` bytes; the operands may overlap. Gives `to`.
        ///
        /// # Safety
        /// `from` is readable and `to` writable for `count` bytes.
        #[allow(clippy::too_many_lines, reason = "a flat list of instructions")]
        $(#[$attribute])*
        #[unsafe(naked)]
        pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
            ::core::arch::naked_asm!(
                // loads registers r of w bytes each: those in `first` from the start, those in `last` up to the end
                ".macro load_ends first, last, n, r, w, move",
                ".irp i, \\first; \\move \\r\\i, [rsi + \\i*\\w]; .endr",
                ".irp i, \\last; \\move \\r\\i, [rsi + rdx + (\\i - \\n)*\\w]; .endr",
                ".endm",
                // stores what that has loaded, and returns
                ".macro store_ends first, last, n, r, w, move, leave",
                ".irp i, \\first; \\move [rdi + \\i*\\w], \\r\\i; .endr",
                ".irp i, \\last; \\move [rdi + rdx + (\\i - \\n)*\\w], \\r\\i; .endr",
                "\\leave",
                "ret",
                ".endm",
                // more than 4 w bytes
                ".macro many r, w, move, aligned, leave",
                "load_ends \"0,1,2,3\", \"4,5,6,7\", 8, \\r, \\w, \\move",
                "cmp rdx, 8*\\w; ja 40f",               // more than these eight?
                "store_ends \"0,1,2,3\", \"4,5,6,7\", 8, \\r, \\w, \\move, \\leave",
                "40:",
                "mov rcx, rdi",                         // does the target begin inside the source?
                "sub rcx, rsi",                         // distance
                "cmp rcx, rdx; jb 50f",                 // below the count only if so
                "lea r9, [rdi + rdx - 4*\\w]",          // where the last four go
                "lea r8, [rdi + \\w]",                  // behind the first one
                "and r8, -\\w",                         // next aligned place of the target
                "sub rsi, rdi",                         // source relative to target
                "41:",
                ".irp i, 8,9,10,11; \\move \\r\\i, [r8 + rsi + (\\i - 8)*\\w]; .endr", // load four
                ".irp i, 8,9,10,11; \\aligned [r8 + (\\i - 8)*\\w], \\r\\i; .endr", // store them in aligned places
                "add r8, 4*\\w",                        // next
                "cmp r8, r9; jb 41b",                   // until the last four begin
                ".irp i, 4,5,6,7; \\move [r9 + (\\i - 4)*\\w], \\r\\i; .endr", // the last four
                "\\move [rdi], \\r\\()0",               // the first, late: it may overlap what was still to be read
                "\\leave",
                "ret",
                // the same from the end
                "50:",
                "lea r9, [rdi + 4*\\w]",                // where the first four end
                "lea r8, [rdi + rdx - 1]",              // the last byte
                "and r8, -\\w",                         // aligned place that holds it; fewer than w bytes lie behind
                "sub rsi, rdi",                         // source relative to target
                "51:",
                ".irp i, 8,9,10,11; \\move \\r\\i, [r8 + rsi + (7 - \\i)*\\w]; .endr", // load four, downwards
                ".irp i, 8,9,10,11; \\aligned [r8 + (7 - \\i)*\\w], \\r\\i; .endr", // store them in aligned places
                "sub r8, 4*\\w",                        // next
                "cmp r8, r9; ja 51b",                   // until the first four are reached
                "\\move [rdi + rdx - \\w], \\r\\()7",   // the last
                ".irp i, 0,1,2,3; \\move [rdi + \\i*\\w], \\r\\i; .endr", // the first four
                "\\leave",
                "ret",
                ".endm",
                // here it begins
                $(concat!(".globl ", $also),)?          // the second name
                $(concat!($also, ":"),)?                // starts here too
                "mov rax, rdi",                         // result
                "cmp rdx, 16; jb 20f",                  // fewer than 16 bytes?
                "cmp rdx, 32; ja 30f",                  // more than two registers?
                "load_ends 0, 1, 2, xmm, 16, movups",   // 16 to 32 bytes
                "store_ends 0, 1, 2, xmm, 16, movups",
                "30:",
                "cmp rdx, 64; ja 31f",                  // more than four?
                "load_ends \"0,1\", \"2,3\", 4, xmm, 16, movups", // 33 to 64 bytes
                "store_ends \"0,1\", \"2,3\", 4, xmm, 16, movups",
                "31:",
                "cmp byte ptr [rip + {width}], 1; ja 60f", // registers of 32 bytes?
                "jb 90f",                               // not known yet
                "many xmm, 16, movups, movaps",         // no
                "60:",
                "cmp rdx, 128; ja 61f",                 // more than four of those?
                "load_ends \"0,1\", \"2,3\", 4, ymm, 32, vmovups", // 65 to 128 bytes
                "store_ends \"0,1\", \"2,3\", 4, ymm, 32, vmovups, vzeroupper",
                "61:",
                "many ymm, 32, vmovups, vmovaps, vzeroupper",
                // fewer than 16 bytes
                "20:",
                "cmp edx, 8; jb 21f",                   // 8 to 15?
                "mov rcx, [rsi]; mov r8, [rsi + rdx - 8]", // first and last 8
                "mov [rdi], rcx; mov [rdi + rdx - 8], r8",
                "ret",
                "21:",
                "cmp edx, 4; jb 22f",                   // 4 to 7?
                "mov ecx, [rsi]; mov r8d, [rsi + rdx - 4]", // first and last 4
                "mov [rdi], ecx; mov [rdi + rdx - 4], r8d",
                "ret",
                "22:",
                "test edx, edx; jz 23f",                // none?
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
                // not known yet how wide registers are: ask, then start anew
                "90:",
                "call {ask}",                           // keeps everything but flags
                "jmp 31b",
                ".irp name, load_ends, store_ends, many; .purgem \\name; .endr",
                width = sym $crate::memory::WIDTH,
                ask = sym $ask,
            )
        }
    };
}
