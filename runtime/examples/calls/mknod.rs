//! mknod(2): names for pipes, sockets and devices. A socket's name may be made so as well: nobody listens there.
//!
//! ```text
//! $ calls mknod
//! through the pipe that has a name: hello
//! the socket: connection refused
//! ```

use spelunk::io::{Result, Write};
use spelunk::linux::fs::{self, FileKind, Mode, OpenFlags, mkfifo, mknod};
use spelunk::linux::net::{Family, Protocol, SocketFlags, SocketKind, UnixAddress, connect, socket};
use spelunk::linux::process::{WaitFlags, WaitFor, spawn, waitid};
use spelunk::linux::retry;

const OWN: Mode = Mode::octal(0o600);

pub(crate) fn run(out: &mut dyn Write) -> Result<()> {
    mkfifo("pipe", OWN)?;
    // Each end waits for the other to be opened.
    let child = spawn(|| {
        let end = fs::open("pipe", OpenFlags::WRITE, Mode::empty());
        i32::from(end.and_then(|end| fs::write(end, b"hello")).is_err())
    })?;
    let end = retry(|| fs::open("pipe", OpenFlags::READ | OpenFlags::CLOSE_ON_EXEC, Mode::empty()))?;
    let mut buffer = [0; 5];
    fs::read_full(&end, &mut buffer)?;
    retry(|| waitid(WaitFor::Process(child), WaitFlags::EXITED))?;
    writeln!(out, "through the pipe that has a name: {}", str::from_utf8(&buffer).unwrap_or("?"))?;
    mknod("socket", FileKind::Socket, OWN, (0, 0))?;
    let caller = socket(Family::UNIX, SocketKind::STREAM, SocketFlags::CLOSE_ON_EXEC, Protocol::DEFAULT)?;
    if let Err(errno) = connect(&caller, &UnixAddress::path(b"socket")?) {
        writeln!(out, "the socket: {errno}")?;
    }
    fs::unlink("pipe")?;
    fs::unlink("socket")
}
