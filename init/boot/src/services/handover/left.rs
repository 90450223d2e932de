//! What process 1 leaves to its successor: the plan with the descriptors, and how far all have come.

use alloc::vec::Vec;

use ::services::handover::{Held, Known, Plan, State};
use ::services::manager::Manager;
use ::services::packed::PackedService;
use linux::fd::{AsFd, BorrowedFd};
use linux::process::Pid;

use super::number_of;
use crate::services::worker::Worker;
use crate::services::{Services, Shared, Unit};
use crate::shutdown::machine::Goal;
use crate::workers::Crew;

/// Gives the plan, and the descriptors in the order in which [`Services::take_up`] takes them.
pub(super) fn plan<'a>(
    shared: &'a Shared,
    units: &'a [Unit],
    manager: &Manager,
    crew: &'a Crew<'_>,
) -> (Plan, Vec<BorrowedFd<'a>>) {
    let (memory, parts) = (crew.memory(), shared.log.parts());
    let mut files = Vec::new();
    files.extend(memory.map(AsFd::as_fd));
    files.extend([&shared.table, &shared.requests.0, &shared.requests.1, parts.files].map(AsFd::as_fd));
    files.push(parts.ring);
    files.extend(
        [parts.syslog, parts.journal, shared.control.as_ref()].into_iter().flatten().map(AsFd::as_fd),
    );
    let mut held = Vec::with_capacity(units.len());
    for unit in units {
        files.extend(unit.says.iter().flat_map(|(reader, writer)| [reader.as_fd(), writer.as_fd()]));
        files.extend(unit.notices.iter().chain(&unit.sockets).map(AsFd::as_fd));
        files.extend(unit.store.iter().map(|(_, file)| file.as_fd()));
        held.push(Held {
            says: unit.says.is_some(),
            notices: unit.notices.is_some(),
            sockets: unit.sockets.len() as u32,
            store: unit.store.iter().map(|(name, _)| name.clone()).collect(),
        });
    }
    files.extend(shared.strays.iter().map(AsFd::as_fd));
    let plan = Plan {
        services: units.iter().map(|unit| PackedService(unit.packed.clone())).collect(),
        nodes: (0..units.len()).map(|at| manager.node(at).cloned().unwrap_or_default()).collect(),
        held,
        has_memory: memory.is_some(),
        has_syslog: parts.syslog.is_some(),
        has_journal: parts.journal.is_some(),
        has_control: shared.control.is_some(),
        generation: shared.generation.into(),
        strays: shared.strays.len() as u32,
    };
    (plan, files)
}

impl Services {
    /// Gives how far all have come.
    pub(super) fn state(&self, crew: &Crew<'_>, goal: Option<Goal>) -> State {
        let number = |pid: Pid| pid.get();
        let known = self.units.iter().map(|unit| Known {
            pid: unit.pid.map(number),
            probe: unit.probe.map(number),
            phase: unit.phase,
            since: unit.since,
            ended: unit.ended,
            out_of_memory: unit.out_of_memory,
            times: unit.times.clone(),
        });
        State {
            heard: self.heard,
            successions: self.handover.successions,
            is_loading: self.loader.is_some(),
            is_over: self.is_over,
            end: self.end.map(|(goal, until)| (number_of(goal), until)),
            goal: goal.map(number_of),
            helpers: self.workers.iter().map(Worker::pid).map(|pid| pid.map(number)).collect(),
            workers: crew.roster().map(|(role, pid)| (role, pid.map(number))).collect(),
            lives: self.manager.lives(),
            services: known.collect(),
        }
    }
}
