//! Lists, chains, pipelines of one command, and `set -e`.

use super::{Leave, Run, Shell, Status};
use crate::syntax::{AndOr, Command, Connector, Item, Kind, List, Pipeline};

impl Shell<'_> {
    /// Runs commands one after the other; the status is that of the last.
    pub(crate) fn list(&mut self, list: &List) -> Run {
        let mut status = 0;
        for item in &list.items {
            status = self.item(item)?;
        }
        Ok(status)
    }

    /// The same, where this process ends after them.
    pub(super) fn last_list(&mut self, list: &List) -> Run {
        let Some((last, others)) = list.items.split_last() else { return Ok(0) };
        for item in others {
            self.item(item)?;
        }
        self.last_item(last)
    }

    /// Runs a chain after which this process ends: a program takes its place, which saves a child, and is who `$!` names.
    pub(super) fn last_item(&mut self, item: &Item) -> Run {
        self.ends = !item.background && self.may_end_with(&item.chain);
        let run = self.item(item);
        self.ends = false;
        run
    }

    /// Says whether a chain is one command, whose place another program may take.
    pub(super) fn may_end_with(&self, chain: &AndOr) -> bool {
        let [command] = chain.first.commands.as_slice() else { return false };
        chain.rest.is_empty() && !chain.first.negated && self.may_become(command)
    }

    /// The same of a command: nobody waits for its end here.
    pub(super) fn may_become(&self, command: &Command) -> bool {
        let is_alone = !self.options.interactive && !self.options.monitor && !self.traces;
        is_alone && matches!(command.kind, Kind::Simple(_)) && !self.traps.has_actions()
    }

    /// Runs a chain, in the background if it says so.
    pub(crate) fn item(&mut self, item: &Item) -> Run {
        if self.options.noexec && !self.options.interactive {
            return Ok(0);
        }
        let status = if item.background {
            self.background(item)?
        } else {
            self.chain(&item.chain, item.text.as_ref())?
        };
        self.status = status;
        if self.system.has_signals() {
            self.run_traps()?;
        }
        Ok(status)
    }

    /// Runs a chain here.
    pub(super) fn chain(&mut self, chain: &AndOr, text: Option<&crate::syntax::Bytes>) -> Run {
        if chain.rest.is_empty() {
            return self.pipeline(&chain.first, text, false);
        }
        let last = chain.rest.len();
        let mut status = self.pipeline(&chain.first, text, true)?;
        for (index, (connector, pipeline)) in chain.rest.iter().enumerate() {
            self.status = status;
            if (status == 0) == (*connector == Connector::And) {
                status = self.pipeline(pipeline, text, index + 1 < last)?;
            }
        }
        Ok(status)
    }

    /// Runs a pipeline; `set -e` does not look at one whose status is tested.
    fn pipeline(&mut self, pipeline: &Pipeline, text: Option<&crate::syntax::Bytes>, is_tested: bool) -> Run {
        let is_tested = is_tested || pipeline.negated;
        if is_tested {
            self.tested += 1;
        }
        let run = match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => self.pipe(commands, text),
        };
        if is_tested {
            self.tested -= 1;
        }
        let status = run?;
        if pipeline.negated {
            return Ok((status == 0).into());
        }
        if status != 0 && !is_tested && !hides_failure(&pipeline.commands) {
            self.check_failure(status)?;
        }
        Ok(status)
    }

    /// Does what a failure brings: the ERR trap, and the end under `set -e`.
    fn check_failure(&mut self, status: Status) -> Run<()> {
        if self.tested > 0 {
            return Ok(());
        }
        // That of a function's command is one of the function, and counts once.
        if self.calls == 0 && self.traps.has(super::Condition::Error) {
            self.status = status;
            self.run_error_trap()?;
        }
        if !self.options.errexit {
            return Ok(());
        }
        if self.system.has_signals() {
            self.status = status;
            self.run_traps()?;
        }
        Err(Leave::Exit(status))
    }

    /// Runs a command.
    pub(crate) fn command(&mut self, command: &Command) -> Run {
        if self.depth.is_spent() {
            self.line = command.position.line;
            return Err(self.fail(b"", "commands are nested too deep"));
        }
        if let Kind::Simple(simple) = &command.kind {
            return self.simple(command, simple);
        }
        (self.place, self.line) = (command.position, command.position.line);
        if command.redirects.is_empty() {
            return self.compound(&command.kind);
        }
        match self.redirect(&command.redirects) {
            Ok(saved) => {
                let run = self.compound(&command.kind);
                self.flush();
                self.put_back(saved);
                run
            }
            Err(Leave::Failed(_)) => Ok(1),
            Err(leave) => Err(leave),
        }
    }
}

/// Says whether what failed in a command has been looked at within it, so that it is no failure of its own.
fn hides_failure(commands: &[Command]) -> bool {
    matches!(
        commands,
        [Command {
            kind: Kind::Group(_) | Kind::If(..) | Kind::Loop(..) | Kind::For(..) | Kind::Case(..),
            ..
        }]
    )
}
