//! `/etc/ntp.conf`, as far as BusyBox's ntpd reads it (`server HOST [key NUMBER]`), and the file of keys (`NUMBER KIND KEY`, as of
//! ntp.keys(5)).

use alloc::vec::Vec;

use super::lines;

/// A server to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server<'a> {
    /// Its name or address.
    pub host: &'a str,
    /// The key that its answers prove to have.
    pub key: Option<u32>,
}

/// Reads the servers; other lines are passed over.
pub fn servers(text: &[u8]) -> Vec<Server<'_>> {
    lines(text).filter_map(server).collect()
}

fn server(line: &str) -> Option<Server<'_>> {
    let mut words = line.split_ascii_whitespace();
    let host = (words.next()? == "server").then(|| words.next())??;
    let key = words.skip_while(|word| *word != "key").nth(1);
    Some(Server { host, key: key.and_then(|word| word.parse().ok()) })
}

/// Gives the kind (`MD5`, `SHA1`, ...) and the bytes of a key: up to 20 characters stand for themselves, more are hexadecimal.
pub fn key(text: &[u8], number: u32) -> Option<(&str, Vec<u8>)> {
    let found = lines(text).find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let is_it = words.next()?.parse() == Ok(number);
        is_it.then(|| Some((words.next()?, words.next()?)))
    });
    let (kind, word) = found??;
    if word.len() <= 20 {
        return Some((kind, word.into()));
    }
    let byte = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
    let (pairs, rest) = word.as_bytes().as_chunks();
    let bytes = pairs.iter().map(byte).collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())?;
    Some((kind, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_keys() {
        let text =
            b"# mine\ndriftfile /x\nserver a iburst key 7 # home\n server 10.0.0.1\nserver\nserverx b\n";
        let found = [Server { host: "a", key: Some(7) }, Server { host: "10.0.0.1", key: None }];
        assert_eq!(servers(text), found);
        let keys = b"1 MD5 secret\n7 SHA1 000102030405060708090a0b0c0d0e0f10111213\n8 M 00010203040506070809x\n9 M\n";
        assert_eq!(key(keys, 1), Some(("MD5", b"secret".to_vec())));
        assert_eq!(key(keys, 7), Some(("SHA1", (0..20).collect())));
        assert_eq!((key(keys, 8), key(keys, 9), key(keys, 2)), (None, None, None));
    }
}
