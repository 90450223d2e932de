//! Commands about text: what they read and write has no structure but lines.

mod base;
mod base32;
mod base64;
mod cat;
mod cmp;
mod column;
mod comm;
mod cut;
mod echo;
mod expand;
mod expr;
mod fold;
mod head;
mod paste;
mod printf;
mod rev;
mod seq;
mod sort;
mod strings;
mod tabs;
mod tac;
mod tail;
mod tee;
mod tr;
mod unexpand;
mod uniq;
mod visible;
mod wc;
mod window;
mod yes;

group! {
    "text", "text and whole files";
    "base32" => base32,
    "base64" => base64,
    "cat" => cat,
    "cmp" => cmp,
    "comm" => comm,
    "cut" => cut,
    "echo" => echo,
    "expand" => expand,
    "expr" => expr,
    "fold" => fold,
    "head" => head,
    "paste" => paste,
    "printf" => printf,
    "rev" => rev,
    "seq" => seq,
    "sort" => sort,
    "strings" => strings,
    "tac" => tac,
    "tail" => tail,
    "tee" => tee,
    "tr" => tr,
    "unexpand" => unexpand,
    "uniq" => uniq,
    "wc" => wc,
    "yes" => yes,
}
