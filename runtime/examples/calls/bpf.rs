//! bpf(2): a program in the kernel sees each packet of a socket, and counts it in a table that we read. The key of an array has four
//! bytes, whatever the processor; and a program that is not safe is refused with the reason.
//!
//! ```text
//! $ calls bpf
//! 5 short packets and 3 long ones came
//! the program counted 5 short and 3 long
//! a program that gives nothing back: permission denied, R0 !read_ok
//! ```

use spelunk::formats::file::ebpf::{Condition, Helper, Label, Operation, Program, Register, Width};
use spelunk::io::{Result, Write};
use spelunk::linux::Errno;
use spelunk::linux::bpf::{Map, MapKind, ProgramKind, attach_to_socket, load};
use spelunk::linux::fs::{read, write};
use spelunk::linux::net::{Family, SocketFlags, SocketKind, socketpair};

/// What is longer is long.
const SHORT: i32 = 100;

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    let counts = Map::<u32, u64>::new(MapKind::ARRAY, 2)?;
    let mut log = [0; 2048];
    let mut counter = counter(counts.number());
    let program = counter.finish().map_err(|_| Errno::NOEXEC)?;
    let program =
        load(ProgramKind::SOCKET_FILTER, program, c"GPL", &mut log).map_err(|refused| refused.errno)?;
    let (one, other) = socketpair(Family::UNIX, SocketKind::DATAGRAM, SocketFlags::CLOSE_ON_EXEC)?;
    attach_to_socket(&other, &program)?;
    let (mut came, mut buffer) = ([0; 2], [0; 256]);
    for length in [10, 200, 20, 30, 210, 40, 50, 220] {
        write(&one, buffer.get(..length).unwrap_or_default())?;
        let count = read(&other, &mut buffer)?;
        came[usize::from(count > SHORT as usize)] += 1;
    }
    let [short, long] = came;
    writeln!(out, "{short} short packets and {long} long ones came")?;
    let [short, long] = [counts.get(0)?, counts.get(1)?].map(Option::unwrap_or_default);
    writeln!(out, "the program counted {short} short and {long} long")?;
    let mut empty = Program::<1>::new();
    let nothing = empty.exit().finish().map_err(|_| Errno::NOEXEC)?;
    match load(ProgramKind::SOCKET_FILTER, nothing, c"GPL", &mut log) {
        Ok(_) => writeln!(out, "it was taken"),
        Err(refused) => {
            let said = refused.log.lines().find(|line| line.contains('!')).unwrap_or_default();
            writeln!(out, "a program that gives nothing back: {}, {said}", refused.errno)
        }
    }
}

/// Writes the program: the key is 0 for short packets and 1 for long ones; its value is added to; the packet is kept whole.
fn counter(map: i32) -> Program<32> {
    use Register::{R0, R1, R2, R6, R10};
    let (is_short, end) = (Label(0), Label(1));
    let mut program = Program::new();
    program
        // What describes the packet begins with its length.
        .load(Width::Four, R6, R1, 0)
        .store(Width::Four, R10, -4, 0)
        .jump_if(Condition::LessOrEqual, R6, SHORT, is_short)
        .store(Width::Four, R10, -4, 1)
        .place(is_short)
        .load_map(R1, map)
        .act(Operation::Set, R2, R10)
        .act(Operation::Add, R2, -4)
        .call(Helper::MAP_LOOKUP)
        .jump_if(Condition::Equal, R0, 0, end)
        .act(Operation::Set, R1, 1)
        .add_atomically(Width::Eight, R0, 0, R1)
        .place(end)
        .act(Operation::Set, R0, -1)
        .exit();
    program
}
