//! Words of the tests: every order of the steps of a few threads is tried, and a thread that sleeps for ever is found.
//!
//! A step is one operation on a word. The threads are real ones, of which one runs at a time, up to its next step; then the
//! explorer decides whose turn it is. An order that was tried is taken up again at its last decision that has an
//! alternative, so that all are tried. What a thread does next depends on nothing but what its steps have given so far: two
//! orders that lead to the same words and the same answers need not both be followed, which makes thousands out of millions.
//!
//! All steps are seen in one order: what weaker memory orders allow beyond that is not tried. Sleepers are woken in the
//! order in which they went to sleep, once may come back for nothing, and a time that somebody waits for may come at any step.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::vec::Vec;

use linux::time::Timespec;

use super::word::Word;

/// What one run needs: words, and what the threads do with them.
#[derive(Default)]
pub(super) struct Case {
    words: Vec<u32>,
    threads: Vec<Box<dyn FnOnce() + Send>>,
    end: Option<Box<dyn FnOnce()>>,
    /// How often each thread may come back from its sleep for nothing.
    spurious: u32,
    /// How often a thread that could go on has to stand back; none for without limit.
    preemptions: Option<u32>,
}

impl Case {
    /// Adds a word with this value.
    pub(super) fn word(&mut self, value: u32) -> ModelWord {
        self.words.push(value);
        ModelWord { number: self.words.len() - 1 }
    }

    /// Adds a thread.
    pub(super) fn thread(&mut self, body: impl FnOnce() + Send + 'static) {
        self.threads.push(Box::new(body));
    }

    /// Says what must be true after all threads.
    pub(super) fn end(&mut self, check: impl FnOnce() + 'static) {
        self.end = Some(Box::new(check));
    }

    /// Tries only orders in which a thread that could go on stands back at most this often; one that sleeps or ends gives
    /// way as often as it likes.
    pub(super) fn preemptions(&mut self, count: u32) {
        self.preemptions = Some(count);
    }

    /// Lets each thread's sleep end once for nothing.
    pub(super) fn spurious(&mut self) {
        self.spurious = 1;
    }
}

/// A word of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct ModelWord {
    number: usize,
}

/// What a thread is at.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
enum Status {
    /// Between two steps.
    Runs,
    /// Before a step.
    Ready,
    /// Asleep on a word, perhaps until a time.
    Sleeps {
        word: usize,
        timed: bool,
    },
    Ended,
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Woken {
    BySomebody,
    ByTime,
}

struct State {
    words: Vec<u32>,
    status: Vec<Status>,
    /// What each thread's steps have given, as one number.
    seen: Vec<u64>,
    spurious: Vec<u32>,
    preemptions: Option<u32>,
    /// Who sleeps, the first to do so first.
    sleepers: Vec<usize>,
    woken: Vec<Option<Woken>>,
    /// Whose step it is.
    turn: Option<usize>,
    /// Who made the last step: it comes first among the choices, since going on with it costs no change of threads.
    last: usize,
    /// The decisions, each with the number of its choices; the first ones, `prefix` in number, are given.
    path: Vec<(usize, usize)>,
    prefix: usize,
    made: usize,
    /// States from which all was tried, or is about to be.
    known: HashSet<u64>,
    /// What came of it; then all threads unwind.
    verdict: Option<Verdict>,
}

impl State {
    /// What of the preemptions, and of the thread that they are about, the rest depends on.
    fn left(&self) -> Option<(u32, usize)> {
        self.preemptions.map(|left| (left, self.last))
    }
}

struct Run {
    state: Mutex<State>,
    /// The explorer waits here for the verdict.
    over: Condvar,
    /// Each thread waits here for its turn.
    turns: Vec<Condvar>,
}

impl Run {
    /// Says what came of it, and lets all threads unwind.
    fn end(&self, state: &mut State, verdict: Verdict) {
        state.verdict.get_or_insert(verdict);
        self.over.notify_all();
        self.turns.iter().for_each(Condvar::notify_all);
    }
}

std::thread_local! {
    /// The run this thread is in, and its number there.
    static PLACE: RefCell<Option<(Arc<Run>, usize)>> = const { RefCell::new(None) };
}

/// What unwinds threads of a run that is not followed further.
struct Abandoned;

/// Makes one step of the running thread.
fn step<T: Hash + Default>(action: impl FnOnce(&mut State, usize) -> T) -> T {
    let (run, own) = PLACE.with_borrow(Clone::clone).expect("a thread of a run");
    let mut state = run.state.lock().expect("nobody fails within it");
    if state.verdict.is_some() && thread::panicking() {
        return T::default();
    }
    state.status[own] = Status::Ready;
    decide(&run, &mut state);
    let waits = |state: &mut State| state.turn != Some(own) && state.verdict.is_none();
    state = run.turns[own].wait_while(state, waits).expect("as above");
    if state.verdict.is_some() {
        drop(state);
        resume_unwind(Box::new(Abandoned));
    }
    state.turn = None;
    state.last = own;
    state.status[own] = Status::Runs;
    let result = action(&mut state, own);
    remember(&mut state, own, &result);
    for (turn, woken) in run.turns.iter().zip(&state.woken) {
        if woken.is_some() {
            turn.notify_one();
        }
    }
    result
}

fn remember(state: &mut State, own: usize, result: &impl Hash) {
    let mut hasher = DefaultHasher::new();
    (state.seen[own], result).hash(&mut hasher);
    state.seen[own] = hasher.finish();
}

/// Sleeps until the explorer wakes the running thread.
fn sleep() -> Woken {
    let (run, own) = PLACE.with_borrow(Clone::clone).expect("a thread of a run");
    let mut state = run.state.lock().expect("nobody fails within it");
    decide(&run, &mut state);
    let asleep = |state: &mut State| state.woken[own].is_none() && state.verdict.is_none();
    state = run.turns[own].wait_while(state, asleep).expect("as above");
    if state.verdict.is_some() {
        drop(state);
        resume_unwind(Box::new(Abandoned));
    }
    state.woken[own].take().expect("just seen")
}

fn wake(state: &mut State, sleeper: usize, how: Woken) {
    state.sleepers.retain(|other| *other != sleeper);
    state.status[sleeper] = Status::Runs;
    state.woken[sleeper] = Some(how);
    remember(state, sleeper, &(how == Woken::ByTime));
}

impl ModelWord {
    /// Gives the value without a step: for checks.
    pub(super) fn peek(self) -> u32 {
        let (run, _) = PLACE.with_borrow(Clone::clone).expect("a thread of a run");
        run.state.lock().expect("nobody fails within it").words[self.number]
    }
}

impl Word for ModelWord {
    const SPINS: u32 = 0;

    fn load(&self, _: Ordering) -> u32 {
        step(|state, _| state.words[self.number])
    }

    fn swap(&self, value: u32, _: Ordering) -> u32 {
        step(|state, _| core::mem::replace(&mut state.words[self.number], value))
    }

    fn replace(&self, from: u32, to: u32, _: Ordering) -> Result<(), u32> {
        let found = step(|state, _| {
            let found = state.words[self.number];
            if found == from {
                state.words[self.number] = to;
            }
            found
        });
        if found == from { Ok(()) } else { Err(found) }
    }

    fn add(&self, value: u32, _: Ordering) -> u32 {
        step(|state, _| {
            let former = state.words[self.number];
            state.words[self.number] = former.wrapping_add(value);
            former
        })
    }

    fn wait(&self, value: u32, until: Option<Timespec>) -> bool {
        let sleeps = step(|state, own| {
            let sleeps = state.words[self.number] == value;
            if sleeps {
                state.status[own] = Status::Sleeps { word: self.number, timed: until.is_some() };
                state.sleepers.push(own);
            }
            sleeps
        });
        !sleeps || sleep() == Woken::BySomebody
    }

    fn wake(&self, count: u32) -> usize {
        step(|state, _| {
            let on_this = |sleeper: &usize| matches!(state.status[*sleeper], Status::Sleeps { word, .. } if word == self.number);
            let chosen: Vec<usize> =
                state.sleepers.iter().copied().filter(on_this).take(count as usize).collect();
            chosen.iter().for_each(|sleeper| wake(state, *sleeper, Woken::BySomebody));
            chosen.len()
        })
    }

    fn pause() {}
}

/// What the explorer may do next.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Step(usize),
    Time(usize),
    Nothing(usize),
}

/// What came of the tries.
#[derive(Debug)]
pub(super) struct Tried {
    /// Different states at which somebody had to be chosen.
    pub(super) states: usize,
}

/// Tries every order of a case; panics with the order if a thread panics, sleeps for ever or never ends.
pub(super) fn explore(make: impl Fn(&mut Case)) -> Tried {
    let (mut path, mut known) = (Vec::new(), HashSet::new());
    loop {
        (path, known) = follow(&make, path, known);
        while path.last().is_some_and(|(chosen, count)| chosen + 1 == *count) {
            path.pop();
        }
        match path.last_mut() {
            Some((chosen, _)) => *chosen += 1,
            None => return Tried { states: known.len() },
        }
    }
}

/// More steps than any case takes.
const ENDLESS: usize = 2000;

type Path = Vec<(usize, usize)>;

/// Follows one order: first the decisions of `path`, then new ones, which are added to it.
fn follow(make: &impl Fn(&mut Case), path: Path, known: HashSet<u64>) -> (Path, HashSet<u64>) {
    let mut case = Case::default();
    make(&mut case);
    let count = case.threads.len();
    let state = State {
        words: case.words,
        status: vec![Status::Runs; count],
        seen: vec![0; count],
        spurious: vec![case.spurious; count],
        preemptions: case.preemptions,
        sleepers: Vec::new(),
        woken: vec![None; count],
        turn: None,
        last: 0,
        prefix: path.len(),
        path,
        made: 0,
        known,
        verdict: None,
    };
    let turns = (0..count).map(|_| Condvar::new()).collect();
    let run = Arc::new(Run { state: Mutex::new(state), over: Condvar::new(), turns });
    let threads: Vec<_> = case
        .threads
        .into_iter()
        .enumerate()
        .map(|(number, body)| {
            let run = Arc::clone(&run);
            thread::spawn(move || in_run(&run, number, body))
        })
        .collect();
    let state = run.state.lock().expect("nobody fails within it");
    drop(run.over.wait_while(state, |state| state.verdict.is_none()).expect("as above"));
    let mut failure: Option<Box<dyn Any + Send>> = None;
    for thread in threads {
        failure = failure.or(thread.join().expect("what it does is caught"));
    }
    let mut state = run.state.lock().expect("all have ended");
    let (path, known) = (core::mem::take(&mut state.path), core::mem::take(&mut state.known));
    let verdict = state.verdict.take();
    drop(state);
    if let Some(failure) = failure {
        eprintln!("in the order {path:?}");
        resume_unwind(failure);
    }
    match verdict {
        Some(Verdict::Stuck(status)) => panic!("asleep for ever in the order {path:?}: {status:?}"),
        Some(Verdict::Endless) => panic!("no end in the order {path:?}"),
        Some(Verdict::Known | Verdict::Failed) | None => {}
        Some(Verdict::Ended) => {
            PLACE.set(Some((run, 0)));
            if let Some(check) = case.end {
                check();
            }
        }
    }
    (path, known)
}

/// Runs a thread of a run; gives what it panicked with.
fn in_run(run: &Arc<Run>, number: usize, body: Box<dyn FnOnce() + Send>) -> Option<Box<dyn Any + Send>> {
    PLACE.set(Some((Arc::clone(run), number)));
    let result = catch_unwind(AssertUnwindSafe(body));
    let mut state = run.state.lock().expect("nobody fails within it");
    state.status[number] = Status::Ended;
    let failure = result.err().filter(|failure| !failure.is::<Abandoned>());
    match &failure {
        Some(_) => run.end(&mut state, Verdict::Failed),
        None => decide(run, &mut state),
    }
    failure
}

enum Verdict {
    Ended,
    /// The rest was tried already.
    Known,
    Failed,
    Stuck(Vec<Status>),
    Endless,
}

/// Decides who goes on, once nobody runs.
fn decide(run: &Run, state: &mut State) {
    if state.verdict.is_some() || state.turn.is_some() || state.status.contains(&Status::Runs) {
        return;
    }
    let choices = choices(state);
    if choices.is_empty() {
        let ended = state.status.iter().all(|status| *status == Status::Ended);
        let verdict = if ended { Verdict::Ended } else { Verdict::Stuck(state.status.clone()) };
        return run.end(state, verdict);
    }
    if state.made > ENDLESS {
        return run.end(state, Verdict::Endless);
    }
    if state.made >= state.prefix {
        let mut hasher = DefaultHasher::new();
        (&state.words, &state.status, &state.seen, &state.spurious, &state.sleepers, state.left())
            .hash(&mut hasher);
        if !state.known.insert(hasher.finish()) {
            return run.end(state, Verdict::Known);
        }
        state.path.push((0, choices.len()));
    }
    let (last, could) = (state.last, state.status[state.last] == Status::Ready);
    let chosen = choices[state.path[state.made].0];
    state.made += 1;
    let thread = match chosen {
        Choice::Step(thread) => {
            state.turn = Some(thread);
            thread
        }
        Choice::Time(thread) => {
            wake(state, thread, Woken::ByTime);
            thread
        }
        Choice::Nothing(thread) => {
            state.spurious[thread] -= 1;
            wake(state, thread, Woken::BySomebody);
            thread
        }
    };
    if could && thread != last {
        state.preemptions = state.preemptions.map(|left| left - 1);
    }
    run.turns[thread].notify_one();
}

fn choices(state: &State) -> Vec<Choice> {
    if state.preemptions == Some(0) && state.status[state.last] == Status::Ready {
        return vec![Choice::Step(state.last)];
    }
    let mut choices = Vec::new();
    let count = state.status.len();
    for thread in (0..count).map(|at| (at + state.last) % count) {
        match &state.status[thread] {
            Status::Ready => choices.push(Choice::Step(thread)),
            Status::Sleeps { timed, .. } => {
                if *timed {
                    choices.push(Choice::Time(thread));
                }
                if state.spurious[thread] > 0 {
                    choices.push(Choice::Nothing(thread));
                }
            }
            Status::Runs | Status::Ended => {}
        }
    }
    choices
}

/// Says whether exploring finds a fault.
fn fails(make: impl Fn(&mut Case)) -> bool {
    catch_unwind(AssertUnwindSafe(|| explore(make))).is_err()
}

#[test]
fn a_lost_update_is_found() {
    assert!(fails(|case| {
        let word = case.word(0);
        for _ in 0..2 {
            case.thread(move || {
                let value = word.load(Ordering::Relaxed);
                word.swap(value + 1, Ordering::Relaxed);
            });
        }
        case.end(move || assert_eq!(word.peek(), 2));
    }));
}

#[test]
fn a_lost_wake_up_is_found() {
    // The word is looked at, and only then does the thread go to sleep, on a word that nobody changes.
    assert!(fails(|case| {
        let (ready, bell) = (case.word(0), case.word(0));
        case.thread(move || {
            if ready.load(Ordering::Relaxed) == 0 {
                bell.wait(0, None);
            }
        });
        case.thread(move || {
            ready.swap(1, Ordering::Relaxed);
            bell.wake(1);
        });
    }));
}

#[test]
fn all_orders_of_two_threads_are_tried() {
    let results = Arc::new(Mutex::new(HashSet::new()));
    let tried = explore(|case| {
        let word = case.word(0);
        for digit in 1..=2 {
            case.thread(move || {
                for _ in 0..2 {
                    let value = word.load(Ordering::Relaxed);
                    word.swap(10 * value + digit, Ordering::Relaxed);
                }
            });
        }
        let results = Arc::clone(&results);
        case.end(move || {
            results.lock().expect("no panic").insert(word.peek());
        });
    });
    let results = results.lock().expect("no panic");
    // All that can come of it, by hand: whole interleavings, and updates lost to each other.
    for possible in [1122, 2211, 1212, 2121, 1221, 2112, 12, 21, 112, 122, 121, 212, 211, 221] {
        assert!(results.contains(&possible), "{possible} in {results:?}, {tried:?}");
    }
}
