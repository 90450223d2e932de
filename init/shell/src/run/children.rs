//! Children: the jobs that they are, waiting for them, and what is told of them.

use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::Errno;
use linux::process::{Ended, Pid};
use linux::signal::Signal;

use super::{Run, Shell, Status};
use crate::syntax::Bytes;
use crate::system::Wait;

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) number: usize,
    /// Its processes and what has become of them.
    pub(crate) processes: Vec<(Pid, Option<Ended>)>,
    pub(crate) text: Bytes,
    /// Whether its processes are a group, which its first one leads.
    pub(crate) is_group: bool,
    /// Whether its status is that of the last process that failed, not just of the last.
    pub(crate) pipefail: bool,
    /// Whether something has happened that nobody was told of.
    pub(crate) changed: bool,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobState {
    Running,
    Stopped(Signal),
    Done(Ended),
}

/// All jobs.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// In the order in which they became the current one.
    pub(crate) list: Vec<Job>,
    /// Children that have ended while others were waited for.
    strays: Vec<(Pid, Ended)>,
    /// In a subshell, what `jobs` shows until it has jobs of its own: those of its parent.
    pub(crate) inherited: Vec<Job>,
    /// `$!`.
    pub(crate) last: Option<Pid>,
}

impl Job {
    pub(crate) fn state(&self) -> JobState {
        let mut last = Ended::Exited(0);
        for (_, ended) in &self.processes {
            match ended {
                None => return JobState::Running,
                Some(Ended::Stopped(signal)) => return JobState::Stopped(*signal),
                Some(ended) if self.pipefail && ended.shell_status() == 0 => {}
                Some(ended) => last = *ended,
            }
        }
        JobState::Done(last)
    }

    /// Gives the number of its last process, which is `$!`.
    pub(crate) fn last(&self) -> Option<Pid> {
        self.processes.last().map(|(pid, _)| *pid)
    }

    /// Gives what `kill` takes for all of it.
    pub(crate) fn target(&self) -> i32 {
        let pid = self.processes.first().map_or(0, |(pid, _)| pid.get());
        if self.is_group { -pid } else { pid }
    }
}

impl Jobs {
    /// Adds a job of children, which is the current one then; gives its number.
    pub(crate) fn add(
        &mut self,
        children: &[Pid],
        text: Option<Bytes>,
        is_group: bool,
        pipefail: bool,
    ) -> usize {
        self.last = children.last().copied();
        let text = text.unwrap_or_else(|| Rc::from(&b""[..]));
        let processes = children.iter().map(|child| (*child, None)).collect();
        self.push(processes, text, is_group, pipefail)
    }

    fn push(
        &mut self,
        processes: Vec<(Pid, Option<Ended>)>,
        text: Bytes,
        is_group: bool,
        pipefail: bool,
    ) -> usize {
        let number = self.list.iter().map(|job| job.number).max().unwrap_or(0) + 1;
        self.list.push(Job { number, processes, text, is_group, pipefail, changed: false });
        number
    }

    /// Notes what happened to a child.
    fn note(&mut self, child: Pid, ended: Ended) {
        for job in &mut self.list {
            if let Some(process) = job.processes.iter_mut().find(|(pid, _)| *pid == child) {
                process.1 = (ended != Ended::Continued).then_some(ended);
                job.changed = true;
                return;
            }
        }
        if !matches!(ended, Ended::Stopped(_) | Ended::Continued) {
            self.strays.push((child, ended));
        }
    }

    /// Takes what happened to a child before anyone asked.
    fn take_stray(&mut self, child: Pid) -> Option<Ended> {
        let at = self.strays.iter().position(|(pid, _)| *pid == child)?;
        Some(self.strays.swap_remove(at).1)
    }

    /// Forgets the jobs, which are no children of a child.
    pub(super) fn forget(&mut self) {
        self.inherited = core::mem::take(&mut self.list);
        self.strays.clear();
    }

    /// Finds the place of a job: `%n`, `%%`, `%+`, `%-`, `%text`, `%?text`, or a number of a process.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        let Some(name) = name.strip_prefix(b"%") else {
            let pid = crate::text::decimal(name)?;
            return self
                .list
                .iter()
                .position(|job| job.processes.iter().any(|(found, _)| i64::from(found.get()) == pid));
        };
        match name {
            b"" | b"%" | b"+" => self.list.len().checked_sub(1),
            b"-" => self.list.len().checked_sub(2),
            [b'?', part @ ..] => self
                .list
                .iter()
                .position(|job| job.text.windows(part.len().max(1)).any(|window| window == part)),
            _ => match crate::text::decimal(name) {
                Some(number) => self.list.iter().position(|job| job.number as i64 == number),
                None => self.list.iter().position(|job| job.text.starts_with(name)),
            },
        }
    }
}

impl Shell<'_> {
    /// Waits for children that are in front; gives the status of the last.
    pub(crate) fn wait_foreground(&mut self, children: &[Pid], text: Option<&Bytes>) -> Run {
        Ok(self.wait_all(children, text)?.last().copied().unwrap_or(0))
    }

    /// Waits for children that are in front; gives the status of each.
    pub(super) fn wait_all(&mut self, children: &[Pid], text: Option<&Bytes>) -> Run<Vec<Status>> {
        let mut ended: Vec<Option<Ended>> =
            children.iter().map(|child| self.jobs.take_stray(*child)).collect();
        while ended.iter().any(Option::is_none) {
            match self.wait_once(true) {
                Ok(Some((pid, how))) => match children.iter().position(|child| *child == pid) {
                    Some(index) if how != Ended::Continued => {
                        if let Some(slot) = ended.get_mut(index) {
                            *slot = Some(how);
                        }
                    }
                    Some(_) => {}
                    None => self.jobs.note(pid, how),
                },
                Ok(None) | Err(Errno::INTR) => {}
                Err(_) => break,
            }
        }
        self.take_terminal();
        let processes: Vec<_> = children.iter().copied().zip(ended).collect();
        if let Some((_, Some(Ended::Stopped(signal)))) =
            processes.iter().find(|(_, ended)| matches!(ended, Some(Ended::Stopped(_))))
        {
            let status = 128 + signal.number();
            let text = text.cloned().unwrap_or_else(|| Rc::from(&b""[..]));
            let number = self.jobs.push(processes, text, true, self.options.pipefail);
            self.tell_job(number);
            return Ok(alloc::vec![status]);
        }
        if let Some((_, Some(how))) = processes.last() {
            self.tell_death(*how);
        }
        Ok(processes.iter().map(|(_, ended)| ended.map_or(127, Ended::shell_status)).collect())
    }

    fn wait_once(&mut self, blocks: bool) -> linux::Result<Option<(Pid, Ended)>> {
        let waited = self.system.wait(Wait { blocks, stopped: self.options.monitor });
        if let Err(errno) = waited
            && !matches!(errno, Errno::CHILD | Errno::INTR)
        {
            self.complain(b"", &format_args!("cannot wait for children: {errno}"));
        }
        waited
    }

    /// Goes back in front of the terminal.
    pub(crate) fn take_terminal(&mut self) {
        if let Some(terminal) = self.terminal
            && let Some(group) = self.system.process_group()
        {
            let _ = self.system.set_foreground(terminal, group);
        }
    }

    /// Notes what has happened to children, without waiting.
    pub(crate) fn reap(&mut self) {
        while let Ok(Some((pid, ended))) = self.wait_once(false) {
            self.jobs.note(pid, ended);
        }
    }

    /// Waits until something happens to a child; false if a signal came or there is no child.
    pub(crate) fn wait_for_any(&mut self) -> linux::Result<()> {
        if let Some((pid, ended)) = self.wait_once(true)? {
            self.jobs.note(pid, ended);
        }
        Ok(())
    }

    /// Says by which signal a child has ended, where that is not what someone wanted.
    fn tell_death(&mut self, ended: Ended) {
        let (signal, core) = match ended {
            Ended::Killed(signal) => (signal, ""),
            Ended::Dumped(signal) => (signal, " (core dumped)"),
            _ => return,
        };
        if signal == Signal::INT && self.options.interactive {
            // The line that the terminal has shown `^C` in.
            self.say(b"\n");
        }
        if !matches!(signal, Signal::INT | Signal::PIPE) {
            let text = alloc::format!("{}{core}\n", describe(signal));
            self.flush();
            self.say(text.as_bytes());
        }
    }

    /// Prints a line about a job on standard error.
    pub(crate) fn tell_job(&mut self, number: usize) {
        if let Some(line) = self.job_line(number, false) {
            self.flush();
            self.say(&line);
        }
    }

    /// Gives the line about a job.
    pub(crate) fn job_line(&self, number: usize, with_pid: bool) -> Option<Vec<u8>> {
        let at = self.jobs.list.iter().position(|job| job.number == number)?;
        let job = self.jobs.list.get(at)?;
        let mark = match self.jobs.list.len() - at {
            1 => '+',
            2 => '-',
            _ => ' ',
        };
        let state = match job.state() {
            JobState::Running => "Running".into(),
            JobState::Stopped(signal) if signal == Signal::TSTP => "Stopped".into(),
            JobState::Stopped(signal) => alloc::format!("Stopped ({signal})"),
            JobState::Done(Ended::Exited(0)) => "Done".into(),
            JobState::Done(Ended::Exited(status)) => alloc::format!("Done({status})"),
            JobState::Done(Ended::Killed(signal) | Ended::Dumped(signal)) => describe(signal).into(),
            JobState::Done(_) => "Done".into(),
        };
        let pid = if with_pid { alloc::format!("{} ", job.last()?.get()) } else { "".into() };
        let mut line = alloc::format!("[{number}] {mark} {pid}{state:<27}").into_bytes();
        line.extend_from_slice(&job.text);
        line.push(b'\n');
        Some(line)
    }

    /// Tells of jobs that have changed, and forgets those that are done.
    pub(crate) fn tell_jobs(&mut self) {
        self.reap();
        let changed: Vec<_> = self.jobs.list.iter().filter(|job| job.changed).map(|job| job.number).collect();
        for number in changed {
            self.tell_job(number);
        }
        for job in &mut self.jobs.list {
            job.changed = false;
        }
        self.jobs.list.retain(|job| !matches!(job.state(), JobState::Done(_)));
    }
}

/// Says in words what a signal does to a process.
fn describe(signal: Signal) -> alloc::borrow::Cow<'static, str> {
    let text = match signal {
        Signal::HUP => "Hangup",
        Signal::QUIT => "Quit",
        Signal::ILL => "Illegal instruction",
        Signal::TRAP => "Trace/breakpoint trap",
        Signal::ABRT => "Aborted",
        Signal::BUS => "Bus error",
        Signal::FPE => "Arithmetic exception",
        Signal::KILL => "Killed",
        Signal::SEGV => "Segmentation fault",
        Signal::ALRM => "Alarm clock",
        Signal::TERM => "Terminated",
        _ => return alloc::format!("{signal}").into(),
    };
    text.into()
}
