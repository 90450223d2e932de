//! What the program has of a command: its texts in one array, and the function that carries it out.

use crate::{Applet, Flags, Run, packed};

/// One command.
///
/// Its texts and options are packed, and its table has two pointers a command where the declarations have a dozen: that is
/// what a program relocates at each start, all commands' where one is run.
pub struct Command {
    /// Name, summary, usage, and behind them what [`Flags`] have.
    packed: &'static [u8],
    pub(crate) run: Run,
}

impl Command {
    /// Takes what [`pack`] made of a declaration, and its function.
    pub(crate) const fn new(packed: &'static [u8], run: Run) -> Self {
        Self { packed, run }
    }

    /// Gives the word that calls it.
    pub fn name(&self) -> &'static str {
        self.unpack().0[0]
    }

    /// Gives what it does, in one line.
    pub fn summary(&self) -> &'static str {
        self.unpack().0[1]
    }

    /// Gives the forms of its arguments, a line each, without the name (`[OPTION]... [FILE]...`).
    pub fn usage(&self) -> &'static str {
        self.unpack().0[2]
    }

    /// Gives its options.
    pub fn flags(&self) -> Flags {
        self.unpack().1
    }

    fn unpack(&self) -> ([&'static str; 3], Flags) {
        let mut rest = self.packed;
        let texts = [(); 3].map(|()| packed::text(&mut rest).unwrap_or_default());
        (texts, Flags::new(rest))
    }
}

/// Makes the [`Command`] of a declaration.
macro_rules! command {
    ($applet:expr) => {{
        const PACKED: [u8; $crate::command::packed_length(&$applet)] = $crate::command::packed(&$applet);
        $crate::Command::new(&PACKED, $applet.run)
    }};
}

/// Gives how many bytes the texts and options come to.
pub(crate) const fn packed_length(applet: &Applet) -> usize {
    pack(applet, &mut [])
}

/// Packs the texts and options of a declaration.
pub(crate) const fn packed<const N: usize>(applet: &Applet) -> [u8; N] {
    let mut bytes = [0; N];
    pack(applet, &mut bytes);
    bytes
}

/// Writes what there is room for, and gives the length of all.
const fn pack(applet: &Applet, into: &mut [u8]) -> usize {
    let end = packed::put_text(into, 0, applet.name);
    let end = packed::put_text(into, end, applet.summary);
    let end = packed::put_text(into, end, applet.usage);
    packed::put(into, end, applet.flags.packed())
}
