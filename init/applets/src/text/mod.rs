//! Commands about text: what they read and write has no structure but lines.

mod cat;
mod cut;
mod echo;
mod head;
mod tail;
mod tr;
mod uniq;
mod wc;
mod window;

group! {
    "text", "text and whole files";
    "cat" => cat,
    "cut" => cut,
    "echo" => echo,
    "head" => head,
    "tail" => tail,
    "tr" => tr,
    "uniq" => uniq,
    "wc" => wc,
}
