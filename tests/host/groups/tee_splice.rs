//! Pipes that hand on pages: splice(2), tee(2), vmsplice(2).

use linux::fs::{self, IoSlice, PipeFlags, pipe};
use linux::net::SocketKind;

use crate::scratch::Scratch;
use crate::support::{file, pair};

const TEXT: &[u8] = b"these are pages";

fn tee_splice() {
    let scratch = Scratch::new();
    let file = file(&scratch.at("file"));
    fs::pwrite(&file, TEXT, 0).unwrap();
    let [one, two] = [(); 2].map(|()| pipe(PipeFlags::CLOSE_ON_EXEC).unwrap());
    let (near, far) = pair(SocketKind::STREAM);
    let mut buffer = [0; 32];
    assert_eq!(fs::splice(&file, &one.1, TEXT.len()), Ok(TEXT.len()));
    assert_eq!(fs::tee(&one.0, &two.1, TEXT.len()), Ok(TEXT.len()));
    for reader in [&one.0, &two.0] {
        assert_eq!(fs::splice(reader, &near, TEXT.len()), Ok(TEXT.len()));
        assert_eq!(fs::read(&far, &mut buffer), Ok(TEXT.len()));
        assert_eq!(&buffer[..TEXT.len()], TEXT);
    }
    assert_eq!(fs::vmsplice(&one.1, &[IoSlice::new(TEXT)]), Ok(TEXT.len()));
    assert_eq!(fs::splice(&one.0, &near, TEXT.len()), Ok(TEXT.len()));
    assert_eq!(fs::read(&far, &mut buffer), Ok(TEXT.len()));
}

tests![tee_splice];
