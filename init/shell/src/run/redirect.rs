//! Redirections: made in this process, kept or put back.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use linux::Errno;
use linux::fs::{FileKind, Mode, OpenFlags};

use super::messages::MISUSE;
use super::{Leave, Run, Shell};
use crate::syntax::{Here, Redirect, RedirectKind, Word};
use crate::text;

/// What descriptors were before: their numbers, and under which they are kept, if they were open.
#[derive(Debug, Default)]
pub(crate) struct Saved(Vec<(i32, Option<Own>)>);

/// The number of a descriptor of the shell's own, which makes way when the script wants that number.
pub(crate) type Own = Rc<Cell<i32>>;

/// The lowest number of a descriptor that the shell keeps for itself, if the limit allows.
const KEPT: i32 = 100;

/// The least of those that scripts cannot name with one digit.
const HIDDEN: i32 = 10;

const NEW: Mode = Mode::octal(0o666);

impl Shell<'_> {
    /// Makes redirections, each in its turn; on an error puts back what was made.
    pub(crate) fn redirect(&mut self, redirects: &[Redirect]) -> Run<Saved> {
        let mut saved = Saved(Vec::new());
        for redirect in redirects {
            self.flush();
            self.line = redirect.position.line;
            let outer = core::mem::replace(&mut self.place, redirect.place());
            let made = self.make(redirect, &mut saved);
            self.place = outer;
            if let Err(leave) = made {
                self.put_back(saved);
                return Err(leave);
            }
        }
        Ok(saved)
    }

    fn make(&mut self, redirect: &Redirect, saved: &mut Saved) -> Run<()> {
        let write = OpenFlags::WRITE | OpenFlags::CREATE;
        let opened = match &redirect.kind {
            RedirectKind::Read(word) => self.open(word, OpenFlags::READ)?,
            RedirectKind::Write(word, false) if self.options.noclobber => self.open_new(word)?,
            RedirectKind::Write(word, _) => self.open(word, write | OpenFlags::TRUNCATE)?,
            RedirectKind::Append(word) => self.open(word, write | OpenFlags::APPEND)?,
            RedirectKind::Both(word) => self.open(word, OpenFlags::READ_WRITE | OpenFlags::CREATE)?,
            RedirectKind::Here(here) => self.document(here)?,
            RedirectKind::Copy(word) => return self.copy(redirect.number, word, saved),
        };
        if opened == redirect.number {
            // It was free, so that the file has got it by chance.
            saved.0.push((opened, None));
        }
        self.save(redirect.number, saved);
        let put = self.system.put(opened, redirect.number);
        if opened != redirect.number {
            let _ = self.system.close(opened);
        }
        put.map_err(|errno| self.refuse_number(redirect.number, errno))
    }

    fn open(&mut self, word: &Word, flags: OpenFlags) -> Run<i32> {
        let path = self.expand_file(word)?;
        self.open_path(&path, flags)
    }

    pub(crate) fn open_path(&mut self, path: &[u8], flags: OpenFlags) -> Run<i32> {
        loop {
            match self.system.open(path, flags, NEW) {
                Ok(number) => return Ok(number),
                // A fifo waits for its other end.
                Err(Errno::INTR) => self.run_traps()?,
                Err(errno) => {
                    let verb = if flags.contains(OpenFlags::CREATE) { "create" } else { "open" };
                    self.complain_here(path, &format_args!("cannot {verb}: {errno}"));
                    return Err(Leave::Failed(MISUSE));
                }
            }
        }
    }

    /// Opens a file for writing that must not be there, or is no regular file.
    fn open_new(&mut self, word: &Word) -> Run<i32> {
        let path = self.expand_file(word)?;
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        match self.system.open(&path, flags, NEW) {
            Ok(number) => Ok(number),
            Err(Errno::EXIST) => {
                let number = self.open_path(&path, OpenFlags::WRITE)?;
                match self.system.fstat(number) {
                    Ok(metadata) if metadata.kind() != FileKind::Regular => Ok(number),
                    _ => {
                        let _ = self.system.close(number);
                        self.complain_here(&path, &format_args!("cannot create: {}", Errno::EXIST));
                        Err(Leave::Failed(MISUSE))
                    }
                }
            }
            Err(errno) => {
                self.complain_here(&path, &format_args!("cannot create: {errno}"));
                Err(Leave::Failed(MISUSE))
            }
        }
    }

    fn document(&mut self, here: &Here) -> Run<i32> {
        let text = match here.body.get() {
            Some(body) => self.expand_value(body)?,
            None => Rc::from(&b""[..]),
        };
        self.system.document(&text).map_err(|errno| {
            self.complain_here(b"here-document", &errno);
            Leave::Failed(MISUSE)
        })
    }

    /// `<&n`, `>&n`, `<&-`
    fn copy(&mut self, number: i32, word: &Word, saved: &mut Saved) -> Run<()> {
        let source = self.expand_value(word)?;
        if &*source == b"-" {
            self.save(number, saved);
            let _ = self.system.close(number);
            return Ok(());
        }
        let from =
            text::decimal(&source).and_then(|number| i32::try_from(number).ok()).filter(|from| *from >= 0);
        let Some(from) = from else {
            self.complain_here(&source, &"is no descriptor's number");
            return Err(Leave::Failed(MISUSE));
        };
        // What the shell keeps for itself is none of the script's.
        let is_own = self.own.iter().any(|own| own.get() == from);
        if let Err(errno) = self.system.fstat(from).and(if is_own { Err(Errno::BADF) } else { Ok(()) }) {
            return Err(self.refuse_number(from, errno));
        }
        self.save(number, saved);
        self.system.put(from, number).map_err(|errno| self.refuse_number(from, errno))
    }

    fn refuse_number(&mut self, number: i32, errno: Errno) -> Leave {
        self.complain_here(&super::number_text(number.into()), &errno);
        Leave::Failed(MISUSE)
    }

    /// Keeps what is behind a number, once.
    fn save(&mut self, number: i32, saved: &mut Saved) {
        if saved.0.iter().any(|(found, _)| *found == number) {
            return;
        }
        if let Some(own) = self.own.iter().find(|own| own.get() == number) {
            // To the script this number was free.
            if let Ok(moved) = self.hidden(number) {
                own.set(moved);
                return saved.0.push((number, None));
            }
        }
        let kept = self.hidden(number).ok().map(|kept| self.own(kept));
        saved.0.push((number, kept));
    }

    /// Duplicates a descriptor to where scripts name none.
    fn hidden(&self, number: i32) -> linux::Result<i32> {
        match self.system.duplicate(number, KEPT) {
            Err(Errno::INVAL) => self.system.duplicate(number, HIDDEN),
            kept => kept,
        }
    }

    /// Notes a number as the shell's own.
    pub(super) fn own(&mut self, number: i32) -> Own {
        let own = Rc::new(Cell::new(number));
        self.own.push(Rc::clone(&own));
        own
    }

    /// Says that a number is not the shell's own any more.
    pub(super) fn disown(&mut self, own: &Own) {
        self.own.retain(|one| !Rc::ptr_eq(one, own));
    }

    /// Puts an open file under a number; what was there is saved.
    pub(super) fn place(&mut self, from: i32, to: i32, saved: &mut Saved) -> Run<()> {
        self.save(to, saved);
        self.system.put(from, to).map_err(|errno| {
            self.complain(&super::number_text(to.into()), &errno);
            Leave::Failed(MISUSE)
        })
    }

    /// Puts descriptors back as they were.
    pub(crate) fn put_back(&mut self, saved: Saved) {
        for (number, kept) in saved.0.into_iter().rev() {
            match kept {
                Some(kept) => {
                    self.disown(&kept);
                    self.put_back_one(kept.get(), number);
                    let _ = self.system.close(kept.get());
                }
                None => {
                    let _ = self.system.close(number);
                }
            }
        }
    }

    fn put_back_one(&mut self, kept: i32, number: i32) {
        loop {
            match self.system.put(kept, number) {
                Ok(()) => return,
                Err(Errno::INTR) => {}
                Err(errno) => {
                    // What stands there may be a pipe whose end this shell waits for.
                    let _ = self.system.close(number);
                    self.complain(&super::number_text(number.into()), &errno);
                    return;
                }
            }
        }
    }

    /// Lets redirections stay.
    pub(super) fn keep(&mut self, saved: Saved) {
        for kept in saved.0.into_iter().filter_map(|(_, kept)| kept) {
            self.disown(&kept);
            let _ = self.system.close(kept.get());
        }
    }
}
