//! Instructions of classic filters, as the kernel reads them.

use linux::net::FilterInstruction;

/// The bytes of an instruction: code, the two jumps, the number.
fn bytes(instruction: FilterInstruction) -> [u8; 8] {
    let FilterInstruction { code, jump_true, jump_false, k } = instruction;
    let [low, high] = code.to_ne_bytes();
    let [a, b, c, d] = k.to_ne_bytes();
    [low, high, jump_true, jump_false, a, b, c, d]
}

/// The same from memory.
fn laid_out(instruction: &FilterInstruction) -> [u8; 8] {
    assert_eq!((size_of::<FilterInstruction>(), align_of::<FilterInstruction>()), (8, 4));
    // SAFETY: it is eight bytes of plain numbers without gaps.
    unsafe { std::ptr::from_ref(instruction).cast::<[u8; 8]>().read() }
}

fn bpf_struct_stmt() {
    // Load the half word at 12: a frame's kind.
    let instruction = FilterInstruction { code: 0x28, jump_true: 0, jump_false: 0, k: 12 };
    assert_eq!(laid_out(&instruction), bytes(instruction));
}

fn bpf_struct_jump() {
    let instruction = FilterInstruction { code: 0x15, jump_true: 0, jump_false: 3, k: 0x800 };
    assert_eq!(laid_out(&instruction), bytes(instruction));
}

tests![bpf_struct_stmt, bpf_struct_jump];
