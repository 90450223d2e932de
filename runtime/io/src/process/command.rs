//! What a program is to be started with.

use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::ffi::CStr;

use linux::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use linux::fs::{self, Mode, OpenFlags, PipeFlags};
use linux::process::confine::Confine;
use linux::process::{
    self, Argument, CloneFlags, Limit, Namespaces, NotStarted, OwnNumber, Pid, Program, Resource, Step,
};
use linux::signal::{Signal, SignalSet};
use linux::{Errno, Result};

use super::{Child, Output, StartError};
use crate::File;

/// Where programs are looked for if the environment does not say.
const PATH: &[u8] = b"/bin:/usr/bin:/sbin:/usr/sbin";

/// Where one of a child's standard descriptors leads.
#[derive(Debug, Default)]
pub enum Stdio {
    /// Where this process's leads.
    #[default]
    Inherit,
    /// `/dev/null`.
    Null,
    /// To this process, through a pipe.
    Piped,
    /// To this open file.
    File(OwnedFd),
}

impl<T: Into<OwnedFd>> From<T> for Stdio {
    fn from(file: T) -> Self {
        Self::File(file.into())
    }
}

impl From<File> for OwnedFd {
    fn from(file: File) -> Self {
        file.into_fd()
    }
}

/// A step that owns what it needs; the order in which they were asked for is the order in which they are taken.
#[derive(Debug)]
enum Owned {
    Ready(Step<'static>),
    Put(OwnedFd, RawFd),
    Enter(OwnedFd),
    Open(RawFd, CString, OpenFlags, Mode),
    Write(CString, Vec<u8>),
    Folder(CString),
    Root(CString),
    Groups(Vec<u32>),
    Confine(Box<dyn Confine>),
}

impl Owned {
    fn borrow(&self) -> Step<'_> {
        match self {
            Self::Ready(step) => *step,
            Self::Put(file, number) => Step::Put(file.as_fd(), *number),
            Self::Enter(namespace) => Step::Enter(namespace.as_fd()),
            Self::Open(number, path, flags, mode) => Step::Open(*number, path, *flags, *mode),
            Self::Write(path, bytes) => Step::Write(path, bytes),
            Self::Folder(path) => Step::Folder(path),
            Self::Root(path) => Step::Root(path),
            Self::Groups(groups) => Step::Groups(groups),
            Self::Confine(step) => Step::Confine(&**step),
        }
    }
}

/// A program to be started as a child, by way of vfork ([`process::start`]).
///
/// The environment is empty unless [`environment`](Self::environment) gives one: this crate knows no "own" environment.
/// Descriptors that are not named here reach the program only if they lack CLOSE_ON_EXEC.
#[derive(Debug)]
pub struct Command {
    program: Vec<u8>,
    arguments: Vec<CString>,
    environment: Vec<CString>,
    standard: [Stdio; 3],
    steps: Vec<Owned>,
    flags: CloneFlags,
    control_group: Option<OwnedFd>,
    mask: Option<SignalSet>,
    own_numbers: Vec<OwnNumber>,
    /// A string with a zero byte in it cannot be told to the kernel; known when the program is started.
    error: Option<Errno>,
}

/// Adds a step that needs nothing but itself.
macro_rules! steps {
    ($($(#[$attribute:meta])* $name:ident($($argument:ident: $kind:ty),*) => $step:expr;)*) => {$(
        $(#[$attribute])*
        pub fn $name(&mut self $(, $argument: $kind)*) -> &mut Self {
            self.steps.push(Owned::Ready($step));
            self
        }
    )*};
}

impl Command {
    /// Names a program: a path, or a name without a slash, which is looked for in the PATH of its environment.
    pub fn new(program: impl AsRef<[u8]>) -> Self {
        let mut command = Self {
            program: program.as_ref().to_vec(),
            arguments: Vec::new(),
            environment: Vec::new(),
            standard: [Stdio::Inherit, Stdio::Inherit, Stdio::Inherit],
            steps: Vec::new(),
            flags: CloneFlags::empty(),
            control_group: None,
            mask: None,
            own_numbers: Vec::new(),
            error: None,
        };
        command.argument(program);
        command
    }

    /// Adds an argument.
    pub fn argument(&mut self, argument: impl AsRef<[u8]>) -> &mut Self {
        let argument = self.string(argument.as_ref());
        self.arguments.push(argument);
        self
    }

    /// Adds arguments.
    pub fn arguments(&mut self, arguments: impl IntoIterator<Item = impl AsRef<[u8]>>) -> &mut Self {
        for argument in arguments {
            self.argument(argument);
        }
        self
    }

    /// Sets the name by which the program is called, in place of the one by which it is found.
    #[doc(alias = "arg0")]
    pub fn called(&mut self, name: impl AsRef<[u8]>) -> &mut Self {
        let name = self.string(name.as_ref());
        if let Some(first) = self.arguments.first_mut() {
            *first = name;
        }
        self
    }

    /// Sets the environment: strings `NAME=VALUE`.
    pub fn environment(&mut self, variables: impl IntoIterator<Item = impl AsRef<CStr>>) -> &mut Self {
        self.environment = variables.into_iter().map(|variable| variable.as_ref().into()).collect();
        self
    }

    /// Adds a variable to the environment, or changes it.
    pub fn variable(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> &mut Self {
        self.without_variable(name.as_ref());
        let variable = self.string(&[name.as_ref(), b"=", value.as_ref()].concat());
        self.environment.push(variable);
        self
    }

    /// Adds a variable that holds the number of the program's process.
    pub fn own_number(&mut self, name: impl AsRef<[u8]>) -> &mut Self {
        match OwnNumber::new(name.as_ref()) {
            Some(number) => self.own_numbers.push(number),
            None => self.error = Some(Errno::INVAL),
        }
        self
    }

    /// Takes a variable out of the environment.
    pub fn without_variable(&mut self, name: impl AsRef<[u8]>) -> &mut Self {
        self.environment.retain(|variable| value(variable, name.as_ref()).is_none());
        self
    }

    /// Sets where standard input leads.
    pub fn stdin(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.standard[0] = to.into();
        self
    }

    /// Sets where standard output leads.
    pub fn stdout(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.standard[1] = to.into();
        self
    }

    /// Sets where standard error leads.
    pub fn stderr(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.standard[2] = to.into();
        self
    }

    /// Gives the program an open file under a number from 3 on.
    pub fn descriptor(&mut self, number: RawFd, file: impl Into<OwnedFd>) -> &mut Self {
        self.steps.push(Owned::Put(file.into(), number));
        self
    }

    /// Opens a file for the program under a number.
    pub fn open(&mut self, number: RawFd, path: impl AsRef<[u8]>, flags: OpenFlags, mode: Mode) -> &mut Self {
        let path = self.string(path.as_ref());
        self.steps.push(Owned::Open(number, path, flags, mode));
        self
    }

    /// Writes bytes to a file, as the new process: `/proc/self/uid_map`, `/proc/self/oom_score_adj`.
    pub fn write(&mut self, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> &mut Self {
        let path = self.string(path.as_ref());
        self.steps.push(Owned::Write(path, bytes.as_ref().to_vec()));
        self
    }

    /// Changes the folder.
    #[doc(alias = "current_dir")]
    pub fn folder(&mut self, path: impl AsRef<[u8]>) -> &mut Self {
        let path = self.string(path.as_ref());
        self.steps.push(Owned::Folder(path));
        self
    }

    /// Changes the root, and the folder to it.
    #[doc(alias = "chroot")]
    pub fn root(&mut self, path: impl AsRef<[u8]>) -> &mut Self {
        let path = self.string(path.as_ref());
        self.steps.push(Owned::Root(path));
        self
    }

    /// Sets user, group and further groups, all for good.
    pub fn identity(&mut self, user: u32, group: u32, groups: &[u32]) -> &mut Self {
        let (group, user) = (Owned::Ready(Step::GroupId(group)), Owned::Ready(Step::User(user)));
        self.steps.extend([Owned::Groups(groups.to_vec()), group, user]);
        self
    }

    /// Enters the namespace behind a descriptor.
    #[doc(alias = "setns")]
    pub fn enter(&mut self, namespace: impl Into<OwnedFd>) -> &mut Self {
        self.steps.push(Owned::Enter(namespace.into()));
        self
    }

    /// Keeps something from the program: files, calls, privileges.
    pub fn confine(&mut self, step: impl Confine + 'static) -> &mut Self {
        self.steps.push(Owned::Confine(Box::new(step)));
        self
    }

    /// Gives the process namespaces of its own, from its first moment on.
    pub fn namespaces(&mut self, flags: CloneFlags) -> &mut Self {
        self.flags |= flags;
        self
    }

    /// Begins in a control group: an open folder of cgroup2 (Linux 5.7).
    pub fn control_group(&mut self, folder: impl Into<OwnedFd>) -> &mut Self {
        self.control_group = Some(folder.into());
        self
    }

    /// Sets the signals that are held back when the program begins; else those that are held back here.
    pub fn mask(&mut self, held_back: SignalSet) -> &mut Self {
        self.mask = Some(held_back);
        self
    }

    steps! {
        /// Closes a number; one that is not open is no fault.
        close(number: RawFd) => Step::Close(number);
        /// Keeps everything from a number on from the program, whatever it inherits.
        close_from(number: RawFd) => Step::CloseFrom(number);
        /// Founds a session, without terminal.
        session() => Step::Session;
        /// Joins a group of processes; none: founds one.
        group(group: Option<Pid>) => Step::Group(group);
        /// Takes the terminal behind a number, as the leader of a session.
        terminal(number: RawFd) => Step::Terminal(number);
        /// Puts its group in front of the terminal behind a number.
        foreground(number: RawFd) => Step::Foreground(number);
        /// Sets a limit.
        limit(resource: Resource, limit: Limit) => Step::Limit(resource, limit);
        /// Sets the nice value.
        nice(nice: i32) => Step::Nice(nice);
        /// Sets the mask of permissions.
        umask(mode: Mode) => Step::Umask(mode);
        /// Leaves for new namespaces, after the steps so far.
        leave(kinds: Namespaces) => Step::Leave(kinds);
        /// Ignores a signal.
        ignore(signal: Signal) => Step::Ignore(signal);
        /// Leaves a signal to the kernel that is ignored here.
        default(signal: Signal) => Step::Default(signal);
        /// Gets a signal when the thread that starts it ends.
        parent_death(signal: Signal) => Step::ParentDeath(signal);
        /// Gives up getting privileges by execve.
        no_new_privileges() => Step::NoNewPrivileges;
        /// Lets this process follow it (`linux::trace`): it stops with SIGTRAP before its first instruction.
        traced() => Step::Trace;
    }

    /// Starts the program. What leads here through pipes is in the [`Child`].
    ///
    /// # Errors
    /// What could not be done, up to executing the program.
    pub fn start(&self) -> core::result::Result<Child, StartError> {
        let mut ends = Ends::default();
        let started = self.carry_out(&mut ends, process::start)?;
        let [stdin, stdout, stderr] = ends.ours;
        Ok(Child::new(started, stdin, stdout, stderr))
    }

    /// Becomes the program: does to this process what [`start`](Self::start) does to a child. Namespaces and a control group are for
    /// a new process, and play no part. Comes back only with what could not be done; the steps before that were taken.
    pub fn replace(&self) -> StartError {
        let never: core::result::Result<Infallible, _> =
            self.carry_out(&mut Ends::default(), |program| Err(process::replace(program)));
        match never {
            Err(error) => error,
        }
    }

    /// Puts together what the kernel is told, and has it done.
    fn carry_out<'a, T>(
        &'a self,
        ends: &mut Ends<'a>,
        act: impl FnOnce(&Program<'_>) -> core::result::Result<T, NotStarted>,
    ) -> core::result::Result<T, StartError> {
        let failed = |doing| move |errno| StartError::new(&self.program, doing, errno);
        if let Some(errno) = self.error {
            return Err(failed("take its words")(errno));
        }
        self.standard(ends).map_err(failed("open its standard files"))?;
        let standard = ends.theirs.iter().map(|(file, number)| Step::Put(file.as_fd(), *number));
        let moved = self.moved().map_err(failed("duplicate a descriptor"))?;
        let own = self.steps.iter().zip(&moved).map(|(step, moved)| match (step, moved) {
            (Owned::Put(_, number), Some(file)) => Step::Put(file.as_fd(), *number),
            (Owned::Enter(_), Some(namespace)) => Step::Enter(namespace.as_fd()),
            (step, _) => step.borrow(),
        });
        let told = self.own_numbers.iter().map(Step::Tell);
        let steps: Vec<_> = standard.chain(told).chain(own).collect();
        let paths = self.paths();
        let paths: Vec<&CStr> = paths.iter().map(CString::as_c_str).collect();
        let mut environment = list(&self.environment);
        environment.splice(..0, self.own_numbers.iter().map(Argument::own_number));
        let program = Program {
            paths: &paths,
            arguments: &list(&self.arguments),
            environment: &environment,
            steps: &steps,
            flags: self.flags,
            control_group: self.control_group.as_ref().map(AsFd::as_fd),
            mask: self.mask,
        };
        act(&program).map_err(|failure| {
            StartError::from_stage(&self.program, failure, |at| {
                steps.get(at).map_or("take a step", Step::name)
            })
        })
    }

    /// Starts the program and reads what it says on the standard descriptors that lead here through pipes, until it ends.
    ///
    /// # Errors
    /// Those of [`start`](Self::start), and "read its output".
    pub fn output(&self) -> core::result::Result<Output, StartError> {
        let child = self.start()?;
        child.output().map_err(|errno| StartError::new(&self.program, "read its output", errno))
    }

    /// Gives the name of the program.
    pub(super) fn name(&self) -> &[u8] {
        &self.program
    }

    fn string(&mut self, bytes: &[u8]) -> CString {
        CString::new(bytes).unwrap_or_else(|_| {
            self.error = Some(Errno::INVAL);
            CString::default()
        })
    }

    /// Opens what the child's standard descriptors lead to.
    fn standard<'a>(&'a self, ends: &mut Ends<'a>) -> Result<()> {
        for ((number, stdio), ours) in (0..).zip(&self.standard).zip(0..) {
            let theirs = match stdio {
                Stdio::Inherit => continue,
                Stdio::Null => {
                    let flags = OpenFlags::READ_WRITE | OpenFlags::CLOSE_ON_EXEC;
                    Theirs::Owned(fs::open(c"/dev/null", flags, Mode::empty())?)
                }
                Stdio::Piped => {
                    let (reader, writer) = fs::pipe(PipeFlags::CLOSE_ON_EXEC)?;
                    let (theirs, mine) = if number == 0 { (reader, writer) } else { (writer, reader) };
                    if let Some(place) = ends.ours.get_mut(ours) {
                        *place = Some(mine.into());
                    }
                    Theirs::Owned(theirs)
                }
                Stdio::File(file) => Theirs::Borrowed(file.as_fd()),
            };
            let theirs = match out_of_the_way(theirs.as_fd(), number, self.highest())? {
                Some(moved) => Theirs::Owned(moved),
                None => theirs,
            };
            ends.theirs.push((theirs, number));
        }
        Ok(())
    }

    /// Gives the highest number under which the program gets a file.
    fn highest(&self) -> RawFd {
        let number = |step: &Owned| match step {
            Owned::Put(_, number) | Owned::Open(number, ..) => Some(*number),
            _ => None,
        };
        self.steps.iter().filter_map(number).fold(2, RawFd::max)
    }

    /// Gives, for each step, its file once more if that lies where another one is to be put.
    fn moved(&self) -> Result<Vec<Option<OwnedFd>>> {
        let highest = self.highest();
        let moved = self.steps.iter().map(|step| match step {
            Owned::Put(file, number) => out_of_the_way(file.as_fd(), *number, highest),
            Owned::Enter(namespace) => out_of_the_way(namespace.as_fd(), NO_NUMBER, highest),
            _ => Ok(None),
        });
        moved.collect()
    }

    /// Gives the paths to try, for a name without a slash one a folder of PATH.
    fn paths(&self) -> Vec<CString> {
        let joined = |folder: &[u8]| {
            let folder = if folder.is_empty() { b"." } else { folder };
            CString::new([folder, b"/", &self.program].concat()).ok()
        };
        if self.program.contains(&b'/') {
            return CString::new(self.program.as_slice()).into_iter().collect();
        }
        let path = self.environment.iter().find_map(|variable| value(variable, b"PATH"));
        path.unwrap_or(PATH).split(|byte| *byte == b':').filter_map(joined).collect()
    }
}

/// Both sides of the child's standard descriptors.
#[derive(Default)]
struct Ends<'a> {
    theirs: Vec<(Theirs<'a>, RawFd)>,
    ours: [Option<File>; 3],
}

/// An open file that the child gets.
enum Theirs<'a> {
    Owned(OwnedFd),
    Borrowed(BorrowedFd<'a>),
}

/// The number of what is put nowhere.
const NO_NUMBER: RawFd = -1;

/// Duplicates a file that lies at a number where another one may be put before it is put in its own place.
fn out_of_the_way(file: BorrowedFd<'_>, number: RawFd, highest: RawFd) -> Result<Option<OwnedFd>> {
    let own = file.as_raw();
    if own > highest || own == number { Ok(None) } else { fs::dup_at_least(file, highest + 1).map(Some) }
}

impl AsFd for Theirs<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Owned(file) => file.as_fd(),
            Self::Borrowed(file) => *file,
        }
    }
}

/// Gives the value of a variable if it has this name.
fn value<'a>(variable: &'a CStr, name: &[u8]) -> Option<&'a [u8]> {
    variable.to_bytes().strip_prefix(name)?.strip_prefix(b"=")
}

fn list(strings: &[CString]) -> Vec<Argument<'_>> {
    strings.iter().map(|string| Argument::new(string)).chain([Argument::END]).collect()
}
