//! Descriptors that travel over a socket.

use linux::fs::{IoSlice, IoSliceMut, fstat};
use linux::net::{
    Control, MessageFlags, SendControl, SocketKind, UnixAddress, control_room, recvmsg, sendmsg,
};

use crate::support::{pair, reading};
use linux::fd::AsFd;

fn sendfd() {
    let (one, other) = pair(SocketKind::DATAGRAM);
    let file = reading("/dev/zero");
    let mut room = [0; control_room(4)];
    let mut control = SendControl::new(&mut room);
    control.add_descriptors(&[file.as_fd()]).unwrap();
    let sent =
        sendmsg(&one, None::<&UnixAddress>, &[IoSlice::new(b"x")], Some(&control), MessageFlags::empty());
    assert_eq!(sent, Ok(1));
    let (mut byte, mut room) = ([0], [0; 64]);
    let flags = MessageFlags::CLOSE_ON_EXEC;
    let received = recvmsg(&other, &mut [IoSliceMut::new(&mut byte)], &mut room, flags).unwrap();
    let mut came = Vec::new();
    for control in received.control {
        if let Control::Descriptors(descriptors) = control {
            came.extend(descriptors);
        }
    }
    assert_eq!(came.len(), 1);
    assert_eq!(fstat(&came[0]).unwrap().special_device(), (1, 5));
}

tests![sendfd];
