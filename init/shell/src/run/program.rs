//! Programs: started in a child as by vfork, or in this process's place.

use alloc::ffi::CString;
use alloc::rc::Rc;
use alloc::vec::Vec;

use linux::Errno;
use linux::fs::{Mode, OpenFlags};
use linux::process::Pid;
use linux::signal::Signal;

use super::{Found, Leave, Run, Shell, Status};
use crate::syntax::Bytes;
use crate::system::Start;

/// The statuses of what cannot be run, and of what is not there.
const CANNOT_RUN: Status = 126;
const NOT_FOUND: Status = 127;

/// Signals that an interactive shell ignores, and its children must not.
const INTERACTIVE: [Signal; 5] = [Signal::QUIT, Signal::TERM, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// Where a program is to run.
#[derive(Clone, Copy)]
enum Place {
    /// In a child, in this group of processes if it has one.
    Child(Option<Pid>),
    /// In this process's place.
    Here,
}

impl Shell<'_> {
    /// Runs a program and waits for it.
    pub(super) fn program(&mut self, fields: &[Bytes]) -> Run {
        self.program_of(fields, None)
    }

    /// The same, looked for along this path, if one is given.
    pub(crate) fn program_of(&mut self, fields: &[Bytes], path: Option<&[u8]>) -> Run {
        if let Some(name) = fields.first()
            && self.runs_here(name, path)
        {
            self.flush();
            return Ok(self.applet(fields));
        }
        match self.start(fields, path, None) {
            Ok(child) => {
                let text = self.options.monitor.then(|| Rc::from(fields.join(&b' ')));
                self.wait_foreground(&[child], text.as_ref())
            }
            Err(status) => Ok(status),
        }
    }

    /// Starts a program in a child; gives the status of one that cannot be started, after saying why.
    pub(super) fn start(
        &mut self,
        fields: &[Bytes],
        path: Option<&[u8]>,
        group: Option<Pid>,
    ) -> Result<Pid, Status> {
        self.flush();
        let Some(name) = fields.first() else { return Err(0) };
        let program = match self.find_program(name, path) {
            Found::Program(path) => path,
            Found::Applet => return self.start_applet(fields),
            Found::Refused(errno) => return Err(self.cannot_run(name, errno)),
            _ => return Err(self.not_found(name)),
        };
        match self.begin_program(&program, fields, Place::Child(group)) {
            Ok(child) => Ok(child),
            Err(Errno::NOEXEC) => self.start_script(&program, fields),
            Err(errno) if self.forgets(name, &program, errno) => self.start(fields, path, group),
            Err(errno) => Err(self.cannot_run(name, errno)),
        }
    }

    /// Puts a program in this process's place; comes back with the status if that fails.
    pub(crate) fn execute(&mut self, fields: &[Bytes], path: Option<&[u8]>) -> Status {
        self.flush();
        let Some(name) = fields.first() else { return 0 };
        let program = match self.find_program(name, path) {
            Found::Program(path) => path,
            Found::Applet => return self.applet(fields),
            Found::Refused(errno) => return self.cannot_run(name, errno),
            _ => return self.not_found(name),
        };
        match self.begin_program(&program, fields, Place::Here) {
            // There is no child.
            Ok(_) => 0,
            Err(Errno::NOEXEC) => self.script_child(&program, fields),
            Err(errno) if self.forgets(name, &program, errno) => self.execute(fields, path),
            Err(errno) => self.cannot_run(name, errno),
        }
    }

    /// Has the system begin a program; returns from what was to take this process's place only if that fails.
    fn begin_program(&mut self, path: &[u8], fields: &[Bytes], place: Place) -> linux::Result<Pid> {
        let arguments = strings(fields);
        let environment = self.variables.environment(&self.names);
        let monitor = self.options.monitor;
        let mut start = Start {
            path,
            arguments: &arguments,
            environment: &environment,
            group: None,
            foreground: None,
            defaults: if self.options.interactive { &INTERACTIVE } else { &[] },
            ignored: &[],
        };
        match place {
            Place::Here => Err(self.system.execute(&start)),
            Place::Child(group) => {
                start.group = monitor.then_some(group);
                start.foreground = self.terminal.filter(|_| monitor && group.is_none());
                self.system.start(&start)
            }
        }
    }

    /// Forgets where a program was, if it is not there any more; says whether to look for it again.
    fn forgets(&mut self, name: &Bytes, path: &[u8], errno: Errno) -> bool {
        let is_gone = matches!(errno, Errno::NOENT | Errno::NOTDIR | Errno::ACCES)
            && self.system.stat(path, true).is_err();
        is_gone && self.found.remove(name).is_some()
    }

    /// Says that a file cannot be run.
    fn cannot_run(&mut self, name: &[u8], errno: Errno) -> Status {
        self.complain_here(name, &errno);
        if matches!(errno, Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG) {
            NOT_FOUND
        } else {
            CANNOT_RUN
        }
    }

    fn not_found(&mut self, name: &[u8]) -> Status {
        let nearest = self.commands.nearest(name);
        match nearest.first() {
            Some(nearest) => self.complain_here(name, &format_args!("not found; nearest: {nearest}")),
            None => self.complain_here(name, &"not found"),
        }
        NOT_FOUND
    }

    /// Says whether a name is a quick command of this program: because PATH has nothing of that name, or this program under
    /// that name. A person's session runs all in children, which can be stopped.
    pub(crate) fn runs_here(&mut self, name: &Bytes, path: Option<&[u8]>) -> bool {
        let word = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if self.options.interactive || self.options.monitor || !self.commands.is_quick(word) {
            return false;
        }
        match self.find_program(name, path) {
            Found::Applet => true,
            Found::Program(path) => self.is_own(&path),
            _ => false,
        }
    }

    /// Says whether a file is the program that runs.
    fn is_own(&self, path: &[u8]) -> bool {
        match (self.system.stat(path, true), self.system.stat(b"/proc/self/exe", true)) {
            (Ok(file), Ok(own)) => (file.device(), file.inode()) == (own.device(), own.inode()),
            _ => false,
        }
    }

    fn start_applet(&mut self, fields: &[Bytes]) -> Result<Pid, Status> {
        let child = self.fork_or_fail(&mut |shell| shell.applet(fields));
        child.map_err(|_| CANNOT_RUN)
    }

    /// Runs a command of this program, in this process.
    pub(crate) fn applet(&mut self, fields: &[Bytes]) -> Status {
        let environment = self.variables.environment(&self.names);
        let environment: Vec<&[u8]> = environment.iter().map(|string| string.as_bytes()).collect();
        let words: Vec<&[u8]> = fields.iter().map(|field| &**field).collect();
        if self.collects {
            return self.commands.collect(&words, &environment, &mut self.out);
        }
        self.commands.call(&words, &environment)
    }

    /// A file that the kernel takes for no program is a script.
    fn start_script(&mut self, path: &Bytes, fields: &[Bytes]) -> Result<Pid, Status> {
        if self.is_binary(path) {
            return Err(self.cannot_run(path, Errno::NOEXEC));
        }
        let child = self.fork_or_fail(&mut |shell| shell.script_child(path, fields));
        child.map_err(|_| CANNOT_RUN)
    }

    /// Says whether the first line of a file has a zero byte: it is a program for another machine, or none at all.
    fn is_binary(&self, path: &[u8]) -> bool {
        let Ok(number) = self.system.open(path, OpenFlags::READ, Mode::empty()) else { return false };
        let mut bytes = [0; 128];
        let count = self.system.read(number, &mut bytes).unwrap_or(0);
        let _ = self.system.close(number);
        let mut line = bytes.iter().take(count).take_while(|byte| **byte != b'\n');
        line.any(|byte| *byte == 0)
    }

    fn script_child(&mut self, path: &Bytes, fields: &[Bytes]) -> Status {
        if self.is_binary(path) {
            return self.cannot_run(path, Errno::NOEXEC);
        }
        self.become_child();
        (self.is_subshell, self.loops) = (false, 0);
        self.name = Rc::clone(path);
        self.positional = Rc::new(fields.get(1..).unwrap_or_default().to_vec());
        self.variables.forget_own();
        self.functions.clear();
        self.aliases = Rc::default();
        self.options = super::Options::default();
        let path = Rc::clone(path);
        self.end_of(|shell| shell.run_file(&path, true))
    }

    /// Makes a child that runs a function of the shell.
    pub(crate) fn fork_or_fail(&mut self, body: &mut dyn FnMut(&mut Self) -> Status) -> Run<Pid> {
        self.flush();
        let system = self.system;
        let monitor = self.options.monitor;
        let forked = system.fork(&mut || {
            if monitor {
                let _ = system.set_group(None, None);
            }
            for signal in INTERACTIVE.iter().filter(|_| self.options.interactive) {
                let _ = system.on_signal(*signal, crate::system::Disposition::Default);
            }
            self.become_child();
            body(self)
        });
        forked.map_err(|errno| {
            self.complain(b"", &format_args!("cannot fork: {errno}"));
            Leave::Failed(2)
        })
    }

    /// Runs the rest of a child's life; gives its status.
    pub(crate) fn end_of(&mut self, run: impl FnOnce(&mut Self) -> Run) -> Status {
        let status = match run(self) {
            Ok(status) => status,
            Err(Leave::Exit(status) | Leave::Failed(status) | Leave::Return(status)) => status,
            Err(Leave::Break(_) | Leave::Continue(_)) => 0,
        };
        let status = self.run_exit_trap(status);
        self.flush();
        match self.out_error.take() {
            Some(_) if status == 0 => 1,
            _ => status,
        }
    }
}

fn strings(fields: &[Bytes]) -> Vec<CString> {
    fields.iter().filter_map(|field| CString::new(&**field).ok()).collect()
}
