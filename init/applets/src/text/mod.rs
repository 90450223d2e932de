//! Commands about text: what they read and write has no structure but lines.

mod cat;
mod echo;

group! {
    "text", "text and whole files";
    "cat" => cat,
    "echo" => echo,
}
