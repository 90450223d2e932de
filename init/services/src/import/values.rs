//! From the values of unit files to those of ours, as TOML; none where ours has nothing that means the same.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Gives a text as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Gives texts as a list of TOML.
pub(super) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Reads a truth value.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "on" | "y" | "t" => Some(true),
        "0" | "no" | "false" | "off" | "n" | "f" => Some(false),
        _ => None,
    }
}

/// Reads a time (`systemd.time(7)`): numbers with units, added; without one they are seconds. In milliseconds.
pub(super) fn time(text: &str) -> Option<u64> {
    if text == "infinity" {
        return Some(0);
    }
    let (mut sum_ms, mut rest) = (0_u64, text.trim());
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at_checked(end)?;
        let behind = behind.trim_start();
        let end = behind.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let unit_ms = match unit {
            "ms" | "msec" => 1,
            "" | "s" | "sec" | "second" | "seconds" => 1000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hr" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            "w" | "week" | "weeks" => 7 * 86_400_000,
            _ => return None,
        };
        sum_ms = sum_ms.checked_add(number.parse::<u64>().ok()?.checked_mul(unit_ms)?)?;
        rest = behind.trim_start();
    }
    (!text.trim().is_empty()).then_some(sum_ms)
}

/// Gives a time as a service file has it.
pub(super) fn of_time(ms: u64) -> String {
    if ms.is_multiple_of(1000) { (ms / 1000).to_string() } else { format!("\"{ms}ms\"") }
}

/// Gives a number of bytes, or of anything else, as a service file has it.
pub(super) fn amount(text: &str) -> Option<String> {
    if text == "infinity" {
        return Some(quoted("unlimited"));
    }
    let number = text.trim_end_matches(['K', 'M', 'G', 'T']);
    let is_right = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() - number.len() {
        0 if is_right => Some(text.into()),
        1 if is_right => Some(quoted(text)),
        _ => None,
    }
}

/// Gives the numbers of processors: `0-3 5,6`.
pub(super) fn processors(text: &str) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let (first, last) = (first.parse::<u16>().ok()?, last.parse::<u16>().ok()?);
        numbers.extend((first..=last.min(1023)).map(|number| number.to_string()));
    }
    Some(numbers)
}

/// The days of the week as a crontab has them, too.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Gives dates as a crontab has them: `daily`, `Mon..Fri 03:30`, `*-*-1 04:00:00`, `*:0/15`.
pub(super) fn dates(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "minutely" => return Some("* * * * *".into()),
        "hourly" | "daily" | "monthly" | "yearly" => return Some(format!("@{text}")),
        // That of a crontab is on sundays.
        "weekly" => return Some("0 0 * * mon".into()),
        "annually" => return Some("@yearly".into()),
        _ => {}
    }
    let (mut days, mut date, mut clock) = (String::from("*"), ["*", "*"], ("0", "0"));
    let mut has_any = false;
    for word in text.split_ascii_whitespace() {
        has_any = true;
        if word.contains(':') {
            let mut parts = word.split(':');
            clock = (parts.next()?, parts.next()?);
            // A crontab knows no seconds.
            if !matches!(parts.next(), None | Some("0" | "00")) || parts.next().is_some() {
                return None;
            }
        } else if word.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            days = word.replace("..", "-");
            if !days.split([',', '-']).all(|name| DAYS.contains(&name)) {
                return None;
            }
        } else {
            let (year, rest) = word.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            if year != "*" {
                return None;
            }
            date = [month, day];
        }
    }
    // A crontab would take either of two days.
    if days != "*" && date[1] != "*" {
        return None;
    }
    let [month, day] = date;
    let fields = [part(clock.1, 59), part(clock.0, 23), part(day, 31), part(month, 12), days];
    let dates = fields.join(" ");
    has_any
        .then_some(dates)
        .filter(|dates| formats::etc::crontab::Schedule::parse(dates.as_bytes()).is_some())
}

/// Gives a field of a crontab; the most is that of its numbers.
fn part(text: &str, most: u32) -> String {
    let number = |text: &str| match text.trim_start_matches('0') {
        "" => String::from("0"),
        number => number.replace("..", "-"),
    };
    match text.split_once('/') {
        None => number(text),
        Some((first, step)) if first == "*" || number(first) == "0" => format!("*/{step}"),
        Some((first, step)) => format!("{}-{most}/{step}", number(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts() {
        assert_eq!(time("5min 20s"), Some(320_000));
        assert_eq!(time("1.5s"), None);
        assert_eq!((time("100ms"), time("90"), time(""), time("x")), (Some(100), Some(90_000), None, None));
        assert_eq!(of_time(1500), "\"1500ms\"");
        assert_eq!(amount("64M").as_deref(), Some("\"64M\""));
        assert_eq!((amount("1024").as_deref(), amount("M"), amount("50%")), (Some("1024"), None, None));
        assert_eq!(processors("0-2 5").unwrap(), ["0", "1", "2", "5"]);
    }

    #[test]
    fn calendars() {
        for (calendar, crontab) in [
            ("daily", Some("@daily")),
            ("*-*-* 03:30:00", Some("30 3 * * *")),
            ("Mon..Fri 6:00", Some("0 6 * * mon-fri")),
            ("Sun", Some("0 0 * * sun")),
            ("*:0/15", Some("*/15 * * * *")),
            ("*-*-01 04:00", Some("0 4 1 * *")),
            ("*-*-* 6,18:00", Some("0 6,18 * * *")),
            ("weekly", Some("0 0 * * mon")),
            ("*-*-* 00/6:05", Some("5 */6 * * *")),
            ("Sun *-*-1..7 05:00", None),
            ("2030-01-01", None),
            ("*-*-* *:*:30", None),
            ("", None),
        ] {
            assert_eq!(dates(calendar).as_deref(), crontab, "{calendar}");
        }
    }

    #[test]
    fn texts_are_those_of_toml() {
        assert_eq!(quoted("a \"b\" \\ \n\u{1}"), "\"a \\\"b\\\" \\\\ \\n\\u0001\"");
    }
}
