//! `cut` (POSIX; `--complement`, `--output-delimiter` and `-z` are GNU's, `-O`, `-D` and `-F` BusyBox's).

use alloc::boxed::Box;
use alloc::vec::Vec;

use memchr::memchr_iter;
use query::text::parse_decimal;
use regex::{Regex, Syntax};

use crate::reader::{Reader, ended};
use crate::source;
use crate::{Applet, Flag, Input, Io, Outcome, Output, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "cut",
    summary: "Print parts of each line; LIST is of N, N-, N-M, -M, with commas between",
    usage: "{-b | -c | -f | -F} LIST [OPTION]... [FILE]...",
    flags: flags![
        Flag::with(b'b', "bytes", "LIST", "print these bytes"),
        Flag::with(b'c', "characters", "LIST", "print these characters"),
        Flag::with(b'f', "fields", "LIST", "print these fields, and lines without a delimiter"),
        Flag::with(b'F', "", "LIST", "so, with a regular expression between fields (of blanks), and a blank"),
        Flag::with(b'd', "delimiter", "CHAR", "what is between fields (tab)"),
        Flag::new(b's', "only-delimited", "leave lines without a delimiter out"),
        Flag::new(b'n', "", "ignored"),
        Flag::new(b'D', "", "parts in the order of LIST, and as often"),
        Flag::new(COMPLEMENT, "complement", "print the other parts"),
        Flag::with(b'O', "output-delimiter", "TEXT", "what is printed between parts"),
        Flag::new(b'z', "zero-terminated", "lines end with a zero byte"),
    ],
    run: Run::Parsed(run),
};

const COMPLEMENT: u8 = 128;

/// Parts from one number to another, both with it; counted from 0.
type Range = (usize, usize);

struct Cut<'a> {
    unit: Unit,
    ranges: Vec<Range>,
    delimiter: u8,
    needs_delimiter: bool,
    between: Option<&'a [u8]>,
    end: u8,
}

enum Unit {
    Bytes,
    Characters,
    Fields,
    /// With matches of an expression between them.
    Matched(Box<Regex>),
}

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let lists: Vec<_> = parsed.options.iter().filter(|(key, _)| b"bcfF".contains(key)).collect();
    let [(key, list)] = lists.as_slice() else {
        return Ok(io.misuse(b"", "one list of bytes, characters or fields is needed: -b, -c, -f or -F"));
    };
    let unit = match key {
        b'f' => Unit::Fields,
        b'F' => {
            let pattern = parsed.value(b'd').unwrap_or(b"[[:space:]]+");
            match Regex::new(pattern, Syntax::Extended, io.is_utf8()) {
                Ok(regex) => Unit::Matched(Box::new(regex)),
                Err(error) => return Ok(io.misuse_with(pattern, &error)),
            }
        }
        b'c' if io.is_utf8() => Unit::Characters,
        _ => Unit::Bytes,
    };
    let mut ranges = match ranges(list) {
        Ok(ranges) => ranges,
        Err(word) => return Ok(io.misuse(word, "is no number from 1 and no range of such")),
    };
    if !parsed.has(b'D') || parsed.has(COMPLEMENT) {
        ranges = merged(ranges);
    }
    if parsed.has(COMPLEMENT) {
        ranges = others(&ranges);
    }
    let delimiter = match parsed.value(b'd') {
        None => b'\t',
        Some(_) if matches!(unit, Unit::Matched(_)) => 0,
        Some([]) => 0,
        Some([delimiter]) => *delimiter,
        Some(word) => return Ok(io.misuse(word, "a delimiter is a single byte")),
    };
    if matches!(unit, Unit::Bytes | Unit::Characters) && parsed.has_any(b"ds") {
        return Ok(io.misuse(b"", "-d and -s are for fields"));
    }
    let cut = Cut {
        unit,
        ranges,
        delimiter,
        needs_delimiter: parsed.has(b's'),
        // As GNU's has it, an empty text is a zero byte, here and between fields.
        between: parsed.value(b'O').map(|text| if text.is_empty() { b"\0" } else { text }),
        end: if parsed.has(b'z') { 0 } else { b'\n' },
    };
    Ok(source::each(io, &parsed.operands, &mut |io, _, input| cut.all(input, &mut io.out)))
}

/// Reads a list; gives back the part that makes no sense.
fn ranges(list: &[u8]) -> Result<Vec<Range>, &[u8]> {
    let split = |byte: &u8| matches!(byte, b',' | b' ' | b'\t');
    list.split(split).map(|word| range(word).ok_or(word)).collect()
}

fn range(word: &[u8]) -> Option<Range> {
    let number =
        |digits| parse_decimal(digits).filter(|number| *number > 0).map(|number| number as usize - 1);
    let (first, last) = match word.iter().position(|byte| *byte == b'-') {
        None => (number(word)?, number(word)?),
        Some(_) if word.len() == 1 => return None,
        Some(at) => {
            let (first, last) = (word.get(..at)?, word.get(at + 1..)?);
            let first = if first.is_empty() { 0 } else { number(first)? };
            (first, if last.is_empty() { usize::MAX } else { number(last)? })
        }
    };
    (first <= last).then_some((first, last))
}

/// Gives the same parts in order, each once. Ranges that only touch stay apart: there may be something between them.
fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(before) if range.0 <= before.1 => before.1 = before.1.max(range.1),
            _ => merged.push(range),
        }
    }
    merged
}

/// Gives the parts that are not in these, which are in order.
fn others(ranges: &[Range]) -> Vec<Range> {
    let mut others = Vec::with_capacity(ranges.len() + 1);
    let mut next = 0;
    for range in ranges {
        if next < range.0 {
            others.push((next, range.0 - 1));
        }
        match range.1.checked_add(1) {
            Some(after) => next = after,
            None => return others,
        }
    }
    others.push((next, usize::MAX));
    others
}

impl Cut<'_> {
    fn all(&self, input: &mut Input<'_>, out: &mut Output<'_>) -> linux::Result<()> {
        if self.delimiter == self.end && matches!(self.unit, Unit::Fields) {
            let mut text = Vec::new();
            input.read_all(&mut text)?;
            self.lines(&text, out);
            return Ok(());
        }
        let mut reader = Reader::new(input);
        // Where parts of the line begin: a part is from its start to before the next one's.
        let mut starts = Vec::new();
        while let Some(record) = reader.record(self.end)? {
            let line = ended(record, self.end).0;
            match &self.unit {
                Unit::Bytes => self.parts(line, |at| at.min(line.len()), line.len(), out),
                Unit::Characters => {
                    starts.clear();
                    let is_start = |byte: &u8| *byte & 0xc0 != 0x80;
                    starts.extend((0..line.len()).filter(|at| line.get(*at).is_some_and(is_start)));
                    let start = |at: usize| starts.get(at).copied().unwrap_or(line.len());
                    self.parts(line, start, starts.len(), out);
                }
                Unit::Fields => self.fields(line, &mut starts, out),
                Unit::Matched(regex) => self.matched(line, regex, out),
            }
            if out.is_broken() {
                break;
            }
        }
        Ok(())
    }

    /// Prints lines as the fields of the whole, where the two end with the same byte. The end of a line that is alone delimits it, as
    /// GNU's has it.
    fn lines(&self, text: &[u8], out: &mut Output<'_>) {
        let (text, is_ended) = ended(text, self.end);
        if is_ended && !text.contains(&self.delimiter) {
            let has_first = self.ranges.iter().any(|range| range.0 == 0);
            if has_first {
                out.put(text);
            }
            if has_first || !self.needs_delimiter {
                out.put(&[self.end]);
            }
        } else if is_ended || !text.is_empty() {
            self.fields(text, &mut Vec::new(), out);
        }
    }

    /// Prints bytes or characters.
    fn parts(&self, line: &[u8], start: impl Fn(usize) -> usize, count: usize, out: &mut Output<'_>) {
        let mut is_first = true;
        for (first, last) in &self.ranges {
            if *first >= count {
                continue;
            }
            if let Some(between) = self.between.filter(|_| !is_first) {
                out.put(between);
            }
            is_first = false;
            let end = last.checked_add(1).map_or(line.len(), &start);
            out.put(line.get(start(*first)..end).unwrap_or_default());
        }
        out.put(&[self.end]);
    }

    /// Prints fields with matches between them, but of the chosen ones none that is empty, as BusyBox has it: so what stands before a
    /// match at the beginning of the line is the first field, and a blank before the second one is not printed.
    fn matched(&self, line: &[u8], regex: &Regex, out: &mut Output<'_>) {
        let mut fields: Vec<&[u8]> = Vec::new();
        let (mut start, mut from) = (0, 0);
        while let Some(found) = regex.find(line, from).filter(|found| found.start < line.len()) {
            if found.is_empty() {
                from = found.end + 1;
                continue;
            }
            fields.push(line.get(start..found.start).unwrap_or_default());
            (start, from) = (found.end, found.end);
        }
        if fields.is_empty() {
            if !self.needs_delimiter {
                out.put(line);
                out.put(&[self.end]);
            }
            return;
        }
        fields.push(line.get(start..).unwrap_or_default());
        let mut between: &[u8] = b"";
        for (first, last) in &self.ranges {
            let end = last.saturating_add(1).min(fields.len());
            for field in fields.get(*first..end).unwrap_or_default().iter().filter(|field| !field.is_empty())
            {
                out.put(between);
                out.put(field);
                between = self.between.unwrap_or(b" ");
            }
        }
        out.put(&[self.end]);
    }

    fn fields(&self, line: &[u8], ends: &mut Vec<usize>, out: &mut Output<'_>) {
        let most = self.ranges.iter().map(|range| range.1).max().unwrap_or(0);
        ends.clear();
        ends.extend(memchr_iter(self.delimiter, line).take(most.saturating_add(1)));
        if ends.is_empty() {
            if !self.needs_delimiter {
                out.put(line);
                out.put(&[self.end]);
            }
            return;
        }
        // Unless the search stopped before it, the last field ends with the line.
        if ends.len() <= most {
            ends.push(line.len());
        }
        let own = [self.delimiter];
        let between = self.between.unwrap_or(&own);
        let mut is_first = true;
        for (first, last) in &self.ranges {
            let Some(end) = ends.get(*last).or(ends.last()).filter(|_| *first < ends.len()) else { continue };
            if !is_first {
                out.put(between);
            }
            is_first = false;
            let start = first.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| end + 1);
            if self.between.is_none() {
                out.put(line.get(start..*end).unwrap_or_default());
                continue;
            }
            for (index, field) in
                line.get(start..*end).unwrap_or_default().split(|byte| *byte == self.delimiter).enumerate()
            {
                if index > 0 {
                    out.put(between);
                }
                out.put(field);
            }
        }
        out.put(&[self.end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        assert_eq!(ranges(b"1,3-5,-2,7-"), Ok(vec![(0, 0), (2, 4), (0, 1), (6, usize::MAX)]));
        for list in ["", "0", "-", "3-2", "a", "1,,2", "1-2-3"] {
            assert!(ranges(list.as_bytes()).is_err(), "{list}");
        }
    }

    #[test]
    fn ranges_are_put_in_order_and_turned_round() {
        assert_eq!(merged(vec![(6, 9), (0, 2), (1, 3)]), [(0, 3), (6, 9)]);
        assert_eq!(others(&[(1, 2), (5, 6)]), [(0, 0), (3, 4), (7, usize::MAX)]);
        assert_eq!(others(&[(0, usize::MAX)]), []);
    }
}
