//! The files of services, read without process 1: what is wrong with them, and in which order they would start.

use alloc::string::String;
use alloc::vec::Vec;

use ::services::Problem;
use query::{Rows, Value};
use system::services::{self, Catalog};

use crate::{Io, JSON, Outcome, Parsed, Status};

/// Says what is wrong with the file of a service that this machine refused; nothing if there is no such file.
pub(super) fn refusal(name: &[u8]) -> Vec<String> {
    let catalog = read(None).map(|catalog| catalog.problems).unwrap_or_default();
    let is_of = |file: &str| {
        // Its own, or one of its drop-ins.
        file.split('/').any(|part| {
            let part = part.strip_suffix(".d").unwrap_or(part);
            part.strip_suffix(::services::file::SUFFIX).is_some_and(|part| part.as_bytes() == name)
        })
    };
    let problems = catalog.iter().filter(|problem| is_of(&problem.file));
    problems.map(|problem| alloc::format!("{problem}")).collect()
}

/// Reads a folder or an inittab, those of this machine if none is given; shows the order.
pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>, path: Option<&[u8]>) -> Outcome {
    let catalog = read(path)?;
    order(io, parsed, &catalog);
    Ok(tell(io, &catalog.problems))
}

/// Says what is wrong with the files of this machine, if anything is.
pub(super) fn mistakes(io: &mut Io<'_>) -> Outcome {
    let catalog = read(None)?;
    Ok(tell(io, &catalog.problems))
}

/// Gives the names of the services of a folder.
pub(super) fn names(folder: &[u8]) -> Vec<String> {
    let services = read(Some(folder)).map(|catalog| catalog.services).unwrap_or_default();
    services.into_iter().map(|service| service.name).collect()
}

/// Reads what is at a path, as any machine could have it, or the files of this machine, as process 1 takes them here.
fn read(path: Option<&[u8]>) -> system::Result<Catalog> {
    match path {
        Some(path) => services::read(&String::from_utf8_lossy(path)),
        None => services::read_here(services::place().or(Some(services::INITTAB)), None),
    }
}

/// Says what is wrong, and with what status that ends.
pub(super) fn tell(io: &mut Io<'_>, problems: &[Problem]) -> Status {
    io.out.flush();
    for problem in problems {
        // Without the command's name: editors take file and line from the beginning.
        io.err.printable(alloc::format!("{problem}").as_bytes());
        io.err.put(b"\n");
    }
    io.err.flush();
    Status::from(problems.is_empty())
}

/// Shows the services in the order of their start, those that may start together with the same step, and then the longest
/// row of those that wait for each other.
fn order(io: &mut Io<'_>, parsed: &Parsed<'_>, catalog: &Catalog) {
    let Catalog { services, graph, .. } = catalog;
    let name = |at: usize| services.get(at).map_or("", |service| service.name.as_str());
    let path = graph.critical_path();
    let mut steps: Vec<u64> = services.iter().map(|_| 1).collect();
    let order = graph.order();
    for at in &order {
        let after = graph.nodes.get(*at).map(|node| node.after.as_slice()).unwrap_or_default();
        let step = after.iter().filter_map(|other| steps.get(*other)).max().map_or(1, |step| step + 1);
        if let Some(place) = steps.get_mut(*at) {
            *place = step;
        }
    }
    let mut rows = Rows::named("step=STEP name=NAME after=AFTER critical=CRITICAL description=DESCRIPTION");
    for at in order {
        let Some((service, node)) = services.get(at).zip(graph.nodes.get(at)) else { continue };
        let after = node.after.iter().map(|other| Value::text(name(*other).as_bytes())).collect();
        rows.push([
            Value::Number(steps.get(at).copied().unwrap_or(1)),
            Value::text(service.name.as_bytes()),
            Value::List(after),
            Value::Truth(path.contains(&at)),
            Value::text(service.description.as_bytes()),
        ]);
    }
    rows.sort(0, false);
    io.show(&rows, parsed);
    for service in services.iter().filter(|_| !parsed.has(JSON)) {
        if let Some(unmet) = services::unmet(service) {
            io.out.put(alloc::format!("{} would not start here: {unmet}\n", service.name).as_bytes());
        }
    }
    if !parsed.has(JSON) && !path.is_empty() {
        let names: Vec<&str> = path.iter().map(|at| name(*at)).collect();
        io.out.put(b"critical path: ");
        io.out.put(names.join(" -> ").as_bytes());
        io.out.put(b"\n");
    }
}

/// Shows the keys that a service file may have.
pub(super) fn keys(io: &mut Io<'_>, parsed: &Parsed<'_>) {
    let mut rows = Rows::named("key=KEY value=VALUE help=MEANING");
    for row in ::services::file::documentation() {
        rows.push(row.map(|text| Value::Text(text.into_bytes())));
    }
    io.show(&rows, parsed);
}
