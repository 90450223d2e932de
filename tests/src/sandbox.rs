//! Sandboxes that refuse one system call.

use linux::net::FilterInstruction;
use linux::process::set_no_new_privileges;
use linux::security::{ALLOW, Filter, Refusal, set_filter};

/// Has the kernel refuse the call of this number to this process and to all that it starts: system calls only, so that it may be done
/// between fork and execve.
///
/// # Errors
/// Those of [`set_no_new_privileges`] and [`set_filter`].
pub fn refuse(number: u32, refusal: Refusal) -> linux::Result<()> {
    set_no_new_privileges()?;
    set_filter(Filter::new(&refusing(number, refusal))?)
}

fn refusing(number: u32, refusal: Refusal) -> [FilterInstruction; 4] {
    let instruction = |code, jump_false, k| FilterInstruction { code, jump_true: 0, jump_false, k };
    // Load the call's number; if it is this one, end with the refusal.
    [
        instruction(0x20, 0, 0),
        instruction(0x15, 1, number),
        instruction(0x06, 0, refusal.word()),
        instruction(0x06, 0, ALLOW),
    ]
}
