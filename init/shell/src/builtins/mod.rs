//! The builtins: commands that the shell is itself. Each takes its words, its name first, and gives a status.

mod alias;
mod control;
mod echo;
mod evaluate;
mod folder;
mod getopts;
mod help;
mod history;
mod jobs;
mod limits;
mod printf;
mod read;
mod set;
mod signals;
mod test;
mod variables;
mod which;

use alloc::vec::Vec;

use crate::run::{Run, Shell, Status};
use crate::syntax::{Bytes, Item, Kind, List, Redirect, RedirectKind, Simple};

use Sort::{Plain, Special, Writes};
pub(crate) use test::test;

/// A builtin.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// Whether it is one of POSIX's special builtins: found before functions, its errors end a script, and assignments
    /// before it stay.
    pub(crate) is_special: bool,
    /// Whether it does no more than write and give a status.
    pub(crate) only_writes: bool,
    pub(crate) usage: &'static str,
    pub(crate) help: &'static str,
    pub(crate) run: fn(&mut Shell<'_>, &[Bytes]) -> Run,
}

/// What a builtin is, beside its name and function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Special,
    Plain,
    Writes,
}

type Row = (&'static str, Sort, fn(&mut Shell<'_>, &[Bytes]) -> Run, &'static str, &'static str);

const fn table<const N: usize>(rows: [Row; N]) -> [Builtin; N] {
    const EMPTY: Builtin = Builtin {
        name: "",
        is_special: false,
        only_writes: false,
        usage: "",
        help: "",
        run: control::nothing,
    };
    let mut table = [const { EMPTY }; N];
    let mut index = 0;
    while index < N {
        let (name, sort, run, usage, help) = rows[index];
        table[index] = Builtin {
            name,
            is_special: matches!(sort, Special),
            only_writes: matches!(sort, Writes),
            usage,
            help,
            run,
        };
        index += 1;
    }
    table
}

/// All builtins, sorted by name.
pub(crate) static TABLE: [Builtin; 44] = table([
    (".", Special, evaluate::source, "FILE [ARGUMENT]...", "run a file in this shell"),
    (":", Special, control::nothing, "[WORD]...", "do nothing, successfully"),
    ("[", Writes, test::bracket, "EXPRESSION ]", "decide on an expression"),
    ("alias", Plain, alias::alias, "[NAME[=TEXT]]...", "give commands other names, or show them"),
    ("bg", Plain, jobs::bg, "[JOB]...", "let stopped jobs go on in the background"),
    ("break", Special, control::leave_loops, "[COUNT]", "leave loops"),
    ("cd", Plain, folder::cd, "[-L|-P] [FOLDER|-]", "change the current folder"),
    ("chdir", Plain, folder::cd, "[-L|-P] [FOLDER|-]", "change the current folder"),
    (
        "command",
        Plain,
        which::command,
        "[-pvV] NAME [ARGUMENT]...",
        "run a command that is no function, or say what it is",
    ),
    ("continue", Special, control::continue_loop, "[COUNT]", "go on with the next round of a loop"),
    ("echo", Writes, echo::echo, "[-neE] [WORD]...", "print the words, and end the line"),
    ("eval", Special, evaluate::eval, "[WORD]...", "run the words as a script"),
    (
        "exec",
        Special,
        evaluate::exec,
        "[PROGRAM [ARGUMENT]...]",
        "put a program in the shell's place, or keep redirections",
    ),
    ("exit", Special, control::exit, "[STATUS]", "end the shell"),
    ("export", Special, variables::export, "[-p] [NAME[=VALUE]]...", "have programs inherit variables"),
    ("false", Writes, control::failure, "", "do nothing, unsuccessfully"),
    (
        "fc",
        Plain,
        history::fc,
        "[-r] [-e EDITOR] [FIRST [LAST]] | -l [-nr] [FIRST [LAST]] | -s [OLD=NEW] [FIRST]",
        "edit, list or run again what was typed",
    ),
    ("fg", Plain, jobs::fg, "[JOB]", "let a job go on in front"),
    ("getopts", Plain, getopts::getopts, "OPTIONS NAME [WORD]...", "take options apart, one a call"),
    ("hash", Plain, which::hash, "[-r] [NAME]...", "remember where programs are, or show it"),
    ("help", Writes, help::help, "[NAME]...", "say what builtins do"),
    ("history", Plain, history::history, "[-c] [COUNT]", "show what was typed, or forget it"),
    ("jobs", Plain, jobs::jobs, "[-lp] [JOB]...", "list the jobs"),
    ("kill", Plain, signals::kill, "[-s SIGNAL | -SIGNAL] PROCESS|JOB... | -l [STATUS]", "send a signal"),
    ("let", Plain, control::calculate, "FORMULA...", "calculate; the status says whether the last is not 0"),
    ("local", Plain, variables::local, "NAME[=VALUE]...", "make variables the function's own"),
    ("printf", Writes, printf::printf, "FORMAT [WORD]...", "print words as the format says"),
    ("pwd", Writes, folder::pwd, "[-L|-P]", "print the current folder"),
    (
        "read",
        Plain,
        read::read,
        "[-rs] [-d END] [-n COUNT] [-p PROMPT] [-t SECONDS] NAME...",
        "read a line into variables",
    ),
    ("readonly", Special, variables::readonly, "[-p] [NAME[=VALUE]]...", "keep variables from changing"),
    ("return", Special, control::leave_function, "[STATUS]", "leave a function or a sourced file"),
    (
        "set",
        Special,
        set::set,
        "[-+OPTIONS] [-+o NAME] [--] [WORD]...",
        "set options and the positional parameters",
    ),
    ("shift", Special, set::shift, "[COUNT]", "drop the first positional parameters"),
    ("source", Special, evaluate::source, "FILE [ARGUMENT]...", "run a file in this shell"),
    ("test", Writes, test::plain, "EXPRESSION", "decide on an expression"),
    ("times", Special, limits::times, "", "print the processor times of the shell and its children"),
    (
        "trap",
        Special,
        signals::trap,
        "[ACTION CONDITION... | -p [CONDITION...]]",
        "say what is done on signals",
    ),
    ("true", Writes, control::nothing, "", "do nothing, successfully"),
    ("type", Writes, which::describe, "NAME...", "say what names mean"),
    ("ulimit", Plain, limits::ulimit, "[-HSa] [-Rcdefilmnpqrstuvw] [LIMIT]", "show or set limits"),
    ("umask", Plain, limits::umask, "[-S] [MASK]", "show or set the mask of permissions"),
    ("unalias", Plain, alias::unalias, "-a | NAME...", "forget aliases"),
    ("unset", Special, variables::unset, "[-fv] NAME...", "forget variables or functions"),
    ("wait", Plain, jobs::wait, "[-n] [PROCESS|JOB]...", "wait for jobs"),
]);

/// Finds a builtin.
#[inline]
pub(crate) fn find(name: &[u8]) -> Option<&'static Builtin> {
    let at = TABLE.binary_search_by(|builtin| builtin.name.as_bytes().cmp(name)).ok()?;
    TABLE.get(at)
}

/// Options of one letter, taken from the front of a builtin's words.
struct Letters<'w> {
    /// Each letter, and its argument if it takes one.
    found: Vec<(u8, Option<&'w [u8]>)>,
    /// What is left.
    rest: &'w [Bytes],
}

impl Letters<'_> {
    fn has(&self, letter: u8) -> bool {
        self.found.iter().any(|(found, _)| *found == letter)
    }
}

impl<'w> Letters<'w> {
    fn value(&self, letter: u8) -> Option<&'w [u8]> {
        self.found.iter().rev().find(|(found, _)| *found == letter).and_then(|(_, value)| *value)
    }
}

/// The status of a misuse.
const MISUSE: Status = 2;

impl Shell<'_> {
    /// Takes options: those of the first list stand alone, those of the second take an argument.
    fn letters<'w>(&mut self, words: &'w [Bytes], alone: &[u8], with: &[u8]) -> Result<Letters<'w>, Status> {
        let mut found = Vec::new();
        let mut rest = words.get(1..).unwrap_or_default();
        while let Some((first, after)) = rest.split_first() {
            let Some(letters) = first.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else { break };
            rest = after;
            if letters == b"-" {
                break;
            }
            let mut letters = letters.iter();
            while let Some(letter) = letters.next() {
                if alone.contains(letter) {
                    found.push((*letter, None));
                } else if with.contains(letter) {
                    let glued = letters.as_slice();
                    letters = [].iter();
                    let value = if glued.is_empty() {
                        let Some((value, after)) = rest.split_first() else {
                            return Err(self.misuse(words, &[b'-', *letter], "an argument is missing"));
                        };
                        rest = after;
                        &**value
                    } else {
                        glued
                    };
                    found.push((*letter, Some(value)));
                } else {
                    return Err(self.misuse(words, &[b'-', *letter], "no such option"));
                }
            }
        }
        Ok(Letters { found, rest })
    }

    /// Says what is wrong with the words of a builtin.
    fn misuse(&mut self, words: &[Bytes], object: &[u8], reason: &str) -> Status {
        self.complain(&object_of(words, object), &reason);
        MISUSE
    }

    /// The same, for one whose error ends a script.
    fn misuse_special(&mut self, words: &[Bytes], object: &[u8], reason: &str) -> crate::run::Leave {
        self.fail_at(self.place, &object_of(words, object), reason)
    }

    /// Runs a command substitution without another process: of one builtin that only writes, or one quick command of this
    /// program, with words whose expansion changes nothing. None if it is not such a one.
    pub(crate) fn substitute_here(&mut self, list: &List) -> Option<Vec<u8>> {
        let [Item { chain, background: false, .. }] = list.items.as_slice() else { return None };
        let [command] = chain.first.commands.as_slice() else { return None };
        let Kind::Simple(simple) = &command.kind else { return None };
        let name = simple.words.first()?.plain.as_ref()?;
        let builtin = find(name);
        if builtin.is_some_and(|builtin| !builtin.only_writes) {
            return None;
        }
        let is_simple = chain.rest.is_empty()
            && !chain.first.negated
            && command.redirects.iter().all(is_aside)
            && simple.assignments.is_empty()
            && !self.functions.contains_key(name)
            && !self.traces
            && !self.options.xtrace
            && simple.words.iter().all(crate::run::is_harmless);
        if !is_simple || builtin.is_none() && !self.runs_here(name, None) {
            return None;
        }
        self.flush();
        let outer = core::mem::take(&mut self.out);
        let collected = core::mem::replace(&mut self.collects, true);
        let line = self.line;
        let run = match self.redirect(&command.redirects) {
            Ok(saved) => {
                let run = self.run_here(builtin, simple);
                self.put_back(saved);
                run
            }
            Err(_) => Ok(1),
        };
        self.line = line;
        self.collects = collected;
        let text = core::mem::replace(&mut self.out, outer);
        let status = run.unwrap_or(MISUSE);
        self.substituted = Some(status);
        self.status = status;
        Some(crate::run::trimmed(text))
    }

    fn run_here(&mut self, builtin: Option<&'static Builtin>, simple: &Simple) -> Run {
        let mut fields = Vec::with_capacity(simple.words.len());
        for word in &simple.words {
            self.expand(word, &mut fields)?;
        }
        match builtin {
            Some(builtin) => (builtin.run)(self, &fields),
            None => Ok(self.applet(&fields)),
        }
    }
}

/// Gives what a message of a builtin is about.
fn object_of(words: &[Bytes], object: &[u8]) -> Vec<u8> {
    let name = words.first().map_or(&b""[..], |name| name);
    if object.is_empty() { name.to_vec() } else { [name, b": ", object].concat() }
}

/// Says whether a redirection has nothing to do with what is collected, and changes nothing but its descriptor.
fn is_aside(redirect: &Redirect) -> bool {
    match &redirect.kind {
        RedirectKind::Read(word) | RedirectKind::Write(word, _) | RedirectKind::Append(word) => {
            redirect.number != 1 && crate::run::is_harmless(word)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(find(b"wait").is_some_and(|builtin| builtin.name == "wait") && find(b"wai").is_none());
    }
}
