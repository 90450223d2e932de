//! Passwords as they are kept: `$5$` and `$6$`, by SHA-256 and SHA-512 (Drepper, "Unix crypt using SHA-256 and SHA-512", 2008), and
//! `$y$`, which `yescrypt.rs` has. Older methods are too weak to be kept: of them nothing is known.

use alloc::vec::Vec;

use crate::{Algorithm, Digest, yescrypt};

/// How often a digest is made of the one before, if the setting does not say.
const ROUNDS: usize = 5000;

/// What the setting may say; anything else becomes the next of these.
const LEAST: usize = 1000;
const MOST: usize = 999_999_999;

/// A salt has no more bytes.
const SALT: usize = 16;

/// The characters of salts and results, each six bits.
pub(crate) const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Gives a password as it is kept, with a setting such as `$6$SALT` or `$6$rounds=10000$SALT`, behind which anything may stand, such
/// as the result itself; nothing for settings of other methods.
pub fn crypt(password: &[u8], setting: &[u8]) -> Option<Vec<u8>> {
    let (algorithm, rest) = match setting {
        [b'$', b'5', b'$', rest @ ..] => (Algorithm::Sha256, rest),
        [b'$', b'6', b'$', rest @ ..] => (Algorithm::Sha512, rest),
        [b'$', b'y', b'$', ..] => return yescrypt::crypt(password, setting),
        _ => return None,
    };
    let (said, rest) = match rest.strip_prefix(b"rounds=") {
        Some(text) => {
            let at = text.iter().position(|byte| *byte == b'$')?;
            let digits = core::str::from_utf8(text.get(..at)?).ok()?;
            // A number that is too long is as good as the most.
            let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = all_digits.then(|| digits.parse().unwrap_or(MOST))?;
            (Some(number.clamp(LEAST, MOST)), text.get(at + 1..)?)
        }
        None => (None, rest),
    };
    let length = rest.iter().position(|byte| *byte == b'$').unwrap_or(rest.len()).min(SALT);
    let salt = rest.get(..length)?;
    let digest = stretched(algorithm, password, salt, said.unwrap_or(ROUNDS));
    let mut text = setting.get(..3)?.to_vec();
    if let Some(rounds) = said {
        text.extend_from_slice(alloc::format!("rounds={rounds}$").as_bytes());
    }
    text.extend_from_slice(salt);
    text.push(b'$');
    write(algorithm, &digest, &mut text);
    Some(text)
}

/// Says whether a password is the one that is kept so; nothing where that is of another method.
pub fn verify(password: &[u8], kept: &[u8]) -> Option<bool> {
    let made = crypt(password, kept)?;
    // In the same time, wherever they differ.
    let differs = made.iter().zip(kept).fold(0, |sum, (left, right)| sum | left ^ right);
    Some(differs == 0 && made.len() == kept.len())
}

/// Gives a setting of SHA-512 with a salt of these bytes, of which each gives six bits.
pub fn setting(chance: [u8; SALT]) -> Vec<u8> {
    let salt = chance.map(|byte| LETTERS[usize::from(byte & 63)]);
    [&b"$6$"[..], &salt].concat()
}

fn stretched(algorithm: Algorithm, password: &[u8], salt: &[u8], rounds: usize) -> Vec<u8> {
    let digest = |parts: &[&[u8]]| {
        let mut digest = Digest::new(algorithm);
        parts.iter().for_each(|part| digest.update(part));
        digest.finish()
    };
    let inner = digest(&[password, salt, password]);
    let mut outer = Digest::new(algorithm);
    outer.update(password);
    outer.update(salt);
    outer.update(&repeated(&inner, password.len()));
    let mut bits = password.len();
    while bits > 0 {
        outer.update(if bits & 1 == 1 { &inner } else { password });
        bits >>= 1;
    }
    let mut last = outer.finish();
    let mut many = Digest::new(algorithm);
    for _ in 0..password.len() {
        many.update(password);
    }
    let password = repeated(&many.finish(), password.len());
    let mut many = Digest::new(algorithm);
    for _ in 0..16 + usize::from(last.first().copied().unwrap_or_default()) {
        many.update(salt);
    }
    let salt = repeated(&many.finish(), salt.len());
    for round in 0..rounds {
        let (first, second) = if round & 1 == 1 { (&password, &last) } else { (&last, &password) };
        let salt = if round % 3 == 0 { &[][..] } else { &salt };
        let more = if round % 7 == 0 { &[][..] } else { &password };
        last = digest(&[first, salt, more, second]);
    }
    last
}

/// Gives so many bytes of a digest again and again.
fn repeated(digest: &[u8], length: usize) -> Vec<u8> {
    digest.iter().copied().cycle().take(length).collect()
}

/// Writes three bytes as four letters, the lowest bits first; which three go together is part of the method.
fn write(algorithm: Algorithm, digest: &[u8], text: &mut Vec<u8>) {
    let mut put = |bytes: [usize; 3], letters: usize| {
        let byte = |at: usize| u32::from(digest.get(at).copied().unwrap_or_default());
        let mut bits = byte(bytes[0]) << 16 | byte(bytes[1]) << 8 | byte(bytes[2]);
        for _ in 0..letters {
            text.push(LETTERS[(bits & 63) as usize]);
            bits >>= 6;
        }
    };
    // Where there is no byte, its bits are zero.
    const NONE: usize = usize::MAX;
    if algorithm == Algorithm::Sha512 {
        let mut at = [0, 21, 42];
        for _ in 0..21 {
            put(at, 4);
            at = [at[1] + 1, at[2] + 1, at[0] + 1];
        }
        put([NONE, NONE, 63], 2);
    } else {
        let mut at = [0, 10, 20];
        for _ in 0..10 {
            put(at, 4);
            at = [at[2] + 1, at[0] + 1, at[1] + 1];
        }
        put([NONE, 31, 30], 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    /// Those of the paper, and of glibc's crypt(3).
    const KNOWN: [(&str, &str, &str); 9] = [
        (
            "Hello world!",
            "$6$saltstring",
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        ),
        (
            "Hello world!",
            "$6$rounds=10000$saltstringsaltstring",
            "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
        ),
        ("Hello world!", "$5$saltstring", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
        (
            "Hello world!",
            "$5$rounds=10000$saltstringsaltstring",
            "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA",
        ),
        (
            "secret",
            "$6$saltstring",
            "$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.",
        ),
        ("secret", "$5$saltstring", "$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi."),
        (
            "",
            "$6$ab",
            "$6$ab$xnh5Qsr2NdbFw1PgdZie7nLON3gv.S.23iQDBqAzkdoXPtDnVSpludXkM5UWybQO3OI7hBj9wHg9Ow6sUWD60/",
        ),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "$6$rounds=1000$ab",
            "$6$rounds=1000$ab$6QWSiDtEKmGCKPQsBY8H0HZwus653.YSB031ZxMfOrQCw2D1ZPtI1XgSLC0wCuK1NUiVwbj8qPgrPwBfRHkv0.",
        ),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "$5$rounds=1400$abcdefghijklmnopqr",
            "$5$rounds=1400$abcdefghijklmnop$H/EG70TD7twcO3xtxQxWlJ7pkZePAV.sPmLIulTJlR7",
        ),
    ];

    #[test]
    fn known_passwords() {
        for (password, setting, expected) in KNOWN {
            let made = crypt(password.as_bytes(), setting.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(made).unwrap(), expected, "{setting}");
            assert_eq!(verify(password.as_bytes(), expected.as_bytes()), Some(true));
            assert_eq!(verify(b"another", expected.as_bytes()), Some(false));
        }
    }

    #[test]
    fn too_few_rounds_become_the_least() {
        let text = crypt(b"x", b"$6$rounds=10$roundstoolow").unwrap();
        assert!(text.starts_with(b"$6$rounds=1000$roundstoolow$"));
    }

    #[test]
    fn other_methods_are_none_and_locked_ones_never_fit() {
        for kept in
            ["", "!", "*", "x", "ab1cdefgh", "$1$ab$", "$y$j9T", "$6$rounds=$a", "$6$rounds=1x$a", "!$6$a$b"]
        {
            assert_eq!(verify(b"x", kept.as_bytes()), None, "{kept}");
        }
        assert_eq!(verify(b"x", b"$6$a"), Some(false));
        assert_eq!(setting([0; 16]), b"$6$................");
    }
}
