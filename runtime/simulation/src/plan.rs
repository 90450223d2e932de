//! What is to happen at a door: which call fails, how short transfers are, and what time it is.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use linux::Errno;
use linux::door::Call;
use linux::time::Timespec;
use linux_raw_sys::general as kernel;
#[cfg(target_pointer_width = "64")]
use linux_raw_sys::general::{
    __NR_clock_gettime as CLOCK_GETTIME, __NR_clock_nanosleep as CLOCK_NANOSLEEP, __NR_futex as FUTEX,
};
#[cfg(target_pointer_width = "32")]
use linux_raw_sys::general::{
    __NR_clock_gettime64 as CLOCK_GETTIME, __NR_clock_nanosleep_time64 as CLOCK_NANOSLEEP,
    __NR_futex_time64 as FUTEX,
};

use crate::door::through;
use crate::sockets::{Rules, Sockets, copies};
use crate::vectors;

/// Calls that give a descriptor of something new.
const OPENING: &[u32] = &[
    kernel::__NR_openat,
    kernel::__NR_openat2,
    kernel::__NR_memfd_create,
    kernel::__NR_socket,
    kernel::__NR_accept4,
    kernel::__NR_epoll_create1,
    kernel::__NR_eventfd2,
    kernel::__NR_signalfd4,
    kernel::__NR_timerfd_create,
    kernel::__NR_pidfd_open,
];

/// Calls that give two descriptors, and the argument that says where.
const OPENING_TWO: &[(u32, usize)] = &[(kernel::__NR_pipe2, 0), (kernel::__NR_socketpair, 3)];

/// Calls that move bytes, and the argument that says how many at most.
const MOVING: &[(u32, usize)] = &[
    (kernel::__NR_read, 2),
    (kernel::__NR_write, 2),
    (kernel::__NR_pread64, 2),
    (kernel::__NR_pwrite64, 2),
    (kernel::__NR_sendfile, 3),
    (kernel::__NR_splice, 4),
    (kernel::__NR_copy_file_range, 4),
    (kernel::__NR_getrandom, 1),
];

/// Calls that move bytes between a file and several buffers: their list is the second argument, and its length the third.
const SCATTERING: &[u32] = &[
    kernel::__NR_readv,
    kernel::__NR_writev,
    kernel::__NR_preadv,
    kernel::__NR_pwritev,
    kernel::__NR_preadv2,
    kernel::__NR_pwritev2,
    kernel::__NR_vmsplice,
];

/// The most buffers of one call (UIO_MAXIOV).
const MOST_BUFFERS: usize = 1024;

/// Calls that never fail in a way that a program could act upon: Linux closes, unmaps and ends whatever it says.
const CERTAIN: &[u32] =
    &[kernel::__NR_close, kernel::__NR_munmap, kernel::__NR_exit, kernel::__NR_exit_group];

/// A call that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which: 0 is the first that is made through the door and can fail.
    pub at: usize,
    /// What it gives; it is not made.
    pub errno: Errno,
}

/// A door that counts calls, and answers some.
#[derive(Debug, Default)]
pub struct Plan {
    failure: Option<Failure>,
    /// The most bytes that a call moves.
    most: Option<usize>,
    /// What CLOCK_MONOTONIC shows, where time is simulated.
    clock: Option<Cell<Duration>>,
    /// The sockets of this machine, where they are simulated.
    sockets: Option<Sockets>,
    count: Cell<usize>,
    calls: RefCell<Vec<Call>>,
    /// Descriptors that are open, with the number of the call that opened them.
    open: RefCell<BTreeMap<isize, u32>>,
}

impl Plan {
    /// Answers nothing: the calls are counted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has one call fail.
    #[must_use]
    pub fn failing(mut self, failure: Failure) -> Self {
        self.failure = Some(failure);
        self
    }

    /// Has reads, writes and copies move at most so many bytes at once.
    #[must_use]
    pub fn short(mut self, most: usize) -> Self {
        self.most = Some(most.max(1));
        self
    }

    /// Has time stand still but for those who wait for it: a sleep ends at once, at its time, and so does a wait for a word that
    /// nobody changes.
    #[must_use]
    pub fn timeless(mut self, start: Duration) -> Self {
        self.clock = Some(Cell::new(start));
        self
    }

    /// Has sockets of this machine (unix(7)) be in memory: streams and datagrams, whose every call is answered at once. One that would
    /// wait for ever panics; one with a limit takes its time, where that is simulated.
    #[must_use]
    pub fn connected(mut self) -> Self {
        self.sockets = Some(Sockets::default());
        self
    }

    /// Runs this behind the door.
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        through(self, run)
    }

    /// Gives the calls that were made or answered, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    /// Gives how many of them could have failed.
    pub fn count(&self) -> usize {
        self.count.get()
    }

    /// Gives what CLOCK_MONOTONIC shows, where time is simulated.
    pub fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(Cell::get)
    }

    /// Gives the descriptors that were opened behind the door and are open still.
    pub fn open(&self) -> Vec<isize> {
        self.open.borrow().keys().copied().collect()
    }

    /// Says whether the plan has this call fail, and counts it.
    fn fails(&self, call: Call) -> Option<Errno> {
        if CERTAIN.contains(&call.number) {
            return None;
        }
        let at = self.count.replace(self.count.get() + 1);
        self.failure.filter(|failure| failure.at == at).map(|failure| failure.errno)
    }

    /// Cuts what a call is asked to move.
    fn cut(&self, call: Call) -> Call {
        let moving = MOVING.iter().find(|(number, _)| *number == call.number);
        let Some((most, &(_, at))) = self.most.zip(moving) else { return call };
        let mut arguments = call.arguments;
        if let Some(count) = arguments.get_mut(at) {
            *count = (*count).min(most);
        }
        Call { arguments, ..call }
    }

    /// Has the kernel make a call, with what it is asked to move cut.
    ///
    /// # Safety
    /// The call is sound.
    unsafe fn make(&self, call: Call) -> isize {
        let [_, list, count, ..] = call.arguments;
        let is_scattering = SCATTERING.contains(&call.number) && count <= MOST_BUFFERS;
        let Some(most) = self.most.filter(|_| is_scattering) else {
            // SAFETY: the caller's; less may be moved than was asked for.
            return unsafe { self.cut(call).make() };
        };
        // SAFETY: the call's list of buffers.
        let mut list = unsafe { vectors::listed(list, count) };
        vectors::cut(&mut list, most);
        let mut call = call;
        if let Some(at) = call.arguments.get_mut(1) {
            *at = list.as_ptr().expose_provenance();
        }
        // SAFETY: the same buffers, or less of them, by a list that lies above.
        unsafe { call.make() }
    }

    /// Answers a call that has to do with time, where it is simulated.
    ///
    /// # Safety
    /// The call is sound.
    unsafe fn pass(&self, call: Call) -> Option<isize> {
        let clock = self.clock.as_ref()?;
        let [first, second, third, fourth, ..] = call.arguments;
        let read = |address: usize| {
            let time = ptr::with_exposed_provenance::<Timespec>(address);
            // SAFETY: the call's, which has the kernel read a time there.
            unsafe { time.read() }.since_zero()
        };
        match call.number {
            CLOCK_GETTIME => {
                let time = ptr::with_exposed_provenance_mut::<Timespec>(second);
                // SAFETY: the call's, which has the kernel write a time there.
                unsafe { time.write(clock.get().into()) };
                Some(0)
            }
            CLOCK_NANOSLEEP => {
                let is_absolute = second as u32 & kernel::TIMER_ABSTIME != 0;
                let start = if is_absolute { Duration::ZERO } else { clock.get() };
                clock.set(clock.get().max(start + read(third)));
                Some(0)
            }
            FUTEX if second as u32 & 0x7f == kernel::FUTEX_WAIT_BITSET && fourth != 0 => {
                let word = ptr::with_exposed_provenance::<AtomicU32>(first);
                // SAFETY: the call's, which has the kernel read the word.
                let word = unsafe { &*word };
                if word.load(Ordering::SeqCst) != third as u32 {
                    return Some(-(Errno::AGAIN.number() as isize));
                }
                clock.set(clock.get().max(read(fourth)));
                Some(-(Errno::TIMEDOUT.number() as isize))
            }
            _ => None,
        }
    }

    /// Answers a call that has to do with sockets, where they are simulated.
    ///
    /// # Safety
    /// The call is sound.
    unsafe fn simulated(&self, call: Call) -> Option<isize> {
        let rules = Rules { most: self.most, clock: self.clock.as_ref() };
        // SAFETY: the caller's.
        unsafe { self.sockets.as_ref()?.answer(call, rules) }
    }

    /// Notes which descriptors a call has opened or closed.
    ///
    /// # Safety
    /// The call was made, and gave this word.
    unsafe fn note(&self, call: Call, word: isize) {
        let mut open = self.open.borrow_mut();
        if call.number == kernel::__NR_close {
            open.remove(&(call.arguments[0] as isize));
        }
        if word < 0 {
            return;
        }
        if copies(call) || OPENING.contains(&call.number) {
            open.insert(word, call.number);
        }
        if let Some(&(_, at)) = OPENING_TWO.iter().find(|(number, _)| *number == call.number) {
            let pair = ptr::with_exposed_provenance::<[i32; 2]>(call.arguments[at]);
            // SAFETY: the kernel has written two descriptors there.
            open.extend(unsafe { pair.read() }.map(|fd| (fd as isize, call.number)));
        }
    }

    /// Answers a call.
    ///
    /// # Safety
    /// The call is sound with its arguments.
    pub(crate) unsafe fn answer(&self, call: Call) -> isize {
        self.calls.borrow_mut().push(call);
        if let Some(errno) = self.fails(call) {
            return -(errno.number() as isize);
        }
        // SAFETY: the caller's.
        if let Some(word) = unsafe { self.pass(call) } {
            return word;
        }
        // SAFETY: the caller's.
        let word = unsafe { self.simulated(call) };
        // SAFETY: the caller's.
        let word = word.unwrap_or_else(|| unsafe { self.make(call) });
        // SAFETY: it was made.
        unsafe { self.note(call, word) };
        word
    }
}

/// Runs this once as it is, then once for each call that it made and each of these errors, with that call failing so. What it checks is
/// what must be true of all of them; it is told which call fails, if one does.
///
/// # Panics
/// The run panics, or leaves a descriptor open: the message names the call and the error.
pub fn each_failure(errors: &[Errno], run: impl Fn(Option<Failure>)) {
    each_failure_of(Plan::new, errors, run);
}

/// The same with plans that say more than which call fails.
///
/// # Panics
/// As [`each_failure`] does.
pub fn each_failure_of(plan: impl Fn() -> Plan, errors: &[Errno], run: impl Fn(Option<Failure>)) {
    let check = |failure: Option<Failure>| {
        let plan = failure.into_iter().fold(plan(), Plan::failing);
        let result = catch_unwind(AssertUnwindSafe(|| plan.run(|| run(failure))));
        let told = failure.and_then(|failure| {
            let fallible = plan.calls().into_iter().filter(|call| !CERTAIN.contains(&call.number));
            Some((fallible.into_iter().nth(failure.at)?.number, failure.errno))
        });
        if let Err(panic) = result {
            eprintln!("with call and error {told:?}:");
            resume_unwind(panic);
        }
        assert!(
            plan.open().is_empty(),
            "with call and error {told:?} descriptors stay open: {:?}",
            plan.open()
        );
        plan.count()
    };
    let count = check(None);
    for at in 0..count {
        for &errno in errors {
            check(Some(Failure { at, errno }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linux::fd::OwnedFd;
    use linux::fs::{self, PipeFlags};
    use linux::futex::{self, Sharing};
    use linux::{retry, time};

    fn pipe() -> linux::Result<(OwnedFd, OwnedFd)> {
        retry(|| fs::pipe(PipeFlags::empty()))
    }

    #[test]
    fn one_call_fails_and_the_others_do_not() {
        for at in 0..3 {
            let plan = Plan::new().failing(Failure { at, errno: Errno::NFILE });
            let failed = plan.run(|| [pipe().is_err(), pipe().is_err(), pipe().is_err()]);
            assert_eq!(failed, [0, 1, 2].map(|index| index == at));
            assert_eq!((plan.count(), plan.open()), (3, vec![]), "closing cannot fail, and is seen");
        }
    }

    #[test]
    fn transfers_are_short_and_what_is_whole_stays_so() {
        let plan = Plan::new().short(3);
        plan.run(|| {
            let (reader, writer) = pipe().unwrap();
            assert_eq!(fs::write(&writer, b"some words"), Ok(3));
            fs::write_all(&writer, b"ething").unwrap();
            let mut bytes = [0; 9];
            assert_eq!(fs::read(&reader, &mut bytes), Ok(3));
            assert_eq!(fs::read_full(&reader, &mut bytes[3..]), Ok(6));
            assert_eq!(&bytes, b"something");
        });
    }

    #[test]
    fn lists_of_buffers_are_short_too() {
        let plan = Plan::new().short(5);
        plan.run(|| {
            let (reader, writer) = pipe().unwrap();
            let slices = [fs::IoSlice::new(b"some"), fs::IoSlice::new(b"thing")];
            assert_eq!(fs::writev(&writer, &slices), Ok(5));
            let (mut one, mut other) = ([0; 2], [0; 9]);
            let mut buffers = [fs::IoSliceMut::new(&mut one), fs::IoSliceMut::new(&mut other)];
            assert_eq!(fs::readv(&reader, &mut buffers), Ok(5));
            assert_eq!((&one, &other[..4]), (b"so", b"met\0".as_slice()));
        });
    }

    #[test]
    fn positioned_lists_are_short_and_fail_as_the_others() {
        let file = retry(|| fs::memfd_create(c"list", fs::MemoryFileFlags::empty())).unwrap();
        let slices = [fs::IoSlice::new(b"some"), fs::IoSlice::new(b"thing")];
        Plan::new().short(6).run(|| assert_eq!(fs::pwritev(&file, &slices, 2), Ok(6)));
        let failing = Plan::new().failing(Failure { at: 0, errno: Errno::NOSPC });
        failing.run(|| assert_eq!(fs::pwritev(&file, &slices, 2), Err(Errno::NOSPC)));
        let mut bytes = [0; 9];
        Plan::new().short(8).run(|| {
            assert_eq!(fs::preadv(&file, &mut [fs::IoSliceMut::new(&mut bytes)], 0), Ok(8));
        });
        assert_eq!(&bytes, b"\0\0someth\0");
    }

    #[test]
    fn an_hour_passes_at_once_and_exactly() {
        let hour = Duration::from_secs(3600);
        let plan = Plan::new().timeless(hour);
        plan.run(|| {
            time::sleep(hour);
            assert_eq!(time::monotonic(), 2 * hour);
            let (word, end) = (AtomicU32::new(7), Timespec::from(3 * hour));
            assert_eq!(futex::wait(&word, 8, Sharing::Private, Some(end)), Err(Errno::AGAIN));
            assert_eq!(futex::wait(&word, 7, Sharing::Private, Some(end)), Err(Errno::TIMEDOUT));
        });
        assert_eq!(plan.now(), Some(3 * hour));
        assert!(time::monotonic() != 3 * hour, "outside it is another time");
    }

    #[test]
    fn all_calls_fail_in_turn() {
        let seen = RefCell::new(Vec::new());
        each_failure(&[Errno::MFILE, Errno::INTR], |failure| {
            seen.borrow_mut().push(failure);
            if let Ok((_, writer)) = pipe() {
                let _ = fs::write(&writer, b"x");
            }
        });
        let failures: Vec<_> =
            seen.into_inner().into_iter().flatten().map(|failure| (failure.at, failure.errno)).collect();
        let both = |at| [(at, Errno::MFILE), (at, Errno::INTR)];
        assert_eq!(failures, [both(0), both(1)].concat());
    }

    #[test]
    #[should_panic(expected = "descriptors stay open")]
    fn what_stays_open_is_told() {
        each_failure(&[Errno::PIPE], |_| {
            let Ok((reader, writer)) = pipe() else { return };
            if fs::write(&writer, b"x").is_err() {
                core::mem::forget(reader);
            }
        });
    }
}
