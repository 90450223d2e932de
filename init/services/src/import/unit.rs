//! The lines of a unit file (`systemd.syntax(7)`).

use alloc::string::String;
use alloc::vec::Vec;
use core::str::Chars;

/// An assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) section: &'a str,
    pub(super) key: &'a str,
    pub(super) value: String,
    /// Counted from 1.
    pub(super) number: usize,
}

/// Gives the assignments, and the lines that are nothing that one knows.
pub(super) fn read(text: &str) -> (Vec<Line<'_>>, Vec<usize>) {
    let (mut lines, mut strange, mut section) = (Vec::new(), Vec::new(), "");
    let mut rest = text.lines().zip(1..);
    while let Some((line, number)) = rest.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            strange.push(number);
            continue;
        };
        let mut value = String::from(value.trim_start());
        // A backslash at the end joins the next line, comments between them are none.
        while value.ends_with('\\')
            && let Some((more, _)) = rest.next()
        {
            if !more.trim_start().starts_with(['#', ';']) {
                value.pop();
                value.push(' ');
                value.push_str(more.trim());
            }
        }
        lines.push(Line { section, key: key.trim_end(), value, number });
    }
    (lines, strange)
}

/// Replaces what stands for parts of the unit's name, and for folders; none for what only a running machine knows, and for the
/// instance of a template.
pub(super) fn specified(value: &str, unit: &str) -> Option<String> {
    let stem = unit.rsplit_once('.').map_or(unit, |(stem, _)| stem);
    let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
    let (mut text, mut letters) = (String::new(), value.chars());
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        // One at the end is that of a percentage.
        text.push_str(match letters.next().unwrap_or('%') {
            '%' => "%",
            'n' => unit,
            'N' => stem,
            'p' => prefix,
            'i' if !instance.is_empty() => instance,
            // Without what stands for other letters (`systemd-escape(1)`).
            'I' if !instance.is_empty() && !instance.contains(['\\', '-']) => instance,
            't' => "/run",
            'S' => "/var/lib",
            'C' => "/var/cache",
            'L' => "/var/log",
            'E' => "/etc",
            'T' => "/tmp",
            _ => return None,
        });
    }
    Some(text)
}

/// Divides a value at blanks that are not quoted; what a backslash stands before is itself. None where a quote is open.
pub(super) fn words(value: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', Some('"') | None) => {
                let letter = match letters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    's' => ' ',
                    'x' => byte(&mut letters)?,
                    letter => letter,
                };
                word.get_or_insert_default().push(letter);
            }
            (letter, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, None) if letter.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Reads two digits to the base of 16, of what is ASCII.
fn byte(letters: &mut Chars<'_>) -> Option<char> {
    let (high, low) = (letters.next()?.to_digit(16)?, letters.next()?.to_digit(16)?);
    char::from_u32(high << 4 | low).filter(char::is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_sections_and_joined_lines() {
        let text =
            "# c\n[Unit]\nDescription = A b\n[Service]\nExecStart=/bin/a \\\n# c\n  b\nstrange\nUser=\n";
        let (lines, strange) = read(text);
        let line = |section, key, value: &str, number| Line { section, key, value: value.into(), number };
        let expected = [
            line("Unit", "Description", "A b", 3),
            line("Service", "ExecStart", "/bin/a  b", 5),
            line("Service", "User", "", 9),
        ];
        assert_eq!(lines, expected);
        assert_eq!(strange, [8]);
    }

    #[test]
    fn words_and_quotes() {
        let list = |text| words(text).unwrap();
        assert_eq!(list(r#" a 'b c' "d \" e"f ''  g\sh\x21 "#), ["a", "b c", "d \" ef", "", "g h!"]);
        assert_eq!(words("a 'b"), None);
        assert_eq!(words("a\\"), None);
        assert_eq!(specified("%N-%i:%t/%%", "a@b.service").as_deref(), Some("a@b-b:/run/%"));
        assert_eq!(specified("%b", "a.service"), None);
        assert_eq!(specified("50%", "a.service").as_deref(), Some("50%"));
        assert_eq!(specified("%I", "a@b-c.service"), None);
        assert_eq!(specified("%i", "a@.service"), None);
    }
}
