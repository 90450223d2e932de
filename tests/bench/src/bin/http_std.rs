//! The peer of the example `http_server`: the same page on Rust's std and epoll, each connection a small state; prints its
//! address. It looks at requests less closely than ours does.

#![allow(unsafe_code, reason = "descriptors of std are borrowed by number")]

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};

use linux::fd::BorrowedFd;
use linux::poll::{EpollEvent, EpollFlags, Interest, epoll_add, epoll_create, epoll_wait};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";

struct Connection {
    stream: TcpStream,
    buffer: [u8; 4096],
    filled: usize,
}

impl Connection {
    /// Answers what has come; false when the connection is over.
    fn serve(&mut self) -> bool {
        loop {
            let count = match self.stream.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return false,
                Ok(count) => count,
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            };
            self.filled += count;
            let is_all = self.filled < self.buffer.len();
            let mut used = 0;
            let mut answers = Vec::new();
            let end = |bytes: &[u8]| bytes.windows(4).position(|window| window == b"\r\n\r\n");
            while let Some(length) = end(&self.buffer[used..self.filled]) {
                used += length + 4;
                answers.extend_from_slice(ANSWER);
            }
            // Answers this short always find room.
            if self.stream.write_all(&answers).is_err() {
                return false;
            }
            self.buffer.copy_within(used..self.filled, 0);
            self.filled -= used;
            if is_all {
                return true;
            }
        }
    }
}

fn descriptor(connection: &impl AsFd) -> BorrowedFd<'_> {
    // SAFETY: it is borrowed for as long.
    unsafe { BorrowedFd::from_raw(connection.as_fd().as_raw_fd()) }
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("an address");
    listener.set_nonblocking(true).expect("it can be said");
    println!("listening on {}", listener.local_addr().expect("an address"));
    let list = epoll_create(EpollFlags::CLOSE_ON_EXEC).expect("epoll");
    epoll_add(&list, descriptor(&listener), Interest::IN, u64::MAX).expect("it can be added");
    let mut connections = HashMap::new();
    let mut events = [EpollEvent::EMPTY; 128];
    loop {
        for event in epoll_wait(&list, &mut events, None).expect("it waits") {
            if event.key() == u64::MAX {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).expect("it can be said");
                    stream.set_nodelay(true).expect("it can be said");
                    let key = stream.as_raw_fd();
                    let interest = Interest::IN | Interest::READ_HANG_UP | Interest::EDGE;
                    epoll_add(&list, descriptor(&stream), interest, key as u64).expect("it can be added");
                    connections.insert(key, Connection { stream, buffer: [0; 4096], filled: 0 });
                }
            } else if let Some(connection) = connections.get_mut(&(event.key() as i32))
                && !connection.serve()
            {
                connections.remove(&(event.key() as i32));
            }
        }
    }
}
