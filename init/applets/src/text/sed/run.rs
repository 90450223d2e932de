//! Running a script over lines.

use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::fd::AsFd;
use regex::Regex;

use super::input::{Files, Found};
use super::output::{MAIN, Outputs};
use super::script::{Action, Address, Command, End, Expression, Lines, Script, When};
use super::{list, substitute};
use crate::process::output;
use crate::reader::{Buffer, ended};
use crate::source;
use crate::{Input, Io, Status};

/// Gives what a line of a shell prints.
fn output_of(io: &mut Io<'_>, line: &[u8]) -> Result<Vec<u8>, Status> {
    Ok(output::of(io, &[b"/bin/sh", b"-c", line], &[1])?.0)
}

/// How a script is run.
pub(super) struct Manner {
    /// Lines are printed only by commands.
    pub(super) is_quiet: bool,
    /// With what lines end.
    pub(super) end: u8,
    /// How long lines of `l` are.
    pub(super) width: usize,
    pub(super) utf8: bool,
}

/// A script that runs.
pub(super) struct Machine<'m> {
    script: &'m Script,
    manner: Manner,
    pub(super) files: Files<'m>,
    pub(super) outputs: Outputs,
    /// Up to where the range of each command goes that is in one.
    ranges: Vec<Option<Until>>,
    line: u64,
    space: Vec<u8>,
    /// Whether the line had an end.
    has_end: bool,
    hold: Vec<u8>,
    /// Whether what is held had one.
    hold_has_end: bool,
    spare: Vec<u8>,
    last_expression: Option<Rc<Regex>>,
    has_replaced: bool,
    /// What is printed when the line is done with.
    queue: Vec<Queued<'m>>,
    /// The files of `R`, as far as they were read.
    readers: Vec<Option<(Option<linux::fd::OwnedFd>, Buffer)>>,
}

/// The end of a range.
#[derive(Clone, Copy)]
enum Until {
    Line(u64),
    /// What is said in the command.
    Address,
    /// It has been, and as it began at a line of a number, it does not begin again.
    Past,
}

enum Queued<'m> {
    Text(&'m [u8]),
    File(&'m [u8]),
    Line(Vec<u8>),
}

/// How a script goes on.
enum Flow {
    Next,
    To(usize),
    /// The line is printed, and the next one read.
    End,
    /// It is not printed.
    Deleted,
    /// Nor is another one read.
    Again,
    /// No other line is read; whether this one is printed, and the status.
    Quit(bool, u8),
}

impl<'m> Machine<'m> {
    pub(super) fn new(script: &'m Script, manner: Manner, files: Files<'m>, outputs: Outputs) -> Self {
        let mut machine = Self {
            script,
            manner,
            files,
            outputs,
            ranges: Vec::new(),
            line: 0,
            space: Vec::new(),
            has_end: true,
            hold: Vec::new(),
            hold_has_end: true,
            spare: Vec::new(),
            last_expression: None,
            has_replaced: false,
            queue: Vec::new(),
            readers: script.read.iter().map(|_| None).collect(),
        };
        machine.begin();
        machine
    }

    /// Begins to count lines, and ranges that begin before the first one.
    pub(super) fn begin(&mut self) {
        self.line = 0;
        self.hold.clear();
        let ranges =
            self.script.commands.iter().map(|command| {
                matches!(command.lines, Lines::Range(Address::Zero, _)).then_some(Until::Address)
            });
        self.ranges = ranges.collect();
    }

    /// Runs the script for each line that there is; a status when the script has quit, or could not go on.
    pub(super) fn run(&mut self, io: &mut Io<'_>) -> Option<Status> {
        let mut reads = true;
        loop {
            io.out.pause();
            if reads && !self.read(io, false) {
                return None;
            }
            let flow = match self.cycle(io) {
                Ok(flow) => flow,
                Err(status) => return Some(status),
            };
            let is_printed = matches!(flow, Flow::End | Flow::Quit(true, _)) && !self.manner.is_quiet;
            if is_printed {
                self.print(io, MAIN);
            }
            if !matches!(flow, Flow::Quit(false, _)) {
                self.end_cycle(io);
            }
            reads = !matches!(flow, Flow::Again);
            if let Flow::Quit(prints, status) = flow {
                if prints {
                    // As GNU's, which adds the end that the last line of a file may lack here alone.
                    self.outputs.end_line(io, MAIN, self.manner.end);
                }
                self.files.give_back(io);
                return Some(Status(status));
            }
            if io.out.is_broken() {
                return Some(super::FAILED);
            }
        }
    }

    /// Reads the next line, behind the one that there is or in its place; false where there is none.
    fn read(&mut self, io: &mut Io<'_>, appends: bool) -> bool {
        if !appends {
            self.space.clear();
        }
        let (found, has_end) = self.files.line(io, &mut self.space);
        if found == Found::Nothing {
            return false;
        }
        self.has_end = has_end;
        self.has_replaced = false;
        self.line += 1;
        true
    }

    fn print(&mut self, io: &mut Io<'_>, sink: usize) {
        self.outputs.line(io, sink, &self.space, self.manner.end, self.has_end);
    }

    fn print_text(&mut self, io: &mut Io<'_>, text: &[u8]) {
        self.outputs.end_line(io, MAIN, self.manner.end);
        self.outputs.bytes(io, MAIN, text);
    }

    /// Prints up to the first line feed.
    fn print_first(&mut self, io: &mut Io<'_>, sink: usize) {
        match memchr::memchr(self.manner.end, &self.space) {
            Some(end) => {
                let line = self.space.get(..end).unwrap_or_default();
                self.outputs.line(io, sink, line, self.manner.end, true);
            }
            None => self.print(io, sink),
        }
    }

    /// Prints what waited for the end of the line.
    fn end_cycle(&mut self, io: &mut Io<'_>) {
        for queued in core::mem::take(&mut self.queue) {
            match queued {
                Queued::Text(text) => self.print_text(io, text),
                Queued::Line(line) => self.outputs.line(io, MAIN, &line, self.manner.end, true),
                Queued::File(name) => {
                    self.outputs.end_line(io, MAIN, self.manner.end);
                    let outputs = &mut self.outputs;
                    let name = if name == b"/dev/stdin" { b"-" } else { name };
                    // What cannot be read has nothing in it.
                    let _ = source::with(io, name, &mut |io, _, input| {
                        let mut buffer = Buffer::default();
                        loop {
                            let bytes = buffer.fill(input)?;
                            if bytes.is_empty() {
                                return Ok(());
                            }
                            outputs.bytes(io, MAIN, bytes);
                            let count = bytes.len();
                            buffer.consume(count);
                        }
                    });
                }
            }
        }
    }

    /// Runs the script once.
    fn cycle(&mut self, io: &mut Io<'_>) -> Result<Flow, Status> {
        let script = self.script;
        let mut at = 0;
        while let Some(command) = script.commands.get(at) {
            let is_selected = self.selects(io, at, command)? != command.is_negated;
            if !is_selected {
                at = match command.action {
                    Action::Block(end) => end + 1,
                    _ => at + 1,
                };
                continue;
            }
            match self.act(io, at, command)? {
                Flow::Next => at += 1,
                Flow::To(place) => at = place,
                flow => return Ok(flow),
            }
        }
        Ok(Flow::End)
    }

    fn selects(&mut self, io: &mut Io<'_>, at: usize, command: &Command) -> Result<bool, Status> {
        let (first, end) = match &command.lines {
            Lines::All => return Ok(true),
            Lines::One(address) => return self.is_at(io, address),
            Lines::Range(first, end) => (first, end),
        };
        let until = self.ranges.get(at).copied().flatten();
        let stays = match (until, end) {
            (Some(Until::Line(last)), End::At(_)) if self.line > last => None,
            (Some(Until::Line(last)), _) => Some(self.line < last),
            (Some(Until::Address), End::At(address)) => Some(!self.is_at(io, address)?),
            _ => None,
        };
        let past = matches!(first, Address::Number(_)).then_some(Until::Past);
        if let Some(stays) = stays {
            if !stays {
                self.set_range(at, past);
            }
            return Ok(true);
        }
        let is_past = matches!(until, Some(Until::Past | Until::Line(_)));
        if until.is_some() {
            self.set_range(at, past);
        }
        // `n` and `N` may have passed by the line at which it begins.
        let begins = match (first, end) {
            (Address::Number(number), End::At(Address::Number(last))) if !is_past => {
                self.line == *number || (*number..=*last).contains(&self.line)
            }
            (Address::Number(number), _) if !is_past => self.line >= *number,
            _ => self.is_at(io, first)?,
        };
        if !begins {
            return Ok(false);
        }
        let until = match end {
            End::At(Address::Number(last)) => Some(Until::Line(*last)),
            End::At(Address::Last) => (!self.files.is_last(io)).then_some(Until::Address),
            End::At(_) => Some(Until::Address),
            End::Count(count) => Some(Until::Line(self.line.saturating_add(*count))),
            End::Multiple(0) => None,
            End::Multiple(number) => Some(Until::Line((self.line / number + 1).saturating_mul(*number))),
        };
        let is_longer = !matches!(until, Some(Until::Line(last)) if last <= self.line);
        self.set_range(at, until.filter(|_| is_longer).or(past));
        Ok(true)
    }

    fn set_range(&mut self, at: usize, until: Option<Until>) {
        if let Some(slot) = self.ranges.get_mut(at) {
            *slot = until;
        }
    }

    fn is_at(&mut self, io: &mut Io<'_>, address: &Address) -> Result<bool, Status> {
        Ok(match address {
            Address::Number(number) => self.line == *number,
            Address::Zero => false,
            Address::Step(first, 0) => self.line == *first,
            Address::Step(first, step) => self.line >= *first && (self.line - first).is_multiple_of(*step),
            Address::Last => self.files.is_last(io),
            Address::Match(expression) => self.expression(io, expression)?.is_match(&self.space),
        })
    }

    /// Gives an expression, or the one that was used last.
    fn expression(&mut self, io: &mut Io<'_>, expression: &Expression) -> Result<Rc<Regex>, Status> {
        if let Some(regex) = expression {
            self.last_expression = Some(regex.clone());
        }
        match &self.last_expression {
            Some(regex) => Ok(regex.clone()),
            None => {
                io.complain(b"", &"no expression was used before an empty one");
                Err(Status::FAILURE)
            }
        }
    }

    fn act(&mut self, io: &mut Io<'_>, at: usize, command: &'m Command) -> Result<Flow, Status> {
        match &command.action {
            Action::Block(_) | Action::Nothing => {}
            Action::Append(text) => self.queue.push(Queued::Text(text)),
            Action::Insert(text) => self.print_text(io, text),
            Action::Change(text) => {
                // Of a range, at its end.
                let is_within = matches!(self.ranges.get(at), Some(Some(Until::Line(_) | Until::Address)));
                if command.is_negated || !is_within {
                    self.print_text(io, text);
                }
                return Ok(Flow::Deleted);
            }
            Action::Jump(when, to) => {
                let has_replaced = self.has_replaced;
                if *when != When::Always {
                    self.has_replaced = false;
                }
                if *when == When::Always || has_replaced == (*when == When::Replaced) {
                    return Ok(Flow::To(*to));
                }
            }
            Action::Delete => return Ok(Flow::Deleted),
            Action::DeleteFirst => match memchr::memchr(self.manner.end, &self.space) {
                None => return Ok(Flow::Deleted),
                Some(end) => {
                    self.space.drain(..=end);
                    return Ok(Flow::Again);
                }
            },
            Action::Next => return Ok(self.next(io)),
            Action::NextAppend => return Ok(self.next_append(io)),
            Action::Quit(prints, status) => return Ok(Flow::Quit(*prints, *status)),
            Action::Substitute(substitution) => {
                let regex = self.expression(io, &substitution.expression)?;
                let (space, spare) = (&mut self.space, &mut self.spare);
                if substitute::run(substitution, &regex, space, spare, self.manner.utf8) {
                    self.has_replaced = true;
                    if substitution.runs {
                        self.run_line(io)?;
                    }
                    if substitution.prints {
                        self.print(io, MAIN);
                    }
                    if let Some(file) = substitution.writes {
                        self.print(io, self.outputs.file(file));
                    }
                }
            }
            Action::Run(None) => self.run_line(io)?,
            Action::Run(Some(line)) => {
                let output = output_of(io, line)?;
                self.print_text(io, &output);
            }
            action => self.act_simply(io, action),
        }
        Ok(Flow::Next)
    }

    /// Puts what the line prints as a command in its place.
    fn run_line(&mut self, io: &mut Io<'_>) -> Result<(), Status> {
        self.space = output_of(io, &self.space)?;
        if self.space.last() == Some(&self.manner.end) {
            self.space.pop();
        }
        Ok(())
    }

    fn next(&mut self, io: &mut Io<'_>) -> Flow {
        if self.files.is_last(io) {
            return Flow::End;
        }
        if !self.manner.is_quiet {
            self.print(io, MAIN);
        }
        self.end_cycle(io);
        if self.read(io, false) { Flow::Next } else { Flow::Quit(false, 0) }
    }

    fn next_append(&mut self, io: &mut Io<'_>) -> Flow {
        if self.files.is_last(io) {
            return Flow::End;
        }
        self.end_cycle(io);
        self.space.push(self.manner.end);
        if self.read(io, true) { Flow::Next } else { Flow::Quit(true, 0) }
    }

    /// Does what leads nowhere else.
    fn act_simply(&mut self, io: &mut Io<'_>, action: &'m Action) {
        match action {
            Action::Name => {
                let name = self.files.name();
                self.outputs.line(io, MAIN, name, b'\n', true);
            }
            Action::Get => {
                self.space.clone_from(&self.hold);
                self.has_end = self.hold_has_end;
            }
            Action::GetAppend => {
                self.has_end = self.hold_has_end;
                self.space.push(self.manner.end);
                self.space.extend_from_slice(&self.hold);
            }
            Action::Hold => {
                self.hold.clone_from(&self.space);
                self.hold_has_end = self.has_end;
            }
            Action::HoldAppend => {
                self.hold_has_end = self.has_end;
                self.hold.push(self.manner.end);
                self.hold.extend_from_slice(&self.space);
            }
            Action::Exchange => {
                core::mem::swap(&mut self.space, &mut self.hold);
                core::mem::swap(&mut self.has_end, &mut self.hold_has_end);
            }
            Action::List(width) => {
                let text = list::line(&self.space, width.unwrap_or(self.manner.width), self.manner.end);
                self.print_text(io, &text);
            }
            Action::Print => self.print(io, MAIN),
            Action::PrintFirst => self.print_first(io, MAIN),
            Action::Read(name) => self.queue.push(Queued::File(name)),
            Action::ReadLine(file) => self.read_line(io, *file),
            Action::Write(file) => self.print(io, self.outputs.file(*file)),
            Action::WriteFirst(file) => self.print_first(io, self.outputs.file(*file)),
            Action::Translate(table) => substitute::translate(table, &mut self.space, &mut self.spare),
            Action::Number => {
                let mut text = Vec::new();
                query::text::decimal(self.line, &mut text);
                text.push(self.manner.end);
                self.print_text(io, &text);
            }
            Action::Zap => self.space.clear(),
            _ => {}
        }
    }

    /// Has the next line of a file printed when this one is done with.
    fn read_line(&mut self, io: &mut Io<'_>, file: usize) {
        let Some(name) = self.script.read.get(file) else { return };
        let Some(slot) = self.readers.get_mut(file) else { return };
        let (descriptor, buffer) = slot.get_or_insert_with(|| {
            let is_standard = name.as_slice() == b"/dev/stdin";
            (if is_standard { None } else { source::open_file(name).ok() }, Buffer::default())
        });
        let record = match descriptor {
            Some(descriptor) => buffer.record(&mut Input::Descriptor(descriptor.as_fd()), self.manner.end),
            None if name.as_slice() == b"/dev/stdin" => buffer.record(&mut io.input, self.manner.end),
            None => Ok(None),
        };
        if let Ok(Some(record)) = record {
            self.queue.push(Queued::Line(ended(record, self.manner.end).0.to_vec()));
        }
    }
}
