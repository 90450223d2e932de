//! Traps: what a script does on signals, at its end, and when a command fails.

use alloc::string::String;
use alloc::vec::Vec;

use linux::signal::Signal;

use super::{Leave, Run, Shell, Status};
use crate::syntax::Bytes;
use crate::system::Disposition;

/// What a trap is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Exit,
    Error,
    Signal(Signal),
}

/// All traps; an empty action ignores the signal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traps {
    set: Vec<(Condition, Bytes)>,
    /// What a subshell shows until it sets its own: the traps of its parent.
    inherited: Option<Vec<(Condition, Bytes)>>,
    /// Signals that were ignored when the shell began, which scripts cannot change.
    fixed: Vec<Signal>,
}

impl Condition {
    /// Reads a name or a number.
    pub(crate) fn parse(name: &[u8]) -> Option<Self> {
        let text = str::from_utf8(name).ok()?;
        match text {
            "0" | "EXIT" => return Some(Self::Exit),
            "ERR" => return Some(Self::Error),
            _ => {}
        }
        if let Some(number) = crate::text::decimal(name) {
            return Signal::new(i32::try_from(number).ok()?).map(Self::Signal);
        }
        Signal::from_name(text).map(Self::Signal)
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::Exit => "EXIT".into(),
            Self::Error => "ERR".into(),
            Self::Signal(signal) => match signal.name() {
                Some(name) => name.into(),
                None => alloc::format!("{}", signal.number()),
            },
        }
    }

    fn order(self) -> i32 {
        match self {
            Self::Exit => 0,
            Self::Signal(signal) => signal.number(),
            Self::Error => 100,
        }
    }
}

impl Traps {
    fn get(&self, condition: Condition) -> Option<&Bytes> {
        self.set.iter().find(|(found, _)| *found == condition).map(|(_, action)| action)
    }

    pub(super) fn has(&self, condition: Condition) -> bool {
        self.get(condition).is_some()
    }

    /// Says whether there is an action that this process must live for.
    pub(super) fn has_actions(&self) -> bool {
        self.set.iter().any(|(_, action)| !action.is_empty())
    }

    /// Gives what `trap` shows, in the order of the numbers.
    pub(crate) fn shown(&self) -> Vec<(Condition, Bytes)> {
        let mut shown = self.inherited.clone().unwrap_or_else(|| self.set.clone());
        shown.sort_by_key(|(condition, _)| condition.order());
        shown
    }
}

impl Shell<'_> {
    /// Sets a trap, or takes it away.
    pub(crate) fn set_trap(&mut self, condition: Condition, action: Option<Bytes>) -> linux::Result<()> {
        if let Condition::Signal(signal) = condition {
            let is_ours = self.traps.get(condition).is_some();
            if !is_ours && !self.options.interactive && self.system.ignores(signal) {
                self.traps.fixed.push(signal);
            }
            if !self.traps.fixed.contains(&signal) {
                let disposition = match &action {
                    None => self.usual_disposition(signal),
                    Some(action) if action.is_empty() => Disposition::Ignore,
                    Some(_) => Disposition::Note,
                };
                self.system.on_signal(signal, disposition)?;
            }
        }
        self.traps.inherited = None;
        self.traps.set.retain(|(found, _)| *found != condition);
        self.traps.set.extend(action.map(|action| (condition, action)));
        Ok(())
    }

    /// What a signal does that no trap is for: an interactive shell survives those that a person sends.
    fn usual_disposition(&self, signal: Signal) -> Disposition {
        let job_control = [Signal::TSTP, Signal::TTIN, Signal::TTOU];
        match signal {
            Signal::INT if self.options.interactive => Disposition::Note,
            Signal::QUIT | Signal::TERM if self.options.interactive => Disposition::Ignore,
            _ if self.options.monitor && self.options.interactive && job_control.contains(&signal) => {
                Disposition::Ignore
            }
            _ => Disposition::Default,
        }
    }

    /// Sets what an interactive shell does on signals.
    pub(crate) fn set_interactive_signals(&mut self) {
        for signal in [Signal::INT, Signal::QUIT, Signal::TERM, Signal::TSTP, Signal::TTIN, Signal::TTOU] {
            if self.traps.get(Condition::Signal(signal)).is_none() {
                let _ = self.system.on_signal(signal, self.usual_disposition(signal));
            }
        }
    }

    /// In a subshell, traps are gone; what is ignored stays ignored.
    pub(super) fn reset_traps(&mut self) {
        let _ = self.system.take_signals();
        let former = core::mem::take(&mut self.traps.set);
        for (condition, action) in &former {
            if let (Condition::Signal(signal), false) = (condition, action.is_empty()) {
                let _ = self.system.on_signal(*signal, Disposition::Default);
            }
        }
        self.traps.set.extend(former.iter().filter(|(_, action)| action.is_empty()).cloned());
        if !former.is_empty() {
            self.traps.inherited = Some(former);
        }
    }

    /// Runs the traps of the signals that have come.
    pub(crate) fn run_traps(&mut self) -> Run<()> {
        let signals = self.system.take_signals();
        for signal in signals.iter() {
            match self.traps.get(Condition::Signal(signal)).cloned() {
                Some(action) => self.run_action(&action)?,
                None if signal == Signal::INT && self.options.interactive => {
                    self.say(b"\n");
                    return Err(Leave::Failed(130));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Gives a signal that has come and has a trap, which is still to be run.
    pub(crate) fn run_trap_of_wait(&mut self) -> Run<Option<Signal>> {
        let signals = self.system.take_signals();
        let mut first = None;
        for signal in signals.iter() {
            if let Some(action) = self.traps.get(Condition::Signal(signal)).cloned() {
                first.get_or_insert(signal);
                self.run_action(&action)?;
            } else if signal == Signal::INT {
                return Err(Leave::Failed(130));
            }
        }
        Ok(first)
    }

    /// Runs an action; the status is as before.
    fn run_action(&mut self, action: &Bytes) -> Run<()> {
        let (status, line) = (self.status, self.line);
        let outer = self.before_trap.replace(status);
        let run = self.run_text(action);
        self.before_trap = outer;
        run?;
        (self.status, self.line) = (status, line);
        Ok(())
    }

    pub(super) fn run_error_trap(&mut self) -> Run<()> {
        // An action that fails is no reason to run it again.
        self.tested += 1;
        let run = match self.traps.get(Condition::Error).cloned() {
            Some(action) => self.run_action(&action),
            None => Ok(()),
        };
        self.tested -= 1;
        run
    }

    /// Runs the trap of the end, once; gives the status to end with.
    pub(crate) fn run_exit_trap(&mut self, status: Status) -> Status {
        self.status = status;
        let Some(action) = self.traps.get(Condition::Exit).cloned() else { return status };
        self.traps.set.retain(|(condition, _)| *condition != Condition::Exit);
        self.tested = 0;
        self.before_trap = Some(status);
        match self.run_text(&action) {
            Err(Leave::Exit(status) | Leave::Failed(status)) => status,
            _ => status,
        }
    }
}
