//! A new process on a stack of its own, in the memory of this one.

use crate::portable::process::define_branch;

pub use crate::portable::process::Branch;

define_branch! {
    "push ebx", // the caller's
    "push esi",
    "push edi",
    "push ebp",
    "mov ebp, [esp + 20]", // the table, above them and the return address
    "mov eax, [ebp]",      // number
    "mov ebx, [ebp + 4]",  // five arguments
    "mov ecx, [ebp + 8]",
    "mov edx, [ebp + 12]",
    "mov esi, [ebp + 16]",
    "mov edi, [ebp + 20]",
    "int 0x80", // two processes come back; the faster entry returns by the stack, which the new one has not
    "test eax, eax", // 0 is the new one
    "jz 2f",
    "pop ebp", // the caller's again
    "pop edi",
    "pop esi",
    "pop ebx",
    "ret",
    "2:",
    "mov ecx, [ebp + 24]", // the entry
    "mov eax, [ebp + 28]", // the argument
    "xor ebp, ebp",        // no frame pointer: the outermost frame
    "sub esp, 12",         // so that the stack is aligned at the call
    "push eax",
    "call ecx",
    "ud2", // not reached: trap
}
