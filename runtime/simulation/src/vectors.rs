//! Buffers as calls take them: lists of places in memory, and messages that lead to such lists.

use std::ptr;

use linux_raw_sys::general::iovec;
use linux_raw_sys::net::msghdr;

/// A list of buffers, by the arguments of a call.
///
/// # Safety
/// The call is sound: the first word is the address of so many descriptions.
pub(crate) unsafe fn listed(address: usize, count: usize) -> Vec<iovec> {
    if count == 0 {
        return Vec::new();
    }
    let first = ptr::with_exposed_provenance::<iovec>(address);
    // SAFETY: the caller's.
    unsafe { std::slice::from_raw_parts(first, count) }.to_vec()
}

/// Cuts a list to at most so many bytes in all.
pub(crate) fn cut(list: &mut [iovec], most: usize) {
    let mut left = most;
    for part in list.iter_mut() {
        part.iov_len = part.iov_len.min(left as _);
        left -= part.iov_len as usize;
    }
}

/// Gives how many bytes there is room for.
pub(crate) fn room(list: &[iovec]) -> usize {
    list.iter().map(|part| part.iov_len as usize).sum()
}

/// Collects what lies in the buffers.
///
/// # Safety
/// They may be read.
pub(crate) unsafe fn gather(list: &[iovec]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in list.iter().filter(|part| part.iov_len != 0) {
        // SAFETY: the caller's.
        bytes.extend_from_slice(unsafe {
            std::slice::from_raw_parts(part.iov_base.cast(), part.iov_len as _)
        });
    }
    bytes
}

/// Spreads bytes over the buffers, as far as there is room.
///
/// # Safety
/// They may be written.
pub(crate) unsafe fn scatter(list: &[iovec], bytes: &[u8]) {
    let mut rest = bytes;
    for part in list {
        let (now, later) = rest.split_at(rest.len().min(part.iov_len as usize));
        // SAFETY: the caller's; so many bytes lie there, and no part of ours.
        unsafe { part.iov_base.cast::<u8>().copy_from_nonoverlapping(now.as_ptr(), now.len()) };
        rest = later;
    }
}

/// A message, and its list of buffers.
///
/// # Safety
/// The call is sound: the word is the address of a message.
pub(crate) unsafe fn message(address: usize) -> (msghdr, Vec<iovec>) {
    // SAFETY: the caller's.
    let message = unsafe { ptr::with_exposed_provenance::<msghdr>(address).read() };
    // SAFETY: the message's.
    let list = unsafe { listed(message.msg_iov.expose_provenance(), message.msg_iovlen) };
    (message, list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_gathered_and_filled() {
        let (mut one, mut other) = (*b"some", *b"thing");
        let part =
            |bytes: &mut [u8]| iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() as _ };
        let mut list = vec![part(&mut one), part(&mut other)];
        assert_eq!(room(&list), 9);
        // SAFETY: both lie above.
        assert_eq!(unsafe { gather(&list) }, b"something");
        cut(&mut list, 6);
        assert_eq!((room(&list), list[0].iov_len, list[1].iov_len), (6, 4, 2));
        // SAFETY: both lie above, and nothing else uses them meanwhile.
        unsafe { scatter(&list, b"abcdefgh") };
        assert_eq!((&one, &other), (b"abcd", b"efing"));
    }
}
