//! Sandboxes that refuse one system call.

use linux::net::FilterInstruction;
use linux::security::{ALLOW, Refusal};

/// Gives the filter that refuses the call of this number, as a `linux::security::Filter` takes it.
pub fn refusing(number: u32, refusal: Refusal) -> [FilterInstruction; 4] {
    let instruction = |code, jump_false, k| FilterInstruction { code, jump_true: 0, jump_false, k };
    // Load the call's number; if it is this one, end with the refusal.
    [
        instruction(0x20, 0, 0),
        instruction(0x15, 1, number),
        instruction(0x06, 0, refusal.word()),
        instruction(0x06, 0, ALLOW),
    ]
}
