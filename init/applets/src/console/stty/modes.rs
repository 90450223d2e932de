//! The settings by name: modes, special characters, and words that stand for several of them.

use linux::terminal::{Termios, bits};

/// Which of the four words of modes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Control,
    Input,
    Output,
    Local,
}

impl Word {
    pub(super) const ALL: [Self; 4] = [Self::Control, Self::Input, Self::Output, Self::Local];

    pub(super) const fn get(self, settings: &Termios) -> u32 {
        match self {
            Self::Control => settings.control(),
            Self::Input => settings.input(),
            Self::Output => settings.output(),
            Self::Local => settings.local(),
        }
    }

    pub(super) const fn set(self, settings: &mut Termios, bits: u32) {
        match self {
            Self::Control => settings.set_control(bits),
            Self::Input => settings.set_input(bits),
            Self::Output => settings.set_output(bits),
            Self::Local => settings.set_local(bits),
        }
    }
}

/// What `sane` does to a mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sane {
    On,
    Off,
    Left,
}

/// A mode.
pub(super) struct Mode {
    pub(super) name: &'static str,
    pub(super) word: Word,
    /// Which bits it is made of; more than its own for one of several.
    pub(super) mask: u32,
    pub(super) bits: u32,
    pub(super) sane: Sane,
    is_switch: bool,
}

impl Mode {
    /// Says whether it is one bit or field that is on or off, so that a dash turns it off.
    pub(super) const fn is_switch(&self) -> bool {
        self.is_switch
    }

    pub(super) const fn is_on(&self, settings: &Termios) -> bool {
        self.word.get(settings) & self.mask == self.bits
    }

    pub(super) const fn set(&self, settings: &mut Termios, on: bool) {
        let kept = self.word.get(settings) & !self.mask;
        self.word.set(settings, if on { kept | self.bits } else { kept });
    }
}

use Sane::{Left, Off, On};
use Word::{Control, Input, Local, Output};

const fn switch(name: &'static str, word: Word, bits: u32, sane: Sane) -> Mode {
    Mode { name, word, mask: bits, bits, sane, is_switch: true }
}

const fn one_of(name: &'static str, word: Word, mask: u32, bits: u32, sane: Sane) -> Mode {
    Mode { name, word, mask, bits, sane, is_switch: false }
}

/// All modes, in the order in which GNU's shows them.
pub(super) const MODES: &[Mode] = &[
    switch("parenb", Control, bits::PARENB, Left),
    switch("parodd", Control, bits::PARODD, Left),
    switch("cmspar", Control, bits::CMSPAR, Left),
    one_of("cs5", Control, bits::CSIZE, bits::CS5, Left),
    one_of("cs6", Control, bits::CSIZE, bits::CS6, Left),
    one_of("cs7", Control, bits::CSIZE, bits::CS7, Left),
    one_of("cs8", Control, bits::CSIZE, bits::CS8, Left),
    switch("hupcl", Control, bits::HUPCL, Left),
    switch("cstopb", Control, bits::CSTOPB, Left),
    switch("cread", Control, bits::CREAD, On),
    switch("clocal", Control, bits::CLOCAL, Left),
    switch("crtscts", Control, bits::CRTSCTS, Left),
    switch("ignbrk", Input, bits::IGNBRK, Off),
    switch("brkint", Input, bits::BRKINT, On),
    switch("ignpar", Input, bits::IGNPAR, Left),
    switch("parmrk", Input, bits::PARMRK, Left),
    switch("inpck", Input, bits::INPCK, Left),
    switch("istrip", Input, bits::ISTRIP, Left),
    switch("inlcr", Input, bits::INLCR, Off),
    switch("igncr", Input, bits::IGNCR, Off),
    switch("icrnl", Input, bits::ICRNL, On),
    switch("ixon", Input, bits::IXON, Left),
    switch("ixoff", Input, bits::IXOFF, Off),
    switch("iuclc", Input, bits::IUCLC, Off),
    switch("ixany", Input, bits::IXANY, Off),
    switch("imaxbel", Input, bits::IMAXBEL, On),
    switch("iutf8", Input, bits::IUTF8, Off),
    switch("opost", Output, bits::OPOST, On),
    switch("olcuc", Output, bits::OLCUC, Off),
    switch("ocrnl", Output, bits::OCRNL, Off),
    switch("onlcr", Output, bits::ONLCR, On),
    switch("onocr", Output, bits::ONOCR, Off),
    switch("onlret", Output, bits::ONLRET, Off),
    switch("ofill", Output, bits::OFILL, Off),
    switch("ofdel", Output, bits::OFDEL, Off),
    one_of("nl0", Output, bits::NLDLY, 0, On),
    one_of("nl1", Output, bits::NLDLY, bits::NLDLY, Left),
    one_of("cr0", Output, bits::CRDLY, 0, On),
    one_of("cr1", Output, bits::CRDLY, bits::CRDLY / 3, Left),
    one_of("cr2", Output, bits::CRDLY, bits::CRDLY / 3 * 2, Left),
    one_of("cr3", Output, bits::CRDLY, bits::CRDLY, Left),
    one_of("tab0", Output, bits::TABDLY, 0, On),
    one_of("tab1", Output, bits::TABDLY, bits::TABDLY / 3, Left),
    one_of("tab2", Output, bits::TABDLY, bits::TABDLY / 3 * 2, Left),
    one_of("tab3", Output, bits::TABDLY, bits::TABDLY, Left),
    one_of("bs0", Output, bits::BSDLY, 0, On),
    one_of("bs1", Output, bits::BSDLY, bits::BSDLY, Left),
    one_of("vt0", Output, bits::VTDLY, 0, On),
    one_of("vt1", Output, bits::VTDLY, bits::VTDLY, Left),
    one_of("ff0", Output, bits::FFDLY, 0, On),
    one_of("ff1", Output, bits::FFDLY, bits::FFDLY, Left),
    switch("isig", Local, bits::ISIG, On),
    switch("icanon", Local, bits::ICANON, On),
    switch("iexten", Local, bits::IEXTEN, On),
    switch("echo", Local, bits::ECHO, On),
    switch("echoe", Local, bits::ECHOE, On),
    switch("echok", Local, bits::ECHOK, On),
    switch("echonl", Local, bits::ECHONL, Off),
    switch("noflsh", Local, bits::NOFLSH, Off),
    switch("xcase", Local, bits::XCASE, Off),
    switch("tostop", Local, bits::TOSTOP, Off),
    switch("echoprt", Local, bits::ECHOPRT, Off),
    switch("echoctl", Local, bits::ECHOCTL, On),
    switch("echoke", Local, bits::ECHOKE, On),
    switch("flusho", Local, bits::FLUSHO, Off),
    switch("extproc", Local, bits::EXTPROC, Off),
];

/// Other names of modes.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("hup", "hupcl"),
    ("tandem", "ixoff"),
    ("crterase", "echoe"),
    ("crtkill", "echoke"),
    ("ctlecho", "echoctl"),
    ("prterase", "echoprt"),
    ("swtc", "swtch"),
    ("flush", "discard"),
    ("LCASE", "lcase"),
    ("parity", "evenp"),
    ("columns", "cols"),
    ("tabs", "tab0"),
    ("-tabs", "tab3"),
    ("-raw", "cooked"),
    ("-cooked", "raw"),
];

/// A special character: its name, its number in the kernel's list, and what `sane` makes it.
pub(super) struct Character {
    pub(super) name: &'static str,
    pub(super) index: usize,
    pub(super) sane: u8,
}

const fn character(name: &'static str, index: usize, sane: u8) -> Character {
    Character { name, index, sane }
}

/// All of them, in the order in which they are shown; the last two are numbers.
pub(super) const CHARACTERS: &[Character] = &[
    character("intr", 0, 3),
    character("quit", 1, 0x1c),
    character("erase", 2, 0x7f),
    character("kill", 3, 0x15),
    character("eof", 4, 4),
    character("eol", 11, 0),
    character("eol2", 16, 0),
    character("swtch", 7, 0),
    character("start", 8, 0x11),
    character("stop", 9, 0x13),
    character("susp", 10, 0x1a),
    character("rprnt", 12, 0x12),
    character("werase", 14, 0x17),
    character("lnext", 15, 0x16),
    character("discard", 13, 0xf),
    character("min", 6, 1),
    character("time", 5, 0),
];

/// Words that stand for others.
pub(super) const TOGETHER: &[(&str, &str)] = &[
    (
        "raw",
        "-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff -iuclc -ixany -imaxbel -opost -isig -icanon -xcase min 1 time 0",
    ),
    ("cooked", "brkint ignpar istrip icrnl ixon opost isig icanon eof ^D eol undef"),
    ("cbreak", "-icanon"),
    ("-cbreak", "icanon"),
    ("nl", "-icrnl -onlcr"),
    ("-nl", "icrnl -inlcr -igncr onlcr -ocrnl -onlret"),
    ("ek", "erase ^? kill ^U"),
    ("evenp", "parenb -parodd cs7"),
    ("-evenp", "-parenb cs8"),
    ("oddp", "parenb parodd cs7"),
    ("-oddp", "-parenb cs8"),
    ("pass8", "-parenb -istrip cs8"),
    ("-pass8", "parenb istrip cs7"),
    ("litout", "-parenb -istrip -opost cs8"),
    ("-litout", "parenb istrip opost cs7"),
    ("decctlq", "-ixany"),
    ("-decctlq", "ixany"),
    ("lcase", "xcase iuclc olcuc"),
    ("-lcase", "-xcase -iuclc -olcuc"),
    ("crt", "echoe echoctl echoke"),
    ("dec", "echoe echoctl echoke -ixany intr ^C erase ^? kill ^U"),
];
