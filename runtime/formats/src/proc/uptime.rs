//! `/proc/uptime`: how long the machine runs, and how long its processors did nothing (`proc_uptime(5)`).

use crate::time::Duration;

use crate::proc::words::Words;
use crate::{Error, Expected};

/// The two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Since boot, sleep counted.
    pub up: Duration,
    /// Of all processors together.
    pub idle: Duration,
}

/// Reads the line.
pub fn parse(text: &[u8]) -> Result<Uptime, Error> {
    let mut words = Words::new(text);
    Ok(Uptime { up: words.seconds(Expected::Time)?, idle: words.seconds(Expected::Time)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::words::torture;

    #[test]
    fn a_captured_line() {
        let uptime = parse(b"1703.96 2353.16\n").unwrap();
        assert_eq!(uptime.up, Duration::from_millis(1_703_960));
        assert_eq!(uptime.idle, Duration::from_millis(2_353_160));
        torture(b"1703.96 2353.16\n", |text| {
            let _ = parse(text);
        });
    }
}
