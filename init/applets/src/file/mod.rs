//! Commands about files and folders.

mod ls;

group! {
    "file", "files and folders";
    "ls" => ls,
}
