//! The commands of a unit file as the one that ours has: by itself where it is only words, and else by way of a shell.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::draft::{Draft, Place, Remark};
use super::unit::words;

/// A command of a unit file.
#[derive(Clone, Debug)]
struct Step {
    words: Vec<String>,
    may_fail: bool,
    /// The key that it stands under, and where.
    origin: &'static str,
    place: Place,
}

/// All commands of a unit file, and what they find in their environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Command {
    before: Vec<Step>,
    main: Vec<Step>,
    /// Files of variables, a `-` before one that need not be there.
    files: Vec<String>,
}

/// Takes a command from a line (`systemd.service(5)`, "Command lines").
pub(super) fn take(draft: &mut Draft, value: &str) -> Result<(), String> {
    let rest = value.trim_start_matches(['-', ':', '@', '+', '!', '|']);
    let marks = value.get(..value.len() - rest.len()).unwrap_or_default();
    let all = words(rest).ok_or("a quote is open")?;
    if all.is_empty() {
        return Err("there is no program".into());
    }
    for mut words in all.split(|word| word == ";").filter(|words| !words.is_empty()).map(<[String]>::to_vec) {
        if marks.contains('@') && words.len() > 1 {
            words.remove(1);
        }
        if marks.contains(':') {
            words.iter_mut().for_each(|word| *word = word.replace('$', "$$"));
        }
        let (origin, place) = (draft.origin, draft.place);
        let step = Step { words, may_fail: marks.contains('-'), origin, place };
        let list = if origin == "ExecStartPre" { &mut draft.command.before } else { &mut draft.command.main };
        list.push(step);
    }
    let reason = match marks {
        _ if marks.contains('|') => "a login shell",
        _ if marks.contains(['+', '!']) => "its rights are those of the service",
        _ if marks.contains('@') => "the program is told its own path in place of another name",
        _ => return Ok(()),
    };
    draft.left(
        draft.place,
        format!(
            "{} of {}= is not carried over: {reason}",
            marks.trim_start_matches(['-', ':']),
            draft.origin
        ),
    );
    Ok(())
}

impl Command {
    pub(super) fn add_file(&mut self, file: &str) {
        self.files.push(file.into());
    }

    pub(super) fn forget(&mut self, origin: &str) {
        for steps in [&mut self.before, &mut self.main] {
            steps.retain(|step| step.origin != origin);
        }
        if origin == "EnvironmentFile" {
            self.files.clear();
        }
    }

    /// Gives the words of the one command.
    pub(super) fn finish(mut self, is_daemon: bool, remarks: &mut Vec<Remark>) -> Vec<String> {
        let Some(last) = self.main.last_mut() else { return Vec::new() };
        if is_daemon && last.may_fail {
            last.may_fail = false;
            let message = format!("- of {}= is not carried over: its failure is one", last.origin);
            remarks.push(Remark { place: last.place, message, is_left: true });
        }
        let ends_well = last.may_fail;
        let steps: Vec<Step> = self.before.into_iter().chain(self.main).collect();
        let has_variables = steps.iter().flat_map(|step| &step.words).any(|word| has_variable(word));
        if let [step] = steps.as_slice()
            && self.files.is_empty()
            && !has_variables
            && !ends_well
        {
            return step.words.iter().map(|word| word.replace("$$", "$")).collect();
        }
        let mut script = String::new();
        for file in &self.files {
            let (path, test) = match file.strip_prefix('-') {
                Some(path) => (path, format!("[ ! -e {} ] || ", shell(path))),
                None => (file.as_str(), String::new()),
            };
            let begin = if script.is_empty() { "set -a; " } else { "" };
            script.push_str(&format!("{begin}{test}. {}; ", shell(path)));
        }
        if steps.iter().flat_map(|step| &step.words).any(|word| is_variable(word)) {
            // Words of variables are no patterns.
            script.push_str("set -f; ");
        }
        let count = steps.len();
        let steps = steps.into_iter().zip(1..).map(|(step, number)| {
            let words: Vec<String> = step.words.iter().map(|word| shell(word)).collect();
            match (step.may_fail, number == count) {
                (true, _) => format!("{{ {} || :; }}", words.join(" ")),
                (false, true) => format!("exec {}", words.join(" ")),
                (false, false) => words.join(" "),
            }
        });
        script.push_str(&steps.collect::<Vec<_>>().join(" && "));
        ["/bin/sh".to_string(), "-c".into(), script].into()
    }
}

fn is_name(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !text.is_empty()
        && !text.starts_with(|letter: char| letter.is_ascii_digit())
        && text.chars().all(is_plain)
}

/// Says whether a word is a variable that becomes several words.
fn is_variable(word: &str) -> bool {
    word.strip_prefix('$').is_some_and(is_name)
}

/// Gives the name of the variable that a text begins with: `{NAME}`, behind its `$`.
fn braced(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.split_once('}').map(|(name, _)| name).filter(|name| is_name(name))
}

fn has_variable(word: &str) -> bool {
    is_variable(word) || word.replace("$$", "").split('$').skip(1).any(|rest| braced(rest).is_some())
}

/// Gives a word as a shell reads it: `$NAME` that stands alone, and `${NAME}`, are variables; `$$` is a dollar.
fn shell(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+".contains(letter);
    if is_variable(word) || !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    if !word.contains('$') {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let (mut quoted, mut rest) = (String::from("\""), word);
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        if letter == '$' && braced(rest).is_none() {
            rest = rest.strip_prefix('$').unwrap_or(rest);
            quoted.push_str("\\$");
        } else if matches!(letter, '"' | '\\' | '`') {
            quoted.extend(['\\', letter]);
        } else {
            quoted.push(letter);
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_a_shell_reads_them() {
        for (word, expected) in [
            ("a-b", "a-b"),
            ("$A", "$A"),
            ("${A}", "\"${A}\""),
            ("--a=${A}b", "\"--a=${A}b\""),
            ("--a=$A", "\"--a=\\$A\""),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$$x\"", "\"\\$x\\\"\""),
            ("$${A}", "\"\\${A}\""),
        ] {
            assert_eq!(shell(word), expected, "{word}");
        }
        assert!(!has_variable("$${A}") && has_variable("x${A}") && !has_variable("a$A"));
    }
}
