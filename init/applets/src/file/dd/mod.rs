//! `dd` (POSIX; flags, `status` and sizes in bytes are GNU's).
//!
//! SIGUSR1 has it say how far it is; SIGINT, too, and end.

mod copy;
mod ebcdic;
mod lines;
mod report;

use linux::fd::{AsFd, BorrowedFd, OwnedFd};
use linux::fs::{
    FileKind, From, Mode, OpenFlags, fstat, ftruncate, lseek, open, set_status_flags, status_flags,
};
use linux::{Errno, retry};

use self::copy::Copy;
use crate::{Applet, Io, Outcome, Parsed, Run, Status, amount};

pub(crate) const APPLET: Applet = Applet {
    name: "dd",
    summary: "Copy a file block by block",
    usage: "[OPERAND]...\n\n\
            if=FILE of=FILE     from, to (else standard input and output)\n\
            bs=SIZE             read and write blocks of SIZE; ibs=SIZE, obs=SIZE: read, write (512)\n\
            cbs=SIZE            lines or records of SIZE bytes, for conv=block and conv=unblock\n\
            count=N             N blocks of input only; with B behind it: bytes\n\
            skip=N seek=N       N blocks of input, output are passed over (also: iseek, oseek)\n\
            conv=WORD,...       lcase ucase swab sync noerror notrunc nocreat excl sparse fsync fdatasync\n\
            \x20                   block unblock ascii ebcdic ibm\n\
            iflag=, oflag=...   append direct directory dsync sync nonblock noatime noctty nofollow\n\
            \x20                   fullblock count_bytes skip_bytes seek_bytes\n\
            status=WORD         none, noxfer, progress",
    flags: flags![],
    run: Run::Parsed(run),
};

/// What was asked for.
struct Settings<'a> {
    from: Option<&'a [u8]>,
    to: Option<&'a [u8]>,
    input_block: usize,
    output_block: usize,
    /// How long records are that become lines, or lines records; 0 where nothing does.
    record: usize,
    /// Whether a block is written as it was read, whatever its size.
    is_plain: bool,
    count: Option<u64>,
    skip: u64,
    seek: u64,
    input_flags: OpenFlags,
    output_flags: OpenFlags,
    words: Words,
    status: Report,
}

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Report {
    Nothing,
    Records,
    All,
    Progress,
}

/// Words of `conv`, `iflag` and `oflag`, a bit each.
#[derive(Clone, core::marker::Copy, Default)]
struct Words(u32);

macro_rules! words {
    ($($name:ident $text:literal $bit:literal,)*) => {
        impl Words {
            $(const $name: u32 = 1 << $bit;)*
            const TABLE: &[(&[u8], u32)] = &[$(($text, 1 << $bit)),*];
        }
    };
}

words! {
    LCASE b"lcase" 0,
    UCASE b"ucase" 1,
    SWAB b"swab" 2,
    SYNC b"sync" 3,
    NOERROR b"noerror" 4,
    NOTRUNC b"notrunc" 5,
    NOCREAT b"nocreat" 6,
    EXCL b"excl" 7,
    SPARSE b"sparse" 8,
    FSYNC b"fsync" 9,
    FDATASYNC b"fdatasync" 10,
    BLOCK b"block" 11,
    UNBLOCK b"unblock" 12,
    ASCII b"ascii" 13,
    EBCDIC b"ebcdic" 14,
    IBM b"ibm" 15,
    FULLBLOCK b"fullblock" 16,
    COUNT_BYTES b"count_bytes" 17,
    SKIP_BYTES b"skip_bytes" 18,
    SEEK_BYTES b"seek_bytes" 19,
}

impl Words {
    fn has(self, word: u32) -> bool {
        self.0 & word != 0
    }
}

/// Flags of the call that opens a file, by their names.
const FLAGS: &[(&[u8], OpenFlags)] = &[
    (b"append", OpenFlags::APPEND),
    (b"direct", OpenFlags::DIRECT),
    (b"directory", OpenFlags::DIRECTORY),
    (b"dsync", OpenFlags::DATA_SYNC),
    (b"sync", OpenFlags::SYNC),
    (b"nonblock", OpenFlags::NONBLOCK),
    (b"noatime", OpenFlags::NO_ACCESS_TIME),
    (b"noctty", OpenFlags::NO_CONTROLLING_TERMINAL),
    (b"nofollow", OpenFlags::NO_FOLLOW),
];

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let settings = settings(io, parsed)?;
    let (input, output) = (settings.input(io)?, settings.output(io)?);
    let input = input.as_ref().map(AsFd::as_fd).or_else(|| io.input.descriptor());
    let output = output.as_ref().map(AsFd::as_fd).or_else(|| io.out.descriptor());
    let Some((input, output)) = input.zip(output) else { return Ok(io.complain(b"", &Errno::BADF)) };
    Ok(Copy::new(&settings, input, output).run(io))
}

fn settings<'a>(io: &mut Io<'_>, parsed: &Parsed<'a>) -> Result<Settings<'a>, Status> {
    let mut settings = Settings {
        from: None,
        to: None,
        input_block: 512,
        output_block: 512,
        record: 0,
        is_plain: false,
        count: None,
        skip: 0,
        seek: 0,
        input_flags: OpenFlags::empty(),
        output_flags: OpenFlags::empty(),
        words: Words::default(),
        status: Report::All,
    };
    let (mut skip, mut seek) = ((0, false), (0, false));
    let mut block = None;
    for &operand in &parsed.operands {
        let at = operand
            .iter()
            .position(|&byte| byte == b'=')
            .ok_or_else(|| wrong(io, operand, "no operand of dd"))?;
        let (name, value) =
            (operand.get(..at).unwrap_or_default(), operand.get(at + 1..).unwrap_or_default());
        let size = |io: &mut Io<'_>| match number(value) {
            Some((size, _)) if size > 0 && size <= isize::MAX as u64 => Ok(size as usize),
            _ => Err(wrong(io, operand, "not a size")),
        };
        let count = |io: &mut Io<'_>| number(value).ok_or_else(|| wrong(io, operand, "not a number"));
        match name {
            b"if" => settings.from = Some(value),
            b"of" => settings.to = Some(value),
            b"ibs" => settings.input_block = size(io)?,
            b"obs" => settings.output_block = size(io)?,
            b"cbs" => settings.record = size(io)?,
            b"bs" => block = Some(size(io)?),
            b"count" => {
                let (count, is_bytes) = count(io)?;
                settings.count = Some(count);
                settings.words.0 |= if is_bytes { Words::COUNT_BYTES } else { 0 };
            }
            b"skip" | b"iseek" => skip = count(io)?,
            b"seek" | b"oseek" => seek = count(io)?,
            b"conv" | b"iflag" | b"oflag" => {
                settings.listed(name, value).map_err(|word| wrong(io, word, "no such word"))?
            }
            b"status" => {
                settings.status = match value {
                    b"none" => Report::Nothing,
                    b"noxfer" => Report::Records,
                    b"progress" => Report::Progress,
                    _ => return Err(wrong(io, operand, "none of none, noxfer, progress")),
                }
            }
            _ => return Err(wrong(io, operand, "no operand of dd")),
        }
    }
    settings.words = ebcdic::implied(settings.words)
        .ok_or_else(|| wrong(io, b"conv", "only one of ascii, ebcdic and ibm"))?;
    if let Some(size) = block {
        (settings.input_block, settings.output_block) = (size, size);
        let converts = Words::LCASE | Words::UCASE | Words::SWAB | Words::BLOCK | Words::UNBLOCK;
        settings.is_plain = !settings.words.has(converts);
    }
    let opposites: [(&[u8], u32, u32); 3] = [
        (b"block", Words::BLOCK, Words::UNBLOCK),
        (b"lcase", Words::LCASE, Words::UCASE),
        (b"excl", Words::EXCL, Words::NOCREAT),
    ];
    for (name, one, other) in opposites {
        if settings.words.has(one) && settings.words.has(other) {
            return Err(wrong(io, name, "cannot be together with its opposite"));
        }
    }
    let bytes = |(count, is_bytes): (u64, bool), word, size: usize| {
        if is_bytes || settings.words.has(word) { count } else { count.saturating_mul(size as u64) }
    };
    let skip = bytes(skip, Words::SKIP_BYTES, settings.input_block);
    let seek = bytes(seek, Words::SEEK_BYTES, settings.output_block);
    Ok(Settings { skip, seek, ..settings })
}

/// Says what makes no sense; the status is that of any failure, as scripts know it.
fn wrong(io: &mut Io<'_>, word: &[u8], reason: &str) -> Status {
    io.complain(word, &reason)
}

/// Reads numbers with units that are multiplied (`2x80k`), and says whether it is one of bytes, by a `B` at its end.
fn number(text: &[u8]) -> Option<(u64, bool)> {
    let one = |part: &[u8]| {
        amount::parse(
            part.strip_suffix(b"B").filter(|digits| digits.iter().all(u8::is_ascii_digit)).unwrap_or(part),
        )
    };
    let product =
        text.split(|&byte| byte == b'x').try_fold(1_u64, |product, part| product.checked_mul(one(part)?))?;
    Some((product, text.ends_with(b"B")))
}

impl Settings<'_> {
    /// Takes a list of words; gives the one that is not known.
    fn listed<'w>(&mut self, name: &[u8], list: &'w [u8]) -> Result<(), &'w [u8]> {
        for word in list.split(|&byte| byte == b',') {
            let known = Words::TABLE.iter().find(|known| known.0 == word);
            let flag = FLAGS.iter().find(|flag| flag.0 == word);
            // The words from `fullblock` on are flags, not conversions.
            match (name, known, flag) {
                (b"conv", Some((_, bit)), _) if *bit < Words::FULLBLOCK => self.words.0 |= bit,
                (b"iflag", _, Some((_, flag))) => self.input_flags |= *flag,
                (b"oflag", _, Some((_, flag))) => self.output_flags |= *flag,
                (b"iflag" | b"oflag", Some((_, bit)), None) if *bit >= Words::FULLBLOCK => {
                    self.words.0 |= bit
                }
                _ => return Err(word),
            }
        }
        Ok(())
    }

    /// Opens the input and passes over what is to be skipped; nothing if it is standard input.
    fn input(&self, io: &mut Io<'_>) -> Result<Option<OwnedFd>, Status> {
        let flags = OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC | self.input_flags;
        match self.from {
            Some(path) => retry(|| open(path, flags, Mode::empty()))
                .map(Some)
                .map_err(|errno| io.complain(path, &errno)),
            None => self.adopt(io, io.input.descriptor(), self.input_flags, b"standard input").map(|()| None),
        }
    }

    /// Opens the output, as long as what is passed over in it, unless it is to stay as long as it is.
    fn output(&self, io: &mut Io<'_>) -> Result<Option<OwnedFd>, Status> {
        let Some(path) = self.to else {
            let out = io.out.descriptor();
            return self.adopt(io, out, self.output_flags, b"standard output").map(|()| None);
        };
        let keeps = self.words.has(Words::NOTRUNC);
        let mut flags = OpenFlags::WRITE | OpenFlags::CLOSE_ON_EXEC | self.output_flags;
        flags.set(OpenFlags::CREATE, !self.words.has(Words::NOCREAT));
        flags.set(OpenFlags::EXCLUSIVE, self.words.has(Words::EXCL));
        flags.set(OpenFlags::TRUNCATE, !keeps && self.seek == 0);
        let opened = retry(|| open(path, flags, Mode::octal(0o666))).and_then(|file| {
            if !keeps && self.seek > 0 && fstat(&file)?.kind() == FileKind::Regular {
                ftruncate(&file, self.seek)?;
            }
            Ok(Some(file))
        });
        opened.map_err(|errno| io.complain(path, &errno))
    }

    /// Sets flags of a standard stream.
    fn adopt(
        &self,
        io: &mut Io<'_>,
        stream: Option<BorrowedFd<'_>>,
        flags: OpenFlags,
        name: &[u8],
    ) -> Result<(), Status> {
        let Some(stream) = stream.filter(|_| !flags.is_empty()) else { return Ok(()) };
        let set = status_flags(stream).and_then(|now| set_status_flags(stream, now | flags));
        set.map_err(|errno| io.complain(name, &errno))
    }

    /// Gives the name of the input, for messages.
    fn input_name(&self) -> &[u8] {
        self.from.unwrap_or(b"standard input")
    }

    /// Gives the name of the output, for messages.
    fn output_name(&self) -> &[u8] {
        self.to.unwrap_or(b"standard output")
    }
}

/// Moves the position of a stream by so many bytes; false if it has none.
fn pass(stream: BorrowedFd<'_>, bytes: u64) -> linux::Result<bool> {
    let offset = i64::try_from(bytes).map_err(|_| Errno::OVERFLOW)?;
    match lseek(stream, From::Current(offset)) {
        Ok(_) => Ok(true),
        Err(Errno::SPIPE) => Ok(false),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("3", Some((3, false))),
            ("2x3k", Some((6144, false))),
            ("1M", Some((1 << 20, false))),
            ("10B", Some((10, true))),
            ("2kB", Some((2000, true))),
            ("3b", Some((1536, false))),
            ("x", None),
            ("", None),
            ("-1", None),
        ] {
            assert_eq!(number(text.as_bytes()), expected, "{text}");
        }
    }
}
