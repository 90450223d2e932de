//! The services that a folder of files, or an inittab, describes for this machine.

mod entry;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ::services::graph::Graph;
use ::services::{Kind, Numbers, Problem, Ready, Service, file, inittab};
use formats::proc::cmdline;
use formats::time::Duration;
use linux::system::uname;

use crate::users::{Identity, Names};
use crate::{Result, file as files, folder};

pub use entry::{EntryPoint, MAIN};

/// Where service files are.
pub const FOLDER: &str = "/etc/spelunk/services";

/// What is read where that folder is not.
pub const INITTAB: &str = "/etc/inittab";

/// Where process 1's worker answers.
pub const SOCKET: &str = "/run/spelunk/control";

/// The service that need not be described: the network, which the start itself brings up.
pub const NETWORK: &str = "network";

/// The services of a folder, and what was wrong with the others.
#[derive(Debug)]
pub struct Catalog {
    /// Those that can run, sorted by name.
    pub services: Vec<Service>,
    /// Who waits for whom.
    pub graph: Graph,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// A file that was read.
struct Source {
    path: String,
    text: String,
}

/// Reads a folder of service files, or a file as an inittab.
///
/// # Errors
/// What the kernel says of the folder or the file itself.
pub fn read(path: &str) -> Result<Catalog> {
    Ok(Files::read(path)?.join())
}

/// What files say, each by itself.
#[derive(Default)]
struct Files<'a> {
    path: &'a str,
    sources: Vec<Source>,
    list: Vec<Service>,
    /// The names of those that files describe wrongly.
    refused: Vec<String>,
    problems: Vec<Problem>,
}

impl<'a> Files<'a> {
    fn read(path: &'a str) -> Result<Self> {
        let (mut problems, mut sources, mut list) = (Vec::new(), Vec::new(), Vec::new());
        let mut refused = Vec::new();
        if linux::fs::stat(path).is_ok_and(|place| !place.is_directory()) {
            let bytes = files::read(path.as_bytes())?;
            sources.extend(source(path.into(), bytes, &mut problems));
            for source in &sources {
                let (services, wrong) = inittab::parse(&source.path, &source.text);
                list.extend(services);
                problems.extend(wrong);
            }
        } else {
            for name in toml_files(path)? {
                let path = format!("{path}/{name}");
                let drop_ins = drop_ins(&path, &mut problems);
                let Some(source) = read_source(path, &mut problems) else { continue };
                match file::parse(&source.path, &source.text, &drop_ins) {
                    Ok(service) => list.push(service),
                    Err(wrong) => {
                        refused.push(file::service_name(&source.path).into());
                        problems.extend(wrong);
                    }
                }
                sources.push(source);
            }
        }
        Ok(Self { path, sources, list, refused, problems })
    }

    /// Looks at them as a whole.
    fn join(self) -> Catalog {
        let Self { path, sources, mut list, refused, mut problems } = self;
        let is_named = list.iter().any(|service| service.named().any(|(_, name)| name == NETWORK));
        if is_named && !list.iter().any(|service| service.name == NETWORK) {
            list.push(network());
        }
        let (graph, faults) = Graph::of_sound(&mut list, refused);
        for (name, fault) in faults {
            let source = sources.iter().find(|source| file::service_name(&source.path) == name);
            let line = source.map_or(1, |source| line_of(&source.text, &fault.name));
            let path = source.map_or(path, |source| source.path.as_str());
            problems.push(Problem { file: path.into(), line, message: fault.message });
        }
        Catalog { services: list, graph, problems }
    }
}

/// Gives where the files of this machine are: the folder, else the inittab; none if there is neither.
pub fn place() -> Option<&'static str> {
    [FOLDER, INITTAB].into_iter().find(|path| linux::fs::stat(*path).is_ok())
}

/// Reads what is at such a place, if there is one, with what a container is for, if this is one's, and takes the services as they are
/// on this machine.
///
/// # Errors
/// Those of [`read`].
pub fn read_here(path: Option<&str>, entry: Option<EntryPoint>) -> Result<Catalog> {
    let mut files = path.map_or_else(|| Ok(Files::default()), Files::read)?;
    if let Some(entry) = entry {
        let problems = entry.lead(&mut files.list);
        files.problems.extend(problems);
    }
    let mut catalog = files.join();
    catalog.settle_here();
    Ok(catalog)
}

impl Catalog {
    /// Takes the services as they are on this machine: whom they run as, and which of them the conditions leave out. One whose
    /// user or group is not known is left out of the services, with those that wait for it.
    pub fn settle_here(&mut self) {
        let names = Names::read();
        let line = files::read(b"/proc/cmdline").unwrap_or_default();
        let line = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let machine = uname().map(|names| names.machine().to_vec()).unwrap_or_default();
        let mut strangers = Vec::new();
        for service in &mut self.services {
            service.is_unfit = unfit(service, line, &machine).is_some();
            service.timer_offset = offset(service);
            service.confined.settle();
            match numbers(service, &names) {
                Ok(numbers) => service.numbers = numbers,
                Err(message) => {
                    strangers.push(service.name.clone());
                    self.problems.push(Problem { file: service.name.clone(), line: 1, message });
                }
            }
        }
        if !strangers.is_empty() {
            self.services.retain(|service| !strangers.contains(&service.name));
            let (graph, faults) = Graph::of_sound(&mut self.services, strangers);
            self.graph = graph;
            let problems =
                faults.into_iter().map(|(file, fault)| Problem { file, line: 1, message: fault.message });
            self.problems.extend(problems);
        }
    }
}

fn network() -> Service {
    Service {
        description: "the machine's network is up".into(),
        kind: Kind::Oneshot,
        ready: Ready::File("/run/spelunk/up".into()),
        ..Service::new(NETWORK)
    }
}

/// Says which condition of a service is not met here, in words; none: all are.
pub fn unmet(service: &Service) -> Option<String> {
    let line = files::read(b"/proc/cmdline").unwrap_or_default();
    let line = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let machine = uname().map(|names| names.machine().to_vec()).unwrap_or_default();
    let path = service.condition_paths.iter().find(|path| !path_is_met(path));
    path.map(|path| match path.strip_prefix('!') {
        Some(path) => format!("{path} is there"),
        None => format!("{path} is not there"),
    })
    .or_else(|| unfit(service, line, &machine))
}

/// Says whether a path of a condition is there; with `!` before it, that it is not.
pub fn path_is_met(path: &str) -> bool {
    match path.strip_prefix('!') {
        Some(path) => linux::fs::stat(path).is_err(),
        None => linux::fs::stat(path).is_ok(),
    }
}

/// Says which condition of a service this machine can never meet.
fn unfit(service: &Service, line: &str, machine: &[u8]) -> Option<String> {
    let has = |word: &str| {
        let (key, value) = word.split_once('=').map_or((word, None), |(key, value)| (key, Some(value)));
        cmdline::parse(line).any(|one| one.is(key) && (value.is_none() || one.value == value))
    };
    let architectures = &service.condition_architectures;
    if !architectures.is_empty() && !architectures.iter().any(|one| one.as_bytes() == machine) {
        return Some(format!("this processor is {}", machine.escape_ascii()));
    }
    service.condition_arguments.iter().find_map(|word| match word.strip_prefix('!') {
        Some(word) => has(word).then(|| format!("the kernel was told {word}")),
        None => (!has(word)).then(|| format!("the kernel was not told {word}")),
    })
}

/// Gives what this machine adds to a timer's times: a part of its spread that its start determines.
fn offset(service: &Service) -> Duration {
    let spread_ms = service.timer_spread.as_millis();
    if spread_ms == 0 {
        return Duration::ZERO;
    }
    let mut seed = files::read(b"/proc/sys/kernel/random/boot_id").unwrap_or_default();
    seed.extend_from_slice(service.name.as_bytes());
    // FNV-1a: any even distribution does.
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    Duration::from_millis(seed.iter().fold(0xcbf2_9ce4_8422_2325, mix) % spread_ms)
}

fn numbers(service: &Service, names: &Names) -> core::result::Result<Option<Numbers>, String> {
    let group_of =
        |name: &str| names.find_group(name.as_bytes()).ok_or_else(|| format!("there is no group `{name}`"));
    if service.user.is_empty() && service.group.is_empty() && service.groups.is_none() {
        return Ok(None);
    }
    let user = match service.user.as_str() {
        "" => 0,
        name => names.find_user(name.as_bytes()).ok_or_else(|| format!("there is no user `{name}`"))?,
    };
    let login = Identity::of(user, names);
    let group = match service.group.as_str() {
        // A user without a line has the group of his number, as a file's owner is shown.
        "" => login.as_ref().map_or(user, |login| login.group),
        name => group_of(name)?,
    };
    let groups = match &service.groups {
        Some(list) => list.iter().map(|name| group_of(name)).collect::<core::result::Result<_, _>>()?,
        None => login.map(|login| login.groups).unwrap_or_default(),
    };
    Ok(Some(Numbers { user, group, groups }))
}

/// Gives the names of the service files in a folder, sorted.
fn toml_files(path: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        folder::names(path.as_bytes())?.into_iter().filter_map(|name| String::from_utf8(name).ok()).collect();
    names.retain(|name| name.ends_with(file::SUFFIX) && !name.starts_with('.'));
    query::sort::sort(&mut names);
    Ok(names)
}

/// Reads the drop-ins of a service file.
fn drop_ins(path: &str, problems: &mut Vec<Problem>) -> Vec<(String, String)> {
    let folder = format!("{path}.d");
    // Most have none.
    let names = toml_files(&folder).unwrap_or_default();
    let read = names.into_iter().filter_map(|name| read_source(format!("{folder}/{name}"), problems));
    read.map(|source| (source.path, source.text)).collect()
}

fn read_source(path: String, problems: &mut Vec<Problem>) -> Option<Source> {
    match files::read(path.as_bytes()) {
        Ok(bytes) => source(path, bytes, problems),
        Err(error) => {
            problems.push(Problem { file: path, line: 1, message: format!("{error}") });
            None
        }
    }
}

fn source(path: String, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<Source> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source { path, text }),
        Err(error) => {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
            problems.push(Problem { file: path, line, message: "this is no UTF-8".into() });
            None
        }
    }
}

/// Gives the line on which a name stands in quotes; the first one if it does nowhere.
fn line_of(text: &str, name: &str) -> usize {
    let stands = |line: &str| ['"', '\''].iter().any(|quote| line.contains(&format!("{quote}{name}{quote}")));
    text.lines().position(stands).map_or(1, |at| at + 1)
}
