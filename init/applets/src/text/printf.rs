//! `printf`, as [`text::printf`] has it.

use core::cell::RefCell;

use text::printf::{self, Surroundings};

use crate::{Applet, Arguments, Io, Run, Status, options};

pub(crate) const APPLET: Applet = Applet {
    name: "printf",
    summary: "Print words by a format, which is used again as long as there are words",
    usage: "FORMAT [WORD]...\n\nConversions: %s %b (with backslash sequences) %c %d %u %o %x %e %f %g %%",
    flags: flags![],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let (format, words) = match arguments.words {
        [b"--help"] => {
            options::print_help(arguments.applet, &mut io.out);
            return Status::SUCCESS;
        }
        [b"--", format, words @ ..] | [format, words @ ..] => (*format, words),
        [] => return arguments.usage(io),
    };
    let is_utf8 = io.is_utf8();
    let io = RefCell::new(io);
    let mut around = Surroundings {
        is_utf8,
        is_strict: true,
        put: &mut |bytes| io.borrow_mut().out.put(bytes),
        complain: &mut |word, reason| {
            io.borrow_mut().complain(word, &reason);
        },
    };
    match printf::print(format, &|at| words.get(at).copied(), &mut around) {
        Ok(succeeds) => succeeds.into(),
        Err(conversion) => io.into_inner().misuse(&conversion, "is no conversion or escape"),
    }
}
