//! Tells what changes in a folder and all below it: `watch_tree FOLDER CHANGES` ends after so many.
//!
//! New folders are watched too, and what was put into one before it was watched is told all the same; a move within the folder is one
//! change.
//!
//! ```text
//! $ mkdir tree
//! $ (sleep 0.3; mkdir tree/a; sleep 0.1; echo text > tree/a/file; mv tree/a/file tree/b; rm tree/b) & watch_tree tree 5; wait
//! made tree/a/
//! made tree/a/file
//! written tree/a/file
//! moved tree/a/file to tree/b
//! gone tree/b
//! ```

#![no_std]
#![no_main]

use spelunk::io::{Write, stderr, stdout};
use spelunk::linux;
use spelunk::linux::poll::{PollFd, PollFlags, poll};
use spelunk::system::watch::{Event, Tree};
use spelunk::system::{Error, Result};
use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    let _ = arguments.next();
    let folder = arguments.next().map_or(&b"."[..], |word| word.to_bytes());
    let changes = arguments.next().and_then(|word| word.to_str().ok()?.parse().ok());
    match watch(folder, changes) {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(stderr(), "watch_tree: {error}");
            1
        }
    }
}

/// Tells changes, so many or for ever.
fn watch(folder: &[u8], changes: Option<usize>) -> Result<()> {
    let mut tree = Tree::new(folder)?;
    let mut told = 0;
    while changes != Some(told) {
        match tree.next_event()? {
            Some(event) => {
                told += 1;
                if show(&event).is_err() {
                    // Nobody reads it any more.
                    return Ok(());
                }
            }
            None => {
                let waited = linux::retry(|| poll(&mut [PollFd::new(&tree, PollFlags::IN)], None));
                waited.map_err(|errno| Error::new("wait for", folder, errno))?;
            }
        }
    }
    Ok(())
}

fn show(event: &Event) -> linux::Result<()> {
    let mut out = stdout();
    let end = |is_folder: &bool| if *is_folder { "/" } else { "" };
    match event {
        Event::Made { path, is_folder } => writeln!(out, "made {}{}", path.escape_ascii(), end(is_folder))?,
        Event::Written(path) => writeln!(out, "written {}", path.escape_ascii())?,
        Event::Attributes(path) => writeln!(out, "attributes {}", path.escape_ascii())?,
        Event::Gone { path, is_folder } => writeln!(out, "gone {}{}", path.escape_ascii(), end(is_folder))?,
        Event::Moved { from, to, is_folder } => {
            writeln!(out, "moved {} to {}{}", from.escape_ascii(), to.escape_ascii(), end(is_folder))?;
        }
        Event::Lost => writeln!(out, "changes were lost")?,
        Event::Ended => writeln!(out, "the folder is gone")?,
    }
    out.flush()
}
