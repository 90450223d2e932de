//! `find` (POSIX; the tests, actions and options that GNU added are those that scripts use).
//!
//! Folders are walked by descriptor; the kind that a folder keeps for a name is used where that is enough, so that most
//! expressions look at no file. `-delete` removes by the folder's descriptor: one that was exchanged for a link on the way is
//! not followed. On a terminal, names are printed so that none can command it.

mod action;
mod expression;
mod files;
mod parse;
mod print;
mod test;
mod values;

use alloc::vec::Vec;

use io::{Follow, Step, Visit, Walk};
use linux::fs::Timestamp;
use system::mounts::Table;
use system::users::Names;

use self::action::Batches;
use self::expression::Node;
use self::files::Files;
use super::path::terminated;
use crate::{Applet, Arguments, Flag, Io, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "find",
    summary: "Find files below folders, and do something with each",
    usage: "[-H|-L|-P] [PATH]... [EXPRESSION]\n\n\
            tests:   -name -iname -path -ipath -regex -iregex -lname -type -xtype -size -empty -perm -links -inum -samefile\n\
            \x20        -user -group -uid -gid -nouser -nogroup -readable -writable -executable -fstype -true -false\n\
            \x20        -mtime -mmin -newer (and with a, c for m), -newerXY\n\
            actions: -print -print0 -printf -ls -fprint -fprint0 -fprintf -fls -delete -prune -quit\n\
            \x20        -exec -execdir -ok -okdir\n\
            with:    -maxdepth -mindepth -depth -xdev -follow -daystart -regextype\n\
            joined:  ! -not -a -and -o -or , ( )",
    flags: flags![
        Flag::new(b'H', "", "links among the paths stand for what they lead to"),
        Flag::new(b'L', "", "all links do"),
        Flag::new(b'P', "", "none does (so without -H and -L)"),
    ],
    run: Run::Words(run),
};

/// What was asked for.
struct Find<'a> {
    expression: Node<'a>,
    follow: Follow,
    least: usize,
    most: usize,
    /// Folders after what is in them.
    is_depth_first: bool,
    /// On one file system.
    stays: bool,
}

/// What changes on the way.
struct State<'a> {
    status: Status,
    /// Whether what is in the folder is left out.
    prunes: bool,
    quits: bool,
    batches: Batches<'a>,
    files: Files,
    /// Whether names are printed to a terminal.
    is_terminal: bool,
    now: Timestamp,
    zone: time::TimeZone,
    /// Read where they are wanted first.
    names: Option<Names>,
    mounts: Option<Table>,
}

impl State<'_> {
    fn names(&mut self) -> &Names {
        self.names.get_or_insert_with(Names::read)
    }
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    if matches!(arguments.words, [b"--help" | b"-help"]) {
        crate::options::print_help(arguments.applet, &mut io.out);
        return Status::SUCCESS;
    }
    let (now, zone) = (super::moment::now(), super::moment::zone(io));
    let parse::All { paths, find, files } = match parse::parse(io, arguments.words, now, &zone) {
        Ok(parsed) => parsed,
        Err(parse::Fault(word, reason)) => return io.complain(&word, &reason),
    };
    let mut state = State {
        status: Status::SUCCESS,
        prunes: false,
        quits: false,
        batches: Batches::default(),
        files,
        is_terminal: io.out.columns().is_some(),
        now,
        zone,
        names: None,
        mounts: None,
    };
    let here: &[&[u8]] = &[b"."];
    for path in if paths.is_empty() { here } else { &paths } {
        find.operand(io, path, &mut state);
        if state.quits || io.out.is_broken() {
            break;
        }
    }
    state.finish(io);
    state.status
}

impl State<'_> {
    /// Runs the commands that still wait for more names, and writes what is left of the files.
    fn finish(&mut self, io: &mut Io<'_>) {
        let ended = self.batches.finish(io, &mut self.files);
        self.status = self.status.and(ended).and(self.files.flush(io));
    }
}

impl Find<'_> {
    fn operand<'a>(&'a self, io: &mut Io<'_>, path: &[u8], state: &mut State<'a>) {
        let mut walk = Walk::of(&terminated(path), self.follow);
        let mut home = None;
        while let Some(found) = walk.next() {
            let visit = match found {
                Ok(visit) => visit,
                Err(failure) => {
                    state.status = io.complain(&failure.path, &failure.errno);
                    continue;
                }
            };
            let is_wanted = visit.depth >= self.least;
            state.prunes = false;
            if is_wanted && (visit.step != Step::Enter || !self.is_depth_first) && !self.is_told(&visit) {
                self.visit(io, &visit, path, state);
            }
            if visit.step == Step::Enter {
                let goes_down =
                    visit.depth < self.most && !state.prunes && !self.is_elsewhere(&visit, &mut home);
                // A folder that is not entered is not left, either; one that cannot be opened neither.
                if is_wanted && self.is_depth_first && (!goes_down || visit.opened.is_none()) {
                    self.visit(io, &visit, path, state);
                }
                if !goes_down {
                    walk.skip();
                }
            }
            if state.quits || io.out.is_broken() {
                return;
            }
        }
    }

    /// Says whether a folder was told already when it was entered.
    fn is_told(&self, visit: &Visit<'_>) -> bool {
        visit.step == Step::Leave && !self.is_depth_first
    }

    /// Says whether a folder is to be left out because it is of another file system than the first.
    fn is_elsewhere(&self, visit: &Visit<'_>, home: &mut Option<(u32, u32)>) -> bool {
        let is_of_another = |home: &mut Option<_>| {
            visit.metadata().is_ok_and(|folder| *home.get_or_insert(folder.device()) != folder.device())
        };
        self.stays && is_of_another(home)
    }

    fn visit<'a>(&'a self, io: &mut Io<'_>, visit: &Visit<'_>, operand: &[u8], state: &mut State<'a>) {
        let mut at = test::At::new(visit, operand.len());
        self.expression.evaluate(io, &mut at, state);
    }
}

/// Gives the words of a command, with each `{}` filled.
fn filled(words: &[&[u8]], path: &[u8]) -> Vec<Vec<u8>> {
    words.iter().map(|word| super::path::filled(word, b"{}", path)).collect()
}
