//! `/proc/loadavg`: how many processes want to run (`proc_loadavg(5)`).

use crate::proc::words::{Words, decimal};
use crate::{Error, Expected};

/// The averages and the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Processes that run or wait for a device, in hundredths, on average over 1, 5 and 15 minutes.
    pub averages: [u64; 3],
    /// Threads that run now.
    pub running: u64,
    /// Threads in all.
    pub threads: u64,
}

/// Reads the line.
pub fn parse(text: &[u8]) -> Result<Load, Error> {
    let mut words = Words::new(text);
    let mut averages = [0; 3];
    for average in &mut averages {
        *average = words.hundredths(Expected::LoadAverage)?;
    }
    let error = words.error(Expected::ThreadCounts);
    let mut counts = words.word(Expected::ThreadCounts)?.split(|&byte| byte == b'/').map(decimal);
    match (counts.next(), counts.next()) {
        (Some(Some(running)), Some(Some(threads))) => Ok(Load { averages, running, threads }),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn a_captured_line() {
        let sample = b"2.88 1.58 10.90 7/117 12934\n";
        assert_eq!(parse(sample), Ok(Load { averages: [288, 158, 1090], running: 7, threads: 117 }));
        torture(sample, |text| {
            let _ = parse(text);
        });
    }
}
