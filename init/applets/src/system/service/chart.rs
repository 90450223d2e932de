//! How the services came up: when the first process of each was made, was ready, and ended; as rows, or as a picture.

use alloc::format;
use alloc::vec::Vec;

use query::text::parse_decimal;
use query::{Rows, Value};

use super::{SVG, ask};
use crate::{Io, Outcome, Parsed, Status};

/// The picture, in its own units: room for names, for times, and for one service.
const NAMES: u64 = 180;
const TIMES: u64 = 900;
const HEIGHT: u64 = 20;

/// How many lines with times the picture has at most.
const LINES: u64 = 10;

/// A service that has come up, in microseconds since the machine's start.
struct Bar {
    name: Vec<u8>,
    state: Vec<u8>,
    start: Option<u64>,
    ready: Option<u64>,
    end: Option<u64>,
    after: Vec<u8>,
}

impl Bar {
    fn parse(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b'\t');
        let (name, state) = (fields.next()?.to_vec(), fields.next()?.to_vec());
        let mut time = || Some(parse_decimal(fields.next()?));
        let (start, ready, end) = (time()?, time()?, time()?);
        Some(Self { name, state, start, ready, end, after: fields.next()?.to_vec() })
    }

    /// Gives its first time; one that never began comes last.
    fn first(&self) -> u64 {
        self.start.or(self.ready).unwrap_or(u64::MAX)
    }
}

/// Shows all, in the order in which they began.
pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let answer = ask::answer(b"chart", b"")?;
    let mut bars: Vec<Bar> = answer.split(|byte| *byte == b'\n').filter_map(Bar::parse).collect();
    query::sort::sort_by(&mut bars, |one, other| one.first().cmp(&other.first()));
    if parsed.has(SVG) {
        picture(io, &bars);
        return Ok(Status::SUCCESS);
    }
    let columns = "name=NAME state=STATE start_us=START-US ready_us=READY-US end_us=END-US after=AFTER";
    let mut rows = Rows::named(columns);
    for bar in &bars {
        let number = |time: Option<u64>| time.map_or(Value::Unknown, Value::Number);
        let after = bar.after.split(|byte| *byte == b',').filter(|name| !name.is_empty());
        rows.push([
            Value::text(&bar.name),
            Value::text(&bar.state),
            number(bar.start),
            number(bar.ready),
            number(bar.end),
            Value::List(after.map(Value::text).collect()),
        ]);
    }
    io.show(&rows, parsed);
    Ok(Status::SUCCESS)
}

/// Draws those that began: the way to being ready in orange, the time since in green.
fn picture(io: &mut Io<'_>, bars: &[Bar]) {
    let bars: Vec<&Bar> = bars.iter().filter(|bar| bar.first() != u64::MAX).collect();
    let from = bars.first().map_or(0, |bar| bar.first());
    let last = |bar: &&Bar| bar.ready.max(bar.start).unwrap_or(from);
    // A twentieth more, so that what began last is seen.
    let span = (bars.iter().map(last).max().unwrap_or(from) - from).max(1);
    let span = span + span.div_ceil(20);
    let x = |time: u64| NAMES + time.saturating_sub(from).min(span) * TIMES / span;
    let (width, height) = (NAMES + TIMES, (bars.len() as u64 + 1) * HEIGHT);
    let mut put = |text: &str| io.out.put(text.as_bytes());
    put(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    ));
    let step = step(span);
    for time in
        (0..LINES + 1).map(|line| from.next_multiple_of(step) + line * step).filter(|at| *at < from + span)
    {
        let at = x(time);
        put(&format!("<path d=\"M{at} {HEIGHT}V{height}\" stroke=\"#ccc\"/><text x=\"{at}\" y=\"14\">"));
        put(&format!("{}.{:03} ms</text>\n", time / 1000, time % 1000));
    }
    for (bar, top) in bars.iter().zip((1..).map(|row| row * HEIGHT)) {
        let name = core::str::from_utf8(&bar.name).unwrap_or_default();
        let (begins, ends) = (x(bar.first()), bar.end.map_or(NAMES + TIMES, &x));
        let ready = bar.ready.map_or(ends, &x).clamp(begins, ends.max(begins));
        put(&format!("<text x=\"4\" y=\"{}\">{name}</text>", top + 14));
        for (left, right, colour) in [(begins, ready, "#f90"), (ready, ends, "#3a7")] {
            // A moment is seen as well.
            let width = right.saturating_sub(left).max(1);
            let (y, height) = (top + 3, HEIGHT - 6);
            put(&format!(
                "<rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\"/>"
            ));
        }
        put("\n");
    }
    put("</svg>\n");
}

/// Gives a round time of which so many at most make a span.
fn step(span: u64) -> u64 {
    let mut step = 1;
    loop {
        for round in [step, step * 2, step * 5] {
            if span / round < LINES {
                return round;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_round() {
        for (span, expected) in [(1, 1), (9, 1), (10, 2), (99, 10), (100, 20), (1_234_567, 200_000)] {
            assert_eq!(step(span), expected, "{span}");
        }
    }

    #[test]
    fn a_line_has_what_is_known() {
        let bar = Bar::parse(b"web\trunning\t1000\t2500\t\tlog,seed").unwrap();
        assert_eq!((bar.start, bar.ready, bar.end), (Some(1000), Some(2500), None));
        assert_eq!((bar.first(), bar.after.as_slice()), (1000, &b"log,seed"[..]));
        assert!(Bar::parse(b"web\trunning\t1000").is_none());
    }
}
