//! Cases that are tried by several threads, and what came of them: failures and what was skipped, printed as the standard harness does.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, anyhow};

/// Is the main function of a test program that plays cases: `run` hands them to the tally.
pub fn harness(run: impl FnOnce(&Tally) -> Result<()>) -> ExitCode {
    let chosen = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let tally = Tally { chosen, ..Tally::default() };
    let run = run(&tally);
    if let Err(error) = &run {
        eprintln!("{error:#}");
    }
    match tally.finish() && run.is_ok() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// What came of the cases so far.
#[derive(Debug, Default)]
pub struct Tally {
    /// Parts of names, or their beginnings behind a `^`; none chooses all.
    chosen: Vec<String>,
    passed: AtomicUsize,
    failed: AtomicUsize,
    skipped: AtomicUsize,
}

impl Tally {
    /// Says whether the words of the command line choose a case.
    pub fn is_wanted(&self, name: &str) -> bool {
        let fits = |part: &String| match part.strip_prefix('^') {
            Some(beginning) => name.starts_with(beginning),
            None => name.contains(part),
        };
        self.chosen.is_empty() || self.chosen.iter().any(fits)
    }

    /// Tries a case that is wanted, and prints in one piece how it failed if it does.
    pub fn case(&self, name: &str, case: impl FnOnce() -> Result<()>) {
        if !self.is_wanted(name) {
            return;
        }
        match case() {
            Ok(()) => count(&self.passed),
            Err(error) => {
                println!("test {name} ... FAILED\n{error:#}\n");
                count(&self.failed);
            }
        }
    }

    /// Notes that a case cannot be tried here.
    pub fn skip(&self, name: &str, reason: &str) {
        if self.is_wanted(name) {
            println!("test {name} ... ignored, {reason}");
            count(&self.skipped);
        }
    }

    /// Prints the closing line, and says whether all is well.
    fn finish(self) -> bool {
        let [passed, failed, skipped] = [self.passed, self.failed, self.skipped].map(AtomicUsize::into_inner);
        let word = if failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {word}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out"
        );
        failed == 0 && passed + skipped > 0
    }
}

fn count(of: &AtomicUsize) {
    of.fetch_add(1, Ordering::Relaxed);
}

/// Does something with each, as many at a time as there are processors.
///
/// # Errors
/// The first; that thread then takes no more.
pub fn each<T: Send>(
    things: impl IntoIterator<Item = T, IntoIter: Send>,
    action: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    let things = Mutex::new(things.into_iter());
    let next = || things.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).try_for_each(&action);
    std::thread::scope(|scope| {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        let panicked = || anyhow!("a thread of the tests has panicked");
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(panicked())))
    })
}
