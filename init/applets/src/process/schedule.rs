//! The schedule of `start-stop-daemon -R`: signals, and how long is waited after each.

use alloc::vec::Vec;
use core::time::Duration;

use linux::signal::Signal;
use query::text::parse_decimal;

use super::signals;

/// How long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    No,
    For(Duration),
    Forever,
}

/// A signal (nothing: 0), and the wait after it.
pub(super) type Step = (Option<Signal>, Wait);

/// Reads `SECONDS`, for this signal and KILL with that time for each, or `SIGNAL/SECONDS/...`, where `forever` is a time without
/// end.
pub(super) fn parse(word: &[u8], signal: Option<Signal>) -> Option<Vec<Step>> {
    let seconds = |word: &[u8]| parse_decimal(word).map(|seconds| Wait::For(Duration::from_secs(seconds)));
    if let Some(wait) = seconds(word) {
        return Some(Vec::from([(signal, wait), (Some(Signal::KILL), wait)]));
    }
    let mut steps: Vec<Step> = Vec::new();
    for part in word.split(|byte| *byte == b'/') {
        if part == b"forever" {
            steps.last_mut().filter(|step| step.1 == Wait::No)?.1 = Wait::Forever;
        } else if let Some(wait) = seconds(part) {
            steps.last_mut().filter(|step| step.1 == Wait::No)?.1 = wait;
        } else {
            steps.push((signals::parse(part.strip_prefix(b"-").unwrap_or(part))?, Wait::No));
        }
    }
    // A signal at the end is waited for a little, so that it can be told what came of it.
    steps.iter_mut().filter(|step| step.1 == Wait::No).for_each(|step| step.1 = Wait::For(Duration::ZERO));
    (!steps.is_empty()).then_some(steps)
}

/// Waits until nobody is found any more, or as long as the wait is; gives who is left.
pub(super) fn wait(
    wait: Wait,
    find: &mut dyn FnMut() -> system::Result<Vec<u32>>,
) -> system::Result<Vec<u32>> {
    const LONGEST: Duration = Duration::from_millis(200);
    let begun = linux::time::monotonic();
    let mut pause = Duration::from_millis(2);
    loop {
        let left = find()?;
        let is_over = match wait {
            Wait::No => true,
            Wait::For(time) => linux::time::monotonic().saturating_sub(begun) >= time,
            Wait::Forever => false,
        };
        if left.is_empty() || is_over {
            return Ok(left);
        }
        linux::time::sleep(pause);
        pause = pause.saturating_mul(2).min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read() {
        let term = Some(Signal::TERM);
        let time = |seconds| Wait::For(Duration::from_secs(seconds));
        for (word, expected) in [
            ("5", Some(vec![(term, time(5)), (Some(Signal::KILL), time(5))])),
            ("INT/30/KILL/1", Some(vec![(Some(Signal::INT), time(30)), (Some(Signal::KILL), time(1))])),
            ("-HUP/forever", Some(vec![(Some(Signal::HUP), Wait::Forever)])),
            ("TERM/1/KILL", Some(vec![(term, time(1)), (Some(Signal::KILL), time(0))])),
            ("TERM/1/forever", None),
            ("", None),
            ("NONSENSE/1", None),
            ("TERM/1/2", None),
        ] {
            assert_eq!(parse(word.as_bytes(), term), expected, "{word}");
        }
    }
}
