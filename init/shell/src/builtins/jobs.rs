//! `jobs`, `fg`, `bg`, `wait`.

use alloc::vec::Vec;

use linux::Errno;
use linux::process::Ended;
use linux::signal::Signal;
use query::sort::sort;

use super::Letters;
use crate::run::{JobState, Run, Shell, Status};
use crate::syntax::Bytes;

pub(super) fn jobs(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"lp", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    shell.reap();
    let is_parents = shell.jobs.list.is_empty();
    if is_parents {
        shell.jobs.list = core::mem::take(&mut shell.jobs.inherited);
    }
    let status = show(shell, &letters, words);
    shell.jobs.list.retain(|job| !matches!(job.state(), JobState::Done(_)));
    if is_parents {
        shell.jobs.inherited = core::mem::take(&mut shell.jobs.list);
    }
    Ok(status)
}

/// Shows the jobs that are named, or all.
fn show(shell: &mut Shell<'_>, letters: &Letters<'_>, words: &[Bytes]) -> Status {
    let mut status = 0;
    let mut numbers = Vec::new();
    for name in letters.rest {
        match shell.jobs.find(name).and_then(|at| shell.jobs.list.get(at)) {
            Some(job) => numbers.push(job.number),
            None => {
                status = 1;
                shell.misuse(words, name, "no such job");
            }
        }
    }
    if letters.rest.is_empty() {
        numbers = shell.jobs.list.iter().map(|job| job.number).collect();
        sort(&mut numbers);
    }
    for number in numbers {
        let line = if letters.has(b'p') {
            let job = shell.jobs.list.iter().find(|job| job.number == number);
            job.and_then(|job| job.processes.first())
                .map(|(pid, _)| alloc::format!("{}\n", pid.get()).into_bytes())
        } else {
            shell.job_line(number, letters.has(b'l'))
        };
        shell.put(&line.unwrap_or_default());
    }
    status
}

/// Finds the job that a word names, or the current one; says so if there is none.
fn named(shell: &mut Shell<'_>, words: &[Bytes], name: Option<&Bytes>) -> Result<usize, Status> {
    if !shell.options.monitor {
        return Err(shell.misuse(words, b"", "no job control"));
    }
    match shell.jobs.find(name.map_or(b"%%", |name| name)) {
        Some(at) => Ok(at),
        None => {
            shell.misuse(words, name.map_or(b"", |name| name), "no such job");
            Err(1)
        }
    }
}

pub(super) fn fg(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let at = match named(shell, words, words.get(1)) {
        Ok(at) => at,
        Err(status) => return Ok(status),
    };
    let job = shell.jobs.list.remove(at);
    shell.put(&job.text);
    shell.put(b"\n");
    shell.flush();
    if let (Some(terminal), Some((leader, _))) = (shell.terminal, job.processes.first()) {
        let _ = shell.system.set_foreground(terminal, *leader);
    }
    let _ = shell.system.kill(job.target(), Some(Signal::CONT));
    let children: Vec<_> = job.processes.iter().map(|(pid, _)| *pid).collect();
    shell.wait_foreground(&children, Some(&job.text))
}

pub(super) fn bg(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let names = words.get(1..).unwrap_or_default();
    let names: Vec<Option<&Bytes>> =
        if names.is_empty() { alloc::vec![None] } else { names.iter().map(Some).collect() };
    let mut status = 0;
    for name in names {
        match named(shell, words, name) {
            Ok(at) => {
                let Some(job) = shell.jobs.list.get_mut(at) else { continue };
                for (_, ended) in &mut job.processes {
                    *ended = ended.filter(|ended| !matches!(ended, Ended::Stopped(_)));
                }
                let (number, target, text) = (job.number, job.target(), job.text.clone());
                let _ = shell.system.kill(target, Some(Signal::CONT));
                shell.put(&[alloc::format!("[{number}] ").as_bytes(), &text, b"\n"].concat());
            }
            Err(failed) => status = failed,
        }
    }
    Ok(status)
}

pub(super) fn wait(shell: &mut Shell<'_>, words: &[Bytes]) -> Run {
    let letters = match shell.letters(words, b"n", b"") {
        Ok(letters) => letters,
        Err(status) => return Ok(status),
    };
    if letters.has(b'n') {
        return wait_any(shell);
    }
    let mut status = 0;
    if letters.rest.is_empty() {
        while let Some(job) = shell.jobs.list.iter().find(|job| job.state() == JobState::Running) {
            let number = job.number;
            if let Some(signal) = wait_for(shell, number)? {
                return Ok(128 + signal.number());
            }
        }
        shell.jobs.list.retain(|job| !matches!(job.state(), JobState::Done(_)));
    }
    for name in letters.rest {
        let Some(number) = shell.jobs.find(name).and_then(|at| shell.jobs.list.get(at)).map(|job| job.number)
        else {
            // Not, or no longer, a child of ours.
            status = 127;
            continue;
        };
        if let Some(signal) = wait_for(shell, number)? {
            return Ok(128 + signal.number());
        }
        status = take_status(shell, number);
    }
    Ok(status)
}

/// Waits for a job; gives the signal that a trap is for and that came before.
fn wait_for(shell: &mut Shell<'_>, number: usize) -> Run<Option<Signal>> {
    loop {
        let state = shell.jobs.list.iter().find(|job| job.number == number).map(|job| job.state());
        if state != Some(JobState::Running) {
            return Ok(None);
        }
        if let Some(signal) = wait_once(shell)? {
            return Ok(Some(signal));
        }
    }
}

fn wait_once(shell: &mut Shell<'_>) -> Run<Option<Signal>> {
    if shell.system.has_signals()
        && let Some(signal) = shell.run_trap_of_wait()?
    {
        return Ok(Some(signal));
    }
    match shell.wait_for_any() {
        Err(Errno::INTR) | Ok(()) => {}
        // Someone else has waited for them.
        Err(_) => {
            for job in &mut shell.jobs.list {
                for (_, ended) in &mut job.processes {
                    ended.get_or_insert(Ended::Exited(127));
                }
            }
        }
    }
    if shell.system.has_signals() { shell.run_trap_of_wait() } else { Ok(None) }
}

/// Gives the status of a job, which is forgotten if it is done.
fn take_status(shell: &mut Shell<'_>, number: usize) -> Status {
    let Some(at) = shell.jobs.list.iter().position(|job| job.number == number) else { return 127 };
    match shell.jobs.list.get(at).map(|job| job.state()) {
        Some(JobState::Done(ended)) => {
            shell.jobs.list.remove(at);
            ended.shell_status()
        }
        Some(JobState::Stopped(signal)) => 128 + signal.number(),
        _ => 127,
    }
}

/// `wait -n`: for whichever job ends next.
fn wait_any(shell: &mut Shell<'_>) -> Run {
    loop {
        let done =
            shell.jobs.list.iter().find(|job| matches!(job.state(), JobState::Done(_))).map(|job| job.number);
        if let Some(number) = done {
            return Ok(take_status(shell, number));
        }
        if shell.jobs.list.is_empty() {
            return Ok(127);
        }
        if let Some(signal) = wait_once(shell)? {
            return Ok(128 + signal.number());
        }
    }
}

impl Shell<'_> {
    /// Begins or ends job control: jobs have groups of their own, and take turns in front of the terminal.
    pub(crate) fn change_monitor(&mut self) {
        if !self.options.monitor {
            self.terminal = None;
            return;
        }
        let terminal = (0..=2).rev().find(|number| self.system.is_terminal(*number));
        if let Some(terminal) = terminal.filter(|_| self.options.interactive) {
            let kept = self.system.duplicate(terminal, 10).unwrap_or(terminal);
            self.set_interactive_signals();
            let _ = self.system.set_group(None, None);
            self.terminal = Some(kept);
            self.take_terminal();
        }
    }
}
