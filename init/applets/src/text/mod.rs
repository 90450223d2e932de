//! Commands about text: what they read and write has no structure but lines.

mod base;
mod base32;
mod base64;
mod bracket;
mod cat;
mod checksum;
mod cksum;
mod cmp;
mod column;
mod comm;
mod crc32;
#[cfg(feature = "expressions")]
mod cut;
mod digest;
mod dump;
mod echo;
#[cfg(feature = "files")]
mod egrep;
mod expand;
#[cfg(feature = "expressions")]
mod expr;
mod factor;
#[cfg(feature = "files")]
mod fgrep;
mod fold;
#[cfg(feature = "files")]
mod grep;
mod hd;
mod head;
mod hexdump;
mod md5sum;
#[cfg(feature = "expressions")]
mod nl;
mod od;
mod paste;
mod printf;
mod rev;
#[cfg(feature = "files")]
mod sed;
mod seq;
mod sha1sum;
mod sha224sum;
mod sha256sum;
mod sha384sum;
mod sha3sum;
mod sha512sum;
mod shuf;
mod sort;
#[cfg(feature = "files")]
mod split;
mod strings;
mod sum;
mod tabs;
#[cfg(feature = "expressions")]
mod tac;
mod tail;
mod tee;
mod test;
mod tr;
#[cfg(feature = "files")]
mod ts;
mod tsort;
mod unexpand;
mod uniq;
mod uudecode;
mod uuencode;
mod visible;
mod wc;
mod window;
mod xxd;
mod yes;

group! {
    "text", "text and whole files";
    ["test" brings "[" => bracket,]
    "base32" => base32,
    "base64" => base64,
    "cat" => cat,
    "cksum" => cksum,
    "cmp" => cmp,
    "comm" => comm,
    "crc32" => crc32,
    "cut" => cut,
    "echo" => echo,
    "egrep" => egrep,
    "expand" => expand,
    "expr" => expr,
    "factor" => factor,
    "fgrep" => fgrep,
    "fold" => fold,
    "grep" => grep,
    "hd" => hd,
    "head" => head,
    "hexdump" => hexdump,
    "md5sum" => md5sum,
    "nl" => nl,
    "od" => od,
    "paste" => paste,
    "printf" => printf,
    "rev" => rev,
    "sed" => sed,
    "seq" => seq,
    "sha1sum" => sha1sum,
    "sha224sum" => sha224sum,
    "sha256sum" => sha256sum,
    "sha384sum" => sha384sum,
    "sha3sum" => sha3sum,
    "sha512sum" => sha512sum,
    "shuf" => shuf,
    "sort" => sort,
    "split" => split,
    "strings" => strings,
    "sum" => sum,
    "tac" => tac,
    "tail" => tail,
    "tee" => tee,
    "test" => test,
    "tr" => tr,
    "ts" => ts,
    "tsort" => tsort,
    "unexpand" => unexpand,
    "uniq" => uniq,
    "uudecode" => uudecode,
    "uuencode" => uuencode,
    "wc" => wc,
    "xxd" => xxd,
    "yes" => yes,
}
