//! Rows with named columns, and their two faces: an aligned table for people, JSON for programs.

use alloc::vec::Vec;

use crate::{Condition, Json, Sink, Value, sort, text};

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What programs call it: the key in JSON.
    pub name: &'a str,
    /// What stands above it.
    pub title: &'a str,
}

/// Rows, all with the same columns.
#[derive(Debug)]
pub struct Rows<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Value>>,
}

impl<'a> Rows<'a> {
    /// Starts without rows.
    pub fn new(columns: &[Column<'a>]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Starts without rows; the columns stand in a text, each as `name` or `name=TITLE`.
    pub fn named(columns: &'a str) -> Self {
        let columns = columns.split(' ').map(|column| {
            let (name, title) = column.split_once('=').unwrap_or((column, ""));
            Column { name, title }
        });
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds a row, a value for each column in their order.
    pub fn push(&mut self, row: impl Into<Vec<Value>>) {
        self.rows.push(row.into());
    }

    /// Says whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Keeps the rows for which the condition holds.
    pub fn filter(&mut self, condition: &Condition<'_>) {
        self.rows.retain(|row| row.get(condition.column).is_some_and(|value| condition.holds(value)));
    }

    /// Sorts by a column; rows with equal values keep their order.
    pub fn sort(&mut self, column: usize, descending: bool) {
        sort::sort_by(&mut self.rows, |left, right| {
            let order = left.get(column).cmp(&right.get(column));
            if descending { order.reverse() } else { order }
        });
    }

    /// Keeps the first so many columns: those behind them were there to filter and sort by.
    pub fn truncate(&mut self, columns: usize) {
        self.columns.truncate(columns);
        for row in &mut self.rows {
            row.truncate(columns);
        }
    }

    /// Writes an array of objects, a line each.
    pub fn json(&self, out: &mut dyn Sink) {
        let mut json = Json::new(out);
        json.array();
        for row in &self.rows {
            json.line();
            json.object();
            for (column, value) in self.columns.iter().zip(row) {
                value.write(column.name, &mut json);
            }
            json.end_object();
        }
        json.end_array();
        json.end();
    }

    /// Writes a table: a line of titles if any column has one, then a line a row. A column of quantities stands at the
    /// right; two spaces part columns; lines are cut at `width` characters where one is given.
    pub fn table(&self, width: Option<usize>, out: &mut dyn Sink) {
        let titled = self.columns.iter().any(|column| !column.title.is_empty());
        let columns: Vec<(usize, bool)> = (0..self.columns.len()).map(|index| self.layout(index)).collect();
        let mut line = Vec::new();
        if titled {
            for (column, &layout) in self.columns.iter().zip(&columns) {
                place(column.title.as_bytes(), layout, &mut line);
            }
            finish(&mut line, width, out);
        }
        let mut cell = Vec::new();
        for row in &self.rows {
            for (value, &layout) in row.iter().zip(&columns) {
                cell.clear();
                value.show(&mut cell);
                place(&cell, layout, &mut line);
            }
            finish(&mut line, width, out);
        }
    }

    /// Gives a column's width, and whether it stands at the right.
    fn layout(&self, index: usize) -> (usize, bool) {
        let mut width = self.columns.get(index).map_or(0, |column| text::width(column.title.as_bytes()));
        let mut right = false;
        let mut cell = Vec::new();
        for value in self.rows.iter().filter_map(|row| row.get(index)) {
            cell.clear();
            value.show(&mut cell);
            width = width.max(text::width(&cell));
            right |= value.is_quantity();
        }
        (width, right)
    }
}

/// Adds a cell to a line.
fn place(cell: &[u8], (width, right): (usize, bool), line: &mut Vec<u8>) {
    if !line.is_empty() {
        line.extend_from_slice(b"  ");
    }
    let gap = width.saturating_sub(text::width(cell));
    line.resize(line.len() + if right { gap } else { 0 }, b' ');
    line.extend_from_slice(cell);
    line.resize(line.len() + if right { 0 } else { gap }, b' ');
}

/// Writes a line without its trailing spaces, and empties it.
fn finish(line: &mut Vec<u8>, width: Option<usize>, out: &mut dyn Sink) {
    let cut = text::cut(line, width.unwrap_or(usize::MAX));
    out.put(cut.trim_ascii_end());
    out.put(b"\n");
    line.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn processes() -> Rows<'static> {
        let column = |name, title| Column { name, title };
        let mut rows = Rows::new(&[
            column("pid", "PID"),
            column("name", "NAME"),
            column("rss", "RSS"),
            column("time", "TIME"),
            column("threads", "THREADS"),
        ]);
        let mut push = |pid, name: &[u8], rss, milliseconds| {
            rows.push([
                Value::Number(pid),
                Value::text(name),
                Value::Size(rss),
                Value::Span(milliseconds),
                Value::Unknown,
            ]);
        };
        push(1, b"init", 60 << 10, 12);
        push(42, b"n\xc3\xa9t\x1b", 5 << 20, 3_661_000);
        push(7, b"b\xff", 0, 90_061_500);
        rows
    }

    fn shown(show: impl Fn(&mut Vec<u8>)) -> String {
        let mut bytes = Vec::new();
        show(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_table_is_aligned_by_characters() {
        let expected = "\
PID  NAME      RSS        TIME  THREADS
  1  init      60K    00:00:00  -
 42  nét\\x1b  5.0M    01:01:01  -
  7  b\\xff       0  1-01:01:01  -
";
        assert_eq!(shown(|out| processes().table(None, out)), expected);
        assert_eq!(shown(|out| processes().table(Some(8), out)).lines().nth(2), Some(" 42  nét"));
    }

    #[test]
    fn json_agrees_with_another_reader() {
        let text = shown(|out| processes().json(out));
        let expected = serde_json::json!([
            {"pid": 1, "name": "init", "rss": 61440, "time": 0.012, "threads": null},
            {"pid": 42, "name": "nét\u{1b}", "rss": 5242880, "time": 3661.0, "threads": null},
            {"pid": 7, "name": "b\u{fffd}", "name_hex": "62ff", "rss": 0, "time": 90061.5, "threads": null},
        ]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
        assert_eq!(text.lines().count(), 3);
        assert_eq!(shown(|out| Rows::new(&[]).json(out)), "[]\n");
        let mut rows = Rows::named("number=NO name");
        rows.push([Value::Number(7), Value::text(b"x")]);
        assert_eq!(shown(|out| rows.json(out)), "[{\"number\":7,\"name\":\"x\"}]\n");
        assert_eq!(shown(|out| rows.table(None, out)), "NO\n 7  x\n");
    }

    #[test]
    fn sorts_filters_and_selects() {
        let mut rows = processes();
        rows.sort(2, true);
        rows.truncate(1);
        assert_eq!(shown(|out| rows.table(None, out)), "PID\n 42\n  1\n  7\n");
        for (condition, expected) in [
            ("rss>=60K", "1,42"),
            ("rss<1", "7"),
            ("name=init", "1"),
            ("name!=init", "42,7"),
            ("pid>7", "42"),
            ("pid<=7", "1,7"),
            ("name~ni", "1"),
            ("time>1", "42,7"),
            ("threads=-", "1,42,7"),
        ] {
            let mut rows = processes();
            let mut wanted = Condition::parse(condition.as_bytes()).unwrap();
            let is_named = |column: &Column<'_>| column.name.as_bytes() == wanted.name;
            wanted.column = rows.columns.iter().position(is_named).unwrap();
            rows.filter(&wanted);
            let kept: Vec<String> = rows.rows.iter().map(|row| shown(|out| row[0].show(out))).collect();
            assert_eq!(kept.join(","), expected, "{condition}");
        }
        let mut shown_rows = Rows::new(&[Column { name: "share", title: "%" }]);
        shown_rows.push([Value::Thousandths(1250).shown(b"most".to_vec())]);
        shown_rows.push([Value::Thousandths(90)]);
        assert_eq!(shown(|out| shown_rows.table(None, out)), "   %\nmost\n 0.0\n");
        assert_eq!(shown(|out| shown_rows.json(out)), "[{\"share\":1.250},\n{\"share\":0.090}]\n");
        shown_rows.filter(&Condition::parse(b"share>=1").unwrap());
        assert_eq!(shown_rows.rows.len(), 1);
        assert!(Condition::parse(b"pid").is_none());
        assert!(Condition::parse(b"=1").is_none());
    }
}
