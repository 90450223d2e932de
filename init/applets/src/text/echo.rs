//! `echo`, as [`text::echo`] has it. `dash` differs (no `-e`, backslashes always count), so scripts that must run everywhere
//! use `printf`.

use crate::{Applet, Arguments, Flag, Io, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "echo",
    summary: "Print the words, and end the line",
    usage: "[-neE] [WORD]...",
    flags: flags![
        Flag::new(b'n', "", "do not end the line"),
        Flag::new(
            b'e',
            "",
            "backslash sequences: \\a \\b \\c (stop) \\e \\f \\n \\r \\t \\v \\\\ \\0NNN \\xNN",
        ),
        Flag::new(b'E', "", "no backslash sequences (the default)"),
    ],
    run: Run::Words(run),
};

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    text::echo::print(&mut arguments.words.iter().copied(), &mut |bytes| io.out.put(bytes));
    Status::SUCCESS
}
