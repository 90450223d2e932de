//! Signals that are handled, held back, waited for and read.

use crate::child::{Failure, check, in_child, ok};
use linux::Errno;
use linux::fs::{PipeFlags, pipe, read, write};
use linux::process::{Ended, Fork, WaitFlags, WaitFor, exit_group, fork, getpid, getuid, kill, waitid};
use linux::signal::{
    Action, ActionFlags, Handler, MaskHow, Origin, Received, Signal, SignalSet, SignalfdFlags, default,
    ignore, origin, read_signals, sigaction, sigaltstack, signalfd, sigpending, sigprocmask, sigqueue,
    sigqueue_thread, sigsuspend, sigtimedwait,
};
use linux::thread::{gettid, tgkill};
use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

static HANDLED: AtomicI32 = AtomicI32::new(0);

unsafe extern "C" fn note(signal: c_int) {
    HANDLED.fetch_add(signal, Ordering::Relaxed);
}

unsafe extern "C" fn note_sender(
    signal: c_int,
    info: *mut linux::signal::SignalInfo,
    _context: *mut linux::signal::Context,
) {
    // SAFETY: the kernel gives a whole `siginfo`, which begins with the signal's number.
    let number = unsafe { info.cast::<c_int>().read() };
    HANDLED.store(signal * 1000 + number, Ordering::Relaxed);
}

fn action(handler: Handler, flags: ActionFlags) -> Action {
    Action { handler, flags, mask: SignalSet::EMPTY }
}

#[test]
fn a_handler_runs_and_comes_back() {
    in_child(|| {
        let call = Handler::Call(note);
        // SAFETY: the handler only adds to an atomic.
        let former = ok!(unsafe { sigaction(Signal::USR1, action(call, ActionFlags::RESTART)) });
        check!(matches!(former.handler, Handler::Default));
        ok!(kill(getpid(), Some(Signal::USR1)));
        ok!(kill(getpid(), Some(Signal::USR1)));
        check!(HANDLED.load(Ordering::Relaxed) == 2 * Signal::USR1.number());
        // SAFETY: as above.
        let former = ok!(unsafe {
            sigaction(Signal::USR1, action(Handler::CallWithInfo(note_sender), ActionFlags::ONCE))
        });
        check!(
            matches!(former.handler, Handler::Call(function) if function as usize == note as *const () as usize)
        );
        check!(former.flags == ActionFlags::RESTART);
        ok!(kill(getpid(), Some(Signal::USR1)));
        check!(HANDLED.load(Ordering::Relaxed) == 10_010);
        // It was for once.
        // SAFETY: no handler.
        let former = ok!(unsafe { sigaction(Signal::USR1, action(Handler::Ignore, ActionFlags::empty())) });
        check!(matches!(former.handler, Handler::Default));
        ok!(kill(getpid(), Some(Signal::USR1)));
        ok!(default(Signal::USR1));
        check!(ignore(Signal::KILL) == Err(Errno::INVAL));
        Ok(())
    });
}

/// Where [`faulted`] ran, in the child of a test.
static STACK: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn faulted(_: c_int, info: *mut linux::signal::SignalInfo, _: *mut linux::signal::Context) {
    // SAFETY: the kernel gives a whole `siginfo`.
    let from = origin(unsafe { &*info });
    let here = (&raw const from).addr();
    let stack = STACK.load(Ordering::Relaxed);
    let right = from == Origin::Fault(8) && (stack..stack + STACK_SIZE).contains(&here);
    exit_group(if right { 0 } else { 1 });
}

const STACK_SIZE: usize = 64 << 10;

#[test]
fn a_fault_is_told_on_a_stack_of_its_own() {
    in_child(|| {
        let flags = linux::mem::MapFlags::PRIVATE;
        let access = linux::mem::Protection::READ | linux::mem::Protection::WRITE;
        // SAFETY: new memory.
        let stack =
            ok!(unsafe { linux::mem::mmap_anonymous(std::ptr::null_mut(), STACK_SIZE, access, flags) });
        STACK.store(stack.addr(), Ordering::Relaxed);
        // SAFETY: the memory is for nothing else.
        ok!(unsafe { sigaltstack(stack, STACK_SIZE) });
        // SAFETY: the handler ends the process.
        ok!(unsafe {
            sigaction(Signal::SEGV, action(Handler::CallWithInfo(faulted), ActionFlags::ON_STACK))
        });
        // SAFETY: not at all; the process ends by it.
        unsafe { std::ptr::without_provenance::<u64>(8).read_volatile() };
        Err(Failure { line: line!(), errno: None })
    });
}

/// What [`note_origin`] was told.
static SENDER: AtomicI32 = AtomicI32::new(0);

unsafe extern "C" fn note_origin(
    _: c_int,
    info: *mut linux::signal::SignalInfo,
    _: *mut linux::signal::Context,
) {
    // SAFETY: the kernel gives a whole `siginfo`.
    if let Origin::Process(Some(pid)) = origin(unsafe { &*info }) {
        SENDER.store(pid.get(), Ordering::Relaxed);
    }
}

#[test]
fn a_signal_that_was_sent_tells_its_sender() {
    in_child(|| {
        // SAFETY: the handler only sets an atomic.
        ok!(unsafe {
            sigaction(Signal::SEGV, action(Handler::CallWithInfo(note_origin), ActionFlags::empty()))
        });
        ok!(kill(getpid(), Some(Signal::SEGV)));
        check!(SENDER.load(Ordering::Relaxed) == getpid().get());
        Ok(())
    });
}

#[test]
fn a_handler_interrupts_a_read() {
    in_child(|| {
        let (reader, _writer) = ok!(pipe(PipeFlags::empty()));
        // SAFETY: the handler only adds to an atomic.
        ok!(unsafe { sigaction(Signal::USR1, action(Handler::Call(note), ActionFlags::empty())) });
        let parent = getpid();
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            // Until the parent has been reached inside its read, and kills.
            loop {
                linux::time::sleep(Duration::from_millis(5));
                let _ = kill(parent, Some(Signal::USR1));
            }
        };
        let interrupted = read(&reader, &mut [0; 1]);
        ok!(kill(pid, Some(Signal::KILL)));
        check!(interrupted == Err(Errno::INTR));
        Ok(())
    });
}

#[test]
fn retrying_gets_over_interruptions() {
    in_child(|| {
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        // SAFETY: the handler only adds to an atomic.
        ok!(unsafe { sigaction(Signal::USR1, action(Handler::Call(note), ActionFlags::empty())) });
        let parent = getpid();
        // SAFETY: the child makes system calls only.
        if let Fork::Child = ok!(unsafe { fork() }) {
            for _ in 0..10 {
                linux::time::sleep(Duration::from_millis(2));
                let _ = kill(parent, Some(Signal::USR1));
            }
            let _ = write(&writer, b"x");
            exit_group(0);
        }
        check!(linux::fs::read_full(&reader, &mut [0; 1]) == Ok(1));
        check!(HANDLED.load(Ordering::Relaxed) > 0);
        Ok(())
    });
}

#[test]
fn a_signal_that_is_held_back_waits() {
    in_child(|| {
        let set = SignalSet::of(&[Signal::USR1, Signal::USR2]);
        let former = ok!(sigprocmask(MaskHow::Block, Some(set)));
        check!(!former.contains(Signal::USR1));
        check!(sigtimedwait(set, Some(Duration::ZERO)) == Err(Errno::AGAIN));
        ok!(tgkill(getpid(), gettid(), Signal::USR2));
        check!(ok!(sigpending()) == SignalSet::of(&[Signal::USR2]));
        check!(sigtimedwait(set, None) == Ok(Signal::USR2));
        check!(ok!(sigpending()) == SignalSet::EMPTY);
        ok!(sigprocmask(MaskHow::Set, Some(former)));
        check!(ok!(sigprocmask(MaskHow::Unblock, None)) == former);
        Ok(())
    });
}

#[test]
fn signals_are_read_from_a_descriptor() {
    in_child(|| {
        let set = SignalSet::of(&[Signal::CHLD, Signal::TERM]);
        ok!(sigprocmask(MaskHow::Block, Some(set)));
        let source = ok!(signalfd(set, SignalfdFlags::CLOSE_ON_EXEC | SignalfdFlags::NONBLOCK));
        let mut came = [None; 4];
        check!(read_signals(&source, &mut came) == Err(Errno::AGAIN));
        ok!(kill(getpid(), Some(Signal::TERM)));
        // SAFETY: the child ends at once.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else { exit_group(6) };
        ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED | WaitFlags::KEEP));
        check!(ok!(read_signals(&source, &mut came)) == 2);
        let child = |received: &Received| received.signal == Signal::CHLD;
        let child = came.iter().flatten().find(|received| child(received));
        check!(child.is_some_and(|child| child.pid == pid.get().cast_unsigned() && child.status == 6));
        let term = came.iter().flatten().find(|received| received.signal == Signal::TERM);
        check!(term.is_some_and(|term| term.user == getuid()));
        check!(read_signals(&source, &mut []) == Err(Errno::INVAL));
        ok!(linux::signal::set_signalfd(&source, SignalSet::EMPTY));
        ok!(kill(getpid(), Some(Signal::TERM)));
        check!(read_signals(&source, &mut came) == Err(Errno::AGAIN));
        Ok(())
    });
}

#[test]
fn an_ignored_child_leaves_no_zombie() {
    in_child(|| {
        ok!(ignore(Signal::CHLD));
        // SAFETY: the child ends at once.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else { exit_group(6) };
        check!(waitid(WaitFor::Process(pid), WaitFlags::EXITED) == Err(Errno::CHILD));
        Ok(())
    });
}

#[test]
fn a_signal_kills_with_its_name() {
    in_child(|| {
        // SAFETY: the child makes system calls only.
        let Fork::Parent(pid) = ok!(unsafe { fork() }) else {
            let _ = default(Signal::PIPE);
            let _ = kill(getpid(), Some(Signal::PIPE));
            exit_group(0);
        };
        let child = ok!(waitid(WaitFor::Process(pid), WaitFlags::EXITED));
        check!(child.is_some_and(|child| child.ended == Ended::Killed(Signal::PIPE)));
        Ok(())
    });
}

#[test]
fn a_file_sends_its_owner_the_signal_that_was_chosen() {
    in_child(|| {
        let usr1 = SignalSet::of(&[Signal::USR1]);
        ok!(sigprocmask(MaskHow::Block, Some(usr1)));
        let (reader, writer) = ok!(pipe(PipeFlags::empty()));
        ok!(linux::fs::set_owner(&reader, getpid()));
        ok!(linux::fs::set_signal(&reader, Signal::USR1));
        ok!(linux::fs::set_status_flags(&reader, linux::fs::OpenFlags::ASYNC));
        check!(sigtimedwait(usr1, Some(Duration::ZERO)) == Err(Errno::AGAIN));
        ok!(write(&writer, b"x"));
        check!(sigtimedwait(usr1, Some(Duration::from_secs(5))) == Ok(Signal::USR1));
        Ok(())
    });
}

#[test]
fn a_number_comes_with_a_signal() {
    in_child(|| {
        let kinds = SignalSet::of(&[Signal::USR1, Signal::USR2]);
        ok!(sigprocmask(MaskHow::Block, Some(kinds)));
        let reader = ok!(signalfd(kinds, SignalfdFlags::CLOSE_ON_EXEC));
        ok!(sigqueue(getpid(), Signal::USR1, -7));
        ok!(sigqueue_thread(getpid(), gettid(), Signal::USR2, 9));
        // struct signalfd_siginfo, 128 bytes each: the signal first, ssi_int at 44.
        let mut buffer = [0; 256];
        check!(ok!(read(&reader, &mut buffer)) == 256);
        let word =
            |at: usize| i32::from_ne_bytes([buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3]]);
        let mut came = [(word(0), word(44)), (word(128), word(172))];
        came.sort_unstable();
        check!(came == [(Signal::USR1.number(), -7), (Signal::USR2.number(), 9)]);
        Ok(())
    });
}

#[test]
fn a_thread_waits_for_a_handler() {
    in_child(|| {
        ok!(sigprocmask(MaskHow::Block, Some(SignalSet::of(&[Signal::USR1]))));
        ok!(linux::signal::note(Signal::USR1));
        ok!(kill(getpid(), Some(Signal::USR1)));
        check!(!linux::signal::has_noted());
        check!(sigsuspend(SignalSet::EMPTY) == Errno::INTR);
        check!(linux::signal::take_noted().contains(Signal::USR1));
        Ok(())
    });
}
