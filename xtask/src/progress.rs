//! Progress of long work: a bar on a terminal, now and then a plain line elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::note;

/// Work under way, told of on standard error.
#[derive(Debug)]
pub(crate) struct Progress {
    what: String,
    total: u64,
    done: u64,
    started: Instant,
    told: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Seconds between two plain lines.
    const PAUSE: Duration = Duration::from_secs(20);

    /// Starts work of about `total` steps.
    pub(crate) fn start(what: &str, total: u64) -> Self {
        let bar = stderr().is_terminal().then(|| bar(what, total));
        if bar.is_none() {
            note!("{what}: started");
        }
        let now = Instant::now();
        Self { what: what.to_owned(), total, done: 0, started: now, told: now, bar }
    }

    /// Counts a step, and names what is being done.
    pub(crate) fn step(&mut self, now_doing: &str) {
        self.done += 1;
        match &self.bar {
            Some(bar) => {
                // The total is a guess: it never stands at less than what is done.
                bar.set_length(self.total.max(self.done));
                bar.set_position(self.done);
                bar.set_message(now_doing.chars().take(40).collect::<String>());
            }
            None if self.told.elapsed() >= Self::PAUSE => {
                self.told = Instant::now();
                let seconds = self.started.elapsed().as_secs();
                note!(
                    "{}: {} of about {} after {seconds} s",
                    self.what,
                    self.done,
                    self.total.max(self.done)
                );
            }
            None => {}
        }
    }

    /// Ends the work and says how long it took.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        note!("{}: done in {:.1} s", self.what, self.started.elapsed().as_secs_f64());
    }
}

fn bar(what: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {elapsed} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar.set_prefix(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
