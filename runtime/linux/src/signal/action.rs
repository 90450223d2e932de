//! What is done on a signal: sigaction(2).

use super::set::SET_BYTES;
use super::{Context, Signal, SignalSet};
use crate::Result;
use core::ffi::{c_int, c_ulong};
use core::mem::{MaybeUninit, offset_of, transmute};
use core::ptr::{null, with_exposed_provenance};
use linux_raw_sys::general as kernel;

/// A handler that takes the signal's number.
pub type HandlerFunction = unsafe extern "C" fn(c_int);

/// A handler that takes the number, the kernel's `siginfo` and its machine context.
pub type InfoFunction = unsafe extern "C" fn(c_int, *mut SignalInfo, *mut Context);

/// The kernel's `siginfo`: what is known of a signal, in a union that depends on which.
pub type SignalInfo = kernel::siginfo_t;

/// What is done on a signal.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// SIG_DFL: what the kernel does by itself.
    Default,
    /// SIG_IGN: nothing. Execve keeps it.
    Ignore,
    /// Calls this with the signal's number.
    Call(HandlerFunction),
    /// SA_SIGINFO: calls this with the number, the kernel's `siginfo` and its machine context.
    CallWithInfo(InfoFunction),
}

flags! {
    /// How a handler is called.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ActionFlags: u32 {
        /// SA_RESTART: many interrupted calls go on instead of giving `INTR`.
        const RESTART = kernel::SA_RESTART;
        /// SA_ONSTACK: on the alternate stack.
        const ON_STACK = kernel::SA_ONSTACK;
        /// SA_NODEFER: the signal may come again while its handler runs.
        const NO_DEFER = kernel::SA_NODEFER;
        /// SA_RESETHAND: once only.
        const ONCE = kernel::SA_RESETHAND;
        /// SA_NOCLDSTOP: of SIGCHLD, not for children that stop or go on.
        const NO_CHILD_STOP = kernel::SA_NOCLDSTOP;
        /// SA_NOCLDWAIT: of SIGCHLD, children leave no zombies.
        const NO_CHILD_WAIT = kernel::SA_NOCLDWAIT;
        const _ = !0;
    }
}

/// What is done on a signal, how, and what is held back meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// What is done.
    pub handler: Handler,
    /// How.
    pub flags: ActionFlags,
    /// Signals that are held back while the handler runs.
    pub mask: SignalSet,
}

/// The kernel's `struct sigaction`, whose handler may be a number.
#[repr(C)]
struct KernelAction {
    handler: usize,
    flags: c_ulong,
    /// Where the kernel has such a field (not on riscv).
    restorer: [usize; RESTORERS],
    /// Words of the processor's width, whose alignment may be less than a 64-bit number's.
    mask: kernel::kernel_sigset_t,
}

abi!(KernelAction: "the kernel keeps the structure of rt_sigaction to itself; linux-raw-sys has it by hand");

/// The structure, and what lies behind it. QEMU's emulator of RISC-V programs takes it for one word longer (a restorer,
/// before the mask): it reads the mask there, and writes there.
#[repr(C)]
struct Room {
    action: KernelAction,
    behind: MaybeUninit<kernel::kernel_sigset_t>,
}

abi!(Room: "room of ours around the structure");

const RESTORERS: usize = offset_of!(kernel::kernel_sigaction, sa_mask) / size_of::<usize>() - 2;

/// SIG_DFL.
const DEFAULT: usize = 0;
/// SIG_IGN.
const IGNORE: usize = 1;

/// Sets what this process does on a signal; gives what it did before.
///
/// # Safety
/// A handler may only do what is safe wherever the program may be: no locks, no allocation. It must not unwind.
///
/// # Errors
/// `INVAL` (SIGKILL, SIGSTOP). See `sigaction(2)`.
#[doc(alias = "rt_sigaction")]
pub unsafe fn sigaction(signal: Signal, action: Action) -> Result<Action> {
    let info = if matches!(action.handler, Handler::CallWithInfo(_)) { kernel::SA_SIGINFO } else { 0 };
    let action = KernelAction {
        handler: match action.handler {
            Handler::Default => DEFAULT,
            Handler::Ignore => IGNORE,
            Handler::Call(function) => function as usize,
            Handler::CallWithInfo(function) => function as usize,
        },
        flags: c_ulong::from(action.flags.bits() | info) | arch::signal::RESTORER_FLAG as c_ulong,
        restorer: [arch::signal::restorer(info != 0); RESTORERS],
        mask: action.mask.to_kernel(),
    };
    let new = Room { behind: MaybeUninit::new(action.mask), action };
    let mut former = MaybeUninit::<Room>::uninit();
    let (number, new) = (signal.number(), &raw const new);
    // SAFETY: the kernel reads one structure and writes another; the caller answers for the handler.
    unsafe { syscall!(__NR_rt_sigaction, number, new, former.as_mut_ptr(), SET_BYTES) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(&unsafe { former.assume_init() }.action))
}

/// Leaves a signal to the kernel.
///
/// # Errors
/// `INVAL` (SIGKILL, SIGSTOP). See `sigaction(2)`.
pub fn default(signal: Signal) -> Result<()> {
    plain(signal, Handler::Default)
}

/// Ignores a signal; so do programs that execve starts, until they say otherwise.
///
/// # Errors
/// `INVAL` (SIGKILL, SIGSTOP). See `sigaction(2)`.
pub fn ignore(signal: Signal) -> Result<()> {
    plain(signal, Handler::Ignore)
}

/// Gives what this process does on a signal.
///
/// # Errors
/// None in practice. See `sigaction(2)`.
pub fn action(signal: Signal) -> Result<Action> {
    let mut action = MaybeUninit::<Room>::uninit();
    let (number, none) = (signal.number(), null::<KernelAction>());
    // SAFETY: the kernel writes one structure.
    unsafe { syscall!(__NR_rt_sigaction, number, none, action.as_mut_ptr(), SET_BYTES) }?;
    // SAFETY: the call succeeded, so the structure is filled.
    Ok(from_kernel(&unsafe { action.assume_init() }.action))
}

/// Leaves all signals that have a handler to the kernel, as execve does.
pub(crate) fn reset_handlers() -> Result<()> {
    for signal in (1..=64).filter_map(Signal::new) {
        // An emulator keeps some for itself.
        if let Ok(Action { handler: Handler::Call(_) | Handler::CallWithInfo(_), .. }) = action(signal) {
            default(signal)?;
        }
    }
    Ok(())
}

fn plain(signal: Signal, handler: Handler) -> Result<()> {
    let action = Action { handler, flags: ActionFlags::empty(), mask: SignalSet::EMPTY };
    // SAFETY: no handler is called.
    unsafe { sigaction(signal, action) }.map(drop)
}

fn from_kernel(former: &KernelAction) -> Action {
    let known = arch::signal::RESTORER_FLAG as c_ulong | c_ulong::from(kernel::SA_SIGINFO);
    let handler = match former.handler {
        DEFAULT => Handler::Default,
        IGNORE => Handler::Ignore,
        address if former.flags & c_ulong::from(kernel::SA_SIGINFO) != 0 => {
            let function = with_exposed_provenance::<()>(address);
            // SAFETY: the kernel gives back the address of a function of this shape that was given to it.
            Handler::CallWithInfo(unsafe { transmute::<*const (), InfoFunction>(function) })
        }
        address => {
            let function = with_exposed_provenance::<()>(address);
            // SAFETY: as above; the address is not zero.
            Handler::Call(unsafe { transmute::<*const (), HandlerFunction>(function) })
        }
    };
    Action {
        handler,
        flags: ActionFlags::from_bits_retain((former.flags & !known) as u32),
        mask: SignalSet::from_kernel(former.mask),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structure_is_the_kernel_s() {
        assert_eq!(size_of::<KernelAction>(), size_of::<kernel::kernel_sigaction>());
        assert_eq!(offset_of!(KernelAction, flags), offset_of!(kernel::kernel_sigaction, sa_flags));
        assert_eq!(offset_of!(KernelAction, mask), offset_of!(kernel::kernel_sigaction, sa_mask));
    }
}
