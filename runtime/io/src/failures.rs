//! Everything here, with each of its system calls failing in turn, and with transfers that are short: what is told is true, nothing
//! is lost, nothing stays behind. Preparation and proof go by Rust's std, whose calls do not fail.

use std::fs as host;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use linux::Errno;
use simulation::{Failure, Plan, each_failure};

use crate::replace::{Durability, replace};
use crate::{BufRead, BufReader, BufWriter, File, Folder, Read, Write, copy};

/// Errors that any call may give one day.
const ERRORS: [Errno; 5] = [Errno::INTR, Errno::IO, Errno::NOSPC, Errno::NOMEM, Errno::PERM];

/// A folder that goes with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("spelunk-failures-{name}-{}", std::process::id()));
        host::create_dir_all(&place).unwrap();
        Self(place)
    }

    /// Begins anew with these files.
    fn fill(&self, files: &[(&str, &[u8])]) {
        host::remove_dir_all(&self.0).unwrap();
        host::create_dir(&self.0).unwrap();
        for (name, bytes) in files {
            host::write(self.0.join(name), bytes).unwrap();
        }
    }

    fn path(&self, name: &str) -> Vec<u8> {
        self.0.join(name).as_os_str().as_bytes().to_vec()
    }

    fn content(&self, name: &str) -> Vec<u8> {
        host::read(self.0.join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let names = |path: &Path| host::read_dir(path).unwrap();
        let mut names: Vec<_> =
            names(&self.0).map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = host::remove_dir_all(&self.0);
    }
}

fn is_interruption(failure: Option<Failure>) -> bool {
    failure.is_none_or(|failure| failure.errno == Errno::INTR)
}

#[test]
fn a_replaced_file_is_the_old_or_the_new_one_and_alone() {
    let place = Place::new("replace");
    for durability in [Durability::Cache, Durability::Durable] {
        each_failure(&ERRORS, |failure| {
            place.fill(&[("file", b"old")]);
            let replaced = replace(place.path("file"), b"new one", durability);
            let content = place.content("file");
            match replaced {
                Ok(()) => assert_eq!(content, b"new one", "{failure:?}"),
                // The folder's own fsync comes last.
                Err(_) => {
                    assert!([b"old".as_slice(), b"new one"].contains(&content.as_slice()), "{failure:?}")
                }
            }
            assert_eq!(place.names(), ["file"], "{failure:?}");
            assert!(replaced.is_ok() || !is_interruption(failure), "{failure:?}: {replaced:?}");
        });
    }
}

#[test]
fn a_copy_is_whole_or_says_that_it_is_not() {
    let place = Place::new("copy");
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let copied = |failure| {
        place.fill(&[("from", &bytes)]);
        let copied = File::open(place.path("from").as_slice()).and_then(|from| {
            File::create(place.path("to").as_slice()).and_then(|to| copy::files(&from, &to))
        });
        match copied {
            Ok(count) => {
                assert_eq!((count, place.content("to") == bytes), (bytes.len() as u64, true), "{failure:?}")
            }
            Err(errno) => assert!(!is_interruption(failure), "{failure:?}: {errno:?}"),
        }
    };
    each_failure(&ERRORS, copied);
    // What a sandbox or an old kernel lacks is done by other ways.
    each_failure(&[Errno::NOSYS], copied);
    for most in [1000, 4099] {
        Plan::new().short(most).run(|| copied(None));
    }
}

#[test]
fn streams_lose_nothing_by_short_and_interrupted_transfers() {
    let place = Place::new("streams");
    let lines: Vec<String> = (0..500).map(|number| format!("line {number}\n")).collect();
    let moved = |failure: Option<Failure>| {
        place.fill(&[("from", lines.concat().as_bytes())]);
        let run = || {
            let mut from = BufReader::<_, 300>::new(File::open(place.path("from").as_slice())?);
            let mut to = BufWriter::<_, 300>::new(File::create(place.path("to").as_slice())?);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line)? != 0 {
                to.write_all(&line)?;
                line.clear();
            }
            to.flush()
        };
        match run() {
            Ok(()) => assert_eq!(place.content("to"), lines.concat().as_bytes(), "{failure:?}"),
            Err(errno) => assert!(!is_interruption(failure), "{failure:?}: {errno:?}"),
        }
    };
    each_failure(&ERRORS, moved);
    for most in [1, 7, 100] {
        Plan::new().short(most).run(|| moved(None));
    }
}

#[test]
fn a_folder_is_cleared_or_what_remains_is_told() {
    let place = Place::new("clear");
    each_failure(&ERRORS, |failure| {
        place.fill(&[("one", b"1"), ("two", b"2")]);
        host::create_dir_all(place.0.join("deep/deeper")).unwrap();
        host::write(place.0.join("deep/deeper/file"), "x").unwrap();
        let cleared = Folder::open(place.path(".").as_slice()).and_then(|folder| folder.clear());
        match cleared {
            Ok(()) => assert_eq!(place.names(), Vec::<String>::new(), "{failure:?}"),
            Err(errno) => assert!(!is_interruption(failure), "{failure:?}: {errno:?}"),
        }
    });
}

#[test]
fn files_are_read_whole_or_not_at_all() {
    let place = Place::new("read");
    place.fill(&[("file", &[7; 10_000])]);
    each_failure(&ERRORS, |failure| {
        let mut bytes = Vec::new();
        match File::open(place.path("file").as_slice()).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Ok(count) => assert_eq!((count, bytes.len()), (10_000, 10_000), "{failure:?}"),
            Err(errno) => assert!(!is_interruption(failure), "{failure:?}: {errno:?}"),
        }
    });
}
