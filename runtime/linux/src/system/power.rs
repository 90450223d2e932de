//! Switching the machine off or starting it anew: reboot(2).

use crate::Result;
use crate::path::PathArg;
use linux_raw_sys::general as kernel;

/// What becomes of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerCommand {
    /// LINUX_REBOOT_CMD_RESTART: starts anew.
    Restart,
    /// LINUX_REBOOT_CMD_HALT: stands still.
    Halt,
    /// LINUX_REBOOT_CMD_POWER_OFF: switches off.
    PowerOff,
    /// LINUX_REBOOT_CMD_KEXEC: starts the kernel that kexec_load has put in place.
    Kexec,
    /// LINUX_REBOOT_CMD_SW_SUSPEND: sleeps on disk.
    Suspend,
}

/// Does this to the machine at once: nothing is written to disk, nobody is told. Within a process namespace it ends that
/// namespace's process 1 instead.
///
/// # Errors
/// `PERM` (needs CAP_SYS_BOOT), `INVAL`. On success it returns only from `Suspend`. See `reboot(2)`.
pub fn reboot(command: PowerCommand) -> Result<()> {
    let command = match command {
        PowerCommand::Restart => kernel::LINUX_REBOOT_CMD_RESTART,
        PowerCommand::Halt => kernel::LINUX_REBOOT_CMD_HALT,
        PowerCommand::PowerOff => kernel::LINUX_REBOOT_CMD_POWER_OFF,
        PowerCommand::Kexec => kernel::LINUX_REBOOT_CMD_KEXEC,
        PowerCommand::Suspend => kernel::LINUX_REBOOT_CMD_SW_SUSPEND,
    };
    call(command, 0).map(drop)
}

/// Starts the machine anew with a word for its firmware, as in "bootloader".
///
/// # Errors
/// `PERM`. See `reboot(2)`, LINUX_REBOOT_CMD_RESTART2.
#[doc(alias = "LINUX_REBOOT_CMD_RESTART2")]
pub fn reboot_with_argument<P: PathArg>(argument: P) -> Result<()> {
    let command = kernel::LINUX_REBOOT_CMD_RESTART2;
    argument.with(&mut |argument| call(command, argument.as_ptr().expose_provenance())).map(drop)
}

/// Says whether ctrl-alt-del starts the machine anew at once, or sends SIGINT to process 1.
///
/// # Errors
/// `PERM`. See `reboot(2)`, LINUX_REBOOT_CMD_CAD_ON.
#[doc(alias = "LINUX_REBOOT_CMD_CAD_OFF")]
pub fn set_ctrl_alt_del(at_once: bool) -> Result<()> {
    call(if at_once { kernel::LINUX_REBOOT_CMD_CAD_ON } else { kernel::LINUX_REBOOT_CMD_CAD_OFF }, 0)
        .map(drop)
}

fn call(command: u32, argument: usize) -> Result<usize> {
    let (first, second) = (kernel::LINUX_REBOOT_MAGIC1, kernel::LINUX_REBOOT_MAGIC2);
    // SAFETY: integers, and for one command a terminated string that lives through the call.
    unsafe { syscall!(__NR_reboot, first, second, command, argument) }
}
