//! The one service that a container is for, where it is started with a command: `init -- COMMAND [ARGUMENT]...`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ::services::{Consequence, Problem, Restart, Service, Target};

use crate::{Result, file as files};

/// The service's name; a file of this name says the rest.
pub const MAIN: &str = "main";

/// A command, and the environment that it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPoint {
    command: Vec<String>,
    environment: Vec<String>,
    /// What was wrong.
    problems: Vec<Problem>,
}

impl EntryPoint {
    /// Reads what this process was started with; none if no command was among it.
    ///
    /// # Errors
    /// Those of `/proc/self/cmdline` and `/proc/self/environ`.
    pub fn of_process() -> Result<Option<Self>> {
        let words = files::read(b"/proc/self/cmdline")?;
        Ok(Self::of(&words, &files::read(b"/proc/self/environ")?))
    }

    /// Reads words and variables, each of which ends with a zero byte.
    fn of(words: &[u8], variables: &[u8]) -> Option<Self> {
        let command: Vec<_> = strings(words).skip_while(|word| *word != b"--").skip(1).collect();
        if command.is_empty() {
            return None;
        }
        let mut problems = Vec::new();
        let mut text = |bytes: &[u8]| {
            let read = core::str::from_utf8(bytes).map(String::from);
            let message = format!("{} is no UTF-8", bytes.escape_ascii());
            read.map_err(|_| problems.push(Problem { file: MAIN.into(), line: 1, message })).ok()
        };
        // A command is run whole or not at all.
        let command = command.into_iter().map(&mut text).collect::<Option<_>>().unwrap_or_default();
        let environment = strings(variables).filter_map(text).collect();
        Some(Self { command, environment, problems })
    }

    /// Makes it the service [`MAIN`] of a list, or the command of that, and gives what was wrong with it. Its end is that of the
    /// container.
    pub(super) fn lead(self, list: &mut Vec<Service>) -> Vec<Problem> {
        if self.command.is_empty() {
            return self.problems;
        }
        let mut service = match list.iter().position(|service| service.name == MAIN) {
            Some(at) => list.remove(at),
            None => {
                let mut service = Service::new(MAIN);
                (service.restart, service.log.target) = (Some(Restart::Never), Target::Inherit);
                service
            }
        };
        service.command = self.command;
        let name = |variable: &str| variable.split('=').next().map(String::from);
        let own: Vec<_> = service.environment.iter().map(|variable| name(variable)).collect();
        service.environment.extend(self.environment.into_iter().filter(|one| !own.contains(&name(one))));
        for end in [&mut service.when_done, &mut service.when_failed] {
            if *end == Consequence::None {
                *end = Consequence::PowerOff;
            }
        }
        list.push(service);
        self.problems
    }
}

/// Gives strings, each of which ends with a zero byte.
fn strings(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    bytes.split(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(words: &str, variables: &str) -> Option<EntryPoint> {
        EntryPoint::of(words.as_bytes(), variables.as_bytes())
    }

    #[test]
    fn a_command_is_what_stands_behind_two_dashes() {
        assert_eq!(entry("/init\0spelunk.log=error\0", "A=1\0"), None);
        assert_eq!(entry("/init\0--\0", ""), None);
        let found = entry("/init\0--\0sh\0-c\0\0--\0", "A=1\0B=\0").unwrap();
        assert_eq!(found.command, ["sh", "-c", "", "--"]);
        assert_eq!((found.environment, found.problems), (vec!["A=1".into(), "B=".into()], vec![]));
    }

    #[test]
    fn it_is_a_service_whose_end_is_the_containers() {
        let mut list = vec![Service::new("other")];
        let problems = entry("/init\0--\0true\0", "A=1\0").unwrap().lead(&mut list);
        assert_eq!((problems, list.len()), (vec![], 2));
        let main = list.last().unwrap();
        assert_eq!(
            (main.name.as_str(), &main.command, &main.environment),
            (MAIN, &vec!["true".into()], &vec!["A=1".into()])
        );
        assert_eq!((main.restart, main.log.target), (Some(Restart::Never), Target::Inherit));
        assert_eq!((main.when_done, main.when_failed), (Consequence::PowerOff, Consequence::PowerOff));
    }

    #[test]
    fn a_file_says_the_rest_of_it() {
        let file = Service {
            command: vec!["usual".into()],
            environment: vec!["A=own".into()],
            when_failed: Consequence::Reboot,
            ..Service::new(MAIN)
        };
        let mut list = vec![file, Service::new("other")];
        entry("/init\0--\0given\0", "A=1\0AB=2\0").unwrap().lead(&mut list);
        let main = list.last().unwrap();
        assert_eq!((list.len(), &main.command), (2, &vec!["given".into()]));
        assert_eq!(main.environment, ["A=own", "AB=2"]);
        assert_eq!((main.restart, main.log.target), (None, Target::Console));
        assert_eq!((main.when_done, main.when_failed), (Consequence::PowerOff, Consequence::Reboot));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let mut list = Vec::new();
        let problems = EntryPoint::of(b"/init\0--\0a\xff\0", b"").unwrap().lead(&mut list);
        assert_eq!((problems[0].message.as_str(), list.len()), ("a\\xff is no UTF-8", 0));
        let entry = EntryPoint::of(b"/init\0--\0a\0", b"B=\xff\0C=1\0").unwrap();
        assert_eq!((entry.environment, entry.problems.len()), (vec!["C=1".into()], 1));
    }
}
