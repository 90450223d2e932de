//! Compound commands.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::messages::MISUSE;
use super::{Function, Leave, Run, Shell, Status};
use crate::names::Symbol;
use crate::syntax::{Arm, Bytes, Ending, Kind, List, Word};

impl Shell<'_> {
    pub(super) fn compound(&mut self, kind: &Kind) -> Run {
        match kind {
            // Simple commands have been sorted out.
            Kind::Simple(_) => Ok(0),
            Kind::Group(list) => self.list(list),
            Kind::Subshell(list) => self.subshell(list),
            Kind::If(arms, otherwise) => self.choose(arms, otherwise.as_ref()),
            Kind::Loop(until, condition, body) => self.repeat(*until, condition, body),
            Kind::For(name, words, body) => self.iterate(*name, words.as_deref(), body),
            Kind::Case(subject, arms) => self.case(subject, arms),
            Kind::Function(name, body) => {
                let function = Function { body: Rc::clone(body), origin: self.origin.clone() };
                self.functions.insert(name.clone(), function);
                Ok(0)
            }
            Kind::Test(condition) => Ok(self.condition(condition)?.map_or(MISUSE, |holds| (!holds).into())),
        }
    }

    /// Runs a list whose status decides something.
    fn decide(&mut self, list: &List) -> Run<bool> {
        self.tested += 1;
        let run = self.list(list);
        self.tested -= 1;
        Ok(run? == 0)
    }

    fn choose(&mut self, arms: &[(List, List)], otherwise: Option<&List>) -> Run {
        for (condition, body) in arms {
            if self.decide(condition)? {
                return self.list(body);
            }
        }
        otherwise.map_or(Ok(0), |list| self.list(list))
    }

    fn repeat(&mut self, until: bool, condition: &List, body: &List) -> Run {
        let mut status = 0;
        self.loops += 1;
        let end = loop {
            match self.decide(condition) {
                Ok(holds) if holds != until => {}
                Ok(_) => break Ok(()),
                Err(leave) => match self.round_left(leave) {
                    Ok(true) => continue,
                    Ok(false) => break Ok(()),
                    Err(leave) => break Err(leave),
                },
            }
            match self.round(body) {
                Ok((done, true)) => status = done,
                Ok((done, false)) => {
                    status = done;
                    break Ok(());
                }
                Err(leave) => break Err(leave),
            }
        };
        self.loops -= 1;
        end.map(|()| status)
    }

    fn iterate(&mut self, name: Symbol, words: Option<&[Word]>, body: &List) -> Run {
        let mut fields = Vec::new();
        match words {
            None => fields.extend(self.positional.iter().cloned()),
            Some(words) => {
                for word in words {
                    self.expand(word, &mut fields)?;
                }
            }
        }
        let mut status = 0;
        self.loops += 1;
        let mut end = Ok(());
        let place = self.place;
        for field in fields {
            self.place = place;
            if let Err(leave) = self.set(name, field) {
                end = Err(leave);
                break;
            }
            match self.round(body) {
                Ok((done, goes_on)) => {
                    status = done;
                    if !goes_on {
                        break;
                    }
                }
                Err(leave) => {
                    end = Err(leave);
                    break;
                }
            }
        }
        self.loops -= 1;
        end.map(|()| status)
    }

    /// Runs the body of a loop once; says whether the loop goes on.
    fn round(&mut self, body: &List) -> Run<(Status, bool)> {
        match self.list(body) {
            Ok(status) => Ok((status, true)),
            Err(leave) => self.round_left(leave).map(|goes_on| (0, goes_on)),
        }
    }

    /// Handles what has left the body of a loop: says whether the loop goes on, or what leaves it, too.
    fn round_left(&mut self, leave: Leave) -> Run<bool> {
        self.status = if matches!(leave, Leave::Break(_) | Leave::Continue(_)) { 0 } else { self.status };
        match leave {
            Leave::Break(1) => Ok(false),
            Leave::Continue(1) => Ok(true),
            Leave::Break(count) => Err(Leave::Break(count - 1)),
            Leave::Continue(count) => Err(Leave::Continue(count - 1)),
            leave => Err(leave),
        }
    }

    fn case(&mut self, subject: &Word, arms: &[Arm]) -> Run {
        let subject = self.expand_value(subject)?;
        let mut falls = false;
        let mut status = 0;
        for arm in arms {
            if !falls && !self.matches_any(&subject, &arm.patterns)? {
                continue;
            }
            status = self.list(&arm.body)?;
            if arm.ending == Ending::Leave {
                break;
            }
            falls = true;
        }
        Ok(status)
    }

    fn matches_any(&mut self, subject: &[u8], patterns: &[Word]) -> Run<bool> {
        for word in patterns {
            let matches = match &word.plain {
                Some(plain) => **plain == *subject,
                None => {
                    let pattern = self.expand_pattern(word)?;
                    self.matcher().matches(&pattern, subject)
                }
            };
            if matches {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Runs a list in a copy of this process.
    fn subshell(&mut self, list: &List) -> Run {
        let child = self.fork_or_fail(&mut |shell| shell.end_of(|shell| shell.last_list(list)))?;
        self.wait_foreground(&[child], None)
    }

    /// Runs a function with these arguments.
    pub(crate) fn call(&mut self, function: &Function, arguments: &[Bytes]) -> Run {
        let positional = Rc::new(arguments.get(1..).unwrap_or_default().to_vec());
        let outer = core::mem::replace(&mut self.positional, positional);
        let loops = core::mem::take(&mut self.loops);
        let options = self.local_options.take();
        self.variables.enter();
        self.calls += 1;
        let run = self.with_origin(function.origin.clone(), |shell| shell.command(&function.body));
        self.calls -= 1;
        self.variables.leave();
        if let Some(kept) = core::mem::replace(&mut self.local_options, options) {
            self.options = kept;
        }
        self.loops = loops;
        self.positional = outer;
        match run {
            Err(Leave::Return(status)) => Ok(status),
            run => run,
        }
    }
}
