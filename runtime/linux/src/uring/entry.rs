//! Entries: an operation each, with its arguments where the kernel looks for them.

use crate::fd::RawFd;
use crate::fs::{Metadata, Mode, OpenFlags, StatxFlags, StatxMask};
use crate::net::{Family, MessageFlags, Protocol, Shutdown, SocketFlags, SocketKind};
use crate::poll::Interest;
use crate::time::Timespec;
use core::ffi::c_char;
use core::fmt;
use linux_raw_sys::io_uring as kernel;
use linux_raw_sys::net::msghdr;

/// An operation's number; open, since there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opcode(pub u8);

flags! {
    /// How an entry is taken.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EntryFlags: u8 {
        /// IOSQE_FIXED_FILE: the descriptor is a place among the registered files.
        const REGISTERED_FILE = 1 << kernel::io_uring_sqe_flags_bit::IOSQE_FIXED_FILE_BIT as u8;
        /// IOSQE_IO_LINK: the next entry begins when this one has ended well.
        const LINK = 1 << kernel::io_uring_sqe_flags_bit::IOSQE_IO_LINK_BIT as u8;
        /// IOSQE_ASYNC: at once in a thread of the kernel.
        const THREAD = 1 << kernel::io_uring_sqe_flags_bit::IOSQE_ASYNC_BIT as u8;
        /// IOSQE_BUFFER_SELECT: the kernel takes a buffer out of the group.
        const SELECT_BUFFER = 1 << kernel::io_uring_sqe_flags_bit::IOSQE_BUFFER_SELECT_BIT as u8;
        const _ = !0;
    }
}

flags! {
    /// How connections are taken.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AcceptFlags: u16 {
        /// IORING_ACCEPT_MULTISHOT: one after the other, a completion each (Linux 5.19).
        const MULTISHOT = kernel::IORING_ACCEPT_MULTISHOT as u16;
        const _ = !0;
    }
}

flags! {
    /// How a message is received or sent.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ReceiveFlags: u16 {
        /// IORING_RECV_MULTISHOT: one after the other, a completion and a selected buffer each (Linux 6.0).
        const MULTISHOT = kernel::IORING_RECV_MULTISHOT as u16;
        /// IORING_RECVSEND_POLL_FIRST: not tried before it is ready (Linux 5.19).
        const POLL_FIRST = kernel::IORING_RECVSEND_POLL_FIRST as u16;
        const _ = !0;
    }
}

flags! {
    /// What is cancelled.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CancelFlags: u32 {
        /// IORING_ASYNC_CANCEL_ALL: all that fit (Linux 5.19).
        const ALL = kernel::IORING_ASYNC_CANCEL_ALL;
        /// IORING_ASYNC_CANCEL_ANY: whatever there is (Linux 5.19).
        const ANY = kernel::IORING_ASYNC_CANCEL_ANY;
        const _ = !0;
    }
}

flags! {
    /// How bytes are moved.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SpliceFlags: u32 {
        /// SPLICE_F_MOVE: pages rather than copies, where that is possible.
        const MOVE = 1;
        /// SPLICE_F_MORE: more will follow at once.
        const MORE = 4;
        const _ = !0;
    }
}

/// Stands in the place of a file's own position.
pub(super) const OWN_POSITION: u64 = u64::MAX;

/// An entry, in the kernel's shape (`struct io_uring_sqe`).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    opcode: u8,
    flags: EntryFlags,
    priority: u16,
    file: i32,
    offset: u64,
    address: u64,
    length: u32,
    options: u32,
    key: u64,
    buffer: u16,
    personality: u16,
    other_file: i32,
    third: u64,
    padding: u64,
}

abi!(Entry = "struct io_uring_sqe" {
    opcode: "opcode", flags: "flags", priority: "ioprio", file: "fd", offset: "off", address: "addr", length: "len",
    options: "rw_flags", key: "user_data", buffer: "buf_index", personality: "personality",
    other_file: "splice_fd_in", third: "addr3",
});

const _: () = assert!(size_of::<Entry>() == size_of::<kernel::io_uring_sqe>());

impl Entry {
    const fn new(opcode: u8) -> Self {
        Self {
            opcode,
            flags: EntryFlags::empty(),
            priority: 0,
            file: -1,
            offset: 0,
            address: 0,
            length: 0,
            options: 0,
            key: 0,
            buffer: 0,
            personality: 0,
            other_file: 0,
            third: 0,
            padding: 0,
        }
    }

    /// Sets the key that the completion will have.
    #[must_use]
    pub const fn key(self, key: u64) -> Self {
        Self { key, ..self }
    }

    /// Adds to how it is taken.
    #[must_use]
    pub const fn with(self, flags: EntryFlags) -> Self {
        Self { flags: self.flags.union(flags), ..self }
    }

    /// Names the file by its place among the registered ones, in place of the descriptor.
    #[must_use]
    pub const fn registered(self, place: u32) -> Self {
        Self { file: place.cast_signed(), ..self.with(EntryFlags::REGISTERED_FILE) }
    }

    /// Has the kernel take a buffer out of a group when there is something to put into it.
    #[must_use]
    pub const fn select_buffer(self, group: u16) -> Self {
        Self { buffer: group, ..self.with(EntryFlags::SELECT_BUFFER) }
    }

    /// Gives the operation.
    pub const fn opcode(&self) -> Opcode {
        Opcode(self.opcode)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Entry({}, file {}, key {})", self.opcode, self.file, self.key)
    }
}

fn at<T>(pointer: *const T) -> u64 {
    pointer.expose_provenance() as u64
}

/// The table of operations: what each does, the name of its constructor and of its number, and in which field each argument goes.
macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident $number:ident = $kernel:ident ($($argument:ident: $type:ty),*) { $($field:ident: $value:expr),* }
    )*) => {
        impl Opcode {
            $(
                #[doc = concat!("The number of [`Entry::", stringify!($name), "`].")]
                pub const $number: Self = Self(kernel::io_uring_op::$kernel as u8);
            )*
        }

        impl Entry {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name($($argument: $type),*) -> Self {
                    Self { $($field: $value,)* ..Self::new(Opcode::$number.0) }
                }
            )*
        }
    };
}

operations! {
    /// Does nothing.
    nop NOP = IORING_OP_NOP() {}

    /// Waits until something of this comes for a descriptor; gives what came (Linux 5.1).
    poll_add POLL_ADD = IORING_OP_POLL_ADD(file: RawFd, interest: Interest) {
        file: file, options: poll_bits(interest.bits())
    }

    /// Cancels what has this key: it completes with `CANCELED`, unless it has ended already (Linux 5.5).
    async_cancel ASYNC_CANCEL = IORING_OP_ASYNC_CANCEL(key: u64, flags: CancelFlags) {
        address: key, options: flags.bits()
    }

    /// Limits the entry before it, which has LINK: cancels it when the time is over (Linux 5.5).
    link_timeout LINK_TIMEOUT = IORING_OP_LINK_TIMEOUT(limit: *const Timespec) {
        address: at(limit), length: 1
    }

    /// Completes when a time is over, with `TIME` (Linux 5.4).
    timeout TIMEOUT = IORING_OP_TIMEOUT(limit: *const Timespec) {
        address: at(limit), length: 1
    }

    /// accept(2); gives the descriptor (Linux 5.5).
    accept ACCEPT = IORING_OP_ACCEPT(
        socket: RawFd, address: *mut u8, length: *mut u32, flags: SocketFlags, how: AcceptFlags
    ) {
        file: socket, address: at(address), offset: at(length), options: flags.bits(), priority: how.bits()
    }

    /// connect(2) (Linux 5.5).
    connect CONNECT = IORING_OP_CONNECT(socket: RawFd, address: *const u8, length: u32) {
        file: socket, address: at(address), offset: u64::from(length)
    }

    /// send(2) (Linux 5.6).
    send SEND = IORING_OP_SEND(socket: RawFd, bytes: *const u8, length: u32, flags: MessageFlags) {
        file: socket, address: at(bytes), length: length, options: flags.bits()
    }

    /// send(2) without a copy; a second completion, with the flag NOTIFICATION, says that the bytes are no more needed
    /// (Linux 6.0).
    send_zero_copy SEND_ZC = IORING_OP_SEND_ZC(
        socket: RawFd, bytes: *const u8, length: u32, flags: MessageFlags
    ) {
        file: socket, address: at(bytes), length: length, options: flags.bits()
    }

    /// recv(2) (Linux 5.6).
    recv RECV = IORING_OP_RECV(
        socket: RawFd, buffer: *mut u8, length: u32, flags: MessageFlags, how: ReceiveFlags
    ) {
        file: socket, address: at(buffer), length: length, options: flags.bits(), priority: how.bits()
    }

    /// sendmsg(2) (Linux 5.3).
    sendmsg SENDMSG = IORING_OP_SENDMSG(socket: RawFd, message: *const msghdr, flags: MessageFlags) {
        file: socket, address: at(message), length: 1, options: flags.bits()
    }

    /// recvmsg(2) (Linux 5.3).
    recvmsg RECVMSG = IORING_OP_RECVMSG(socket: RawFd, message: *mut msghdr, flags: MessageFlags) {
        file: socket, address: at(message), length: 1, options: flags.bits()
    }

    /// shutdown(2) (Linux 5.11).
    shutdown SHUTDOWN = IORING_OP_SHUTDOWN(socket: RawFd, ways: Shutdown) {
        file: socket, length: ways.bits()
    }

    /// read(2) at an offset, or at the file's position, which moves (Linux 5.6).
    read READ = IORING_OP_READ(file: RawFd, buffer: *mut u8, length: u32, offset: Option<u64>) {
        file: file, address: at(buffer), length: length, offset: offset.unwrap_or(OWN_POSITION)
    }

    /// write(2) at an offset, or at the file's position, which moves (Linux 5.6).
    write WRITE = IORING_OP_WRITE(file: RawFd, bytes: *const u8, length: u32, offset: Option<u64>) {
        file: file, address: at(bytes), length: length, offset: offset.unwrap_or(OWN_POSITION)
    }

    /// The same as [`Entry::read`], into a part of a registered buffer (Linux 5.1).
    read_registered READ_FIXED = IORING_OP_READ_FIXED(
        file: RawFd, buffer: *mut u8, length: u32, offset: Option<u64>, index: u16
    ) {
        file: file, address: at(buffer), length: length, offset: offset.unwrap_or(OWN_POSITION), buffer: index
    }

    /// The same as [`Entry::write`], from a part of a registered buffer (Linux 5.1).
    write_registered WRITE_FIXED = IORING_OP_WRITE_FIXED(
        file: RawFd, bytes: *const u8, length: u32, offset: Option<u64>, index: u16
    ) {
        file: file, address: at(bytes), length: length, offset: offset.unwrap_or(OWN_POSITION), buffer: index
    }

    /// fsync(2) (Linux 5.1).
    fsync FSYNC = IORING_OP_FSYNC(file: RawFd) { file: file }

    /// openat(2); gives the descriptor (Linux 5.6).
    openat OPENAT = IORING_OP_OPENAT(directory: RawFd, path: *const c_char, flags: OpenFlags, mode: Mode) {
        file: directory, address: at(path), options: flags.bits(), length: mode.bits()
    }

    /// statx(2) (Linux 5.6).
    statx STATX = IORING_OP_STATX(
        directory: RawFd, path: *const c_char, flags: StatxFlags, mask: StatxMask, answer: *mut Metadata
    ) {
        file: directory, address: at(path), options: flags.bits(), length: mask.bits(), offset: at(answer)
    }

    /// close(2) (Linux 5.6).
    close CLOSE = IORING_OP_CLOSE(file: RawFd) { file: file }

    /// splice(2), from and to the files' positions (Linux 5.7).
    splice SPLICE = IORING_OP_SPLICE(from: RawFd, to: RawFd, count: u32, flags: SpliceFlags) {
        file: to, other_file: from, length: count, options: flags.bits(),
        offset: OWN_POSITION, address: OWN_POSITION
    }

    /// socket(2); gives the descriptor (Linux 5.19).
    socket SOCKET = IORING_OP_SOCKET(family: Family, kind: SocketKind, protocol: Protocol, flags: SocketFlags) {
        file: family.0.into(), offset: u64::from(kind.0 | flags.bits()), length: protocol.0
    }

    /// Puts a completion with this key and result into another ring (Linux 5.18).
    msg_ring MSG_RING = IORING_OP_MSG_RING(ring: RawFd, key: u64, result: u32) {
        file: ring, offset: key, length: result
    }
}

/// The kernel reads these 32 bits as two halves, the lower one first (`io_poll_parse_events`).
const fn poll_bits(bits: u32) -> u32 {
    if cfg!(target_endian = "big") { bits.rotate_left(16) } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::offset_of;

    #[test]
    fn fields_are_where_the_kernel_looks_for_them() {
        let expected = [0, 1, 2, 4, 8, 16, 24, 28, 32, 40, 42, 44, 48];
        let offsets = [
            offset_of!(Entry, opcode),
            offset_of!(Entry, flags),
            offset_of!(Entry, priority),
            offset_of!(Entry, file),
            offset_of!(Entry, offset),
            offset_of!(Entry, address),
            offset_of!(Entry, length),
            offset_of!(Entry, options),
            offset_of!(Entry, key),
            offset_of!(Entry, buffer),
            offset_of!(Entry, personality),
            offset_of!(Entry, other_file),
            offset_of!(Entry, third),
        ];
        assert_eq!(offsets, expected);
    }

    #[test]
    fn numbers_are_the_kernels() {
        let numbers = [Opcode::NOP, Opcode::ACCEPT, Opcode::READ, Opcode::RECV, Opcode::SEND_ZC];
        assert_eq!(numbers.map(|opcode| opcode.0), [0, 13, 22, 27, 47]);
        let entry = Entry::nop().key(7).select_buffer(3).with(EntryFlags::LINK);
        assert_eq!((entry.opcode(), entry.flags.bits(), entry.buffer), (Opcode::NOP, 1 << 5 | 1 << 2, 3));
    }
}
