//! From words to an expression.

use alloc::boxed::Box;
use alloc::vec::Vec;

use io::Follow;
use linux::fs::{self, Access, Timestamp};
use query::text::parse_decimal;
use regex::{Options, Regex, Syntax, Whole};
use system::users::Names;
use text::pattern::Matcher;

use super::super::human::read as read_moment;
use super::Find;
use super::expression::{Action, Command, Node, Pattern, Test, Time};
use super::files::Files;
use super::values::{Notation, basic, bound, exactly, kinds, notation, permissions, size, time as time_of};
use crate::Io;

/// A word that makes no sense, and why.
pub(super) struct Fault(pub(super) Vec<u8>, pub(super) &'static str);

type Parsed<T> = Result<T, Fault>;

/// What the words say.
pub(super) struct All<'a> {
    pub(super) paths: Vec<&'a [u8]>,
    pub(super) find: Find<'a>,
    pub(super) files: Files,
}

struct Parser<'a, 'b> {
    words: &'b [&'a [u8]],
    follow: Follow,
    least: usize,
    most: usize,
    is_depth_first: bool,
    stays: bool,
    files: Files,
    notation: Notation,
    utf8: bool,
    /// From which moment ages count.
    from: Timestamp,
    zone: &'b time::TimeZone,
}

/// Reads all words: the paths, and what is to be done.
pub(super) fn parse<'a>(
    io: &Io<'_>,
    words: &[&'a [u8]],
    now: Timestamp,
    zone: &time::TimeZone,
) -> Parsed<All<'a>> {
    let mut rest = words;
    let mut follow = Follow::Never;
    while let Some((word, after)) = rest.split_first() {
        match *word {
            b"-H" => follow = Follow::First,
            b"-L" => follow = Follow::Always,
            b"-P" => follow = Follow::Never,
            // How hard GNU's is to think before it begins.
            [b'-', b'O', ..] => {}
            b"--" => {
                rest = after;
                break;
            }
            _ => break,
        }
        rest = after;
    }
    let starts =
        |word: &&[u8]| word.len() > 1 && word.starts_with(b"-") || matches!(*word, b"(" | b"!" | b")" | b",");
    let count = rest.iter().position(starts).unwrap_or(rest.len());
    let (paths, words) = rest.split_at(count);
    let mut parser = Parser {
        words,
        follow,
        least: 0,
        most: usize::MAX,
        is_depth_first: false,
        stays: false,
        files: Files::default(),
        notation: Notation::Emacs,
        utf8: io.is_utf8(),
        from: now,
        zone,
    };
    let mut expression = match words.is_empty() {
        true => Node::Test(Test::Truth(true)),
        false => parser.list()?,
    };
    if let Some(word) = parser.words.first() {
        return Err(Fault(word.to_vec(), "not expected here"));
    }
    if !expression.acts() {
        expression = Node::And(Box::new(expression), Box::new(Node::Action(Action::Print(b'\n', None))));
    }
    let Parser { follow, least, most, is_depth_first, stays, files, .. } = parser;
    Ok(All {
        paths: paths.to_vec(),
        find: Find { expression, follow, least, most, is_depth_first, stays },
        files,
    })
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<&'a [u8]> {
        self.words.first().copied()
    }

    fn take(&mut self) -> Option<&'a [u8]> {
        let (word, rest) = self.words.split_first()?;
        self.words = rest;
        Some(word)
    }

    /// Takes one of these words, if it is the next.
    fn takes(&mut self, any: &[&[u8]]) -> bool {
        let is_next = self.peek().is_some_and(|word| any.contains(&word));
        if is_next {
            self.take();
        }
        is_next
    }

    fn list(&mut self) -> Parsed<Node<'a>> {
        let mut left = self.alternatives()?;
        while self.takes(&[b","]) {
            left = Node::Both(Box::new(left), Box::new(self.alternatives()?));
        }
        Ok(left)
    }

    fn alternatives(&mut self) -> Parsed<Node<'a>> {
        let mut left = self.all()?;
        while self.takes(&[b"-o", b"-or"]) {
            left = Node::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Parsed<Node<'a>> {
        let mut left = self.not()?;
        loop {
            let is_joined = self.takes(&[b"-a", b"-and"]);
            if !is_joined && matches!(self.peek(), None | Some(b"-o" | b"-or" | b"," | b")")) {
                return Ok(left);
            }
            left = Node::And(Box::new(left), Box::new(self.not()?));
        }
    }

    fn not(&mut self) -> Parsed<Node<'a>> {
        if self.takes(&[b"!", b"-not"]) {
            return Ok(Node::Not(Box::new(self.not()?)));
        }
        if self.takes(&[b"("]) {
            let inner = self.list()?;
            return if self.takes(&[b")"]) { Ok(inner) } else { Err(Fault(b"(".to_vec(), "has no end")) };
        }
        let word = self.take().ok_or(Fault(Vec::new(), "a test or action is missing at the end"))?;
        if let Some(node) = self.plain(word)? {
            return Ok(node);
        }
        // Whether there is such a word is known before what its value is.
        let value = self.peek();
        match self.valued(word, value.unwrap_or_default()) {
            Ok(Some(_)) | Err(_) if value.is_none() => Err(Fault(word.to_vec(), "needs a value")),
            Ok(Some(node)) => {
                self.take();
                Ok(node)
            }
            Err(fault) => Err(fault),
            Ok(None) if matches!(word, b")" | b"," | b"-o" | b"-or" | b"-a" | b"-and") => {
                Err(Fault(word.to_vec(), "a test or action is missing before it"))
            }
            Ok(None) if !word.starts_with(b"-") => {
                Err(Fault(word.to_vec(), "paths come before tests and actions"))
            }
            Ok(None) => Err(Fault(word.to_vec(), "no such test or action")),
        }
    }

    /// Reads what takes no value, or a command.
    fn plain(&mut self, word: &[u8]) -> Parsed<Option<Node<'a>>> {
        let node = match word {
            b"-print" => Node::Action(Action::Print(b'\n', None)),
            b"-print0" => Node::Action(Action::Print(0, None)),
            b"-ls" => Node::Action(Action::List(None)),
            b"-prune" => Node::Action(Action::Prune),
            b"-quit" => Node::Action(Action::Quit),
            b"-delete" => {
                self.is_depth_first = true;
                Node::Action(Action::Delete)
            }
            b"-exec" | b"-ok" | b"-execdir" | b"-okdir" => {
                let (asks, there) = (word.starts_with(b"-ok"), word.ends_with(b"dir"));
                Node::Action(Action::Execute(self.command(word, asks, there)?))
            }
            b"-true" => Node::Test(Test::Truth(true)),
            b"-false" => Node::Test(Test::Truth(false)),
            b"-empty" => Node::Test(Test::Empty),
            b"-readable" => Node::Test(Test::May(Access::READ)),
            b"-writable" => Node::Test(Test::May(Access::WRITE)),
            b"-executable" => Node::Test(Test::May(Access::EXECUTE)),
            b"-nouser" => Node::Test(Test::Nobody(true)),
            b"-nogroup" => Node::Test(Test::Nobody(false)),
            option => {
                match option {
                    b"-depth" | b"-d" => self.is_depth_first = true,
                    b"-xdev" | b"-mount" => self.stays = true,
                    b"-follow" => self.follow = Follow::Always,
                    b"-daystart" => self.start_of_day(),
                    b"-noleaf"
                    | b"-ignore_readdir_race"
                    | b"-noignore_readdir_race"
                    | b"-warn"
                    | b"-nowarn" => {}
                    _ => return Ok(None),
                }
                Node::Test(Test::Truth(true))
            }
        };
        Ok(Some(node))
    }

    /// Ages count from the end of this day.
    fn start_of_day(&mut self) {
        let offset = i64::from(self.zone.offset(self.from.seconds).seconds);
        let days = (self.from.seconds + offset).div_euclid(86_400) + 1;
        self.from = Timestamp { seconds: days * 86_400 - offset, nanoseconds: 0 };
    }

    /// Reads what takes a value; nothing if there is no such word.
    fn valued(&mut self, word: &'a [u8], value: &'a [u8]) -> Parsed<Option<Node<'a>>> {
        let wrong = |reason| Fault([word, b" ", value].concat(), reason);
        let number = || bound(value).ok_or(wrong("not a number"));
        let pattern = |folds| Pattern { text: value, matcher: Matcher { utf8: self.utf8, folds } };
        let test = match word {
            b"-name" => Test::Name(pattern(false)),
            b"-iname" => Test::Name(pattern(true)),
            b"-path" | b"-wholename" => Test::Path(pattern(false)),
            b"-ipath" | b"-iwholename" => Test::Path(pattern(true)),
            b"-lname" => Test::Target(pattern(false)),
            b"-ilname" => Test::Target(pattern(true)),
            b"-regex" | b"-iregex" => {
                let regex = self.regex(value, word == b"-iregex");
                Test::Expression(regex.ok_or(wrong("not a regular expression"))?)
            }
            b"-regextype" => {
                self.notation = notation(value).ok_or(wrong("not a notation of regular expressions"))?;
                Test::Truth(true)
            }
            b"-type" => Test::Kind(kinds(value).ok_or(wrong("not a kind: of b c d f l p s"))?),
            b"-xtype" => Test::OtherKind(kinds(value).ok_or(wrong("not a kind: of b c d f l p s"))?),
            b"-size" => size(value).ok_or(wrong("not a size"))?,
            b"-links" => Test::Links(number()?),
            b"-inum" => Test::Inode(number()?),
            b"-perm" => permissions(value).ok_or(wrong("not a mode"))?,
            b"-user" | b"-uid" => {
                let name = named(value, Names::find_user).map(exactly);
                Test::User(name.or_else(|| bound(value)).ok_or(wrong("no such user"))?)
            }
            b"-group" | b"-gid" => {
                let name = named(value, Names::find_group).map(exactly);
                Test::Group(name.or_else(|| bound(value)).ok_or(wrong("no such group"))?)
            }
            b"-samefile" => {
                let file = self.look(value)?;
                Test::Same(file.device(), file.inode())
            }
            b"-fstype" => Test::System(value),
            b"-maxdepth" | b"-mindepth" => {
                let depth = parse_decimal(value).ok_or(wrong("not a number"))?;
                let place = if word == b"-maxdepth" { &mut self.most } else { &mut self.least };
                *place = usize::try_from(depth).unwrap_or(usize::MAX);
                Test::Truth(true)
            }
            _ => match self.time(word, value)? {
                Some(test) => test,
                None => return self.printing(word, value),
            },
        };
        Ok(Some(Node::Test(test)))
    }

    fn regex(&self, expression: &[u8], ignores_case: bool) -> Option<Box<Regex>> {
        let options =
            |syntax| Options { ignores_case, whole: Whole::Text, ..Options::new(syntax, self.utf8) };
        let read = match self.notation {
            Notation::Emacs => Regex::any(&[&basic(expression)], options(Syntax::Basic)),
            Notation::Posix(syntax) => Regex::any(&[expression], options(syntax)),
        };
        read.ok().map(Box::new)
    }

    /// Reads the actions that take a form or a file.
    fn printing(&mut self, word: &[u8], value: &'a [u8]) -> Parsed<Option<Node<'a>>> {
        if word == b"-printf" {
            return Ok(Some(Node::Action(Action::Format(value, None))));
        }
        if !matches!(word, b"-fprint" | b"-fprint0" | b"-fprintf" | b"-fls") {
            return Ok(None);
        }
        let place = match value {
            b"" => return Err(Fault(word.to_vec(), "needs a file")),
            path => self.files.open(path).map_err(|_| Fault(path.to_vec(), "cannot be written"))?,
        };
        Ok(Some(Node::Action(match word {
            b"-fprint" => Action::Print(b'\n', place),
            b"-fprint0" => Action::Print(0, place),
            b"-fls" => Action::List(place),
            _ => {
                self.take();
                Action::Format(self.peek().ok_or(Fault(word.to_vec(), "needs a file and a format"))?, place)
            }
        })))
    }

    /// Reads the tests about times: `-mtime`, `-amin`, `-newer`, `-newermt`.
    fn time(&self, word: &[u8], value: &[u8]) -> Parsed<Option<Test<'a>>> {
        let wrong = |reason| Fault([word, b" ", value].concat(), reason);
        let age = || bound(value).ok_or(wrong("not a number"));
        let letter = word.get(1).copied().unwrap_or(0);
        let newer = |time: Option<Time>, than: Option<Timestamp>| {
            time.zip(than).map(|(time, than)| Test::Newer(time, than))
        };
        Ok(match word {
            [b'-', b'a' | b'c' | b'm', b't', b'i', b'm', b'e'] => {
                let age = age()?;
                time_of(letter).map(|time| Test::Days(time, age, self.from))
            }
            [b'-', b'a' | b'c' | b'm', b'm', b'i', b'n'] => {
                let age = age()?;
                time_of(letter).map(|time| Test::Minutes(time, age, self.from))
            }
            b"-newer" => newer(Some(Time::Modified), self.time_of_file(value, Time::Modified)?),
            b"-anewer" | b"-cnewer" => newer(time_of(letter), self.time_of_file(value, Time::Modified)?),
            [b'-', b'n', b'e', b'w', b'e', b'r', ours, b't'] => {
                newer(time_of(*ours), Some(read_moment(value, self.zone).ok_or(wrong("not a date"))?))
            }
            [b'-', b'n', b'e', b'w', b'e', b'r', ours, theirs] => match time_of(*theirs) {
                Some(theirs) => newer(time_of(*ours), self.time_of_file(value, theirs)?),
                None => None,
            },
            _ => None,
        })
    }

    /// Looks at a file that a test names; links stand for what they lead to if that is asked for.
    fn look(&self, path: &[u8]) -> Parsed<fs::Metadata> {
        let follows =
            if self.follow == Follow::Never { fs::StatxFlags::NO_FOLLOW } else { fs::StatxFlags::empty() };
        let mask = fs::StatxMask::BASIC | fs::StatxMask::BIRTH;
        fs::statx(linux::fd::CWD, path, follows, mask)
            .map_err(|_| Fault(path.to_vec(), "cannot be looked at"))
    }

    /// Gives a time of a file that a test names.
    fn time_of_file(&self, path: &[u8], time: Time) -> Parsed<Option<Timestamp>> {
        let file = self.look(path)?;
        Ok(match time {
            Time::Accessed => Some(file.accessed()),
            Time::Modified => Some(file.modified()),
            Time::Changed => Some(file.changed()),
            Time::Born => file.born(),
        })
    }

    fn command(&mut self, action: &[u8], asks: bool, there: bool) -> Parsed<Command<'a>> {
        let mut words: Vec<&'a [u8]> = Vec::new();
        let gathers = loop {
            match self.take() {
                None => return Err(Fault(action.to_vec(), "needs ; or {} + at its end")),
                Some(b";") => break false,
                Some(b"+") if words.last() == Some(&&b"{}"[..]) && !asks => {
                    words.pop();
                    break true;
                }
                Some(word) => words.push(word),
            }
        };
        if words.is_empty() {
            return Err(Fault(action.to_vec(), "needs a command"));
        }
        Ok(Command { words, gathers, asks, there })
    }
}

/// Finds a user or a group; behind a plus stands a bound.
fn named(value: &[u8], find: fn(&Names, &[u8]) -> Option<u32>) -> Option<u32> {
    if value.starts_with(b"+") { None } else { find(&Names::read(), value) }
}
