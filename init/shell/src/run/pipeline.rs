//! Pipelines of several commands, background jobs, command substitution.

use alloc::vec::Vec;

use linux::fs::{Mode, OpenFlags};
use linux::process::Pid;
use linux::signal::Signal;

use super::messages::MISUSE;
use super::{Leave, Run, Saved, Shell, Status};
use crate::builtins;
use crate::syntax::{Bytes, Change, Command, Item, Kind, List, Name, Part, Simple, Word};
use crate::system::Disposition;

/// A command of a pipeline that runs, or that could not be started.
enum Member {
    Child(Pid),
    Ended(Status),
}

impl Shell<'_> {
    /// Runs commands each of which reads what the one before it writes.
    pub(super) fn pipe(&mut self, commands: &[Command], text: Option<&Bytes>) -> Run {
        let members = self.start_members(commands, false)?;
        self.wait_members(&members, text)
    }

    /// Starts the commands of a pipeline, each a child of this process.
    fn start_members(&mut self, commands: &[Command], background: bool) -> Run<Vec<Member>> {
        let mut members = Vec::with_capacity(commands.len());
        let mut input = None;
        let mut group = None;
        for (index, command) in commands.iter().enumerate() {
            let next = (index + 1 < commands.len()).then(|| self.make_pipe()).transpose();
            let member = match next {
                Ok(next) => self.member(command, input, next, group, background),
                Err(leave) => Err(leave),
            };
            let next = next.ok().flatten();
            for number in input.into_iter().chain(next.map(|(_, writer)| writer)) {
                let _ = self.system.close(number);
            }
            input = next.map(|(reader, _)| reader);
            let member = match member {
                Ok(member) => member,
                Err(leave) => {
                    if let Some(number) = input {
                        let _ = self.system.close(number);
                    }
                    return Err(leave);
                }
            };
            if let Member::Child(child) = member
                && self.options.monitor
            {
                let leader = *group.get_or_insert(child);
                let _ = self.system.set_group(Some(child), Some(leader));
            }
            members.push(member);
        }
        Ok(members)
    }

    fn wait_members(&mut self, members: &[Member], text: Option<&Bytes>) -> Run {
        let children = children(members);
        let mut ended = self.wait_all(&children, text)?.into_iter();
        let statuses = members.iter().map(|member| match member {
            Member::Child(_) => ended.next().unwrap_or(127),
            Member::Ended(status) => *status,
        });
        let statuses: Vec<Status> = statuses.collect();
        let last = statuses.last().copied().unwrap_or(0);
        if self.options.pipefail {
            return Ok(statuses.into_iter().rev().find(|status| *status != 0).unwrap_or(0));
        }
        Ok(last)
    }

    fn make_pipe(&mut self) -> Run<(i32, i32)> {
        self.system.pipe().map_err(|errno| {
            self.complain(b"", &format_args!("cannot make a pipe: {errno}"));
            Leave::Failed(2)
        })
    }

    /// Starts a command of a pipeline.
    fn member(
        &mut self,
        command: &Command,
        input: Option<i32>,
        next: Option<(i32, i32)>,
        group: Option<Pid>,
        background: bool,
    ) -> Run<Member> {
        let output = next.map(|(_, writer)| writer);
        if let Some(simple) = self.direct(command).filter(|_| !background) {
            return self.start_member(command, simple, input, output, group);
        }
        let leaves_keyboard = background && !self.options.monitor;
        let child = self.fork_or_fail(&mut |shell| {
            let mut saved = Saved::default();
            for (number, to) in
                input.map(|number| (number, 0)).into_iter().chain(output.map(|number| (number, 1)))
            {
                if shell.place(number, to, &mut saved).is_err() {
                    return MISUSE;
                }
                let _ = shell.system.close(number);
            }
            if let Some((reader, _)) = next {
                let _ = shell.system.close(reader);
            }
            shell.keep(saved);
            if leaves_keyboard {
                shell.leave_keyboard(input.is_none());
            }
            shell.ends = shell.may_become(command);
            shell.end_of(|shell| shell.command(command))
        })?;
        Ok(Member::Child(child))
    }

    /// Starts a program without a copy of this process: its descriptors are put in place here, and back.
    fn start_member(
        &mut self,
        command: &Command,
        simple: &Simple,
        input: Option<i32>,
        output: Option<i32>,
        group: Option<Pid>,
    ) -> Run<Member> {
        self.line = command.position.line;
        self.place = simple.words.first().map_or(command.position, |word| word.position);
        let mut fields = Vec::new();
        for word in &simple.words {
            self.expand(word, &mut fields)?;
        }
        let mut placed = Saved::default();
        for (number, to) in
            input.map(|number| (number, 0)).into_iter().chain(output.map(|number| (number, 1)))
        {
            if let Err(leave) = self.place(number, to, &mut placed) {
                self.put_back(placed);
                return Err(leave);
            }
        }
        let started = match self.redirect(&command.redirects) {
            Ok(saved) => {
                let started = self.start(&fields, None, group);
                self.put_back(saved);
                started
            }
            Err(_) => Err(1),
        };
        self.put_back(placed);
        Ok(match started {
            Ok(child) => Member::Child(child),
            Err(status) => Member::Ended(status),
        })
    }

    /// Gives the simple command that a command is, if it is a program's and nothing in its words can change this shell.
    fn direct<'c>(&self, command: &'c Command) -> Option<&'c Simple> {
        let Kind::Simple(simple) = &command.kind else { return None };
        let name = simple.words.first()?.plain.as_ref()?;
        let is_program = builtins::find(name).is_none() && !self.functions.contains_key(name);
        let is_plain =
            simple.assignments.is_empty() && !self.traces && !self.options.xtrace && !self.options.nounset;
        (is_program && is_plain && simple.words.iter().all(is_harmless)).then_some(simple)
    }

    /// Starts a chain in the background.
    pub(super) fn background(&mut self, item: &Item) -> Run {
        let monitor = self.options.monitor;
        let first = &item.chain.first;
        let children = if item.chain.rest.is_empty() && !first.negated && first.commands.len() > 1 {
            children(&self.start_members(&first.commands, true)?)
        } else {
            let child = self.fork_or_fail(&mut |shell| {
                if !monitor {
                    shell.leave_keyboard(true);
                }
                shell.ends = shell.may_end_with(&item.chain);
                shell.end_of(|shell| shell.chain(&item.chain, None))
            })?;
            if monitor {
                let _ = self.system.set_group(Some(child), Some(child));
            }
            alloc::vec![child]
        };
        let number = self.jobs.add(&children, item.text.clone(), monitor, self.options.pipefail);
        if let Some(last) = self.jobs.last.filter(|_| self.options.interactive) {
            self.say(alloc::format!("[{number}] {}\n", last.get()).as_bytes());
        }
        Ok(0)
    }

    /// In a child that runs in the background, without job control: keeps signals of the keyboard away, and has it read
    /// nothing that is typed.
    fn leave_keyboard(&mut self, reads: bool) {
        for signal in [Signal::INT, Signal::QUIT] {
            let _ = self.system.on_signal(signal, Disposition::Ignore);
        }
        if reads && let Ok(null) = self.system.open(b"/dev/null", OpenFlags::READ, Mode::empty()) {
            let _ = self.system.put(null, 0);
            if null != 0 {
                let _ = self.system.close(null);
            }
        }
    }

    /// Gives what commands write, without the ends of lines at its end.
    pub(crate) fn substitute(&mut self, list: &List) -> Run<Vec<u8>> {
        let (reader, writer) = self.make_pipe()?;
        let started = self.start_substitution(list, reader, writer);
        let _ = self.system.close(writer);
        let mut text = Vec::new();
        let read = if started.is_ok() { self.read_all(reader, &mut text) } else { Ok(()) };
        let _ = self.system.close(reader);
        let status = match started? {
            Member::Child(child) => self.wait_foreground(&[child], None)?,
            Member::Ended(status) => status,
        };
        read?;
        self.substituted = Some(status);
        self.status = status;
        Ok(trimmed(text))
    }

    fn start_substitution(&mut self, list: &List, reader: i32, writer: i32) -> Run<Member> {
        if let [Item { chain, background: false, .. }] = list.items.as_slice()
            && chain.rest.is_empty()
            && let [command] = chain.first.commands.as_slice()
            && !chain.first.negated
            && let Some(simple) = self.direct(command)
        {
            return self.start_member(command, simple, None, Some(writer), None);
        }
        let tested = core::mem::take(&mut self.tested);
        let child = self.fork_or_fail(&mut |shell| {
            let _ = shell.system.close(reader);
            if let Err(errno) = shell.system.put(writer, 1) {
                shell.complain(b"", &format_args!("cannot collect what a command writes: {errno}"));
                return MISUSE;
            }
            if writer != 1 {
                let _ = shell.system.close(writer);
            }
            shell.collects = false;
            shell.end_of(|shell| shell.last_list(list))
        });
        self.tested = tested;
        Ok(Member::Child(child?))
    }

    /// Reads all that a descriptor gives.
    pub(crate) fn read_all(&mut self, reader: i32, text: &mut Vec<u8>) -> Run<()> {
        let mut buffer = [0; 4096];
        loop {
            match self.system.read(reader, &mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    // Before it grows.
                    if text.capacity() - text.len() < count {
                        self.room(2 * text.len())?;
                    }
                    text.extend_from_slice(buffer.get(..count).unwrap_or_default());
                }
                Err(linux::Errno::INTR) => {}
                Err(errno) => {
                    self.complain(b"", &format_args!("cannot read what a command writes: {errno}"));
                    return Ok(());
                }
            }
        }
    }
}

/// Gives the processes of a pipeline.
fn children(members: &[Member]) -> Vec<Pid> {
    let child = |member: &Member| match member {
        Member::Child(child) => Some(*child),
        Member::Ended(_) => None,
    };
    members.iter().filter_map(child).collect()
}

/// Takes away zero bytes, which no string holds, and the ends of lines at the end.
pub(crate) fn trimmed(mut text: Vec<u8>) -> Vec<u8> {
    if text.contains(&0) {
        text.retain(|byte| *byte != 0);
    }
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    text
}

/// Says whether the expansion of a word can neither fail nor change a variable.
pub(crate) fn is_harmless(word: &Word) -> bool {
    word.parts.iter().all(|part| match part {
        Part::Text(_) | Part::Quoted(_) | Part::Tilde(_) => true,
        Part::Parameter(parameter, _) => match &parameter.change {
            Change::None | Change::Length => !matches!(parameter.name, Name::Special(b'!')),
            Change::Default(_, word) | Change::Alternate(_, word) | Change::Strip(_, _, word) => {
                is_harmless(word)
            }
            _ => false,
        },
        Part::Command(..) | Part::Arithmetic(..) => false,
    })
}
