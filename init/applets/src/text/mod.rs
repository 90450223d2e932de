//! Commands about text: what they read and write has no structure but lines.

mod cat;
mod cut;
mod echo;
mod head;
mod tr;
mod uniq;
mod wc;

group! {
    "text", "text and whole files";
    "cat" => cat,
    "cut" => cut,
    "echo" => echo,
    "head" => head,
    "tr" => tr,
    "uniq" => uniq,
    "wc" => wc,
}
