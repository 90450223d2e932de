//! A child that runs another program, in the way of vfork: clone(2), clone3(2), execve(2).
//!
//! The child runs in the memory of its parent, whose thread waits until it executes the program or ends. So nothing is
//! copied, however large the parent is; the child tells why it failed by writing it to a variable of the parent's; and it
//! must do nothing that the parent would not want done in its memory: it has a stack of its own, takes the steps it is given,
//! each a system call or two, and runs no handler: signals are held back from before it exists until it executes the program,
//! and by then have no handlers any more.

use super::{Argument, CloneFlags, Pid, Step, WaitFlags, WaitFor, execve, exit_group, pidfd_open, waitid};
use crate::call::result;
use crate::fd::{BorrowedFd, OwnedFd, RawFd};
use crate::process::PidfdFlags;
use crate::signal::{MaskHow, SignalSet, reset_handlers, sigprocmask};
use crate::{Errno, Result, retry};
use arch::process::Branch;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;
use linux_raw_sys::general as kernel;

/// A program, and what its process is to be.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// Where the program may be: tried in turn, until one can be executed.
    pub paths: &'a [&'a CStr],
    /// Its arguments, its name first; ended by [`Argument::END`].
    pub arguments: &'a [Argument<'a>],
    /// Its environment; ended by [`Argument::END`].
    pub environment: &'a [Argument<'a>],
    /// What the new process does to itself before, in this order.
    pub steps: &'a [Step<'a>],
    /// The namespaces that it gets of its own.
    pub flags: CloneFlags,
    /// The folder of the control group that it begins in (Linux 5.7); none: the parent's.
    pub control_group: Option<BorrowedFd<'a>>,
    /// The signals that are held back in it; none: those that are here.
    pub mask: Option<SignalSet>,
}

/// A child that runs its program.
#[derive(Debug)]
pub struct Started {
    /// Its number.
    pub pid: Pid,
    /// Its descriptor, closed by execve; none before Linux 5.2.
    pub descriptor: Option<OwnedFd>,
}

/// Where a child failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was not made.
    Clone,
    /// This one of its steps, counted from 0.
    Step(usize),
    /// None of the paths could be executed.
    Execute,
}

/// Why a child did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotStarted {
    /// Where it failed.
    pub stage: Stage,
    /// What the kernel said there.
    pub errno: Errno,
}

/// The exit status of a child that failed, for those who see no more than that.
const FAILED: i32 = 127;

/// Room for the child's stack, within the parent's: a few calls deep, and no signal comes.
const STACK: usize = 16 << 10;

/// What the child reads and writes, in its parent's memory.
struct Order<'a> {
    program: &'a Program<'a>,
    /// What it holds back when it executes the program.
    mask: SignalSet,
    /// Whether the kernel has not taken its handlers away.
    has_handlers: bool,
    failure: Option<NotStarted>,
}

/// The child's stack.
#[repr(C, align(16))]
struct Stack([u8; STACK]);

abi!(Stack: "memory of ours: the stack of a child until it executes");

/// Starts a program in a child; returns when the child executes it.
///
/// A path that cannot be executed for want of a file or of permission leaves the choice to the next one; if none can, a
/// refused permission is what is told. Descriptors without CLOSE_ON_EXEC go to the child as they are. A change of the user
/// makes this process, too, one that its own user may not trace, for as long as the child shares its memory.
///
/// # Errors
/// [`Stage::Clone`]: `AGAIN`, `NOMEM`, `PERM`, `INVAL`, `NOSPC`. [`Stage::Step`]: those of its call. [`Stage::Execute`]: those
/// of `execve(2)`; `INVAL` for a list that is not ended. Where an emulator makes a copy of what should be shared (qemu-user),
/// the last two are seen as a child that ends with 127.
#[doc(alias = "posix_spawn")]
#[doc(alias = "vfork")]
pub fn start(program: &Program<'_>) -> core::result::Result<Started, NotStarted> {
    let not_made = |errno| NotStarted { stage: Stage::Clone, errno };
    let former = sigprocmask(MaskHow::Set, Some(SignalSet::ALL)).map_err(not_made)?;
    let mask = program.mask.unwrap_or(former);
    let mut order = Order { program, mask, has_handlers: false, failure: None };
    let started = branch(&mut order).map_err(not_made);
    let ended = match (started, order.failure) {
        (Ok(started), Some(failure)) => {
            // It has ended, or is about to; it must not stay a zombie.
            let _ = retry(|| waitid(WaitFor::Process(started.pid), WaitFlags::EXITED));
            Err(failure)
        }
        (started, _) => started,
    };
    // Cannot fail: the set was the kernel's own.
    let _ = sigprocmask(MaskHow::Set, Some(former));
    ended
}

/// Does to this process what [`start`] does to a child: takes the steps, and executes the program in its place.
///
/// Namespaces and a control group are for a new process, and play no part. Comes back only to say what failed; the steps before that
/// were taken.
///
/// # Errors
/// [`Stage::Step`], [`Stage::Execute`] as of [`start`]; [`Stage::Clone`]: handlers or signals could not be set back.
pub fn replace(program: &Program<'_>) -> NotStarted {
    let mask = match (program.mask, sigprocmask(MaskHow::Block, None)) {
        (Some(mask), _) | (None, Ok(mask)) => mask,
        (None, Err(errno)) => return NotStarted { stage: Stage::Clone, errno },
    };
    Order { program, mask, has_handlers: true, failure: None }.carry_out()
}

/// Makes the child by clone3, which takes its handlers away; before Linux 5.5 or behind a filter by clone.
fn branch(order: &mut Order<'_>) -> Result<Started> {
    let mut stack = MaybeUninit::<Stack>::uninit();
    let flags = u64::from(order.program.flags.bits() | kernel::CLONE_VM | kernel::CLONE_VFORK);
    if !CloneFlags::all().contains(order.program.flags) {
        return Err(Errno::INVAL);
    }
    let mut number: RawFd = -1;
    let group = order.program.control_group;
    let mut arguments = kernel::clone_args {
        flags: flags
            | u64::from(kernel::CLONE_PIDFD)
            | kernel::CLONE_CLEAR_SIGHAND
            | if group.is_some() { kernel::CLONE_INTO_CGROUP } else { 0 },
        pidfd: (&raw mut number).expose_provenance() as u64,
        child_tid: 0,
        parent_tid: 0,
        exit_signal: kernel::SIGCHLD.into(),
        stack: stack.as_mut_ptr().expose_provenance() as u64,
        stack_size: STACK as u64,
        tls: 0,
        set_tid: 0,
        set_tid_size: 0,
        cgroup: group.map_or(0, |group| group.as_raw() as u64),
    };
    let (table, size) = ((&raw mut arguments).expose_provenance(), size_of::<kernel::clone_args>());
    match enter(kernel::__NR_clone3, [table, size, 0, 0, 0], order) {
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) if group.is_none() => {}
        made => return made.map(|pid| started(pid, number)),
    }
    order.has_handlers = true;
    let end = stack.as_mut_ptr().wrapping_add(1).expose_provenance();
    let (flags, number_at) =
        (flags as usize | kernel::SIGCHLD as usize, (&raw mut number).expose_provenance());
    match enter(kernel::__NR_clone, [flags | kernel::CLONE_PIDFD as usize, end, number_at, 0, 0], order) {
        // An emulator that does not know the flag.
        Err(Errno::INVAL) => enter(kernel::__NR_clone, [flags, end, 0, 0, 0], order),
        made => made,
    }
    .map(|pid| started(pid, number))
}

fn started(pid: Pid, number: RawFd) -> Started {
    let descriptor = if number >= 0 {
        Some(OwnedFd::made(number as usize))
    } else {
        // It is our child and nobody has waited for it, so the number is still its own.
        pidfd_open(pid, PidfdFlags::empty()).ok()
    };
    Started { pid, descriptor }
}

/// Makes the call that comes back twice; in the parent, gives the child's number.
fn enter(call: u32, arguments: [usize; 5], order: &mut Order<'_>) -> Result<Pid> {
    let argument = ptr::from_mut(order).expose_provenance();
    let branch = Branch { number: call as usize, arguments, entry: child, argument };
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_clone3) };
    // SAFETY: no instruction.
    unsafe { arch::record_call!(__NR_clone) };
    // SAFETY: the parent stands still until the child has left its memory, so that all the child is told of lives; the
    // child's stack is its own; its code is below.
    let word = unsafe { arch::process::branch(&raw const branch) };
    result(word).and_then(|pid| Pid::new(pid as i32).ok_or(Errno::CHILD))
}

/// The child's whole life.
///
/// # Safety
/// `order` is the address of an [`Order`] that nobody else uses meanwhile.
unsafe extern "C" fn child(order: usize) -> ! {
    let order = ptr::with_exposed_provenance_mut::<Order<'_>>(order);
    // SAFETY: the parent has lent it, and stands still.
    let order = unsafe { &mut *order };
    order.failure = Some(order.carry_out());
    exit_group(FAILED)
}

impl Order<'_> {
    /// Comes back only to say what failed.
    fn carry_out(&self) -> NotStarted {
        let refused = |errno| NotStarted { stage: Stage::Clone, errno };
        if self.has_handlers
            && let Err(errno) = reset_handlers()
        {
            return refused(errno);
        }
        for (at, step) in self.program.steps.iter().enumerate() {
            if let Err(errno) = step.take() {
                return NotStarted { stage: Stage::Step(at), errno };
            }
        }
        if let Err(errno) = sigprocmask(MaskHow::Set, Some(self.mask)) {
            return refused(errno);
        }
        NotStarted { stage: Stage::Execute, errno: self.execute() }
    }

    fn execute(&self) -> Errno {
        let mut told = Errno::NOENT;
        for path in self.program.paths {
            match execve(*path, self.program.arguments, self.program.environment) {
                Errno::NOENT | Errno::NOTDIR => {}
                // What a shell does with PATH (POSIX, 2.9.1.4): another file of that name may be meant.
                Errno::ACCES => told = Errno::ACCES,
                errno => return errno,
            }
        }
        told
    }
}
