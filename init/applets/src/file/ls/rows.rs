//! Names alone: in columns, across, and with commas between.

use alloc::vec::Vec;

use super::Options;
use super::entry::Entry;
use super::show::{adorned, leading, leading_widths, spaces};
use crate::Output;

/// What stands between two columns.
const GAP: usize = 2;

/// A name and the gap behind it take no less.
const LEAST: usize = 3;

/// A name as it is printed, and how many columns it takes.
type Cell = (Vec<u8>, usize);

fn cells(entries: &[Entry], options: &Options) -> Vec<Cell> {
    let leads = leading_widths(entries, options);
    let cell = |entry| {
        let mut cell = Vec::new();
        leading(entry, leads, options, &mut cell);
        let lead = cell.len();
        let columns = adorned(entry, options, &mut cell);
        (cell, lead + columns)
    };
    entries.iter().map(cell).collect()
}

fn widest<'c>(cells: impl Iterator<Item = &'c Cell>) -> usize {
    cells.map(|cell| cell.1).max().unwrap_or(0)
}

fn fits(widths: &[usize], room: usize) -> bool {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) < room
}

/// Prints names from top to bottom in as many columns as fit, at least one.
pub(super) fn columns(entries: &[Entry], room: usize, options: &Options, out: &mut Output<'_>) {
    let cells = cells(entries, options);
    let widths_of =
        |lines: usize| -> Vec<usize> { cells.chunks(lines).map(|column| widest(column.iter())).collect() };
    let most = (room / LEAST).clamp(1, cells.len().max(1));
    let mut lines = (1..=most).rev().map(|columns| cells.len().div_ceil(columns));
    let lines = lines.find(|lines| fits(&widths_of((*lines).max(1)), room)).unwrap_or(cells.len());
    if lines == 0 {
        return;
    }
    let widths = widths_of(lines);
    for line in 0..lines {
        print(cells.iter().skip(line).step_by(lines), &widths, out);
    }
}

/// Prints names from left to right in as many columns as fit, at least one.
pub(super) fn across(entries: &[Entry], room: usize, options: &Options, out: &mut Output<'_>) {
    let cells = cells(entries, options);
    let widths_of = |columns: usize| -> Vec<usize> {
        (0..columns).map(|column| widest(cells.iter().skip(column).step_by(columns))).collect()
    };
    let most = (room / LEAST).clamp(1, cells.len().max(1));
    let columns = (1..=most).rev().find(|columns| fits(&widths_of(*columns), room)).unwrap_or(1);
    let widths = widths_of(columns);
    for line in cells.chunks(columns) {
        print(line.iter(), &widths, out);
    }
}

/// Prints a line of cells.
fn print<'c>(cells: impl Iterator<Item = &'c Cell>, widths: &[usize], out: &mut Output<'_>) {
    let mut gap = 0;
    for (cell, columns) in cells.zip(widths) {
        spaces(gap, out);
        out.put(&cell.0);
        gap = columns + GAP - cell.1;
    }
    out.put(b"\n");
}

/// Prints names with commas between, in as few lines as they fit in.
pub(super) fn commas(entries: &[Entry], room: usize, options: &Options, out: &mut Output<'_>) {
    let cells = cells(entries, options);
    let mut taken = 0;
    for (at, (text, columns)) in cells.iter().enumerate() {
        if at > 0 {
            let is_full = taken + columns + GAP >= room;
            out.put(if is_full { b",\n" } else { b", " });
            taken = if is_full { 0 } else { taken + GAP };
        }
        out.put(text);
        taken += columns;
    }
    if !cells.is_empty() {
        out.put(b"\n");
    }
}
